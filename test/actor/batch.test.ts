/** Batches on a real Temporal server, with agents that exist only here. */
import { batchAddress, itemExecutionId, type BatchStart } from '../../src/contracts/execution/batch';
import { cancel, executionAddress } from '../../src/contracts/execution/commands';
import { EDITION } from '../../src/contracts/execution/start';
import type { Json } from '../../src/contracts/pattern/json';
import { Fault } from '../../src/errors/fault';
import { Doors } from '../../src/gateway/doors';
import { until } from '../support/eventually';
import { batchStartOf } from '../support/execution-starts';
import { executionTests } from '../support/execution-tests';
import { silent } from '../support/fake-agents';
import { planOf } from '../support/pattern-plans';

const tests = executionTests();
const { agents, stores } = tests;

const PATTERN = 'input: { n: number }\nagents: { capabilities: [c], min: 1 }\naggregation: { strategy: first }';

/** Works on values alone. */
const SQUARE = 'input: { n: number }\nsteps:\n  - { id: square, type: compute, value: $input.n * $input.n }';

interface Tried {
  readonly historyMax?: number;
  readonly pattern?: string;
}

async function begin(inputs: readonly Json[], more: Partial<BatchStart> = {}, { historyMax, pattern = PATTERN }: Tried = {}) {
  const plan = planOf(pattern);
  const start = batchStartOf(plan, stores.keep(plan), inputs.length, more);
  const { id } = start;
  stores.batchInputs.set(id, inputs);
  const address = batchAddress('default', id);
  const handle = await tests.client.workflow.start('patternBatch', {
    ...{ workflowId: address, taskQueue: 'everthread' },
    args: historyMax === undefined ? [start] : [start, undefined, historyMax],
  });
  tests.note(handle);
  return { id, address, handle, events: () => tests.world.journal.of(address) };
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
  expect(tests.world.journal.of(executionAddress('default', itemExecutionId(id, 4))).at(-1)).toMatchObject({ type: 'completed' });
  expect(events().at(-1)).toMatchObject({ type: 'completed', data: { total: 7, completed: 7, failed: 0 } });
  expect(tests.world.journal.projections.get(address)).toMatchObject({ status: 'completed', completed: 7 });
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
  await new Doors(tests.client).send(address, cancel, { input: { reason: 'enough' }, requestId: 'c', by: { subject: 'ada', via: 'api' } });

  expect(await handle.result()).toMatchObject({ status: 'cancelled' });
  expect(agents.asked).toHaveLength(2);
  expect(events().find(({ type }) => type === 'cancelled')?.data).toMatchObject({ cancelledBy: 'ada', reason: 'enough' });
  expect(tests.world.journal.of(executionAddress('default', itemExecutionId(id, 0))).map(({ type }) => type)).toContain('cancelled');
});

it('a batch cuts its history by continuing as new, and loses and doubles nothing', async () => {
  agents.add('a', ['c'], ({ input }) => ({ result: input }));
  const { handle, events } = await begin(numbers(20), { concurrency: 4 }, { historyMax: 60 });

  expect(await handle.result()).toEqual({ status: 'completed', completed: 20, failed: 0 });
  expect(agents.asked).toHaveLength(20);
  const ended = events().filter(({ type }) => type === 'item_ended');
  expect(new Set(ended.map(({ data }) => data['index']))).toEqual(new Set(numbers(20).map((_, n) => n)));
  expect((await handle.describe()).runId).not.toBe(handle.firstExecutionRunId);
});

it('no run of a batch grows with its inputs: each continues as new at its bound, however many inputs there are', async () => {
  const [concurrency, historyMax, count] = [5, 80, 80];
  const { address, handle, events } = await begin(numbers(count), { concurrency, edition: EDITION }, { historyMax, pattern: SQUARE });

  expect(await handle.result()).toEqual({ status: 'completed', completed: count, failed: 0 });
  const lengths: number[] = [];
  for (let runId: string | undefined = handle.firstExecutionRunId; runId;) {
    const history = await tests.client.workflow.getHandle(address, runId).fetchHistory();
    lengths.push(history.events?.length ?? 0);
    runId = history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
  }
  // What is in hand at the bound still ends: an execution is at most its start and its end, each with a task of the workflow, and a commit.
  for (const length of lengths) expect(length).toBeLessThan(historyMax + concurrency * 12);
  expect(lengths.length).toBeGreaterThan(3);
  const ended = events().flatMap(({ type, data }) => (type === 'item_ended' ? [data['index'] as number] : []));
  expect(ended.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, n) => n));
}, 180_000);
