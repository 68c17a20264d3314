/** What clients send about runs (digest §2.4–2.6, §2.14–2.17). Fields that nobody knows are ignored, as the peer does. */
import { z } from 'zod';
import { Budget, EffectCeiling, TimeWindow } from '../../contracts/run/protocol';
import { CHANNEL_MAX, COMMENT_MAX, REASON_MAX } from '../../contracts/run/commands';
import { ScriptedStepBody } from '../../contracts/run/scripted-step';
import { MAX_STEPS, MAX_STEPS_DEFAULT, TASK_MAX_BYTES } from '../../contracts/run/start';
import { RUN_STATUSES } from '../../contracts/run/status';
import { cappedLimit, queryInt } from '../http/paging';
import { boundedJson, JSON_MAX, storable } from '../http/stored-json';

const NAME_MAX = 200;
const LIST_MAX = 256;
const HISTORY_MAX = 1_000;
const TURN_MAX = 20_000;

const name = z.string().max(NAME_MAX);

const Cognition = z
  .object({
    provider: z.string().max(NAME_MAX).describe('`mock`, `scripted`, `openai`, `anthropic`, or one of the other names of docs/run-models.md.'),
    model: name.nullish(),
    max_tokens: z.int().min(1).max(10_000_000).nullish(),
    base_url: z.string().max(2_048).nullish().describe('Only addresses that the configuration allows.'),
    thinking_budget_tokens: z.int().min(0).max(10_000_000).nullish(),
    cache_prefix: z.boolean().default(true),
    script: z.array(ScriptedStepBody).max(MAX_STEPS).nullish().describe('Of the provider `scripted`: what it says, step by step.'),
    delegated_script: z.array(ScriptedStepBody).max(MAX_STEPS).nullish().describe('The same for the runs that it delegates to.'),
  })
  .meta({ id: 'RunCognition' });

/** Lengths of texts are checked where the peer's words for them are (./requests.ts): what is too long is 400, what is no text is 422. */
const task = z.string().meta({ minLength: 1, maxLength: TASK_MAX_BYTES });

const runFields = {
  max_steps: z.int().min(0).max(0xffff_ffff).default(MAX_STEPS_DEFAULT).meta({ maximum: MAX_STEPS }),
  tool_scopes: z.array(name).max(LIST_MAX).default([]).describe('Names of tools, and prefixes such as `kv_*`. Empty: every tool.'),
  cognition: Cognition.nullish(),
  model: name.nullish().describe('Outranks the model of `cognition` and that of a skill.'),
  skill: name.nullish().describe('A name or an id.'),
  skills: z.array(name).max(32).default([]),
  skill_params: z
    .array(z.tuple([name, z.string().max(TURN_MAX)]))
    .max(LIST_MAX)
    .default([]),
  history: z
    .array(z.object({ role: name, text: z.string().max(JSON_MAX) }))
    .max(HISTORY_MAX)
    .default([])
    .describe('Earlier turns of the conversation.'),
  effect_ceiling: EffectCeiling.partial().nullish().describe('Which effects its tools may have, within what the server grants.'),
  budget: Budget.partial().nullish().describe('What it may use up, within what the server grants.'),
  time_window: TimeWindow.partial().nullish().describe('When its authority is valid, in seconds since 1970.'),
  max_delegation_depth: z.int().min(0).max(16).nullish(),
};

export const RunBody = storable(z.object({ task, ...runFields })).meta({ id: 'CreateRun' });
export type RunBody = z.output<typeof RunBody>;

export const BranchBody = storable(
  z.object({
    commit_id: z.string().max(NAME_MAX).describe('A commit of the run, with or without `commit:`.'),
    note: z.string().max(TASK_MAX_BYTES).default('shadow branch'),
    ...runFields,
    task: task.nullish().describe('With one the branch begins to run at once; without, `POST …/resume` starts it.'),
  }),
).meta({ id: 'BranchRun' });

export const ApprovalBody = storable(
  z.object({
    approve: z.boolean().nullish(),
    decision: name.nullish().describe('In place of `approve`: `approve`; anything else denies.'),
    proposal_id: z.string().max(NAME_MAX).nullish().describe('Answers this proposal only, with or without `proposal:`.'),
    comment: z.string().max(COMMENT_MAX).nullish(),
  }),
).meta({ id: 'AnswerApproval' });

export const CancelBody = storable(z.object({ reason: z.string().max(REASON_MAX).nullish() })).meta({ id: 'CancelRun' });

export const ResolveBody = storable(
  z.object({
    outcome: z.enum(['done', 'not_done']).describe('What a person found out about an effect that nobody could prove.'),
    output: boundedJson.default(null).describe('What it gave, for the model.'),
  }),
).meta({ id: 'ResolveEffect' });

export const RunParams = z.object({ id: z.string().min(1).max(NAME_MAX).describe('A run id, or the id of its trajectory with or without `traj:`.') });
export const ChannelParams = RunParams.extend({ channel: z.string().min(1).max(CHANNEL_MAX) });
export const EffectParams = RunParams.extend({ proposal: z.string().min(1).max(NAME_MAX).describe('The proposal, with or without `proposal:`.') });

export const offset = queryInt(0, 1_000_000_000).default(0);

export const ListQuery = z.object({
  limit: cappedLimit(50, 200),
  offset,
  cursor: z.string().max(512).optional().describe('`next_cursor` of the page before; outranks `offset`.'),
  status: z
    .enum([...RUN_STATUSES])
    .optional()
    .describe('`running` finds those that wait for an approval too.'),
  parent: z.string().max(NAME_MAX).optional().describe('Those that this run delegated to.'),
});
export const AtQuery = z.object({ seq: queryInt(0, Number.MAX_SAFE_INTEGER).describe('Of the ledger; beyond its end it is the end.') });
export const AnchorQuery = z.object({
  seq: queryInt(0, Number.MAX_SAFE_INTEGER).optional().describe('Of the last entry that counts; without it, or beyond the end, all count.'),
});
export const ReplayQuery = z.object({
  require_compiler: z.string().max(NAME_MAX).optional().describe('Every commit must be of this compiler.'),
  require_policy_set: z.string().max(NAME_MAX).optional().describe('Every commit must be under this policy set.'),
  require_signature: z.enum(['true', 'false']).default('false').describe('Every commit must be signed by a key of this server.'),
});
