/** What an execution costs Temporal, and what its journal shows meanwhile, on a real server. The agents exist only here. */
import { executionAddress } from '../../src/contracts/execution/commands';
import { batchAddress } from '../../src/contracts/execution/batch';
import { EDITION, type ExecutionStart } from '../../src/contracts/execution/start';
import { readySelection } from '../../src/domain/execution/selection';
import { until } from '../support/eventually';
import { batchStartOf, startOf } from '../support/execution-starts';
import { executionTests } from '../support/execution-tests';
import type { Behaviour } from '../support/fake-agents';
import { planOf } from '../support/pattern-plans';

const VOTE = `
name: vote
version: 1.0.0
input: { text: string }
agents: { capabilities: [vote], min: 3 }
aggregation: { strategy: voting, field: category, method: majority }
output: $vote.result
`;

const tests = executionTests();
const { agents, stores } = tests;
beforeEach(() => void (stores.agents = { select: async (wanted) => (await agents.activities.selectAgents(wanted)).agents }));
afterEach(() => void (tests.world.journal.broken = null));

const voters = (answer: Behaviour = () => ({ result: { category: 'a' }, confidence: 0.9 })): void =>
  ['ada', 'ben', 'cyd'].forEach((id) => agents.add(id, ['vote'], answer));

async function begin(more: Partial<ExecutionStart> = {}) {
  const plan = planOf(VOTE);
  const start = startOf(plan, { text: 'x' });
  const selected = await readySelection(stores.agents, { tenant: start.tenant, executionId: start.id, plan, input: { text: 'x' }, at: start.createdAt });
  return tests.begin({ ...start, ...(selected && { selected }), ...more });
}

async function activitiesOf(handle: { fetchHistory(): Promise<{ readonly events?: readonly object[] | null }> }): Promise<readonly string[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(
    (event) =>
      (event as { activityTaskScheduledEventAttributes?: { activityType?: { name?: string } } }).activityTaskScheduledEventAttributes?.activityType?.name ?? [],
  );
}

const WHOLE = ['started', 'step_started', 'agents_selected', ...Array.from({ length: 3 }, () => 'agent_started')];

it('three agents who answer at once cost three tasks and one commit, and the journal has every event', async () => {
  voters();
  const { handle, types, result } = await begin();

  expect(await result()).toMatchObject({ status: 'completed', result: { value: 'a' } });
  expect((await activitiesOf(handle)).filter((name) => name !== 'commitJournal')).toEqual(['performAgentTask', 'performAgentTask', 'performAgentTask']);
  expect((await activitiesOf(handle)).filter((name) => name === 'commitJournal').length).toBeLessThanOrEqual(2);
  expect(types().slice(0, 6)).toEqual(WHOLE);
  expect(types().filter((type) => type === 'agent_result')).toHaveLength(3);
  expect(types().at(-1)).toBe('completed');
});

it('whoever watches slow agents sees that they were asked, by the task of the first of them', async () => {
  let answer: () => void = () => undefined;
  const open = new Promise<void>((resolve) => (answer = resolve));
  voters(async () => {
    await open;
    return { result: { category: 'a' } };
  });
  const { handle, types, result } = await begin();

  await until('the agents were asked', () => types().length >= 6);
  expect(types()).toEqual(WHOLE);
  expect(await activitiesOf(handle)).not.toContain('commitJournal');
  answer();
  expect(await result()).toMatchObject({ status: 'completed' });
});

it('events that a task could not bring to the journal are committed all the same, once and in order', async () => {
  voters(() => {
    tests.world.journal.broken = null;
    return { result: { category: 'a' } };
  });
  tests.world.journal.broken = new Error('the journal is away');
  const { types, result } = await begin();

  expect(await result()).toMatchObject({ status: 'completed' });
  expect(types().slice(0, 6)).toEqual(WHOLE);
  expect(types().filter((type) => type === 'completed')).toHaveLength(1);
});

it('agents that were selected too long ago are selected anew', async () => {
  voters();
  const { handle, result } = await begin({
    selected: {
      ...{ wanted: { tenant: 'default', executionId: 'x', capabilities: ['vote'], min: 3, max: 3, prefer: [], exclude: [] }, agents: [] },
      at: '2026-01-01T00:00:00.000Z',
    },
  });

  expect(await result()).toMatchObject({ status: 'completed' });
  expect((await activitiesOf(handle)).slice(0, 1)).toEqual(['selectAgents']);
});

it('an input of a batch reads its plan, its input and its agents in one call', async () => {
  voters();
  const plan = planOf(VOTE);
  const start = batchStartOf(plan, stores.keep(plan), 2, { concurrency: 2, edition: EDITION });
  stores.batchInputs.set(start.id, [{ text: 'x' }, { text: 'y' }]);
  const handle = await tests.client.workflow.start('patternBatch', { workflowId: batchAddress('default', start.id), taskQueue: 'everthread', args: [start] });
  tests.note(handle);

  expect(await handle.result()).toMatchObject({ status: 'completed', completed: 2 });
  const item = tests.client.workflow.getHandle(executionAddress('default', `exec_${start.id.slice('batch_'.length)}_0`));
  const names = await activitiesOf(item);
  expect(names.filter((name) => name !== 'commitJournal')).toEqual(['prepareExecution', 'performAgentTask', 'performAgentTask', 'performAgentTask']);
  expect(tests.world.journal.of(batchAddress('default', start.id)).map(({ type }) => type)).toEqual(['started', 'item_ended', 'item_ended', 'completed']);
});
