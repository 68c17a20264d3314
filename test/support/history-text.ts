/** What a history holds, for tests that look for what must not stand in it. */

/** All payloads of it as text. */
export const payloadsOf = (history: object): string => JSON.stringify(history, (key, value: unknown) => (key === 'data' ? dataText(value) : value));

/** Bytes come as base64, or as the bytes that they are. */
function dataText(data: unknown): unknown {
  if (typeof data === 'string') return Buffer.from(data, 'base64').toString();
  return data instanceof Uint8Array ? Buffer.from(data).toString() : data;
}
