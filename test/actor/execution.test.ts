/** Executions of patterns on a real Temporal server: how agents are asked, and what their answers come to. The agents exist only here. */
import { approve, cancel } from '../../src/contracts/execution/commands';
import type { ExecutionStart } from '../../src/contracts/execution/start';
import type { Json } from '../../src/contracts/pattern/json';
import { Doors } from '../../src/gateway/doors';
import { Fault } from '../../src/errors/fault';
import { until } from '../support/eventually';
import { startOf } from '../support/execution-starts';
import { executionTests } from '../support/execution-tests';
import { silent } from '../support/fake-agents';
import { planOf } from '../support/pattern-plans';

const tests = executionTests();
const { agents, stores } = tests;

const begin = (yaml: string, input: Json = {}, more: Partial<ExecutionStart> = {}) => tests.begin(startOf(planOf(yaml), input, more));

const run = async (yaml: string, input: Json = {}) => (await begin(yaml, input)).result();
const says = (result: Json, confidence?: number) => () => ({ result, ...(confidence !== undefined && { confidence }) });
const by = { subject: 'ada', via: 'api' } as const;

const CLASSIFIER = `
name: content-classifier
version: 1.0.0
input: { content: string }
agents: { capabilities: [classification], min: 3 }
aggregation: { strategy: voting, method: majority }
output: { category: $vote.result, confidence: $vote.confidence, share: $vote.share }
`;

it('an execution asks three agents once each, and the mean confidence of the winners is the answer’s', async () => {
  for (const [n, confidence] of [0.95, 0.88, 0.93].entries())
    agents.add(`agent-${n + 1}`, ['classification'], says({ category: 'technology', confidence }, confidence));
  const { result, events, address } = await begin(CLASSIFIER, { content: 'A new chip' });

  expect(await result()).toMatchObject({ status: 'completed', result: { value: { category: 'technology', confidence: 0.92, share: 1 } }, confidence: 0.92 });
  expect(agents.asked.map(({ agentId }) => agentId).sort()).toEqual(['agent-1', 'agent-2', 'agent-3']);
  expect(agents.asked[0]).toMatchObject({ patternName: 'content-classifier', capability: 'classification', input: { content: 'A new chip' } });
  expect(events().at(-1)).toMatchObject({ type: 'completed', data: { agentCount: 3 } });
  expect(tests.world.journal.projections.get(address)).toMatchObject({ status: 'completed', agentCount: 3, confidence: 0.92 });
});

it('an execution without enough agents fails and says that there are none', async () => {
  agents.add('only', ['classification'], says('x'));
  expect(await run(CLASSIFIER, { content: 'x' })).toMatchObject({ status: 'failed', error: { code: 'agents.none' } });
  expect(agents.asked).toEqual([]);
});

it('an execution refuses an input that does not fit its pattern', async () => {
  expect(await run(CLASSIFIER, {})).toMatchObject({
    status: 'failed',
    error: { code: 'execution.input_invalid', message: 'Invalid input: content is required' },
  });
});

it('a task that fails in a way that another agent may make good goes to another agent', async () => {
  const lost = () => Promise.reject(new Fault('unavailable', 'agent.task_error', 'Not now.', {}));
  agents.add('broken', ['c'], lost).add('spare', ['c'], says({ category: 'a' }, 0.8));
  const { result, events } = await begin('agents: { capabilities: [c], min: 1 }\naggregation: { strategy: first }');

  expect(await result()).toMatchObject({ status: 'completed', result: { value: { category: 'a' } } });
  expect(agents.asked.map(({ agentId }) => agentId)).toEqual(['broken', 'spare']);
  expect(events().find(({ type }) => type === 'agent_failed')?.data).toMatchObject({ agentId: 'broken', retryable: true, reassigned: true });
});

it('a task that its agent failed for good is not given to another agent', async () => {
  const refused = () => Promise.reject(new Fault('conflict', 'agent.task_failed', 'Nobody can.', {}));
  agents.add('one', ['c'], refused).add('two', ['c'], says('late'));
  expect(await run('agents: { capabilities: [c], min: 1 }')).toMatchObject({ status: 'failed', error: { code: 'execution.no_results' } });
  expect(agents.asked.map(({ agentId }) => agentId)).toEqual(['one']);
});

it('a parallel step that need not wait for all goes on with enough answers, and the others are told to stop', async () => {
  agents
    .add('a', ['c'], says({ n: 1 }, 0.9))
    .add('b', ['c'], says({ n: 1 }, 0.7))
    .add('slow', ['c'], silent);
  const pattern = `
agents: { capabilities: [c], min: 3 }
execution: { strategy: parallel, waitForAll: false, minResults: 2 }
aggregation: { strategy: voting, method: majority }
output: { n: $vote.result }`;
  expect(await run(pattern)).toMatchObject({ status: 'completed', result: { value: { n: 1 } } });
  await until('the slow one is cancelled', () => agents.cancelled.includes('slow'));
});

it('a race is won by the first answer that is sure enough', async () => {
  agents.add('unsure', ['c'], says('maybe', 0.4)).add('slow', ['c'], silent);
  agents.add('sure', ['c'], async () => {
    await until('the unsure one has answered', () => agents.askedOf('unsure').length === 1);
    return { result: 'yes', confidence: 0.9 };
  });
  const pattern = 'agents: { capabilities: [c], min: 3 }\nexecution: { strategy: race, minConfidence: 0.8 }\naggregation: { strategy: first }';
  expect(await run(pattern)).toMatchObject({ status: 'completed', result: { value: 'yes' }, confidence: 0.9 });
  await until('the slow one is cancelled', () => agents.cancelled.includes('slow'));
});

it('the strategy first asks the next agent only when the one before failed', async () => {
  agents.add('a', ['c'], () => Promise.reject(new Fault('conflict', 'agent.task_failed', 'No.', {})));
  agents.add('b', ['c'], says('b')).add('c', ['c'], says('c'));
  expect(await run('agents: { capabilities: [c], min: 3 }\nexecution: { strategy: first }\naggregation: { strategy: first }')).toMatchObject({
    result: { value: 'b' },
  });
  expect(agents.asked.map(({ agentId }) => agentId)).toEqual(['a', 'b']);
});

it('a sequential pipeline hands what one agent gave to the next', async () => {
  agents.add('r', ['research'], says({ facts: ['x'] })).add('w', ['writing'], ({ input }) => ({ result: { written: input as Json }, confidence: 0.8 }));
  const pattern = `
input: { topic: string }
agents: { capabilities: [research], min: 1 }
execution:
  strategy: sequential
  steps:
    - { capability: research, input: { topic: $input.topic }, output: found }
    - { capability: writing, input: { from: $found.facts }, output: text }
aggregation: { strategy: first }
output: { text: $text.written }`;
  expect(await run(pattern, { topic: 'chips' })).toMatchObject({ status: 'completed', result: { value: { text: { from: ['x'] } } } });
  expect(agents.asked.map(({ capability }) => capability)).toEqual(['research', 'writing']);
});

const GATED = `
agents: { capabilities: [c], min: 1 }
aggregation: { strategy: first }
validation:
  minConfidence: 0.7
  onFailure: retry
  maxRetries: 2
  fallback: { type: default, value: { answer: none } }`;

it('a result below the confidence that is asked for is tried again, with another agent when there is one', async () => {
  agents.add('unsure', ['c'], says('x', 0.5)).add('sure', ['c'], says('y', 0.9));
  const { result, types } = await begin(GATED);

  expect(await result()).toMatchObject({ status: 'completed', result: { value: 'y' }, confidence: 0.9 });
  expect(agents.asked.map(({ agentId }) => agentId)).toEqual(['unsure', 'sure']);
  expect(types()).toContain('retrying');
});

it('a result that stays too unsure gives way to the fallback, and the execution says so', async () => {
  agents.add('unsure', ['c'], says('x', 0.5));
  const { result, events } = await begin(GATED);

  expect(await result()).toMatchObject({ status: 'completed', result: { value: { answer: 'none' } } });
  expect(agents.asked).toHaveLength(3);
  expect(events().at(-1)?.data['warnings']).toEqual([expect.stringContaining('fallback default')]);
});

it('an execution that is cancelled stops its agents within a second, and says who cancelled it and why', async () => {
  agents.add('slow', ['c'], silent);
  const { address, handle, events } = await begin('agents: { capabilities: [c], min: 1 }');
  await until('the agent is asked', () => agents.asked.length === 1);
  const before = Date.now();
  const doors = new Doors(tests.client);
  const first = await doors.send(address, cancel, { input: { reason: 'changed my mind' }, requestId: 'c1', by });

  expect(first).toMatchObject({ status: 'done', reply: { repeated: false, reason: 'changed my mind' } });
  await until('the agent is cancelled', () => agents.cancelled.includes('slow'));
  expect(Date.now() - before).toBeLessThan(1_500);
  expect(await handle.result()).toMatchObject({ status: 'cancelled' });
  expect(events().find(({ type }) => type === 'cancelled')).toMatchObject({ data: { reason: 'changed my mind', cancelledBy: 'ada' }, by });
  expect(stores.stopped).toEqual([expect.stringContaining('exec_')]);
});

it('an execution that is cancelled in the Temporal UI is cancelled like any other', async () => {
  agents.add('slow', ['c'], silent);
  const { handle, events } = await begin('agents: { capabilities: [c], min: 1 }');
  await until('the agent is asked', () => agents.asked.length === 1);
  await handle.cancel();

  expect(await handle.result()).toMatchObject({ status: 'cancelled' });
  expect(events().find(({ type }) => type === 'cancelled')?.data).toMatchObject({ cancelledBy: 'temporal', reason: 'workflow_cancelled' });
});

it('an execution that is over its time fails with timeout and stops its agents', async () => {
  agents.add('slow', ['c'], silent);
  const { result, types } = await begin('agents: { capabilities: [c], min: 1 }', {}, { timeoutMs: 300 });

  expect(await result()).toMatchObject({ status: 'failed', error: { code: 'execution.timeout' } });
  expect(types()).toEqual(expect.arrayContaining(['timeout', 'failed']));
  await until('the agent is cancelled', () => agents.cancelled.includes('slow'));
});

it('an execution waits for a person without its time running, and takes what they say', async () => {
  const pattern = `
steps:
  - id: ask
    type: escalate
    to: Which one shall it be?
    context: { a: 1 }
output: { chosen: $ask.result }`;
  const { address, result, events } = await begin(pattern, {}, { timeoutMs: 400 });
  await until('it asks', () => events().some(({ type }) => type === 'approval_requested'));
  // Longer than its whole time: only a clock that stands still lets it live.
  await new Promise((resolve) => setTimeout(resolve, 700));
  const doors = new Doors(tests.client);
  const first = await doors.send(address, approve, { input: { approve: true, value: 'b' }, requestId: 'a1', by });

  expect(first).toMatchObject({ status: 'done', reply: { repeated: false, answeredBy: 'ada' } });
  expect(await result()).toMatchObject({ status: 'completed', result: { value: { chosen: 'b' } } });
});

it('a value that is too large for a history travels by reference', async () => {
  const large = 'x'.repeat(20_000);
  agents.add('a', ['c'], says({ text: large }));
  const { result, events } = await begin('agents: { capabilities: [c], min: 1 }\naggregation: { strategy: first }');

  expect(await result()).toMatchObject({ status: 'completed', result: { ref: expect.any(String) } });
  expect(events().find(({ type }) => type === 'agent_result')?.data['result']).toMatchObject({ ref: expect.any(String) });
});
