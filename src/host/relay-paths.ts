/** Where a host's relay serves what: its server and the API's client of it read the same words. */
export interface SessionOwner {
  readonly tenant: string;
  readonly thread: string;
}

/** The thread to which the caller's access was checked goes along: the host serves no other thread's session for it. */
const session = (sessionId: string, rest: string, { tenant, thread }: SessionOwner): string =>
  `/sessions/${encodeURIComponent(sessionId)}/${rest}?${new URLSearchParams({ tenant, thread }).toString()}`;

export const RELAY_PATHS = {
  /** GET: the rendered screen. */
  screen: (sessionId: string, owner: SessionOwner): string => session(sessionId, 'screen', owner),
  /** WebSocket: binary messages are the terminal's bytes in both directions, text messages are JSON. */
  terminal: (sessionId: string, owner: SessionOwner): string => session(sessionId, 'terminal', owner),
  /** POST `{tenant, body}`: what preparation would make of a spawn with this body. */
  prepare: '/prepare',
} as const;
