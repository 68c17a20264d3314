/** How far a thread has come: what is remembered of steps, and what is forgotten with the steps around them. */
import { Progress } from '../../../src/domain/script/thread/progress';

const begin = (progress: Progress, path: string, floor = 0) => progress.begin(path, { floor, at: 1 });

it('what a finished step came to replaces all inside it', () => {
  const progress = new Progress();
  begin(progress, '1');
  for (const path of ['1.0.0', '1.0.1', '1.1.0']) {
    begin(progress, path);
    progress.finish(path, { value: { value: path } });
  }
  progress.finish('1', { value: { value: 'all' } });

  expect(progress.record()).toEqual({ finished: { '1': { value: { value: 'all' } } }, begun: {}, attempts: { '1': 1 }, retries: {}, failing: null });
});

it('a step that is performed again counts on, also beyond the attempts of the steps inside it', () => {
  const progress = new Progress();
  begin(progress, '1');
  const inner = begin(progress, '1.0.0');
  inner.attempt = 4;
  progress.finish('1.0.0', { value: null });
  progress.finish('1', { value: null });
  progress.rewind('', 0, 3);
  const again = begin(progress, '1');

  expect(again.attempt).toBe(5);
  expect(begin(progress, '1.0.0', again.attempt - 1).attempt).toBe(5);
});

it('a part that is over leaves nothing but how often its steps were tried', () => {
  const progress = new Progress();
  begin(progress, '0');
  begin(progress, '0.3.0').attempt = 2;
  progress.finish('0.3.0', { value: { value: 3 } });
  begin(progress, '0.30.0');
  progress.countRetries('0.3.1', 2);
  progress.closePart('0', 3);

  expect(Object.keys(progress.record().finished)).toEqual([]);
  expect(Object.keys(progress.record().begun)).toEqual(['0', '0.30.0']);
  expect(progress.attemptsUsed('0')).toBe(2);
  expect(progress.retriesAt('0.3.1')).toBe(0);
});

it('going back forgets the steps from there on, not those before and not how often a check went back', () => {
  const progress = new Progress();
  for (const path of ['0', '1', '2']) {
    begin(progress, path);
    progress.finish(path, { value: { value: path } });
  }
  progress.countRetries('2', 1);
  progress.rewind('', 1, 3);

  expect(progress.finished('0')).toBeDefined();
  expect([progress.finished('1'), progress.finished('2')]).toEqual([undefined, undefined]);
  expect(progress.retriesAt('2')).toBe(1);
});

it('crosses a new run as plain JSON', () => {
  const progress = new Progress();
  begin(progress, '0').loop = {
    ...{ list: { value: [1, 2] }, total: 2, parallel: 1, window: 10, batch: 0, sleepMs: 0, done: 1, kept: null },
    ...{ buffer: [{ value: 1 }], ahead: { '3': null } },
  };
  progress.failing = { code: 'x', message: 'y' };
  const carried = JSON.parse(JSON.stringify(progress.record())) as ReturnType<Progress['record']>;

  expect(new Progress(carried).record()).toEqual(progress.record());
});
