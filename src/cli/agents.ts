/** `everthread agents …`: the registry of agents that perform tasks of patterns, from a shell, over the HTTP API. */
import { Command, Option } from 'commander';
import { EverthreadClient, type ControlPlane } from '../client/client';

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));

type Api = () => ControlPlane['api'];

/** The command with all of its subcommands. `defaultUrl` is where the API of this machine would be. */
export function agentsCommand(defaultUrl: string): Command {
  const agents = new Command('agents').description('work with the registry of agents').option('--url <url>', 'address of the API', defaultUrl);
  const api: Api = () =>
    new EverthreadClient({ baseUrl: agents.opts<{ url: string }>().url, apiKey: process.env.EVERTHREAD_API_KEY || undefined }).controlPlane.api;
  for (const command of [listCommand(api), showCommand(api), disconnectCommand(api)]) agents.addCommand(command);
  return agents;
}

interface ListOptions {
  readonly status?: 'connected' | 'disconnected';
  readonly capabilities?: string;
  readonly region?: string;
  readonly limit: string;
  readonly json?: boolean;
}

const listCommand = (api: Api): Command =>
  new Command('list')
    .description('list agents, newest registered first')
    .addOption(new Option('--status <word>').choices(['connected', 'disconnected']))
    .option('--capabilities <names>', 'those that have all of them; commas between')
    .option('--region <name>')
    .option('--limit <n>', 'at most so many', '100')
    .option('--json', 'print the whole answer')
    .action(async ({ limit, json, ...filter }: ListOptions) => {
      const { data } = await api().GET('/api/agents', { params: { query: { ...filter, limit: Number(limit) } } });
      if (json) return printJson(data);
      for (const { id, status, tasksCompleted, name, capabilities } of data?.agents ?? [])
        print(`${id}  ${status.padEnd(12)}  ${String(tasksCompleted).padStart(6)} tasks  ${name}  ${capabilities.join(',')}`);
    });

const at = (id: string) => ({ params: { path: { id } } });

const showCommand = (api: Api): Command =>
  new Command('show')
    .description('print an agent and its statistics')
    .argument('<id>')
    .action(async (id: string) => printJson((await api().GET('/api/agents/{id}', at(id))).data));

const disconnectCommand = (api: Api): Command =>
  new Command('disconnect')
    .description('close the connection of an agent; what it has in hand goes to others')
    .argument('<id>')
    .action(async (id: string) => {
      const { data } = await api().POST('/api/agents/{id}/disconnect', { ...at(id), body: {} });
      print(`${id} is disconnected since ${data?.disconnectedAt ?? 'now'}`);
    });
