import type { ThreadEvent } from '../../src/contracts/managed-thread/events';
import { isTerminal, THREAD_STATUSES } from '../../src/contracts/managed-thread/status';
import { evolve } from '../../src/domain/managed-thread/evolve';
import { ANSWERS_KEPT, openThread, RECENT_TURNS_KEPT } from '../../src/domain/managed-thread/state';
import { TRANSITIONS, transition } from '../../src/domain/managed-thread/transitions';
import type { Fault } from '../../src/errors/fault';
import { ask, blocked, IN_STATUS, Journey, PERSON, ready } from '../support/thread-journey';

describe('the eleven words', () => {
  it.each(THREAD_STATUSES)('%s is reached by folding events', (status) => {
    const { log, start, state } = IN_STATUS[status]();

    expect(state.status).toBe(status);
    expect(log.reduce(evolve, openThread(start))).toEqual(state);
  });

  it('follow each other as the table says, and in no other way', () => {
    for (const from of THREAD_STATUSES) {
      for (const to of THREAD_STATUSES) {
        const step = () => transition(from, to);
        if (from === to || TRANSITIONS[from].includes(to)) expect(step()).toBe(to);
        else expect(step).toThrow(expect.objectContaining({ kind: 'internal', code: 'thread.illegal_transition', facts: { from, to } }) as Fault);
      }
    }
  });

  it('have no way out of an end, and a way to an end from everywhere else', () => {
    for (const status of THREAD_STATUSES) {
      if (isTerminal(status)) expect(TRANSITIONS[status]).toEqual([]);
      else expect(TRANSITIONS[status]).toEqual(expect.arrayContaining(['failed', 'stopped']));
    }
  });
});

describe('an event that cannot follow', () => {
  const session = { sessionId: 'thr_1.1', hostId: 'host-a', generation: 1, pid: 1, resumed: false, conversationId: null };
  const completion = { state: 'partial' as const, summary: '' };
  const cases: [string, keyof typeof IN_STATUS, ThreadEvent][] = [
    ['a prompt before any session', 'pending', { type: 'thread_ready', data: { sessionId: 'thr_1.1' } }],
    ['a session before preparation', 'pending', { type: 'thread_started', data: { ...session, agentType: 'fake' } }],
    ['a turn while preparing', 'preparing', { type: 'thread_turn_started', data: { turnId: 't', requestId: null, kind: 'objective' } }],
    ['a question of a released session', 'idle', { type: 'thread_blocked', data: { promptInfo: ask('a'), autoResponded: false } }],
    ['preparation in the middle of a turn', 'running', { type: 'thread_status', data: { status: 'preparing' } }],
    ['completion before a session', 'preparing', { type: 'thread_completed', data: { exitCode: 0, completion } }],
    ['a prompt after the end', 'completed', { type: 'thread_ready', data: { sessionId: 'thr_1.1' } }],
    ['a stop after a failure', 'failed', { type: 'thread_stopped', data: { reason: 'r', force: false, exitCode: null, signal: null } }],
    ['a failure after a stop', 'stopped', { type: 'thread_failed', data: { error: 'e', code: 'c', exitCode: null, signal: null, completion } }],
  ];

  it.each(cases)('%s: is refused as a bug of ours', (_what, status, event) => {
    const thread = IN_STATUS[status]();
    const state = thread.state;

    expect(() => thread.record([event])).toThrow(expect.objectContaining({ code: 'thread.illegal_transition' }) as Fault);
    expect(thread.state).toBe(state);
  });
});

describe('waiting for a host', () => {
  it('remembers what to go back to, also when it is said twice, and forgets it afterwards', () => {
    const thread = IN_STATUS.waiting();
    thread.event('thread_status', { status: 'waiting', reason: 'still' });

    expect(thread.state).toMatchObject({ status: 'waiting', statusReason: 'still', statusBeforeWaiting: 'running' });
    thread.event('thread_status', { status: 'running' });
    expect(thread.state).toMatchObject({ status: 'running', statusReason: null, statusBeforeWaiting: null });
  });

  it.each(['pending', 'preparing', 'starting', 'ready', 'running', 'blocked', 'idle'] as const)('comes back to %s', (status) => {
    const thread = IN_STATUS[status]();
    thread.event('thread_status', { status: 'waiting' });

    expect(thread.state.statusBeforeWaiting).toBe(status);
    expect(thread.event('thread_status', { status }).state.status).toBe(status);
  });
});

describe('inputs', () => {
  it('wait in the order in which they came, with who sent them', () => {
    const thread = IN_STATUS.running();
    const ids = [thread.message('one'), thread.message('two')];

    expect(thread.state.queue.map((item) => item.requestId)).toEqual(ids);
    expect(thread.state.queue[0]).toEqual({ requestId: ids[0], input: { message: { text: 'one' } }, by: PERSON });
  });

  it('a message leaves the queue for its turn, and the turn keeps it', () => {
    const thread = IN_STATUS.ready();
    const id = thread.message();
    thread.turn({ requestId: id }, null);

    expect(thread.state.queue).toEqual([]);
    expect(thread.state.turn).toMatchObject({ requestId: id, typed: 'not_yet', queued: { requestId: id } });
  });

  it.each([
    ['done', 'done', 'typed'],
    ['unknown', 'unknown', 'unknown'],
    ['lost', 'not_yet', 'pending'],
  ] as const)('an objective whose typing was %s leaves the turn %s and the objective %s', (outcome, typed, objective) => {
    const thread = IN_STATUS.starting()
      .outcome(ready({ worked: false }))
      .turn('objective', null);
    thread.event('thread_input', { kind: 'objective', requestId: null, effectId: 'objective', outcome, preview: '' });

    expect(thread.state).toMatchObject({ objective, turn: { typed } });
  });

  it('raw input waits until it is typed; lost, it waits on', () => {
    const thread = IN_STATUS.running();
    thread.command('send', { raw: 'a' }, { requestId: 'first' });
    thread.command('send', { keys: ['UP'] }, { requestId: 'second' });
    const typed = (outcome: 'done' | 'lost') =>
      thread.event('thread_input', { kind: 'raw', requestId: 'first', effectId: 'raw-first', outcome, preview: 'a' }).state.immediate.map((i) => i.requestId);

    expect(typed('lost')).toEqual(['first', 'second']);
    expect(typed('done')).toEqual(['second']);
  });
});

describe('a turn', () => {
  it('that is complete leaves its summary, its completion, and no interrupt', () => {
    const thread = IN_STATUS.running();
    thread.command('cancel');
    thread.outcome(ready({ output: 'All tests pass.' }));

    expect(thread.state).toMatchObject({
      status: 'ready',
      turn: null,
      interrupt: null,
      turns: 1,
      completion: { state: 'partial', summary: 'All tests pass.' },
      recentTurns: ['All tests pass.'],
    });
  });

  it('that never was one takes its interrupt with it: nothing is typed into a prompt that rests', () => {
    const thread = IN_STATUS.ready();
    thread.event('thread_turn_started', { turnId: 't', requestId: 'k', kind: 'input' });
    thread.command('cancel');
    thread.outcome(ready({ worked: false }));

    expect(thread.state).toMatchObject({ status: 'ready', turn: null, interrupt: null, turns: 1 });
  });

  it('after turn remembers the last summaries only', () => {
    const thread = IN_STATUS.ready();
    for (let n = 0; n < RECENT_TURNS_KEPT + 5; n++) thread.turn({ requestId: thread.message() }).outcome(ready({ output: `turn ${n}` }));

    expect(thread.state.recentTurns).toHaveLength(RECENT_TURNS_KEPT);
    expect(thread.state.recentTurns.at(-1)).toBe(`turn ${RECENT_TURNS_KEPT + 4}`);
    expect(thread.state.turns).toBe(RECENT_TURNS_KEPT + 6);
  });
});

describe('policy.autoInterruptOnToolRunning', () => {
  const policy = { ...new Journey().start.policy, autoInterruptOnToolRunning: true };
  const tool = (thread: Journey) => thread.event('thread_tool_running', { info: { toolName: 'bash' } });
  const typed = (thread: Journey) =>
    thread.event('thread_input', { kind: 'interrupt', requestId: null, effectId: 'interrupt-1', outcome: 'done', preview: '', automatic: true });

  it('interrupts once for every tool run', () => {
    const thread = IN_STATUS.running({ policy });

    expect(tool(thread).state.interrupt).toEqual({ ordinal: 1, reason: 'policy.autoInterruptOnToolRunning' });
    expect(tool(thread).state.interrupts).toBe(1);
    expect(typed(thread).state.interrupt).toBeNull();
    expect(tool(thread).state.interrupt?.ordinal).toBe(2);
  });

  it('does nothing when it is off, or when no turn is in progress', () => {
    expect(tool(IN_STATUS.running()).state.interrupt).toBeNull();
    expect(tool(IN_STATUS.ready({ policy })).state.interrupt).toBeNull();
  });
});

describe('answers', () => {
  it('are remembered up to a bound, the oldest forgotten first', () => {
    const thread = IN_STATUS.running();
    for (let n = 1; n <= ANSWERS_KEPT + 3; n++) {
      thread.outcome(blocked(ask(`ask-${n}`)));
      thread.command('approve', { approve: true });
      thread.event('thread_input', { kind: 'answer', requestId: null, effectId: `e${n}`, outcome: 'done', preview: '' });
    }

    expect(thread.state.answers).toHaveLength(ANSWERS_KEPT);
    expect(thread.state.answers[0]?.askId).toBe('ask-4');
    expect(thread.state.askOrdinal).toBe(ANSWERS_KEPT + 4);
  });
});

describe('the end', () => {
  it.each(['completed', 'failed', 'stopped'] as const)('%s leaves nothing waiting', (status) => {
    const waiting = IN_STATUS.blocked();
    waiting.message();
    waiting.command('send', { raw: 'x' });
    waiting.command('approve', { approve: true });
    waiting.command('cancel');
    if (status === 'stopped') waiting.event('thread_stopped', { reason: 'r', force: true, exitCode: null, signal: 'SIGKILL' });
    else waiting.outcome({ kind: 'exited', exitCode: status === 'completed' ? 0 : 1, signal: null, output: '' });

    expect(waiting.state).toMatchObject({ status, session: null, turn: null, ask: null, pendingAnswer: null, interrupt: null, queue: [], immediate: [] });
  });
});

it('a move to another host prepares anew', () => {
  const thread = IN_STATUS.running().outcome({ kind: 'lost', reason: 'the host is gone' });
  thread.event('thread_status', { status: 'preparing', reason: 'moves to another host', hostId: 'host-b' });

  expect(thread.state).toMatchObject({ prepared: false, hostId: 'host-b', session: null });
});

it('lastActivityAt moves with signs of life, updatedAt with every event', () => {
  const thread = IN_STATUS.ready();
  const active = thread.state.lastActivityAt;
  thread.event('thread_idle', { reason: 'idle_timeout', checks: 1 });

  expect(thread.state.lastActivityAt).toBe(active);
  expect(thread.state.updatedAt > (active ?? '')).toBe(true);
  thread.message();
  expect(thread.state.lastActivityAt).toBe(thread.state.updatedAt);
});
