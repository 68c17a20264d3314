/** `everthread runs …`: runs from a shell, over the HTTP API. */
import { Command, Option } from 'commander';
import { randomUUID } from 'node:crypto';
import { EverthreadClient, type RunSession, type Runs, type StartRun } from '../client/client';
import { runHasEnded } from '../contracts/run/status';
import { jsonOf } from './json-argument';

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));

type Client = () => Runs;
const at = (id: string) => ({ params: { path: { id } } });
const key = (given: string | undefined) => ({ 'Idempotency-Key': given ?? randomUUID() });

/** The command with all of its subcommands. `defaultUrl` is where the API of this machine would be. */
export function runsCommand(defaultUrl: string): Command {
  const runs = new Command('runs').description('work with runs: propose, check, approve, commit').option('--url <url>', 'address of the API', defaultUrl);
  const client: Client = () => new EverthreadClient({ baseUrl: runs.opts<{ url: string }>().url, apiKey: process.env.EVERTHREAD_API_KEY || undefined }).runs;
  const commands = [startCommand, listCommand, showCommand, followCommand, approvalsCommand, approveCommand, denyCommand, cancelCommand];
  for (const command of [...commands, resumeCommand, branchCommand, worldCommand, replayCommand, auditCommand]) runs.addCommand(command(client));
  return runs;
}

interface Asked {
  readonly maxSteps?: string;
  readonly scopes?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly skill?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

const ofRun = (command: Command): Command =>
  command
    .option('--max-steps <n>')
    .option('--scopes <names>', 'tools that it may use, separated by commas')
    .option('--provider <name>', 'whose model thinks')
    .option('--model <name>')
    .option('--skill <name>')
    .option('--with <json>', 'further fields of POST /runs', jsonOf);

function bodyOf(task: string, { maxSteps, scopes, provider, model, skill, with: more }: Asked): StartRun {
  return {
    task,
    ...(maxSteps !== undefined && { max_steps: Number(maxSteps) }),
    ...(scopes !== undefined && { tool_scopes: scopes.split(',') }),
    ...(provider !== undefined && { cognition: { provider } }),
    ...(model !== undefined && { model }),
    ...(skill !== undefined && { skill }),
    ...more,
  };
}

const startCommand = (client: Client): Command =>
  ofRun(new Command('start').description('start a run; prints its id').argument('<task>'))
    .option('--follow', 'print its log until it has ended')
    .option('--key <key>', 'Idempotency-Key: repeat it safely')
    .action(async (task: string, { follow, key: given, ...asked }: Asked & { follow?: boolean; key?: string }) => {
      const started = await client().start(bodyOf(task, asked), given === undefined ? {} : { idempotencyKey: given });
      print(started.run_id);
      if (follow) await followed(client(), started.run_id);
    });

/** Prints the log as it grows; what waits for an approval is said with the command that answers it. */
async function followed(runs: Runs, id: string): Promise<void> {
  let printed = 0;
  let asked: string | undefined;
  for await (const session of runs.followSession(id)) {
    for (const { idx, level, title, detail } of session.log) {
      if (idx > printed) print(`${String(idx).padStart(4)}  ${level.padEnd(7)}  ${title}  ${detail}`);
      printed = Math.max(printed, idx);
    }
    if (session.pending_channel !== undefined && session.pending_channel !== asked) print(`waits: everthread runs approve ${id} ${session.pending_channel}`);
    asked = session.pending_channel;
    if (runHasEnded(session.status)) ended(session);
  }
}

function ended({ status, operator_state, final_answer }: RunSession): void {
  print(`${status}: ${final_answer ?? operator_state}`);
  if (status !== 'completed') process.exitCode = 1;
}

const listCommand = (client: Client): Command =>
  new Command('list')
    .description('list runs, newest first')
    .addOption(new Option('--status <word>').choices(['created', 'running', 'waiting_approval', 'completed', 'failed', 'cancelled']))
    .option('--limit <n>', 'at most so many', '50')
    .option('--json', 'print the whole answer')
    .action(async ({ status, limit, json }: { status?: RunSession['status']; limit: string; json?: boolean }) => {
      const { data } = await client().api.GET('/runs', { params: { query: { limit: Number(limit), ...(status && { status }) } } });
      if (json) return printJson(data);
      for (const { run_id, status: now, created_at, task } of data?.runs ?? [])
        print(`${run_id}  ${now.padEnd(9)}  ${created_at}  ${task.split('\n')[0]?.slice(0, 80)}`);
    });

const showCommand = (client: Client): Command =>
  new Command('show')
    .description('print the record of a run, or its session')
    .argument('<id>')
    .option('--session', 'where it is, and its log')
    .action(async (id: string, { session }: { session?: boolean }) => {
      const { api } = client();
      printJson((session ? await api.GET('/runs/{id}/execution', at(id)) : await api.GET('/runs/{id}', at(id))).data);
    });

const followCommand = (client: Client): Command =>
  new Command('follow')
    .description('print the log of a run until it has ended')
    .argument('<id>')
    .action((id: string) => followed(client(), id));

const approvalsCommand = (client: Client): Command =>
  new Command('approvals')
    .description('list what a run waits for')
    .argument('<id>')
    .action(async (id: string) => {
      const { data } = await client().api.GET('/runs/{id}/approvals', at(id));
      for (const { channel, tool, reason, proposal_id } of data?.approvals ?? []) print(`${channel}  ${tool}  ${proposal_id}  ${reason}`);
    });

const answer = (client: Client, name: string, approve: boolean, what: string): Command =>
  new Command(name)
    .description(what)
    .argument('<id>')
    .argument('<channel>')
    .option('--proposal <id>', 'this proposal only')
    .option('--comment <text>')
    .action(async (id: string, channel: string, { proposal, comment }: { proposal?: string; comment?: string }) => {
      const body = { approve, ...(proposal !== undefined && { proposal_id: proposal }), ...(comment !== undefined && { comment }) };
      await client().api.POST('/runs/{id}/approvals/{channel}', { params: { path: { id, channel }, header: key(undefined) }, body });
      print(`${channel}: ${approve ? 'approved' : 'denied'}`);
    });
const approveCommand = (client: Client): Command => answer(client, 'approve', true, 'approve what a run waits for');
const denyCommand = (client: Client): Command => answer(client, 'deny', false, 'deny what a run waits for');

const cancelCommand = (client: Client): Command =>
  new Command('cancel')
    .description('cancel a run: its model call and its tool are stopped')
    .argument('<id>')
    .option('--reason <text>')
    .action(async (id: string, { reason }: { reason?: string }) => {
      await client().api.POST('/runs/{id}/cancel', { params: { path: { id }, header: key(undefined) }, body: reason === undefined ? {} : { reason } });
      print(`${id} is cancelled`);
    });

const resumeCommand = (client: Client): Command =>
  ofRun(new Command('resume').description('let a run go on that has failed, was cancelled, or is a branch').argument('<id>').argument('<task>'))
    .option('--key <key>', 'Idempotency-Key: repeat it safely')
    .action(async (id: string, task: string, { key: given, ...asked }: Asked & { key?: string }) => {
      await client().api.POST('/runs/{id}/resume', { params: { path: { id }, header: key(given) }, body: bodyOf(task, asked) });
      print(`${id} goes on`);
    });

const branchCommand = (client: Client): Command =>
  new Command('branch')
    .description('branch from a commit of a run; prints the id of the new run')
    .argument('<id>')
    .argument('<commit>')
    .option('--note <text>')
    .option('--task <text>', 'run it at once; else it waits for resume')
    .option('--key <key>', 'Idempotency-Key: repeat it safely')
    .action(async (id: string, commit: string, { note, task, key: given }: { note?: string; task?: string; key?: string }) => {
      const body = { commit_id: commit, ...(note !== undefined && { note }), ...(task !== undefined && { task }) };
      const { data } = await client().api.POST('/runs/{id}/branch', { params: { path: { id }, header: key(given) }, body });
      print(data?.run_id ?? '');
    });

const worldCommand = (client: Client): Command =>
  new Command('world')
    .description('print the world of a run')
    .argument('<id>')
    .option('--seq <n>', 'as it was after this entry of the ledger')
    .action(async (id: string, { seq }: { seq?: string }) => {
      const { api } = client();
      const path = { id };
      printJson(
        (seq === undefined
          ? await api.GET('/runs/{id}/world', at(id))
          : await api.GET('/runs/{id}/world/at', { params: { path, query: { seq: Number(seq) } } })
        ).data,
      );
    });

const replayCommand = (client: Client): Command =>
  new Command('replay')
    .description('verify the ledger of a run; fails where it does not hold')
    .argument('<id>')
    .option('--require-compiler <version>')
    .option('--require-signature', 'every commit must be signed by this server')
    .action(async (id: string, { requireCompiler, requireSignature }: { requireCompiler?: string; requireSignature?: boolean }) => {
      const query = {
        ...(requireCompiler !== undefined && { require_compiler: requireCompiler }),
        require_signature: requireSignature ? ('true' as const) : ('false' as const),
      };
      printJson((await client().api.GET('/runs/{id}/replay', { params: { path: { id }, query } })).data);
    });

const auditCommand = (client: Client): Command =>
  new Command('audit')
    .description('print entries of ledgers, a line each')
    .option('--run <id>')
    .option('--kind <word>')
    .option('--limit <n>', 'at most so many', '1000')
    .option('--json', 'print the whole answer')
    .action(async ({ run, kind, limit, json }: { run?: string; kind?: string; limit: string; json?: boolean }) => {
      const query = { limit: Number(limit), ...(run !== undefined && { run_id: run }), ...(kind !== undefined && { kind }) };
      const { data } = await client().api.GET('/audit/entries', { params: { query } });
      if (json) return printJson(data);
      for (const { trajectory_id, seq, kind: of, payload } of data?.entries ?? [])
        print(`${trajectory_id.slice(0, 8)}  ${String(seq).padStart(4)}  ${of.padEnd(16)}  ${JSON.stringify(payload)}`);
    });
