/** What programs of tools write while they write it: in their order, without secrets, also where one comes in pieces, and bounded. */
import { LiveToolOutput, TOLD_MAX } from '../../../activities/run/live-tool-output';
import type { ToolOutputFrame } from '../../../src/contracts/run/thinking';
import { runRedactor } from '../../../src/domain/run/redaction';
import { until } from '../../support/eventually';

const SECRET = 'correct-horse-battery';

function telling() {
  const frames: ToolOutputFrame[] = [];
  const live = new LiveToolOutput({
    ...{ intentId: 'i'.repeat(64), tool: 'shell', redact: runRedactor([SECRET]), knownSecrets: [SECRET] },
    send: (frame) => void frames.push(frame),
  });
  const text = (stream?: string): string => frames.flatMap((frame) => (stream === undefined || frame.stream === stream ? [frame.text] : [])).join('');
  return { live, frames, text };
}

it('is told soon, with the call that it belongs to, each output as what it is', async () => {
  const { live, frames, text } = telling();
  live.add('stdout', 'one\n');
  live.add('stderr', 'oh\n');
  live.add('stdout', 'two\n');
  await until('it is told before the end', () => frames.length > 0);
  live.end();

  expect(frames[0]).toMatchObject({ type: 'tool_output', intentId: 'i'.repeat(64), tool: 'shell', omitted: 0 });
  expect([text('stdout'), text('stderr')]).toEqual(['one\ntwo\n', 'oh\n']);
});

it('has no secret, also where one comes in two pieces', () => {
  const { live, text } = telling();
  for (const piece of ['the key is correct-ho', 'rse-battery', ' and that is all\n']) live.add('stdout', piece);
  live.end();

  expect(text()).toMatch(/^the key is \S+ and that is all\n$/);
  expect(text()).not.toContain('battery');
});

it('is left out, and counted, where it comes faster than it is told', () => {
  const { live, frames, text } = telling();
  live.add('stdout', 'x\n'.repeat(100_000));
  live.end();
  const omitted = frames.reduce((sum, frame) => sum + frame.omitted, 0);

  expect(text().length + omitted).toBe(200_000);
  expect(omitted).toBeGreaterThan(0);
  for (const frame of frames) expect(frame.text.length).toBeLessThanOrEqual(4_000);
});

it('is not told for ever', async () => {
  const { live, text } = telling();
  for (let n = 0; n < 100; n++) live.add('stdout', 'y\n'.repeat(TOLD_MAX / 100));
  live.end();
  const before = text().length;
  live.add('stdout', 'more\n');
  await new Promise((resolve) => setTimeout(resolve, 150));

  expect(text().length).toBe(before);
});
