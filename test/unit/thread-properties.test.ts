/** Whatever is said to a thread and whatever its host does, in any order, the same things hold. A failure prints the sequence, made as short as it gets. */
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { QUEUE_MAX } from '../../src/contracts/managed-thread/commands';
import { THREAD_EVENT_TYPES } from '../../src/contracts/managed-thread/events';
import { isTerminal } from '../../src/contracts/managed-thread/status';
import { decide } from '../../src/domain/managed-thread/decide';
import { evolve } from '../../src/domain/managed-thread/evolve';
import { nextStep } from '../../src/domain/managed-thread/next-step';
import { ANSWERS_KEPT, IMMEDIATE_MAX, openThread, RECENT_TURNS_KEPT, type ThreadState } from '../../src/domain/managed-thread/state';
import { describeThread } from '../../src/domain/managed-thread/describe';
import { projectThread } from '../../src/domain/managed-thread/project';
import { faultFrom } from '../../src/errors/fault';
import { ThreadModel, type Luck, type Said, type Sight } from '../support/thread-model';
import { threadStart } from '../support/thread-start';

const answer = fc.oneof(fc.record({ approve: fc.boolean() }), fc.record({ option: fc.integer({ min: 1, max: 3 }) }), fc.constant({ text: 'yes' }));
const fact = fc.constantFrom({ type: 'output', text: 'a piece' }, { type: 'tool_running', tool: 'bash' }, { type: 'conversation', conversationId: 'c-3' });
const spoken: fc.Arbitrary<Omit<Said, 'requestId'>> = fc.oneof(
  { weight: 10, arbitrary: fc.constant({ name: 'send', input: { message: { text: 'hello' } } }) },
  { weight: 2, arbitrary: fc.constantFrom({ name: 'send', input: { raw: '\u0003' } }, { name: 'send', input: { keys: ['ESC'] } }) },
  { weight: 12, arbitrary: answer.map((input) => ({ name: 'approve', input })) },
  { weight: 2, arbitrary: fc.constant({ name: 'cancel', input: {} }) },
  { weight: 2, arbitrary: fc.constant({ name: 'resume', input: {} }) },
  {
    weight: 8,
    arbitrary: fc
      .tuple(fact, fc.integer({ min: 1, max: 3 }))
      .map(([it, n]) => ({ name: 'observe', input: { sessionId: `thr_1.${n}`, turnId: 't', fact: it } })),
  },
  { weight: 1, arbitrary: fc.constantFrom({ name: 'stop', input: {} }, { name: 'stop', input: { force: true } }) },
);
/** A small choice of ids: repeats happen. */
const said: fc.Arbitrary<Said> = fc.tuple(spoken, fc.integer({ min: 0, max: 60 })).map(([it, n]) => ({ ...it, requestId: `${it.name}-${n}` }));
const luck = fc.oneof({ weight: 14, arbitrary: fc.constant<Luck>('well') }, fc.constantFrom<Luck>('silent', 'gone', 'lost', 'unknown'));
const sight = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Sight>('ready') },
  { weight: 4, arbitrary: fc.constantFrom<Sight>('ask', 'same ask', 'login', 'unchanged', 'later') },
  { weight: 1, arbitrary: fc.constantFrom<Sight>('lost') },
);
const end = fc.constantFrom<[Luck, Sight]>(['broken', 'ready'], ['well', 'exit'], ['well', 'crash']);
const move = fc.oneof(
  { weight: 8, arbitrary: said.map((it) => (thread: ThreadModel) => thread.say(it)) },
  {
    weight: 40,
    arbitrary: fc
      .tuple(luck, sight, fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(said, { maxLength: 2 })))
      .map((how) => (thread: ThreadModel) => thread.act(...how)),
  },
  { weight: 1, arbitrary: end.map((how) => (thread: ThreadModel) => thread.act(...how)) },
);
const life = fc.record({
  moves: fc.array(move, { maxLength: 80, size: 'max' }),
  preset: fc.constantFrom('readonly' as const, 'standard' as const, 'autonomous' as const),
  interrupts: fc.boolean(),
  every: fc.constantFrom(null, 1, 3),
});

/** Lives it, and looks at the thread after every move. */
function live(
  { moves, preset, interrupts, every }: typeof life extends fc.Arbitrary<infer T> ? T : never,
  look: (thread: ThreadModel, before: ThreadState) => void,
) {
  const policy = { ...threadStart().policy, maxAutoResponses: 3, autoInterruptOnToolRunning: interrupts, summarizeAfterTurns: every };
  const thread = new ThreadModel({ approvalPreset: preset, policy });
  for (const make of moves) {
    const before = thread.state;
    make(thread);
    look(thread, before);
  }
  return thread;
}
const always = (property: (it: Parameters<typeof live>[0]) => void): void => fc.assert(fc.property(life, property), { numRuns: 250 });

// Looked at after every move, so by plain assertions: Jest's are made for reading, not for hundreds of thousands.
it('bounds, and at most one question, which is open exactly while the thread is blocked or its host does not answer', () => {
  always((it) => {
    live(it, ({ state }) => {
      // A message that was certainly not typed comes back to a queue that may have filled up.
      assert(state.queue.length <= QUEUE_MAX + 1 && state.immediate.length <= IMMEDIATE_MAX);
      assert(state.answers.length <= ANSWERS_KEPT && state.recentTurns.length <= RECENT_TURNS_KEPT && state.autoResponses <= 3);
      assert(state.status !== 'blocked' || state.ask !== null);
      assert(state.ask === null || (['blocked', 'waiting'].includes(state.status) && state.pendingAnswer === null));
      assert(state.session !== null || (state.turn === null && state.ask === null && state.interrupt === null && state.pendingAnswer === null));
    });
  });
});

it('the state is plain JSON, and folding the journal again gives it', () => {
  always((it) => {
    const thread = live(it, ({ state }) => assert.deepEqual(JSON.parse(JSON.stringify(state)), state));
    expect(thread.log.reduce(evolve, openThread(thread.start))).toEqual(thread.state);
  });
});

it('there is always a next step, a description and a row', () => {
  always((it) => {
    live(it, ({ state }) => {
      assert.equal(nextStep(state).do === 'finish', isTerminal(state.status));
      assert(describeThread(state).includes(`**${state.status}**`));
      assert.equal(projectThread(state).queued, state.queue.length + state.immediate.length);
    });
  });
});

it('an end is the end: nothing is recorded after it, and commands are refused or do nothing', () => {
  always((it) => {
    const thread = live(it, ({ state }, before) => assert(!isTerminal(before.status) || state === before));
    if (!isTerminal(thread.state.status)) return;
    for (const name of ['send', 'cancel', 'resume', 'stop', 'approve']) {
      const input = name === 'send' ? { raw: 'x' } : name === 'approve' ? { approve: true, askId: 'never' } : {};
      expect(thread.refusal(name, input).code).toBe('thread.stopped');
    }
  });
});

it('nothing is typed twice, messages in order, and every message is typed, dropped, waiting, or ended with the thread', () => {
  always((it) => {
    const thread = live(it, () => undefined);
    const of = (type: string) => thread.log.filter((event) => event.type === type);
    expect(new Set(thread.typed).size).toBe(thread.typed.length);
    const queued = of('thread_input_queued').filter((event) => 'message' in (event.data.input as object));
    const messages = thread.typed.filter((id) => id.startsWith('message-')).map((id) => id.slice('message-'.length));
    const order = queued.map((event) => event.data.requestId as string);
    expect(messages).toEqual(order.filter((id) => messages.includes(id)));
    if (isTerminal(thread.state.status)) return;
    const dropped = of('thread_cancelled').flatMap((event) => event.data.dropped as string[]);
    const waiting = [...thread.state.queue.map((item) => item.requestId), ...(thread.state.turn?.typed === 'not_yet' ? [thread.state.turn.requestId] : [])];
    for (const id of order) expect([messages, dropped, waiting].filter((place) => place.includes(id))).toHaveLength(1);
  });
});

it('every answer belongs to the question that was open, and the first one stays', () => {
  always((it) => {
    const thread = live(it, () => undefined);
    let open: string | null = null;
    for (const { type, data } of thread.log) {
      if (type === 'thread_blocked') open = (data.promptInfo as { id: string }).id;
      if (type === 'thread_answered' || type === 'thread_ask_closed') expect(data.askId).toBe(open);
      if (type === 'thread_answered' || type === 'thread_ask_closed') open = null;
    }
    for (const given of thread.state.answers) {
      if (thread.state.ask?.id === given.askId) continue;
      const again = decide(thread.state, thread.received('approve', { approve: false, askId: given.askId }));
      expect(again).toEqual({
        events: [],
        reply: { askId: given.askId, answer: given.answer, answeredBy: given.answeredBy, answeredAt: given.answeredAt, repeated: true },
      });
    }
  });
});

it('a refusal is said in our own words, and changes nothing', () => {
  always((it) => {
    live(it, (thread) => {
      const before = JSON.stringify(thread.state);
      for (const name of ['send', 'approve', 'cancel', 'resume', 'stop']) {
        try {
          decide(thread.state, thread.received(name, name === 'send' ? { raw: 'x' } : name === 'approve' ? { option: 9 } : {}));
        } catch (thrown) {
          assert(['invalid', 'not_found', 'conflict', 'exhausted'].includes(faultFrom(thrown).kind));
        }
      }
      assert.equal(JSON.stringify(thread.state), before);
    });
  });
});

it('never gets stuck: with a host that answers, everything that waits is done', () => {
  always((it) => {
    const thread = live(it, () => undefined);
    // Every message takes a turn, raw input may take one more; openings and answers come on top.
    for (let n = 3 * (thread.state.queue.length + thread.state.immediate.length) + 12; n > 0; n--) {
      if (thread.state.status === 'blocked') thread.say({ name: 'approve', input: { approve: true }, requestId: `finally-${n}` });
      const { do: step } = nextStep(thread.state);
      if (step === 'finish' || step === 'rest') break;
      thread.act('well', 'ready');
    }
    const { status, queue, immediate, objective } = thread.state;
    expect(['ready', 'idle', 'completed', 'failed', 'stopped']).toContain(status);
    expect({ queue, immediate }).toEqual({ queue: [], immediate: [] });
    if (!isTerminal(status)) expect(objective).not.toBe('pending');
  });
});

it('these lives meet every type of event but the one that only signals bring', () => {
  const met = new Set(fc.sample(life, { numRuns: 500, seed: 1 }).flatMap((it) => live(it, () => undefined).types()));

  expect(THREAD_EVENT_TYPES.filter((type) => !met.has(type))).toEqual(['command_refused']);
});
