/** API and worker are killed in the middle of a thread: clients that go on by sequence miss nothing and hear nothing twice, runs end once, a compaction happens once, a publisher goes on. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket, type RawData } from 'ws';
import { until } from '../support/eventually';
import { startWorld, type World } from '../support/world';

interface Told {
  readonly sequence: number;
  readonly type: string;
  readonly runId: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
}

let world: World;
beforeAll(async () => {
  const workspace = mkdtempSync(join(process.env['EVERTHREAD_TEST_RUN'] ?? tmpdir(), 'threads-'));
  world = await startWorld({ roles: ['api', 'worker'], env: { EVERTHREAD_WORKSPACE: workspace } });
}, 180_000);
afterAll(() => world.stop(), 60_000);

async function ask<T>(path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST'): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${world.apiUrl}${path}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { readonly data: T }).data;
}
/** While the API is away, somebody asks again. */
const patiently = <T>(path: string, body?: unknown): Promise<T> => until(`${path} answers`, () => ask<T>(path, body).catch(() => null), 60_000) as Promise<T>;

/** Begins a run and does not wait for it: the stream of its answer is left. */
async function begin(body: object): Promise<{ readonly threadId: string; readonly runId: string }> {
  const leaving = new AbortController();
  const answer = await fetch(`${world.apiUrl}/v1/run`, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal: leaving.signal },
  });
  const [runId, threadId] = [answer.headers.get('x-run-id'), answer.headers.get('x-thread-id')];
  if (!answer.ok || !runId || !threadId) throw new Error(`POST /v1/run: ${answer.status} ${await answer.text()}`);
  leaving.abort();
  return { runId, threadId };
}

const eventsOf = async (threadId: string): Promise<readonly Told[]> =>
  (await patiently<{ readonly events: readonly Told[] }>(`/v1/threads/${threadId}/events?include=all_rollouts&limit=500`)).events;
const statusOf = async (threadId: string): Promise<string> =>
  (await patiently<{ readonly thread: { readonly status: string } }>(`/v1/threads/${threadId}`)).thread.status;

/** A client that goes on after the last sequence it has, whenever its connection ends. */
function client(threadId: string) {
  const heard: Told[] = [];
  const state = { over: false, connections: 0, socket: null as WebSocket | null };
  const done = (async () => {
    while (!state.over) {
      const socket = new WebSocket(`${world.apiUrl.replace('http', 'ws')}/v1/threads/${threadId}/events?after=${heard.at(-1)?.sequence ?? 0}`);
      state.socket = socket;
      socket.on('open', () => (state.connections += 1));
      socket.on('error', () => undefined);
      socket.on('message', (data: RawData) => {
        const frame = JSON.parse(String(data)) as Told;
        if (frame.type !== 'snapshot' && frame.sequence !== undefined) heard.push(frame);
      });
      await new Promise((resolve) => socket.once('close', resolve));
      await delay(50);
    }
  })();
  return {
    heard,
    connections: () => state.connections,
    async stop(): Promise<void> {
      state.over = true;
      state.socket?.terminate();
      await done;
    },
  };
}

const numbers = (events: readonly Told[]): readonly number[] => events.map(({ sequence }) => sequence);

it('a run whose API and worker are killed in mid-stream is told to its clients once, in one sequence, to its end', async () => {
  const steps = Array.from({ length: 8 }, (_, n) => ({ intents: [{ tool: 'kv_set', args: { key: `k${n}`, value: n } }], delay_ms: 400 }));
  await ask('/v1/agents', { slug: 'steps', name: 'steps', model: 'scripted', tools: ['kv_set'], script: [...steps, { final_answer: 'all is done' }] });
  const { threadId, runId } = await begin({ agent: 'steps', prompt: 'go' });
  const second = await begin({ threadId, agent: 'steps', prompt: 'again', whenBusy: 'queue' });
  const clients = [client(threadId), client(threadId)];
  await until('both hear', () => clients.every(({ heard }) => heard.length > 2), 30_000);
  for (let n = 0; n < 2; n++) {
    await Promise.all([world.kill('worker'), world.kill('api')]);
    await Promise.all([world.start('worker'), world.start('api')]);
    await delay(700);
  }
  await until('the thread rests', async () => (await statusOf(threadId)) === 'idle', 120_000);
  const events = await eventsOf(threadId);
  await until('everybody has heard everything', () => clients.every(({ heard }) => heard.at(-1)?.sequence === events.at(-1)?.sequence), 30_000);

  expect(numbers(events)).toEqual(events.map((_event, at) => at + 1));
  for (const { heard, connections } of clients) {
    expect(heard).toEqual(events);
    expect(connections()).toBeGreaterThan(1);
  }
  const ofRun = events.filter((event) => event.runId === runId);
  expect(ofRun.filter(({ type }) => type === 'tool_call')).toHaveLength(8);
  expect(ofRun.filter(({ type }) => type === 'tool_result').map(({ payload }) => payload['status'])).toEqual(Array(8).fill('done'));
  expect(ofRun.slice(-2)).toMatchObject([
    { type: 'assistant_message', payload: { text: 'all is done' } },
    { type: 'run_completed', payload: { status: 'completed' } },
  ]);
  expect(events.at(-1)).toMatchObject({ runId: second.runId, type: 'run_completed', payload: { status: 'completed' } });
  await Promise.all(clients.map((one) => one.stop()));
}, 240_000);

it('a publisher goes on when the API was killed, and its end frees the thread', async () => {
  await ask('/v1/agents', { slug: 'mac', name: 'mac', executionMode: 'local-mac', targetDeviceId: 'mac-1' });
  const { threadId, runId, rolloutId } = await ask<{ threadId: string; runId: string; rolloutId: string }>('/v1/run', {
    agent: 'mac',
    prompt: 'here',
    stream: false,
  });
  const watching = client(threadId);
  const publish = (type: string, payload: object) =>
    patiently<{ sequence: number }>(`/v1/threads/${threadId}/events`, { runId, rolloutId, events: [{ type, payload }] });
  await publish('assistant_message', { text: 'one' });
  await Promise.all([world.kill('worker'), world.kill('api')]);
  await Promise.all([world.start('worker'), world.start('api')]);
  await publish('assistant_message', { text: 'two' });
  // The actor hears of the end only when a worker is there again.
  await world.kill('worker');
  await publish('run_completed', { status: 'completed' });
  await world.start('worker');

  await until('the thread is free', async () => (await statusOf(threadId)) === 'idle', 60_000);
  const events = await eventsOf(threadId);
  await until('everything was heard', () => watching.heard.at(-1)?.sequence === events.at(-1)?.sequence, 30_000);
  expect(watching.heard).toEqual(events);
  expect(events.map(({ type }) => type)).toEqual(['run_started', 'user_message', 'assistant_message', 'assistant_message', 'run_completed']);
  await watching.stop();
}, 180_000);
