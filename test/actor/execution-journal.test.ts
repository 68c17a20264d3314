/** What an execution costs Temporal, and what its journal shows meanwhile, on a real server. The agents exist only here. */
import { executionAddress, executionRef } from '../../src/contracts/execution/commands';
import { batchAddress } from '../../src/contracts/execution/batch';
import { EDITION, type ExecutionStart } from '../../src/contracts/execution/start';
import { readySelection } from '../../src/domain/execution/selection';
import { Fault } from '../../src/errors/fault';
import { until } from '../support/eventually';
import { batchStartOf, startOf } from '../support/execution-starts';
import { executionTests } from '../support/execution-tests';
import { silent, type Behaviour } from '../support/fake-agents';
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
afterEach(() => Object.assign(tests.world.journal, { broken: null, committed: null, commits: 0 }));

const voters = (answer: Behaviour = () => ({ result: { category: 'a' }, confidence: 0.9 })): void =>
  ['ada', 'ben', 'cyd'].forEach((id) => agents.add(id, ['vote'], answer));

async function begin(more: Partial<ExecutionStart> = {}) {
  const plan = planOf(VOTE);
  const start = startOf(plan, { text: 'x' });
  const selected = await readySelection(stores.agents, { tenant: start.tenant, executionId: start.id, plan, input: { text: 'x' }, at: start.createdAt });
  return tests.begin({ ...start, ...(selected && { selected }), ...more });
}

type Told = { fetchHistory(): Promise<{ readonly events?: readonly object[] | null }> };

async function activitiesOf(handle: Told): Promise<readonly string[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(
    (event) =>
      (event as { activityTaskScheduledEventAttributes?: { activityType?: { name?: string } } }).activityTaskScheduledEventAttributes?.activityType?.name ?? [],
  );
}

type Attributes = 'markerRecordedEventAttributes' | 'workflowTaskCompletedEventAttributes' | 'workflowTaskFailedEventAttributes';
/** How many events of its history have these attributes. */
async function countOf(handle: Told, attributes: Attributes): Promise<number> {
  return ((await handle.fetchHistory()).events ?? []).filter((event) => (event as Partial<Record<Attributes, object>>)[attributes]).length;
}

const WHOLE = ['started', 'step_started', 'agents_selected', ...Array.from({ length: 3 }, () => 'agent_started')];

it('three agents cost one activity, their end none, and the journal has every event', async () => {
  voters();
  const { handle, types, result } = await begin();

  expect(await result()).toMatchObject({ status: 'completed', result: { value: 'a' } });
  expect(await activitiesOf(handle)).toEqual(['performAgentTasks']);
  expect(types().slice(0, 6)).toEqual(WHOLE);
  expect(types().filter((type) => type === 'agent_result')).toHaveLength(3);
  expect(types().at(-1)).toBe('completed');
});

it('three agents who answer at once cost no activity, and the whole execution is one task of its workflow', async () => {
  voters();
  agents.quick = true;
  const { handle, types, result } = await begin();

  expect(await result()).toMatchObject({ status: 'completed', result: { value: 'a' } });
  expect(await activitiesOf(handle)).toEqual([]);
  expect(await countOf(handle, 'workflowTaskCompletedEventAttributes')).toBe(1);
  expect(tests.world.journal.commits).toBe(1);
  expect(types().slice(0, 6)).toEqual(WHOLE);
  expect(types().at(-1)).toBe('completed');
});

it('an agent that does not answer at once is asked once all the same, and is heard when it answers', async () => {
  let answer: () => void = () => undefined;
  const open = new Promise<void>((resolve) => (answer = resolve));
  voters(async ({ agentId }) => {
    if (agentId === 'cyd') await open;
    return { result: { category: 'a' } };
  });
  agents.quick = true;
  const { types, result } = await begin();

  await until('two agents were heard', () => types().filter((type) => type === 'agent_result').length === 2);
  answer();
  expect(await result()).toMatchObject({ status: 'completed' });
  expect(agents.asked.map(({ agentId }) => agentId).sort()).toEqual(['ada', 'ben', 'cyd']);
});

it('an end that the journal has and history has not stands, whatever a later run of the workflow would have made of it', async () => {
  voters();
  agents.quick = true;
  let lost = false;
  // What arrives while the last task of a workflow is under way makes the server refuse it: another one is made, which sees it.
  tests.world.journal.committed = async ({ address }) => {
    if (lost) return;
    lost = true;
    await tests.client.workflow.getHandle(address).signal('cancel', { reason: 'too late' });
  };
  const { handle, types, result } = await begin();

  expect(await result()).toMatchObject({ status: 'completed', result: { value: 'a' } });
  expect(types().filter((type) => ['completed', 'cancelled'].includes(type))).toEqual(['completed']);
  expect(await countOf(handle, 'workflowTaskFailedEventAttributes')).toBe(1);
  expect(agents.asked).toHaveLength(3);
});

it('a cancellation of an execution whose end the journal has already hears that it has ended', async () => {
  voters(silent);
  const { start, address, handle, types, result } = await begin();
  await until('the agents were asked', () => types().length >= 6);
  // As a task of the workflow leaves it that is lost after its commit.
  const { journal } = tests.world;
  const projection = { ...journal.projections.get(address), status: 'completed', result: { value: 'a' }, confidence: 1 };
  const by = { subject: 'everthread', via: 'system' } as const;
  const end = { seq: types().length + 1, type: 'completed', data: {}, at: new Date().toISOString(), by, requestId: null };
  await journal.commitJournal({ actor: executionRef(start.tenant, start.id), events: [end], projection });

  const cancel = { requestId: 'too-late', by: { subject: 'tests', via: 'api' }, input: {} };
  await expect(handle.executeUpdate('cancel', { args: [cancel] })).rejects.toMatchObject({ cause: { type: 'execution.ended' } });
  expect(await result()).toMatchObject({ status: 'completed', result: { value: 'a' }, confidence: 1 });
  expect(types().filter((type) => type === 'cancelled')).toEqual([]);
});

it('where the journal is away at the end, the execution waits for it and ends then', async () => {
  voters();
  agents.quick = true;
  tests.world.journal.broken = new Fault('unavailable', 'store.unreachable', 'Away.');
  const { handle, types, result } = await begin();

  await until('an activity tries to commit', async () => (await activitiesOf(handle)).includes('commitUnlessEnded'));
  tests.world.journal.broken = null;
  expect(await result()).toMatchObject({ status: 'completed' });
  expect(types().at(-1)).toBe('completed');
});

it('whoever watches slow agents sees that they were asked, by the activity that asks them', async () => {
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

it('of three agents the quick ones are heard while the slow one is at work, and nobody is asked twice', async () => {
  let answer: () => void = () => undefined;
  const open = new Promise<void>((resolve) => (answer = resolve));
  voters(async ({ agentId }) => {
    if (agentId === 'cyd') await open;
    return { result: { category: agentId === 'cyd' ? 'b' : 'a' } };
  });
  const { types, result } = await begin();

  await until('two agents were heard', () => types().filter((type) => type === 'agent_result').length === 2);
  expect(types()).not.toContain('completed');
  answer();
  expect(await result()).toMatchObject({ status: 'completed', result: { value: 'a' } });
  expect(types().filter((type) => type === 'agent_result')).toHaveLength(3);
  expect(agents.asked.map(({ agentId }) => agentId).sort()).toEqual(['ada', 'ben', 'cyd']);
});

it('of three agents one that fails is replaced while another is still at work', async () => {
  let answer: () => void = () => undefined;
  const open = new Promise<void>((resolve) => (answer = resolve));
  agents.add('ada', ['vote'], () => Promise.reject(new Fault('unavailable', 'agent.task_error', 'Not today.')));
  agents.add('ben', ['vote'], () => ({ result: { category: 'a' } }));
  agents.add('cyd', ['vote'], async () => {
    await open;
    return { result: { category: 'a' } };
  });
  agents.add('dan', ['vote'], () => ({ result: { category: 'a' } }));
  const { types, handle, result } = await begin();

  await until('the fourth was heard', () => types().filter((type) => type === 'agent_result').length === 2);
  answer();
  expect(await result()).toMatchObject({ status: 'completed' });
  expect((await activitiesOf(handle)).filter((name) => name.startsWith('performAgentTask'))).toEqual(['performAgentTasks', 'performAgentTask']);
  expect(agents.asked.map(({ agentId }) => agentId).sort()).toEqual(['ada', 'ben', 'cyd', 'dan']);
});

it('answers that are too large to be told together are fetched one by one', async () => {
  const long = 'x'.repeat(200 * 1024);
  voters(() => ({ result: { category: 'a', long } }));
  const { handle, result } = await begin();

  expect(await result()).toMatchObject({ status: 'completed' });
  expect((await activitiesOf(handle)).filter((name) => name.startsWith('performAgentTask'))).toEqual(['performAgentTasks', 'performAgentTask']);
});

it('more agents than one group holds are asked by several, all at once', async () => {
  const names = Array.from({ length: 12 }, (_, n) => `agent-${n}`);
  names.forEach((id) => agents.add(id, ['vote'], () => ({ result: { category: 'a' } })));
  const plan = planOf(VOTE.replace('min: 3', 'min: 12'));
  const { handle, result } = await begin({ plan: { value: plan } });

  expect(await result()).toMatchObject({ status: 'completed' });
  expect((await activitiesOf(handle)).filter((name) => name === 'performAgentTasks')).toHaveLength(2);
  expect(agents.asked.map(({ agentId }) => agentId).sort()).toEqual(names.sort());
});

it('an execution of before asks each agent by an activity of its own', async () => {
  voters();
  const { handle, result } = await begin({ edition: 2 });

  expect(await result()).toMatchObject({ status: 'completed' });
  expect((await activitiesOf(handle)).filter((name) => name !== 'commitJournal')).toEqual(['performAgentTask', 'performAgentTask', 'performAgentTask']);
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

it('agents that were selected too long ago are selected anew, within the task of the workflow', async () => {
  voters();
  const { handle, result } = await begin({
    selected: {
      ...{ wanted: { tenant: 'default', executionId: 'x', capabilities: ['vote'], min: 3, max: 3, prefer: [], exclude: [] }, agents: [] },
      at: '2026-01-01T00:00:00.000Z',
    },
  });

  expect(await result()).toMatchObject({ status: 'completed' });
  expect(agents.asked).toHaveLength(3);
  expect(await activitiesOf(handle)).toEqual(['performAgentTasks']);
  // Selected, asked for a quick answer, and ended.
  expect(await countOf(handle, 'markerRecordedEventAttributes')).toBe(3);
});

it('an input of a batch reads its plan, its input and its agents in one call, within the task of the workflow', async () => {
  voters();
  const plan = planOf(VOTE);
  const start = batchStartOf(plan, stores.keep(plan), 2, { concurrency: 2, edition: EDITION });
  stores.batchInputs.set(start.id, [{ text: 'x' }, { text: 'y' }]);
  const handle = await tests.client.workflow.start('patternBatch', { workflowId: batchAddress('default', start.id), taskQueue: 'everthread', args: [start] });
  tests.note(handle);

  expect(await handle.result()).toMatchObject({ status: 'completed', completed: 2 });
  const item = tests.client.workflow.getHandle(executionAddress('default', `exec_${start.id.slice('batch_'.length)}_0`));
  expect(await activitiesOf(item)).toEqual(['performAgentTasks']);
  expect(await countOf(item, 'markerRecordedEventAttributes')).toBe(3);
  expect(tests.world.journal.of(batchAddress('default', start.id)).map(({ type }) => type)).toEqual(['started', 'item_ended', 'item_ended', 'completed']);
});
