/** When the journals of executions and batches wait for more, and which agents an execution is given before it asks. */
import type { RecordedEvent } from '../../src/contracts/actor';
import type { SelectAgents, SelectedAgent } from '../../src/contracts/agent/task';
import { batchPatience, openBatch } from '../../src/domain/batch/batch';
import { patience } from '../../src/domain/execution/patience';
import { answers, firstSelection, readySelection } from '../../src/domain/execution/selection';
import { Fault } from '../../src/errors/fault';
import { planOf } from '../support/pattern-plans';

const event = (type: string, data: Readonly<Record<string, unknown>> = {}): RecordedEvent => ({
  ...{ seq: 1, type, data, at: '2026-11-26T08:00:00.000Z', by: { subject: 'system', via: 'system' as const }, requestId: null },
});
const result = (durationMs: number) => event('agent_result', { durationMs });
const progress = (completed: number, failed = 0) => event('progress', { step: 'main', total: 3, completed, failed });

describe('the journal of an execution', () => {
  it.each([
    ['waits for the rest of the answers of quick agents', [event('agent_started'), result(20), progress(1)], true],
    ['does not wait once all have answered', [result(20), progress(3)], false],
    ['does not wait once the last one failed', [result(20), progress(2, 1)], false],
    ['tells of the answer of a slow agent at once', [result(2_500), progress(1)], false],
    ['tells of a failure at once', [event('agent_failed'), progress(0, 1)], false],
    ['tells at once of what is no answer', [event('started'), event('subpattern_started')], false],
  ])('%s', (_what, waiting, waits) => {
    expect(patience({ status: 'running' }, waiting) > 0).toBe(waits);
  });

  it('waits for nothing once the execution has ended', () => {
    expect(patience({ status: 'completed' }, [result(20), progress(1)])).toBe(0);
  });
});

it('the journal of a batch waits for more inputs to end, and for nothing else', () => {
  const state = { ...openBatch({ createdAt: '2026-11-26T08:00:00.000Z' } as never), status: 'running' as const };

  expect(batchPatience(state, [event('item_ended'), event('item_ended')])).toBeGreaterThan(0);
  expect(batchPatience(state, [event('started')])).toBe(0);
  expect(batchPatience({ ...state, status: 'completed' }, [event('item_ended')])).toBe(0);
});

const whose = { tenant: 'default', executionId: 'exec_1' };
const patternOf = (agents: string, more = ''): ReturnType<typeof planOf> =>
  planOf(`name: p\nversion: 1.0.0\ninput: { kind: string }\nagents: ${agents}\n${more}aggregation: { strategy: first }\n`);

describe('the agents of the first step', () => {
  it('are known from the plan and the input', () => {
    const plan = patternOf('{ capabilities: [vote, $input.kind], min: 2, max: 3, exclude: [mallory] }');

    expect(firstSelection(plan, { kind: 'legal' }, whose)).toEqual({
      ...{ ...whose, capabilities: ['vote', 'legal'], min: 2, max: 3 },
      ...{ prefer: [], exclude: ['mallory'] },
    });
  });

  it('are not known where each task of the step has agents of its own', () => {
    const tasks = 'execution: { strategy: sequential, steps: [{ capability: a }] }\n';
    expect(firstSelection(patternOf('{ capabilities: [a], min: 1 }', tasks), { kind: 'x' }, whose)).toBeNull();
  });

  it('hold for that very question, and for a few seconds', () => {
    const wanted: SelectAgents = { ...whose, capabilities: ['a'], min: 1, max: 1, prefer: [], exclude: [] };
    const ready = { wanted, agents: [], at: '2026-11-26T08:00:00.000Z' };
    const at = Date.parse(ready.at);

    expect(answers(ready, { ...wanted }, at + 1_000)).toBe(true);
    expect(answers(ready, { ...wanted, exclude: ['asked-before'] }, at + 1_000)).toBe(false);
    expect(answers(ready, wanted, at + 60_000)).toBe(false);
    expect(answers(ready, wanted, at - 60_000)).toBe(false);
  });

  it('are left to the workflow where there are too few, which then says so; what breaks is told', async () => {
    const asked = { ...whose, plan: patternOf('{ capabilities: [a], min: 1 }'), input: { kind: 'x' }, at: '2026-11-26T08:00:00.000Z' };
    const failing = (fault: Fault) => ({ select: (): Promise<readonly SelectedAgent[]> => Promise.reject(fault) });

    await expect(readySelection(failing(new Fault('unavailable', 'agents.none', 'None.')), asked)).resolves.toBeNull();
    await expect(readySelection({ select: () => Promise.resolve([]) }, { ...asked, input: {} })).resolves.toBeNull();
    await expect(readySelection(failing(new Fault('unavailable', 'store.unreachable', 'Away.')), asked)).rejects.toMatchObject({ code: 'store.unreachable' });
    await expect(readySelection({ select: () => Promise.resolve([]) }, asked)).resolves.toMatchObject({ agents: [], at: asked.at });
  });
});
