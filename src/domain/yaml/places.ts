/** Where everything of a document stands, found in one walk: looking up each path from the top would take its time with thousands of them. */
import { isAlias, isMap, isScalar, isSeq, type Document, type LineCounter, type Node } from 'yaml';
import type { Path, Place } from './source';

const SEPARATOR = '\u0000';

/** Of a path that is not there, the place of the longest part of it that is. */
export function placesOf(document: Document, lines: LineCounter): (path: Path) => Place {
  const places = new Map<string, Place>();
  const visit = (node: Node | null | undefined, path: string): void => {
    const target = isAlias(node) ? node.resolve(document) : node;
    const start = node?.range?.[0];
    if (start !== undefined) {
      const { line, col } = lines.linePos(start);
      places.set(path, { line: Math.max(1, line), column: Math.max(1, col) + quoted(target) });
    }
    if (isMap(target))
      for (const { key, value } of target.items) {
        const inside = `${path}${SEPARATOR}${isScalar(key) ? String(key.value) : ''}`;
        visit((value ?? key) as Node | null, inside);
      }
    else if (isSeq(target)) target.items.forEach((item, at) => visit(item as Node | null, `${path}${SEPARATOR}${at}`));
  };
  visit(document.contents as Node | null, '');
  return (path) => {
    for (let length = path.length; length >= 0; length--) {
      const place = places.get(
        path
          .slice(0, length)
          .map((part) => `${SEPARATOR}${part}`)
          .join(''),
      );
      if (place) return place;
    }
    return { line: 1, column: 1 };
  };
}

/** The quotes before a text. */
const quoted = (node: unknown): number => (isScalar(node) && (node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE') ? 1 : 0);
