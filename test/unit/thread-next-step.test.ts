import { nextStep, type Step } from '../../src/domain/managed-thread/next-step';
import type { Journey } from '../support/thread-journey';
import { ask, blocked, IN_STATUS, ready } from '../support/thread-journey';

const item = (requestId: string) => expect.objectContaining({ requestId }) as never;

/** A thread that was at work, whose host is gone, prepared on another one. */
function moved(thread: Journey): Journey {
  thread.outcome({ kind: 'lost', reason: 'gone' });
  return thread.prepared();
}

const cases: [string, Step, () => Journey][] = [
  ['prepares a new thread', { do: 'prepare' }, () => IN_STATUS.pending()],
  ['prepares while no host is alive', { do: 'prepare' }, () => IN_STATUS.pending().event('thread_status', { status: 'waiting' })],
  ['opens a session once prepared', { do: 'open' }, () => IN_STATUS.preparing()],
  ['watches for the first prompt', { do: 'watch' }, () => IN_STATUS.starting()],
  ['types the objective first', { do: 'turn', item: 'objective' }, () => IN_STATUS.starting().outcome(ready({ worked: false }))],
  [
    'types what was not typed yet',
    { do: 'retype' },
    () =>
      IN_STATUS.starting()
        .outcome(ready({ worked: false }))
        .turn('objective', null),
  ],
  ['watches a turn', { do: 'watch' }, () => IN_STATUS.running()],
  ['watches a turn also when nobody knows whether it was typed', { do: 'watch' }, () => turnTyped('unknown')],
  ['rests when there is nothing to do', { do: 'rest' }, () => IN_STATUS.ready()],
  ['rests while a person is asked', { do: 'rest' }, () => IN_STATUS.blocked()],
  ['rests while released', { do: 'rest' }, () => IN_STATUS.idle()],
  ['finishes', { do: 'finish' }, () => IN_STATUS.completed()],
  ['opens again after a loss at work', { do: 'open' }, () => IN_STATUS.running().outcome({ kind: 'lost', reason: 'killed' })],
  ['opens on the next host after a move at work', { do: 'open' }, () => moved(IN_STATUS.running())],
  [
    'takes the oldest message',
    { do: 'turn', item: item('one') },
    () => after(IN_STATUS.ready(), [{ message: { text: 'x' } }, 'one'], [{ message: { text: 'x' } }, 'two']),
  ],
  ['wakes for a message', { do: 'open' }, () => after(IN_STATUS.idle(), [{ message: { text: 'x' } }, 'one'])],
  ['wakes for raw input', { do: 'open' }, () => after(IN_STATUS.idle(), [{ raw: 'x' }, 'one'])],
  ['lets a message wait while a turn is in progress', { do: 'watch' }, () => after(IN_STATUS.running(), [{ message: { text: 'x' } }, 'one'])],
  ['types raw input into a turn', { do: 'type', item: item('one') }, () => after(IN_STATUS.running(), [{ raw: 'x' }, 'one'])],
  ['types keys into a question', { do: 'type', item: item('one') }, () => after(IN_STATUS.blocked(), [{ keys: ['UP'] }, 'one'])],
  [
    'types raw input before a message',
    { do: 'type', item: item('two') },
    () => after(IN_STATUS.ready(), [{ message: { text: 'x' } }, 'one'], [{ raw: 'x' }, 'two']),
  ],
  ['leaves a CLI alone that has no prompt yet', { do: 'watch' }, () => after(IN_STATUS.starting(), [{ raw: 'x' }, 'one'])],
];

it.each(cases)('%s', (_what, step, thread) => {
  expect(nextStep(thread().state)).toEqual(step);
});

function after(thread: Journey, ...inputs: [object, string][]): Journey {
  for (const [input, requestId] of inputs) thread.command('send', input, { requestId });
  return thread;
}

function turnTyped(typed: 'unknown'): Journey {
  const thread = IN_STATUS.ready();
  return thread.turn({ requestId: thread.message() }, typed);
}

it('wakes when somebody resumes it', () => {
  const thread = IN_STATUS.idle();
  thread.command('resume');

  expect(nextStep(thread.state)).toEqual({ do: 'open' });
  expect(nextStep(thread.opened().outcome(ready({ worked: false })).state)).toEqual({ do: 'rest' });
});

it('gives an answer, after the interrupt when there is one, before everything else', () => {
  const thread = after(IN_STATUS.blocked(), [{ raw: 'x' }, 'one']);
  thread.command('approve', { approve: true });
  expect(nextStep(thread.state)).toMatchObject({ do: 'answer', given: { askId: 'thr_1/turn-1/ask-1' } });

  thread.command('cancel');
  expect(nextStep(thread.state)).toEqual({ do: 'interrupt' });
});

it.each(['pending', 'preparing', 'starting', 'ready', 'running', 'blocked', 'idle', 'waiting'] as const)(
  'ends a thread that is %s as soon as a stop came',
  (status) => {
    const thread = IN_STATUS[status]();
    thread.command('stop');

    expect(nextStep(thread.state)).toEqual({ do: 'end' });
  },
);

it('blocks at the start too, before any turn', () => {
  const thread = IN_STATUS.starting().outcome(blocked(ask('trust', { kind: 'trust' })));

  expect(nextStep(thread.state)).toEqual({ do: 'rest' });
  thread.command('approve', { approve: true });
  expect(thread.state.status).toBe('starting');
  thread.event('thread_input', { kind: 'answer', requestId: null, effectId: 'e', outcome: 'done', preview: '' });
  expect(nextStep(thread.state)).toEqual({ do: 'watch' });
});
