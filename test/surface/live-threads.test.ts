/** Threads over HTTP, sockets, the client and the command line on a whole real system, with keys of two people and one more tenant. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { WebSocket, type RawData } from 'ws';
import { EverthreadClient, NotFoundError, type ConversationAgent, type Threads } from '../../src/client/client';
import { eventually, until } from '../support/eventually';
import { startWorld, type World } from '../support/world';

let world: World;
const keys: Record<string, string> = {};
beforeAll(async () => {
  world = await startWorld({ roles: ['api', 'worker'], env: { EVERTHREAD_APPROVE_RISK: 'medium' } });
  const { controlPlane, threads } = new EverthreadClient({ baseUrl: world.apiUrl });
  const make = async (client: typeof controlPlane, name: string, scopes: readonly string[]) =>
    ((await client.api.POST('/api/auth/keys', { body: { name, scopes: [...scopes] as never[] } })).data as { key: string }).key;
  keys.root = await make(controlPlane, 'root', ['admin']);
  await eventually('the door is closed', () =>
    threads.api.GET('/v1/threads').then(
      () => false,
      () => true,
    ),
  );
  const root = new EverthreadClient({ baseUrl: world.apiUrl, apiKey: keys.root }).controlPlane;
  keys.ada = await make(root, 'ada', ['agent:*']);
  keys.bob = await make(root, 'bob', ['agent:*']);
  keys.reader = await make(root, 'reader', ['agent:read']);
}, 180_000);
afterAll(() => world.stop());

const as = (who: string): Threads => new EverthreadClient({ baseUrl: world.apiUrl, apiKey: keys[who] as string }).threads;
const at = (id: string) => ({ params: { path: { id } } });
const agent = (slug: string, more: object = {}): ConversationAgent =>
  ({ slug, name: slug, model: 'scripted', script: [{ final_answer: `${slug} has answered` }], ...more }) as unknown as ConversationAgent;
const everthread = async (who: string, ...args: string[]): Promise<string> => {
  const program = join(__dirname, '../../dist/src/cli/everthread.js');
  const env = { ...process.env, EVERTHREAD_API_KEY: keys[who] };
  return (
    await promisify(execFile)(process.execPath, [program, args[0] as string, '--url', world.apiUrl, ...args.slice(1)], { env, maxBuffer: 64 * 1024 * 1024 })
  ).stdout.trim();
};
const eventsOf = async (who: string, id: string) =>
  (await as(who).api.GET('/v1/threads/{id}/events', { params: { path: { id }, query: { include: 'all_rollouts', limit: 500 } } })).data!.data.events;

const sockets: WebSocket[] = [];
afterEach(() => sockets.splice(0).forEach((socket) => socket.terminate()));
async function watch(who: string, id: string, query = ''): Promise<any[]> {
  const socket = new WebSocket(`${world.apiUrl.replace('http', 'ws')}/v1/threads/${id}/events?api_key=${keys[who]}${query}`);
  sockets.push(socket);
  const frames: any[] = [];
  socket.on('message', (data: RawData) => frames.push(JSON.parse(String(data))));
  await once(socket, 'open');
  return frames;
}
const durable = (frames: readonly any[]) => frames.filter(({ type, sequence }) => type !== 'snapshot' && sequence !== undefined);

it('runs an agent, goes on in its thread, and shows both as one sequence', async () => {
  await as('ada').agent(agent('writer'));
  const first = await as('ada').run({ agent: 'writer', prompt: 'Say hello' });
  const second = await as('ada').run({ threadId: first.threadId, prompt: 'And again' });

  expect([first, second]).toMatchObject([
    { status: 'completed', result: 'writer has answered', executionMode: 'in_sandbox' },
    { threadId: first.threadId, status: 'completed', result: 'writer has answered' },
  ]);
  const events = await eventsOf('ada', first.threadId);
  const turn = ['run_started', 'user_message', 'assistant_message', 'run_completed'];
  expect(events.map(({ type }) => type)).toEqual([...turn, ...turn]);
  expect(events.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
}, 60_000);

it('streams a run from its beginning to its end', async () => {
  await as('ada').agent(agent('streamer'));
  const response = await fetch(`${world.apiUrl}/v1/run`, {
    ...{ method: 'POST', headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${keys.ada}` } },
    body: JSON.stringify({ agent: 'streamer', prompt: 'Say hello' }),
  });
  const text = await response.text();
  const named = [...text.matchAll(/^event: (.+)$/gm)].map(([, name]) => name as string);

  expect(response.headers.get('x-thread-id')).toMatch(/^thr_/);
  expect(named.filter((name) => !/_delta$/.test(name))).toEqual(['run', 'run_started', 'user_message', 'assistant_message', 'run_completed']);
}, 60_000);

it('tells two clients the same durable sequence while a third publishes, and live frames to both', async () => {
  await as('ada').agent(agent('mac', { executionMode: 'local-mac', targetDeviceId: 'mac-1', script: null, model: null }));
  const run = await as('ada').run({ agent: 'mac', prompt: 'Do it here' });
  expect(run.status).toBe('registered');
  const { threadId, runId, rolloutId } = run;
  const [one, two] = [await watch('ada', threadId, '&after=0'), await watch('ada', threadId, '&after=0')];
  const of = { threadId, runId, rolloutId };
  const publish = (body: object) => as('ada').api.POST('/v1/thread-events', { body: { ...of, ...body } as never });
  for (let at = 1; at <= 30; at += 1) {
    await publish({ type: 'assistant_message_delta', sequenceNumber: at, payload: { text: `${at}` } });
    if (at % 3 === 0) await publish({ type: 'assistant_message', payload: { text: `message ${at}` } });
  }
  await publish({ type: 'run_completed', payload: { status: 'completed' } });
  await until('both have all', () => [one, two].every((frames) => durable(frames).at(-1)?.type === 'run_completed'));

  expect(durable(one)).toEqual(await eventsOf('ada', threadId));
  expect(durable(two)).toEqual(durable(one));
  expect(durable(one).map(({ sequence }) => sequence)).toEqual(durable(one).map((_one, index) => index + 1));
  await until('live frames came', () => [one, two].every((frames) => frames.filter(({ type }) => type === 'assistant_message_delta').length === 30));
  const late = await publish({ type: 'assistant_message', payload: { text: 'late' } }).then(
    () => null,
    (problem: unknown) => problem,
  );
  expect(late).toMatchObject({ status: 409, code: 'conversation.run_not_active' });
}, 60_000);

it('waits for a person, visibly, and goes on when the thread is answered', async () => {
  const script = [{ intents: [{ tool: 'fs_patch', args: { path: 'thread.txt', mode: 'write', content: 'hi\n' } }] }, { final_answer: 'written' }];
  await as('ada').agent(agent('careful', { tools: ['fs_*'], script }));
  const started = as('ada').run({ agent: 'careful', prompt: 'Write a file' });
  const thread = await until('a thread waits', async () =>
    (await as('ada').api.GET('/v1/threads', { params: { query: { limit: 10 } } })).data!.data.threads.find(({ status }) => status === 'waiting_approval'),
  );
  const { data } = await as('ada').api.GET('/v1/run/{id}', at(thread.holder!.id));
  expect(data!.data).toMatchObject({ status: 'waiting_approval', pending: { channel: 'high-risk', tool: 'fs_patch' } });
  await as('ada').api.POST('/v1/threads/{id}/approvals', { ...at(thread.id), body: { approve: true } });

  expect(await started).toMatchObject({ threadId: thread.id, status: 'completed', result: 'written' });
  expect((await eventsOf('ada', thread.id)).map(({ type }) => type)).toEqual(
    expect.arrayContaining(['tool_call', 'approval_requested', 'approval_resolved', 'tool_result', 'assistant_message', 'run_completed']),
  );
}, 60_000);

it('is its owner’s: nothing to others, metadata to administrators', async () => {
  await as('ada').agent(agent('private', { script: [{ final_answer: 'A secret plan' }] }));
  const { threadId } = await as('ada').run({ agent: 'private', prompt: 'What is the plan?' });

  for (const who of ['bob', 'reader']) await expect(as(who).api.GET('/v1/threads/{id}', at(threadId))).rejects.toBeInstanceOf(NotFoundError);
  await expect(as('bob').run({ threadId, prompt: 'x' })).rejects.toBeInstanceOf(NotFoundError);
  await expect(as('reader').run({ agent: 'private', prompt: 'x' })).rejects.toMatchObject({ status: 403 });
  const seen = (await as('root').api.GET('/v1/threads/{id}', at(threadId))).data!.data;
  expect(seen.thread.metadataOnly).toBe(true);
  expect(JSON.stringify(seen.events)).not.toContain('secret plan');
  const frames = await watch('root', threadId, '&after=0');
  await until('metadata came', () => durable(frames).length === 4);
  expect(JSON.stringify(frames)).not.toContain('secret plan');
  const all = (await as('root').api.GET('/v1/threads', { params: { query: { all: 'true' as never } } })).data!.data.threads;
  expect(all.find(({ id }) => id === threadId)).toMatchObject({ ownerUserId: 'key:ada', metadataOnly: true });
}, 60_000);

it('is compacted, exported, deleted and imported again, by the command line', async () => {
  await everthread('ada', 'conversations', 'agent', JSON.stringify(agent('keeper')));
  const { threadId } = JSON.parse(await everthread('ada', 'conversations', 'run', 'Remember this', '--agent', 'keeper', '--json')) as { threadId: string };
  expect(await everthread('ada', 'conversations', 'compact', threadId)).toBe(`${threadId} is being compacted`);
  await until('it is compacted', async () => (await eventsOf('ada', threadId)).some(({ type }) => type === 'compaction_completed'));
  const lines = await everthread('ada', 'threads', 'export', threadId);
  const events = await eventsOf('ada', threadId);
  expect(lines.split('\n').map((line) => JSON.parse(line) as object)).toEqual(events);
  expect(await everthread('ada', 'conversations', 'events', threadId)).toBe(lines);
  expect(await everthread('ada', 'conversations', 'list')).toContain(threadId);

  expect(await everthread('ada', 'conversations', 'delete', threadId)).toBe(`${threadId} is deleted`);
  await expect(as('ada').api.GET('/v1/threads/{id}', at(threadId))).rejects.toBeInstanceOf(NotFoundError);
  const file = join(mkdtempSync(join(process.env['EVERTHREAD_TEST_RUN'] ?? tmpdir(), 'lines-')), 'thread.jsonl');
  writeFileSync(file, lines);
  const made = await everthread('ada', 'threads', 'import', file, '--agent', 'keeper', '--title', 'Back');
  const again = await eventsOf('ada', made);
  // The id of a thread that was deleted stays taken.
  expect(made).not.toBe(threadId);
  expect(again.map(({ type, payload }) => [type, payload])).toEqual(events.map(({ type, payload }) => [type, payload]));
  expect(await as('ada').run({ threadId: made, prompt: 'Go on' })).toMatchObject({ status: 'completed', result: 'keeper has answered' });
}, 90_000);

it('follows a thread with the client over a restart of the API, with nothing missing and nothing twice', async () => {
  await as('ada').agent(agent('mac2', { executionMode: 'local-mac', targetDeviceId: 'mac-1', script: null, model: null }));
  const { threadId, runId, rolloutId } = await as('ada').run({ agent: 'mac2', prompt: 'Do it here' });
  const seen: number[] = [];
  const over = new AbortController();
  const following = (async () => {
    for await (const { type, sequence } of as('ada').follow(threadId, { after: 0, signal: over.signal }))
      if (type !== 'snapshot' && sequence !== undefined) seen.push(sequence);
  })();
  const append = (text: string) =>
    as('ada').api.POST('/v1/threads/{id}/events', { ...at(threadId), body: { runId, rolloutId, events: [{ type: 'assistant_message', payload: { text } }] } });
  await append('before');
  await until('it was seen', () => seen.length === 3);
  await world.kill('api', 'SIGKILL');
  await world.start('api');
  await eventually('the API is there', () =>
    append('after').then(
      () => true,
      () => false,
    ),
  );
  await until('what came after was seen', () => seen.length === 4);
  over.abort();
  await following;

  expect(seen).toEqual([1, 2, 3, 4]);
}, 90_000);
