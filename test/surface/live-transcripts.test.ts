/**
 * The peer's own requests (digest §11), as they were, against a whole real system: every member of its answers must be in ours, with the same value; what is otherwise stands in
 * ./transcripts/run-differences.ts.
 */
import { until } from '../support/eventually';
import { startScriptedChat } from '../support/scripted-chat-server';
import { startWorld, type World } from '../support/world';
import { openStream } from './serve';
import { asking, FAILURES, KV_RUN, KV_TITLES, MODELS, NOWHERE, SKILLED_RUN } from './transcripts/model-runs';
import { DIFFERENCES } from './transcripts/run-differences';
import type { Exchange } from './transcripts/exchange';
import { MOCK_RUN, REFUSALS, SERVER, SKILL, SKILLS_AND_ACTIONS } from './transcripts/runs';

let world: World;
let models: Awaited<ReturnType<typeof startScriptedChat>>;
const run = { id: '', trajectory: '', commit: '' };
beforeAll(async () => {
  models = await startScriptedChat(MODELS);
  world = await startWorld({ roles: ['api', 'worker'], env: { EVERTHREAD_MODEL_BASE_URLS: `${models.url},${NOWHERE}` } });
}, 180_000);
afterAll(async () => {
  await world.stop();
  await models.close();
});

interface Answer {
  readonly status: number;
  readonly body: any;
}

async function ask({ request: [method, path, body, headers] }: Exchange): Promise<Answer> {
  const filled = (text: string): string =>
    text.replace('{run}', run.id).replace('{trajectory}', run.trajectory).replace('{commit}', run.commit).replace('{url}', models.url);
  const address = filled(path);
  const sent = body === undefined ? {} : { body: filled(typeof body === 'string' ? body : JSON.stringify(body)) };
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  const response = await fetch(`${world.apiUrl}${address}`, { method, ...sent, headers: { ...type, ...headers } });
  const text = await response.text();
  const answer = { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  if (typeof answer.body?.run_id === 'string' && path === '/runs' && method === 'POST') run.id = answer.body.run_id;
  if (typeof answer.body?.trajectory_id === 'string') run.trajectory = answer.body.trajectory_id;
  return answer;
}

async function answered(exchange: Exchange): Promise<Answer> {
  if (exchange.whenEnded) await until('the run has ended', async () => (await ask(exchange)).body?.status !== 'running', 20_000);
  return ask(exchange);
}

const used = new Set<string>();

async function same(exchange: Exchange): Promise<void> {
  const differs = DIFFERENCES[exchange.id];
  if (differs) used.add(exchange.id);
  const { status, body } = await answered(exchange);
  const expected = (differs?.body ?? exchange.peer.body) as object | undefined;

  expect({ id: exchange.id, status, error: status >= 400 ? body : undefined }).toMatchObject({
    id: exchange.id,
    status: differs?.status ?? exchange.peer.status,
  });
  if (expected !== undefined) expect(body).toMatchObject(expected);
  // The peer says some of its errors as text, or not at all.
  if (status >= 400) expect(body).toMatchObject({ error: expect.any(String), code: expect.any(String) });
}

const named = (exchanges: readonly Exchange[]) => exchanges.map((exchange) => [exchange.id, exchange] as const);

describe('the server', () => {
  beforeAll(() => until('a worker has said which tools it has', async () => (await ask(SERVER[2]!)).body.count === 13, 20_000));
  it.each(named(SERVER))('%s', (_id, exchange) => same(exchange));
});
// In their order: each asks of the run that the first began.
describe('a run of the mock', () => {
  it.each(named(MOCK_RUN))('%s', (_id, exchange) => same(exchange));
});
describe('what is refused', () => {
  it.each(named(REFUSALS))('%s', (_id, exchange) => same(exchange));
});
describe('skills, search, routed actions and writs', () => {
  it.each(named(SKILLS_AND_ACTIONS))('%s', (_id, exchange) => same(exchange));
});

const get = async (path: string) => (await ask({ id: path, request: ['GET', path], peer: { status: 200 } })).body;
/** What is read of a run; the streams are in a test of their own. */
const READS = ['', '/execution', '/world', '/world/at?seq=0', '/replay', '/anchor', '/delegations', '/routing-outcomes', '/approvals'];
async function readAll(id: string): Promise<void> {
  const paths = [...READS.map((path) => `/runs/${id}${path}`), ...['', '/count'].map((path) => `/audit/entries${path}?run_id=${id}`)];
  for (const path of paths) {
    const { status, body } = await ask({ id: path, request: ['GET', path], peer: { status: 200 } });
    expect({ path, status, error: body.error }).toEqual({ path, status: 200, error: undefined });
  }
  expect((await get(`/runs/${id}/replay`)).verdict).toEqual({ status: 'ok' });
}
const messagesOf = async (path: string): Promise<readonly any[]> => {
  const stream = await openStream(`${world.apiUrl}${path}`);
  const seen: any[] = [];
  for (let next = await stream.message(); next; next = await stream.message()) seen.push(next);
  return seen;
};
/** Those of a run that has ended say what there is, and end. */
async function streamsEnd(id: string): Promise<void> {
  const [sessions, entries] = await Promise.all(['execution/stream', 'events', 'stream'].map((path) => messagesOf(`/runs/${id}/${path}`)));
  expect(sessions).toHaveLength(1);
  expect(entries?.map(({ data }) => data.kind)).toEqual((await get(`/audit/entries?run_id=${id}`)).entries.map(({ kind }: { kind: string }) => kind));
}
const start = async (model: string, more: object = {}) => {
  await ask({ id: model, request: ['POST', '/runs', asking(model, `${model} demo`, { max_steps: 5, tool_scopes: ['kv_*'], ...more })], peer: { status: 202 } });
  return run.id;
};

describe('a run of six commits', () => {
  it.each(named(KV_RUN))('%s', async (name, exchange) => {
    if (name === 'kv branch') run.commit = (await get('/audit/entries?run_id={run}&kind=commit')).entries[0].payload.id;
    await same(exchange);
    if (name === 'kv session') expect((await get('/runs/{run}/execution')).log.map(({ title }: { title: string }) => title)).toEqual(KV_TITLES);
  });

  it('puts prefixes on ids, and the seq on commits, in the log', async () => {
    const { log } = await get('/runs/{run}/execution');
    const committed = log.filter(({ title }: { title: string }) => title.startsWith('Result committed'));
    expect(committed.map(({ seq }: { seq: number }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const line of committed)
      expect(line).toMatchObject({
        intent_id: expect.stringMatching(/^intent:/),
        proposal_id: expect.stringMatching(/^proposal:/),
        commit_id: expect.stringMatching(/^commit:/),
      });
  });
});

describe('a run with a skill, and one with a history', () => {
  // What models take counts here: a second for all of it, as in the peer's skill, a busy machine may not have.
  const patient = {
    ...SKILL,
    budget_cap: { ...SKILL.budget_cap, wall_clock_ms: 60_000 },
    params: [{ key: 'strictness', default: 'thorough', values: ['thorough', 'fast'] }],
  };
  beforeAll(() => ask({ id: 'patient', request: ['POST', '/skills', patient], peer: { status: 201 } }));
  it.each(named(SKILLED_RUN))('%s', (_id, exchange) => same(exchange));
});

describe('a run with a slow model', () => {
  it('can be read in every way while it is at work, where the peer says that it has not started', async () => {
    const id = await start('slow');
    await until('the second step has begun', async () => (await get(`/runs/${id}/execution`)).current_step === 2);

    expect(await get(`/runs/${id}`)).toMatchObject({ status: 'running', summary: null, trajectory_id: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await get(`/runs/${id}/execution`)).toMatchObject({
      status: 'running',
      phase: 'intent',
      operator_state: 'Planning step 2',
      tokens_in: 100,
      tokens_out: 20,
    });
    expect((await get(`/runs/${id}/world`)).resources).toHaveLength(1);
    expect((await get(`/audit/entries/count?run_id=${id}`)).count).toBe(2);
    await readAll(id);
    const resumed = await ask({ id: 'resume', request: ['POST', `/runs/${id}/resume`, { task: 'x' }], peer: { status: 409 } });
    expect([resumed.status, resumed.body.code]).toEqual([409, 'run.still_running']);
  });

  it('tells its streams what the peer tells, entries as they are appended, and ends them', async () => {
    const id = await start('slow');
    const [sessions = [], entries = [], words = []] = await Promise.all(
      ['execution/stream', 'events', 'stream'].map((path) => messagesOf(`/runs/${id}/${path}`)),
    );

    expect(sessions.at(-1)).toMatchObject({ event: 'snapshot', data: { status: 'completed', final_answer: 'slow done', tokens_in: 300, tokens_out: 60 } });
    expect(sessions.map(({ data }) => data.operator_state)).toContain('Planning step 3');
    expect(entries.map(({ id: seq, data }) => [seq, data.kind])).toEqual([
      ['0', 'root'],
      ['1', 'commit'],
      ['2', 'commit'],
      ['3', 'final_answer'],
      ['4', 'usage'],
    ]);
    expect(entries[1].data).toMatchObject({
      commit_id: expect.stringMatching(/^commit:/),
      detail: { proposal_id: expect.stringMatching(/^proposal:/), delta_ops: 1, observations: 1 },
    });
    const turns = words.filter(({ event }) => event === 'turn_complete').map(({ data }) => data);
    expect(turns.at(-1)).toEqual({ type: 'turn_complete', intents_count: 0, final_answer: 'slow done' });
    expect(turns.slice(0, -1).every(({ intents_count, final_answer }) => intents_count === 1 && final_answer === null)).toBe(true);
    expect(words.map(({ event }) => event)).toEqual(expect.arrayContaining(['token', 'tool_use_start', 'tool_use_arg_delta', 'tool_use_done']));
  }, 60_000);

  it('tells all of it to streams that come when it is over, however many come at once', async () => {
    const id = await start('kv');
    await until('it has ended', async () => (await get(`/runs/${id}`)).status === 'completed');
    for (let round = 0; round < 10; round++) await Promise.all(Array.from({ length: 5 }, () => streamsEnd(id)));
  }, 60_000);

  it('is cancelled within a second, though its model has not answered, and keeps what it did', async () => {
    const id = await start('stuck');
    await until('the second step has begun', async () => (await get(`/runs/${id}/execution`)).current_step === 2);
    await until('the model was asked', () => models.asked.some(({ model, turn }) => model === 'stuck' && turn === 1));
    const before = Date.now();
    const dropped = until('the call of the model is broken off', () => models.dropped.find(({ model }) => model === 'stuck'));
    const cancelled = await ask({ id: 'cancel', request: ['POST', `/runs/${id}/cancel`], peer: { status: 200 } });
    await until('it is cancelled', async () => (await get(`/runs/${id}`)).status === 'cancelled');

    expect([cancelled.status, cancelled.body]).toEqual([200, { run_id: id, status: 'cancelling' }]);
    expect((await dropped).at - before).toBeLessThan(2_000);
    expect((await get(`/runs/${id}`)).summary).toMatchObject({ steps_executed: 2, intents_submitted: 1, commits: 1, terminated_by: 'Cancelled' });
    expect(await get(`/runs/${id}/execution`)).toMatchObject({ status: 'cancelled', counters: { commits: 1 } });
    expect((await get(`/runs/${id}/world`)).resources).toHaveLength(1);
    await readAll(id);
    await streamsEnd(id);
  }, 60_000);
});

describe('a provider that fails', () => {
  it.each(FAILURES)(
    '$model',
    async ({ model, retries, record, cognition }) => {
      const id = await start(model, { max_steps: 3, ...(cognition && { cognition }) });
      await same(record);
      const { status, operator_state, final_answer, counters, log } = await get(`/runs/${id}/execution`);

      expect({ status, operator_state, counters }).toMatchObject({
        status: 'failed',
        operator_state: 'Runtime stopped on an unrecovered error',
        counters: { steps_started: 1, retries },
      });
      expect(final_answer).toEqual(expect.any(String));
      expect(log.map(({ title }: { title: string }) => title)).toEqual([
        ...['Runtime accepted task', 'Step 1 entered intent phase'],
        ...Array.from({ length: retries }, (_, n) => `Retry ${n + 1} scheduled`),
        'Run failed',
      ]);
      const waits = log.slice(2, -1).map(({ detail }: { detail: string }) => Number(/^Backing off for (\d+) ms\./.exec(detail)?.[1]));
      expect(waits).toEqual([1_000, 2_000, 4_000].slice(0, retries));
      await readAll(id);
      await streamsEnd(id);
    },
    60_000,
  );
});

it('has a reason for every difference, and no difference that there is not', () => {
  expect(Object.values(DIFFERENCES).filter(({ why }) => why === '')).toEqual([]);
  expect(Object.keys(DIFFERENCES).filter((id) => !used.has(id))).toEqual([]);
});
