/** What a schedule or a trigger starts: one word for the kind of work, and the body that the work's own route would take. */
import { z } from 'zod';
import { TIMEOUT_MAX_MS } from './execution/start';
import { PRIORITIES, type ExecutionPriority } from './execution/status';
import { MESSAGE_MAX } from './managed-thread/commands';
import { SpawnThread, ThreadId } from './managed-thread/spawn';
import { NAME_MAX } from './pattern/bounds';
import { GRANT_FIELDS } from './run/grant';
import { MAX_STEPS, MAX_STEPS_DEFAULT, TASK_MAX_BYTES } from './run/start';

export const TARGET_KINDS = ['managed-thread', 'thread-message', 'pattern', 'run', 'script', 'thread'] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];

/** `input` is checked by the kind of work itself, before anything is stored. */
export const Target = z.strictObject({ kind: z.enum(TARGET_KINDS), input: z.record(z.string(), z.unknown()) });
export type Target = z.output<typeof Target>;

/** The scope that a principal must hold to have this kind of work started for it. */
export const TARGET_SCOPES = {
  'managed-thread': 'threads:write',
  'thread-message': 'threads:write',
  pattern: 'executions:write',
  run: 'runs:write',
  script: 'scripts:write',
  thread: 'agent:run',
} as const satisfies Record<TargetKind, string>;

const { executionId, agentType, name, objective, ...rest } = SpawnThread.omit({ id: true }).shape;

/** As `POST /api/managed-threads` takes it, but for `id`: what is started again and again cannot have one id. Fields stand in the order in which what is missing is named. */
const ThreadTarget = z.strictObject({ executionId, agentType, name, objective, ...rest });
const MessageTarget = z.strictObject({ threadId: ThreadId, message: z.string().min(1).max(MESSAGE_MAX) });

/** As `POST /api/patterns/{name}/execute` takes it, with the name and the version beside it. */
const PatternTarget = z.strictObject({
  patternName: z.string().min(1).max(NAME_MAX),
  version: z.string().min(1).max(NAME_MAX).optional(),
  input: z.record(z.string(), z.json()).default({}),
  options: z
    .strictObject({
      timeout: z.int().min(100).max(TIMEOUT_MAX_MS).optional(),
      priority: z.enum(Object.keys(PRIORITIES) as [ExecutionPriority, ...ExecutionPriority[]]).optional(),
      metadata: z.record(z.string().max(128), z.json()).optional(),
    })
    .default({}),
});

/** As `POST /runs` takes it. */
const RunTarget = z.strictObject({
  task: z.string().min(1).max(TASK_MAX_BYTES),
  max_steps: z.int().min(0).max(MAX_STEPS).default(MAX_STEPS_DEFAULT),
  cognition: z
    .strictObject({
      provider: z.string().min(1).max(200),
      model: z.string().max(200).nullish(),
      max_tokens: z.int().min(1).max(10_000_000).nullish(),
      base_url: z.string().max(2_048).nullish(),
    })
    .optional(),
  model: z.string().max(200).optional(),
  skills: z.array(z.string().max(200)).max(32).default([]),
  skill_params: z
    .array(z.tuple([z.string().max(200), z.string().max(20_000)]))
    .max(256)
    .default([]),
  ...GRANT_FIELDS,
});

/** As `CreateThread` of scripts takes it, but that the input is an object. */
const ScriptTarget = z.strictObject({
  script_name: z.string().min(1).max(128),
  /** 0: the active one when it starts. */
  version: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(0),
  input: z.record(z.string(), z.json()).default({}),
  timeout: z.string().max(32).default(''),
  metadata: z.record(z.string().min(1).max(128), z.string().max(1_024)).default({}),
  load_env: z.boolean().default(true),
  callback_url: z.string().max(2_048).default(''),
});

/** Inputs by kind; a kind that is not here is not served yet. */
export const TARGET_INPUTS = {
  'managed-thread': ThreadTarget,
  'thread-message': MessageTarget,
  pattern: PatternTarget,
  run: RunTarget,
  script: ScriptTarget,
} as const satisfies Partial<Record<TargetKind, z.ZodType>>;
export type ServedKind = keyof typeof TARGET_INPUTS;

export const isServed = (kind: TargetKind): kind is ServedKind => kind in TARGET_INPUTS;

/** What was started: the id that clients know it by. */
export interface StartedTarget {
  readonly kind: TargetKind;
  readonly id: string;
}
