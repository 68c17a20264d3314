/** Agents that converse in threads (digest §1.5): which model speaks, by which prompt, with which tools, within which bounds. Each change is a version, and versions never change. */
import { z } from 'zod';
import { GRANT_FIELDS, SCOPE_EXPECTED, SCOPE_FORM, SCOPES_MAX } from '../run/grant';
import { MAX_STEPS, MAX_STEPS_DEFAULT } from '../run/start';
import type { ScriptedStep } from '../run/ports';
import { ScriptedStepBody } from '../run/scripted-step';
import { AgentSlug } from './ids';

/** `in_sandbox` and `managed` run here; `local-mac` is done by a process of the owner, which publishes what happens. */
export const EXECUTION_MODES = ['in_sandbox', 'managed', 'local-mac'] as const;
export const ExecutionMode = z.enum(EXECUTION_MODES);
export type ExecutionMode = z.output<typeof ExecutionMode>;
export const isLocal = (mode: ExecutionMode): boolean => mode === 'local-mac';

export const SYSTEM_PROMPT_MAX = 100_000;
/** Agents of a tenant. */
export const AGENTS_MAX = 1_000;
/** Bytes of a script's JSON. */
const SCRIPT_MAX = 64 * 1024;

const Script = z
  .array(ScriptedStepBody)
  .max(256)
  .refine((script) => JSON.stringify(script).length <= SCRIPT_MAX, `expected at most ${SCRIPT_MAX} bytes of JSON`)
  .transform((script) => script as unknown as readonly ScriptedStep[]);

export const AgentDefinition = z.strictObject({
  slug: AgentSlug,
  name: z.string().min(1).max(200),
  description: z.string().max(2_000).default(''),
  /** `provider/model`, or `provider` alone for its default model; null: what the server's default is. */
  model: z
    .string()
    .min(1)
    .max(300)
    .regex(/^[A-Za-z0-9_.-]+(?:\/\S+)?$/, 'expected provider/model')
    .nullable()
    .default(null),
  systemPrompt: z.string().max(SYSTEM_PROMPT_MAX).default(''),
  /** Names of tools, prefixes with `*`, or `*` for all; none: it only speaks. */
  tools: z.array(z.string().regex(SCOPE_FORM, SCOPE_EXPECTED)).max(SCOPES_MAX).default([]),
  executionMode: ExecutionMode.default('in_sandbox'),
  /** The device of a local agent. */
  targetDeviceId: z.string().min(1).max(200).nullable().default(null),
  maxIterations: z.int().min(1).max(Math.min(100, MAX_STEPS)).default(MAX_STEPS_DEFAULT),
  maxTokens: z.int().min(1).max(128_000).nullable().default(null),
  temperature: z.number().min(0).max(2).nullable().default(null),
  topP: z.number().min(0).max(1).nullable().default(null),
  topK: z.int().min(1).max(1_000).nullable().default(null),
  /** Tokens that it may think with, where its provider shows that; `maxTokens`, where it is given, must be more. */
  thinkingBudgetTokens: z.int().min(1_024).max(127_000).optional(),
  /** Of each run, within what the server grants. */
  budget: GRANT_FIELDS.budget,
  effectCeiling: GRANT_FIELDS.effect_ceiling,
  /** A rollout that has more tokens than this at the end of a run is compacted; null: never by itself. */
  autoCompactTokens: z.int().min(100).max(10_000_000).nullable().default(null),
  /** What it says, step by step in each run; for the provider `scripted`. */
  script: Script.nullable().default(null),
});
export type AgentDefinition = z.output<typeof AgentDefinition>;
export type AgentRequest = z.input<typeof AgentDefinition>;

/** A version of an agent as it is kept. `id` (`agt_…`) stays over all versions. */
export interface AgentRecord {
  readonly id: string;
  readonly tenant: string;
  /** From 1. */
  readonly version: number;
  readonly definition: AgentDefinition;
  readonly createdBy: string;
  /** ISO 8601, of the agent and of this version. */
  readonly createdAt: string;
  readonly updatedAt: string;
}
