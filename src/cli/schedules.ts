/** `everthread schedules …`: schedules from a shell, over the HTTP API. */
import { Command } from 'commander';
import { randomUUID } from 'node:crypto';
import { EverthreadClient, type ControlPlane } from '../client/client';
import { jsonOf } from './json-argument';

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));

type Api = () => ControlPlane['api'];

/** The command with all of its subcommands. `defaultUrl` is where the API of this machine would be. */
export function schedulesCommand(defaultUrl: string): Command {
  const schedules = new Command('schedules').description('work with schedules').option('--url <url>', 'address of the API', defaultUrl);
  const api: Api = () =>
    new EverthreadClient({ baseUrl: schedules.opts<{ url: string }>().url, apiKey: process.env.EVERTHREAD_API_KEY || undefined }).controlPlane.api;
  for (const command of [
    listCommand(api),
    createCommand(api),
    getCommand(api),
    pauseCommand(api),
    resumeCommand(api),
    triggerCommand(api),
    runsCommand(api),
    deleteCommand(api),
  ])
    schedules.addCommand(command);
  return schedules;
}

const at = (id: string) => ({ params: { path: { id } } });

const listCommand = (api: Api): Command =>
  new Command('list')
    .description('list schedules, newest first')
    .option('--status <word>', 'active, paused or completed')
    .option('--limit <n>', 'at most so many', '50')
    .option('--json', 'print the whole answer')
    .action(async ({ status, limit, json }: { status?: 'active' | 'paused' | 'completed'; limit: string; json?: boolean }) => {
      const { data } = await api().GET('/api/schedules', { params: { query: { limit: Number(limit), ...(status && { status }) } } });
      if (json) return printJson(data);
      for (const schedule of data?.schedules ?? [])
        print(`${schedule.id}  ${schedule.status.padEnd(9)}  ${schedule.nextRunAt ?? '-'.padEnd(24)}  ${schedule.runCount} runs  ${schedule.name}`);
    });

interface CreateOptions {
  readonly cron?: string;
  readonly every?: string;
  readonly timezone?: string;
  readonly kind: 'managed-thread' | 'thread-message' | 'pattern';
  readonly input: Record<string, unknown>;
  readonly maxRuns?: string;
  readonly overlap?: 'skip';
  readonly key?: string;
}

const createCommand = (api: Api): Command =>
  new Command('create')
    .description('make a schedule; prints its id')
    .argument('<name>')
    .option('--cron <expression>', 'five fields, or six with the second in front')
    .option('--every <seconds>', 'an interval instead')
    .option('--timezone <zone>', 'such as Europe/Berlin; UTC without it')
    .option('--kind <kind>', 'managed-thread, thread-message or pattern', 'managed-thread')
    .requiredOption('--input <json>', 'what the target is given, as JSON or @file', jsonOf)
    .option('--max-runs <n>')
    .option('--overlap <policy>', 'skip, bufferOne, bufferAll, cancelOther, terminateOther or allowAll')
    .option('--key <key>', 'Idempotency-Key: repeat it safely')
    .action(async (name: string, { cron, every, timezone, kind, input, maxRuns, overlap, key }: CreateOptions) => {
      const { data } = await api().POST('/api/schedules', {
        params: { header: { 'Idempotency-Key': key ?? randomUUID() } },
        body: {
          ...{ name, target: { kind, input } },
          ...(cron !== undefined && { cron }),
          ...(every !== undefined && { intervalMs: Number(every) * 1_000 }),
          ...(timezone !== undefined && { timezone }),
          ...(maxRuns !== undefined && { maxRuns: Number(maxRuns) }),
          ...(overlap !== undefined && { overlap }),
        },
      });
      print(data?.id ?? '');
    });

const getCommand = (api: Api): Command =>
  new Command('get')
    .description('print a schedule')
    .argument('<id>')
    .action(async (id: string) => printJson((await api().GET('/api/schedules/{id}', at(id))).data));

const pauseCommand = (api: Api): Command =>
  new Command('pause')
    .description('pause a schedule')
    .argument('<id>')
    .option('--reason <text>')
    .action(async (id: string, { reason }: { reason?: string }) => {
      const { data } = await api().POST('/api/schedules/{id}/pause', { ...at(id), body: reason === undefined ? {} : { reason } });
      print(`${id} is ${data?.status}`);
    });

const resumeCommand = (api: Api): Command =>
  new Command('resume')
    .description('resume a paused schedule')
    .argument('<id>')
    .action(async (id: string) => {
      const { data } = await api().POST('/api/schedules/{id}/resume', { ...at(id), body: {} });
      print(`${id} is ${data?.status}; next run ${data?.nextRunAt}`);
    });

const triggerCommand = (api: Api): Command =>
  new Command('trigger')
    .description('run a schedule now; prints the id of the run')
    .argument('<id>')
    .option('--key <key>', 'Idempotency-Key: repeat it safely')
    .action(async (id: string, { key }: { key?: string }) => {
      const params = { path: { id }, header: { 'Idempotency-Key': key ?? randomUUID() } };
      print((await api().POST('/api/schedules/{id}/trigger', { params, body: {} })).data?.id ?? '');
    });

const runsCommand = (api: Api): Command =>
  new Command('runs')
    .description('list the runs of a schedule, newest first')
    .argument('<id>')
    .option('--limit <n>', 'at most so many', '20')
    .option('--json', 'print the whole answer')
    .action(async (id: string, { limit, json }: { limit: string; json?: boolean }) => {
      const { data } = await api().GET('/api/schedules/{id}/runs', { params: { path: { id }, query: { limit: Number(limit) } } });
      if (json) return printJson(data);
      for (const { scheduledAt, status, target, error } of data?.runs ?? [])
        print(`${scheduledAt}  ${status.padEnd(8)}  ${target?.id ?? error?.message ?? '-'}`);
    });

const deleteCommand = (api: Api): Command =>
  new Command('delete')
    .description('delete a schedule; what it started lives on')
    .argument('<id>')
    .action(async (id: string) => {
      await api().DELETE('/api/schedules/{id}', at(id));
      print(`${id} is deleted`);
    });
