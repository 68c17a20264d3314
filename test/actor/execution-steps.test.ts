/** Every type of step of a pattern, on a real Temporal server. The agents exist only here. */
import { executionAddress } from '../../src/contracts/execution/commands';
import type { Json } from '../../src/contracts/pattern/json';
import { Fault } from '../../src/errors/fault';
import { startOf } from '../support/execution-starts';
import { executionTests } from '../support/execution-tests';
import { planOf } from '../support/pattern-plans';

const tests = executionTests();
const { agents, stores } = tests;

async function run(yaml: string, input: Json = {}) {
  const { start, result, events, types } = await tests.begin(startOf(planOf(yaml), input));
  const outcome = await result();
  const value = outcome.result && 'value' in outcome.result ? outcome.result.value : outcome.error;
  return { start, outcome, value, events: events(), types: types() };
}

/** An agent that answers with what it is given. */
const echo = (confidence = 0.9) => agents.add('echo', ['echo'], ({ input }) => ({ result: { echoed: input as Json }, confidence }));

it('a switch takes the first case that fits, and leaves out the steps between', async () => {
  const pattern = `
input: { score: number }
steps:
  - id: pick
    type: switch
    value: $input.score
    cases:
      sure: { condition: gte 0.8, next: high }
      likely: { condition: gte 0.5, next: middle }
    default: { output: low }
  - { id: high, type: compute, value: "'high'", then: { next: end } }
  - { id: middle, type: compute, value: "'middle'", then: { next: end } }
  - { id: end, type: compute, value: $result }
`;
  const values = [];
  for (const score of [0.9, 0.6, 0.1]) values.push((await run(pattern, { score })).value);

  expect(values).toEqual(['high', 'middle', 'low']);
});

it('a gate goes on, or fails the execution', async () => {
  const pattern = `
input: { ok: boolean }
steps:
  - { id: check, type: gate, condition: $input.ok == true, onPass: continue, onFail: fail }
  - { id: done, type: compute, value: "'passed'" }
`;
  expect((await run(pattern, { ok: true })).value).toBe('passed');
  expect((await run(pattern, { ok: false })).outcome).toMatchObject({ status: 'failed', error: { code: 'execution.step_failed' } });
});

it('branches run at once, see only what was there before, and give their results by name', async () => {
  echo();
  const pattern = `
input: { text: string }
steps:
  - id: both
    type: parallel
    branches:
      - { id: left, agents: { capabilities: [echo], min: 1 }, input: { side: left, text: $input.text }, aggregation: { strategy: first } }
      - { id: right, agents: { capabilities: [echo], min: 1 }, input: { side: right, text: $input.text }, aggregation: { strategy: first } }
output: { left: $left.echoed.side, right: $right.echoed.side }
`;
  expect((await run(pattern, { text: 'x' })).value).toEqual({ left: 'left', right: 'right' });
  expect(agents.asked).toHaveLength(2);
});

it('a batch step asks for each item, and an item that fails has an outcome that says so', async () => {
  agents.add('picky', ['pick'], ({ input }) => {
    if ((input as { n: number }).n === 2) throw new Fault('conflict', 'agent.task_failed', 'Not this one.', {});
    return { result: { n: (input as { n: number }).n }, confidence: 0.5 };
  });
  const pattern = `
input: { items: { type: array, items: number } }
steps:
  - id: each
    type: batch
    items: $input.items
    concurrency: 2
    stopOnError: false
    task:
      agents: { capabilities: [pick], min: 1 }
      input: { n: $item }
      aggregation: { strategy: first }
output:
  n: { $map: { items: $each, transform: item.n } }
  failed: { $filter: { items: $each, condition: item.success == false } }
`;
  const { value } = await run(pattern, { items: [1, 2, 3] });

  expect(value).toMatchObject({ n: [1, null, 3] });
  expect((value as { failed: unknown[] }).failed).toHaveLength(1);
});

it('a loop goes on until it is good enough, and what a round sets the next one sees', async () => {
  agents.add('improver', ['improve'], (_task, turn) => ({ result: { quality: turn * 0.3 }, confidence: turn * 0.3 }));
  const pattern = `
steps:
  - id: refine
    type: loop
    maxIterations: 5
    condition: $improve.quality < 0.8
    steps:
      - { id: improve, agents: { capabilities: [improve], min: 1 }, input: { before: $improve.quality }, aggregation: { strategy: first } }
output: { quality: $improve.quality, rounds: $refine.iterations }
`;
  const { value } = await run(pattern);

  expect((value as { rounds: number }).rounds).toBe(3);
  expect(agents.asked.map(({ input }) => (input as { before: number | null }).before)).toEqual([null, 0.3, 0.6]);
});

it('repeat does its task so often', async () => {
  echo();
  const pattern = `
steps:
  - id: thrice
    type: repeat
    count: 3
    task: { agents: { capabilities: [echo], min: 1 }, input: { n: $index }, aggregation: { strategy: first } }
output: { n: { $map: { items: $thrice, transform: item.echoed.n } } }
`;
  expect((await run(pattern)).value).toEqual({ n: [0, 1, 2] });
});

it('assign, compute, split, reduce, merge and compare work on values alone', async () => {
  const pattern = `
input: { words: { type: array, items: string } }
steps:
  - { id: set, type: assign, values: { first: "$input.words[0]" } }
  - { id: parts, type: split, items: $input.words, chunkSize: 2 }
  - { id: length, type: reduce, items: $input.words, output: count, operation: $items.length }
  - { id: all, type: merge, inputs: [{ a: 1 }, { b: 2 }], method: deep }
  - { id: alike, type: compare, inputs: ["a b c", "a b c"], similarity: 0.9 }
  - { id: sum, type: compute, value: $count + 1 }
output: { first: $first, parts: $parts, count: $count, all: $all, alike: $alike.passed, sum: $sum }
`;
  expect((await run(pattern, { words: ['x', 'y', 'z'] })).value).toEqual({
    ...{ first: 'x', parts: [['x', 'y'], ['z']], count: 3 },
    ...{ all: { a: 1, b: 2 }, alike: true, sum: 4 },
  });
});

it('a step whose condition does not hold is passed over, and said to be', async () => {
  const pattern = `
steps:
  - { id: never, type: compute, condition: 1 > 2, value: "'no'" }
  - { id: always, type: compute, value: "'yes'" }
`;
  const { value, events } = await run(pattern);

  expect(value).toBe('yes');
  expect(events.find(({ type }) => type === 'step_skipped')?.data).toMatchObject({ step: 'never' });
});

it('a step that fails is taken as its onError says', async () => {
  const failing = (onError: string) => `
steps:
  - { id: risky, agents: { capabilities: [nobody], min: 1 }, onError: ${onError} }
  - { id: after, type: compute, value: { went: on, risky: $risky, ok: $risky.success } }
`;
  expect((await run(failing('{ type: continue }'))).value).toEqual({ went: 'on', risky: null, ok: false });
  expect((await run(failing('{ type: default, value: 7 }'))).value).toEqual({ went: 'on', risky: 7, ok: true });
  expect((await run(failing('fail'))).outcome).toMatchObject({ status: 'failed', error: { code: 'agents.none' } });
});

it('a sub-pattern runs as an execution of its own, with its own id and lineage', async () => {
  echo();
  stores.pattern(
    'name: inner\nversion: 1.4.0\ninput: { text: string }\nagents: { capabilities: [echo], min: 1 }\naggregation: { strategy: first }\noutput: { said: $first.echoed.text }',
  );
  const pattern = `
input: { text: string }
steps:
  - { id: sub, pattern: inner@1.x, input: { text: $input.text } }
output: { said: $sub.said, confidence: $sub.confidence }
`;
  const { start, value, events } = await run(pattern, { text: 'hello' });
  const child = events.find(({ type }) => type === 'subpattern_started')?.data['executionId'] as string;

  expect(value).toEqual({ said: 'hello', confidence: 0.9 });
  expect(child).toBe(`${start.id}.1`);
  expect(tests.world.journal.of(executionAddress('default', child))[0]?.data).toMatchObject({
    parent: { executionId: start.id, step: 'sub' },
    patternVersion: '1.4.0',
  });
  expect(tests.world.journal.projections.get(executionAddress('default', child))).toMatchObject({ status: 'completed' });
});

it('a loop that would never end meets the bound of its pattern', async () => {
  const pattern = `
execution: { maxSteps: 4 }
steps:
  - { id: a, type: compute, value: 1 }
  - { id: b, type: compute, value: 2, then: { next: a } }
`;
  expect((await run(pattern)).outcome).toMatchObject({ status: 'failed', error: { code: 'execution.too_many_steps', details: { max: 4 } } });
});

it('a kept result takes the place of one that is not good enough', async () => {
  agents.add('unsure', ['c'], () => ({ result: 'x', confidence: 0.1 }));
  const pattern = `
agents: { capabilities: [c], min: 1 }
aggregation: { strategy: first }
validation: { minConfidence: 0.8, onFailure: fallback, fallback: { type: previous } }
`;
  expect((await run(pattern)).outcome).toMatchObject({ status: 'failed', error: { code: 'execution.validation_failed' } });
  stores.results.push({ input: null, result: { value: 'from before' }, confidence: 0.95 });
  expect((await run(pattern)).value).toBe('from before');
});
