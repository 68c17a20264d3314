/** One call of a tool by `do`. */
import { createHash } from 'node:crypto';
import type { ExecuteStepInput, ScriptIdentity, StepInput, StepOutput } from '../../src/contracts/script/activities';
import type { IrTool } from '../../src/contracts/script/ir';
import type { Json } from '../../src/contracts/pattern/json';
import type { ScriptTool, ScriptToolContext } from '../../src/contracts/script/tools';
import { readBytes } from '../../src/domain/script/kept-bytes';
import { actOnce, keyOf, type Failure } from './acting';
import type { ScriptDependencies } from './dependencies';
import { artifactsOf, failedStep, misused, settledStep, type StepArtifacts, type Told } from './step-outputs';
import { StepScope } from './step-scope';

export async function executeStep(deps: ScriptDependencies, input: ExecuteStepInput): Promise<StepOutput> {
  const { thread, path, tool: asked } = input;
  const at = { path, tool: asked.name };
  const scope = new StepScope(deps, input);
  let args: Readonly<Record<string, Json>>;
  let tool: ScriptTool;
  try {
    const given = await scope.givenOutput();
    if (given) return settledStep(given);
    [args, tool] = await Promise.all([scope.resolve(input.args), deps.tools.find(thread.tenant, asked)]);
  } catch (thrown) {
    return failedStep(misused(thrown), at);
  }
  const shown = await scope.shown(args);
  const problem = tool.misfit(args);
  if (problem !== null) return failedStep(misfit(asked, problem), at, { input: shown });
  const artifacts = artifactsOf(deps, input);
  const redact = await scope.redactor();
  const told = (): Pick<Told, 'input' | 'artifacts'> => ({ input: shown, artifacts: artifacts.kept });
  return actOnce<StepOutput>(deps, {
    ...{ thread, effectId: `do-${keyOf(input)}`, twice: tool.twice(args) },
    perform: async (signal) => {
      const { output, models = [], executionId = null } = await tool.perform(args, contextOf(deps, input, { artifacts, signal, key: keyOf(input) }));
      return { outcome: 'done', output: await scope.keep(output), ...told(), models, executionId };
    },
    failed: async (failure) => failedStep(redact(failure), at, told()),
  });
}

export const misfit = (tool: Pick<IrTool, 'name'>, problem: string): Failure => ({
  error: { code: 'script_tool.arguments', message: `The arguments of \`${tool.name}\` do not fit: ${problem}` },
  ...{ unknown: false, retry: false },
});

/** The same in each try of a call, over all threads. `key`: of the call in its thread. */
export const callKey = ({ threadId }: ScriptIdentity, key: string): string => `${threadId}-${createHash('sha256').update(key).digest('hex').slice(0, 24)}`;

/** `key`: of the call in its thread. */
export function contextOf(
  deps: Pick<ScriptDependencies, 'blobs'>,
  { thread }: Pick<StepInput, 'thread'>,
  { artifacts, signal, key }: { readonly artifacts: StepArtifacts; readonly signal: AbortSignal; readonly key: string },
): ScriptToolContext {
  const { tenant, threadId, by } = thread;
  return {
    ...{ tenant, threadId, by, signal },
    key: callKey(thread, key),
    keep: (artifact) => artifacts.keep(artifact),
    bytesOf: ({ ref }) => readBytes(deps.blobs, tenant, ref),
  };
}
