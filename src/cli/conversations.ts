/** `everthread conversations …`: threads with agents from a shell, over the HTTP API. */
import { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { EverthreadClient, type ConversationAgent, type ConversationEvent, type Threads } from '../client/client';
import { jsonOf } from './json-argument';

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));

type Client = () => Threads;
const at = (id: string) => ({ params: { path: { id } } });
const key = (given: string | undefined) => (given === undefined ? {} : { idempotencyKey: given });

/** The command with all of its subcommands. `defaultUrl` is where the API of this machine would be. */
export function conversationsCommand(defaultUrl: string): Command {
  const conversations = new Command('conversations')
    .description('work with threads: conversations with agents')
    .option('--url <url>', 'address of the API', defaultUrl);
  const client = threadsOf(() => conversations.opts<{ url: string }>().url);
  const own = [agentCommand, runCommand, listCommand, showCommand, eventsCommand, deleteCommand].map((command) => command(client));
  for (const command of [...own, ...rolloutCommands(client)]) conversations.addCommand(command);
  return conversations;
}

export const threadsOf =
  (url: () => string): Client =>
  () =>
    new EverthreadClient({ baseUrl: url(), apiKey: process.env.EVERTHREAD_API_KEY || undefined }).threads;

/** What is done with rollouts; `everthread threads` has them too. */
export const rolloutCommands = (client: Client): readonly Command[] => [exportCommand(client), importCommand(client), compactCommand(client)];

const agentCommand = (client: Client): Command =>
  new Command('agent')
    .description('make an agent, or its next version')
    .argument('<definition>', 'JSON, or @file', jsonOf)
    .action(async (definition: Record<string, unknown>) => {
      const { slug, version, action } = await client().agent(definition as unknown as ConversationAgent);
      print(`${slug}  version ${version}  ${action}`);
    });

interface RunOptions {
  readonly agent?: string;
  readonly thread?: string;
  readonly queue?: boolean;
  readonly json?: boolean;
  readonly key?: string;
}

const runCommand = (client: Client): Command =>
  new Command('run')
    .description('say something to an agent; prints what it answers, and the thread')
    .argument('<prompt>')
    .option('--agent <slug>', 'slug or id')
    .option('--thread <id>', 'go on in this thread')
    .option('--queue', 'wait for the turn while something else holds the thread')
    .option('--json', 'print the whole answer')
    .option('--key <key>', 'Idempotency-Key: repeat it safely')
    .action(async (prompt: string, { agent, thread, queue, json, key: given }: RunOptions) => {
      const asked = { prompt, ...(agent !== undefined && { agent }), ...(thread !== undefined && { threadId: thread }) };
      const answer = await client().run({ ...asked, ...(queue && { whenBusy: 'queue' as const }) }, key(given));
      if (json) return printJson(answer);
      print(answer.result ?? answer.status);
      process.stderr.write(`thread ${answer.threadId}, run ${answer.runId}: ${answer.status}\n`);
      if (answer.status === 'failed' || answer.status === 'cancelled') process.exitCode = 1;
    });

const listCommand = (client: Client): Command =>
  new Command('list')
    .description('list threads, newest first')
    .option('--archived', 'those that are archived')
    .option('--all', 'of everybody in the tenant; for administrators')
    .option('--limit <n>', 'at most so many', '50')
    .option('--json', 'print the whole answer')
    .action(async ({ archived, all, limit, json }: { archived?: boolean; all?: boolean; limit: string; json?: boolean }) => {
      const query = { limit: Number(limit), ...(archived && { archived: 'true' as const }), ...(all && { all: 'true' as const }) };
      const { data } = await client().api.GET('/v1/threads', { params: { query } });
      if (json) return printJson(data);
      for (const { id, status, updatedAt, title } of data?.data.threads ?? []) print(`${id}  ${status.padEnd(16)}  ${updatedAt}  ${title}`);
    });

const showCommand = (client: Client): Command =>
  new Command('show')
    .description('print a thread, and its rollouts')
    .argument('<thread>')
    .action(async (id: string) => printJson((await client().api.GET('/v1/threads/{id}/rollouts', at(id))).data?.data));

const eventsCommand = (client: Client): Command =>
  new Command('events')
    .description('print the durable events of a thread, a line each')
    .argument('<thread>')
    .option('--after <sequence>', 'only events after this one', '0')
    .option('--follow', 'stay, and print what comes')
    .action(async (id: string, { after, follow }: { after: string; follow?: boolean }) => {
      if (follow) {
        for await (const frame of client().follow(id, { after: Number(after) }))
          if (frame.sequence !== undefined && frame.type !== 'snapshot') print(JSON.stringify(frame));
        return;
      }
      for await (const event of eventsAfter(client(), id, Number(after))) print(JSON.stringify(event));
    });

async function* eventsAfter({ api }: Threads, id: string, after: number): AsyncGenerator<ConversationEvent, void, void> {
  for (let from = after; ;) {
    const query = { after: from, limit: 500, include: 'all_rollouts' as const };
    const { data: page } = await api.GET('/v1/threads/{id}/events', { params: { path: { id }, query } });
    const events = page?.data.events ?? [];
    yield* events;
    const last = events.at(-1);
    if (!page?.hasMore || last === undefined) return;
    from = last.sequence;
  }
}

const deleteCommand = (client: Client): Command =>
  new Command('delete')
    .description('delete a thread for good, with everything that was said in it')
    .argument('<thread>')
    .action(async (id: string) => {
      await client().api.DELETE('/v1/threads/{id}', at(id));
      print(`${id} is deleted`);
    });

const exportCommand = (client: Client): Command =>
  new Command('export')
    .description('print the rollouts of a conversation as lines of JSON, oldest first')
    .argument('<thread>')
    .option('--rollout <id>', 'this one only')
    .action(async (id: string, { rollout }: { rollout?: string }) => {
      const threads = client();
      const { data } = await threads.api.GET('/v1/threads/{id}/rollouts', at(id));
      const known = data?.data.rollouts.map(({ rolloutId }) => rolloutId) ?? [];
      for (const rolloutId of rollout === undefined ? known : [rollout])
        for await (const line of threads.export(id, rolloutId)) if (!process.stdout.write(line)) await once(process.stdout, 'drain');
    });

const importCommand = (client: Client): Command =>
  new Command('import')
    .description('make a conversation of exported lines; prints the id of its thread')
    .argument('<file>', 'a file of lines of JSON; - is standard input')
    .requiredOption('--agent <slug>', 'slug or id of the agent that goes on with it')
    .option('--title <title>')
    .option('--key <key>', 'Idempotency-Key: repeat it safely')
    .action(async (file: string, { agent, title, key: given }: { agent: string; title?: string; key?: string }) => {
      const lines = readFileSync(file === '-' ? 0 : file, 'utf8');
      const { thread } = await client().import(lines, { agent, ...(title !== undefined && { title }) }, key(given));
      print(thread.id);
    });

const compactCommand = (client: Client): Command =>
  new Command('compact')
    .description('compact a conversation: a summary opens a new rollout')
    .argument('<thread>')
    .action(async (id: string) => {
      await client().api.POST('/v1/threads/{id}/compact', at(id));
      print(`${id} is being compacted`);
    });
