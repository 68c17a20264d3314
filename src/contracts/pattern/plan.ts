/**
 * The plan: what a pattern definition compiles to (`src/domain/pattern/parse-pattern.ts`) and what the workflow of an execution interprets. It is stored with
 * the pattern and recorded with each execution, so a later version of the pattern never changes one that runs. Plain JSON, every default filled in, every
 * expression parsed, every name checked.
 *
 * A pattern without `steps` has one: `main`, which asks the agents of the pattern. So there is always a list of steps to go through.
 *
 * Variables while it runs: `$input`; the outcome of each step by its id and by its `output`; what `assign` sets; `$results` (the answers of the agents step that
 * ran last) and `$validResults` (those with enough confidence); `$vote`, `$consensus`, `$merged`, `$first`, `$best`, `$aggregated` (the outcome of the last
 * agents step of that strategy); `$final` (what `finish` chose, else the outcome of the last step that is no decision: no gate, switch, comparison or assignment); `$execution` {id, agentCount, duration};
 * `$validation` {retryCount, passed, source}; `$result` (in checks, and wherever a result is meant: that of the last step that is no decision); `$item`, `$index`, `$items`, `$value`
 * where their steps say so. A step or an `output` of the same name takes the place of a built-in one (`RESERVED_NAMES` cannot be taken).
 */
import { z } from 'zod';
import { Milliseconds, Name, Validation } from './agents-step';
import { ENTRIES_MAX, STEPS_RUN_MAX, TEXT_MAX } from './bounds';
import { Expression } from './expression';
import { OrgChartPlan } from './org-chart';
import { Steps } from './step';
import { ValueSchema } from './value-schema';

/** Names that no step, output or assignment may take. */
export const RESERVED_NAMES = ['input', 'execution', 'item', 'index', 'items', 'value'] as const;

/** Raised when plans of before can no longer be read as they are. */
export const PLAN_FORMAT = 1;

export const PatternPlan = z.strictObject({
  format: z.literal(PLAN_FORMAT),
  kind: z.literal('pattern'),
  name: Name,
  version: z.string().max(TEXT_MAX),
  /** Always of type `object`. */
  input: ValueSchema,
  steps: Steps,
  /** Steps that may run in all, repetitions counted; and for how long. */
  maxSteps: z.number().int().min(1).max(STEPS_RUN_MAX),
  timeoutMs: Milliseconds.min(1).nullable(),
  /** Of the outcome of all steps (a pattern that has `steps` and `validation`); a retry runs them all again. */
  validation: Validation.nullable(),
  /** null: the result of `$final`. */
  output: Expression.nullable(),
  /** `$metrics`: numbers that are recorded with the execution. */
  metrics: z.array(z.strictObject({ name: Name, value: Expression })).max(ENTRIES_MAX),
  /** Who may start it besides the scope; null: everybody who has the scope. */
  security: z.strictObject({ allowedUsers: z.array(Name).max(ENTRIES_MAX), allowedRoles: z.array(Name).max(ENTRIES_MAX) }).nullable(),
});
export type PatternPlan = z.output<typeof PatternPlan>;

export const Plan = z.discriminatedUnion('kind', [PatternPlan, OrgChartPlan]);
export type Plan = z.output<typeof Plan>;
