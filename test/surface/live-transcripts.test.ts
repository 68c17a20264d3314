/**
 * The peer's own requests (digest §11), as they were, against a whole real system: every member of its answers must be in ours, with the same value; what is otherwise stands in
 * ./transcripts/run-differences.ts.
 */
import { until } from '../support/eventually';
import { startWorld, type World } from '../support/world';
import { DIFFERENCES } from './transcripts/run-differences';
import type { Exchange } from './transcripts/exchange';
import { MOCK_RUN, REFUSALS, SERVER, SKILLS_AND_ACTIONS } from './transcripts/runs';

let world: World;
const run = { id: '', trajectory: '' };
beforeAll(async () => void (world = await startWorld({ roles: ['api', 'worker'] })), 180_000);
afterAll(() => world.stop());

interface Answer {
  readonly status: number;
  readonly body: any;
}

async function ask({ request: [method, path, body, headers] }: Exchange): Promise<Answer> {
  const address = path.replace('{run}', run.id).replace('{trajectory}', run.trajectory);
  const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const response = await fetch(`${world.apiUrl}${address}`, { method, ...sent, headers: { ...type, ...headers } });
  const text = await response.text();
  const answer = { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  if (typeof answer.body?.run_id === 'string' && method === 'POST') run.id = answer.body.run_id;
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
  const expected = differs?.body ?? exchange.peer.body;

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

it('has a reason for every difference, and no difference that there is not', () => {
  expect(Object.values(DIFFERENCES).filter(({ why }) => why === '')).toEqual([]);
  expect(Object.keys(DIFFERENCES).filter((id) => !used.has(id))).toEqual([]);
});
