/** The steps of a plan, in the order of the definition: what each does and where it goes next. */
import { z } from 'zod';
import { AgentsWork, Milliseconds, Name } from './agents-step';
import { Merge } from './aggregation';
import { ENTRIES_MAX, LOOP_ITERATIONS_MAX, NAME_MAX, RETRIES_MAX, STEPS_MAX, TEXT_MAX } from './bounds';
import { Expression } from './expression';

/** Another pattern, by name and range of versions (`*`: the newest). It runs as an execution of its own. */
export const PatternCall = z.strictObject({ name: Name, range: z.string().min(1).max(NAME_MAX), input: Expression.nullable() });
export type PatternCall = z.output<typeof PatternCall>;

/** A question to a person; null timeout: it waits for ever. What they answer is the result. */
export const Escalation = z.strictObject({
  to: z.string().min(1).max(TEXT_MAX),
  context: Expression.nullable(),
  timeoutMs: Milliseconds.min(1).nullable(),
  /** After the timeout. */
  onTimeout: z.enum(['fail', 'continue']),
});
export type Escalation = z.output<typeof Escalation>;

/** Where it goes after a decision. */
export const Route = z.discriminatedUnion('kind', [
  /** To the step that follows. */
  z.strictObject({ kind: z.literal('continue') }),
  /** To the step of this id, in the same list of steps. */
  z.strictObject({ kind: z.literal('next'), step: Name }),
  /** To the end of the list: the value becomes `$final`; null: the outcome of the last step that gave one. */
  z.strictObject({ kind: z.literal('finish'), value: Expression.nullable() }),
  /** Again from an earlier step, at most `maxRetries` times from here; then to the step that follows. */
  z.strictObject({ kind: z.literal('retry'), step: Name, maxRetries: z.number().int().min(1).max(RETRIES_MAX) }),
  z.strictObject({ kind: z.literal('fail'), message: z.string().max(TEXT_MAX) }),
  /** Asks a person or runs another pattern; its outcome becomes that of the step, and then to the step that follows. */
  z.strictObject({ kind: z.literal('escalate'), escalation: Escalation }),
  z.strictObject({ kind: z.literal('pattern'), call: PatternCall, output: Name.nullable() }),
]);
export type Route = z.output<typeof Route>;

export const OnError = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('fail') }),
  /** Goes on; the outcome says `success: false` and has the error. */
  z.strictObject({ type: z.literal('continue') }),
  z.strictObject({ type: z.literal('default'), value: Expression }),
  /** Tries the step again, and fails after that. */
  z.strictObject({ type: z.literal('retry'), maxRetries: z.number().int().min(1).max(RETRIES_MAX), delayMs: Milliseconds }),
]);
export type OnError = z.output<typeof OnError>;

/** A case fits when its condition is true; the first one that fits is taken. `$value` in the condition is the value of the switch. */
const SwitchCase = z.strictObject({ name: Name, condition: Expression, route: Route });

const base = {
  /** Unique in the whole plan. `$<id>` is the outcome of the step. */
  id: Name,
  /** The step is passed over when it is not true. */
  condition: Expression.nullable(),
  /** `$<output>` is the outcome as well. */
  output: Name.nullable(),
  onError: OnError,
  /** Where it goes after the step (`then`). */
  next: Route,
  /** A gate or a switch before it leads here: in the ordinary course (`continue`, `retry` that is used up) it is passed over. */
  ledTo: z.boolean(),
};

const leaves = [
  z.strictObject({ ...base, type: z.literal('agents'), work: AgentsWork }),
  z.strictObject({ ...base, type: z.literal('pattern'), call: PatternCall }),
  z.strictObject({ ...base, type: z.literal('switch'), value: Expression, cases: z.array(SwitchCase).max(ENTRIES_MAX), otherwise: Route }),
  z.strictObject({ ...base, type: z.literal('gate'), check: Expression, onPass: Route, onFail: Route }),
  z.strictObject({ ...base, type: z.literal('merge'), inputs: Expression, merge: Merge }),
  /** With `merge` the items are merged; else `value` is the result, in which `$items` (and `$item`) is the list. */
  z.strictObject({ ...base, type: z.literal('reduce'), items: Expression, merge: Merge.nullable(), value: Expression.nullable() }),
  /** The result is a list of lists of `chunkSize` items. */
  z.strictObject({ ...base, type: z.literal('split'), items: Expression, chunkSize: Expression }),
  /** The inputs are alike when the lowest similarity of two of them is at least this. The outcome has `passed` and `similarity`. */
  z.strictObject({ ...base, type: z.literal('compare'), inputs: Expression, similarity: z.number().min(0).max(1), onInconsistent: Route }),
  /** Each name becomes a variable. */
  z.strictObject({ ...base, type: z.literal('assign'), values: z.array(z.strictObject({ name: Name, value: Expression })).max(ENTRIES_MAX) }),
  z.strictObject({ ...base, type: z.literal('compute'), value: Expression }),
  z.strictObject({ ...base, type: z.literal('escalate'), escalation: Escalation }),
  /** A fixed result. */
  z.strictObject({ ...base, type: z.literal('default'), value: Expression }),
] as const;

export type LeafStep = z.output<(typeof leaves)[number]>;
type Base = Omit<Extract<LeafStep, { type: 'compute' }>, 'type' | 'value'>;

/** All branches at once; variables set in one are seen by the others only after all have ended. The result is an object of the branches' results by id. */
export type ParallelStep = Base & { type: 'parallel'; branches: { id: string; steps: Step[] }[] };
/** `task` for each item, `concurrency` of them at once. `$item` and `$index` are set in it. The result is the list of the tasks' outcomes. */
export type BatchStep = Base & { type: 'batch'; items: Expression; concurrency: Expression; stopOnError: boolean; task: Step[] };
/** `task` so often, one after the other, `$index` counting from 0. The result is the list of the tasks' outcomes. */
export type RepeatStep = Base & { type: 'repeat'; count: Expression; task: Step[] };
/** `steps` once, and again while `goOn` is true. The outcome has `iterations`; the result is that of the last step. */
export type LoopStep = Base & { type: 'loop'; maxIterations: number; goOn: Expression; steps: Step[] };
export type Step = LeafStep | ParallelStep | BatchStep | RepeatStep | LoopStep;
export type StepType = Step['type'];
export type StepOf<T extends StepType> = Extract<Step, { type: T }>;

const nested = z.lazy((): z.ZodType<Step[]> => Steps);

export const Steps: z.ZodType<Step[]> = z
  .array(
    z.discriminatedUnion('type', [
      ...leaves,
      z.strictObject({ ...base, type: z.literal('parallel'), branches: z.array(z.strictObject({ id: Name, steps: nested })).max(ENTRIES_MAX) }),
      z.strictObject({ ...base, type: z.literal('batch'), items: Expression, concurrency: Expression, stopOnError: z.boolean(), task: nested }),
      z.strictObject({ ...base, type: z.literal('repeat'), count: Expression, task: nested }),
      z.strictObject({
        ...base,
        type: z.literal('loop'),
        maxIterations: z.number().int().min(1).max(LOOP_ITERATIONS_MAX),
        goOn: Expression,
        steps: nested,
      }),
    ]),
  )
  .min(1)
  .max(STEPS_MAX);
