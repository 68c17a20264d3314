/** From the text of a representation, YAML or JSON, to a script and to what is wrong with it, each with its place. */
import type { z } from 'zod';
import type { SourceBounds } from '../../../yaml/bounds';
import { readSource, type Path, type Place } from '../../../yaml/source';
import type { Script } from '../../syntax/ast';
import { SCRIPT_MAX } from '../../syntax/lexer';
import { DIAGNOSTICS_MAX, type Problems } from '../../syntax/problem';
import { Reading } from './reading';
import { scriptOf } from './script-of';
import { IrSource } from './shape';

/** A step takes three levels: itself, its list, and the block in which that stands. */
const BOUNDS: SourceBounds = { what: 'script', characters: SCRIPT_MAX, marks: 200_000, nodes: 100_000, aliases: 100, depth: 260, problems: DIAGNOSTICS_MAX };

/** Null where it has not the form of one. JSON is read as the YAML that it is, so that every mistake has its place. */
export function readIr(text: string, problems: Problems): Script | null {
  const source = readSource(text, BOUNDS);
  if (!('value' in source)) {
    for (const { message, expected, ...place } of source) problems.add(place, message, `Expected ${expected}.`);
    return null;
  }
  const place = source.places();
  const read = IrSource.safeParse(source.value);
  if (!read.success) {
    for (const issue of read.error.issues.slice(0, DIAGNOSTICS_MAX)) tell(issue, { value: source.value, place, problems });
    return null;
  }
  return scriptOf(read.data, new Reading(problems, place));
}

/** A script of a representation that was compiled: its lines are those of the text that it was compiled from, and so its places are of no use. */
export function scriptFrom(ir: unknown, problems: Problems): Script | null {
  const read = IrSource.safeParse(ir);
  return read.success ? scriptOf(read.data, new Reading(problems, () => ({ line: 1, column: 1 }))) : null;
}

interface Told {
  readonly value: unknown;
  readonly place: (path: Path) => Place;
  readonly problems: Problems;
}

function tell(issue: z.core.$ZodIssue, { value, place, problems }: Told): void {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  const at = issue.code === 'unrecognized_keys' ? [...path, issue.keys[0] ?? ''] : path;
  problems.add(place(at), `${pathText(path)}: ${messageOf(issue, valueAt(value, path))}`);
}

const pathText = (path: Path): string =>
  path.length === 0
    ? 'script'
    : path
        .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
        .join('')
        .replace(/^\./, '');

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, part) => (typeof at === 'object' && at !== null && Object.hasOwn(at, part) ? (at as Record<string | number, unknown>)[part] : undefined),
    value,
  );
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

const kindOf = (value: unknown): string =>
  value === undefined ? 'nothing' : value === null ? 'null' : Array.isArray(value) ? 'a list' : (KINDS[typeof value] ?? 'something else');

function messageOf(issue: z.core.$ZodIssue, found: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return `Expected ${KINDS[issue.expected] ?? issue.expected}, found ${kindOf(found)}.`;
    case 'invalid_union': {
      const options = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
      if (issue.discriminator !== undefined && options.length > 0) return `Expected \`${issue.discriminator}\`: one of ${options.join(', ')}.`;
      return 'Expected `ignore`, or a tool with its arguments.';
    }
    case 'invalid_key':
      return issue.issues[0]?.message ?? issue.message;
    default:
      return issue.message;
  }
}
