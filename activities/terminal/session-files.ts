/**
 * The files of one session, in a private folder that lives as long as the session:
 *
 * - `records.jsonl`: what the CLI's hooks told;
 * - `settings/`: the adapter's own files for the CLI;
 * - `typed.json`: how the session looked just before the last input, until a watch takes it over;
 * - `watch.json`: the watch in progress, so that a retried one goes on as if nothing had happened;
 * - `claims/`: the inputs whose claims this session took.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Screen } from '../agents/adapter';
import { openWatch, type WatchState } from './watch-decision';
import type { Observation } from '../../src/contracts/managed-thread/terminal';

/** How a session looked before an input was typed. */
export interface Baseline {
  /** The input (effect id), or `start`. */
  readonly id: string;
  readonly screen: Screen;
  /** Size of the records file. */
  readonly recordsBytes: number;
}

export interface SentFact {
  readonly requestId: string;
  readonly fact: Observation['fact'];
}

/** What a watch keeps across its retries. */
export interface WatchMemory {
  /** Names the activity; another one starts afresh. */
  readonly key: string;
  readonly turnId: string;
  /** It came to an outcome: another watch of the same turn begins at what was typed since. */
  readonly over: boolean;
  readonly startedAt: number;
  readonly baseline: Baseline;
  readonly state: WatchState;
  /** How many facts were told. Written down before they are told, so that a retry numbers on. */
  readonly told: number;
  /** The last fact, told again by a retry: its first telling may have been lost; the thread drops the repeat. */
  readonly last: SentFact | null;
  readonly tool: string | null;
  /** How many of the reading's `tools` were told. */
  readonly tools?: number;
  readonly message: string | null;
  /** Output up to this offset was shown to those who look on, by this watch when it came to an end and by those before it. */
  readonly shownTo?: number;
}

const readJson = <T>(path: string): T | null => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch {
    return null;
  }
};

const writeJson = (path: string, value: unknown): void => {
  writeFileSync(`${path}.new`, JSON.stringify(value), { mode: 0o600 });
  renameSync(`${path}.new`, path);
};

export class SessionFiles {
  readonly folder: string;
  readonly recordsFile: string;
  readonly settings: string;

  /** `sessionId` is a session's id: letters, digits and `._:@-`, so it is a safe file name. */
  constructor(sessionsDir: string, sessionId: string) {
    this.folder = join(sessionsDir, sessionId);
    this.recordsFile = join(this.folder, 'records.jsonl');
    this.settings = join(this.folder, 'settings');
  }

  /** Makes the folders and an empty records file, readable by nobody else. */
  create(): void {
    mkdirSync(this.settings, { recursive: true, mode: 0o700 });
    writeFileSync(this.recordsFile, '', { flag: 'a', mode: 0o600 });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  recordsBytes(): number {
    return statSync(this.recordsFile, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Keeps how the session looks before an input. One that no watch has taken yet stays, unless `replace`: the watch begins at the first input. */
  keepBaseline(baseline: Baseline, replace: boolean): void {
    if (replace || !readJson(this.path('typed'))) writeJson(this.path('typed'), baseline);
  }

  /**
   * The memory of the watch `key`: the one it left when it was interrupted; the one that an interrupted watch of the same turn left; else a
   * new one from the kept baseline or from `now()`.
   */
  openWatch({ key, turnId, startedAt }: { key: string; turnId: string; startedAt: number }, now: () => Baseline): WatchMemory {
    const left = readJson<WatchMemory>(this.path('watch'));
    const typed = readJson<Baseline>(this.path('typed'));
    const memory = ((): WatchMemory => {
      if (left?.key === key) return left;
      if (left?.turnId === turnId && !left.over) return { ...left, key };
      // A conversation is told once in a session, so every watch of it knows.
      const state = { ...openWatch(), conversationId: left?.state.conversationId ?? null };
      const shownTo = left?.shownTo ?? 0;
      return { key, turnId, over: false, startedAt, baseline: typed ?? now(), state, told: 0, last: null, tool: null, message: null, shownTo };
    })();
    if (memory !== left) this.keepWatch(memory);
    if (typed && (typed.id === memory.baseline.id || memory.turnId === left?.turnId)) this.dropBaseline();
    return memory;
  }

  /** Marks that this session took the claim of an effect, so that a claim left by another session is told apart. */
  markClaim(effectId: string): void {
    mkdirSync(join(this.folder, 'claims'), { recursive: true, mode: 0o700 });
    writeFileSync(this.claim(effectId), '', { mode: 0o600 });
  }

  hasClaim(effectId: string): boolean {
    return existsSync(this.claim(effectId));
  }

  private claim(effectId: string): string {
    return join(this.folder, 'claims', createHash('sha256').update(effectId).digest('hex').slice(0, 32));
  }

  keepWatch(memory: WatchMemory): void {
    try {
      writeJson(this.path('watch'), memory);
    } catch (error) {
      // The session is being ended and its folder is gone; the next look at the session tells the watch.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }

  dropBaseline(): void {
    rmSync(this.path('typed'), { force: true });
  }

  private path(name: 'typed' | 'watch'): string {
    return join(this.folder, `${name}.json`);
  }
}
