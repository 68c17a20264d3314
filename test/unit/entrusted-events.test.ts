/** Events that come along with an activity: when they are brought, and what the activity tells of it. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { carriers } from '../../activities/journal/entrusted';
import type { CommitBatch, RecordedEvent } from '../../src/contracts/actor';

const now = () => Date.now();
const eventsOf = (count: number, ageMs: number): readonly RecordedEvent[] =>
  Array.from({ length: count }, (_, n) => ({
    ...{ seq: n + 1, type: 'happened', data: {}, at: new Date(now() - ageMs).toISOString() },
    ...{ by: { subject: 'ada', via: 'api' as const }, requestId: null },
  }));
const batchOf = (events: readonly RecordedEvent[], mayWait?: boolean): CommitBatch => ({
  ...{ actor: { address: 'a/1', kind: 'a', tenant: 'default', id: '1' }, events, projection: {} },
  ...(mayWait !== undefined && { mayWait }),
});

function world(problem: Error | null = null) {
  const commits: CommitBatch[] = [];
  const commit = (batch: CommitBatch) => (commits.push(batch), problem ? Promise.reject(problem) : Promise.resolve());
  const call = (perform: (request: string) => Promise<object>, batch?: CommitBatch): Promise<unknown> => {
    const { work } = carriers({ journal: { commit } }, { work: perform as (request: never) => Promise<object> });
    return new MockActivityEnvironment().run(work as (request: string, batch?: CommitBatch) => Promise<object>, 'asked', batch);
  };
  return { commits, call };
}
const answers = (request: string) => Promise.resolve({ request });
const later = (ms: number) => (request: string) => new Promise<object>((resolve) => setTimeout(() => resolve({ request }), ms));

it('are brought beside the work, and it is told how far', async () => {
  const { commits, call } = world();
  expect(await call(answers, batchOf(eventsOf(3, 0)))).toEqual({ request: 'asked', committedSeq: 3 });
  expect(commits).toHaveLength(1);
});

it('that cannot be brought do not make the work fail, and nothing is told of them', async () => {
  const { call } = world(new Error('the database is away'));
  expect(await call(answers, batchOf(eventsOf(3, 0)))).toEqual({ request: 'asked' });
});

it('are left to the next one where they may wait, are young, and the work ends at once', async () => {
  const { commits, call } = world();
  expect(await call(answers, batchOf(eventsOf(3, 0), true))).toEqual({ request: 'asked' });
  await expect(call(() => Promise.reject(new Error('no')), batchOf(eventsOf(3, 0), true))).rejects.toThrow('no');
  expect(commits).toEqual([]);
});

it.each([
  ['older ones', answers, eventsOf(3, 60)],
  ['many', answers, eventsOf(40, 0)],
  ['those of a clock that is ahead, with work that takes a while', later(60), eventsOf(3, -60_000)],
  ['young ones, with work that takes a while', later(60), eventsOf(3, 0)],
])('do not wait: %s', async (_which, work, events) => {
  const { commits, call } = world();
  expect(await call(work, batchOf(events, true))).toEqual({ request: 'asked', committedSeq: events.length });
  expect(commits).toHaveLength(1);
});

it('are brought also where the work fails, once it took a while', async () => {
  const { commits, call } = world();
  const fails = () => new Promise<object>((_resolve, reject) => setTimeout(() => reject(new Error('no')), 60));
  await expect(call(fails, batchOf(eventsOf(3, 0), true))).rejects.toThrow('no');
  expect(commits).toHaveLength(1);
});
