/** Patterns as tools: an execution is started under the key of the call, waited for, and cancelled with the script. */
import { z } from 'zod';
import type { Json } from '../contracts/pattern/json';
import type { ScriptTool, ScriptToolContext } from '../contracts/script/tools';
import { Fault } from '../errors/fault';
import { importedAs, isCancelled, scriptTool } from './script-tool';
import type { ToolOwner } from './threads';

export interface EndedExecution {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly result: Json;
  readonly confidence: number | null;
  readonly error: string | null;
}

/** What is needed of executions. */
export interface PatternsOfScripts {
  /** Once for each key; the id of the execution. Faults: `pattern.not_found`, `execution.input_invalid`, `execution.not_allowed`, …. */
  start(
    owner: ToolOwner,
    key: string,
    request: { readonly pattern: string; readonly version: string | null; readonly input: Json; readonly timeoutMs: number | null },
  ): Promise<string>;
  /** Waits for its end. */
  end(tenant: string, executionId: string, signal: AbortSignal): Promise<EndedExecution>;
  cancel(owner: ToolOwner, executionId: string, reason: string, requestId: string): Promise<void>;
  /** The newest version of each, at most 500. */
  list(tenant: string): Promise<readonly { readonly name: string; readonly description: string }[]>;
}

const SOURCE = 'patterns';
/** Takes any pattern by its name. */
const ANY = 'execute';
const SECONDS_MAX = 30 * 86_400;

const Execute = z.strictObject({
  pattern: z.string().min(1).max(200),
  version: z.string().min(1).max(200).optional(),
  input: z.record(z.string(), z.json()).default({}),
  timeout_seconds: z.number().min(0.1).max(SECONDS_MAX).optional(),
});

const DESCRIPTION = 'Executes a pattern and waits for its end: `execution_id`, `result`, `confidence`. One that fails or is cancelled fails the step.';

export const executeTool = (patterns: PatternsOfScripts): ScriptTool =>
  scriptTool({
    ...{ name: ANY, source: SOURCE, description: DESCRIPTION, effect: 'external', twice: 'harmless', args: Execute },
    perform: ({ pattern, version = null, input, timeout_seconds: seconds }, context) =>
      executed(patterns, context, { pattern, version, input: input as Json, timeoutMs: seconds === undefined ? null : Math.round(seconds * 1_000) }),
  });

/** One pattern: the arguments are its input. */
export const patternTool = (patterns: PatternsOfScripts, { name, description }: { readonly name: string; readonly description: string }): ScriptTool =>
  scriptTool({
    ...{ name: importedAs(name), source: SOURCE, description: description || DESCRIPTION, effect: 'external', twice: 'harmless' },
    args: z.record(z.string().max(200), z.json()),
    perform: (input, context) => executed(patterns, context, { pattern: name, version: null, input: input as Json, timeoutMs: null }),
  });

async function executed(
  patterns: PatternsOfScripts,
  { tenant, threadId, by, key, signal }: ScriptToolContext,
  request: Parameters<PatternsOfScripts['start']>[2],
): ReturnType<ScriptTool['perform']> {
  const owner = { tenant, threadId, by };
  const executionId = await patterns.start(owner, key, request);
  try {
    const { status, result, confidence, error } = await patterns.end(tenant, executionId, signal);
    if (status !== 'completed') {
      const message = `The execution ${executionId} of ${request.pattern} ${status === 'failed' ? `failed: ${error ?? 'it did not say why'}` : 'was cancelled'}.`;
      throw new Fault('conflict', 'script_tool.execution_failed', message, { executionId, status });
    }
    return { output: { execution_id: executionId, status, result, confidence }, executionId };
  } catch (thrown) {
    if (isCancelled(signal)) await patterns.cancel(owner, executionId, 'The script was cancelled.', `${key}-cancel`).catch(() => undefined);
    throw thrown;
  }
}
