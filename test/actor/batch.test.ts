/** Batches on a real Temporal server, with agents that exist only here. */
import type { Client, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import { batchAddress, itemExecutionId, type BatchStart } from '../../src/contracts/execution/batch';
import { cancel, executionAddress } from '../../src/contracts/execution/commands';
import type { Json } from '../../src/contracts/pattern/json';
import { Fault } from '../../src/errors/fault';
import { Doors } from '../../src/gateway/doors';
import { startActorWorld, type ActorWorld } from '../support/actor-world';
import { until } from '../support/eventually';
import { FakeStores } from '../support/execution-starts';
import { FakeAgents, silent } from '../support/fake-agents';
import { planOf } from '../support/pattern-plans';
import { recordHistories } from '../support/record-histories';

let world: ActorWorld;
let client: Client;
let agents: FakeAgents;
let stores: FakeStores;
const begun: WorkflowHandleWithFirstExecutionRunId[] = [];

beforeAll(async () => {
  world = await startActorWorld();
  client = world.environment.client;
});
beforeEach(async () => {
  agents = new FakeAgents();
  stores = new FakeStores();
  await world.work({ activities: { ...agents.activities, ...stores.activities } });
});
afterEach(async () => {
  await recordHistories(expect.getState().currentTestName ?? '', begun.splice(0));
  await world.rest();
});
afterAll(() => world.stop());

const PATTERN = 'input: { n: number }\nagents: { capabilities: [c], min: 1 }\naggregation: { strategy: first }';

async function begin(inputs: readonly Json[], more: Partial<BatchStart> = {}, historyMax?: number) {
  const id = `batch_${randomUUID().slice(0, 8)}`;
  stores.batchInputs.set(id, inputs);
  const start: BatchStart = {
    ...{ id, tenant: 'default', patternName: 'tried', patternVersion: '1.0.0', planRef: stores.keep(planOf(PATTERN)), total: inputs.length },
    ...{ concurrency: 3, stopOnError: false, timeoutMs: null, priority: 'normal', metadata: {}, by: { subject: 'tests', via: 'api' } },
    ...{ createdAt: new Date().toISOString(), ...more },
  };
  const address = batchAddress('default', id);
  const handle = await client.workflow.start('patternBatch', {
    ...{ workflowId: address, taskQueue: 'everthread' },
    args: historyMax === undefined ? [start] : [start, undefined, historyMax],
  });
  begun.push(handle);
  return { id, address, handle, events: () => world.journal.of(address) };
}

const numbers = (count: number): Json[] => Array.from({ length: count }, (_, n) => ({ n }));

it('a batch executes every input once, never more at a time than it may, each under its own id', async () => {
  let now = 0;
  let most = 0;
  agents.add('a', ['c'], async ({ input }) => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 50));
    now -= 1;
    return { result: input };
  });
  const { id, handle, events, address } = await begin(numbers(7));

  expect(await handle.result()).toEqual({ status: 'completed', completed: 7, failed: 0 });
  expect(most).toBeLessThanOrEqual(3);
  expect(agents.asked.map(({ input }) => (input as { n: number }).n).sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(world.journal.of(executionAddress('default', itemExecutionId(id, 4))).at(-1)).toMatchObject({ type: 'completed' });
  expect(events().at(-1)).toMatchObject({ type: 'completed', data: { total: 7, completed: 7, failed: 0 } });
  expect(world.journal.projections.get(address)).toMatchObject({ status: 'completed', completed: 7 });
});

it('a batch counts an input that fails, and goes on', async () => {
  agents.add('a', ['c'], ({ input }) => {
    if ((input as { n: number }).n === 1) throw new Fault('conflict', 'agent.task_failed', 'Not this one.', {});
    return { result: input };
  });
  const { handle, events } = await begin([...numbers(3), { wrong: true }]);

  expect(await handle.result()).toEqual({ status: 'completed', completed: 2, failed: 2 });
  const failed = events().filter(({ type, data }) => type === 'item_ended' && data['status'] === 'failed');
  expect(failed.map(({ data }) => (data['error'] as { code: string }).code).sort()).toEqual(['execution.input_invalid', 'execution.no_results']);
});

it('a batch that stops on errors starts nothing after the first failure', async () => {
  agents.add('a', ['c'], () => Promise.reject(new Fault('conflict', 'agent.task_failed', 'No.', {})));
  const { handle, events } = await begin(numbers(20), { stopOnError: true, concurrency: 1 });

  expect(await handle.result()).toEqual({ status: 'failed', completed: 0, failed: 1 });
  expect(agents.asked).toHaveLength(1);
  expect(events().at(-1)).toMatchObject({ type: 'failed', data: { error: { code: 'batch.stopped' } } });
});

it('a batch that is cancelled cancels what it has in hand, and starts nothing more', async () => {
  agents.add('a', ['c'], silent);
  const { id, address, handle, events } = await begin(numbers(10), { concurrency: 2 });
  await until('two are asked', () => agents.asked.length === 2);
  await new Doors(client).send(address, cancel, { input: { reason: 'enough' }, requestId: 'c', by: { subject: 'ada', via: 'api' } });

  expect(await handle.result()).toMatchObject({ status: 'cancelled' });
  expect(agents.asked).toHaveLength(2);
  expect(events().find(({ type }) => type === 'cancelled')?.data).toMatchObject({ cancelledBy: 'ada', reason: 'enough' });
  expect(world.journal.of(executionAddress('default', itemExecutionId(id, 0))).map(({ type }) => type)).toContain('cancelled');
});

it('a batch cuts its history by continuing as new, and loses and doubles nothing', async () => {
  agents.add('a', ['c'], ({ input }) => ({ result: input }));
  const { handle, events } = await begin(numbers(20), { concurrency: 4 }, 60);

  expect(await handle.result()).toEqual({ status: 'completed', completed: 20, failed: 0 });
  expect(agents.asked).toHaveLength(20);
  const ended = events().filter(({ type }) => type === 'item_ended');
  expect(new Set(ended.map(({ data }) => data['index']))).toEqual(new Set(numbers(20).map((_, n) => n)));
  expect((await handle.describe()).runId).not.toBe(handle.firstExecutionRunId);
});
