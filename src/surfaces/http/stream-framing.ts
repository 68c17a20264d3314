/** How the messages of a stream stand on the wire: as server-sent events, or a line of JSON for each. */

export interface SseMessage {
  /** The resume point after this message; live-only messages have none. */
  readonly id?: string;
  readonly event?: string;
  readonly data: unknown;
}

export interface Framing {
  readonly headers: Readonly<Record<string, string>>;
  /** Keeps the connection alive and says nothing. */
  readonly heartbeat: string;
  opening(retryMs: number): string;
  message(message: SseMessage): string;
  /** Said to whoever should come back after so long: the stream ended before its source did. */
  broken(why: 'restarting' | 'interrupted', retryMs: number): string;
}
export type FramingName = 'sse' | 'ndjson';

const ALIVE = { 'Cache-Control': 'no-cache, no-transform', 'X-Accel-Buffering': 'no', Connection: 'keep-alive' } as const;
const UNAVAILABLE = 14;

const line = (text: string): string => text.replace(/[\r\n\0]/g, ' ');

/** One message on the wire. JSON holds no line breaks, so `data` is always one line. */
export function sseText({ id, event, data }: SseMessage): string {
  const head = `${id === undefined ? '' : `id: ${line(id)}\n`}${event === undefined ? '' : `event: ${line(event)}\n`}`;
  return `${head}data: ${JSON.stringify(data) ?? 'null'}\n\n`;
}

export const FRAMINGS: Readonly<Record<FramingName, Framing>> = {
  sse: {
    headers: { 'Content-Type': 'text/event-stream; charset=utf-8', ...ALIVE },
    heartbeat: ': heartbeat\n\n',
    opening: (retryMs) => `retry: ${retryMs}\n\n`,
    message: sseText,
    broken: (why, retryMs) => `retry: ${retryMs}\n: ${why}\n\n`,
  },
  ndjson: {
    headers: { 'Content-Type': 'application/x-ndjson; charset=utf-8', ...ALIVE },
    // Empty lines are none of the messages; readers of such lines pass over them.
    heartbeat: '\n',
    opening: () => '\n',
    message: ({ data }) => `${JSON.stringify(data) ?? 'null'}\n`,
    broken: (why) =>
      `${JSON.stringify({ error: { code: UNAVAILABLE, status: 'UNAVAILABLE', message: `The stream was ${why === 'restarting' ? 'ended, because the server restarts' : 'interrupted'}.` } })}\n`,
  },
};
