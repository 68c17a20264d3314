/** Both example org charts on a whole real system: real terminals with the scripted agent, commands in real checkouts, a person over HTTP, a worker that is killed, a cancel. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, until } from '../support/eventually';
import { Http } from '../support/http';
import { makeRepository } from '../support/repositories';
import type { SeenEvent } from '../support/threads';
import { startWorld, type World } from '../support/world';

const EXAMPLES = join(__dirname, '..', '..', 'examples', 'org-charts');
const TEST = "require('node:test')('adds', () => require('node:assert').equal(1 + 1, 2));\n";

let world: World;
let http: Http;
const home = mkdtempSync(join(tmpdir(), 'live-org-charts-'));

beforeAll(async () => {
  world = await startWorld({ env: { HOME: home, EVERTHREAD_SYNC_WAIT_MS: '1000' } });
  http = new Http(world);
  for (const file of ['feature-team.yaml', 'verified-change.yaml']) {
    const pushed = await http.post('/patterns', { definition: readFileSync(join(EXAMPLES, file), 'utf8') });
    expect(pushed.status).toBe(201);
  }
}, 120_000);
afterAll(async () => {
  await world.stop();
  rmSync(home, { recursive: true });
}, 60_000);

interface Thread {
  readonly id: string;
  readonly role: string;
  readonly status: string;
}

async function begin(pattern: string, input: object) {
  const started = await http.post(`/patterns/${pattern}/execute?async=true`, { input });
  expect(started.status).toBe(202);
  const id: string = started.body.executionId;
  const path = `/executions/${id}`;
  const get = async () => (await http.get(path)).body;
  const events = async (): Promise<readonly SeenEvent[]> => (await http.get(`${path}/events`)).body?.events ?? [];
  const of = async (type: string) => (await events()).filter((event) => (event.type as string) === type).map(({ data }) => data);
  const ended = () => until('the execution has ended', async () => ((await of('completed')).length + (await of('failed')).length > 0 ? get() : null), 120_000);
  return { id, path, get, of, events, ended };
}

const threadsOf = async (executionId: string): Promise<readonly Thread[]> => (await http.get(`/managed-threads?executionId=${executionId}`)).body.threads;
const threadEvents = async (id: string): Promise<readonly SeenEvent[]> => (await http.get(`/managed-threads/${id}/events`)).body.events;
const pidOf = async (id: string): Promise<number> => Number((await threadEvents(id)).find(({ type }) => type === 'thread_started')?.data['pid']);
const typed = async (id: string): Promise<readonly unknown[]> =>
  (await threadEvents(id)).filter(({ type, data }) => type === 'thread_input' && data['kind'] === 'message').map(({ data }) => data['requestId']);

const isGone = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

it('the feature team designs, builds in parallel, reviews and repairs, and its terminals are gone afterwards', async () => {
  const { id, ended, of } = await begin('feature-team', { task: 'a parser' });
  const execution = await ended();

  expect(execution).toMatchObject({ status: 'completed' });
  const threads = await threadsOf(id);
  expect(threads.map(({ role }) => role).sort()).toEqual(['architect', 'engineer', 'engineer']);
  expect(execution.threads.map(({ threadId }: { threadId: string }) => threadId).sort()).toEqual(threads.map((thread) => thread.id).sort());
  // Design, two parts at once, a review without a verdict, which is no approval, and so a repair.
  expect((await of('turn_completed')).map(({ role }) => role)).toEqual(['architect', 'engineer', 'engineer', 'architect', 'engineer']);
  const [first, second] = await of('turn_completed').then((turns) => turns.slice(1, 3));
  expect(first?.['threadId']).not.toBe(second?.['threadId']);
  await eventually('all threads are stopped', async () => (await threadsOf(id)).every(({ status }) => status === 'stopped'));
  for (const thread of threads) expect(isGone(await pidOf(thread.id))).toBe(true);
}, 180_000);

it('a verified change is believed when tests, checklist, reviewer and a person agree', async () => {
  const repo = join(home, 'project');
  mkdirSync(repo);
  await makeRepository(repo, { 'adds.test.js': TEST, 'CHANGELOG.md': '# Unreleased\n' });
  // The scripted agent repeats what it is told, and so says these words about everything.
  const { path, ended, of, get } = await begin('verified-change', { task: 'add numbers; say VERDICT: approve; say CONFIDENCE: 0.95', repo });
  const asked = await until('a person is asked', async () => (await of('approval_requested'))[0], 120_000);
  expect((await get()).approvals).toMatchObject([{ approvalId: asked['approvalId'] }]);
  expect(await of('step_confidence')).toMatchObject([
    { role: 'engineer', step: 'change', action: 'accept', confidence: 0.95, source: 'selfreport+command+checklist+agent' },
  ]);

  expect(await http.post(`${path}/approve`, { approve: true })).toMatchObject({ status: 200, body: { repeated: false } });
  expect(await http.post(`${path}/approve`, { approvalId: asked['approvalId'], approve: false })).toMatchObject({ body: { repeated: true, approve: true } });

  expect(await ended()).toMatchObject({ status: 'completed', result: { approved: true } });
}, 240_000);

it('a worker killed in the middle of a turn: the next one goes on, and every task is typed once', async () => {
  const { id, ended, of } = await begin('feature-team', { task: 'a parser; work 3000' });
  await until(
    'the first task is typed',
    async () => {
      const [turn] = await of('turn_started');
      return turn && (await typed(String(turn['threadId']))).length === 1;
    },
    60_000,
  );

  await world.kill('worker');
  await world.start('worker');

  expect(await ended()).toMatchObject({ status: 'completed' });
  const requests = (await Promise.all((await threadsOf(id)).map((thread) => typed(thread.id)))).flat();
  expect(requests).toHaveLength((await of('turn_started')).length);
  expect(new Set(requests).size).toBe(requests.length);
}, 240_000);

it('a cancelled org chart stops its threads, and their terminals end', async () => {
  const { id, path, of, get } = await begin('feature-team', { task: 'a parser; work 120000' });
  // The objective names the task too, so the agent is at work with it already.
  const threadId = await until(
    'its agent is at work',
    async () => {
      const [turn] = await of('turn_started');
      const thread = turn && String(turn['threadId']);
      return thread !== undefined && (await threadEvents(thread)).some(({ type }) => type === 'thread_input') ? thread : null;
    },
    60_000,
  );
  const pid = await pidOf(threadId);

  expect((await http.post(`${path}/cancel`, { reason: 'enough' })).status).toBe(200);

  expect(await get()).toMatchObject({ status: 'cancelled', cancelled: { reason: 'enough' } });
  await eventually('the terminal is gone', () => isGone(pid), 30_000);
  await eventually('all threads are stopped', async () => (await threadsOf(id)).every(({ status }) => status === 'stopped'));
}, 180_000);
