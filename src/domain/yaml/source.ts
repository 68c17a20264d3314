/** YAML as text → plain JSON, and back from a path to the line where it stands. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node, type Pair } from 'yaml';
import { excessOf, repeatedKeys, type SourceBounds } from './bounds';
import { placesOf } from './places';

export type Path = readonly (string | number)[];

/** Lines and columns count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Why a text cannot be read. */
export interface SourceProblem extends Place {
  readonly message: string;
  readonly expected: string;
}

export interface Source {
  readonly value: unknown;
  /** Where `path` stands: its value, or its key (`of: 'key'`). `offset`: characters into a text on one line. */
  place(path: Path, of?: 'key' | 'value', offset?: number): Place;
  /** Where everything stands, for whoever asks about much of it. */
  places(): (path: Path) => Place;
}

const whole = (message: string, expected: string): readonly SourceProblem[] => [{ line: 1, column: 1, message, expected }];

/** The document, or what is wrong with its YAML. */
export function readSource(text: string, bounds: SourceBounds): Source | readonly SourceProblem[] {
  if (text.length > bounds.characters) return whole(`The ${bounds.what} has ${text.length} characters.`, `at most ${bounds.characters}`);
  const lines = new LineCounter();
  try {
    const excessive = excessOf(text, bounds);
    if (excessive !== null) return [{ ...placeIn(text, excessive.offset), message: excessive.message, expected: 'less of it' }];
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, version: '1.2', schema: 'core' });
    const faults = [...document.errors, ...document.warnings].map(({ message, pos }) => ({ message: `The YAML cannot be read: ${message}`, offset: pos[0] }));
    const problems = faults.length > 0 ? faults : repeatedKeys(document);
    if (problems.length > 0) {
      const expected = faults.length > 0 ? 'YAML 1.2' : 'each key once';
      return problems.slice(0, bounds.problems).map(({ message, offset }) => ({ ...placeAt(lines, offset), message, expected }));
    }
    const value: unknown = document.toJS({ maxAliasCount: bounds.aliases });
    const tooMuch = excess(value, bounds);
    if (tooMuch !== null) return whole(tooMuch, 'less of it');
    return { value, place: (path, of, offset) => placeOf(document, lines, path, of ?? 'value', offset ?? 0), places: () => placesOf(document, lines) };
  } catch (problem) {
    // The library follows the text down, and so runs out of stack where the text has thousands of levels.
    return whole(problem instanceof RangeError ? `The ${bounds.what} is nested too deep.` : `The YAML cannot be read: ${messageOf(problem)}`, 'YAML 1.2');
  }
}

const messageOf = (problem: unknown): string => (problem instanceof Error ? problem.message : String(problem));

/** What is too much about the tree; null: nothing. */
function excess(value: unknown, bounds: SourceBounds): string | null {
  let nodes = 0;
  const visit = (at: unknown, depth: number): string | null => {
    if (++nodes > bounds.nodes) return `The ${bounds.what} has more than ${bounds.nodes} values.`;
    if (depth > bounds.depth) return `The ${bounds.what} is nested deeper than ${bounds.depth} levels.`;
    if (at === null || typeof at !== 'object') return null;
    for (const each of Object.values(at)) {
      const problem = visit(each, depth + 1);
      if (problem !== null) return problem;
    }
    return null;
  };
  return visit(value, 0);
}

export function placeAt(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** As far as the text was read before it was given up. */
function placeIn(text: string, offset: number): Place {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/** The node of the longest part of `path` that is there. */
function placeOf(document: Document, lines: LineCounter, path: Path, of: 'key' | 'value', offset: number): Place {
  let node: Node | null = document.contents as Node | null;
  let key: Node | null = null;
  for (const part of path) {
    if (isAlias(node)) node = (node.resolve(document) as Node | undefined) ?? null;
    if (isMap(node)) {
      const pair = node.items.find((item) => (isScalar(item.key) ? String(item.key.value) === String(part) : false)) as Pair<Node, Node | null> | undefined;
      if (!pair) break;
      key = pair.key;
      node = pair.value ?? pair.key;
    } else if (isSeq(node) && typeof part === 'number' && node.items[part]) {
      node = node.items[part] as Node;
      key = null;
    } else break;
  }
  const chosen = of === 'key' && key !== null ? key : node;
  const [start] = chosen?.range ?? [0];
  return placeAt(lines, start + (of === 'value' && isScalar(chosen) ? insideScalar(chosen, offset) : 0));
}

/** Characters of a plain or quoted text on one line stand where they are read; of others the beginning is told. */
function insideScalar(
  { type, source, range }: { readonly type?: string; readonly source?: string; readonly range?: readonly number[] | null },
  offset: number,
): number {
  if (offset === 0 || !range || range[0] === undefined || range[1] === undefined) return 0;
  const quotes = type === 'PLAIN' ? 0 : type === 'QUOTE_SINGLE' || type === 'QUOTE_DOUBLE' ? 1 : null;
  return quotes !== null && range[1] - range[0] === (source ?? '').length + 2 * quotes ? offset + quotes : 0;
}
