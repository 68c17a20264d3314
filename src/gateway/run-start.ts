/** From a request to what a run is started with. */
import type { z } from 'zod';
import { TypedSearchAttributes } from '@temporalio/common';
import type { Cognition, CognitionChoice, Ledger, ToolCatalogue } from '../contracts/run/ports';
import type { Budget, EffectCeiling, EntryPayload, TimeWindow, Writ } from '../contracts/run/protocol';
import { RUN_KIND } from '../contracts/run/commands';
import type { SkillBinding } from '../contracts/run/skill';
import { TITLE_MAX, type BoundSkill, type RoutedIntent, type RunSpec, type RunStart } from '../contracts/run/start';
import type { Principal } from '../contracts/principal';
import type { WritRequest } from '../domain/run/writ';
import type { Grant, GrantLimits } from '../domain/run/authority/grant';
import { modelHint, taskWith, type Bound } from '../domain/run/skills';
import { keyword } from './execution-start';

/** What `POST /runs` asks for; null stands for the server's default. */
export interface RunRequest {
  readonly task: string;
  readonly maxSteps: number;
  readonly toolScopes: readonly string[];
  readonly cognition: CognitionChoice | null;
  readonly model: string | null;
  readonly skills: readonly string[];
  readonly skillParams: readonly (readonly [string, string])[];
  readonly history: RunSpec['history'];
  readonly effectCeiling: Partial<EffectCeiling> | null;
  readonly budget: Partial<Budget> | null;
  readonly timeWindow: Partial<z.output<typeof TimeWindow>> | null;
  readonly maxDelegationDepth: number | null;
  /** A name that goes into the writ's subject; never more than a name. */
  readonly userId?: string | null;
}

export interface RunWrits {
  find(tenant: string, writId: string): Promise<{ readonly writ: Writ } | null>;
  /** Signed by the server's key, not yet kept. Fault `run.writ_not_narrower` (forbidden). */
  mint(request: Omit<WritRequest, 'nonce'>): Promise<Writ>;
  keep(runId: string, writ: Writ): Promise<void>;
}

export interface RunPreparation {
  readonly ledger: Ledger;
  readonly writs: RunWrits;
  readonly skills: { bind(tenant: string, binding: SkillBinding): Promise<readonly (Bound & { readonly skillId: string })[]> };
  readonly cognition: Pick<Cognition, 'check' | 'defaultProvider'>;
  readonly tools: ToolCatalogue;
  readonly grants: GrantLimits;
  readonly approvalTimeoutMs: number | null;
  /** Takes secrets out of what the ledger notes and people see. Pure. */
  readonly redact: <T>(value: T) => T;
  putBlob(tenant: string, value: string): Promise<string>;
}

export type BoundSkills = readonly (Bound & { readonly skillId: string })[];

/** The model that thinks: the request's own word, else what a skill hints at, else the server's default. */
export function choiceOf(request: Pick<RunRequest, 'cognition' | 'model'>, skills: BoundSkills, fallback: CognitionChoice): CognitionChoice {
  const hint = modelHint(skills);
  const base = request.cognition ?? { ...fallback, ...(hint.provider !== null && { provider: hint.provider, model: null }) };
  return { ...base, model: request.model ?? request.cognition?.model ?? hint.model ?? base.model };
}

export const defaultChoice = (provider: string): CognitionChoice => ({
  ...{ provider, model: null, max_tokens: null, base_url: null, thinking_budget_tokens: null, cache_prefix: true, script: null },
});

export const specOf = (request: RunRequest, skills: BoundSkills, cognition: CognitionChoice, routed: RoutedIntent | null = null): RunSpec => ({
  task: taskWith(skills, request.task),
  cognition,
  history: request.history,
  skills: skills.map(({ skillId, skill, params }): BoundSkill => ({ skillId, skill: skill as never, params })),
  routed,
});

export const grantOfWrit = ({ body }: Writ): Grant => ({
  tool_scopes: body.tool_scopes,
  budget: body.budget,
  effect_ceiling: body.effect_ceiling,
  time_window: body.time_window,
  delegation: body.delegation,
});

export interface StartParts {
  readonly principal: Principal;
  readonly id: string;
  readonly trajectoryId: string;
  readonly specRef: string;
  readonly task: string;
  readonly writ: Writ;
  readonly maxSteps: number;
  readonly routed: boolean;
  readonly branchOf: RunStart['branchOf'];
  readonly approvalTimeoutMs: number | null;
}

export const startOf = ({ principal, writ, task, ...parts }: StartParts): RunStart => ({
  ...parts,
  ...{ tenant: principal.tenant, title: task.slice(0, TITLE_MAX), attempt: 0, writId: writ.id, budget: writ.body.budget },
  ...{ expiresAt: writ.body.time_window.expires_at, parent: null, keyId: principal.keyId },
  ...{ by: { subject: principal.subject, via: principal.via ?? 'api' }, createdAt: new Date().toISOString() },
});

/** The entries with which a trajectory begins; their request ids make a repetition a no-op. */
export const firstEntries = (
  first: Extract<EntryPayload, { readonly type: 'root' | 'branch' }>,
  skills: readonly BoundSkill[],
  redact: RunPreparation['redact'],
): readonly { readonly requestId: string; readonly payload: Exclude<EntryPayload, { readonly type: 'commit' }> }[] => [
  { requestId: 'root', payload: first },
  ...skills.map(({ skillId, skill, params }, n) => ({
    requestId: `skill:${n}`,
    payload: {
      type: 'skill_bound' as const,
      skill_id: skillId,
      skill,
      params: params.map(([key, value]): [string, string] => [key, redact({ [key]: value })[key] ?? value]),
    },
  })),
];

export const runAttributes = (start: RunStart): TypedSearchAttributes =>
  new TypedSearchAttributes([
    keyword('EverthreadKind', RUN_KIND),
    keyword('EverthreadTenant', start.tenant),
    keyword('EverthreadStatus', 'running'),
    keyword('EverthreadExecution', start.id),
  ]);
