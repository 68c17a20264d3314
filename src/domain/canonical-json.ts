/** JSON in one spelling, for hashes, and JSON that Postgres can hold. */

/** Postgres has no U+0000 in text or jsonb, and no half of a surrogate pair; both become U+FFFD. Terminal output has either at times. */
export const storableText = (text: string): string =>
  text.replaceAll('\u0000', '\ufffd').replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');

/**
 * JSON with keys in code-unit order, without spaces, and without members that are undefined; strings and numbers as `JSON.stringify`
 * writes them, after {@link storableText}. The same value gives the same text on every machine.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return JSON.stringify(storableText(value));
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value instanceof Date) return JSON.stringify(value.toISOString());
  if (typeof value !== 'object') return 'null';
  const members = Object.entries(value).filter(([, member]) => member !== undefined && typeof member !== 'function');
  const spelled = members.map(([key, member]) => [storableText(key), member] as const).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${spelled.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
}
