/**
 * How one coding-agent CLI is started, read, typed to and ended. One adapter per CLI, each in a file of its own; registered in ./registry.ts.
 *
 * Structured first, screen second: what the CLI offers by design (JSON event output, notify hooks, session files, its own server) wins; otherwise
 * the *rendered* screen is read. Never regular expressions over raw bytes. Only the end of the process ends a session.
 */
import type { ApprovalPreset } from '../../src/contracts/managed-thread/spawn';
import type { Answer, Ask } from '../../src/contracts/managed-thread/ask';

/** One step of typing: bytes for the terminal, then a pause. Terminal programs drop or merge keys that come too fast. */
export interface Keystroke {
  readonly data: string;
  readonly pauseMs?: number;
}

export interface LaunchContext {
  readonly sessionId: string;
  readonly threadId: string;
  /** The agent's working directory; exists. */
  readonly cwd: string;
  readonly preset: ApprovalPreset;
  readonly requireWorkspaceBoundary: boolean;
  /** A private directory of this session for settings and hook files; exists, is removed when the session ends. */
  readonly sessionDir: string;
  /** The file to which hooks append: one JSON object per line. The host follows it; see {@link SessionView.records}. */
  readonly recordsFile: string;
  /** Command (argv array) that appends its standard input (or its last argument) as one line to `recordsFile`; give it to the CLI as its hook. */
  readonly recordCommand: readonly string[];
  /** The environment the CLI will get (explicit, not the parent's); adapters may read it and add to it by {@link Launch.env}. */
  readonly env: Readonly<Record<string, string>>;
  /** The CLI's own conversation to resume, or null. */
  readonly conversationId: string | null;
  /** Paths relative to cwd of the context files that were written (the memory file first, when there is one). */
  readonly contextFiles: readonly string[];
}

export interface Launch {
  /** Program: absolute, or looked up on the PATH of the explicit environment. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** True when `conversationId` was given to the CLI to resume. */
  readonly resumes: boolean;
  readonly cols?: number;
  readonly rows?: number;
}

/** A rendered screen: what a person would see. `lines` has `rows` entries, trailing spaces removed. */
export interface Screen {
  readonly lines: readonly string[];
  readonly cursor: { readonly x: number; readonly y: number; readonly visible: boolean };
  readonly cols: number;
  readonly rows: number;
  /** The window title, as the CLI set it. */
  readonly title: string;
  /** True while the alternate screen buffer is shown. */
  readonly alternate: boolean;
  /** The last lines that scrolled off, oldest first; at most 200. */
  readonly scrollback: readonly string[];
  /** Which rows of scrollback and lines, counted together from 0, go on with the row before: the text was longer than the terminal is wide. */
  readonly wrapped?: readonly number[];
}

/** Everything an adapter may judge by. */
export interface SessionView {
  readonly screen: Screen;
  /** What hooks and structured sources recorded since the session started (all of it), oldest first; at most the last 2,000. */
  readonly records: readonly SessionRecord[];
  /** Records before this index are older than the watch in progress. */
  readonly recordsBefore: number;
  /** The screen just before the input was typed (blank for the first watch of a session): what is new since is the input's echo and the turn. */
  readonly before: Screen;
  /** Milliseconds since the terminal last produced output. */
  readonly quietMs: number;
  /** Milliseconds since the watch began. */
  readonly sinceMs: number;
  readonly purpose: 'start' | 'turn' | 'follow';
}

/** One line of the records file, parsed. `source` names who wrote it (`notify`, `hook`, `server`, …). */
export interface SessionRecord {
  readonly source: string;
  readonly at: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An ask without its id: the host numbers it. */
export type SeenAsk = Omit<Ask, 'id'>;

/** What the adapter makes of a view. Pure: the same view gives the same reading. */
export interface Reading {
  readonly phase: 'starting' | 'ready' | 'working' | 'blocked';
  /** Present exactly when blocked. */
  readonly ask?: SeenAsk;
  /** The tool that runs now, when the CLI shows one. */
  readonly tool?: { readonly name: string; readonly description?: string };
  /** Every tool that it ran since the watch began, oldest first, where a structured source tells: then none is missed, however short. */
  readonly tools?: readonly { readonly name: string; readonly description?: string }[];
  readonly conversationId?: string;
  /** The agent's own words of this turn, where a structured source has them. */
  readonly message?: string;
  /** How sure the agent is of what it said, 0 to 1, where it tells. */
  readonly confidence?: number;
  /** True when a structured source said that the turn ended or that it waits: no settling needed. */
  readonly certain?: boolean;
  /**
   * True when a structured source or the screen shows that work was done since the watch began. False when the adapter would surely know of
   * work and knows of none yet: then a mere change of the screen (the echo) is not taken for the input's effect. Absent: cannot tell.
   */
  readonly worked?: boolean;
}

export interface Adapter {
  readonly type: string;
  /** One line for `GET /api/agent-types` and error messages. */
  readonly description: string;
  /** How long a reading that is not certain must stand before it counts. */
  readonly settleMs: { readonly ready: number; readonly blocked: number };
  /** Null when the CLI is installed; otherwise what to do about it, in words. */
  missing(env: Readonly<Record<string, string>>): Promise<string | null>;
  launch(context: LaunchContext): Promise<Launch>;
  read(view: SessionView): Reading;
  message(text: string): readonly Keystroke[];
  /** Keystrokes for an answer, or null when this ask cannot be answered so (the caller hears 400). */
  answer(ask: Ask, answer: Answer): readonly Keystroke[] | null;
  interrupt(): readonly Keystroke[];
  /** Keystrokes that ask the CLI to end by itself, or null: then its process gets SIGHUP. */
  leave(): readonly Keystroke[] | null;
  /** The turn's output, from the screen, when no structured source has it. At most 8,000 characters. */
  output(view: SessionView): string;
}
