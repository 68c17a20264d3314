/**
 * Tasks of a workflow that end while a local activity is out: because it takes long, or because somebody looks at the state (a query). What happens beside it must come in the order
 * in which a replay has it; every history of these tests is replayed at the end of the file (test/support/record-histories.ts).
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { STATE_QUERY } from '../../src/contracts/actor';
import { Fault } from '../../src/errors/fault';
import { startOf } from '../support/execution-starts';
import { executionTests } from '../support/execution-tests';
import { silent } from '../support/fake-agents';
import { planOf } from '../support/pattern-plans';

let selectMs = (): number => 0;
const tests = executionTests({
  activities: () => ({
    selectAgents: async (wanted: never) => {
      await delay(selectMs());
      return tests.agents.activities.selectAgents(wanted);
    },
  }),
});
const { agents } = tests;
beforeEach(() => void (selectMs = () => 0));

/** Somebody looks at the state all the time until the work is over. */
async function watched<T>(handle: WorkflowHandle, work: Promise<T>): Promise<T> {
  let over = false;
  const look = async (): Promise<void> => {
    while (!over) {
      await handle.query(STATE_QUERY).catch(() => undefined);
      await delay(3);
    }
  };
  const looking = [look(), look()];
  return work.finally(async () => {
    over = true;
    await Promise.all(looking);
  });
}

const batchOf = (items: readonly number[], concurrency: number) =>
  tests.begin(
    startOf(
      planOf(`
input: { items: { type: array, items: number } }
steps:
  - id: each
    type: batch
    items: $input.items
    concurrency: ${concurrency}
    task: { agents: { capabilities: [c], min: 1 }, aggregation: { strategy: first } }
output: { done: { $map: { items: $each, transform: item.result } } }`),
      { items },
    ),
  );
const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

it('selections that take long, while other lanes are answered', async () => {
  let selections = 0;
  selectMs = () => (++selections > 8 ? 1_700 : 0);
  agents.add('echo', ['c'], async ({ input }) => {
    const n = Number(input);
    await delay(n === 7 ? 6_000 : n === 0 ? 100 : n < 8 ? 700 : 10);
    return { result: n };
  });
  const { result } = await batchOf(numbers(16), 8);

  expect((await result()).result).toEqual({ value: { done: numbers(16) } });
}, 60_000);

it('lanes that somebody looks at all the time', async () => {
  selectMs = () => 25;
  agents.add('echo', ['c'], async ({ input }, turn) => {
    await delay((turn * 13) % 40);
    return { result: Number(input) };
  });
  const { result, handle } = await batchOf(numbers(40), 6);

  expect((await watched(handle, result())).result).toEqual({ value: { done: numbers(40) } });
}, 60_000);

/** Numbers that look like chance, and are the same for one seed. */
function chance(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 374_761_393) >>> 0;
    return state % below;
  };
}

/** Steps in each other: agents that answer at once, later, never or wrongly; branches, batches and races of them. */
function steps(below: (n: number) => number, depth: number, name = 's'): string {
  const asks = (id: string, capability: string, more = '') =>
    `{ id: ${id}, onError: { type: continue }, agents: { capabilities: [${capability}], min: 1 }, aggregation: { strategy: first }${more} }`;
  const race = (id: string) =>
    `{ id: ${id}, onError: { type: continue }, agents: { capabilities: [r], min: 2 }, execution: { strategy: race, minConfidence: 0.8 }, aggregation: { strategy: first } }`;
  const one = (id: string): string => {
    switch (below(depth > 0 ? 6 : 4)) {
      case 0:
        return asks(id, 'quick');
      case 1:
        return asks(id, 'later');
      case 2:
        return asks(id, 'wrong');
      case 3:
        return race(id);
      default: {
        const branches = numbers(2 + below(2)).map((n) => `{ id: ${id}b${n}, steps: ${steps(below, depth - 1, `${id}b${n}`)} }`);
        return `{ id: ${id}, type: parallel, onError: { type: continue }, branches: [${branches.join(', ')}] }`;
      }
    }
  };
  return `[${numbers(2 + below(2))
    .map((n) => one(`${name}${n}`))
    .join(', ')}]`;
}

it.each(numbers(12))('branches in branches, by chance (%i), half of them looked at', async (seed) => {
  agents.quick = true;
  agents
    .add('quick', ['quick'], (_task, turn) => ({ result: turn }))
    .add('later', ['later'], async (_task, turn) => {
      await delay(100 + ((turn * 37) % 90));
      return { result: turn };
    })
    .add('wrong', ['wrong'], async (_task, turn) => {
      await delay((turn * 11) % 30);
      throw new Fault('conflict', 'agent.task_failed', 'Not this one.', {});
    })
    .add('sure', ['r'], async (_task, turn) => {
      await delay(turn % 7);
      return { result: turn, confidence: 0.9 };
    })
    .add('slow', ['r'], silent);
  const { result, handle } = await tests.begin(startOf(planOf(`steps: ${steps(chance(seed + 1), 2)}\noutput: { done: true }`), {}));
  const work = result();

  expect(await (seed % 2 === 0 ? work : watched(handle, work))).toMatchObject({ status: 'completed', result: { value: { done: true } } });
});
