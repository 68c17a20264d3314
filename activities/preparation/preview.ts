/** `POST /api/managed-threads/prepare`: exactly what a spawn with this body would apply, and nothing is left behind. */
import type { MemoryContext, PreparedWorkspace } from '../../src/contracts/managed-thread/terminal';
import type { ApprovalPreset, ContextFile } from '../../src/contracts/managed-thread/spawn';
import { rememberedFor, settled } from './activities';
import { checkContextFiles } from './context-files';
import type { PreparationDependencies } from './dependencies';
import { exists } from './paths';
import { environmentOfBody, presetOfBody, requestOfBody, type PreviewBody } from './request';
import { resolveWorkspace } from './resolve';

/** Seed 000, "Prepare Without Spawning". What was not asked for and is not added is absent. */
export interface PreparationPreview {
  readonly executionId: string;
  readonly name: string;
  readonly objective: string;
  readonly role: string | null;
  readonly preparation: {
    readonly workspace: PreparedWorkspace;
    readonly env?: Readonly<Record<string, string>>;
    readonly contextFiles: readonly ContextFile[];
    readonly approvalPreset: ApprovalPreset;
  };
  readonly metadata: Readonly<Record<string, unknown>> & { readonly memoryContext?: MemoryContext };
}

/** What a thread gets that names no preset. */
export const DEFAULT_PRESET: ApprovalPreset = 'standard';

/** Looks at the disk of the host it runs on, so it belongs there. Faults: those of preparation; see docs/workspaces.md. */
export async function previewPreparation(given: PreparationDependencies, tenant: string, body: PreviewBody, signal?: AbortSignal): Promise<PreparationPreview> {
  const deps = await settled(given);
  const request = requestOfBody(tenant, body);
  const { memory, files } = await rememberedFor(deps, request);
  const { workspace } = await resolveWorkspace(deps, request, signal);
  if (await exists(workspace.path)) await checkContextFiles(workspace.path, files);
  const env = environmentOfBody(body);
  return {
    executionId: request.executionId,
    name: request.name,
    objective: request.objective,
    role: request.role,
    preparation: { workspace, ...(env === undefined ? {} : { env }), contextFiles: files, approvalPreset: presetOfBody(body) ?? DEFAULT_PRESET },
    metadata: { ...body.metadata, ...(memory === null ? {} : { memoryContext: memory.context }) },
  };
}
