/** JSON in one spelling, for hashes, and JSON that Postgres can hold. */

/** Postgres has no U+0000 in text or jsonb, and no half of a surrogate pair; both become U+FFFD. Terminal output has either at times. */
export const storableText = (text: string): string =>
  text.replaceAll('\u0000', '\ufffd').replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');

type Order = (a: string, b: string) => number;

const byCodeUnit: Order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

const SURROGATE = /[\ud800-\udfff]/;

/** The order of the texts' UTF-8 bytes. Code units say the same, but where one text has a character beyond U+FFFF. */
export const byCodePoint: Order = (a, b) => {
  if (!SURROGATE.test(a) && !SURROGATE.test(b)) return byCodeUnit(a, b);
  const [left, right] = [[...a], [...b]];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const difference = (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
};

/**
 * JSON with keys in order (of code units unless said otherwise), without spaces, and without members that are undefined; strings and numbers as `JSON.stringify`
 * writes them, after {@link storableText}. The same value gives the same text on every machine.
 */
export function canonicalJson(value: unknown, order: Order = byCodeUnit): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return JSON.stringify(storableText(value));
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item, order)).join(',')}]`;
  if (value instanceof Date) return JSON.stringify(value.toISOString());
  if (typeof value !== 'object') return 'null';
  const members = Object.entries(value).filter(([, member]) => member !== undefined && typeof member !== 'function');
  const spelled = members.map(([key, member]) => [storableText(key), member] as const).sort(([a], [b]) => order(a, b));
  return `{${spelled.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member, order)}`).join(',')}}`;
}
