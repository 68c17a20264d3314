/**
 * Executions of agents that answer at once, while the processes that carry them are killed with SIGKILL. Their ends may be in the journal before they are in history: what must hold is
 * that nobody is asked twice for one task, and that journal, row and Temporal tell one end of each.
 */
import { randomInt } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { executionAddress } from '../../src/contracts/execution/commands';
import { endsExecution } from '../../src/contracts/execution/events';
import type { ExecutionOutcome } from '../../src/contracts/execution/start';
import { until } from '../support/eventually';
import { random } from '../support/random';
import { startWorld, type World } from '../support/world';

/** `EVERTHREAD_FAULT_SEED=<seed>` kills at the same moments again. */
const seed = Number(process.env['EVERTHREAD_FAULT_SEED'] ?? randomInt(1_000_000));
const EXECUTIONS = 60;
/** One after the other; each is started again at once. */
const KILLED = ['worker', 'postgres', 'worker', 'api'] as const;

const folder = mkdtempSync(join(process.env['EVERTHREAD_TEST_RUN'] ?? tmpdir(), 'e-'));
const notes = join(folder, 'notes');
const MODULE = `
const { appendFileSync } = require('node:fs');
exports.capabilities = ['vote'];
exports.perform = ({ taskId }) => {
  appendFileSync(${JSON.stringify(notes)}, taskId + '\\n');
  return { result: { category: 'technology' }, confidence: 0.9 };
};
`;
const DEFINITION = `name: votes
version: 1.0.0
input: { n: number }
agents: { capabilities: [vote], min: 3, max: 3, taskTimeout: 5000 }
aggregation: { strategy: voting, field: category, method: majority }
output: $vote.result
`;

let world: World;
beforeAll(async () => {
  process.stderr.write(`EVERTHREAD_FAULT_SEED=${seed}\n`);
  const modules = join(folder, 'modules');
  mkdirSync(modules);
  writeFileSync(notes, '');
  for (const name of ['ada', 'ben', 'cyd', 'dan', 'eve', 'fay']) writeFileSync(join(modules, `${name}.js`), MODULE);
  world = await startWorld({ roles: ['api', 'worker'], ownPostgres: true, env: { EVERTHREAD_AGENTS_DIR: modules, EVERTHREAD_RATE_LIMIT_READ: '0' } });
}, 240_000);
afterAll(() => world.stop(), 60_000);

/** Null while nobody answers. */
async function call(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: any } | null> {
  const init = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
  const response = await fetch(`${world.apiUrl}/api${path}`, { method, ...init }).catch(() => null);
  const text = await response?.text().catch(() => null);
  return response && typeof text === 'string' ? { status: response.status, body: text === '' ? null : JSON.parse(text) } : null;
}

const asked = (): readonly string[] => readFileSync(notes, 'utf8').split('\n').filter(Boolean);

it('nobody is asked twice for one task, and each execution has one end, whatever is killed meanwhile', async () => {
  await until(
    'the pattern is there',
    async () => (await call('POST', '/patterns', { name: 'votes', version: '1.0.0', definition: DEFINITION }))?.status === 201,
  );
  const chance = random(seed);
  const started = new Set<string>();
  const starting = (async () => {
    for (let n = 0; n < EXECUTIONS; n++) {
      const answer = await call('POST', '/patterns/votes/execute?async=true', { input: { n } });
      if (answer?.status === 202) started.add(answer.body.executionId as string);
      await delay(chance.below(100));
    }
  })();
  for (const part of KILLED) {
    const before = asked().length;
    await until('agents are asked', () => asked().length > before + 3 || started.size >= EXECUTIONS - 5, 60_000);
    await delay(chance.below(200));
    await world.kill(part);
    await world.start(part);
  }
  await starting;

  const ended = async (id: string) => {
    const answer = await call('GET', `/executions/${id}`);
    return answer?.status === 200 && ['completed', 'failed'].includes(answer.body.status as string) ? answer.body : null;
  };
  expect(started.size).toBeGreaterThan(EXECUTIONS / 4);
  for (const id of started) {
    const row = await until(`the end of ${id}`, () => ended(id), 120_000);
    const events = (await until(`the events of ${id}`, () => call('GET', `/executions/${id}/events?limit=200`)))?.body.events as {
      seq: number;
      type: string;
    }[];
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1));
    expect(events.filter(({ type }) => endsExecution(type)).map(({ type }) => type)).toEqual([row.status]);
    const outcome = (await world.temporal.workflow.getHandle(executionAddress('default', id)).result()) as ExecutionOutcome;
    expect([outcome.status, outcome.confidence]).toEqual([row.status, row.confidence ?? null]);
  }
  expect(new Set(asked()).size).toBe(asked().length);
}, 420_000);
