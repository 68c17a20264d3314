/** The pure rules of runs: what is answered to commands, what becomes of the state by events, and what clients read of it. */
import type { Received, RecordedEvent } from '../../src/contracts/actor';
import { LOG_EVENT_TYPES, RUN_EVENTS, type RunEventType } from '../../src/contracts/run/events';
import type { RunStart } from '../../src/contracts/run/start';
import { decideRun } from '../../src/domain/run/decide';
import { endBefore } from '../../src/domain/run/ends';
import { evolveRun } from '../../src/domain/run/evolve';
import { numbered, type Told } from '../../src/domain/run/log-lines';
import { describeRun } from '../../src/domain/run/project';
import { sessionOf, type LoggedEvent } from '../../src/domain/run/session';
import { openRun, reopenRun, type RunState } from '../../src/domain/run/state';
import { BUDGET, runStart } from '../support/fake-runs';

const AT = '2026-03-01T08:00:00.000Z';
const H = (digit: string): string => digit.repeat(64);
const COST = { tokens: 0, tool_calls: 1, wall_clock_ms: 40, usd_millicents: 0 };
const intent = { step: 0, tool: 'shell', intentId: H('1') };
const proposal = { ...intent, proposalId: H('2') };
const start: RunStart = runStart({ id: '5f0c7a52-6f5c-4a6e-9f2b-4ae6a1c9a001', trajectoryId: H('9'), title: 'inspect', createdAt: AT });

/** Folds what a workflow would tell; the events stand beside the state. */
function fold(state: RunState, ...told: readonly Told[]): { readonly state: RunState; readonly events: readonly RecordedEvent[] } {
  const events: RecordedEvent[] = [];
  let folded = state;
  for (const one of told)
    for (const { type, data } of numbered(folded.logged, [one])) {
      const event: RecordedEvent = { seq: events.length + 1, type, data, at: AT, by: { subject: 'ada', via: 'api' }, requestId: null };
      expect(() => RUN_EVENTS[type].parse(data)).not.toThrow();
      folded = evolveRun(folded, event);
      events.push(event);
    }
  return { state: folded, events };
}
const created: Told = {
  type: 'run_created',
  data: { runId: start.id, trajectoryId: start.trajectoryId, title: 'inspect', maxSteps: 16, parent: null, branchOf: null },
};
const stepped: Told = { type: 'step_started', data: { step: 0, fresh: 0 } };
const declared: Told = { type: 'intent_declared', data: { ...intent, rationale: 'to see' } };
const asked: Told = { type: 'approval_requested', data: { ...proposal, channel: 'ops', reason: 'it is risky', quorum: 2, seq: 1 } };
const begun: readonly Told[] = [created, stepped, declared];
const waiting = fold(openRun(start), ...begun, asked).state;

const command = (name: string, input: unknown, subject = 'ada'): Received => ({ name, input, requestId: `${subject}-1`, by: { subject, via: 'api' }, at: AT });
const take = (state: RunState, given: Received) => {
  const { events, reply } = decideRun(state, given);
  return { reply, state: events.reduce((folded, event, n) => evolveRun(folded, { ...event, seq: n + 1, at: AT, by: given.by, requestId: null }), state) };
};
const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (thrown) {
    return (thrown as { code: string }).code;
  }
  return 'nothing was thrown';
};

describe('sessions', () => {
  const session = (...told: readonly Told[]) => {
    const { state, events } = fold(openRun(start), ...told);
    return sessionOf({ run: state, task: 'inspect', finalAnswer: null, events: events as readonly LoggedEvent[] });
  };
  const last = (...told: readonly Told[]) => session(...told).log.at(-1);

  it.each<[string, Told, object]>([
    ['run_created', created, { phase: 'system', level: 'info', title: 'Runtime accepted task' }],
    [
      'step_started',
      stepped,
      {
        phase: 'intent',
        level: 'info',
        title: 'Step 1 entered intent phase',
        detail: 'Loaded 0 fresh runtime observations into the planning loop.',
        step_index: 0,
      },
    ],
    [
      'intent_declared',
      declared,
      { phase: 'intent', level: 'info', title: 'Intent issued for shell', detail: 'to see', tool: 'shell', intent_id: `intent:${H('1')}` },
    ],
    [
      'proposal_staged',
      { type: 'proposal_staged', data: proposal },
      {
        phase: 'proposal',
        level: 'success',
        title: 'Proposal staged for shell',
        detail: 'Policy, writ scope, and budget checks passed.',
        proposal_id: `proposal:${H('2')}`,
      },
    ],
    [
      'proposal_rejected',
      { type: 'proposal_rejected', data: { ...proposal, reason: { kind: 'authority_void', detail: 'no' }, seq: 1 } },
      { phase: 'proposal', level: 'warning', title: 'Proposal rejected for shell' },
    ],
    ['approval_requested', asked, { phase: 'proposal', level: 'warning', title: 'Approval requested for shell', detail: 'Channel ops: it is risky' }],
    [
      'approval_resolved',
      { type: 'approval_resolved', data: { ...proposal, channel: 'ops', approved: true, approvers: ['ada'] } },
      { phase: 'proposal', level: 'success', title: 'Approval granted for shell' },
    ],
    [
      'approval_resolved',
      { type: 'approval_resolved', data: { ...proposal, channel: 'ops', approved: false, approvers: ['ada'] } },
      { phase: 'proposal', level: 'warning', title: 'Approval denied for shell' },
    ],
    ['execution_started', { type: 'execution_started', data: proposal }, { phase: 'execution', level: 'info', title: 'Execution started for shell' }],
    [
      'execution_observed',
      { type: 'execution_observed', data: { ...proposal, deltaOps: 1, latencyMs: 4, cost: COST } },
      { phase: 'execution', level: 'success', title: 'Execution observed for shell', detail: '1 delta ops produced in 4 ms.' },
    ],
    [
      'commit_recorded',
      { type: 'commit_recorded', data: { ...proposal, commitId: H('3'), seq: 4 } },
      {
        phase: 'result',
        level: 'success',
        title: 'Result committed for shell',
        detail: 'Ledger seq 4 accepted and stored.',
        commit_id: `commit:${H('3')}`,
        seq: 4,
      },
    ],
    [
      'execution_failed',
      { type: 'execution_failed', data: { ...proposal, outcome: 'failed', error: 'boom', cost: COST, seq: 2 } },
      { phase: 'result', level: 'error', title: 'Execution failed for shell', detail: 'boom' },
    ],
    [
      'retry_scheduled',
      { type: 'retry_scheduled', data: { step: 0, retry: 2, delayMs: 2000, error: { code: 'x', message: '503' } } },
      { phase: 'system', level: 'warning', title: 'Retry 2 scheduled', detail: 'Backing off for 2000 ms. 503' },
    ],
    [
      'run_failed',
      { type: 'run_failed', data: { status: 'failed', terminatedBy: 'Error', finalAnswer: null, error: { code: 'x', message: 'why' } } },
      { phase: 'result', level: 'error', title: 'Run failed', detail: 'why' },
    ],
    [
      'run_cancelled',
      { type: 'run_cancelled', data: { status: 'cancelled', terminatedBy: 'Cancelled', by: 'ada', reason: null } },
      { phase: 'result', level: 'warning', title: 'Run cancelled' },
    ],
  ])('say of %s what clients match on (%#)', (_type, told, line) => {
    expect(last(told)).toMatchObject({ idx: 1, timestamp_ms: Date.parse(AT), ...line });
  });

  it('number the lines of the log, and events that are none have no number', () => {
    const used: Told = { type: 'usage_updated', data: { step: 0, tokensIn: 5, tokensOut: 2, usdMillicents: 3, latencyMs: 7, intents: 1 } };
    const { log, tokens_in, tokens_out } = session(created, stepped, used, declared);

    expect(log.map(({ idx, title }) => [idx, title])).toEqual([
      [1, 'Runtime accepted task'],
      [2, 'Step 1 entered intent phase'],
      [3, 'Intent issued for shell'],
    ]);
    expect([tokens_in, tokens_out]).toEqual([5, 2]);
  });

  it('remember that a cost is not known, once one is not, also over a resumption', () => {
    const used = (costKnown?: false): Told => ({
      type: 'usage_updated',
      data: { step: 0, tokensIn: 5, tokensOut: 2, usdMillicents: 3, latencyMs: 7, intents: 1, ...(costKnown === false && { costKnown }) },
    });
    const known = fold(openRun(start), created, stepped, used()).state;
    const unknown = fold(openRun(start), created, stepped, used(false), used()).state;
    const interrupted = fold(openRun(start), created, stepped, { type: 'cancel_requested', data: { by: 'ada', reason: null, at: AT } }).state;
    const between = fold(openRun(start), created, stepped, used(), declared, { type: 'cancel_requested', data: { by: 'ada', reason: null, at: AT } }).state;

    expect([known, unknown, interrupted, between].map((state) => state.costKnown)).toEqual([true, false, false, true]);
    expect(reopenRun(unknown, { ...start, attempt: 1 }).costKnown).toBe(false);
  });

  it('have a line for every event that is one', () => {
    const shown = ['run_resumed', 'delegation_started', 'delegation_ended'] as const satisfies readonly RunEventType[];
    const data = {
      attempt: 1,
      by: 'ada',
      childRunId: 'c',
      childTrajectoryId: H('4'),
      status: 'completed',
      terminatedBy: 'CognitionDone',
      seq: 3,
      ...proposal,
      idx: 1,
    };
    for (const type of shown) expect(sessionOf({ run: openRun(start), task: '', finalAnswer: null, events: [{ type, data, at: AT }] }).log).toHaveLength(1);
    expect(LOG_EVENT_TYPES).toEqual(expect.arrayContaining([...shown]));
  });

  it.each<[string, readonly Told[]]>([
    ['Planning first move', [created]],
    ['Planning step 1', [created, stepped]],
    ['Intent declared for shell', begun],
    ['Proposal cleared for shell', [...begun, { type: 'proposal_staged', data: proposal }]],
    ['Executing shell', [...begun, { type: 'execution_started', data: proposal }]],
    ['Observed result from shell', [...begun, { type: 'execution_observed', data: { ...proposal, deltaOps: 0, latencyMs: 0, cost: COST } }]],
    ['Committed result from shell', [...begun, { type: 'commit_recorded', data: { ...proposal, commitId: H('3'), seq: 1 } }]],
    ['Awaiting approval on ops', [...begun, asked]],
    [
      'Task resolved and verified by runtime',
      [created, { type: 'run_completed', data: { status: 'completed', terminatedBy: 'CognitionDone', finalAnswer: null } }],
    ],
    ['Run cancelled by operator', [created, { type: 'run_cancelled', data: { status: 'cancelled', terminatedBy: 'Cancelled', by: 'a', reason: null } }]],
    [
      'Run ended before completion: MaxStepsReached',
      [created, { type: 'run_failed', data: { status: 'failed', terminatedBy: 'MaxStepsReached', finalAnswer: null, error: null } }],
    ],
    [
      'Runtime stopped on an unrecovered error',
      [created, { type: 'run_failed', data: { status: 'failed', terminatedBy: 'Error', finalAnswer: null, error: { code: 'x', message: 'y' } } }],
    ],
  ])('tell an operator: %s', (text, told) => {
    expect(session(...told).operator_state).toBe(text);
  });

  it('leave out what is empty, and show what waits', () => {
    expect(Object.keys(session(created))).not.toEqual(expect.arrayContaining(['active_tool']));
    expect(session(...begun, asked)).toMatchObject({
      status: 'waiting_approval',
      pending_channel: 'ops',
      active_tool: 'shell',
      counters: { approvals_pending: 1 },
    });
  });
});

describe('approvals', () => {
  it('want as many different people as the policy says, and show the first answer of each', () => {
    const one = take(waiting, command('approve', { channel: 'ops', approve: true }));
    expect(one.reply).toMatchObject({ approved: true, missing: 1, repeated: false, proposal_id: H('2') });

    const again = take(one.state, command('approve', { channel: 'ops', approve: false }));
    expect(again.reply).toMatchObject({ approved: true, repeated: true });
    expect(again.state.pending?.verdicts).toHaveLength(1);

    expect(take(one.state, command('approve', { channel: 'ops', approve: true }, 'bob')).reply).toMatchObject({ missing: 0, approver: 'bob' });
  });

  it('are denied by one', () => {
    expect(take(waiting, command('approve', { channel: 'ops', approve: false })).reply).toMatchObject({ approved: false, missing: 0 });
  });

  it('are matched by channel, and by the proposal where one is named', () => {
    expect(codeOf(() => decideRun(waiting, command('approve', { channel: 'other', approve: true })))).toBe('run.no_pending_approval');
    expect(codeOf(() => decideRun(waiting, command('approve', { channel: 'ops', proposal_id: H('8'), approve: true })))).toBe('run.no_pending_approval');
    expect(take(waiting, command('approve', { channel: 'ops', proposal_id: H('2'), approve: true })).reply).toMatchObject({ repeated: false });
  });

  it('that were settled are shown as they were, also to somebody else', () => {
    const given = take(waiting, command('approve', { channel: 'ops', approve: false })).state;
    const { state } = fold(given, { type: 'approval_resolved', data: { ...proposal, channel: 'ops', approved: false, approvers: ['ada'] } });

    expect(state).toMatchObject({ status: 'running', pending: null });
    expect(take(state, command('approve', { channel: 'ops', approve: true }, 'bob')).reply).toMatchObject({ approved: false, approver: 'ada', repeated: true });
  });

  it('of a run that has ended are refused', () => {
    const { state } = fold(openRun(start), created, { type: 'run_completed', data: { status: 'completed', terminatedBy: 'CognitionDone', finalAnswer: null } });
    expect(codeOf(() => decideRun(state, command('approve', { channel: 'ops', approve: true })))).toBe('run.ended');
  });
});

describe('cancelling', () => {
  it('is done once, and the second time shows the first', () => {
    const first = take(waiting, command('cancel', { reason: 'enough' }));
    expect(first.reply).toMatchObject({ reason: 'enough', repeated: false });
    expect(first.state).toMatchObject({ status: 'waiting_approval', cancel: { by: 'ada', reason: 'enough' } });
    expect(take(first.state, command('cancel', { reason: 'other' })).reply).toMatchObject({ reason: 'enough', repeated: true });
    expect(codeOf(() => decideRun(first.state, command('approve', { channel: 'ops', approve: true })))).toBe('run.no_pending_approval');
  });
});

describe('ends', () => {
  const state = openRun({ ...start, expiresAt: 1_000 });
  it.each<[string | null, Partial<RunState>, number]>([
    [null, {}, 999],
    ['WritExpired', {}, 1_000],
    ['MaxStepsReached', { currentStep: 16 }, 0],
    ['BudgetExhausted', { used: { ...BUDGET, tool_calls: 0, wall_clock_ms: 0 } }, 0],
    ['BudgetExhausted', { used: { tokens: 0, tool_calls: 0, wall_clock_ms: 300_000, usd_millicents: 0 } }, 0],
    ['BudgetExhausted', { used: { tokens: 0, tool_calls: 0, wall_clock_ms: 0, usd_millicents: 1 } }, 0],
    [null, { used: { tokens: 99_999, tool_calls: 64, wall_clock_ms: 299_999, usd_millicents: 0 } }, 0],
    ['Cancelled', { cancel: { by: 'a', reason: null, at: AT }, currentStep: 16 }, 2_000],
  ])('%s (%#)', (terminatedBy, more, now) => {
    expect(endBefore({ ...state, ...more }, now)?.terminatedBy ?? null).toBe(terminatedBy);
  });

  it('stand: nothing that is told afterwards changes them but a settled effect', () => {
    const { state: unknown } = fold(openRun(start), ...begun, {
      type: 'execution_failed',
      data: { ...proposal, outcome: 'unknown', error: '?', cost: COST, seq: 1 },
    });
    const { state: ended } = fold(unknown, { type: 'run_failed', data: { status: 'failed', terminatedBy: 'MaxStepsReached', finalAnswer: null, error: null } });
    const late = fold(ended, stepped, { type: 'effect_resolved', data: { proposalId: H('2'), outcome: 'done', by: 'ada' } }).state;

    expect(ended.unknownEffects).toEqual([H('2')]);
    expect(late).toMatchObject({ status: 'failed', unknownEffects: [], currentStep: 1, counters: { failures: 1 } });
  });

  it('are taken back by a resumption, which counts its steps anew and keeps what was used', () => {
    const { state: ended } = fold(openRun(start), ...begun, {
      type: 'run_failed',
      data: { status: 'failed', terminatedBy: 'MaxStepsReached', finalAnswer: null, error: null },
    });
    const resumed = reopenRun({ ...ended, used: BUDGET }, { ...start, attempt: 1, maxSteps: 4 });

    expect(resumed).toMatchObject({ status: 'running', terminatedBy: null, currentStep: 1, firstStep: 1, maxSteps: 5, used: BUDGET, announced: 0 });
  });
});

it('a person reads in the Temporal UI what waits, and how to answer it', () => {
  expect(describeRun(waiting)).toContain('**Waits for an approval** on channel `ops` (0 of 2)');
  expect(describeRun(waiting)).toContain(`temporal workflow signal -w run/${start.id} --name approve`);
});
