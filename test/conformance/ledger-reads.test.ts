import type { EntryDraft } from '../../src/contracts/run/ports';
import { merkleRoot } from '../../src/domain/run/ledger/anchor';
import { auditCsv } from '../../src/domain/run/ledger/audit-csv';
import { hashOfText } from '../../src/domain/run/ledger/hash';
import type { AuditFilter } from '../../src/store/ledger-reads';
import { testStore, type TestStore } from '../support/database';
import { commitDraft, newHash } from '../support/ledger';

let world: TestStore;
beforeAll(async () => void (world = await testStore()));
afterAll(() => world.close());

let requests = 0;
async function written(tenant: string, drafts: readonly ((trajectoryId: string) => EntryDraft | null)[]): Promise<string> {
  const trajectoryId = newHash();
  const runId = `run-${trajectoryId.slice(0, 8)}`;
  const append = (draft: EntryDraft | null) =>
    world.store.ledger.append({
      ...{ tenant, trajectoryId, runId, requestId: `r${(requests += 1)}` },
      build: (head) =>
        draft ?? commitDraft(trajectoryId, head ?? { id: '', seq: -1 }, [{ op: 'create', kind: 'kv', id: `k${head?.seq}`, value: 'a "quoted", value' }]),
    });
  await append({ type: 'root', trajectory_id: trajectoryId, note: 'one, two\n"three"' });
  for (const draft of drafts) await append(draft(trajectoryId));
  return trajectoryId;
}
const aCommit = () => null;
const anAnswer = (): EntryDraft => ({ type: 'final_answer', text: 'done', terminated_by: 'CognitionDone' });
const EVERYTHING: AuditFilter = { trajectoryId: null, kind: null, from: null, to: null };
const PAGE = { limit: 100, offset: 0 };
const reads = () => world.store.ledgerReads;

describe('the audit of entries', () => {
  it('finds by trajectory, kind and time, in order, and counts the same', async () => {
    const tenant = 'audit';
    const one = await written(tenant, [aCommit, aCommit, anAnswer]);
    const two = await written(tenant, [aCommit]);
    const found = async (filter: Partial<AuditFilter>, page = PAGE) => {
      const [entries, count] = [await reads().audit(tenant, { ...EVERYTHING, ...filter }, page), await reads().count(tenant, { ...EVERYTHING, ...filter })];
      if (page === PAGE) expect(entries).toHaveLength(count);
      return entries.map(({ trajectory_id, seq }) => `${trajectory_id === one ? 'one' : 'two'}/${seq}`);
    };

    expect(await found({})).toEqual(['one/0', 'one/1', 'one/2', 'one/3', 'two/0', 'two/1']);
    expect(await found({ trajectoryId: two })).toEqual(['two/0', 'two/1']);
    expect(await found({ kind: 'commit' })).toEqual(['one/1', 'one/2', 'two/1']);
    expect(await found({ kind: 'commit', trajectoryId: one })).toEqual(['one/1', 'one/2']);
    expect(await found({ kind: 'gossip' })).toEqual([]);
    expect(await found({}, { limit: 2, offset: 3 })).toEqual(['one/3', 'two/0']);
    expect(await found({}, { limit: 0, offset: 0 })).toEqual([]);

    const at = (await reads().audit(tenant, EVERYTHING, PAGE)).map(({ created_at }) => created_at);
    const [first, last] = [at[0] as number, at.at(-1) as number];
    expect(await found({ from: first, to: last })).toHaveLength(6);
    expect(await found({ from: last + 1 })).toEqual([]);
    expect(await found({ to: first - 1 })).toEqual([]);
    expect(await found({ from: 0, to: Number.MAX_SAFE_INTEGER })).toHaveLength(6);
    expect(await reads().entries(tenant, one, { kind: 'commit', limit: 1 })).toMatchObject([{ seq: 1 }]);
  });

  it('tells one tenant nothing of another', async () => {
    const trajectoryId = await written('secretive', [aCommit]);

    expect(await reads().audit('curious', EVERYTHING, PAGE)).toEqual([]);
    expect(await reads().count('curious', { ...EVERYTHING, trajectoryId })).toBe(0);
    expect(await reads().head('curious', trajectoryId)).toBeNull();
    expect(await world.store.ledger.entries({ tenant: 'curious', trajectoryId })).toEqual([]);
    await expect(reads().world('curious', trajectoryId, null)).rejects.toMatchObject({ code: 'ledger.not_found' });
    await expect(reads().anchor('curious', trajectoryId)).rejects.toMatchObject({ code: 'ledger.not_found' });
    const replayed = await reads().replay({ tenant: 'curious', runId: 'x', trajectoryId }, { compiler: null, policySet: null, signature: false });
    expect(replayed).toMatchObject({ entries_seen: 0, verdict: { status: 'missing' } });
  });

  it('exports rows whose payload is the text that the id is the hash of', async () => {
    const trajectoryId = await written('export', [aCommit]);

    const [header, ...rows] = rowsOf(auditCsv(await reads().audit('export', EVERYTHING, PAGE)));

    expect(header).toEqual(['id', 'trajectory_id', 'seq', 'kind', 'created_at', 'payload']);
    expect(rows.map(([, trajectory, seq, kind]) => [trajectory, seq, kind])).toEqual([
      [trajectoryId, '0', 'root'],
      [trajectoryId, '1', 'commit'],
    ]);
    for (const [id, , , , , payload] of rows) expect(hashOfText(payload as string)).toBe(id);
  });
});

/** Cells of a CSV (RFC 4180). */
function rowsOf(csv: string): string[][] {
  const lines = csv.split(/\n(?=(?:[^"]*"[^"]*")*[^"]*$)/).filter((line) => line !== '');
  return lines.map((line) => line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/).map((cell) => cell.replace(/^"([\s\S]*)"$/, '$1').replaceAll('""', '"')));
}

describe('worlds and anchors', () => {
  it('are those of a seq, of the head, and of the head when the seq is beyond it', async () => {
    const trajectoryId = await written('worlds', [aCommit, aCommit, anAnswer]);
    const at = async (seq: number | null) => {
      const { seq: reached, commits_replayed, resources } = await reads().world('worlds', trajectoryId, seq);
      return [reached, commits_replayed, resources.length];
    };

    expect([await at(0), await at(1), await at(null), await at(99)]).toEqual([
      [0, 0, 0],
      [1, 1, 1],
      [3, 2, 2],
      [3, 2, 2],
    ]);
  });

  it('anchor the entries that are there', async () => {
    const trajectoryId = await written('anchors', [aCommit]);
    const ids = (await world.store.ledger.entries({ tenant: 'anchors', trajectoryId })).map(({ id }) => id);

    expect(await reads().anchor('anchors', trajectoryId)).toEqual({
      ...{ trajectory_id: trajectoryId, entries: 2, head_seq: 1, head_id: ids[1] },
      root: merkleRoot(ids),
    });
  });
});
