/** Agents as clients see them (seed 001 "Agents", with what the digest found beside it). */
import { z } from 'zod';
import { AGENT_KINDS, AGENT_LOADS, AGENT_MODES, AGENT_STATUSES, type AgentRecord } from '../../contracts/agent/agent';
import { PAGE_FIELDS } from '../http/paging';

const time = z.iso.datetime();
const count = z.int().min(0);

const AgentFields = {
  id: z.string(),
  name: z.string(),
  kind: z
    .enum(AGENT_KINDS)
    .describe('`socket`: connected by WebSocket. `http`: called at its URL. `in-process` and `llm`: run on the worker, by its configuration.'),
  status: z.enum(AGENT_STATUSES).describe('Whether it can be given tasks as far as the registry knows.'),
  mode: z.enum(AGENT_MODES).describe('What an operator says; only `active` ones are given tasks.'),
  load: z.enum(AGENT_LOADS).describe('What the agent says of itself.'),
  capabilities: z.array(z.string()),
  region: z.string().nullable(),
  url: z.string().nullable().describe('Of an HTTP agent.'),
  registeredAt: time,
  connectedAt: time.nullable(),
  disconnectedAt: time.nullable(),
  lastHeartbeat: time.nullable(),
  activeTasks: count,
  maxConcurrentTasks: z.int().nullable(),
  tasksCompleted: count.describe('Tasks that ended, well or badly.'),
  metadata: z.record(z.string(), z.unknown()),
};
export const ListedAgent = z.object(AgentFields).meta({ id: 'ListedAgent' });

export const Agent = z
  .object({
    ...AgentFields,
    statistics: z.object({
      tasksCompleted: count,
      tasksSucceeded: count,
      tasksFailed: count,
      averageLatency: z.number().nullable().describe('Milliseconds, over the tasks that succeeded; null before the first.'),
      uptime: count.describe('Seconds since it connected; 0 while it is not.'),
    }),
  })
  .meta({ id: 'Agent' });

export const AgentList = z
  .object({
    agents: z.array(ListedAgent),
    connected: count.describe('Of all that capabilities and region find, whatever their status.'),
    disconnected: count,
    count,
    ...PAGE_FIELDS,
  })
  .meta({ id: 'AgentList' });

export function listedView({ statistics, metadata, capabilities, ...rest }: AgentRecord): z.output<typeof ListedAgent> {
  return { ...rest, capabilities: [...capabilities], metadata: { ...metadata }, tasksCompleted: statistics.tasksCompleted };
}

export function agentView(record: AgentRecord): z.output<typeof Agent> {
  const since = record.status === 'connected' && record.connectedAt ? Date.now() - Date.parse(record.connectedAt) : 0;
  return { ...listedView(record), statistics: { ...record.statistics, uptime: Math.max(0, Math.floor(since / 1_000)) } };
}
