/** Where a host's relay serves what: its server and the API's client of it read the same words. */
const session = (sessionId: string, rest: string): string => `/sessions/${encodeURIComponent(sessionId)}/${rest}`;

export const RELAY_PATHS = {
  /** GET: the rendered screen. */
  screen: (sessionId: string): string => session(sessionId, 'screen'),
  /** WebSocket: binary messages are the terminal's bytes in both directions, text messages are JSON. */
  terminal: (sessionId: string): string => session(sessionId, 'terminal'),
  /** POST `{tenant, body}`: what preparation would make of a spawn with this body. */
  prepare: '/prepare',
} as const;
