import type { Reading, SeenAsk } from '../../activities/agents/adapter';
import { EFFECT_WAIT_MS, openWatch, stepWatch, type Sample, type Verdict, type WatchRules } from '../../activities/terminal/watch-decision';

const SETTLE = { ready: 100, blocked: 200 };
const ask: SeenAsk = { kind: 'permission', text: 'rm?', options: [{ option: 1, label: 'Yes' }] };
const open = { id: 'turn/ask-0', ...ask };
const ready: Reading = { phase: 'ready' };
const working: Reading = { phase: 'working' };
const blocked: Reading = { phase: 'blocked', ask };

/** Runs samples `[at, reading, changed]` until a verdict; returns it with its time, or null. */
function watch(rules: Partial<WatchRules>, samples: readonly (readonly [number, Reading, boolean?])[]): { at: number; verdict: Verdict } | null {
  let state = openWatch();
  for (const [at, reading, changed = false] of samples) {
    const sample: Sample = { at, reading, changed };
    // Its state must survive being written down at any moment.
    const step = stepWatch(JSON.parse(JSON.stringify(state)) as typeof state, sample, { purpose: 'turn', settleMs: SETTLE, currentAsk: null, ...rules });
    if (step.verdict) return { at, verdict: step.verdict };
    state = step.state;
  }
  return null;
}

it.each<[string, Partial<WatchRules>, [number, Reading, boolean?][], { at: number; verdict: Verdict } | null]>([
  [
    'waits for the settle time of a first prompt',
    { purpose: 'start' },
    [
      [0, { phase: 'starting' }],
      [50, ready],
      [149, ready],
      [150, ready],
    ],
    { at: 150, verdict: { kind: 'ready', worked: false } },
  ],
  [
    'begins to settle again after a flicker',
    {},
    [
      [0, working],
      [50, ready],
      [100, working],
      [160, ready],
      [259, ready],
      [260, ready],
    ],
    { at: 260, verdict: { kind: 'ready', worked: true } },
  ],
  [
    'needs no settling when it is certain',
    {},
    [
      [0, working],
      [50, { ...ready, certain: true }],
    ],
    { at: 50, verdict: { kind: 'ready', worked: true } },
  ],
  [
    'does not take the prompt of before for the end of a turn',
    {},
    [
      [0, ready],
      [500, ready],
      [3_000, ready],
    ],
    null,
  ],
  [
    'gives up on an input without effect after a bounded time',
    {},
    [
      [0, ready],
      [SETTLE.ready + EFFECT_WAIT_MS.turn, ready],
    ],
    { at: 3_100, verdict: { kind: 'ready', worked: false } },
  ],
  [
    'takes a changed screen for an effect',
    {},
    [
      [0, ready, true],
      [100, ready, true],
    ],
    { at: 100, verdict: { kind: 'ready', worked: true } },
  ],
  [
    'takes no echo for an effect when the adapter would know of work',
    {},
    [
      [0, { ...ready, worked: false }, true],
      [3_200, { ...ready, worked: false }, true],
    ],
    null,
  ],
  [
    'waits longer when the adapter would know of work, but not for ever',
    {},
    [
      [0, { ...ready, worked: false }, true],
      [8_100, { ...ready, worked: false }, true],
    ],
    { at: 8_100, verdict: { kind: 'ready', worked: false } },
  ],
  [
    'gives a key press that changed nothing a short time',
    { purpose: 'follow' },
    [
      [0, ready],
      [499, ready],
      [500, ready],
    ],
    { at: 500, verdict: { kind: 'ready', worked: false } },
  ],
  [
    'sees work that was over before it looked',
    { purpose: 'follow' },
    [[0, { ...ready, worked: true, certain: true }]],
    { at: 0, verdict: { kind: 'ready', worked: true } },
  ],
  [
    'gives a new ask after it settled',
    {},
    [
      [0, working],
      [10, blocked],
      [209, blocked],
      [210, blocked],
    ],
    { at: 210, verdict: { kind: 'blocked', ask, same: false } },
  ],
  [
    'settles again when the ask changes',
    {},
    [
      [0, blocked],
      [150, { phase: 'blocked', ask: { ...ask, text: 'mv?' } }],
      [200, { phase: 'blocked', ask: { ...ask, text: 'mv?' } }],
    ],
    null,
  ],
  [
    'gives an ask that the answer did not move away as the same, after a while',
    { purpose: 'follow', currentAsk: open },
    [
      [0, blocked],
      [3_199, blocked],
      [3_200, blocked],
    ],
    { at: 3_200, verdict: { kind: 'blocked', ask, same: true } },
  ],
  [
    'takes an equal ask after work for a new one',
    { purpose: 'follow', currentAsk: open },
    [
      [0, blocked],
      [50, working],
      [60, blocked],
      [260, blocked],
    ],
    { at: 260, verdict: { kind: 'blocked', ask, same: false } },
  ],
  [
    'takes an equal ask for a new one when work was told of',
    { purpose: 'follow', currentAsk: open },
    [[0, { ...blocked, worked: true, certain: true }]],
    { at: 0, verdict: { kind: 'blocked', ask, same: false } },
  ],
  [
    'goes on while the CLI works',
    {},
    [
      [0, working],
      [3_600_000, working],
    ],
    null,
  ],
])('%s', (_name, rules, samples, expected) => {
  expect(watch(rules, samples)).toEqual(expected);
});

it('says when to look again, so that nothing is decided late', () => {
  const { state, againInMs } = stepWatch(
    { ...openWatch(), hadEffect: true },
    { at: 1_000, reading: ready, changed: true },
    { purpose: 'turn', settleMs: SETTLE, currentAsk: null },
  );

  expect(againInMs).toBe(SETTLE.ready);
  expect(stepWatch(state, { at: 1_040, reading: ready, changed: true }, { purpose: 'turn', settleMs: SETTLE, currentAsk: null }).againInMs).toBe(60);
});

it('keeps the conversation that was seen last', () => {
  const first = stepWatch(
    openWatch(),
    { at: 0, reading: { ...working, conversationId: 'c1' }, changed: false },
    { purpose: 'turn', settleMs: SETTLE, currentAsk: null },
  );

  expect(
    stepWatch(first.state, { at: 1, reading: working, changed: false }, { purpose: 'turn', settleMs: SETTLE, currentAsk: null }).state.conversationId,
  ).toBe('c1');
});
