/** What a model says while it says it: thinking and words apart, each without secrets, also where a secret comes in pieces. */
import { LiveDeltas } from '../../../activities/run/live-deltas';
import type { DeltaFrame } from '../../../src/contracts/run/thinking';
import { runRedactor } from '../../../src/domain/run/redaction';

const SECRET = 'correct-horse-battery';

it('tells thinking and words as what they are, in their order, without secrets', async () => {
  const frames: DeltaFrame[] = [];
  const live = new LiveDeltas({
    turn: '0.0',
    redact: runRedactor([SECRET]),
    knownSecrets: [SECRET],
    send: (frame) => Promise.resolve(void frames.push(frame)),
  });
  for (const text of ['I think of correct-ho', 'rse-battery ', 'and more']) live.add({ type: 'thinking', text });
  for (const text of ['The answer ', 'is 7.']) live.add({ type: 'token', text });
  await live.end({ type: 'turn_complete', intents_count: 0, final_answer: 'The answer is 7.' });

  const told = frames.flatMap(({ deltas }) => deltas);
  const said = (type: 'thinking' | 'token') => told.flatMap((delta) => (delta.type === type ? [delta.text] : [])).join('');
  expect(said('token')).toBe('The answer is 7.');
  expect(said('thinking')).toMatch(/^I think of \S+ and more$/);
  expect(JSON.stringify(told)).not.toContain('battery');
  expect(told.findLastIndex(({ type }) => type === 'thinking')).toBeLessThan(told.findIndex(({ type }) => type === 'token'));
});
