/** Executions that answer within the task of their workflow, where that could do harm: who waits for an answer, who is asked for nothing any more, and what stands in one task. */
import { setTimeout as delay } from 'node:timers/promises';
import { approve, executionAddress } from '../../src/contracts/execution/commands';
import { EDITION } from '../../src/contracts/execution/start';
import type { Json } from '../../src/contracts/pattern/json';
import { Doors } from '../../src/gateway/doors';
import { until } from '../support/eventually';
import { startOf } from '../support/execution-starts';
import { executionTests } from '../support/execution-tests';
import { silent } from '../support/fake-agents';
import { planOf } from '../support/pattern-plans';

const tests = executionTests();
const { agents } = tests;
const by = { subject: 'ada', via: 'api' } as const;
const begin = (yaml: string, input: Json = {}) => tests.begin(startOf(planOf(yaml), input, { edition: EDITION }));

const ASKS_FIRST = `
steps:
  - { id: ask, type: escalate, to: Shall it be done? }
  - { id: work, agents: { capabilities: [c], min: 1 }, aggregation: { strategy: first } }
output: $work.result`;

it('an approval is answered once the journal has it, however long the agents take that are asked next', async () => {
  agents.add('slow', ['c'], silent);
  const { address, types, handle } = await begin(ASKS_FIRST);
  await until('it asks a person', () => types().includes('approval_requested'));

  const doors = new Doors(tests.client);
  expect(await doors.send(address, approve, { input: { approve: true }, requestId: 'yes', by })).toMatchObject({ status: 'done', reply: { approve: true } });
  expect(types()).toContain('approval_given');
  // What has been told to an agent that is at work, and to nobody else yet.
  await until('the agent is asked', () => agents.askedOf('slow').length === 1);
  expect(await doors.send(address, approve, { input: { approve: true }, requestId: 'again', by })).toMatchObject({ status: 'done', reply: { repeated: true } });
  await handle.cancel();
  await until('the agent is cancelled', () => agents.cancelled.includes('slow'));
});

it('a quick agent that lost a race is told so, as any other', async () => {
  agents.quick = true;
  agents.add('sure', ['c'], () => ({ result: 'yes', confidence: 0.9 })).add('slow', ['c'], silent);
  const { result } = await begin('agents: { capabilities: [c], min: 2 }\nexecution: { strategy: race, minConfidence: 0.8 }\naggregation: { strategy: first }');

  expect(await result()).toMatchObject({ status: 'completed', result: { value: 'yes' } });
  await until('the slow one is cancelled', () => agents.cancelled.includes('slow'));
});

it('many steps of quick agents are told of while they go on, and no task of the workflow has all of them', async () => {
  agents.quick = true;
  let seen = 0;
  const address = { of: '' };
  agents.add('echo', ['c'], (_task, turn) => {
    if (turn === 30) seen = tests.world.journal.of(address.of).filter(({ type }) => type === 'agent_result').length;
    return { result: turn };
  });
  const plan = planOf(
    'steps:\n  - id: each\n    type: repeat\n    count: 30\n    task: { agents: { capabilities: [c], min: 1 }, aggregation: { strategy: first } }\noutput: $each.result',
  );
  const start = startOf(plan, {}, { edition: EDITION });
  address.of = executionAddress(start.tenant, start.id);
  const { result } = await tests.begin(start);

  expect(await result()).toMatchObject({ status: 'completed' });
  expect(agents.asked).toHaveLength(30);
  expect(seen).toBeGreaterThanOrEqual(10);
});

it('many that are asked beside each other, each as quick as it likes, are done in an order that a replay has too', async () => {
  agents.quick = true;
  agents.add('echo', ['c'], async (_task, turn) => {
    await delay((turn * 7) % 20);
    return { result: turn };
  });
  const task = '{ agents: { capabilities: [c], min: 1 }, aggregation: { strategy: first } }';
  const items = Array.from({ length: 30 }, (_, n) => n);
  const { result } = await begin(
    `input: { items: { type: array, items: number } }\nsteps:\n  - { id: each, type: batch, items: $input.items, concurrency: 6, task: ${task} }\noutput: { done: { $map: { items: $each, transform: item.success } } }`,
    { items },
  );

  expect(await result()).toMatchObject({ status: 'completed', result: { value: { done: items.map(() => true) } } });
});
