import type { ThreadStart } from '../../src/contracts/managed-thread/projection';
import { failure, whenLost } from '../../src/domain/managed-thread/outcomes';
import { nextStep } from '../../src/domain/managed-thread/next-step';
import { LOSSES_MAX } from '../../src/domain/managed-thread/state';
import { ask, blocked, IN_STATUS, Journey, ready } from '../support/thread-journey';

const lost = (thread: Journey) => thread.outcome({ kind: 'lost', reason: 'killed' });
const policy = (changes: Partial<ThreadStart['policy']>) => ({ policy: { ...new Journey().start.policy, ...changes } });
/** What the outcome adds to the journal. */
const adds = (thread: Journey, act: (thread: Journey) => unknown): string[] => {
  const before = thread.log.length;
  act(thread);
  return thread.types(before);
};

describe('a watch that ends at the prompt', () => {
  it('is the first prompt of a session', () => {
    const thread = IN_STATUS.starting();

    expect(adds(thread, (it) => it.outcome(ready({ worked: false, conversationId: 'c-1' })))).toEqual(['thread_conversation', 'thread_ready']);
    expect(thread.state).toMatchObject({ status: 'ready', conversationId: 'c-1', turns: 0 });
  });

  it('completes the turn, with its request, its time and what was said', () => {
    const thread = IN_STATUS.ready();
    thread.turn({ requestId: thread.message() });
    const { turnId, requestId, startedAt } = thread.state.turn ?? {};

    thread.outcome(ready({ output: 'Fixed it.\nSee https://git.example.invalid/a/b/pull/7', confidence: 0.9 }));

    const data = thread.last('thread_turn_complete');
    expect(data).toMatchObject({ turnId, requestId, confidence: 0.9, completion: { state: 'partial', artifacts: [{ type: 'pr' }] } });
    expect(data.durationMs).toBe(Date.parse(thread.log.at(-1)?.at ?? '') - Date.parse(startedAt ?? ''));
  });

  it('completes a turn also when the watch saw no work: a message was typed, and the prompt is back', () => {
    expect(adds(IN_STATUS.running(), (it) => it.outcome(ready({ worked: false })))).toEqual(['thread_turn_complete']);
  });

  it('is no turn when keys changed nothing', () => {
    const thread = IN_STATUS.ready();
    const press = () => {
      thread.command('send', { keys: ['ESC'] }, { requestId: `k${thread.log.length}` });
      const requestId = thread.state.immediate[0]?.requestId ?? '';
      thread.event('thread_turn_started', { turnId: 't', requestId, kind: 'input' });
      thread.event('thread_input', { kind: 'keys', requestId, effectId: `keys-${requestId}`, outcome: 'done', preview: 'ESC' });
    };

    press();
    expect(adds(thread, (it) => it.outcome(ready({ worked: false })))).toEqual(['thread_ready']);
    press();
    expect(adds(thread, (it) => it.outcome(ready({ worked: true })))).toEqual(['thread_turn_complete']);
  });

  it('closes an ask that somebody answered in the terminal', () => {
    const thread = IN_STATUS.blocked();

    expect(adds(thread, (it) => it.outcome(ready()))).toEqual(['thread_ask_closed', 'thread_turn_complete']);
    expect(thread.last('thread_ask_closed')).toEqual({ askId: 'thr_1/turn-1/ask-1', reason: 'answered_in_terminal' });
  });

  it('tells a conversation once', () => {
    const thread = IN_STATUS.running().event('thread_conversation', { conversationId: 'c-1' });

    expect(adds(thread, (it) => it.outcome(ready({ conversationId: 'c-1' })))).toEqual(['thread_turn_complete']);
  });
});

describe('policy.summarizeAfterTurns', () => {
  const turns = (every: number | null, count: number): Journey => {
    const thread = IN_STATUS.starting(policy({ summarizeAfterTurns: every })).outcome(ready({ worked: false }));
    for (let n = 1; n <= count; n++) thread.turn({ requestId: thread.message() }).outcome(ready({ output: `finished part ${n}` }));
    return thread;
  };

  it('renews the summary after so many turns, and counts anew', () => {
    const thread = turns(2, 5);

    expect(thread.types().filter((type) => type === 'thread_summary_updated')).toHaveLength(2);
    expect(thread.last('thread_summary_updated').turns).toBe(4);
    expect(thread.state).toMatchObject({ turnsSinceSummary: 1, turns: 5, summary: expect.stringContaining('finished part 4') });
  });

  it('does nothing when it is not set', () => {
    expect(turns(null, 3).types()).not.toContain('thread_summary_updated');
  });
});

describe('a watch that ends at a question', () => {
  it('blocks the thread until a person answers', () => {
    const thread = IN_STATUS.running();

    expect(adds(thread, (it) => it.outcome(blocked(ask('a'), 'c-1')))).toEqual(['thread_conversation', 'thread_blocked']);
    expect(thread.last('thread_blocked')).toEqual({ promptInfo: ask('a'), autoResponded: false });
    expect(nextStep(thread.state)).toEqual({ do: 'rest' });
  });

  it('says so when it is a login', () => {
    const login = ask('a', { kind: 'login', options: [], action: undefined, text: 'Open the page', url: 'https://login.example.invalid', code: 'AB-12' });
    const thread = IN_STATUS.starting();

    expect(adds(thread, (it) => it.outcome(blocked(login)))).toEqual(['thread_blocked', 'thread_auth_required']);
    expect(thread.last('thread_auth_required')).toMatchObject({ instructions: 'Open the page', url: 'https://login.example.invalid', code: 'AB-12' });
  });

  it('that is known already adds nothing', () => {
    expect(adds(IN_STATUS.blocked(), (it) => it.outcome(blocked(ask('thr_1/turn-1/ask-1'))))).toEqual([]);
  });

  it('that follows on another closes the first: it was answered in the terminal', () => {
    const thread = IN_STATUS.blocked();

    expect(adds(thread, (it) => it.outcome(blocked(ask('next'))))).toEqual(['thread_ask_closed', 'thread_blocked']);
    expect(thread.state).toMatchObject({ status: 'blocked', ask: { id: 'next' } });
  });

  it('that was answered, with the answer still to be typed, is old news', () => {
    const thread = IN_STATUS.blocked();
    thread.command('approve', { approve: true });

    expect(adds(thread, (it) => it.outcome(blocked(ask('thr_1/turn-1/ask-1'))))).toEqual([]);
    expect(nextStep(thread.state)).toMatchObject({ do: 'answer', given: { askId: 'thr_1/turn-1/ask-1' } });
  });
});

describe('an automatic answer', () => {
  const autonomous = (changes: Partial<ThreadStart> = {}) => IN_STATUS.running({ approvalPreset: 'autonomous', ...changes });
  const typed = (thread: Journey) => thread.event('thread_input', { kind: 'answer', requestId: null, effectId: 'e', outcome: 'done', preview: '' });

  it('is an event like any other: with the reason, and who gave it', () => {
    const thread = autonomous();

    expect(adds(thread, (it) => it.outcome(blocked(ask('a'))))).toEqual(['thread_blocked', 'thread_answered']);
    expect(thread.last('thread_blocked')).toMatchObject({ autoResponded: true, reason: 'preset autonomous allows shell without asking' });
    expect(thread.last('thread_answered')).toMatchObject({ askId: 'a', answer: { approve: true }, automatic: true, answeredBy: 'preset:autonomous' });
    expect(thread.state).toMatchObject({ status: 'running', autoResponses: 1 });
  });

  it('is shown to who answers the same ask by hand', () => {
    const thread = autonomous().outcome(blocked(ask('a')));

    expect(thread.command('approve', { approve: false, askId: 'a' })).toMatchObject({ repeated: true, answeredBy: 'preset:autonomous' });
  });

  it('is not given twice to the same ask: a person is asked', () => {
    const thread = typed(autonomous().outcome(blocked(ask('a'))));

    expect(adds(thread, (it) => it.outcome(blocked(ask('a'))))).toEqual(['thread_blocked']);
    expect(thread.last('thread_blocked')).toMatchObject({ autoResponded: false, reason: 'the answer given changed nothing' });
  });

  it('is given maxAutoResponses times in one session, then people are asked; a new session counts anew', () => {
    const thread = autonomous(policy({ maxAutoResponses: 2 }));
    for (const id of ['a', 'b']) {
      expect(adds(thread, (it) => it.outcome(blocked(ask(id))))).toContain('thread_answered');
      typed(thread);
    }

    expect(adds(thread, (it) => it.outcome(blocked(ask('c'))))).toEqual(['thread_blocked']);
    lost(thread).opened();
    expect(thread.state.autoResponses).toBe(0);
    expect(adds(thread, (it) => it.outcome(blocked(ask('d'))))).toContain('thread_answered');
  });

  it('is never given where the preset asks', () => {
    expect(IN_STATUS.running({ approvalPreset: 'permissive' }).outcome(blocked(ask('a'))).state.status).toBe('blocked');
  });

  it('stays within the workspace when the policy says so', () => {
    const thread = autonomous(policy({ requireWorkspaceBoundary: true }));
    thread.outcome(blocked(ask('a', { action: { category: 'file_write', path: '/etc/passwd' } })));

    expect(thread.state.status).toBe('blocked');
    thread.outcome(blocked(ask('b', { action: { category: 'file_write', path: '/workspace/a.txt' } })));
    expect(thread.state.status).toBe('running');
  });
});

describe('the end of the process', () => {
  it.each([
    [{ exitCode: 0, signal: null }, 'thread_completed', { exitCode: 0, completion: { state: 'partial', summary: 'bye' } }],
    [{ exitCode: 2, signal: null }, 'thread_failed', { code: 'agent.exited', error: expect.stringContaining('exit code 2'), exitCode: 2, signal: null }],
    [{ exitCode: null, signal: 'SIGSEGV' }, 'thread_failed', { error: expect.stringContaining('SIGSEGV'), exitCode: null, signal: 'SIGSEGV' }],
    [{ exitCode: 0, signal: 'SIGTERM' }, 'thread_failed', { signal: 'SIGTERM' }],
    [{ exitCode: null, signal: null }, 'thread_failed', { exitCode: null, completion: { state: 'failed', summary: 'bye' } }],
  ] as const)('%j is %s', (exit, type, data) => {
    const thread = IN_STATUS.running().outcome({ kind: 'exited', ...exit, output: 'bye' });

    expect(thread.last(type)).toMatchObject(data);
  });

  it('is complete work when turns were done', () => {
    const thread = IN_STATUS.ready().outcome({ kind: 'exited', exitCode: 0, signal: null, output: 'bye' });

    expect(thread.state.completion?.state).toBe('complete');
  });

  it('by a failure of ours keeps its code', () => {
    const thread = IN_STATUS.preparing().record(failure('workspace.clone_failed', 'The repository cannot be cloned.'));

    expect(thread.last('thread_failed')).toMatchObject({ code: 'workspace.clone_failed', error: 'The repository cannot be cloned.', exitCode: null });
    expect(thread.state.statusReason).toBe('The repository cannot be cloned.');
  });
});

describe('a lost terminal', () => {
  it('gives back a message that was certainly not typed, at the front of the queue', () => {
    const thread = IN_STATUS.ready();
    const [first, second] = [thread.message('first'), thread.message('second')];
    thread.turn({ requestId: first }, null);

    expect(adds(thread, lost)).toEqual(['thread_session_lost', 'thread_status']);
    expect(thread.last('thread_session_lost').turn).toMatchObject({ requestId: first, outcome: 'not_started' });
    expect(thread.state.queue.map((item) => item.requestId)).toEqual([first, second]);
    expect(nextStep(thread.state)).toEqual({ do: 'open' });
  });

  it.each(['done', 'unknown'] as const)('never gives back a message whose typing was %s', (typed) => {
    const thread = IN_STATUS.ready();
    const [first, second] = [thread.message('first'), thread.message('second')];
    lost(thread.turn({ requestId: first }, typed));

    expect(thread.last('thread_session_lost').turn).toMatchObject({ requestId: first, outcome: 'unknown' });
    expect(thread.state.queue.map((item) => item.requestId)).toEqual([second]);
  });

  it('gives back an objective that was not typed, and only that', () => {
    const before = IN_STATUS.starting().outcome(ready({ worked: false }));

    expect(lost(before.turn('objective', null)).state.objective).toBe('pending');
    expect(lost(IN_STATUS.running()).state.objective).toBe('typed');
  });

  it('makes a resting thread idle, and starts the CLI of one at work again', () => {
    expect(lost(IN_STATUS.ready()).state).toMatchObject({ status: 'idle', session: null });
    expect(lost(IN_STATUS.ready().event('thread_status', { status: 'waiting' })).state.status).toBe('idle');
    expect(lost(IN_STATUS.running()).state).toMatchObject({ status: 'starting', session: null, turn: null });
    expect(lost(IN_STATUS.starting()).state.status).toBe('starting');
    expect(lost(IN_STATUS.waiting()).state.status).toBe('starting');
  });

  it('closes the ask that nobody can answer any more', () => {
    const thread = IN_STATUS.blocked();

    expect(adds(thread, lost)).toEqual(['thread_ask_closed', 'thread_session_lost', 'thread_status']);
    expect(thread.last('thread_ask_closed').reason).toBe('session_lost');
    expect(thread.state).toMatchObject({ status: 'starting', ask: null, pendingAnswer: null });
  });

  it('keeps the conversation for the next session', () => {
    const thread = IN_STATUS.running().event('thread_conversation', { conversationId: 'c-1' });

    expect(lost(thread).opened().state).toMatchObject({ conversationId: 'c-1', generation: 2, session: { sessionId: 'thr_1.2' } });
  });

  it(`fails the thread after ${LOSSES_MAX} in a row, a prompt in between counts anew`, () => {
    const thread = IN_STATUS.starting();
    for (let n = 1; n < LOSSES_MAX; n++) lost(thread).opened();
    thread.outcome(ready({ worked: false }));
    for (let n = 1; n < LOSSES_MAX; n++) lost(thread.state.session ? thread : thread.opened());
    thread.opened();

    expect(thread.state.status).toBe('starting');
    lost(thread);
    expect(thread.last('thread_failed').code).toBe('session.lost_repeatedly');
  });

  it('is nothing to a thread without one', () => {
    expect(whenLost(IN_STATUS.idle().state, 'killed')).toEqual([]);
  });
});
