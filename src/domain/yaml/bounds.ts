/** What a text costs before it is composed to a tree: reading YAML takes time by its marks more than by its characters, and follows it down by recursion. */
import { isMap, isScalar, Lexer, visit, type Document } from 'yaml';

/** How much of a text is read. */
export interface SourceBounds {
  /** What the text is called in messages: `definition`, `script`. */
  readonly what: string;
  readonly characters: number;
  /** Words, signs and spaces: what reading it costs. */
  readonly marks: number;
  /** Values, after anchors were followed; and how often they may be. */
  readonly nodes: number;
  readonly aliases: number;
  readonly depth: number;
  /** Problems that are told. */
  readonly problems: number;
}

/** Something about the text, and the character where it begins. */
export interface Found {
  readonly message: string;
  readonly offset: number;
}

/** Null when the text may be composed: not too many marks, and brackets not too deep. Reads no further than to the first that is too much. */
export function excessOf(text: string, bounds: SourceBounds): Found | null {
  let [marks, depth, offset] = [0, 0, 0];
  for (const mark of new Lexer().lex(text)) {
    if (++marks > bounds.marks) return { message: `The ${bounds.what} has more than ${bounds.marks} words and signs.`, offset };
    if (mark === '[' || mark === '{') depth++;
    else if (mark === ']' || mark === '}') depth = Math.max(0, depth - 1);
    if (depth > bounds.depth) return { message: `The ${bounds.what} is nested deeper than ${bounds.depth} levels.`, offset };
    // Signs that the lexer makes up for itself (the begin of a document, of a scalar, of a flow that ends) are control characters outside of the text.
    if (!MADE_UP.has(mark)) offset += mark.length;
  }
  return null;
}

const MADE_UP: ReadonlySet<string> = new Set(['\u0002', '\u0018', '\u001f']);

/** Keys that a map has already, in the order of the text. The library compares each with each, which takes its time with thousands of them. */
export function repeatedKeys(document: Document): readonly Found[] {
  const found: Found[] = [];
  visit(document, {
    Map: (_key, map) => {
      if (!isMap(map)) return;
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) found.push({ message: `The key ${String(key.value).slice(0, 100)} stands twice.`, offset: key.range?.[0] ?? 0 });
        seen.add(key.value);
      }
    },
  });
  return found.sort((a, b) => a.offset - b.offset);
}
