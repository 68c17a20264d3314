/** What a model is told of earlier runs of a thread: messages, and calls of tools with what came of them; bounded, and with care about what local runs publish. */
import type { ThreadEvent } from '../../src/contracts/conversation/events';
import { charsTold, plainSummary, TURNS_CHARS_MAX, turnsOf } from '../../src/domain/conversation/said';
import { sizeOf } from '../../src/domain/run/cognition/turn-size';

let sequence = 0;
type Told = Pick<ThreadEvent, 'type' | 'payload' | 'sequence'>;
const event = (type: Told['type'], payload: Told['payload']): Told => ({ type, payload, sequence: ++sequence });
const user = (text: string) => event('user_message', { text });
const agent = (text: string) => event('assistant_message', { text });
const id = (n: number): string => n.toString(16).padStart(64, '0');
const call = (n: number, more: object = {}) => event('tool_call', { callId: id(n), tool: 'kv_set', arguments: { key: `k${n}` }, rationale: '', ...more });
const result = (n: number, more: object = {}) =>
  event('tool_result', { callId: id(n), tool: 'kv_set', status: 'done', output: { set: n }, error: null, ...more });

it('are calls with what came of them, where they were made', () => {
  const turns = turnsOf([user('set it'), call(1, { rationale: 'I set it.' }), result(1), agent('It is set.')]);

  expect(turns).toEqual([
    { role: 'user', text: 'set it' },
    {
      role: 'calls',
      text: 'I set it.',
      calls: [{ id: `call_${id(1).slice(0, 24)}`, tool: 'kv_set', args: { key: 'k1' }, result: 'Result: {"set":1}' }],
    },
    { role: 'assistant', text: 'It is set.' },
  ]);
});

it('of one answer stand together, those of several apart', () => {
  const turns = turnsOf([
    ...[call(1, { rationale: 'both' }), event('approval_requested', {}), event('approval_resolved', {}), result(1), call(2, { rationale: 'both' }), result(2)],
    ...[call(3), result(3), call(4), result(4)],
  ]);

  expect(turns.map((turn) => (turn.role === 'calls' ? turn.calls.length : turn.role))).toEqual([2, 1, 1]);
});

it.each([
  [{ status: 'failed', output: null, error: 'disk full' }, 'Execution failed: disk full'],
  [{ status: 'unknown', output: null, error: 'worker lost' }, 'Execution began, and nobody knows how it ended: worker lost'],
  [{ status: 'rejected', output: null, error: 'policy_denied: no' }, 'Rejected before it ran (policy_denied: no). Nothing was changed.'],
  [{ status: 'done', output: 'plain text' }, 'Result: plain text'],
])('say how they ended: %j', (more, said) => {
  const [turn] = turnsOf([call(1), result(1, more)]);

  expect(turn).toMatchObject({ calls: [{ result: said }] });
});

it('that never ended say so, and results of nothing stand for themselves', () => {
  expect(turnsOf([call(1), user('and?')])[0]).toMatchObject({ calls: [{ result: 'Nothing is known of how it ended.' }] });
  expect(turnsOf([event('tool_result', { callId: 'theirs', output: 5 })])).toMatchObject([{ role: 'calls', calls: [{ tool: 'tool', result: 'Result: 5' }] }]);
});

it.each([null, 7, 'text', [], { callId: 7 }, { callId: 'a/b', tool: {}, arguments: null, rationale: [] }])(
  'are read with care, whatever a local run published: %j',
  (payload) => {
    const given = payload as Told['payload'];
    const turns = turnsOf([event('tool_call', given), event('tool_result', given)]);

    for (const turn of turns) if (turn.role === 'calls') for (const { id: made } of turn.calls) expect(made).toMatch(/^[A-Za-z0-9_]{1,40}$/);
    expect(turns.length).toBeGreaterThan(0);
  },
);

it('are cut, and those of long ago told shortly, so that they do not drive out what people said', () => {
  const events = Array.from({ length: 60 }, (_, n) => [
    user(`question ${n}`),
    call(n, { arguments: { text: 'a'.repeat(50_000) } }),
    result(n, { output: 'b'.repeat(50_000) }),
  ]).flat();
  const turns = turnsOf(events);

  expect(turns.reduce((sum, turn) => sum + sizeOf(turn), 0)).toBeLessThanOrEqual(TURNS_CHARS_MAX);
  expect(turns.filter(({ role }) => role === 'user')).toHaveLength(60);
  const lengths = turns.flatMap((turn) => (turn.role === 'calls' ? turn.calls.map(({ result: text }) => text.length) : []));
  expect(lengths[0]).toBeLessThan(300);
  expect(lengths.at(-1)).toBeGreaterThan(4_000);
  expect(charsTold('tool_result', { output: 'b'.repeat(50_000) })).toBe(4_000);
});

it('begin with words of the user where something had to be left out', () => {
  const long = 'c'.repeat(TURNS_CHARS_MAX / 3);
  const turns = turnsOf([user(long), agent(long), user(long), agent('short'), user('short')]);

  expect(turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
});

it('are counted in a summary without a model', () => {
  const summary = plainSummary(turnsOf([user('go'), call(1), result(1), call(2), result(2), agent('gone')]));

  expect(summary).toContain('2 messages, 1 of them from the user');
  expect(summary).toContain('Tools were called 2 times.');
});
