/** From the body of a spawn to a spec and the arguments of its workflow. Pure. */
import { createHash, randomBytes } from 'node:crypto';
import { contextPath } from '../domain/managed-thread/context-path';
import { previewOf } from '../domain/managed-thread/preview';
import type { Cause } from '../contracts/actor';
import type { ThreadStart } from '../contracts/managed-thread/projection';
import type { SpawnThread, ThreadSpec } from '../contracts/managed-thread/spawn';
import { Fault } from '../errors/fault';

export interface SpawnDefaults {
  readonly idleTimeoutMs: number;
}

export const POLICY_DEFAULTS = { maxIdleChecks: 1, maxAutoResponses: 20 } as const;

/** `thr_` and 20 characters; from a key, always the same for the same tenant and key. */
export function newThreadId(tenant: string, key: string | null): string {
  const bytes =
    key === null
      ? randomBytes(13)
      : createHash('sha256')
          .update(JSON.stringify(['spawn', tenant, key]))
          .digest()
          .subarray(0, 13);
  return `thr_${BigInt(`0x${bytes.toString('hex')}`)
    .toString(36)
    .padStart(20, '0')
    .slice(-20)}`;
}

/** The legacy twins at top level yield to `preparation` (digest §1.2). Faults (invalid): `thread.workspace_required`, `thread.context_file_*`. */
export function specOf(
  tenant: string,
  id: string,
  body: SpawnThread,
  createdAt: string,
): { readonly spec: ThreadSpec; readonly env: Readonly<Record<string, string>> } {
  const preparation = body.preparation ?? {};
  const env = preparation.env ?? body.env ?? {};
  const workspace = preparation.workspace ?? body.workspace ?? null;
  const policy = body.policy ?? {};
  if (policy.requireWorkspaceBoundary && !(workspace?.path ?? workspace?.repo)) {
    throw new Fault('invalid', 'thread.workspace_required', 'preparation.workspace: policy.requireWorkspaceBoundary asks for a path or a repo', {
      field: 'preparation.workspace',
    });
  }
  const contextFiles = preparation.contextFiles ?? body.contextFiles ?? [];
  for (const { path } of contextFiles) contextPath(path);
  const spec: ThreadSpec = {
    id,
    tenant,
    executionId: body.executionId,
    name: body.name,
    agentType: body.agentType,
    role: body.role ?? null,
    objective: body.objective,
    workspace,
    contextFiles,
    approvalPreset: preparation.approvalPreset ?? body.approvalPreset ?? 'standard',
    policy,
    metadata: body.metadata ?? {},
    envNames: Object.keys(env).sort(),
    createdAt,
  };
  return { spec, env };
}

export function startOf(spec: ThreadSpec, specRef: string, by: Cause, defaults: SpawnDefaults): ThreadStart {
  const { policy } = spec;
  return {
    id: spec.id,
    tenant: spec.tenant,
    executionId: spec.executionId,
    name: spec.name,
    agentType: spec.agentType,
    role: spec.role,
    objectivePreview: previewOf({ plain: spec.objective }),
    approvalPreset: spec.approvalPreset,
    policy: {
      idleTimeoutMs: policy.idleTimeoutMs ?? defaults.idleTimeoutMs,
      maxIdleChecks: policy.maxIdleChecks ?? POLICY_DEFAULTS.maxIdleChecks,
      autoInterruptOnToolRunning: policy.autoInterruptOnToolRunning ?? false,
      maxAutoResponses: policy.maxAutoResponses ?? POLICY_DEFAULTS.maxAutoResponses,
      requireWorkspaceBoundary: policy.requireWorkspaceBoundary ?? false,
      summarizeAfterTurns: policy.summarizeAfterTurns ?? null,
    },
    specRef,
    spawnedBy: by,
    spawnedAt: spec.createdAt,
  };
}
