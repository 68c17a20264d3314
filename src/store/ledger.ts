/**
 * The ledger of runs in Postgres; the port `Ledger`. Entries are hashed and commits are signed here, while their trajectory is locked, so that whoever builds an entry need not
 * know how, and no two entries ever have one place.
 */
import type { Pool, PoolClient, QueryResultRow } from 'pg';
import type { AppendRequest, EntryDraft, Ledger, LedgerHead } from '../contracts/run/ports';
import { EntryPayload, type LedgerEntry } from '../contracts/run/protocol';
import { signCommit } from '../domain/run/ledger/commit-signature';
import { ledgerJson } from '../domain/run/ledger/hash';
import { commitId, entryId } from '../domain/run/ledger/ids';
import { Fault } from '../errors/fault';
import { guarded, inTransaction, type Queryable } from './database';
import { settleEffect } from './effects';
import { ENTRY_COLUMNS, entryOfRow, type StoredEntry } from './ledger-row';
import type { SigningKey, SigningKeys } from './signing-keys';

/** Bytes of one entry, as they are hashed. */
export const ENTRY_MAX_BYTES = 1024 * 1024;
/** Of a trajectory with its ancestors: what one fold reads. */
export const LINEAGE_MAX_ENTRIES = 20_000;
export const LINEAGE_MAX_BYTES = 64 * 1024 * 1024;
/** Branchings one after another. */
export const DEPTH_MAX = 32;
const REQUEST_ID_MAX = 200;
const PAGE = 500;
const PAGE_MAX = 1_000;
/** A trajectory that appears between our look and our opening is looked at again. */
const OPENINGS = 3;

interface Taken {
  head_id: string;
  head_seq: string;
  run_id: string;
  lineage_entries: string;
  lineage_bytes: string;
  id: string | null;
  seq: string;
  parent: string | null;
  payload: EntryPayload;
  created_at: Date;
}

interface Source {
  trajectory: string;
  commit: string;
  seq: number;
  depth: number;
  entries: number;
  bytes: number;
}

/** What is written: the payload, and the text that its id is the hash of. */
interface Sealed {
  readonly payload: EntryPayload;
  readonly text: string;
  readonly id: string;
}

const misplaced = (message: string): Fault => new Fault('internal', 'ledger.misplaced', message);

function checkPlace(body: Extract<EntryDraft, { type: 'commit' }>['body'], trajectoryId: string, head: LedgerHead): void {
  if (body.trajectory_id !== trajectoryId) throw misplaced('The commit names another trajectory.');
  if (body.seq !== head.seq + 1) throw misplaced(`The commit has seq ${body.seq}; its place is ${head.seq + 1}.`);
  if (body.parent.join() !== head.id) throw misplaced('The commit does not name the entry before it.');
}

/** Signed where it is a commit, and in the form in which it is kept: what JSON or Postgres cannot hold is not hashed either. */
function sealed(draft: EntryDraft, request: AppendRequest, head: LedgerHead | null, key: SigningKey): Sealed {
  const kept = JSON.parse(ledgerJson(draft)) as EntryDraft;
  if (kept.type === 'commit' && head) checkPlace(kept.body, request.trajectoryId, head);
  const payload = kept.type === 'commit' ? commitOf(kept.body, key) : kept;
  const text = ledgerJson(payload);
  const bytes = Buffer.byteLength(text);
  if (bytes > ENTRY_MAX_BYTES) {
    throw new Fault('invalid', 'ledger.entry_too_large', `The entry has ${bytes} bytes; at most ${ENTRY_MAX_BYTES} are kept.`, { bytes, max: ENTRY_MAX_BYTES });
  }
  const problem = EntryPayload.safeParse(payload).error?.issues[0];
  if (problem) {
    const field = problem.path.join('.');
    throw new Fault('invalid', 'ledger.malformed', `The entry is not one of the ledger: ${field}: ${problem.message}`, { field });
  }
  return { payload, text, id: entryId(payload) };
}

function commitOf(draft: Extract<EntryDraft, { type: 'commit' }>['body'], { privateKey }: SigningKey): EntryPayload {
  const body = signCommit(privateKey, draft);
  return { type: 'commit', id: commitId(body), body };
}

async function put(db: PoolClient, request: AppendRequest, { payload, text, id }: Sealed, head: LedgerHead | null): Promise<LedgerEntry> {
  const seq = (head?.seq ?? -1) + 1;
  const { rows } = await db.query<{ created_at: Date }>({
    name: 'ledger-put',
    text: 'select ledger_put($1, $2, $3, $4, $5, $6, $7, $8) as created_at',
    values: [request.tenant, request.trajectoryId, seq, id, head?.id ?? null, payload.type === 'commit' ? payload.id : null, request.requestId, text],
  });
  const created_at = (rows[0] as { created_at: Date }).created_at;
  return entryOfRow({ id, trajectory_id: request.trajectoryId, parent: head?.id ?? null, seq: String(seq), payload, created_at });
}

const notFound = (): Fault => new Fault('not_found', 'ledger.not_found', 'The ledger has no such trajectory.');

/** The commit that a branch grows from, and what is folded up to it. */
async function sourceOf(db: Queryable, tenant: string, payload: EntryPayload): Promise<Source | null> {
  if (payload.type !== 'branch') return null;
  const { source_trajectory_id: trajectory, source_commit_id: commit } = payload;
  const { rows } = await db.query<{ depth: number; seq: string | null; entries: string; bytes: string }>(
    `select t.depth, e.seq, t.lineage_entries - (t.head_seq - e.seq) as entries,
            t.lineage_bytes - (select coalesce(sum(l.bytes), 0) from ledger_entries l where l.tenant = $1 and l.trajectory_id = $2 and l.seq > e.seq) as bytes
     from ledger_trajectories t left join ledger_entries e on e.tenant = $1 and e.trajectory_id = $2 and e.commit_id = $3
     where t.tenant = $1 and t.trajectory_id = $2`,
    [tenant, trajectory, commit],
  );
  const row = rows[0];
  if (!row) throw notFound();
  if (row.seq === null) throw new Fault('not_found', 'ledger.commit_not_found', 'The trajectory has no such commit.', { commit });
  if (row.depth >= DEPTH_MAX) {
    throw new Fault('conflict', 'ledger.too_deep', `At most ${DEPTH_MAX} branches grow one from another.`, { max: DEPTH_MAX });
  }
  return { trajectory, commit, seq: Number(row.seq), depth: row.depth + 1, entries: Number(row.entries), bytes: Number(row.bytes) };
}

function checkRoom(entries: number, bytes: number): void {
  if (entries <= LINEAGE_MAX_ENTRIES && bytes <= LINEAGE_MAX_BYTES) return;
  const bounds = { entries: LINEAGE_MAX_ENTRIES, bytes: LINEAGE_MAX_BYTES };
  throw new Fault('conflict', 'ledger.full', `A trajectory with its ancestors has at most ${bounds.entries} entries and ${bounds.bytes} bytes.`, bounds);
}

/** The first entry; null when somebody else opened the trajectory meanwhile. */
async function opened(db: PoolClient, request: AppendRequest, key: SigningKey): Promise<LedgerEntry | null> {
  const draft = request.build(null);
  if (draft.type !== 'root' && draft.type !== 'branch') throw notFound();
  const first = sealed(draft, request, null, key);
  if (first.payload.type === 'root' && first.payload.trajectory_id !== request.trajectoryId) throw misplaced('The root names another trajectory.');
  const source = await sourceOf(db, request.tenant, first.payload);
  const [entries, bytes] = [(source?.entries ?? 0) + 1, (source?.bytes ?? 0) + Buffer.byteLength(first.text)];
  checkRoom(entries, bytes);
  const { rowCount } = await db.query(
    `insert into ledger_trajectories (tenant, trajectory_id, run_id, head_id, head_seq, source_trajectory, source_commit, source_seq, depth, lineage_entries, lineage_bytes)
     values ($1, $2, $3, $4, 0, $5, $6, $7, $8, $9, $10) on conflict do nothing`,
    [
      ...[request.tenant, request.trajectoryId, request.runId, first.id],
      ...[source?.trajectory ?? null, source?.commit ?? null, source?.seq ?? null, source?.depth ?? 0, entries, bytes],
    ],
  );
  return rowCount === 1 ? put(db, request, first, null) : null;
}

/** One entry within the caller's transaction, which holds the trajectory's lock from then on. */
async function appendIn(db: PoolClient, request: AppendRequest, key: SigningKey): Promise<LedgerEntry> {
  for (let attempt = 0; attempt < OPENINGS; attempt++) {
    const { rows } = await db.query<Taken>({
      name: 'ledger-take',
      text: 'select * from ledger_take($1, $2, $3)',
      values: [request.tenant, request.trajectoryId, request.requestId],
    });
    const taken = rows[0];
    if (taken) return next(db, request, taken, key);
    const entry = await opened(db, request, key);
    if (entry) return entry;
  }
  throw new Fault('unavailable', 'store.busy', 'The trajectory could not be opened.');
}

async function next(db: PoolClient, request: AppendRequest, taken: Taken, key: SigningKey): Promise<LedgerEntry> {
  if (taken.run_id !== request.runId) throw new Fault('conflict', 'ledger.exists', 'The trajectory belongs to another run.');
  if (taken.id !== null) return entryOfRow({ ...taken, id: taken.id, trajectory_id: request.trajectoryId });
  const head = { id: taken.head_id, seq: Number(taken.head_seq) };
  const draft = request.build(head);
  if (draft.type === 'root' || draft.type === 'branch') throw new Fault('conflict', 'ledger.exists', 'The trajectory was opened before, by another request.');
  const entry = sealed(draft, request, head, key);
  checkRoom(Number(taken.lineage_entries) + 1, Number(taken.lineage_bytes) + Buffer.byteLength(entry.text));
  return put(db, request, entry, head);
}

const LINEAGE = `with recursive line (trajectory_id, to_seq, depth) as (
    select t.trajectory_id, $3::bigint, 0 from ledger_trajectories t where t.tenant = $1 and t.trajectory_id = $2
    union all
    select t.source_trajectory, t.source_seq, line.depth + 1 from line join ledger_trajectories t on t.tenant = $1 and t.trajectory_id = line.trajectory_id
    where t.source_trajectory is not null and line.depth <= ${DEPTH_MAX})`;

function checkRequest({ requestId }: AppendRequest): void {
  if (requestId.length >= 1 && requestId.length <= REQUEST_ID_MAX) return;
  throw new Fault('invalid', 'ledger.malformed', `A request id has 1 to ${REQUEST_ID_MAX} characters.`, { field: 'requestId' });
}

const FIND = `select ${ENTRY_COLUMNS} from ledger_entries e where e.tenant = $1 and e.trajectory_id = $2 and e.request_id = $3`;
const FIND_COMMIT = `${LINEAGE} select e.trajectory_id, e.seq from line join ledger_entries e on e.tenant = $1 and e.trajectory_id = line.trajectory_id
  where e.commit_id = $4 and (line.to_seq is null or e.seq <= line.to_seq)`;
const ENTRIES = `select ${ENTRY_COLUMNS} from ledger_entries e where e.tenant = $1 and e.trajectory_id = $2 and e.seq > $3 order by e.seq limit $4`;
const LINEAGE_ENTRIES = `${LINEAGE} select ${ENTRY_COLUMNS} from line join ledger_entries e on e.tenant = $1 and e.trajectory_id = line.trajectory_id
  where line.to_seq is null or e.seq <= line.to_seq order by line.depth desc, e.seq limit ${LINEAGE_MAX_ENTRIES + 1}`;
const HEAD = 'select head_id, head_seq from ledger_trajectories where tenant = $1 and trajectory_id = $2';

export function ledger(pool: Pool, keys: Pick<SigningKeys, 'current'>): Ledger {
  const read = async <R extends QueryResultRow>(text: string, values: readonly unknown[]): Promise<readonly R[]> =>
    (await guarded(() => pool.query<R>(text, [...values]))).rows;
  const entriesOf = async (text: string, values: readonly unknown[]): Promise<readonly LedgerEntry[]> =>
    (await read<StoredEntry>(text, values)).map(entryOfRow);
  return {
    async append(request) {
      checkRequest(request);
      const key = await keys.current();
      return inTransaction(pool, (client) => appendIn(client, request, key));
    },

    async appendAndSettle({ effect, ...request }) {
      checkRequest(request);
      const key = await keys.current();
      return inTransaction(pool, async (client) => {
        const entry = await appendIn(client, request, key);
        await settleEffect(client, effect.actor, effect.effectId, effect.receipt(entry));
        return entry;
      });
    },

    find: async ({ tenant, trajectoryId, requestId }) => (await entriesOf(FIND, [tenant, trajectoryId, requestId]))[0] ?? null,

    async findCommit({ tenant, trajectoryId, commitId: commit }) {
      const [row] = await read<{ trajectory_id: string; seq: string }>(FIND_COMMIT, [tenant, trajectoryId, null, commit]);
      return row ? { trajectoryId: row.trajectory_id, seq: Number(row.seq) } : null;
    },

    entries: ({ tenant, trajectoryId, afterSeq = -1, limit = PAGE }) =>
      entriesOf(ENTRIES, [tenant, trajectoryId, afterSeq, Math.max(0, Math.min(limit, PAGE_MAX))]),

    lineage: ({ tenant, trajectoryId, toSeq }) => entriesOf(LINEAGE_ENTRIES, [tenant, trajectoryId, toSeq ?? null]),

    async head(tenant, trajectoryId) {
      const [row] = await read<{ head_id: string; head_seq: string }>(HEAD, [tenant, trajectoryId]);
      return row ? { id: row.head_id, seq: Number(row.head_seq) } : null;
    },
  };
}
