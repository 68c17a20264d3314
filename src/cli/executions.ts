/** `everthread executions …`: executions from a shell, over the HTTP API. */
import { Command, Option } from 'commander';
import { randomUUID } from 'node:crypto';
import { EverthreadClient, type ControlPlane } from '../client/client';
import { EXECUTION_STATUSES, type ExecutionStatus } from '../contracts/execution/status';

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));

type Api = () => ControlPlane['api'];

/** The command with all of its subcommands. `defaultUrl` is where the API of this machine would be. */
export function executionsCommand(defaultUrl: string): Command {
  const executions = new Command('executions').description('work with executions of patterns').option('--url <url>', 'address of the API', defaultUrl);
  const api: Api = () =>
    new EverthreadClient({ baseUrl: executions.opts<{ url: string }>().url, apiKey: process.env.EVERTHREAD_API_KEY || undefined }).controlPlane.api;
  for (const command of [listCommand(api), getCommand(api), eventsCommand(api), cancelCommand(api), approveCommand(api), retryCommand(api)])
    executions.addCommand(command);
  return executions;
}

const at = (id: string) => ({ params: { path: { id } } });

const listCommand = (api: Api): Command =>
  new Command('list')
    .description('list executions, newest first')
    .option('--pattern <name>')
    .addOption(new Option('--status <word>').choices([...EXECUTION_STATUSES]))
    .option('--limit <n>', 'at most so many', '50')
    .option('--json', 'print the whole answer')
    .action(async ({ pattern, status, limit, json }: { pattern?: string; status?: ExecutionStatus; limit: string; json?: boolean }) => {
      const query = { limit: Number(limit), ...(pattern !== undefined && { pattern }), ...(status && { status }) };
      const { data } = await api().GET('/api/executions', { params: { query } });
      if (json) return printJson(data);
      for (const row of data?.executions ?? [])
        print(`${row.executionId}  ${row.status.padEnd(9)}  ${row.createdAt}  ${String(row.duration ?? '-').padStart(8)} ms  ${row.pattern} ${row.version}`);
    });

const getCommand = (api: Api): Command =>
  new Command('get')
    .description('print an execution')
    .argument('<id>')
    .action(async (id: string) => printJson((await api().GET('/api/executions/{id}', at(id))).data));

const eventsCommand = (api: Api): Command =>
  new Command('events')
    .description('print the events of an execution, a line each')
    .argument('<id>')
    .option('--after <seq>', 'only later ones', '0')
    .option('--json', 'print each event as one line of JSON')
    .action(async (id: string, { after, json }: { after: string; json?: boolean }) => {
      for (let next = Number(after); ;) {
        const { data } = await api().GET('/api/executions/{id}/events', { params: { path: { id }, query: { after: next, limit: 200 } } });
        for (const event of data?.events ?? [])
          print(json ? JSON.stringify(event) : `${event.seq}  ${event.time}  ${event.type}  ${JSON.stringify(event.data)}`);
        if (data?.hasMore !== true) return;
        next = data.nextAfter;
      }
    });

const cancelCommand = (api: Api): Command =>
  new Command('cancel')
    .description('cancel an execution: its agents are told to stop')
    .argument('<id>')
    .option('--reason <text>')
    .action(async (id: string, { reason }: { reason?: string }) => {
      const { data } = await api().POST('/api/executions/{id}/cancel', { ...at(id), body: reason === undefined ? {} : { reason } });
      print(`${id} is cancelled${data?.cancelledAt === undefined ? '' : ` since ${data.cancelledAt}`}`);
    });

const approveCommand = (api: Api): Command =>
  new Command('approve')
    .description('answer what an execution asks a person')
    .argument('<id>')
    .option('--reject', 'say no instead of yes')
    .option('--value <json>', 'what stands in for the result', (text) => JSON.parse(text) as never)
    .option('--comment <text>')
    .option('--approval <id>', 'which one, where it asks for several')
    .action(async (id: string, { reject, value, comment, approval }: { reject?: boolean; value?: never; comment?: string; approval?: string }) => {
      const body = { approve: reject !== true, ...(value !== undefined && { value }), ...(comment !== undefined && { comment }) };
      const { data } = await api().POST('/api/executions/{id}/approve', {
        ...at(id),
        body: { ...body, ...(approval !== undefined && { approvalId: approval }) },
      });
      print(
        `${data?.approvalId ?? id}: ${data?.approve === false ? 'rejected' : 'approved'}${data?.repeated === true ? ` before, by ${data.answeredBy}` : ''}`,
      );
    });

const retryCommand = (api: Api): Command =>
  new Command('retry')
    .description('execute again with the same input; prints the new id')
    .argument('<id>')
    .option('--key <key>', 'Idempotency-Key: repeat it safely')
    .action(async (id: string, { key }: { key?: string }) => {
      const { data } = await api().POST('/api/executions/{id}/retry', {
        params: { path: { id }, header: { 'Idempotency-Key': key ?? randomUUID() } },
        body: {},
      });
      print(data?.newExecutionId ?? '');
    });
