import { QUEUE_MAX, THREAD_COMMANDS } from '../../src/contracts/managed-thread/commands';
import { THREAD_STATUSES, type ThreadStatus } from '../../src/contracts/managed-thread/status';
import { checkAnswer, STOP_TIMEOUT_MS } from '../../src/domain/managed-thread/decide';
import { IMMEDIATE_MAX } from '../../src/domain/managed-thread/state';
import { ask, blocked, IN_STATUS, Journey, PERSON, ready } from '../support/thread-journey';

const INPUTS: Readonly<Record<string, unknown>> = {
  send: { message: { text: 'hello' } },
  approve: { approve: true },
  cancel: {},
  resume: {},
  stop: {},
  observe: { sessionId: 'thr_1.1', turnId: 'turn', fact: { type: 'output', text: 'a piece' } },
  report: { sessionId: 'thr_1.1', event: { type: 'lost', reason: 'killed' } },
};

/** What a command records, or the code of its refusal. */
type Expected = readonly string[] | string;
const TABLE: Readonly<Record<string, Readonly<Record<ThreadStatus, Expected>>>> = {
  send: inEach({ open: ['thread_input_queued'], ended: 'thread.stopped' }),
  approve: { ...inEach({ open: 'thread.not_blocked', ended: 'thread.stopped' }), blocked: ['thread_answered'] },
  cancel: { ...inEach({ open: ['thread_cancelled'], ended: 'thread.stopped' }), blocked: ['thread_cancelled', 'thread_ask_closed'] },
  resume: {
    ...inEach({ open: [], ended: 'thread.stopped' }),
    pending: ['thread_resume_requested'],
    preparing: ['thread_resume_requested'],
    idle: ['thread_resume_requested'],
  },
  stop: inEach({ open: ['thread_stop_requested'], ended: 'thread.stopped' }),
  observe: { ...inEach({ open: ['thread_output'], ended: [] }), pending: [], preparing: [], idle: [] },
  report: inEach({ open: [], ended: [] }),
};

function inEach({ open, ended }: { open: Expected; ended: Expected }): Record<ThreadStatus, Expected> {
  return Object.fromEntries(THREAD_STATUSES.map((status) => [status, ['completed', 'failed', 'stopped'].includes(status) ? ended : open])) as Record<
    ThreadStatus,
    Expected
  >;
}

const cells = THREAD_COMMANDS.flatMap(({ name }) => THREAD_STATUSES.map((status) => ({ name, status, expected: TABLE[name]?.[status] })));

it.each(cells)('$name, while $status, gives $expected', ({ name, status, expected }) => {
  const thread = IN_STATUS[status]();
  const before = thread.log.length;

  if (typeof expected === 'string') expect(thread.refusal(name, INPUTS[name]).code).toBe(expected);
  else {
    thread.command(name, INPUTS[name]);
    expect(thread.types(before)).toEqual(expected);
  }
});

it('refuses a command that it does not know', () => {
  expect(new Journey().refusal('dance')).toMatchObject({ kind: 'unsupported', code: 'actor.unknown_command' });
});

describe('send', () => {
  it('tells the place in the queue, and refuses the message after the last', () => {
    const thread = IN_STATUS.running();
    for (let n = 0; n < QUEUE_MAX; n++) expect(thread.command('send', { message: { text: `${n}` } })).toEqual({ position: n });

    expect(thread.refusal('send', { message: { text: 'one too many' } })).toMatchObject({
      kind: 'exhausted',
      code: 'thread.queue_full',
      facts: { max: QUEUE_MAX },
    });
    expect(thread.state.queue).toHaveLength(QUEUE_MAX);
  });

  it('counts raw input and keys apart from messages, with a bound of their own', () => {
    const thread = IN_STATUS.running();
    thread.message();
    for (let n = 0; n < IMMEDIATE_MAX; n++) expect(thread.command('send', n % 2 ? { raw: 'x' } : { keys: ['UP'] })).toEqual({ position: n });

    expect(thread.refusal('send', { raw: 'x' })).toMatchObject({ code: 'thread.queue_full', facts: { max: IMMEDIATE_MAX } });
    expect(thread.refusal('send', { keys: ['UP'] }).code).toBe('thread.queue_full');
    expect(thread.command('send', { message: { text: 'there is room here' } })).toEqual({ position: 1 });
  });

  it('is refused while the thread is being stopped, and says so', () => {
    const thread = IN_STATUS.running();
    thread.command('stop');

    expect(thread.refusal('send', INPUTS.send)).toMatchObject({ kind: 'conflict', code: 'thread.stopped', message: expect.stringContaining('being stopped') });
  });
});

describe('approve', () => {
  const open = () => IN_STATUS.blocked();
  const askId = 'thr_1/turn-1/ask-1';

  it('answers the open ask, with and without its id, and says who did', () => {
    const thread = open();

    expect(thread.command('approve', { approve: true, askId })).toEqual({
      askId,
      answer: { approve: true },
      answeredBy: PERSON.subject,
      answeredAt: expect.any(String),
      repeated: false,
    });
    expect(thread.state).toMatchObject({ status: 'running', ask: null, pendingAnswer: { askId, automatic: false } });
    expect(open().command('approve', { option: 2 })).toMatchObject({ askId, answer: { option: 2 } });
    expect(open().command('approve', { text: 'use staging' })).toMatchObject({ answer: { text: 'use staging' } });
  });

  it('the second time does nothing and shows the first answer, by id or without, also after the end', () => {
    const thread = open();
    const { askId: _, ...first } = thread.command('approve', { approve: true });
    const before = thread.log.length;
    const shown = { askId, ...first, repeated: true };

    expect(thread.command('approve', { approve: false })).toEqual(shown);
    expect(thread.command('approve', { option: 2, askId })).toEqual(shown);
    thread.outcome({ kind: 'exited', exitCode: 0, signal: null, output: '' });
    expect(thread.command('approve', { approve: false, askId })).toEqual(shown);
    expect(thread.types(before)).toEqual(['thread_completed']);
  });

  it('reaches the ask that is named and no other', () => {
    const thread = open();

    expect(thread.refusal('approve', { approve: true, askId: 'thr_1/turn-9/ask-1' })).toMatchObject({
      kind: 'not_found',
      code: 'thread.ask_not_found',
      facts: { openAskId: askId },
    });
    thread.command('approve', { approve: true });
    thread.event('thread_input', { kind: 'answer', requestId: null, effectId: 'e', outcome: 'done', preview: '' });
    thread.outcome(blocked(ask('thr_1/turn-1/ask-2')));
    expect(thread.command('approve', { approve: false, askId })).toMatchObject({ repeated: true, answer: { approve: true } });
    expect(thread.state.ask?.id).toBe('thr_1/turn-1/ask-2');
  });

  it('answers an ask again when the first answer changed nothing', () => {
    const thread = open();
    thread.command('approve', { approve: true });
    thread.event('thread_input', { kind: 'answer', requestId: null, effectId: 'e', outcome: 'done', preview: '' });
    thread.outcome(blocked(ask(askId)));

    expect(thread.last('thread_blocked').reason).toBe('the answer given changed nothing');
    expect(thread.command('approve', { option: 2 })).toMatchObject({ askId, answer: { option: 2 }, repeated: false });
    expect(thread.state.answers.filter((given) => given.askId === askId)).toHaveLength(1);
  });

  it.each([
    ['an option that is not there', ask('a'), { option: 3 }, 'option: expected one of 1, 2'],
    ['an option where there are none', ask('a', { options: [] }), { option: 1 }, 'option: this prompt has no options; answer with text'],
    ['a yes that no option stands for', ask('a', { approveOption: undefined }), { approve: true }, 'approve: this prompt is not a yes-or-no question'],
    ['a no that no option stands for', ask('a', { denyOption: undefined }), { approve: false }, 'approve: this prompt is not a yes-or-no question'],
  ])('refuses %s, and lists what there is', (_what, it, answer, message) => {
    const thread = IN_STATUS.running().outcome(blocked(it));

    const fault = thread.refusal('approve', answer);

    expect(fault).toMatchObject({ kind: 'invalid', code: 'thread.answer_not_possible', facts: { askId: 'a', options: it.options } });
    expect(fault.message).toContain(message);
  });

  it.each([
    ['yes, where only yes is known', ask('a', { denyOption: undefined }), { approve: true }],
    ['no, where only no is known', ask('a', { approveOption: undefined }), { approve: false }],
    ['yes or no to free text', ask('a', { options: [], approveOption: undefined, denyOption: undefined }), { approve: false }],
    ['text to a menu', ask('a'), { text: 'yes' }],
  ])('takes %s', (_what, it, answer) => {
    expect(checkAnswer(it, answer)).toEqual(answer);
  });
});

describe('cancel', () => {
  it('interrupts the turn and drops what waits, raw input excepted', () => {
    const thread = IN_STATUS.running();
    const waiting = [thread.message(), thread.message()];
    thread.command('send', { raw: 'x' });

    expect(thread.command('cancel', { reason: 'wrong way' })).toEqual({ dropped: 2 });
    expect(thread.last('thread_cancelled')).toEqual({ reason: 'wrong way', dropped: waiting });
    expect(thread.state).toMatchObject({ queue: [], immediate: [{ input: { raw: 'x' } }], interrupt: { ordinal: 1, reason: 'wrong way' } });
  });

  it('has nothing to interrupt in a thread that rests', () => {
    const thread = IN_STATUS.ready();

    expect(thread.command('cancel')).toEqual({ dropped: 0 });
    expect(thread.state.interrupt).toBeNull();
  });

  it('closes the ask, so that nobody answers it any more', () => {
    const thread = IN_STATUS.blocked();
    thread.command('cancel');

    expect(thread.last('thread_ask_closed')).toEqual({ askId: 'thr_1/turn-1/ask-1', reason: 'cancelled' });
    expect(thread.refusal('approve', { approve: true }).code).toBe('thread.not_blocked');
  });

  it('takes back an answer that was not typed yet', () => {
    const thread = IN_STATUS.blocked();
    thread.command('approve', { approve: true });
    thread.command('cancel');

    expect(thread.state.pendingAnswer).toBeNull();
  });
});

describe('resume', () => {
  it('wakes once', () => {
    const thread = IN_STATUS.idle();
    thread.command('resume');
    const before = thread.log.length;
    thread.command('resume');

    expect(thread.state.wake).toBe(true);
    expect(thread.types(before)).toEqual([]);
  });
});

describe('stop', () => {
  it.each([
    ['says nothing', {}, { reason: 'stop_requested', force: false, timeoutMs: STOP_TIMEOUT_MS }],
    ['gives a time', { timeoutMs: 60_000, reason: 'done with it' }, { reason: 'done with it', force: false, timeoutMs: 60_000 }],
    ['uses force, whatever the time', { force: true, timeoutMs: 60_000 }, { reason: 'stop_requested', force: true, timeoutMs: 0 }],
  ])('of a caller who %s', (_who, input, expected) => {
    const thread = IN_STATUS.running();
    thread.command('stop', input);

    expect(thread.state.stop).toEqual({ ...expected, by: PERSON.subject });
  });

  it('counts the second time only when it is harder than the first', () => {
    const thread = IN_STATUS.running();
    thread.command('stop');
    const before = thread.log.length;
    thread.command('stop');
    expect(thread.types(before)).toEqual([]);
    thread.command('stop', { force: true });
    expect(thread.state.stop).toMatchObject({ force: true, timeoutMs: 0 });
    thread.command('stop', { force: true });
    thread.command('stop');
    expect(thread.types(before)).toEqual(['thread_stop_requested']);
    expect(thread.state.stop?.force).toBe(true);
  });
});

describe('observe', () => {
  const observe = (fact: object, sessionId = 'thr_1.1') => ({ sessionId, turnId: 'thr_1/turn-1', fact });

  it('records output, tools and the conversation, and a conversation that is known only once', () => {
    const thread = IN_STATUS.running();
    const before = thread.log.length;
    thread.command('observe', observe({ type: 'tool_running', tool: 'bash', description: 'ls' }));
    thread.command('observe', observe({ type: 'tool_running', tool: 'read' }));
    thread.command('observe', observe({ type: 'conversation', conversationId: 'c-1' }));
    thread.command('observe', observe({ type: 'conversation', conversationId: 'c-1' }));

    expect(thread.log.slice(before).map(({ type, data }) => ({ type, data }))).toEqual([
      { type: 'thread_tool_running', data: { info: { toolName: 'bash', description: 'ls' } } },
      { type: 'thread_tool_running', data: { info: { toolName: 'read' } } },
      { type: 'thread_conversation', data: { conversationId: 'c-1' } },
    ]);
    expect(thread.state.conversationId).toBe('c-1');
  });

  it('drops what an earlier session says', () => {
    const thread = IN_STATUS.running().outcome({ kind: 'lost', reason: 'killed' }).opened().outcome(ready());
    const before = thread.log.length;
    thread.command('observe', observe({ type: 'output', text: 'from the past' }, 'thr_1.1'));
    thread.command('observe', observe({ type: 'conversation', conversationId: 'old' }, 'thr_1.1'));

    expect(thread.types(before)).toEqual([]);
    thread.command('observe', observe({ type: 'output', text: 'from now' }, 'thr_1.2'));
    expect(thread.types(before)).toEqual(['thread_output']);
  });
});
