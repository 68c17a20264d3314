/** What the world is told of an event beside the journal's row: what is known of its actor, and large values in the place of their references. */
import { BATCH_KIND } from '../contracts/execution/batch';
import { CONVERSATION_KIND } from '../contracts/conversation/commands';
import { EXECUTION_KIND } from '../contracts/execution/commands';
import type { ExecutionProjection } from '../contracts/execution/start';
import { StoredValue } from '../contracts/execution/value';
import { THREAD_KIND } from '../contracts/managed-thread/commands';
import { RUN_KIND } from '../contracts/run/commands';
import { SCRIPT_KIND } from '../contracts/script/commands';
import { KeptValues } from '../domain/script/kept-values';
import { Fault } from '../errors/fault';
import { getBlob } from './blobs';
import type { Queryable } from './database';
import type { JournalRow } from './journal-reads';

type Facts = Readonly<Record<string, unknown>>;

const addressesOf = (rows: readonly JournalRow[], kind: string): readonly string[] => [
  ...new Set(rows.flatMap((row) => (row.kind === kind ? [row.address] : []))),
];

async function threads(db: Queryable, addresses: readonly string[]): Promise<readonly (readonly [string, Facts])[]> {
  const { rows } = await db.query<{ address: string; name: string; role: string | null; agent_type: string; metadata: unknown }>(
    'select address, name, role, agent_type, metadata from threads where address = any($1)',
    [addresses],
  );
  return rows.map(({ address, name, role, agent_type: agentType, metadata }) => [address, { name, role, agentType, metadata }]);
}

const patterned =
  (from: 'executions' | 'batches') =>
  async (db: Queryable, addresses: readonly string[]): Promise<readonly (readonly [string, Facts])[]> => {
    const { rows } = await db.query<{ address: string; pattern_name: string; pattern_version: string; start: Partial<ExecutionProjection['start']> }>(
      `select address, pattern_name, pattern_version, start from ${from} where address = any($1)`,
      [addresses],
    );
    return rows.map(({ address, pattern_name: pattern, pattern_version: patternVersion, start: { priority, metadata = {} } }) => [
      address,
      { pattern, patternVersion, priority, metadata },
    ]);
  };

async function runs(db: Queryable, addresses: readonly string[]): Promise<readonly (readonly [string, Facts])[]> {
  const { rows } = await db.query<{ address: string; title: string; trajectory_id: string; parent_id: string | null }>(
    `select address, start->>'title' as title, trajectory_id, parent_id from runs where address = any($1)`,
    [addresses],
  );
  return rows.map(({ address, title, trajectory_id: trajectoryId, parent_id: parentRunId }) => [address, { title, trajectoryId, parentRunId }]);
}

async function conversations(db: Queryable, addresses: readonly string[]): Promise<readonly (readonly [string, Facts])[]> {
  const { rows } = await db.query<{ address: string; title: string; agent_id: string; metadata: unknown }>(
    'select address, title, agent_id, metadata from conversations where address = any($1)',
    [addresses],
  );
  return rows.map(({ address, title, agent_id: agentId, metadata }) => [address, { title, agentId, metadata }]);
}

async function scriptThreads(db: Queryable, addresses: readonly string[]): Promise<readonly (readonly [string, Facts])[]> {
  const { rows } = await db.query<{ address: string; script_name: string; version: number; metadata: unknown }>(
    'select address, script_name, version, metadata from script_threads where address = any($1)',
    [addresses],
  );
  return rows.map(({ address, script_name: scriptName, version, metadata }) => [address, { scriptName, version, metadata }]);
}

const KINDS: Readonly<Record<string, (db: Queryable, addresses: readonly string[]) => Promise<readonly (readonly [string, Facts])[]>>> = {
  [THREAD_KIND]: threads,
  [EXECUTION_KIND]: patterned('executions'),
  [BATCH_KIND]: patterned('batches'),
  [RUN_KIND]: runs,
  [CONVERSATION_KIND]: conversations,
  [SCRIPT_KIND]: scriptThreads,
};

/** By address: what filters and mappings may ask about the actors themselves. */
export async function subjectsOf(db: Queryable, rows: readonly JournalRow[]): Promise<ReadonlyMap<string, Facts>> {
  const found: (readonly [string, Facts])[] = [];
  for (const [kind, read] of Object.entries(KINDS)) {
    const addresses = addressesOf(rows, kind);
    if (addresses.length > 0) found.push(...(await read(db, addresses)));
  }
  return new Map(found);
}

/**
 * By address: whose an actor is, where what it tells is shown to one person alone: threads and their runs. Null: nobody's any more, for it was erased after its event was read. What
 * everybody may be told is not there.
 */
export async function ownersOf(db: Queryable, rows: readonly JournalRow[]): Promise<ReadonlyMap<string, string | null>> {
  const addresses = [...addressesOf(rows, RUN_KIND), ...addressesOf(rows, CONVERSATION_KIND)];
  if (addresses.length === 0) return new Map();
  const { rows: found } = await db.query<{ address: string; owner: string | null; is_there: boolean }>(
    `select a.address, coalesce(r.owner, c.owner) as owner, r.address is not null or c.address is not null as is_there from unnest($1::text[]) as a (address)
     left join runs r on r.address = a.address left join conversations c on c.address = a.address`,
    [addresses],
  );
  return new Map(found.flatMap(({ address, owner, is_there: isThere }) => (isThere && owner === null ? [] : [[address, owner] as const])));
}

const HOLD_VALUES: ReadonlySet<string> = new Set([EXECUTION_KIND, BATCH_KIND, RUN_KIND, SCRIPT_KIND]);

/** The data as clients see it: the values themselves. A value that is not stored any more stays a reference. */
export async function plainData(db: Queryable, { kind, tenant, data }: JournalRow): Promise<Facts> {
  if (!HOLD_VALUES.has(kind)) return data;
  const plain: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(data)) {
    const stored = StoredValue.safeParse(field);
    plain[name] = stored.success ? await (kind === SCRIPT_KIND ? scriptValueOf : valueOf)(db, tenant, stored.data) : field;
  }
  return plain;
}

async function valueOf(db: Queryable, tenant: string, stored: StoredValue): Promise<unknown> {
  if ('value' in stored) return stored.value;
  const { rows } = await db.query<{ value: Buffer }>('select value from blobs where tenant = $1 and ref = $2', [tenant, stored.ref]);
  return rows[0] ? (JSON.parse(rows[0].value.toString('utf8')) as unknown) : stored;
}

/** Bytes of a value of a script that are told; a larger one is told by its reference. */
const TOLD_MAX = 512 * 1024;

/** What holds a secret of the thread's environment is nobody's to be told, and stays a reference. */
async function scriptValueOf(db: Queryable, tenant: string, stored: StoredValue): Promise<unknown> {
  if ('value' in stored) return stored.value;
  const kept = new KeptValues(
    { get: (owner, ref) => getBlob(db, owner, ref), put: () => Promise.reject(new Fault('internal', 'store.read_only', 'Nothing is kept here.')) },
    tenant,
  );
  try {
    const { value, secret } = await kept.read(stored, TOLD_MAX);
    return secret ? stored : value;
  } catch (thrown) {
    if (thrown instanceof Fault && (thrown.kind === 'not_found' || thrown.kind === 'invalid')) return stored;
    throw thrown;
  }
}
