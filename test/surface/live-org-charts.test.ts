/** Both example org charts on a whole real system: real terminals with the scripted agent, commands in real checkouts, a person over HTTP, a worker that is killed, a cancel. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, until } from '../support/eventually';
import { FakeForge } from '../support/fake-forge';
import { Http } from '../support/http';
import { git, makeRepository } from '../support/repositories';
import type { SeenEvent } from '../support/threads';
import { startWorld, type World } from '../support/world';

const EXAMPLES = join(__dirname, '..', '..', 'examples', 'org-charts');
const TEST = "require('node:test')('adds', () => require('node:assert').equal(1 + 1, 2));\n";

let world: World;
let http: Http;
const home = mkdtempSync(join(tmpdir(), 'live-org-charts-'));

const forge = new FakeForge();

beforeAll(async () => {
  await forge.start();
  world = await startWorld({ env: { HOME: home, EVERTHREAD_SYNC_WAIT_MS: '1000', EVERTHREAD_FORGE_URL: forge.url, EVERTHREAD_FORGE_TOKEN: 'secret' } });
  http = new Http(world);
  for (const file of ['feature-team.yaml', 'verified-change.yaml']) {
    const pushed = await http.post('/patterns', { definition: readFileSync(join(EXAMPLES, file), 'utf8') });
    expect(pushed.status).toBe(201);
  }
}, 120_000);
afterAll(async () => {
  await world.stop();
  await forge.stop();
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

describe('a chart whose roles are shells, which do what they are told', () => {
  const subjects = (at: string, ref: string): Promise<string> => git(at, 'log', '--format=%s', ref);
  const chart = (name: string, workspace: string): string => `name: ${name}
version: 1.0.0
structure:
  roles:
    engineer: { agentType: shell, threadConfig: { objective: 'true', workspace: { inherit: true } } }
workflow:
  input: { repo: string, fork: { type: string, required: false }, commands: string }
  steps: [{ type: assign, role: engineer, task: '\${input.commands}' }]
workspace: ${workspace}
`;
  const commit = 'git -c user.name=Ada -c user.email=ada@example.invalid commit --quiet --allow-empty -m done';

  /** A bare repository of the owner `acme`, and one of `robot` that was forked from it. */
  async function repositories(name: string): Promise<{ readonly repo: string; readonly fork: string }> {
    const [source, repo, fork] = [join(home, 'sources', name), join(home, 'acme', `${name}.git`), join(home, 'robot', `${name}.git`)];
    await makeRepository(source, { 'README.md': '# It' });
    for (const at of [repo, fork]) await git(source, 'clone', '--quiet', '--bare', source, at);
    return { repo, fork };
  }

  it('opens a pull request for what was committed and pushed to the fork', async () => {
    const { repo, fork } = await repositories('widgets');
    await http.post('/patterns', {
      definition: chart('to-a-fork', "{ branchStrategy: fork, fork: '${input.fork}', createPr: true, pr: { labels: [robot] } }"),
    });
    const { ended, of } = await begin('to-a-fork', { repo, fork, commands: commit });

    expect(await ended()).toMatchObject({ status: 'completed' });
    const [made] = await of('workspace_pr_created');
    expect(made).toMatchObject({ role: 'engineer', prNumber: 1, prUrl: `${forge.url}/acme/widgets/pull/1`, existed: false });
    expect(forge.of('acme/widgets')).toMatchObject([
      { head: `robot:${String(made?.['branch'])}`, base: 'main', title: 'to-a-fork: engineer', labels: ['robot'] },
    ]);
    expect(await subjects(fork, String(made?.['branch']))).toBe('done\nBegin');
    expect(await git(repo, 'for-each-ref', '--format=%(refname:short)')).toBe('main');
  }, 180_000);

  it('works on the base branch itself', async () => {
    const { repo } = await repositories('direct');
    await http.post('/patterns', { definition: chart('to-the-base', '{ baseBranch: main, branchStrategy: direct }') });
    const { ended } = await begin('to-the-base', { repo, commands: `${commit} && git push --quiet && echo pushed` });

    expect(await ended()).toMatchObject({ status: 'completed', result: { summary: expect.stringContaining('pushed') } });
    expect([await subjects(repo, 'main'), await git(repo, 'for-each-ref', '--format=%(refname:short)')]).toEqual(['done\nBegin', 'main']);
  }, 180_000);
});
