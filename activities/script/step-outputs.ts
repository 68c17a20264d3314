/** What steps come to, in the shape that the workflow is told. */
import { createHash } from 'node:crypto';
import type { StoredValue } from '../../src/contracts/execution/value';
import type { KeptArtifact, ModelUse, ScriptIdentity, StepInput, StepOutput } from '../../src/contracts/script/activities';
import type { ArtifactMention, NewArtifact } from '../../src/contracts/script/tools';
import { keepBytes } from '../../src/domain/script/kept-bytes';
import { Fault, faultFrom } from '../../src/errors/fault';
import { keyOf, type Failure } from './acting';
import type { ScriptDependencies } from './dependencies';

/** Artifacts of one step. */
const ARTIFACTS_MAX = 100;
const NAME_MAX = 200;

export interface Told {
  readonly input: StoredValue | null;
  readonly models: readonly ModelUse[];
  readonly artifacts: readonly KeptArtifact[];
  readonly executionId: string | null;
}

export const NOTHING_TOLD: Told = { input: null, models: [], artifacts: [], executionId: null };

/** Of a step that a person has settled. */
export const settledStep = (output: StoredValue): StepOutput => ({ ...NOTHING_TOLD, outcome: 'done', output });

type Failed = Extract<StepOutput, { readonly outcome: 'failed' }>;

export const failedStep = ({ error, unknown, retry }: Failure, at: { readonly path: string; readonly tool?: string }, told: Partial<Told> = {}): Failed => ({
  ...{ ...NOTHING_TOLD, ...told, outcome: 'failed', unknown, retry },
  error: { ...error, step: at.path, ...(at.tool !== undefined && { tool: at.tool }) },
});

/** What is wrong with the step itself: what it says, or what it asks for. Faults of the store leave the activity. */
export function misused(thrown: unknown): Failure {
  const fault = faultFrom(thrown);
  if (!(fault.kind === 'invalid' || fault.kind === 'not_found' || fault.kind === 'forbidden' || fault.kind === 'conflict' || fault.kind === 'unsupported'))
    throw fault;
  return { error: { code: fault.code, message: fault.message }, unknown: false, retry: false };
}

/** Those of one step, in the order in which they were kept. */
export class StepArtifacts {
  readonly kept: KeptArtifact[] = [];

  constructor(
    private readonly deps: Pick<ScriptDependencies, 'blobs'>,
    private readonly of: { readonly thread: ScriptIdentity; readonly key: string },
  ) {}

  async keep({ name, mediaType, bytes }: NewArtifact): Promise<ArtifactMention> {
    if (this.kept.length >= ARTIFACTS_MAX)
      throw new Fault('invalid', 'script_tool.too_many_artifacts', `A step keeps at most ${ARTIFACTS_MAX} artifacts.`, { max: ARTIFACTS_MAX });
    const { tenant, threadId } = this.of.thread;
    const ref = await keepBytes(this.deps.blobs, tenant, bytes);
    const id = createHash('sha256')
      .update(JSON.stringify([threadId, this.of.key, this.kept.length]))
      .digest('hex')
      .slice(0, 20);
    const artifact: KeptArtifact = {
      artifactId: `art_${id}`,
      name: name.slice(0, NAME_MAX),
      mediaType: mediaType.slice(0, NAME_MAX),
      bytes: bytes.length,
      ref,
    };
    this.kept.push(artifact);
    return { artifact_id: artifact.artifactId, ref, name: artifact.name, media_type: artifact.mediaType, bytes: bytes.length };
  }
}

export const artifactsOf = (deps: Pick<ScriptDependencies, 'blobs'>, { thread, ...step }: Pick<StepInput, 'thread' | 'path' | 'attempt'>): StepArtifacts =>
  new StepArtifacts(deps, { thread, key: keyOf(step) });
