/**
 * Reading a definition: takes values apart and collects everything that is wrong, so that an author sees all of it at once. Whoever reads on after a mistake gets
 * a value that fits the type; with an error reported the plan is thrown away.
 */
import { ENTRIES_MAX, ERRORS_MAX, NAME_MAX, TEXT_MAX } from '../../../contracts/pattern/bounds';
import type { Json } from '../../../contracts/pattern/json';
import { nearest } from '../../nearest';
import type { Path, Source } from '../../yaml/source';
import { pathText, type DefinitionError } from './source';

export type Fields = { readonly [key: string]: unknown };

/** A variable that an expression names; checked when all are known. */
export interface Use {
  readonly name: string;
  readonly path: Path;
  /** Names that hold at this place only (`item`, `index`). */
  readonly local: readonly string[];
}

export class Reading {
  readonly errors: DefinitionError[] = [];
  readonly uses: Use[] = [];
  private local: readonly string[] = [];

  constructor(private readonly source: Pick<Source, 'place'>) {}

  /** Nothing more is told: looking for more mistakes would be work for nobody. */
  get isFull(): boolean {
    return this.errors.length >= ERRORS_MAX;
  }

  report(path: Path, message: string, expected: string, at: { readonly of?: 'key' | 'value'; readonly offset?: number } = {}): void {
    if (this.isFull) return;
    this.errors.push({ ...this.source.place(path, at.of, at.offset), path: pathText(path), message, expected });
  }

  use(name: string, path: Path): void {
    if (!this.local.includes(name)) this.uses.push({ name, path, local: this.local });
  }

  /** `read` with names that are known inside of it. */
  within<T>(names: readonly string[], read: () => T): T {
    const before = this.local;
    this.local = [...before, ...names];
    try {
      return read();
    } finally {
      this.local = before;
    }
  }

  /** The fields of an object that may have `known` keys only. */
  object(value: unknown, path: Path, known: readonly string[]): Fields {
    const fields = this.map(value, path);
    for (const key of Object.keys(fields)) {
      if (this.isFull) break;
      if (known.includes(key)) continue;
      this.report([...path, key], `There is no field ${key} here.${nearest(key, known)}`, `one of ${known.join(', ')}`, { of: 'key' });
    }
    return fields;
  }

  /** The fields of an object whose keys are the author's. */
  map(value: unknown, path: Path): Fields {
    if (!isFields(value)) {
      if (value !== undefined) this.report(path, `${shown(value)} is no object.`, 'an object: lines of `key: value`');
      return {};
    }
    const keys = Object.keys(value);
    if (keys.length > ENTRIES_MAX) this.report(path, `There are ${keys.length} fields.`, `at most ${ENTRIES_MAX}`);
    for (const key of keys.slice(0, ENTRIES_MAX)) {
      if (key === '' || key.length > NAME_MAX) this.report([...path, key], 'The name of a field is empty or too long.', `1 to ${NAME_MAX} characters`);
    }
    return value;
  }

  list(value: unknown, path: Path, most = ENTRIES_MAX): readonly unknown[] {
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      this.report(path, `${shown(value)} is no list.`, 'a list: [a, b], or lines that begin with -');
      return [];
    }
    if (value.length > most) this.report(path, `The list has ${value.length} entries.`, `at most ${most}`);
    return value.slice(0, most);
  }

  text(value: unknown, path: Path, { max = TEXT_MAX, expected = 'a text' }: { readonly max?: number; readonly expected?: string } = {}): string {
    if (typeof value !== 'string' || value === '') {
      const hint = typeof value === 'number' || typeof value === 'boolean' ? `${expected}; write it in quotes` : expected;
      this.report(path, value === undefined || value === null ? 'It is missing.' : `${shown(value)} is no text.`, hint);
      return '';
    }
    if (value.length > max) this.report(path, `The text has ${value.length} characters.`, `at most ${max}`);
    return value.slice(0, max);
  }

  optionalText(value: unknown, path: Path): string | null {
    return value === undefined || value === null ? null : this.text(value, path);
  }

  texts(value: unknown, path: Path, max = NAME_MAX): string[] {
    return this.list(value, path).map((each, at) => this.text(each, [...path, at], { max }));
  }

  /** A name of a step, an output, a role. */
  name(value: unknown, path: Path): string {
    const name = this.text(value, path, { max: NAME_MAX, expected: 'a name' });
    if (name !== '' && !/^[A-Za-z_]\w*(?:-\w+)*$/.test(name)) {
      this.report(path, `${shown(name)} is no name.`, 'letters, digits, _ and single hyphens inside, beginning with a letter');
    }
    return name;
  }

  number(value: unknown, path: Path, { min = 0, max, integer = false }: { readonly min?: number; readonly max: number; readonly integer?: boolean }): number {
    if (typeof value === 'number' && value >= min && value <= max && (!integer || Number.isInteger(value))) return value;
    this.report(
      path,
      value === undefined || value === null ? 'It is missing.' : `${shown(value)} does not fit.`,
      `${integer ? 'a whole number' : 'a number'} from ${min} to ${max}`,
    );
    return min;
  }

  optionalNumber(value: unknown, path: Path, bounds: { readonly min?: number; readonly max: number; readonly integer?: boolean }): number | null {
    return value === undefined || value === null ? null : this.number(value, path, bounds);
  }

  share(value: unknown, path: Path): number | null {
    return this.optionalNumber(value, path, { min: 0, max: 1 });
  }

  boolean(value: unknown, path: Path, otherwise: boolean): boolean {
    if (value === undefined || value === null) return otherwise;
    if (typeof value !== 'boolean') this.report(path, `${shown(value)} does not fit.`, 'true or false');
    return value === true;
  }

  oneOf<const T extends string>(value: unknown, path: Path, words: readonly T[], otherwise: T): T {
    if (value === undefined || value === null) return otherwise;
    const found = words.find((word) => word === value);
    if (found === undefined)
      this.report(path, `${shown(value)} does not fit.${typeof value === 'string' ? nearest(value, words) : ''}`, `one of ${words.join(', ')}`);
    return found ?? otherwise;
  }

  /** A constant of any shape. */
  json(value: unknown, path: Path): Json {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    if (Array.isArray(value)) return value.map((each, at) => this.json(each, [...path, at]));
    if (typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.json(each, [...path, key])]));
    this.report(path, `${shown(value)} cannot be said in JSON.`, 'a text, a number, true, false, null, a list or an object');
    return null;
  }
}

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value as it is quoted in a message. */
export function shown(value: unknown): string {
  const text =
    typeof value === 'string' ? `"${value}"` : Array.isArray(value) ? 'A list' : typeof value === 'object' && value !== null ? 'An object' : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text;
}
