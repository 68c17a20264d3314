/** `POST /api/managed-threads/prepare`: exactly what a spawn with this body would apply, and nothing is left behind. */
import type { MemoryContext, PreparedWorkspace } from '../../src/contracts/managed-thread/terminal';
import type { ApprovalPreset, ContextFile } from '../../src/contracts/managed-thread/spawn';
import { rememberedFor, settled } from './activities';
import { checkContextFiles } from './context-files';
import type { PreparationDependencies } from './dependencies';
import { exists } from './paths';
import { environmentOfBody, presetOfBody, requestOfBody, type PreviewBody } from './request';
import { resolveWorkspace } from './resolve';

export interface PreparationPreview {
  readonly workspace: PreparedWorkspace;
  /** Memory file and the caller's own, with their contents. */
  readonly contextFiles: readonly ContextFile[];
  /** The caller's own variables. */
  readonly env: Readonly<Record<string, string>>;
  readonly approvalPreset: ApprovalPreset;
  readonly memoryContext: MemoryContext | null;
}

/** Looks at the disk of the host it runs on, so it belongs there. Faults: those of preparation; see docs/workspaces.md. */
export async function previewPreparation(given: PreparationDependencies, tenant: string, body: PreviewBody, signal?: AbortSignal): Promise<PreparationPreview> {
  const deps = await settled(given);
  const request = requestOfBody(tenant, body);
  const { memory, files } = await rememberedFor(deps, request);
  const { workspace } = await resolveWorkspace(deps, request, signal);
  if (await exists(workspace.path)) await checkContextFiles(workspace.path, files);
  return { workspace, contextFiles: files, env: environmentOfBody(body), approvalPreset: presetOfBody(body), memoryContext: memory?.context ?? null };
}
