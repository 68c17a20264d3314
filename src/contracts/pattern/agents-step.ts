/** Asking agents: who is asked, how, and when the outcome is good enough. */
import { z } from 'zod';
import { AGENTS_MAX, DURATION_MAX, ENTRIES_MAX, NAME_MAX, RETRIES_MAX, TEXT_MAX } from './bounds';
import { Aggregation } from './aggregation';
import { Expression } from './expression';
import { ValueSchema } from './value-schema';

const share = z.number().min(0).max(1);
export const Name = z.string().min(1).max(NAME_MAX);
export const Milliseconds = z.number().int().min(0).max(DURATION_MAX);
const timeoutMs = Milliseconds.min(1).nullable();

/** Lists are evaluated entry by entry; an entry that gives a list stands for all of its entries. */
const list = z.array(Expression).max(ENTRIES_MAX);

export const AgentsRequirement = z.strictObject({
  /** An agent must have all of them. */
  capabilities: list,
  /** With fewer agents the step fails (NO_AGENTS). */
  min: z.number().int().min(1).max(AGENTS_MAX),
  /** null: as many as `min`. */
  max: z.number().int().min(1).max(AGENTS_MAX).nullable(),
  /** For one agent. null: the agent's own, or the server's default. */
  taskTimeoutMs: timeoutMs,
  /** Ids or names: these first when they are free; and these never. */
  prefer: list,
  exclude: list,
});
export type AgentsRequirement = z.output<typeof AgentsRequirement>;

/** One after the other: each is one agent with this capability, and may use what those before it gave (`$<output>`). */
export const SequentialTask = z.strictObject({ capability: Expression, input: Expression.nullable(), output: Name.nullable() });
export type SequentialTask = z.output<typeof SequentialTask>;

export const Execution = z.discriminatedUnion('strategy', [
  /** All at once. Without `waitForAll` the step goes on after `minResults` results (null: `min` of the agents), and the other agents are told to stop. */
  z.strictObject({ strategy: z.literal('parallel'), timeoutMs, waitForAll: z.boolean(), minResults: z.number().int().min(1).max(AGENTS_MAX).nullable() }),
  /** `tasks` empty: the selected agents in turn, all with the same input. */
  z.strictObject({ strategy: z.literal('sequential'), timeoutMs, stopOnError: z.boolean(), tasks: z.array(SequentialTask).max(AGENTS_MAX) }),
  /** All at once; the first result with enough confidence ends it, and the other agents are told to stop. */
  z.strictObject({ strategy: z.literal('race'), timeoutMs, minConfidence: share.nullable() }),
  /** One agent; the next one only when it fails. */
  z.strictObject({ strategy: z.literal('first'), timeoutMs }),
]);
export type Execution = z.output<typeof Execution>;

/** What takes the place of a result that is not good enough. */
export const Fallback = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('default'), value: Expression }),
  /** A person decides: an approval with the text `to`. `context`: what is shown to them (`result`, `results`, `input`, `validation`); null timeout: no end. */
  z.strictObject({ type: z.literal('escalate'), to: z.string().min(1).max(TEXT_MAX), context: z.array(Name).max(ENTRIES_MAX), timeoutMs }),
  /** The last good result of this pattern and step in this tenant: `previous` of any input, `cached` of the same input. */
  z.strictObject({ type: z.literal('previous'), maxAgeMs: timeoutMs }),
  z.strictObject({ type: z.literal('cached'), maxAgeMs: timeoutMs }),
]);
export type Fallback = z.output<typeof Fallback>;

export const FAILURE_ACTIONS = ['fail', 'retry', 'fallback'] as const;
const FailureAction = z.enum(FAILURE_ACTIONS);
export type FailureAction = (typeof FAILURE_ACTIONS)[number];

/** When a retry is asked for and none is left, the fallback is taken if there is one; else the step fails with ValidationFailed. */
export const Validation = z.strictObject({
  minConfidence: share.nullable(),
  /** Each must be true; `$result` is the result. */
  checks: z.array(z.strictObject({ name: Name, condition: Expression })).max(ENTRIES_MAX),
  /** After too little confidence or a failed check. */
  onFailure: FailureAction,
  schema: ValueSchema.nullable(),
  /** After a result that does not fit the schema. */
  onInvalid: FailureAction,
  maxLatencyMs: timeoutMs,
  /** After a result that took longer than `maxLatencyMs`. */
  onTimeout: FailureAction,
  maxRetries: z.number().int().min(0).max(RETRIES_MAX),
  retryDelayMs: Milliseconds,
  fallback: Fallback.nullable(),
  /** `$custom`: when the condition is true, the value takes the result's place, or the action is taken. */
  custom: z.strictObject({ condition: Expression, action: z.enum(['override', ...FAILURE_ACTIONS]), value: Expression.nullable() }).nullable(),
});
export type Validation = z.output<typeof Validation>;

/** The part of a step that asks agents. A pattern without `steps` is one such step with the id `main`. */
export const AgentsWork = z.strictObject({
  agents: AgentsRequirement,
  /** What each agent gets; null: the input of the pattern (in a batch, loop or repeat: the item, where there is one). */
  input: Expression.nullable(),
  instructions: Expression.nullable(),
  execution: Execution,
  aggregation: Aggregation,
  validation: Validation.nullable(),
});
export type AgentsWork = z.output<typeof AgentsWork>;
