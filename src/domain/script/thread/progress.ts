/**
 * How far a thread has come through its steps: what finished steps of open scopes came to, and what open steps have to remember. A new run of the workflow goes through the script again and skips what stands
 * here; what a finished step came to replaces all inside it. Carried as plain JSON beside the state of the actor, because it is the place in the code and no fact about the thread.
 */
import type { ScriptError } from '../../../contracts/script/start';
import type { StoredValue } from '../../../contracts/execution/value';
import type { Performed } from './performed';

export interface Finished {
  /** Null: it gives none. */
  readonly value: StoredValue | null;
  /** What its branches bound for the steps below it. */
  readonly binds?: Readonly<Record<string, StoredValue>>;
  /** Where it sent the thread, further down in its block. */
  readonly goto?: string;
}

/** Of `each` and `pipe`. */
export interface LoopProgress {
  list: StoredValue;
  total: number;
  parallel: number;
  /** Items that may be taken up before the first of them is handed on. */
  window: number;
  /** Of `pipe`: items that are taken up together, 0 where they are not. */
  batch: number;
  sleepMs: number;
  /** Items whose values were handed on, in order. */
  done: number;
  /** What came before what is in `buffer`, where it was too much to travel. */
  kept: StoredValue | null;
  buffer: StoredValue[];
  /** Finished before their turn, by index. */
  ahead: Record<string, StoredValue | null>;
}

/** A step that has begun and not ended. */
export interface Begun {
  attempt: number;
  /** Milliseconds since 1970. */
  startedAt: number;
  /** `ready`: it begins anew with the attempt. `waiting`: for its next try. `paused`: for corrected input. */
  phase: 'ready' | 'working' | 'waiting' | 'paused';
  /** Further tries that were made by its `on error`. */
  tries: number;
  /** Another tool has taken over. */
  fallback: boolean;
  override: StoredValue | null;
  /** Of models, all tries together. */
  tokensIn?: number;
  tokensOut?: number;
  /** Until when it waits. */
  until?: number;
  /** The branch that was taken. */
  choice?: number;
  loop?: LoopProgress;
  /** Of `repeat`. */
  round?: number;
  /** What it came to, until the stream has it: it is not performed again for that. */
  performed?: Performed;
}

export interface ProgressRecord {
  readonly finished: Readonly<Record<string, Finished>>;
  readonly begun: Readonly<Record<string, Begun>>;
  /** The highest attempt of each step that has ended once: those that are performed again count on. */
  readonly attempts: Readonly<Record<string, number>>;
  /** Of `check … retry`. */
  readonly retries: Readonly<Record<string, number>>;
  /** For what `on thread error` works. */
  readonly failing: ScriptError | null;
}

export const NO_PROGRESS: ProgressRecord = { finished: {}, begun: {}, attempts: {}, retries: {}, failing: null };

export class Progress {
  readonly #finished: Map<string, Finished>;
  readonly #begun: Map<string, Begun>;
  readonly #attempts: Map<string, number>;
  readonly #retries: Map<string, number>;
  failing: ScriptError | null;

  constructor({ finished, begun, attempts, retries, failing }: ProgressRecord = NO_PROGRESS) {
    this.#finished = new Map(Object.entries(finished));
    this.#begun = new Map(Object.entries(begun));
    this.#attempts = new Map(Object.entries(attempts));
    this.#retries = new Map(Object.entries(retries));
    this.failing = failing;
  }

  finished(path: string): Finished | undefined {
    return this.#finished.get(path);
  }

  begun(path: string): Begun | undefined {
    return this.#begun.get(path);
  }

  /** `floor`: attempts that the steps around it have used up. */
  begin(path: string, { floor, at }: { readonly floor: number; readonly at: number }): Begun {
    const attempt = Math.max(this.#attempts.get(path) ?? 0, floor) + 1;
    const begun: Begun = { attempt, startedAt: at, phase: 'ready', tries: 0, fallback: false, override: null };
    this.#begun.set(path, begun);
    return begun;
  }

  finish(path: string, finished: Finished): void {
    this.close(path);
    this.#finished.set(path, finished);
  }

  /** It is neither open nor finished, and all inside it is forgotten but how often it was tried. */
  close(path: string): void {
    const own = this.#begun.get(path)?.attempt ?? 0;
    const used = Math.max(own, this.#attempts.get(path) ?? 0, this.prune(`${path}.`));
    if (used > 0) this.#attempts.set(path, used);
    this.#begun.delete(path);
    this.#finished.delete(path);
  }

  /** A part of a step is over (a round, an item): its steps are forgotten, and the highest of their attempts is kept at the step. */
  closePart(path: string, part: string | number): void {
    const used = this.prune(`${path}.${part}.`);
    if (used > (this.#attempts.get(path) ?? 0)) this.#attempts.set(path, used);
  }

  /** Steps of a block from this one on are performed again. */
  rewind(prefix: string, from: number, length: number): void {
    for (let at = from; at < length; at++) this.close(`${prefix}${at}`);
  }

  /** Of the step, and of the steps inside whose parts are over. */
  attemptsUsed(path: string): number {
    return Math.max(this.#begun.get(path)?.attempt ?? 0, this.#attempts.get(path) ?? 0);
  }

  retriesAt(path: string): number {
    return this.#retries.get(path) ?? 0;
  }

  /** 0 forgets them. */
  countRetries(path: string, retries: number): void {
    if (retries === 0) this.#retries.delete(path);
    else this.#retries.set(path, retries);
  }

  record(): ProgressRecord {
    return {
      ...{ finished: Object.fromEntries(this.#finished), begun: Object.fromEntries(this.#begun) },
      ...{ attempts: Object.fromEntries(this.#attempts), retries: Object.fromEntries(this.#retries), failing: this.failing },
    };
  }

  /** Finished values that travel inline, the largest first: they are moved out where they are too many together. */
  inlineValues(): readonly (readonly [path: string, value: StoredValue])[] {
    return [...this.#finished].flatMap(([path, { value }]) => (value !== null && 'value' in value ? [[path, value] as const] : []));
  }

  replace(path: string, value: StoredValue): void {
    const finished = this.#finished.get(path);
    if (finished) this.#finished.set(path, { ...finished, value });
  }

  /** The highest attempt below the prefix. */
  private prune(prefix: string): number {
    let highest = 0;
    for (const [path, { attempt }] of this.#begun)
      if (path.startsWith(prefix)) {
        highest = Math.max(highest, attempt);
        this.#begun.delete(path);
      }
    for (const [path, attempt] of this.#attempts)
      if (path.startsWith(prefix)) {
        highest = Math.max(highest, attempt);
        this.#attempts.delete(path);
      }
    for (const map of [this.#finished, this.#retries]) for (const path of map.keys()) if (path.startsWith(prefix)) map.delete(path);
    return highest;
  }
}
