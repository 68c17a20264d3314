/**
 * Agents that are functions of modules in the worker's own process, for development: nothing confines them. A module exports `perform(task, {signal})`, which returns
 * `{result, confidence?, reasoning?}`, and `capabilities`; `id`, `name`, `region`, `metadata` and `maxConcurrentTasks` where it wants to.
 */
import { z } from 'zod';
import { AGENT_LIMITS, AgentId, AgentMetadata, Capabilities } from '../../src/contracts/agent/agent';
import { parse } from '../../src/contracts/parse';
import { sentTask, type Said } from '../../src/domain/agent/task-outcome';
import { Fault } from '../../src/errors/fault';
import { CallFailed, type Call } from './perform-called';

/** What workers offer of an agent that their configuration describes. */
export const AgentDescription = z.object({
  id: AgentId,
  name: z.string().min(1).max(200).optional(),
  capabilities: Capabilities.refine((names) => names.length > 0, 'expected at least one capability'),
  region: z.string().min(1).max(64).optional(),
  metadata: AgentMetadata.default({}),
  maxConcurrentTasks: z.int().min(1).max(AGENT_LIMITS.concurrentTasks).optional(),
});
export type AgentDescription = z.output<typeof AgentDescription>;

type Perform = (task: unknown, context: { readonly signal: AbortSignal }) => unknown;

const ModuleAgent = AgentDescription.extend({ perform: z.custom<Perform>((value) => typeof value === 'function', 'expected a function') });
export type ModuleAgent = z.output<typeof ModuleAgent>;

/** `loaded` is what the module exports, or its default export. Fault `config.agents_dir` (invalid) names the file and what is wrong. */
export function moduleAgent(file: string, loaded: unknown): ModuleAgent {
  const exported = loaded as { readonly default?: unknown; readonly perform?: unknown };
  const described = exported.perform === undefined && typeof exported.default === 'object' ? (exported.default as object) : exported;
  const id = file.replace(/\.[cm]?js$/, '');
  try {
    return parse(ModuleAgent, { id, ...described }, 'config.agents_dir');
  } catch (thrown) {
    throw new Fault('invalid', 'config.agents_dir', `EVERTHREAD_AGENTS_DIR: ${file}: ${(thrown as Error).message}`, { file });
  }
}

export const callModule =
  (agents: ReadonlyMap<string, ModuleAgent>): Call =>
  async (task, { agent }, signal) => {
    const perform = agents.get(agent.id)?.perform;
    if (!perform) throw new CallFailed('REJECTED', 'This worker does not have the agent.', { retryable: true });
    const said = await untilAborted(
      Promise.resolve().then(() => perform(sentTask(task, task.timeoutMs), { signal })),
      signal,
    );
    if (typeof said !== 'object' || said === null || !('result' in said))
      throw new CallFailed('RESULT_INVALID', 'The agent did not return an object that has a `result`.', { retryable: false });
    return JSON.parse(JSON.stringify(said)) as Said;
  };

/** A function that does not look at its signal is not waited for. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    if (signal.aborted) onAbort();
  });
}
