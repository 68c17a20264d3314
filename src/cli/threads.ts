/** `everthread threads …`: managed threads from a shell, over the HTTP API. */
import { Command } from 'commander';
import { EverthreadClient, type ManagedThreads, type SpawnThread } from '../client/client';
import { rolloutCommands, threadsOf } from './conversations';

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));

/** The command with all of its subcommands. `defaultUrl` is where the API of this machine would be. */
export function threadsCommand(defaultUrl: string): Command {
  const threads = new Command('threads').description('work with managed threads').option('--url <url>', 'address of the API', defaultUrl);
  const api: Api = () =>
    new EverthreadClient({ baseUrl: threads.opts<{ url: string }>().url, apiKey: process.env.EVERTHREAD_API_KEY || undefined }).managedThreads;
  for (const command of [
    listCommand(api),
    spawnCommand(api),
    getCommand(api),
    sendCommand(api),
    eventsCommand(api),
    approveCommand(api),
    stopCommand(api),
    screenCommand(api),
    // Of conversations, which their clients call threads as well; the rest of those is `everthread conversations`.
    ...rolloutCommands(threadsOf(() => threads.opts<{ url: string }>().url)),
  ])
    threads.addCommand(command);
  return threads;
}

type Api = () => ManagedThreads;

const listCommand = (api: Api): Command =>
  new Command('list')
    .description('list threads, newest first')
    .option('--status <words>', 'only these status words, separated by commas')
    .option('--execution <id>', 'only threads of this execution')
    .option('--limit <n>', 'at most so many', '50')
    .option('--json', 'print the whole answer')
    .action(async (options: { status?: string; execution?: string; limit: string; json?: boolean }) => {
      type Query = NonNullable<Parameters<ManagedThreads['list']>[0]>;
      const answer = await api().list({ status: options.status?.split(',') as Query['status'], executionId: options.execution, limit: Number(options.limit) });
      if (options.json) return printJson(answer);
      for (const { id, status, agentType, name } of answer.threads) print(`${id}  ${status.padEnd(9)}  ${agentType.padEnd(8)}  ${name}`);
    });

interface SpawnOptions {
  readonly agent: string;
  readonly execution: string;
  readonly name?: string;
  readonly role?: string;
  readonly workspace?: string;
  readonly repo?: string;
  readonly branch?: string;
  readonly preset?: NonNullable<SpawnThread['approvalPreset']>;
  readonly key?: string;
}

const spawnCommand = (api: Api): Command =>
  new Command('spawn')
    .description('start an agent on an objective; prints the id of its thread')
    .argument('<objective>')
    .option('--agent <type>', 'codex, gemini, opencode, claude, aider, shell or one of your own', 'shell')
    .option('--execution <id>', 'the execution that it belongs to', 'cli')
    .option('--name <name>')
    .option('--role <role>')
    .option('--workspace <path>', 'a directory on the host')
    .option('--repo <repo>', 'a git repository: URL, path or owner/name')
    .option('--branch <branch>', 'where its own branch starts')
    .option('--preset <preset>', 'readonly, standard, permissive or autonomous')
    .option('--key <key>', 'Idempotency-Key: repeat a spawn safely')
    .action(async (objective: string, options: SpawnOptions) => {
      const workspace = { path: options.workspace, repo: options.repo, branch: options.branch };
      const hasWorkspace = Object.values(workspace).some((value) => value !== undefined);
      const thread = await api().spawn(
        {
          executionId: options.execution,
          name: options.name ?? objective.slice(0, 60),
          agentType: options.agent,
          role: options.role,
          objective,
          preparation: { workspace: hasWorkspace ? workspace : undefined, approvalPreset: options.preset },
        },
        { idempotencyKey: options.key },
      );
      print(thread.id);
    });

const getCommand = (api: Api): Command =>
  new Command('get')
    .description('print a thread')
    .argument('<id>')
    .action(async (id: string) => printJson(await api().get(id)));

const sendCommand = (api: Api): Command =>
  new Command('send')
    .description('send a message, raw input or keys to a thread')
    .argument('<id>')
    .argument('[message]')
    .option('--raw <text>', 'goes into the terminal as it is')
    .option('--keys <names...>', 'names of keys, such as ENTER or CTRL+C')
    .option('--key <key>', 'Idempotency-Key: repeat a send safely')
    .action(async (id: string, message: string | undefined, { raw, keys, key }: { raw?: string; keys?: string[]; key?: string }) => {
      const body = raw !== undefined ? { raw } : keys ? { keys } : { message };
      printJson(await api().send(id, body, { idempotencyKey: key }));
    });

const eventsCommand = (api: Api): Command =>
  new Command('events')
    .description('print the events of a thread, a line each')
    .argument('<id>')
    .option('--after <seq>', 'only events after this one', '0')
    .option('--follow', 'stay, and print what comes, until the thread ends')
    .action(async (id: string, { after, follow }: { after: string; follow?: boolean }) => {
      if (follow) {
        for await (const event of api().follow(id, { after: Number(after) })) print(`${event.seq} ${event.type} ${JSON.stringify(event)}`);
        return;
      }
      const { events } = await api().events(id, { after: Number(after) });
      for (const event of events) print(`${event.seq} ${event.type} ${JSON.stringify(event)}`);
    });

const approveCommand = (api: Api): Command =>
  new Command('approve')
    .description('answer what a blocked thread asks')
    .argument('<id>')
    .option('--deny', 'say no; without it, and without --option and --text, the answer is yes')
    .option('--option <n>', 'choose one of its options by number')
    .option('--text <text>', 'answer in words')
    .action(async (id: string, options: { deny?: boolean; option?: string; text?: string }) => {
      const { option, text } = options;
      const body = option !== undefined ? { option: Number(option) } : text !== undefined ? { text } : { approve: !options.deny };
      printJson(await api().answer(id, body));
    });

const stopCommand = (api: Api): Command =>
  new Command('stop')
    .description('end a thread and its session')
    .argument('<id>')
    .option('--force', 'kill its processes at once')
    .option('--timeout <ms>', 'how long the agent may take to end by itself')
    .action(async (id: string, { force, timeout }: { force?: boolean; timeout?: string }) =>
      printJson(await api().stop(id, { force, timeout: timeout === undefined ? undefined : Number(timeout) })),
    );

const screenCommand = (api: Api): Command =>
  new Command('screen')
    .description('print what the agent’s terminal shows')
    .argument('<id>')
    .action(async (id: string) => print((await api().screen(id)).text.trimEnd()));
