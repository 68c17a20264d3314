/** Agents that a worker calls: over HTTP, and those of its configuration, which it offers to all tenants as long as it runs. */
import { readdir } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { callHttp } from '../../activities/agent-tasks/call-http';
import { callLlm, LlmAgents, modelOf, type ReadyLlm } from '../../activities/agent-tasks/llm-agents';
import { callModule, moduleAgent, type AgentDescription, type ModuleAgent } from '../../activities/agent-tasks/module-agents';
import { calledActivities } from '../../activities/agent-tasks/perform-called';
import { groupActivities } from '../../activities/agent-tasks/perform-group';
import { quickActivities } from '../../activities/agent-tasks/perform-quickly';
import { QuickCalls } from '../../activities/agent-tasks/quick-calls';
import { selectionActivities } from '../../activities/agent-tasks/select-agents';
import type { Config, ProcessEnvironment } from '../config/config';
import { PROTOCOL_LIMITS } from '../contracts/agent/protocol';
import { CALL_SILENT_AFTER_MS } from '../contracts/agent/agent';
import type { AgentSelectionActivities, AgentTaskActivities } from '../contracts/agent/task';
import type { QuickTaskActivities, TaskGroupActivities } from '../contracts/agent/task-group';
import { parse } from '../contracts/parse';
import { Fault } from '../errors/fault';
import { guardedRequest } from '../outgoing/guarded-request';
import type { AgentProfile } from '../store/agent-connections';
import type { Store } from '../store/store';
import type { Log } from '../surfaces/http/log';

const OFFER_MS = 2_000;
const OFFERED_FOR_MS = 10_000;
const MODULES_MAX = 200;

export interface CalledAgents {
  readonly activities: AgentSelectionActivities & AgentTaskActivities & TaskGroupActivities & QuickTaskActivities;
  /** Says no longer that the agents are there. */
  stop(): Promise<void>;
  /** Ends the calls that no activity waits for; once the worker has ended. */
  end(): Promise<void>;
}

/** Faults `config.agents_dir` and `config.llm_agents_file` (invalid) for what cannot be read. */
export async function calledAgents(config: Config, store: Store, log: Log, env: ProcessEnvironment = process.env): Promise<CalledAgents> {
  const modules = await modulesOf(config.patternAgents.modulesDir);
  const models = modelsOf(config.patternAgents.llmFile, env);
  const offering = offer(
    store,
    log,
    [...modules.values()],
    [...models.values()].map(({ agent }) => agent),
  );
  await offering.first;
  const calls = {
    http: callHttp((post) => guardedRequest({ ...post, method: 'POST', maxBytes: PROTOCOL_LIMITS.messageBytes }, config.outgoing)),
    'in-process': callModule(modules),
    llm: callLlm(models),
  };
  const quick = new QuickCalls();
  const grouped = { groups: store.agentGroups, tasks: store.agentTasks, calls, quick };
  return {
    activities: {
      ...selectionActivities(store.agents),
      ...calledActivities({ find: (tenant, id) => store.agents.calledNow(tenant, id), tasks: store.agentTasks, calls, quick }),
      ...groupActivities(grouped),
      ...quickActivities(grouped),
    },
    stop: offering.stop,
    end: () => quick.end(),
  };
}

async function modulesOf(directory: string | null): Promise<ReadonlyMap<string, ModuleAgent>> {
  if (directory === null) return new Map();
  const files = await readdir(directory).catch((problem: Error) => {
    throw new Fault('invalid', 'config.agents_dir', `EVERTHREAD_AGENTS_DIR: ${directory} cannot be read: ${problem.message}`, { directory });
  });
  const names = files.filter((name) => /\.[cm]?js$/.test(name)).sort();
  if (names.length > MODULES_MAX)
    throw new Fault('invalid', 'config.agents_dir', `EVERTHREAD_AGENTS_DIR: expected at most ${MODULES_MAX} modules`, { directory });
  const agents = new Map<string, ModuleAgent>();
  for (const name of names) {
    const loaded: unknown = await import(join(directory, name)).catch((problem: Error) => {
      throw new Fault('invalid', 'config.agents_dir', `EVERTHREAD_AGENTS_DIR: ${name} cannot be loaded: ${problem.message}`, { file: name }, problem);
    });
    const agent = moduleAgent(name, loaded);
    if (agents.has(agent.id))
      throw new Fault('invalid', 'config.agents_dir', `EVERTHREAD_AGENTS_DIR: ${name}: expected an id of its own, not ${agent.id}`, { file: name });
    agents.set(agent.id, agent);
  }
  return agents;
}

function modelsOf(file: string | null, env: ProcessEnvironment): ReadonlyMap<string, ReadyLlm> {
  if (file === null) return new Map();
  let described: unknown;
  try {
    described = JSON.parse(readFileSync(file, 'utf8'));
  } catch (problem) {
    throw new Fault('invalid', 'config.llm_agents_file', `EVERTHREAD_LLM_AGENTS_FILE: ${file} cannot be read as JSON: ${(problem as Error).message}`, { file });
  }
  const { agents } = parse(LlmAgents, described, 'config.llm_agents_file');
  return new Map(agents.map((agent) => [agent.id, { agent, model: modelOf(agent, env) }]));
}

const profileOf = ({ id, name, capabilities, region, metadata, maxConcurrentTasks }: AgentDescription): AgentProfile & { readonly id: string } => ({
  ...{ id, name: name ?? id, capabilities, region: region ?? null, metadata, maxConcurrentTasks: maxConcurrentTasks ?? null },
});

/** Says again and again that they are there: what no worker has any more runs out. */
function offer(store: Store, log: Log, modules: readonly AgentDescription[], models: readonly (AgentDescription & { readonly model: string })[]) {
  const profiles = [
    ['in-process', modules.map(profileOf)],
    ['llm', models.map((agent) => ({ ...profileOf(agent), metadata: { model: agent.model, ...agent.metadata } }))],
  ] as const;
  if (modules.length + models.length === 0) return { first: Promise.resolve(), stop: () => Promise.resolve() };
  if (modules.length > 0) log.warn({ agents: modules.map(({ id }) => id) }, 'agents run in this process, unconfined: for development only');
  const say = async (): Promise<void> => {
    for (const [kind, agents] of profiles) await store.agentConnections.offer(kind, agents, CALL_SILENT_AFTER_MS, OFFERED_FOR_MS);
  };
  let under: Promise<void> | null = null;
  const timer = setInterval(() => {
    under ??= say()
      .catch((problem: unknown) => log.debug({ err: problem }, 'agents of the configuration could not be offered; it is tried again'))
      .finally(() => (under = null));
  }, OFFER_MS);
  return {
    first: say(),
    async stop() {
      clearInterval(timer);
      await under;
    },
  };
}
