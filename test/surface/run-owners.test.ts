/** The routes of runs where a run is part of somebody's thread: everything to its owner, that it is there to administrators, nothing to others. */
import type { IncomingMessage } from 'node:http';
import type { Principal } from '../../src/contracts/principal';
import { Fault } from '../../src/errors/fault';
import { RUN_AT, type KeptRun } from './fake-runs';
import { serve, type Served } from './serve';

const person = (subject: string, scopes: readonly string[]): Principal => ({ tenant: 'default', subject, scopes, keyId: null, operator: false });
const PEOPLE: Readonly<Record<string, Principal>> = {
  ada: person('ada', ['runs:read', 'runs:write']),
  bob: person('bob', ['runs:read', 'runs:write']),
  root: person('root', ['admin', 'runs:read', 'runs:write']),
};

let served: Served;
let run: KeptRun;
let id: string;
beforeAll(async () => {
  const authenticate = ({ headers }: IncomingMessage): Principal => {
    const who = PEOPLE[String(headers['x-api-key'])];
    if (!who) throw new Fault('unauthenticated', 'access.no_credentials', 'Send a key.');
    return who;
  };
  served = await serve({ open: null, authenticate });
});
afterAll(() => served.server.close(100));
beforeEach(() => {
  run = served.runs.add({ owner: 'ada', task: 'a private plan' });
  id = run.row.runId;
});

const as = (who: string, method: string, path: string, body?: unknown) => served.call(method, path, body, { 'X-API-Key': who }, '');
const pending = {
  channel: 'ops',
  proposalId: 'a'.repeat(64),
  tool: 'shell',
  reason: 'risky',
  requestedAt: RUN_AT,
  needed: 1,
  approvedBy: [],
  deadlineAt: null,
};

const READS = [
  '',
  '/execution',
  '/execution/stream',
  '/stream',
  '/events',
  '/world',
  '/world/at?seq=0',
  '/replay',
  '/anchor',
  '/delegations',
  '/routing-outcomes',
];
const CONTENT = READS.filter((path) => path !== '');
const WRITES: readonly (readonly [string, unknown])[] = [
  ['/resume', { task: 'go on' }],
  ['/branch', { commit_id: `commit:${'a'.repeat(64)}`, note: 'x' }],
  [`/effects/${'a'.repeat(64)}/resolve`, { outcome: 'done' }],
];

it.each([...READS, '/approvals'])('is not there for others: GET /runs/:id%s', async (path) => {
  const answer = await as('bob', 'GET', `/runs/${id}${path}`);

  expect([answer.status, answer.body]).toMatchObject([404, { code: 'run.not_found' }]);
});

it.each([...WRITES, ['/cancel', {}], ['/approvals/ops', { approve: true }]] as const)('is not there for others: POST /runs/:id%s', async (path, body) => {
  run.approvals.push(pending);

  expect((await as('bob', 'POST', `/runs/${id}${path}`, body)).status).toBe(404);
  expect([run.row.status, run.approvals]).toEqual(['running', [pending]]);
});

it.each(CONTENT)('says nothing of what was said to administrators: GET /runs/:id%s', async (path) => {
  const answer = await as('root', 'GET', `/runs/${id}${path}`);

  expect([answer.status, answer.body]).toMatchObject([403, { code: 'run.owner_only' }]);
});

it.each(WRITES)('is not continued by administrators: POST /runs/:id%s', async (path, body) => {
  expect(await as('root', 'POST', `/runs/${id}${path}`, body)).toMatchObject({ status: 403, body: { code: 'run.owner_only' } });
});

it('is shown to administrators without its words; they answer what it waits for and end it', async () => {
  run.approvals.push(pending);

  expect((await as('root', 'GET', `/runs/${id}`)).body).toMatchObject({ run_id: id, task: '', status: 'running' });
  expect((await as('root', 'GET', '/runs')).body.runs.find(({ run_id }: { run_id: string }) => run_id === id)).toMatchObject({ task: '' });
  expect((await as('root', 'GET', `/runs/${id}/approvals`)).body.approvals).toHaveLength(1);
  expect((await as('root', 'POST', `/runs/${id}/approvals/ops`, { approve: true })).status).toBe(200);
  expect((await as('root', 'POST', `/runs/${id}/cancel`)).status).toBe(200);
  served.runs.end(run, 'completed', 'a private answer');
  expect((await as('root', 'GET', `/runs/${id}`)).body.summary).toMatchObject({ final_answer: null });
});

it('is read, listed, searched and audited by its owner as every run', async () => {
  served.runs.end(run, 'completed', 'a private answer');

  expect((await as('ada', 'GET', `/runs/${id}`)).body).toMatchObject({ task: 'a private plan', summary: { final_answer: 'a private answer' } });
  for (const path of ['/execution', '/world', '/anchor', '/delegations']) expect((await as('ada', 'GET', `/runs/${id}${path}`)).status).toBe(200);
  expect((await as('ada', 'GET', '/search?q=private')).body.count).toBeGreaterThan(0);
  expect((await as('ada', 'GET', `/audit/entries?run_id=${id}`)).body.count).toBeGreaterThan(0);
});

it.each(['bob', 'root'])('stands in no search and no audit of others: %s', async (who) => {
  expect((await as(who, 'GET', '/search?q=private')).body.hits).toEqual([]);
  expect(JSON.stringify((await as(who, 'GET', '/audit/entries')).body)).not.toContain('private');
  for (const path of ['', '/count']) expect((await as(who, 'GET', `/audit/entries${path}?run_id=${id}`)).status).toBe(who === 'bob' ? 404 : 403);
});

it('is not listed to others', async () => {
  const plain = served.runs.add();
  const ids = (await as('bob', 'GET', '/runs')).body.runs.map(({ run_id }: { run_id: string }) => run_id);

  expect(ids).toContain(plain.row.runId);
  expect(ids).not.toContain(id);
});
