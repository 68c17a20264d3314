import type { AppendRequest, EntryDraft, LedgerHead } from '../../src/contracts/run/ports';
import type { DeltaOp, LedgerEntry } from '../../src/contracts/run/protocol';
import { branchTrajectoryId, commitId, entryId } from '../../src/domain/run/ledger/ids';
import { signers } from '../../src/domain/run/ledger/commit-signature';
import { foldWorld } from '../../src/domain/run/ledger/world';
import { verifyTrajectory } from '../../src/domain/run/ledger/verify';
import { Fault } from '../../src/errors/fault';
import { DEPTH_MAX, ENTRY_MAX_BYTES, LINEAGE_MAX_ENTRIES } from '../../src/store/ledger';
import { openPool } from '../../src/store/database';
import { store } from '../../src/store/store';
import { testStore, TEST_SEALING, type TestStore } from '../support/database';
import { commitDraft, newHash, peer } from '../support/ledger';

let world: TestStore;
beforeAll(async () => void (world = await testStore()));
afterAll(() => world.close());

const TENANT = 'default';
const ledger = () => world.store.ledger;
const runOf = (trajectoryId: string): string => `run-${trajectoryId.slice(0, 8)}`;
const root = (trajectoryId: string, note = 'a test'): EntryDraft => ({ type: 'root', trajectory_id: trajectoryId, note });

const NO_PINS = { compiler: null, policySet: null, signature: false };

let requests = 0;
const appending = (trajectoryId: string, build: AppendRequest['build'], requestId = `r${(requests += 1)}`): AppendRequest => ({
  ...{ tenant: TENANT, trajectoryId, runId: runOf(trajectoryId), requestId, build },
});
const append = (...request: Parameters<typeof appending>): Promise<LedgerEntry> => ledger().append(appending(...request));
const here = (head: LedgerHead | null): LedgerHead => {
  if (!head) throw new Error('the trajectory is there');
  return head;
};
const commit = (trajectoryId: string, delta: readonly DeltaOp[] = [], requestId?: string): Promise<LedgerEntry> =>
  append(trajectoryId, (head) => commitDraft(trajectoryId, here(head), delta), requestId);
const opened = async (): Promise<string> => {
  const trajectoryId = newHash();
  await append(trajectoryId, () => root(trajectoryId));
  return trajectoryId;
};
const committed = (entry: LedgerEntry): string => {
  if (entry.payload.type !== 'commit') throw new Error(`entry ${entry.seq} is a commit`);
  return entry.payload.id;
};
const branched = async (source: string, sourceCommit: string, run?: string): Promise<string> => {
  const trajectoryId = branchTrajectoryId(source, sourceCommit, run);
  await append(trajectoryId, () => ({ type: 'branch', source_trajectory_id: source, source_commit_id: sourceCommit, note: 'what if' }));
  return trajectoryId;
};
const entries = (trajectoryId: string): Promise<readonly LedgerEntry[]> => ledger().entries({ tenant: TENANT, trajectoryId });
const create = (id: string, value: number): DeltaOp => ({ op: 'create', kind: 'kv', id, value });

describe('appending', () => {
  it('chains entries by the recipe, signs commits and moves the head', async () => {
    const trajectoryId = newHash();

    const first = await append(trajectoryId, (head) => (expect(head).toBeNull(), root(trajectoryId, 'kv demo')));
    const second = await commit(trajectoryId, [create('a', 1)]);
    const third = await append(trajectoryId, () => ({ type: 'final_answer', text: 'done', terminated_by: 'CognitionDone' }));

    expect([first, second, third].map(({ seq, kind, parent }) => [seq, kind, parent])).toEqual([
      [0, 'root', null],
      [1, 'commit', first.id],
      [2, 'final_answer', second.id],
    ]);
    expect(second.id).toBe(entryId(second.payload));
    if (second.payload.type !== 'commit') throw new Error('the second entry is a commit');
    expect(second.payload.id).toBe(commitId(second.payload.body));
    const { publicKey } = await world.store.signingKeys.current();
    expect(signers([publicKey])(second.payload.body)).toBe(publicKey);
    expect(await ledger().head(TENANT, trajectoryId)).toEqual({ id: third.id, seq: 2 });
    const stored = await entries(trajectoryId);
    expect(stored).toEqual([first, second, third]);
    expect(verifyTrajectory(stored, { publicKeys: [publicKey], requireSignature: true })).toBeNull();
  });

  it('hashes what a peer would, where no signature is between', async () => {
    const trajectoryId = peer.entries[0]?.trajectory_id as string;

    const entry = await append(trajectoryId, () => root(trajectoryId, 'kv demo'));

    expect(entry.id).toBe(peer.entries[0]?.id);
  });

  it('does nothing the second time, whoever asks and whatever it would build', async () => {
    const trajectoryId = newHash();
    const first = await append(trajectoryId, () => root(trajectoryId), 'open');
    const made = await commit(trajectoryId, [create('a', 1)], 'c-1');
    await commit(trajectoryId);

    expect(await append(trajectoryId, () => root(trajectoryId, 'another note'), 'open')).toEqual(first);
    expect(await commit(trajectoryId, [create('b', 2)], 'c-1')).toEqual(made);
    expect(await entries(trajectoryId)).toHaveLength(3);
    expect(await ledger().find({ tenant: TENANT, trajectoryId, requestId: 'c-1' })).toEqual(made);
    expect(await ledger().find({ tenant: TENANT, trajectoryId, requestId: 'c-9' })).toBeNull();
  });

  it('gives each of many racing writers a place of its own, in one chain', async () => {
    const trajectoryId = await opened();

    const made = await Promise.all(Array.from({ length: 24 }, (_, at) => commit(trajectoryId, [create(`k${at}`, at)])));

    expect(made.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, at) => at + 1));
    const chain = await entries(trajectoryId);
    expect(chain).toHaveLength(25);
    expect(verifyTrajectory(chain)).toBeNull();
  });

  it('makes one entry of one request that many writers repeat at once, the opening too', async () => {
    const trajectoryId = newHash();

    const openings = await Promise.all(Array.from({ length: 8 }, () => append(trajectoryId, () => root(trajectoryId), 'open')));
    const commits = await Promise.all(Array.from({ length: 8 }, () => commit(trajectoryId, [create('a', 1)], 'c-1')));

    expect(new Set(openings.map(({ id }) => id)).size).toBe(1);
    expect(new Set(commits.map(({ id }) => id)).size).toBe(1);
    expect(await entries(trajectoryId)).toHaveLength(2);
  });

  it('leaves nothing behind when the builder throws, and can be tried again', async () => {
    const trajectoryId = await opened();
    const before = await ledger().head(TENANT, trajectoryId);

    const failing = append(
      trajectoryId,
      () => {
        throw new Fault('invalid', 'test.no_draft', 'There is nothing to write.');
      },
      'x',
    );
    await expect(failing).rejects.toMatchObject({ code: 'test.no_draft' });

    expect(await ledger().head(TENANT, trajectoryId)).toEqual(before);
    expect(await commit(trajectoryId, [], 'x')).toMatchObject({ seq: 1 });
  });

  it('lets go of a trajectory whose writer died between writing and committing', async () => {
    const trajectoryId = await opened();
    const doomed = openPool({ url: world.url, max: 1 });
    const client = await doomed.connect();
    client.on('error', () => undefined);
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    await client.query('begin');
    await client.query('select * from ledger_take($1, $2, $3)', [TENANT, trajectoryId, 'doomed']);
    const head = here(await ledger().head(TENANT, trajectoryId));
    const payload = JSON.stringify({ type: 'final_answer', text: 'never', terminated_by: 'CognitionDone' });
    await client.query('select ledger_put($1, $2, 1, $3, $4, null, $5, $6)', [TENANT, trajectoryId, newHash(), head.id, 'doomed', payload]);
    const waiting = commit(trajectoryId, [create('a', 1)]);

    await world.pool.query('select pg_terminate_backend($1)', [rows[0]?.pid]);

    expect(await waiting).toMatchObject({ seq: 1, parent: head.id });
    expect((await entries(trajectoryId)).map(({ kind }) => kind)).toEqual(['root', 'commit']);
    client.release(true);
    await doomed.end();
  });

  it('keeps what Postgres cannot hold in the form in which it is hashed', async () => {
    const trajectoryId = newHash();

    const entry = await append(trajectoryId, () => root(trajectoryId, 'nul \u0000 half \ud800 whole 😀'));

    expect(entry.payload).toMatchObject({ note: 'nul \ufffd half \ufffd whole 😀' });
    expect(verifyTrajectory(await entries(trajectoryId))).toBeNull();
  });

  it.each([
    ['a commit of a trajectory that was not opened', (id: string): EntryDraft => commitDraft(id, { id: newHash(), seq: 4 }), 'ledger.not_found', 'not_found'],
    ['a root that names another trajectory', (): EntryDraft => root(newHash()), 'ledger.misplaced', 'internal'],
    [
      'a branch from a trajectory that is not there',
      (): EntryDraft => ({ type: 'branch', source_trajectory_id: newHash(), source_commit_id: newHash(), note: '' }),
      'ledger.not_found',
      'not_found',
    ],
  ])('refuses %s', async (_what, draft, code, kind) => {
    const trajectoryId = newHash();

    await expect(append(trajectoryId, () => draft(trajectoryId))).rejects.toMatchObject({ code, kind });

    expect(await ledger().head(TENANT, trajectoryId)).toBeNull();
  });

  it.each([
    ['another opening', (id: string): EntryDraft => root(id), 'ledger.exists'],
    ['a commit at another place', (id: string, head: LedgerHead): EntryDraft => commitDraft(id, { ...head, seq: head.seq + 1 }), 'ledger.misplaced'],
    ['a commit after another entry', (id: string, head: LedgerHead): EntryDraft => commitDraft(id, { ...head, id: newHash() }), 'ledger.misplaced'],
    ['a commit of another trajectory', (_id: string, head: LedgerHead): EntryDraft => commitDraft(newHash(), head), 'ledger.misplaced'],
    [
      'an entry that is too large',
      (): EntryDraft => ({ type: 'final_answer', text: 'x'.repeat(ENTRY_MAX_BYTES), terminated_by: 'CognitionDone' }),
      'ledger.entry_too_large',
    ],
    ['an entry of no known kind', (): EntryDraft => ({ type: 'gossip', text: 'x' }) as never, 'ledger.malformed'],
    ['an entry that lacks what its kind has', (): EntryDraft => ({ type: 'cancel', by: 'me', at: 'now' }) as never, 'ledger.malformed'],
  ])('refuses %s in a trajectory that is there', async (_what, draft, code) => {
    const trajectoryId = await opened();

    await expect(append(trajectoryId, (head) => draft(trajectoryId, here(head)))).rejects.toMatchObject({ code });

    expect(await entries(trajectoryId)).toHaveLength(1);
  });

  it('refuses request ids that are empty or too long, and an entry in the name of another run', async () => {
    const trajectoryId = await opened();

    for (const requestId of ['', 'x'.repeat(201)]) await expect(commit(trajectoryId, [], requestId)).rejects.toMatchObject({ code: 'ledger.malformed' });
    const foreign = { ...appending(trajectoryId, (head) => commitDraft(trajectoryId, here(head))), runId: 'run-other' };
    await expect(ledger().append(foreign)).rejects.toMatchObject({ code: 'ledger.exists' });
  });

  it('is full at a bound', async () => {
    const trajectoryId = await opened();
    await world.pool.query('update ledger_trajectories set head_seq = head_seq + 1, lineage_entries = $2 where trajectory_id = $1', [
      trajectoryId,
      LINEAGE_MAX_ENTRIES,
    ]);

    await expect(append(trajectoryId, () => ({ type: 'final_answer', text: null, terminated_by: 'Cancelled' }))).rejects.toMatchObject({
      code: 'ledger.full',
      kind: 'conflict',
    });
  });
});

describe('an entry with a receipt', () => {
  const actor = { address: 'run/settled', kind: 'run', tenant: TENANT, id: 'settled' };
  const effect = (effectId: string) => ({ actor, effectId, receipt: ({ seq }: LedgerEntry) => ({ seq }) });

  it('stands together with it', async () => {
    const trajectoryId = await opened();
    await world.store.effects.claim(actor, 'e-1', 'tool');
    const request = appending(trajectoryId, (head) => commitDraft(trajectoryId, here(head)));

    const entry = await ledger().appendAndSettle({ ...request, effect: effect('e-1') });

    expect(await world.store.effects.claim(actor, 'e-1', 'tool')).toEqual({ state: 'done', receipt: { seq: entry.seq } });
    expect(await ledger().appendAndSettle({ ...request, effect: effect('e-1') })).toEqual(entry);
    expect(await entries(trajectoryId)).toHaveLength(2);
  });

  it('does not stand where nothing was claimed', async () => {
    const trajectoryId = await opened();
    const request = appending(trajectoryId, (head) => commitDraft(trajectoryId, here(head)));

    await expect(ledger().appendAndSettle({ ...request, effect: effect('e-never') })).rejects.toMatchObject({ code: 'effect.not_claimed' });

    expect(await entries(trajectoryId)).toHaveLength(1);
  });

  it('leaves the claim without a receipt where the entry is refused', async () => {
    const trajectoryId = await opened();
    await world.store.effects.claim(actor, 'e-2', 'tool');

    const request = appending(trajectoryId, () => commitDraft(trajectoryId, { id: newHash(), seq: 0 }));
    await expect(ledger().appendAndSettle({ ...request, effect: effect('e-2') })).rejects.toMatchObject({ code: 'ledger.misplaced' });

    expect(await world.store.effects.claim(actor, 'e-2', 'tool')).toEqual({ state: 'claimed' });
  });
});

describe('a branch', () => {
  it('is folded with its ancestors up to the commits that it and they grew from', async () => {
    const trunk = await opened();
    const [a, b] = [await commit(trunk, [create('a', 1)]), await commit(trunk, [create('b', 1)])];
    await commit(trunk, [create('c', 1)]);
    const branch = await branched(trunk, committed(b));
    const d = await commit(branch, [{ op: 'replace', kind: 'kv', id: 'a', expected_version: 1, value: 2 }]);
    await commit(branch, [create('e', 1)]);
    const twig = await branched(branch, committed(d));

    const lineage = await ledger().lineage({ tenant: TENANT, trajectoryId: twig });

    expect(lineage.map(({ trajectory_id, seq }) => [trajectory_id, seq])).toEqual([
      [trunk, 0],
      [trunk, 1],
      [trunk, 2],
      [branch, 0],
      [branch, 1],
      [twig, 0],
    ]);
    expect(foldWorld(lineage).world.resources.map(({ id, value }) => [id, value])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    expect(await ledger().lineage({ tenant: TENANT, trajectoryId: branch, toSeq: 0 })).toHaveLength(4);
    expect(await ledger().findCommit({ tenant: TENANT, trajectoryId: twig, commitId: committed(a) })).toEqual({ trajectoryId: trunk, seq: 1 });
    expect((await world.store.ledgerReads.replay({ tenant: TENANT, runId: runOf(twig), trajectoryId: twig }, NO_PINS)).verdict).toEqual({ status: 'ok' });
  });

  it('may grow from one commit as often as somebody wants, and knows no commit beyond it', async () => {
    const trunk = await opened();
    const [a, b] = [await commit(trunk), await commit(trunk)];

    const twigs = [await branched(trunk, committed(a)), await branched(trunk, committed(a), 'run-2'), await branched(trunk, committed(a), 'run-3')];

    expect(new Set(twigs).size).toBe(3);
    expect(await ledger().findCommit({ tenant: TENANT, trajectoryId: twigs[0] as string, commitId: committed(b) })).toBeNull();
  });

  it('is refused from a commit that is not there, from an entry that is none, and from another tenant', async () => {
    const trunk = await opened();
    const [made, first] = [await commit(trunk), (await entries(trunk))[0] as LedgerEntry];

    await expect(branched(trunk, newHash())).rejects.toMatchObject({ code: 'ledger.commit_not_found', kind: 'not_found' });
    await expect(branched(trunk, first.id)).rejects.toMatchObject({ code: 'ledger.commit_not_found' });
    const foreign = appending(newHash(), () => ({ type: 'branch', source_trajectory_id: trunk, source_commit_id: committed(made), note: '' }));
    await expect(ledger().append({ ...foreign, tenant: 'other' })).rejects.toMatchObject({ code: 'ledger.not_found' });
  });

  it('counts towards a bound of depth', async () => {
    let trajectoryId = await opened();
    for (let depth = 1; depth <= DEPTH_MAX; depth++) trajectoryId = await branched(trajectoryId, committed(await commit(trajectoryId)));

    expect(await ledger().lineage({ tenant: TENANT, trajectoryId })).toHaveLength(DEPTH_MAX * 2 + 1);
    const last = committed(await commit(trajectoryId));
    await expect(branched(trajectoryId, last)).rejects.toMatchObject({ code: 'ledger.too_deep', facts: { max: DEPTH_MAX } });
  });
});

describe('evidence of tampering', () => {
  /** What whoever owns the database can do. */
  async function tampered(sql: string, ...values: unknown[]): Promise<void> {
    await world.pool.query('alter table ledger_entries disable trigger ledger_append_only');
    try {
      expect((await world.pool.query(sql, values)).rowCount).toBe(1);
    } finally {
      await world.pool.query('alter table ledger_entries enable trigger ledger_append_only');
    }
  }
  async function written(): Promise<string> {
    const trajectoryId = await opened();
    for (let at = 0; at < 3; at++) await commit(trajectoryId, [create(`k${at}`, at)]);
    return trajectoryId;
  }
  const verdict = async (trajectoryId: string) =>
    (await world.store.ledgerReads.replay({ tenant: TENANT, runId: runOf(trajectoryId), trajectoryId }, NO_PINS)).verdict;

  it('is refused by the database itself', async () => {
    const trajectoryId = await written();

    for (const sql of [
      `update ledger_entries set payload = '{}' where trajectory_id = '${trajectoryId}'`,
      `delete from ledger_entries where trajectory_id = '${trajectoryId}'`,
      'truncate ledger_entries',
      `delete from ledger_trajectories where trajectory_id = '${trajectoryId}'`,
      `update ledger_trajectories set head_seq = 1 where trajectory_id = '${trajectoryId}'`,
      `update ledger_trajectories set head_seq = head_seq + 1, run_id = 'other' where trajectory_id = '${trajectoryId}'`,
    ])
      await expect(world.pool.query(sql)).rejects.toMatchObject({ code: '23001' });
    expect(await verdict(trajectoryId)).toEqual({ status: 'ok' });
  });

  it('shows a value that was changed, an entry that was cut out, and an end that was cut off', async () => {
    const [changed, cut, shortened] = [await written(), await written(), await written()];
    await tampered(`update ledger_entries set payload = jsonb_set(payload, '{body,delta,0,value}', '99') where trajectory_id = $1 and seq = 2`, changed);
    await tampered('delete from ledger_entries where trajectory_id = $1 and seq = 2', cut);
    await tampered('delete from ledger_entries where trajectory_id = $1 and seq = 3', shortened);

    expect(await verdict(changed)).toMatchObject({ status: 'tampered', seq: 2, what: 'id' });
    expect(await verdict(cut)).toMatchObject({ status: 'missing', seq: 2 });
    expect(await verdict(shortened)).toMatchObject({ status: 'missing', seq: 3 });
  });

  it('shows a commit that somebody else wrote, all its hashes right', async () => {
    const trajectoryId = await written();
    const last = (await entries(trajectoryId)).at(-1) as LedgerEntry;
    if (last.payload.type !== 'commit') throw new Error('the last entry is a commit');
    const body = { ...last.payload.body, delta: [create('forged', 1)] };
    const payload = { type: 'commit' as const, id: commitId(body), body };
    await tampered(
      'update ledger_entries set payload = $2, id = $3, commit_id = $4 where trajectory_id = $1 and seq = 3',
      ...[trajectoryId, payload, entryId(payload), payload.id],
    );

    expect(await verdict(trajectoryId)).toMatchObject({ status: 'tampered', seq: 3, what: 'signature' });
  });

  it('fails for a ledger that is not there', async () => {
    const trajectoryId = newHash();

    expect(await verdict(trajectoryId)).toMatchObject({ status: 'missing', trajectory_id: trajectoryId });
    await expect(world.store.ledgerReads.world(TENANT, trajectoryId, null)).rejects.toMatchObject({ code: 'ledger.not_found' });
  });
});

describe('following a ledger', () => {
  it('gives history, then what is appended by any process, without a gap or a repeat', async () => {
    const trajectoryId = await opened();
    await commit(trajectoryId);
    const pool = openPool({ url: world.url });
    const elsewhere = store(pool, { url: world.url, sealing: TEST_SEALING });
    const stop = new AbortController();
    const [all, late]: [number[], number[]] = [[], []];
    const follow = async (into: number[], after: number): Promise<void> => {
      for await (const { seq } of elsewhere.ledgerReads.watch(TENANT, trajectoryId, after, stop.signal)) if (into.push(seq) && seq === 40) return;
    };

    const following = Promise.all([follow(all, -1), follow(late, 20)]);
    for (let seq = 2; seq <= 40; seq += 3) await Promise.all([commit(trajectoryId), commit(trajectoryId), commit(trajectoryId)]);
    await following;

    expect(all).toEqual(Array.from({ length: 41 }, (_, at) => at));
    expect(late).toEqual(Array.from({ length: 20 }, (_, at) => at + 21));
    stop.abort();
    await elsewhere.close();
    await pool.end();
  });

  it('ends when it is told to, and waits for a trajectory that is not there yet', async () => {
    const trajectoryId = newHash();
    const stop = new AbortController();
    const seen: string[] = [];
    const following = (async () => {
      for await (const { kind } of world.store.ledgerReads.watch(TENANT, trajectoryId, -1, stop.signal)) if (seen.push(kind) === 1) stop.abort();
    })();

    await append(trajectoryId, () => root(trajectoryId));
    await following;

    expect(seen).toEqual(['root']);
  });

  it('says that entries are missing instead of waiting for them', async () => {
    const trajectoryId = await opened();

    const next = world.store.ledgerReads.watch(TENANT, trajectoryId, -5, new AbortController().signal)[Symbol.asyncIterator]().next();

    await expect(next).rejects.toMatchObject({ code: 'ledger.gap' });
  });
});
