/**
 * The language between ptyd and its clients (host workers, the relay, the CLI): one JSON object per line over a Unix socket.
 *
 * Requests carry `id`; replies repeat it with `ok` or `error`. After `follow`, the daemon pushes `{push: 'data' | 'exit', …}` for that session
 * on the same connection. ptyd has no opinion about agents: it owns processes, bytes and screens.
 */
import { z } from 'zod';
import type { Screen } from '../../activities/agents/adapter';

export const PTYD_LIMITS = {
  /** Sessions of one daemon. */
  sessions: 2_000,
  /** Bytes of one request line. */
  line: 4 * 1024 * 1024,
  /** Ids of typed inputs that a session remembers. */
  inputs: 2_000,
  /** Lines of scrollback that the terminal keeps. */
  scrollback: 2_000,
  /** Bytes that may wait for one slow follower before its data is dropped and it is told `gap`. */
  followerBuffer: 1024 * 1024,
  /** Bytes of output that a session keeps for those who begin to look a moment later. */
  recent: 32 * 1024,
  /** Ended sessions whose exit is remembered until it is forgotten by request. */
  ended: 5_000,
} as const;

const sessionId = z
  .string()
  .min(1)
  .max(160)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:@-]*$/);

export const PtydRequest = z.discriminatedUnion('op', [
  z.object({ op: z.literal('hello') }),
  /** Starts a session, or adopts the one of this id. */
  z.object({
    op: z.literal('start'),
    session: sessionId,
    command: z.string().min(1),
    args: z.array(z.string()),
    cwd: z.string().min(1),
    env: z.record(z.string(), z.string()),
    cols: z.int().min(20).max(500),
    rows: z.int().min(5).max(300),
    /** Free, small notes that come back with `list` (which actor, which records file). */
    labels: z.record(z.string(), z.string()).default({}),
  }),
  /** Types once per `inputId`; a repeated id types nothing and answers `written: false`. Ids that start with `live/` (people at a terminal) are not remembered. */
  z.object({
    op: z.literal('write'),
    session: sessionId,
    inputId: z.string().min(1).max(256),
    keystrokes: z.array(z.object({ data: z.string(), pauseMs: z.int().min(0).max(5_000).optional() })).max(2_000),
  }),
  /** Whether this input was typed: done, started (typing when the daemon was asked), or never. */
  z.object({ op: z.literal('wrote'), session: sessionId, inputId: z.string() }),
  z.object({ op: z.literal('screen'), session: sessionId }),
  /** A byte string that makes an empty terminal look like this one (for attaching people). */
  z.object({ op: z.literal('serialize'), session: sessionId }),
  /** What was printed after this offset, as far as it is kept; for those who begin to follow. */
  z.object({ op: z.literal('output'), session: sessionId, after: z.int().min(0) }),
  z.object({ op: z.literal('resize'), session: sessionId, cols: z.int().min(20).max(500), rows: z.int().min(5).max(300) }),
  z.object({ op: z.literal('follow'), session: sessionId }),
  z.object({ op: z.literal('unfollow'), session: sessionId }),
  /** Ends the session: `keystrokes` first when given, SIGHUP, then after `graceMs` SIGKILL for every process the session started. */
  z.object({
    op: z.literal('end'),
    session: sessionId,
    graceMs: z.int().min(0).max(600_000),
    keystrokes: z.array(z.object({ data: z.string(), pauseMs: z.int().min(0).max(5_000).optional() })).optional(),
  }),
  z.object({ op: z.literal('list') }),
  /** Drops the record of an ended session. */
  z.object({ op: z.literal('forget'), session: sessionId }),
  /** Ends every session, then the daemon. */
  z.object({ op: z.literal('shutdown'), graceMs: z.int().min(0).max(60_000) }),
]);
export type PtydRequest = z.input<typeof PtydRequest>;

export interface SessionInfo {
  readonly session: string;
  readonly pid: number;
  readonly startedAt: number;
  /** Milliseconds since the terminal last produced output or took input. */
  readonly quietMs: number;
  readonly cols: number;
  readonly rows: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Present when the process has ended. `asked`: by `end`, not by itself. */
  readonly exit?: { readonly exitCode: number | null; readonly signal: string | null; readonly at: number; readonly asked: boolean };
  /** Bytes produced since the start. */
  readonly offset: number;
}

export interface Snapshot extends SessionInfo {
  readonly screen: Screen;
}

/** The client half. One connection, reconnecting; every call has a deadline. Faults: `ptyd.unreachable` (unavailable), `ptyd.no_session` (not_found). */
export interface Ptyd {
  start(request: Omit<Extract<PtydRequest, { op: 'start' }>, 'op'>): Promise<{ pid: number; adopted: boolean }>;
  write(session: string, inputId: string, keystrokes: readonly { data: string; pauseMs?: number }[]): Promise<{ written: boolean }>;
  wrote(session: string, inputId: string): Promise<'done' | 'started' | 'never'>;
  screen(session: string): Promise<Snapshot>;
  serialize(session: string): Promise<{ data: string; offset: number; cols: number; rows: number }>;
  /** Bytes (base64) after `after` and up to `offset`; fewer when they are not kept any more: then `complete` is false. */
  output(session: string, after: number): Promise<{ data: string; offset: number; complete: boolean }>;
  resize(session: string, cols: number, rows: number): Promise<void>;
  /** Calls back on output (base64 bytes and the offset after them), on the exit, and on `gap` when data was dropped for slowness. Ends by the returned function. */
  follow(session: string, on: (event: FollowEvent) => void): Promise<() => void>;
  end(
    session: string,
    graceMs: number,
    keystrokes?: readonly { data: string; pauseMs?: number }[],
  ): Promise<{ existed: boolean; exitCode: number | null; signal: string | null }>;
  list(): Promise<readonly SessionInfo[]>;
  forget(session: string): Promise<void>;
  shutdown(graceMs: number): Promise<void>;
  close(): void;
}

export type FollowEvent =
  | { readonly type: 'data'; readonly data: string; readonly offset: number }
  | { readonly type: 'exit'; readonly exitCode: number | null; readonly signal: string | null }
  | { readonly type: 'gap' }
  /** The connection to ptyd broke: nothing more will come; the session may or may not live. */
  | { readonly type: 'lost' };
