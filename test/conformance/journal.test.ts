import { Pool } from 'pg';
import { LIMITS, SYSTEM, type ActorRef, type RecordedEvent } from '../../src/contracts/actor';
import { entryHash, genesisHash } from '../../src/store/journal-entry';
import { journalActivities } from '../../activities/journal/commit-journal';
import { openPool } from '../../src/store/database';
import { store } from '../../src/store/store';
import { TEST_SEALING, testStore, type TestStore } from '../support/database';

let world: TestStore;
beforeAll(async () => void (world = await testStore()));
afterAll(() => world.close());

let actors = 0;
const newActor = (tenant = 'default'): ActorRef => {
  const id = `a${(actors += 1)}`;
  return { address: `probe/${tenant}/${id}`, kind: 'probe', tenant, id };
};
const event = (seq: number, data: Record<string, unknown> = { n: seq }): RecordedEvent => ({
  seq,
  type: 'counted',
  data,
  at: `2026-01-02T03:04:05.${String(seq % 1000).padStart(3, '0')}Z`,
  by: SYSTEM,
  requestId: null,
});
const range = (from: number, to: number): RecordedEvent[] => Array.from({ length: to - from + 1 }, (_, index) => event(from + index));
const commit = (actor: ActorRef, events: readonly RecordedEvent[]): Promise<void> => world.store.journal.commit({ actor, events, projection: {} });
const faultOf = (work: Promise<unknown>): Promise<{ code: string; kind: string; nonRetryable?: boolean }> =>
  work.then(
    () => ({ code: 'none', kind: 'none' }),
    (error) => error,
  );

describe('the journal', () => {
  it('gives back the events of an actor in order, as they were recorded', async () => {
    const actor = newActor();
    await commit(actor, range(1, 3));
    await commit(actor, [{ ...event(4), by: { subject: 'ana', via: 'api' }, requestId: 'r1' }]);

    const rows = await world.store.readEvents(actor.address);

    expect(rows.map((row) => row.seq)).toEqual([1, 2, 3, 4]);
    expect(rows[3]).toEqual({
      ...event(4),
      by: { subject: 'ana', via: 'api' },
      requestId: 'r1',
      address: actor.address,
      kind: 'probe',
      tenant: 'default',
      id: actor.id,
      executionId: null,
    });
    expect(await world.store.lastSeq(actor.address)).toBe(4);
  });

  it('takes an equal repeat for done, also when the repeat overlaps what is new', async () => {
    const actor = newActor();
    await commit(actor, range(1, 3));

    await commit(actor, range(1, 3));
    await commit(actor, range(2, 5));

    expect((await world.store.readEvents(actor.address)).map((row) => row.data['n'])).toEqual([1, 2, 3, 4, 5]);
  });

  it('refuses other content under a seq that is taken, and writes nothing of that batch', async () => {
    const actor = newActor();
    await commit(actor, range(1, 2));

    const refused = await faultOf(commit(actor, [event(2, { n: 'other' }), event(3)]));

    expect(refused).toMatchObject({ code: 'journal.conflict', kind: 'conflict', nonRetryable: true });
    expect(await world.store.lastSeq(actor.address)).toBe(2);
  });

  it('refuses a batch that leaves a hole, before it, within it or at its beginning', async () => {
    const actor = newActor();
    expect(await faultOf(commit(actor, [event(2)]))).toMatchObject({ code: 'journal.gap' });
    await commit(actor, [event(1)]);

    expect(await faultOf(commit(actor, [event(3)]))).toMatchObject({ code: 'journal.gap', nonRetryable: true });
    expect(await faultOf(commit(actor, [event(2), event(4)]))).toMatchObject({ code: 'journal.gap' });
    expect(await world.store.lastSeq(actor.address)).toBe(1);
  });

  it('refuses a batch that is larger than the contract allows', async () => {
    expect(await faultOf(commit(newActor(), range(1, LIMITS.commitEvents + 1)))).toMatchObject({ code: 'journal.batch_too_large', nonRetryable: true });
  });

  it('lets one of two writers have a seq and tells the other, when both race with different content', async () => {
    const other = openPool({ url: world.url });
    const second = store(other, { url: world.url, sealing: TEST_SEALING });
    const actor = newActor();
    try {
      for (let seq = 1; seq <= 40; seq++) {
        const write = (writer: typeof second.journal, who: string) => faultOf(writer.commit({ actor, events: [event(seq, { who })], projection: {} }));
        const results = await Promise.all([write(world.store.journal, 'one'), write(second.journal, 'two')]);
        expect(results.map((result) => result.code).sort()).toEqual(['journal.conflict', 'none']);
      }
    } finally {
      await second.close();
      await other.end();
    }

    expect((await world.store.readEvents(actor.address)).map((row) => row.seq)).toEqual(range(1, 40).map(({ seq }) => seq));
    expect(await world.store.verifyChain(actor.address)).toEqual({ intact: true, events: 40 });
  });

  it('lets twenty equal commits at once become one', async () => {
    const actor = newActor();

    await Promise.all(Array.from({ length: 20 }, () => commit(actor, range(1, 5))));

    expect(await world.store.lastSeq(actor.address)).toBe(5);
  });

  it('keeps large data apart and gives it back whole', async () => {
    const actor = newActor();
    const text = 'ä'.repeat(LIMITS.inlineBytes);
    await commit(actor, [event(1, { text }), event(2)]);
    await commit(actor, [event(1, { text })]);

    expect((await world.store.readEvents(actor.address))[0]?.data).toEqual({ text });
    const { rows } = await world.pool.query('select data, data_ref from journal where actor = $1 order by seq', [actor.address]);
    expect(rows[0]).toMatchObject({ data: null, data_ref: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await world.store.verifyChain(actor.address)).toMatchObject({ intact: true });
  });

  it('refuses data over a mebibyte', async () => {
    expect(await faultOf(commit(newActor(), [event(1, { text: 'x'.repeat(1024 * 1024) })]))).toMatchObject({ code: 'blob.too_large', nonRetryable: true });
  });

  it('keeps what terminals print: control characters, half surrogates and numbers of every size', async () => {
    const actor = newActor();
    await commit(actor, [event(1, { text: 'a\u0000b\u001b[0m\ud800c😀', big: 1e300, small: 5e-324, minus: -0, deep: [{ z: 1, a: null }] })]);
    await commit(actor, [event(1, { text: 'a\u0000b\u001b[0m\ud800c😀', big: 1e300, small: 5e-324, minus: -0, deep: [{ a: null, z: 1 }] })]);

    expect((await world.store.readEvents(actor.address))[0]?.data).toEqual({
      text: 'a\ufffdb\u001b[0m\ufffdc😀',
      big: 1e300,
      small: 5e-324,
      minus: 0,
      deep: [{ z: 1, a: null }],
    });
    expect(await world.store.verifyChain(actor.address)).toMatchObject({ intact: true });
  });

  it('writes no secret: neither under a telling key nor a sealed value of that actor', async () => {
    const actor = newActor();
    await world.store.secrets.sealEnvironment(actor, { SERVICE_TOKEN: 'val-ue-1234567890' });

    await commit(actor, [event(1, { password: 'hunter2hunter2', text: 'it printed val-ue-1234567890!' })]);
    await commit(actor, [event(1, { password: 'hunter2hunter2', text: 'it printed val-ue-1234567890!' })]);

    const { rows } = await world.pool.query('select row_to_json(journal)::text as row from journal where actor = $1', [actor.address]);
    expect(rows).toHaveLength(1);
    expect(rows[0].row).not.toMatch(/hunter2|val-ue-1234567890/);
  });

  it('reads pages by key and by type', async () => {
    const actor = newActor();
    await commit(actor, [event(1), { ...event(2), type: 'rare' }, event(3), { ...event(4), type: 'rare' }]);

    expect((await world.store.readEvents(actor.address, { after: 1, limit: 2 })).map((row) => row.seq)).toEqual([2, 3]);
    expect((await world.store.readEvents(actor.address, { after: 2, types: ['rare'] })).map((row) => row.seq)).toEqual([4]);
  });
});

describe('tamper evidence', () => {
  const tamper = async (sql: string, values: unknown[]): Promise<void> => {
    const pool = new Pool({ connectionString: world.url, max: 1 });
    await pool.query('begin; alter table journal disable trigger all');
    await pool.query(sql, values);
    await pool.query('alter table journal enable trigger all; commit');
    await pool.end();
  };

  it('refuses to change or delete a row', async () => {
    const actor = newActor();
    await commit(actor, range(1, 2));

    await expect(world.pool.query(`update journal set type = 'x' where actor = $1`, [actor.address])).rejects.toThrow(/append-only/);
    await expect(world.pool.query('delete from journal where actor = $1', [actor.address])).rejects.toThrow(/append-only/);
    await expect(world.pool.query('truncate journal')).rejects.toThrow(/append-only/);
  });

  it.each([
    ['changed data', `update journal set data = '{"n": 99}' where actor = $1 and seq = 3`, 3],
    ['a changed author', `update journal set by_subject = 'mallory' where actor = $1 and seq = 2`, 2],
    ['a removed row', 'delete from journal where actor = $1 and seq = 4', 4],
    ['removed last rows', 'delete from journal where actor = $1 and seq >= 5', 5],
    ['a row hashed again alone', `update journal set data = '{"n": 0}', hash = repeat('0', 64) where actor = $1 and seq = 1`, 1],
  ])('finds %s', async (_what, sql, brokenAt) => {
    const actor = newActor();
    await commit(actor, range(1, 5));
    await tamper(sql, [actor.address]);

    expect(await world.store.verifyChain(actor.address)).toMatchObject({ intact: false, brokenAt });
  });

  it('can be checked by the recipe alone', async () => {
    const actor = newActor();
    await commit(actor, [event(1, { b: 1, a: 'ü' })]);

    const { rows } = await world.pool.query('select hash from journal where actor = $1', [actor.address]);

    const entry =
      '{"at":"2026-01-02T03:04:05.001Z","by":{"subject":"everthread","via":"system"},"data":{"a":"ü","b":1},"requestId":null,"seq":1,"type":"counted"}';
    expect(rows[0].hash).toBe(entryHash(genesisHash(actor.address), entry));
  });
});

describe('the activity', () => {
  it('says of a conflict that trying again is useless, and of a lost database that it is not', async () => {
    const actor = newActor();
    const { commitJournal } = journalActivities(world.store);
    await commitJournal({ actor, events: [event(1)], projection: {} });
    const nowhere = openPool({ url: 'postgres://nobody@127.0.0.1:1/none', connectTimeoutMs: 500 });
    const lost = journalActivities(store(nowhere, { url: 'postgres://nobody@127.0.0.1:1/none', sealing: TEST_SEALING }));

    expect(await faultOf(commitJournal({ actor, events: [event(1, {})], projection: {} }))).toMatchObject({ code: 'journal.conflict', nonRetryable: true });
    expect(await faultOf(lost.commitJournal({ actor, events: [event(1)], projection: {} }))).toMatchObject({ code: 'store.unreachable', nonRetryable: false });
    await nowhere.end();
  });
});
