/** Clients of others on a whole real system: LangGraph's creates, streams, joins, cancels, is interrupted and resumes; AG-UI's runs an agent and answers it. */
import { HttpAgent, type BaseEvent, type RunFinishedEvent } from '@ag-ui/client';
import { Client } from '@langchain/langgraph-sdk';
import { randomUUID } from 'node:crypto';
import { until } from '../support/eventually';
import { startWorld, type World } from '../support/world';

let world: World;
let client: Client;
beforeAll(async () => {
  world = await startWorld({ roles: ['api', 'worker'], env: { EVERTHREAD_APPROVE_RISK: 'medium' } });
  client = new Client({ apiUrl: `${world.apiUrl}/agent-protocol`, apiKey: null });
  await agent('greeter', { final_answer: 'Good morning.' });
  await agent('slow', { delay_ms: 60_000, final_answer: 'too late' });
  await agent('writer', { intents: [patch('notes.txt')] }, { final_answer: 'Written.' });
}, 180_000);
afterAll(() => world.stop());

const patch = (path: string) => ({ tool: 'fs_patch', args: { path, mode: 'write', content: 'hello\n' } });

/** An agent that says in each run what its script has. */
async function agent(slug: string, ...script: readonly object[]): Promise<void> {
  const body = { slug, name: slug, model: 'scripted', tools: ['*'], script };
  const answer = await fetch(`${world.apiUrl}/v1/agents`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  expect([answer.status, answer.ok ? '' : await answer.text()]).toEqual([expect.any(Number), '']);
}

const says = (content: string) => ({ input: { messages: [{ role: 'user', content }] } });
const textsOf = (values: unknown) => (values as { messages: { type: string; content: string }[] }).messages.map(({ type, content }) => [type, content]);
async function all(stream: AsyncIterable<{ id?: string | undefined; event: string; data: any }>) {
  const heard: { id?: string | undefined; event: string; data: any }[] = [];
  for await (const one of stream) heard.push(one);
  return heard;
}

it('creates a thread, runs in it, streams it and joins it', async () => {
  const { thread_id: threadId } = await client.threads.create({ threadId: randomUUID() });
  const heard = await all(client.runs.stream(threadId, 'greeter', { ...says('Hello'), streamMode: ['values', 'updates'] }));

  const runId = heard[0]?.data.run_id as string;
  expect(textsOf(heard.at(-1)?.data)).toEqual([
    ['human', 'Hello'],
    ['ai', 'Good morning.'],
  ]);
  expect(textsOf(await client.runs.join(threadId, runId))).toEqual(textsOf(heard.at(-1)?.data));
  expect(await client.runs.get(threadId, runId)).toMatchObject({ status: 'success', thread_id: threadId });
  expect(textsOf(await client.runs.wait(threadId, 'greeter', says('And you?')))).toHaveLength(4);
}, 90_000);

it('cancels a run while its model thinks', async () => {
  const { thread_id: threadId } = await client.threads.create();
  const { run_id: runId } = await client.runs.create(threadId, 'slow', says('Take your time'));
  await expect(client.runs.create(threadId, 'greeter', says('Quick'))).rejects.toThrow(/409/);

  await client.runs.cancel(threadId, runId, true);

  expect(await client.runs.get(threadId, runId)).toMatchObject({ status: 'interrupted' });
  expect(textsOf(await client.runs.wait(threadId, 'greeter', says('Quick'))).at(-1)).toEqual(['ai', 'Good morning.']);
}, 90_000);

it.each([
  ['approves', { type: 'approve' }, 'success'],
  ['denies', { type: 'reject', message: 'not now' }, 'error'],
])(
  'is interrupted by a tool that may act only when a person %s, and resumes the same run',
  async (_name, decision, result) => {
    const { thread_id: threadId } = await client.threads.create();
    const asked = (await all(client.runs.stream(threadId, 'writer', { ...says('Write it down'), streamMode: 'values' }))).at(-1)?.data;
    expect(asked.__interrupt__).toMatchObject([{ value: { action_requests: [{ name: 'fs_patch', args: { path: 'notes.txt' } }] } }]);
    expect(await client.threads.get(threadId)).toMatchObject({ status: 'interrupted' });

    const heard = await all(client.runs.stream(threadId, 'writer', { command: { resume: { decisions: [decision] } }, streamMode: 'values' }));

    const { messages } = heard.at(-1)?.data as { messages: { type: string; content: string; status?: string }[] };
    expect(messages.find(({ type }) => type === 'tool')).toMatchObject({ status: result });
    expect(messages.at(-1)).toMatchObject({ type: 'ai', content: 'Written.' });
    expect((await client.runs.list(threadId)).map(({ status }) => status)).toEqual(['success']);
    expect((await client.threads.getState(threadId)).next).toEqual([]);
  },
  90_000,
);

it('comes back to a stream that a killed API broke off, with nothing missing and nothing twice', async () => {
  await agent('worker-bee', ...Array.from({ length: 5 }, (_, n) => ({ delay_ms: 700, intents: [{ tool: 'kv_set', args: { key: `k${n}`, value: n } }] })), {
    final_answer: 'All set.',
  });
  const { thread_id: threadId } = await client.threads.create();
  let killed: Promise<unknown> | null = null;
  const updates: string[] = [];
  for await (const { event, data } of client.runs.stream(threadId, 'worker-bee', { ...says('Set five'), streamMode: 'updates' })) {
    if (event !== 'updates') continue;
    for (const { messages } of Object.values(data as unknown as Record<string, { messages: { id: string }[] }>)) updates.push(...messages.map(({ id }) => id));
    killed ??= world.restart('api');
  }
  await killed;

  const kept = (await client.threads.getState(threadId)).values as { messages: { id: string; type: string }[] };
  expect(updates).toEqual(kept.messages.filter(({ type }) => type !== 'human').map(({ id }) => id));
  expect(updates).toHaveLength(11);
}, 120_000);

it('runs an agent over AG-UI, which asks, is answered and goes on', async () => {
  const http = new HttpAgent({
    ...{ url: `${world.apiUrl}/ag-ui/agents/writer`, threadId: randomUUID() },
    initialMessages: [{ id: 'm1', role: 'user', content: 'Write it down' }],
  });
  const run = async (parameters: Parameters<HttpAgent['runAgent']>[0] = {}): Promise<BaseEvent[]> => {
    const events: BaseEvent[] = [];
    await http.runAgent(parameters, { onEvent: ({ event }) => void events.push(event) });
    return events;
  };
  const { outcome } = (await run()).at(-1) as RunFinishedEvent;
  const [interrupt] = outcome?.type === 'interrupt' ? outcome.interrupts : [];
  expect(interrupt).toMatchObject({ metadata: { tool: 'fs_patch' } });

  const after = await run({ resume: [{ interruptId: interrupt!.id, status: 'resolved', payload: { approved: true } }] });

  expect(after.at(-1)).toMatchObject({ type: 'RUN_FINISHED', outcome: { type: 'success' }, result: 'Written.' });
  // It is the same thread for every client.
  const seen = await until('the thread', () => client.threads.get(http.threadId), 5_000);
  expect(textsOf(seen.values).at(-1)).toEqual(['ai', 'Written.']);
}, 90_000);
