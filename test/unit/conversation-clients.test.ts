/** From what a thread tells to what clients of others read. */
import * as fc from 'fast-check';
import type { ThreadEvent, ThreadEventType } from '../../src/contracts/conversation/events';
import type { Said } from '../../src/domain/conversation/clients/said';
import { Telling } from '../../src/domain/conversation/clients/telling';
import { threadNamed } from '../../src/domain/conversation/clients/thread-name';
import { RunEvents, type Event } from '../../src/surfaces/ag-ui/events';
import { RunStream } from '../../src/surfaces/agent-protocol/stream';

let sequence = 0;
const event = (type: ThreadEventType, payload: ThreadEvent['payload'], runId: string | null = 'run-1'): ThreadEvent => ({
  ...{ sequence: (sequence += 1), rolloutId: 'rol_1', threadId: 'thr_1', runId, type, payload, createdAt: '2026-05-01T08:00:00.000Z' },
});
const delta = (text: string, runId = 'run-1') =>
  ({ type: 'assistant_message_delta', threadId: 'thr_1', runId, rolloutId: 'rol_1', sequenceNumber: 1, payload: { text } }) as const;
const CALL = { callId: 'c1', tool: 'shell' };

describe('what is told of a thread', () => {
  it('names live text as the message that it will be kept under', () => {
    const telling = new Telling();
    telling.event(event('run_started', {}));
    const before = telling.frame(delta('Let me see'));
    const called = telling.event(event('tool_call', { ...CALL, arguments: { command: 'ls' }, rationale: '' }));
    const after = telling.frame(delta('There'));
    const kept = telling.event(event('assistant_message', { text: 'There is one.' }));

    expect(before).toMatchObject({ type: 'text', messageId: 'msg_run-1_0' });
    expect(called).toMatchObject({ message: { id: 'msg_run-1_0', calls: [{ id: 'c1', tool: 'shell', args: { command: 'ls' } }] } });
    expect([after, kept]).toMatchObject([{ messageId: 'msg_run-1_1' }, { message: { id: 'msg_run-1_1', text: 'There is one.' } }]);
  });

  it.each<[string, ThreadEvent['payload']]>([
    ['text', { text: 'Hi' }],
    ['content', { content: 'Hi' }],
    ['parts of content', { content: [{ type: 'text', text: 'H' }, { type: 'image' }, { type: 'text', text: 'i' }] }],
  ])('reads a published message with %s', (_name, payload) => {
    expect(new Telling().event(event('user_message', payload))).toMatchObject({ message: { role: 'user', text: 'Hi' } });
  });

  it.each([null, 1, 'x', [], {}, { text: 7 }, { status: 'odd' }] as ThreadEvent['payload'][])('never fails over the payload %j', (payload) => {
    const telling = new Telling();
    for (const type of [
      'user_message',
      'tool_call',
      'tool_result',
      'approval_requested',
      'approval_resolved',
      'compaction_completed',
      'run_completed',
    ] as const)
      expect(() => telling.event(event(type, payload))).not.toThrow();
  });

  it('knows the questions that wait, with the arguments of their calls, until they are resolved or the run ends', () => {
    const telling = new Telling();
    telling.event(event('tool_call', { ...CALL, arguments: { command: 'ls' }, rationale: '' }));
    for (const proposalId of ['p1', 'p2']) telling.event(event('approval_requested', { ...CALL, channel: 'risk', proposalId, reason: 'it may', quorum: 1 }));
    expect(telling.questions.map(({ id, args }) => [id, args])).toEqual([
      ['p1', { command: 'ls' }],
      ['p2', { command: 'ls' }],
    ]);
    telling.event(event('approval_resolved', { ...CALL, channel: 'risk', proposalId: 'p1', approved: true, approvers: [] }));
    expect(telling.questions.map(({ id }) => id)).toEqual(['p2']);
    telling.event(event('run_completed', { status: 'cancelled' }));
    expect(telling.questions).toEqual([]);
  });

  it('tells an end with the answer, what went wrong and what was spent', () => {
    const telling = new Telling();
    telling.event(event('assistant_message', { text: 'Half' }));
    const error = { code: 'run.budget', message: 'spent' };

    expect(telling.event(event('run_completed', { status: 'failed', error, usage: { inputTokens: 3 } }))).toMatchObject({
      end: { status: 'failed', answer: 'Half', error, spent: { inputTokens: 3, outputTokens: 0 } },
    });
  });
});

it('takes ids as names of threads, and makes an id of any other name', () => {
  expect(threadNamed('0f9d2c1e-6d0a-4a57-9a51-5f4f2f1f7a10')).toBe('0f9d2c1e-6d0a-4a57-9a51-5f4f2f1f7a10');
  expect(threadNamed('a thread')).toMatch(/^thr_[0-9a-f]{32}$/);
  expect(threadNamed('a thread')).toBe(threadNamed('a thread'));
  expect(threadNamed('a thread')).not.toBe(threadNamed('another'));
});

const someSaid: fc.Arbitrary<Said> = fc.oneof(
  fc.record({
    type: fc.constantFrom('text' as const, 'thinking' as const),
    messageId: fc.constantFrom('m1', 'm2'),
    delta: fc.string({ minLength: 1, maxLength: 5 }),
  }),
  fc.record({ id: fc.constantFrom('m1', 'm2'), text: fc.string({ maxLength: 5 }) }).map(({ id, text }) => ({
    ...{ type: 'message' as const, sequence: 1, message: { role: 'assistant' as const, id, text, calls: [] } },
  })),
);
const END: Said = { type: 'ended', sequence: 9, end: { status: 'completed', answer: null, error: null, spent: null } };

it('closes everything that AG-UI is told has been opened, in whatever order it is said', () => {
  fc.assert(
    fc.property(fc.array(someSaid, { maxLength: 20 }), (said) => {
      const encoder = new RunEvents({ threadId: 't', runId: 'r' });
      const told: Event[] = [...encoder.begin(null), ...[...said, END, END].flatMap((one) => [...encoder.push(one)])];
      let open: string | null = null;
      for (const one of told) {
        if (one.type === 'TEXT_MESSAGE_START' || one.type === 'REASONING_MESSAGE_START') {
          expect(open).toBeNull();
          open = one.messageId;
        } else if (one.type === 'TEXT_MESSAGE_CONTENT' || one.type === 'REASONING_MESSAGE_CONTENT') expect(one.messageId).toBe(open);
        else if (one.type === 'TEXT_MESSAGE_END' || one.type === 'REASONING_MESSAGE_END') {
          expect(one.messageId).toBe(open);
          open = null;
        }
      }
      expect(open).toBeNull();
      expect(told.filter(({ type }) => type === 'RUN_FINISHED')).toHaveLength(1);
    }),
  );
});

it('says what was not heard live once more, as the rest where it fits and as a whole where it does not', () => {
  const rest = new RunEvents({ threadId: 't', runId: 'r' });
  const kept = (text: string): Said => ({ type: 'message', sequence: 1, message: { role: 'assistant', id: 'm1', text, calls: [] } });
  const live: Said = { type: 'text', messageId: 'm1', delta: 'Hel' };
  const texts = (events: RunEvents, ...said: readonly Said[]) =>
    said.flatMap((one) => [...events.push(one)].flatMap((told) => (told.type === 'TEXT_MESSAGE_CONTENT' ? [[told.messageId, told.delta]] : [])));

  expect(texts(rest, live, kept('Hello'))).toEqual([
    ['m1', 'Hel'],
    ['m1', 'lo'],
  ]);
  expect(texts(new RunEvents({ threadId: 't', runId: 'r' }), live, kept('Other'))).toEqual([
    ['m1', 'Hel'],
    ['m1_kept', 'Other'],
  ]);
});

it('adds pieces up for clients of the Agent Protocol that ask for whole messages', () => {
  const stream = new RunStream({ threadId: 't', runId: 'r', assistantId: 'a', modes: ['messages'] }, []);
  const told = (['Hel', 'lo'] as const).flatMap((piece) => [...stream.push({ type: 'text', messageId: 'm1', delta: piece })]);
  const done = [...stream.push({ type: 'message', sequence: 4, message: { role: 'assistant', id: 'm1', text: 'Hello', calls: [] } })];

  expect(told.map(({ event: name, data }) => [name, Array.isArray(data) ? data[0].content : null])).toEqual([
    ['messages/metadata', null],
    ['messages/partial', 'Hel'],
    ['messages/partial', 'Hello'],
  ]);
  expect(done).toMatchObject([{ id: '4', event: 'messages/complete', data: [{ id: 'm1', content: 'Hello' }] }]);
});
