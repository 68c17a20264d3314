import { setTimeout as delay } from 'node:timers/promises';
import { SYSTEM, type ActorRef, type RecordedEvent } from '../../src/contracts/actor';
import { Hub, BUFFER_MAX } from '../../src/store/hub';
import type { ExecutionRow } from '../../src/store/feed';
import type { JournalRow } from '../../src/store/journal-reads';
import type { Projector } from '../../src/store/projector';
import { openPool } from '../../src/store/database';
import { store, type Store } from '../../src/store/store';
import { TEST_SEALING, testStore, type TestStore } from '../support/database';
import { settled } from '../support/subscriptions';

/** A kind whose execution is named by its projection. */
const probe: Projector = {
  executionOf: (_db, _actor, projection) => Promise.resolve((projection['executionId'] as string | undefined) ?? null),
  apply: () => Promise.resolve(),
};

let world: TestStore;
let writer: Store;
let writerPool: ReturnType<typeof openPool>;
beforeAll(async () => {
  world = await testStore();
  // Another process, as far as the database can tell.
  writerPool = openPool({ url: world.url, max: 20 });
  writer = store(writerPool, { url: world.url, sealing: TEST_SEALING, projectors: { probe } });
});
afterAll(async () => {
  await writer.close();
  await writerPool.end();
  await world.close();
});

let actors = 0;
const newActor = (): ActorRef => {
  const id = `f${(actors += 1)}`;
  return { address: `probe/${id}`, kind: 'probe', tenant: 'default', id };
};
const event = (seq: number, data: Record<string, unknown> = { n: seq }): RecordedEvent => ({
  seq,
  type: 'counted',
  data,
  at: '2026-01-02T03:04:05.000Z',
  by: SYSTEM,
  requestId: null,
});
const commit = (actor: ActorRef, seqs: readonly number[], executionId?: string, data?: Record<string, unknown>): Promise<void> =>
  writer.journal.commit({ actor, events: seqs.map((seq) => event(seq, data)), projection: executionId === undefined ? {} : { executionId } });
const seqsTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

/** The first `count` rows of a subscription, or what came before the deadline. */
async function take<R>(rows: AsyncGenerator<R>, count: number, abort: AbortController): Promise<R[]> {
  const taken: R[] = [];
  const deadline = setTimeout(() => abort.abort(), 20_000);
  try {
    for await (const row of rows) {
      taken.push(row);
      if (taken.length >= count) break;
    }
  } finally {
    clearTimeout(deadline);
  }
  return taken;
}
const follow = (actor: ActorRef, after: number, count: number, abort = new AbortController()): Promise<JournalRow[]> =>
  take(world.store.feed.subscribeActor(actor.address, after, { signal: abort.signal }), count, abort);
const until = async (fact: () => Promise<boolean>): Promise<void> => {
  for (const deadline = Date.now() + 20_000; !(await fact()); await delay(5)) if (Date.now() > deadline) throw new Error('the fact did not come true');
};
const listeners = async (): Promise<number[]> =>
  (
    await world.pool.query(
      `select pid from pg_stat_activity where application_name = 'everthread listener' and datname = current_database() and state = 'idle'`,
    )
  ).rows.map(({ pid }) => pid);

describe('following an actor', () => {
  it('gives history, then what is committed, each event once and in order', async () => {
    const actor = newActor();
    await commit(actor, [1, 2, 3]);
    const following = follow(actor, 1, 6);
    for (const seqs of [[4], [5, 6], [7]]) await commit(actor, seqs);

    const rows = await following;

    expect(rows.map((row) => row.seq)).toEqual([2, 3, 4, 5, 6, 7]);
    expect(rows[5]).toEqual((await world.store.readEvents(actor.address, { after: 6 }))[0]);
  });

  it('gives events that are too large for a notification like all others', async () => {
    const actor = newActor();
    const following = follow(actor, 0, 3);
    await commit(actor, [1], undefined, { text: 'x'.repeat(10_000) });
    await commit(actor, [2], undefined, { text: 'y'.repeat(100_000) });
    await commit(actor, [3]);

    expect((await following).map((row) => [row.seq, String(row.data['text'] ?? '').length])).toEqual([
      [1, 10_000],
      [2, 100_000],
      [3, 0],
    ]);
  });

  it('gives every one of many subscribers everything while commits race with their arrival', async () => {
    const actor = newActor();
    const last = 300;
    const writing = (async () => {
      for (let seq = 1; seq <= last; seq++) await commit(actor, [seq]);
    })();

    const following: Promise<JournalRow[]>[] = [];
    for (let n = 0; n < 25; n++) {
      following.push(follow(actor, 0, last));
      await until(async () => (await world.store.lastSeq(actor.address)) >= n * 8);
    }
    await writing;

    for (const rows of await Promise.all(following)) expect(rows.map((row) => row.seq)).toEqual(seqsTo(last));
  });

  it('lets a subscriber be slow: it gets everything by its own reading, and others do not wait', async () => {
    const actor = newActor();
    const last = BUFFER_MAX * 3;
    await commit(actor, [1]);
    const slow = world.store.feed.subscribeActor(actor.address, 0);
    const quick = follow(actor, 0, last);
    // It has the first and waits for the second: from here on its buffer fills.
    const got = [(await slow.next()).value as JournalRow];
    const second = slow.next();
    await commit(actor, [2]);
    got.push((await second).value as JournalRow);
    for (let seq = 3; seq <= last; seq += 2) await commit(actor, seq + 1 <= last ? [seq, seq + 1] : [seq]);

    expect((await quick).map((row) => row.seq)).toEqual(seqsTo(last));
    while (got.length < last) got.push((await slow.next()).value as JournalRow);
    await slow.return();
    expect(got.map((row) => row.seq)).toEqual(seqsTo(last));
  });

  it('loses nothing when its connections are killed again and again', async () => {
    const actor = newActor();
    const last = 200;
    const following = [follow(actor, 0, last), follow(actor, 0, last)];
    for (let seq = 1; seq <= last; seq += 10) {
      await until(async () => (await listeners()).length > 0);
      await commit(
        actor,
        Array.from({ length: 9 }, (_, index) => seq + index),
      );
      await world.pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'everthread listener' and datname = current_database()`,
      );
      // Nobody hears of this one, and nothing follows it until the connection is back.
      await commit(actor, [seq + 9]);
    }

    for (const rows of await Promise.all(following)) expect(rows.map((row) => row.seq)).toEqual(seqsTo(last));
  });

  it('ends at once when it is aborted, and leaves nobody behind', async () => {
    const abort = new AbortController();
    const actor = newActor();
    await commit(actor, [1]);
    const rows = world.store.feed.subscribeActor(actor.address, 0, { signal: abort.signal });
    await rows.next();
    const ending = rows.next();

    abort.abort();

    expect(await ending).toEqual({ done: true, value: undefined });
  });

  it('tells when a seq is there, and when it does not come in time', async () => {
    const actor = newActor();
    const waiting = world.store.feed.waitForSeq(actor.address, 2, 10_000);
    await commit(actor, [1]);
    await commit(actor, [2]);

    expect(await waiting).toBe(true);
    expect(await world.store.feed.waitForSeq(actor.address, 1, 0)).toBe(true);
    expect(await world.store.feed.waitForSeq(actor.address, 3, 50)).toBe(false);
  });
});

describe('following an execution', () => {
  const subscribe = (executionId: string, count: number, cursor?: string, tenant = 'default'): Promise<ExecutionRow[]> => {
    const abort = new AbortController();
    return take(world.store.feed.subscribeExecution(tenant, executionId, cursor, { signal: abort.signal }), count, abort);
  };
  const place = (row: ExecutionRow): [bigint, bigint] => row.cursor.split('-').map(BigInt) as [bigint, bigint];

  it('gives all events of twenty actors that commit at once, none missing, none twice, cursors only growing', async () => {
    const members = Array.from({ length: 20 }, newActor);
    const [each, total] = [25, 500];
    const early = subscribe('exec-many', total);
    const writing = Promise.all(
      members.map(async (actor) => {
        for (let seq = 1; seq <= each; seq++) await commit(actor, [seq], 'exec-many');
      }),
    );
    const middle = subscribe('exec-many', total);
    await writing;
    const late = subscribe('exec-many', total);

    const seen = await Promise.all([early, middle, late]);

    for (const rows of seen) {
      for (const actor of members) expect(rows.filter((row) => row.address === actor.address).map((row) => row.seq)).toEqual(seqsTo(each));
      const places = rows.map(place);
      for (let n = 1; n < places.length; n++) {
        const [[tx, position], [nextTx, nextPosition]] = [places[n - 1]!, places[n]!];
        expect(nextTx > tx || (nextTx === tx && nextPosition > position)).toBe(true);
      }
    }
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
    expect((await subscribe('exec-many', total - 200, seen[0]![199]!.cursor)).map(({ cursor }) => cursor)).toEqual(
      seen[0]!.slice(200).map(({ cursor }) => cursor),
    );
  });

  it('holds back what is newer than a transaction still running, and gives it when that has ended', async () => {
    const [first, second] = [newActor(), newActor()];
    const running = await world.pool.connect();
    await running.query('begin');
    await running.query('select pg_current_xact_id()');
    const following = subscribe('exec-held', 2);
    await commit(first, [1], 'exec-held');
    let arrived = false;
    void following.then(() => (arrived = true));
    await commit(second, [1], 'exec-held');
    await delay(100);
    const before = arrived;

    await running.query('commit');
    running.release();

    expect(before).toBe(false);
    expect((await following).map((row) => row.address)).toEqual([first.address, second.address]);
  });

  it('keeps tenants apart, and starts without history at the current cursor', async () => {
    const actor = newActor();
    await commit(actor, [1], 'exec-now');
    await settled(world);
    const cursor = await world.store.feed.currentCursor();
    const following = subscribe('exec-now', 1, cursor);
    const abort = new AbortController();
    const foreign = take(world.store.feed.subscribeExecution('other', 'exec-now', '0-0', { signal: abort.signal }), 1, abort);
    await commit(actor, [2], 'exec-now');

    expect((await following).map((row) => row.seq)).toEqual([2]);
    abort.abort();
    expect(await foreign).toEqual([]);
  });

  it.each(['', 'x', '1', '1-', '-1-2', '18446744073709551616-0', "1-0' or true"])('refuses the cursor %p', async (cursor) => {
    await expect(subscribe('exec-now', 1, cursor)).rejects.toMatchObject({ code: 'feed.bad_cursor', kind: 'invalid' });
  });
});

describe('the hub', () => {
  it('reads once for all live subscribers, and not at all when rows are offered that follow on its head', async () => {
    const rows: number[] = [];
    let reads = 0;
    const hub = new Hub<number, number>(
      {
        read: (after) => {
          reads += 1;
          return Promise.resolve({ rows: rows.filter((row) => row > after), more: false, unsettled: false });
        },
        cursorOf: (row) => row,
        compare: (a, b) => a - b,
      },
      () => undefined,
    );
    const abort = new AbortController();
    const following = Array.from({ length: 10 }, () => take(hub.follow(0, abort.signal), 4, abort));
    await until(() => Promise.resolve(reads === 10));
    await delay(0);

    rows.push(1, 2);
    hub.changed();
    await delay(0);
    expect(reads).toBe(11);
    rows.push(3);
    hub.offer([3], (head) => head === 2);
    rows.push(4);
    hub.offer([4], (head) => head === 3);

    for (const taken of await Promise.all(following)) expect(taken).toEqual([1, 2, 3, 4]);
    expect(reads).toBe(11);
  });
});
