/** What is to be prepared, whether it comes from a spawn that was stored or from a body that only asks what would be done. */
import { threadAddress } from '../../src/contracts/managed-thread/commands';
import type { ApprovalPreset, ContextFile, SpawnThread, ThreadPolicy, ThreadSpec, WorkspaceSpec } from '../../src/contracts/managed-thread/spawn';

export interface PreparationRequest {
  readonly tenant: string;
  /** The thread's address; null when a preview names no id. */
  readonly thread: string | null;
  readonly executionId: string;
  readonly name: string;
  readonly role: string | null;
  readonly objective: string;
  readonly workspace: WorkspaceSpec | null;
  readonly contextFiles: readonly ContextFile[];
  readonly policy: ThreadPolicy;
}

/** The body of `POST /api/managed-threads/prepare`: as a spawn, but no agent type is needed. */
export type PreviewBody = Omit<SpawnThread, 'agentType'> & { readonly agentType?: string | undefined };

export const requestOfSpec = (spec: ThreadSpec): PreparationRequest => ({
  tenant: spec.tenant,
  thread: threadAddress(spec.tenant, spec.id),
  executionId: spec.executionId,
  name: spec.name,
  role: spec.role,
  objective: spec.objective,
  workspace: spec.workspace,
  contextFiles: spec.contextFiles,
  policy: spec.policy,
});

/** The four twins at top level yield to `preparation` (digest §1.2). */
export const requestOfBody = (tenant: string, body: PreviewBody): PreparationRequest => ({
  tenant,
  thread: body.id === undefined ? null : threadAddress(tenant, body.id),
  executionId: body.executionId,
  name: body.name,
  role: body.role ?? null,
  objective: body.objective,
  workspace: body.preparation?.workspace ?? body.workspace ?? null,
  contextFiles: body.preparation?.contextFiles ?? body.contextFiles ?? [],
  policy: body.policy ?? {},
});

export const presetOfBody = (body: PreviewBody): ApprovalPreset => body.preparation?.approvalPreset ?? body.approvalPreset ?? 'standard';
export const environmentOfBody = (body: PreviewBody): Readonly<Record<string, string>> => body.preparation?.env ?? body.env ?? {};
