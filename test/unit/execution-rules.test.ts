/** The pure rules of executions and batches: what is answered to commands, and what becomes of the state by events. */
import type { NewEvent, Received, RecordedEvent } from '../../src/contracts/actor';
import type { BatchStart } from '../../src/contracts/execution/batch';
import { fitsInline, jsonBytes, VALUE_INLINE_MAX } from '../../src/contracts/execution/value';
import { decideBatch, evolveBatch, openBatch } from '../../src/domain/batch/batch';
import { decide } from '../../src/domain/execution/decide';
import { adoptEnd, evolve } from '../../src/domain/execution/evolve';
import { Frame } from '../../src/domain/execution/frame';
import { inputFor } from '../../src/domain/execution/input';
import { describeExecution, projectExecution } from '../../src/domain/execution/project';
import { openExecution, type ExecutionState } from '../../src/domain/execution/state';
import { startOf } from '../support/execution-starts';
import { planOf } from '../support/pattern-plans';

const AT = '2026-03-01T08:00:00.000Z';
const LATER = '2026-03-01T08:00:02.500Z';
const by = { subject: 'ada', via: 'api' as const };
const PLAN = planOf('input: { content: string }\nagents: { capabilities: [c], min: 1 }');

const command = (name: string, input: unknown, requestId = 'r1'): Received => ({ name, input, requestId, by, at: LATER });
const recorded = ({ type, data }: NewEvent, seq = 1, at = LATER): RecordedEvent => ({ seq, type, data, at, by, requestId: null });
const fold = (state: ExecutionState, ...events: readonly NewEvent[]) => events.reduce((folded, event, n) => evolve(folded, recorded(event, n + 1)), state);

const opened = openExecution({ ...startOf(PLAN, {}, { id: 'exec_1' }), createdAt: AT });
const running = evolve(
  opened,
  recorded(
    { type: 'started', data: { executionId: 'exec_1', status: 'running', patternName: 'p', patternVersion: '1.0.0', retriedFrom: null, parent: null } },
    1,
    AT,
  ),
);
const asking = fold(running, {
  type: 'approval_requested',
  data: { approvalId: 'exec_1/ask/1', step: 'ask', to: 'lead', message: 'Which?', context: null, deadlineAt: null },
});
const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (thrown) {
    return (thrown as { code: string }).code;
  }
  return 'none';
};

describe('an execution', () => {
  it('is cancelled by whom it was told, once, and shows the first cancellation afterwards', () => {
    const { events, reply } = decide(running, command('cancel', { reason: 'enough' }));
    const state = fold(running, ...events);

    expect(reply).toEqual({ cancelledAt: LATER, reason: 'enough', repeated: false });
    expect(state).toMatchObject({ status: 'cancelled', durationMs: 2_500, cancel: { by: 'ada', reason: 'enough', at: LATER } });
    expect(decide(state, command('cancel', { reason: 'again' }, 'r2'))).toEqual({
      events: [],
      reply: { cancelledAt: LATER, reason: 'enough', repeated: true },
    });
  });

  it('takes no commands once it has ended otherwise', () => {
    const failed = fold(running, {
      type: 'failed',
      data: { status: 'failed', error: { code: 'x', message: 'y' }, confidence: null, durationMs: 1, agentCount: 0 },
    });

    expect(codeOf(() => decide(failed, command('cancel', {})))).toBe('execution.ended');
    expect(codeOf(() => decide(failed, command('approve', { approve: true })))).toBe('execution.ended');
    expect(codeOf(() => decide(running, command('dance', {})))).toBe('actor.unknown_command');
  });

  it('keeps its first end, whatever is told after it', () => {
    const completed = fold(running, {
      type: 'completed',
      data: { status: 'completed', result: { value: 1 }, confidence: 0.5, durationMs: 1, agentCount: 0, warnings: [], metrics: {} },
    });
    const told = fold(
      completed,
      { type: 'threads_stopped', data: { count: 1 } },
      { type: 'failed', data: { status: 'failed', error: { code: 'x', message: 'y' } } },
    );

    expect(told).toMatchObject({ status: 'completed', result: { value: 1 }, confidence: 0.5, error: null });
  });

  it('takes the first answer to what it asks, and shows it to everybody who answers later', () => {
    const { events, reply } = decide(asking, command('approve', { approve: true, value: 7 }));
    const state = fold(asking, ...events);

    expect(reply).toMatchObject({ approvalId: 'exec_1/ask/1', approve: true, answeredBy: 'ada', repeated: false });
    expect([state.approvals, state.given]).toMatchObject([[], [{ value: 7, automatic: false }]]);
    expect(decide(state, command('approve', { approvalId: 'exec_1/ask/1', approve: false }))).toMatchObject({
      events: [],
      reply: { approve: true, repeated: true },
    });
  });

  it.each([
    [running, { approve: true }, 'execution.nothing_to_approve'],
    [asking, { approve: true, approvalId: 'other' }, 'execution.approval_not_found'],
    [
      fold(asking, { type: 'approval_requested', data: { approvalId: 'second', step: 's', to: null, message: '', context: null, deadlineAt: null } }),
      { approve: true },
      'execution.approval_ambiguous',
    ],
  ])('refuses an answer that it cannot place', (state, input, code) => {
    expect(codeOf(() => decide(state, command('approve', input)))).toBe(code);
  });

  it('counts its tasks, and each agent once', () => {
    const task = (type: string, agentId: string): NewEvent => ({ type, data: { taskId: 't', agentId, agentName: agentId, step: 'main', attempt: 1 } });
    const state = fold(running, task('agent_started', 'a'), task('agent_result', 'a'), task('agent_started', 'a'), task('agent_failed', 'a'));

    expect([state.tasks, state.agents]).toEqual([{ asked: 2, answered: 1, failed: 1 }, ['a']]);
  });

  it('has a row without its plan, and a text for people that says how to answer', () => {
    expect(projectExecution(asking).start).not.toHaveProperty('plan');
    expect(describeExecution(asking)).toContain('temporal workflow signal -w execution/exec_1 --name approve');
  });

  it('survives as JSON', () => {
    expect(JSON.parse(JSON.stringify(asking))).toEqual(asking);
  });
});

it('an execution whose journal had an end that it did not know of refuses what was said to it meanwhile', () => {
  const { events } = decide(asking, command('approve', { approve: true }));
  const answered = fold(asking, ...events);
  const projection = {
    ...projectExecution(fold(asking, { type: 'failed', data: { status: 'failed', error: { code: 'c', message: 'm' }, confidence: null } })),
  };
  const ended = adoptEnd(answered, { projection, lastSeq: 9 });

  expect(ended).toMatchObject({ status: 'failed', approvals: [] });
  expect(codeOf(() => decide(ended, command('approve', { approve: true })))).toBe('execution.ended');
  expect(codeOf(() => decide(ended, command('cancel', {})))).toBe('execution.ended');
});

describe('a batch', () => {
  const start: BatchStart = {
    ...{ id: 'batch_1', tenant: 'default', patternName: 'p', patternVersion: '1.0.0', planRef: 'r', total: 3, concurrency: 2, stopOnError: false },
    ...{ timeoutMs: null, priority: 'normal', metadata: {}, by, createdAt: AT },
  };
  const item = (status: string): NewEvent => ({
    type: 'item_ended',
    data: { index: 0, executionId: 'e', status, error: null, total: 3, completed: 0, failed: 0 },
  });

  it('counts what ended, also after it was cancelled', () => {
    const cancelled = decideBatch(openBatch(start), command('cancel', {})).events.reduce(
      (state, event) => evolveBatch(state, recorded(event)),
      openBatch(start),
    );
    const state = [item('completed'), item('failed'), item('cancelled')].reduce((folded, event) => evolveBatch(folded, recorded(event)), cancelled);

    expect(state).toMatchObject({ status: 'cancelled', completed: 1, failed: 1, cancelledItems: 1, cancel: { by: 'ada' } });
    expect(decideBatch(state, command('cancel', {})).reply).toMatchObject({ repeated: true });
  });

  it('takes no cancellation once it has ended', () => {
    const completed = evolveBatch(
      openBatch(start),
      recorded({ type: 'completed', data: { status: 'completed', durationMs: 1, total: 3, completed: 3, failed: 0 } }),
    );
    expect(codeOf(() => decideBatch(completed, command('cancel', {})))).toBe('batch.ended');
  });
});

describe('variables', () => {
  it('of a branch are its own until they are taken over', () => {
    const outer = new Frame();
    outer.set('shared', 1);
    const [left, right] = [outer.inner({ item: 'l' }), outer.inner()];
    left.set('found', 2);

    expect([left.get('shared'), right.get('found'), outer.get('found')]).toEqual([1, undefined, undefined]);
    outer.adopt(left, ['item']);
    expect(outer.all()).toEqual({ shared: 1, found: 2 });
  });
});

describe('an input', () => {
  it('is refused in the words of the seed, naming the member', () => {
    expect(() => inputFor(PLAN, {})).toThrow('Invalid input: content is required');
    expect(codeOf(() => inputFor(PLAN, { content: 1 }, 'inputs.3'))).toBe('execution.input_invalid');
    expect(inputFor(PLAN, { content: 'x' })).toEqual({ content: 'x' });
  });
});

describe('the size of a value', () => {
  it.each(['', 'plain', 'ä', '€', '😀', { a: ['ä€😀', 1, null] }])('of %j is that of its JSON in UTF-8', (value) => {
    expect(jsonBytes(value)).toBe(Buffer.byteLength(JSON.stringify(value)));
  });

  it('decides how it travels', () => {
    expect([fitsInline('x'.repeat(VALUE_INLINE_MAX - 2)), fitsInline('x'.repeat(VALUE_INLINE_MAX - 1))]).toEqual([true, false]);
  });
});
