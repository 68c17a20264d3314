/** The activities of executions beside those of agents, all on the worker's task queue. */
import type { Brings, CommitBatch } from '../actor';
import type { ReadySelection } from '../agent/task';
import type { Plan } from '../pattern/plan';
import type { InputSource } from './start';
import type { StoredValue } from './value';

export interface ExecutionActivities {
  /** A plan that did not travel with the start. */
  readPlan(request: { readonly tenant: string; readonly ref: string }): Promise<Plan>;
  /** An input that did not travel with the start. */
  readInput(request: { readonly tenant: string; readonly input: InputSource }): Promise<unknown>;
  /** Both, where one did not travel with the start; with `selects` also the agents of the first step, null where that cannot be known yet or there are too few. */
  prepareExecution(
    request: {
      readonly tenant: string;
      readonly executionId: string;
      readonly plan: StoredValue;
      readonly input: InputSource;
      readonly selects: boolean;
    },
    entrusted?: CommitBatch,
  ): Promise<{ readonly plan: Plan; readonly input: unknown; readonly selected: ReadySelection | null } & Brings>;
  readValue(request: { readonly tenant: string; readonly ref: string }): Promise<unknown>;
  /** Keeps a value that is too large to travel. Fault `execution.value_too_large` (invalid). */
  keepValue(request: { readonly tenant: string; readonly value: unknown }): Promise<StoredValue>;
  /** Which pattern a sub-pattern is now. Fault `pattern.not_found`. */
  resolvePattern(request: {
    readonly tenant: string;
    readonly name: string;
    readonly range: string;
  }): Promise<{ readonly name: string; readonly version: string; readonly plan: StoredValue; readonly planRef: string }>;
  /** The last result of this pattern and step that was good enough; of the same input where one is given. Null when there is none, or none that is young enough. */
  findGoodResult(request: {
    readonly tenant: string;
    readonly patternName: string;
    readonly step: string;
    readonly input: StoredValue | null;
    readonly maxAgeMs: number | null;
  }): Promise<{ readonly result: StoredValue; readonly confidence: number | null } | null>;
  /** Stops the managed threads of an execution that was cancelled; returns how many there were. */
  stopThreads(request: { readonly tenant: string; readonly executionId: string; readonly reason: string }): Promise<{ readonly count: number }>;
}
