/** One line of a session's records file: what a CLI's hook told, with its source and time. Written by ./record.ts, read by the host. */

/** Characters of one record's payload; a longer one is cut and marked. */
export const RECORD_MAX = 256 * 1024;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function dataOf(payload: string): Record<string, unknown> {
  if (payload.length > RECORD_MAX) return { text: payload.slice(0, 8_000), truncated: true };
  try {
    const value: unknown = JSON.parse(payload);
    return isObject(value) ? value : { value };
  } catch {
    return { text: payload };
  }
}

/** A whole line with its line end. `payload` is JSON, or any text: then it is kept as `{text}`. `at` is milliseconds since 1970. */
export const recordLine = (source: string, payload: string, at: number): string => `${JSON.stringify({ source, at, data: dataOf(payload.trim()) })}\n`;
