/** The plan of an org chart: roles that are agents or managed threads, who speaks to whom, and the work they do together. Plain JSON; see plan.ts. */
import { z } from 'zod';
import { Milliseconds, Name } from './agents-step';
import { AGENTS_MAX, ENTRIES_MAX, RETRIES_MAX, STEPS_MAX, TEXT_MAX } from './bounds';
import { Expression } from './expression';
import { Json } from './json';
import { BRANCH_STRATEGIES } from '../managed-thread/spawn';
import { ValueSchema } from './value-schema';

const share = z.number().min(0).max(1);
const text = z.string().max(TEXT_MAX);
const names = z.array(Name).max(ENTRIES_MAX);
const timeoutMs = Milliseconds.min(1).nullable();
const values = z.record(Name, Json);

/** A check of a result that gives a confidence. All are optional additions to what the agent says of itself. */
export const Oracle = z.discriminatedUnion('type', [
  /** A command in the workspace of the role: exit status 0 passes. `scorePattern`: RE2 with one group (a number from 0 to 1) or two (passed, failed). */
  z.strictObject({
    type: z.literal('command'),
    run: Expression,
    cwd: Expression.nullable(),
    timeoutMs: Milliseconds.min(1),
    passConfidence: share,
    failConfidence: share,
    scorePattern: text.nullable(),
  }),
  /** Another role judges: VERDICT and CONFIDENCE in its answer. null: the role that this one reports to. */
  z.strictObject({ type: z.literal('agent'), role: Name.nullable(), rubric: Expression.nullable() }),
  /** How the role has done in earlier executions of this pattern. */
  z.strictObject({
    type: z.literal('history'),
    halfLifeDays: z.number().positive().max(3_650),
    minRuns: z.number().int().min(1).max(1_000),
    saturationRuns: z.number().int().min(1).max(1_000),
    maxRuns: z.number().int().min(1).max(1_000),
    drift: z.boolean(),
    driftRecentN: z.number().int().min(1).max(1_000),
    driftThreshold: share,
  }),
  /** The share of the criteria that hold. One with `run` is a command, one without is judged by `role` (null: the role that this one reports to). */
  z.strictObject({
    type: z.literal('checklist'),
    criteria: z
      .array(z.strictObject({ text: Expression, run: Expression.nullable() }))
      .min(1)
      .max(ENTRIES_MAX),
    /** `firstFailZero`: 0 as soon as one does not hold. */
    weighting: z.enum(['equal', 'firstFailZero']),
    role: Name.nullable(),
  }),
  /** An approval: 1 when it is given, 0 when not. `surface`: after the timeout it goes on waiting, and says so. */
  z.strictObject({ type: z.literal('human'), prompt: Expression.nullable(), timeoutMs, onTimeout: z.enum(['surface', 'reject']) }),
]);
export type Oracle = z.output<typeof Oracle>;

export const COMBINATIONS = ['min', 'weighted', 'product'] as const;
export const Verification = z.strictObject({
  /** In this order; `weight` counts in `weighted` only. */
  oracles: z
    .array(z.strictObject({ oracle: Oracle, weight: z.number().min(0).max(1_000) }))
    .min(1)
    .max(20),
  combine: z.enum(COMBINATIONS),
});
export type Verification = z.output<typeof Verification>;

/** From `accept` on a result is taken; below `retryBelow` the role tries once more; below `escalateBelow` its superior does the work. */
export const ConfidencePolicy = z.strictObject({ accept: share, retryBelow: share, escalateBelow: share });
export type ConfidencePolicy = z.output<typeof ConfidencePolicy>;

/** What `POST /api/managed-threads` takes besides what the execution itself gives (seed 000); checked there. */
export const ThreadSettings = z.strictObject({
  objective: Expression.nullable(),
  approvalPreset: z.enum(['readonly', 'standard', 'permissive', 'autonomous']).nullable(),
  /** Fields of the preparation's workspace. `inherit`: the workspace of the execution. */
  workspace: z.strictObject({ inherit: z.boolean(), values: z.record(Name, Expression) }).nullable(),
  policy: values.nullable(),
  env: z.record(Name, Expression),
  metadata: values.nullable(),
});
export type ThreadSettings = z.output<typeof ThreadSettings>;

export const Role = z.strictObject({
  id: Name,
  name: Name,
  description: text.nullable(),
  /** The first one that can be had is taken. */
  agentTypes: names,
  capabilities: names,
  expertise: names,
  reportsTo: Name.nullable(),
  /** Instances that are started, and how many there may be. `singleton` is 1 and 1. */
  minInstances: z.number().int().min(1).max(AGENTS_MAX),
  maxInstances: z.number().int().min(1).max(AGENTS_MAX),
  agentConfig: values.nullable(),
  /** A managed thread with these settings; null: an agent of the registry. */
  thread: ThreadSettings.nullable(),
  confidence: ConfidencePolicy.nullable(),
  verify: Verification.nullable(),
});
export type Role = z.output<typeof Role>;

export const MESSAGE_TYPES = ['task', 'question', 'response', 'status', 'escalation', 'feedback'] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];
export const RoutingRule = z.strictObject({
  /** `*`: any role. */
  from: z.array(Name).min(1).max(ENTRIES_MAX),
  to: z.array(Name).min(1).max(ENTRIES_MAX),
  /** Empty: any. */
  topics: names,
  messageTypes: z.array(z.enum(MESSAGE_TYPES)).max(ENTRIES_MAX),
  /** The highest comes first. */
  priority: z.number().min(-1_000_000).max(1_000_000),
  /** To all instances of the role. */
  broadcast: z.boolean(),
});
export type RoutingRule = z.output<typeof RoutingRule>;

export const OrgEscalation = z.strictObject({
  defaultBehavior: z.enum(['route_to_reports_to', 'broadcast', 'surface_to_user']),
  topicRoutes: z.record(Name, Name),
  timeoutMs: Milliseconds.min(1),
  maxDepth: z.number().int().min(1).max(20),
  onMaxDepth: z.enum(['surface_to_user', 'fail', 'return_best_effort']),
});
export type OrgEscalation = z.output<typeof OrgEscalation>;

/** What is done when the confidence of a verification is below the threshold. `to`: a role, for `escalate`. */
export const OnLow = z.strictObject({
  threshold: share,
  action: z.enum(['escalate', 'retry', 'surface', 'fail']),
  to: Name.nullable(),
  maxRetries: z.number().int().min(1).max(RETRIES_MAX),
});

/** `$step_<id>_result` and, where the step has a name of its own, `$<name>` is what it gives: {result, summary, confidence, threadId, …}. */
const base = { id: Name, name: Name.nullable() };

const leaves = [
  z.strictObject({ ...base, type: z.literal('assign'), role: Name, task: Expression, input: Expression.nullable() }),
  /** Chooses an instance of the role, for the assignments that follow. */
  z.strictObject({ ...base, type: z.literal('select'), role: Name, criteria: z.enum(['availability', 'expertise', 'round_robin', 'best']) }),
  /** Gives {verdict, approved, confidence, summary}. */
  z.strictObject({ ...base, type: z.literal('review'), reviewer: Name, subject: Expression, instructions: Expression.nullable() }),
  /** As a review; the execution fails when it is rejected and `required` is true. */
  z.strictObject({ ...base, type: z.literal('approve'), approver: Name, subject: Expression, required: z.boolean(), instructions: Expression.nullable() }),
  /** Of the step before, or of `inputs`. */
  z.strictObject({ ...base, type: z.literal('aggregate'), method: z.enum(['consensus', 'majority', 'merge', 'best', 'all']), inputs: Expression.nullable() }),
  z.strictObject({ ...base, type: z.literal('verify'), subject: Expression, verification: Verification, role: Name.nullable(), onLow: OnLow.nullable() }),
] as const;

type LeafStep = z.output<(typeof leaves)[number]>;
interface Base {
  id: string;
  name: string | null;
}
export type OrgStep =
  | LeafStep
  | (Base & { type: 'parallel' | 'sequential'; steps: OrgStep[] })
  | (Base & { type: 'condition'; check: Expression; then: OrgStep[]; otherwise: OrgStep[] });

const nested = z.lazy((): z.ZodType<OrgStep[]> => OrgSteps);

const OrgSteps: z.ZodType<OrgStep[]> = z
  .array(
    z.discriminatedUnion('type', [
      ...leaves,
      z.strictObject({ ...base, type: z.enum(['parallel', 'sequential']), steps: nested }),
      z.strictObject({ ...base, type: z.literal('condition'), check: Expression, then: nested, otherwise: nested }),
    ]),
  )
  .max(STEPS_MAX);

export const OrgWorkspace = z.strictObject({
  enabled: z.boolean(),
  repo: Expression.nullable(),
  baseBranch: Expression.nullable(),
  branchStrategy: z.enum(BRANCH_STRATEGIES),
  /** Where the strategy `fork` pushes; plans of before may be without. */
  fork: Expression.optional(),
  createPr: z.boolean(),
  pr: z.strictObject({ draft: z.boolean(), labels: names, reviewers: names }),
});

export const OrgChartPlan = z.strictObject({
  format: z.literal(1),
  kind: z.literal('org-chart'),
  name: Name,
  version: z.string().max(TEXT_MAX),
  input: ValueSchema,
  structure: z.strictObject({
    name: Name,
    roles: z.array(Role).min(1).max(ENTRIES_MAX),
    routing: z.array(RoutingRule).max(ENTRIES_MAX),
    escalation: OrgEscalation,
  }),
  steps: OrgSteps,
  /** null: what the last step gave. */
  output: Expression.nullable(),
  workspace: OrgWorkspace.nullable(),
});
export type OrgChartPlan = z.output<typeof OrgChartPlan>;
