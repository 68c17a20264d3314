/** What the thread of a script remembers beside its way through the steps (./progress.ts). Plain JSON, changed by events alone. */
import type { ScriptIr } from '../../../contracts/script/ir';
import type { ScriptError, ScriptPause, ScriptStart, ScriptThreadProjection } from '../../../contracts/script/start';
import type { ScriptThreadStatus } from '../../../contracts/script/status';
import type { StoredValue } from '../../../contracts/execution/value';
import { stepsOf } from '../count-steps';

/** What ended a pause, until its step has taken it. */
export type Settled =
  /** Of an ask: `{value, comment}`; of an error: fields in place of arguments. `attempt`: which answer it was. */
  | { readonly kind: 'given'; readonly by: string; readonly at: string; readonly attempt: number; readonly override: StoredValue | null }
  | { readonly kind: 'used_up'; readonly message: string };

/** Paths of asks whose time was over that a thread remembers. */
export const EXPIRED_MAX = 64;

export interface ScriptThreadState {
  /** Without the script: that travels once. */
  readonly start: Omit<ScriptStart, 'ir'>;
  /** Of the script: types of asks may be one of them. */
  readonly enums: ScriptIr['enums'];
  readonly totalSteps: number;
  readonly status: ScriptThreadStatus;
  readonly error: ScriptError | null;
  /** Begun and not ended, in the order of their beginnings: as many as stand in each other, for each lane. */
  readonly open: readonly { readonly path: string; readonly name: string }[];
  readonly stepsStarted: number;
  readonly stepsCompleted: number;
  readonly pauses: readonly ScriptPause[];
  readonly expired: readonly string[];
  /** By path. */
  readonly settled: Readonly<Record<string, Settled>>;
  readonly yielded: number;
  readonly output: StoredValue | null;
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly cancel: ScriptThreadProjection['cancel'];
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly updatedAt: string;
}

export function openScriptThread({ ir, ...start }: ScriptStart): ScriptThreadState {
  return {
    ...{ start, enums: ir.enums, totalSteps: stepsOf(ir), status: 'PENDING', error: null, open: [], stepsStarted: 0, stepsCompleted: 0 },
    ...{ pauses: [], expired: [], settled: {}, yielded: 0, output: null, tokensIn: 0, tokensOut: 0, cancel: null },
    ...{ startedAt: null, endedAt: null, updatedAt: start.createdAt },
  };
}
