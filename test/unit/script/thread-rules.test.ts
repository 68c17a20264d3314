/** The rules of a script's thread: what it answers, what it becomes, what comes of an error, how long something takes. */
import fc from 'fast-check';
import type { Received, RecordedEvent } from '../../../src/contracts/actor';
import { SCRIPT_EVENTS, type ScriptEvent } from '../../../src/contracts/script/events';
import { decideScriptThread } from '../../../src/domain/script/thread/decide';
import { durationIn, timeIn } from '../../../src/domain/script/thread/durations';
import { evolveScriptThread } from '../../../src/domain/script/thread/evolve';
import { nextAfter } from '../../../src/domain/script/thread/next-after';
import { nameOf, sharedNames } from '../../../src/domain/script/thread/outline';
import { describeScriptThread, projectScriptThread } from '../../../src/domain/script/thread/project';
import { openScriptThread, type ScriptThreadState } from '../../../src/domain/script/thread/state';
import type { IrStep } from '../../../src/contracts/script/ir';
import { scriptStart } from '../../support/fake-script-activities';

const AT = '2026-11-26T10:00:00.000Z';
const folded = (state: ScriptThreadState, ...events: readonly ScriptEvent[]): ScriptThreadState =>
  events.reduce((now, { type, data }, seq): ScriptThreadState => {
    const event: RecordedEvent = { seq, type, data, at: AT, by: { subject: 'ada', via: 'api' }, requestId: null };
    return evolveScriptThread(now, event);
  }, state);
const command = (name: string, input: unknown, at = AT): Received => ({ name, input, requestId: 'r', by: { subject: 'ada', via: 'api' }, at });

const asked = (path: string, more: object = {}): ScriptEvent => ({
  type: 'thread_paused',
  data: {
    ...{ path, label: null, kind: 'ask' },
    pause: {
      ...{ path, label: null, since: AT, kind: 'ask', prompt: 'Well?', type: 'integer', options: null, default: null, attempt: 1, retriesLeft: 1 },
      ...{ expiresAt: null, refused: null, ...more },
    },
  },
});
const opened = (): ScriptThreadState =>
  folded(openScriptThread(scriptStart('ask "Well?" -> answer')), {
    type: 'thread_started',
    data: { threadId: 't', scriptName: 'test', version: 1, totalSteps: 1 },
  });

it('goes on when the last of its pauses is answered', () => {
  const state = folded(opened(), asked('0.0.0'), asked('0.1.0'));
  const { events, reply } = decideScriptThread(state, command('resume', { override: 7 }));
  const next = folded(state, ...events);

  expect(reply).toEqual({ step_path: '0.0.0', refused: null });
  expect(next).toMatchObject({ status: 'PAUSED', pauses: [{ path: '0.1.0' }], settled: { '0.0.0': { kind: 'given', attempt: 1 } } });
  expect(folded(next, ...decideScriptThread(next, command('resume', { override: '8' })).events)).toMatchObject({ status: 'RUNNING', pauses: [] });
});

it.each([
  [{}, 'ask.no_value'],
  [{ override: 'seven' }, 'ask.type'],
  [{ override: { value: 1.5 } }, 'ask.type'],
  [{ override: { value: 4 } }, 'ask.option'],
])('a wrong answer is refused in the reply: %j', (input, code) => {
  const state = folded(opened(), asked('0', { options: [1, 2] }));

  expect(decideScriptThread(state, command('resume', input)).reply).toMatchObject({ refused: { code, retries_left: 0 } });
});

it('an answer at the very end of its time is too late', () => {
  const state = folded(opened(), asked('0', { expiresAt: AT }));

  expect(() => decideScriptThread(state, command('resume', { override: 1 }))).toThrow(expect.objectContaining({ code: 'script_thread.ask_expired' }));
});

it('nothing at all is the default of the question, where it has one', () => {
  const state = folded(opened(), asked('0', { default: { value: 3 } }));

  expect(decideScriptThread(state, command('resume', {})).events).toMatchObject([{ type: 'thread_resumed', data: { override: { value: { value: 3 } } } }]);
});

it('whatever is said, a refusal changes nothing and an end is an end', () => {
  const input = fc.record({
    step_path: fc.option(fc.constantFrom('0', '1', 'x'), { nil: undefined }),
    override: fc.option(fc.jsonValue(), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(input, { maxLength: 8 }), fc.boolean(), (inputs, cancels) => {
      let state = folded(opened(), asked('0'), asked('1', { options: [1] }));
      for (const one of inputs) {
        try {
          state = folded(state, ...decideScriptThread(state, command('resume', one)).events);
        } catch (thrown) {
          expect(thrown).toMatchObject({ kind: expect.stringMatching(/conflict|invalid/) });
        }
        expect(state.status).toBe(state.pauses.length > 0 ? 'PAUSED' : 'RUNNING');
      }
      const end: ScriptEvent = cancels ? { type: 'thread_cancelled', data: { by: 'ada', reason: null } } : { type: 'thread_completed', data: { output: null } };
      const ended = folded(state, end, asked('2'), { type: 'thread_failed', data: { error: { code: 'late', message: 'late' } } });
      expect(ended).toMatchObject({ status: cancels ? 'CANCELLED' : 'COMPLETED', error: null, pauses: [], open: [] });
      expect(describeScriptThread(ended)).toContain(ended.status);
      expect(projectScriptThread(ended)).not.toHaveProperty('start.ir');
    }),
  );
});

it('every event has the shape that is declared for it', () => {
  const state = folded(opened(), asked('0'));
  for (const { type, data } of decideScriptThread(state, command('resume', { override: 'x' })).events as readonly ScriptEvent[])
    expect(SCRIPT_EVENTS[type].safeParse(data).success).toBe(true);
});

const step = (on_error?: object): IrStep => ({ primitive: 'execute', tool: 'x', args: {}, ...(on_error && { on_error }) }) as IrStep;
const FAILS = { unknown: false, retry: true, fatal: false, passed: false };
it.each([
  ['tries again', step({ retry: 1 }), {}, FAILS, 'retry'],
  ['pauses when its tries are used up', step({ retry: 1 }), { tries: 1 }, FAILS, 'pause'],
  ['does not try again what cannot help', step({ retry: 1, then: 'ignore' }), {}, { ...FAILS, retry: false }, 'ignore'],
  ['calls another tool', step({ then: { tool: 'y', args: {} } }), {}, FAILS, 'fallback'],
  ['calls another tool once', step({ then: { tool: 'y', args: {} } }), { fallback: true }, FAILS, 'pause'],
  ['does nothing again of which nobody knows', step({ retry: 5, then: { tool: 'y', args: {} } }), {}, { ...FAILS, unknown: true }, 'pause'],
  ['ends where it is fatal', step({ retry: 5 }), {}, { ...FAILS, fatal: true }, 'fail'],
] as const)('a step that fails %s', (_what, failing, begun, failure, next) => {
  expect(nextAfter(failing, { tries: 0, fallback: false, ...begun }, failure, { handled: false, handling: false })).toBe(next);
});

it('the handler of a thread comes before a pause, and its own steps end it', () => {
  const begun = { tries: 0, fallback: false };

  expect(nextAfter(step(), begun, FAILS, { handled: true, handling: false })).toBe('handler');
  expect(nextAfter(step(), begun, FAILS, { handled: true, handling: true })).toBe('fail');
});

it.each([
  ['250ms', 250],
  ['1.5s', 1_500],
  ['24h', 86_400_000],
  [7, 7],
  ['1 week', null],
  [-1, null],
  ['99999d', null],
  [null, null],
])('a duration of %j is %j milliseconds', (value, ms) => {
  expect(durationIn(value)).toBe(ms);
});

it.each([
  ['2027-01-01', Date.UTC(2027, 0, 1)],
  ['2027-01-01T01:00:00', Date.UTC(2027, 0, 1, 1)],
  ['2027-01-01 01:00+01:00', Date.UTC(2027, 0, 1)],
  ['tomorrow', null],
  [5, null],
])('a time of %j is %j', (value, at) => {
  expect(timeIn(value)).toBe(at);
});

it('steps are called as they begin in the text', () => {
  expect(nameOf({ primitive: 'execute', label: 'Fetch', tool: 'http', args: {} })).toBe('do "Fetch" with http');
  expect(nameOf({ primitive: 'let', name: 'x', value: '1' })).toBe('let x');
  expect(nameOf({ primitive: 'run', script: 'inner', args: {} })).toBe('run with inner');
  expect(nameOf({ primitive: 'send', label: 'Tell', channel: 'team', args: {} })).toBe('send "Tell" via "team"');
});

it('what every branch binds is known after a decision, where one of them is certain', () => {
  const bind = (...names: readonly string[]): readonly IrStep[] => names.map((name) => ({ primitive: 'let', name, value: '1' }));
  const branches = [
    { name: 'a', steps: bind('x', 'y') },
    { name: 'b', steps: bind('y', 'z') },
  ];

  expect(sharedNames({ primitive: 'decide', question: '?', args: {}, branches })).toEqual(['y']);
  expect(sharedNames({ primitive: 'branch', question: '?', rules: [], branches })).toEqual([]);
});
