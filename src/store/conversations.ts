/** Threads in Postgres: made, read, listed, summed up. Always within one tenant. A deleted thread is not there. */
import type { Pool } from 'pg';
import { conversationRef } from '../contracts/conversation/commands';
import type { ExecutionMode } from '../contracts/conversation/agent';
import type { ListPage, ListPlace, Rollout, Thread, ThreadRun, ThreadRunStatus } from '../contracts/conversation/ports';
import { canonicalJson, storableText } from '../domain/canonical-json';
import type { ConversationState } from '../domain/conversation/state';
import { rolloutOf, runOfRow, threadOf, type StoredRollout, type StoredThread, type StoredThreadRun } from './conversation-row';
import { guarded, inTransaction, type Queryable } from './database';
import type { Secrets } from './secrets';

/** A thread with what its workflow goes on from. */
export interface KnownThread {
  readonly thread: Thread;
  readonly state: ConversationState;
  /** Of the actor's journal; 0: its workflow was never started. */
  readonly lastSeq: number;
}

export interface NewThread {
  readonly state: ConversationState;
  readonly owner: string;
  readonly executionMode: ExecutionMode;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface ThreadFilter {
  /** Null: of all owners. */
  readonly owner: string | null;
  readonly archived: boolean | null;
  readonly agentId: string | null;
  readonly limit: number;
  readonly after: ListPlace | null;
}

export interface ThreadRunFilter {
  readonly owner: string | null;
  readonly threadId: string | null;
  readonly agent: string | null;
  readonly status: ThreadRunStatus | null;
  readonly limit: number;
  readonly after: ListPlace | null;
}

const knownOf = (row: StoredThread): KnownThread => ({ thread: threadOf(row), state: row.state, lastSeq: Number(row.last_seq) });

export class ConversationsStore {
  constructor(
    private readonly pool: Pool,
    private readonly secrets: Secrets,
  ) {}

  /** False when the id is taken, also by a thread that was deleted. */
  async insert(made: NewThread): Promise<boolean> {
    const { start } = made.state;
    const redact = await this.secrets.redactionFor(conversationRef(start.tenant, start.id));
    return inTransaction(this.pool, (db) => insertThread(db, redact(made), [{ rolloutId: start.rolloutId, startedAt: start.createdAt, completedAt: null }]));
  }

  find(tenant: string, id: string): Promise<KnownThread | null> {
    return guarded(async () => {
      const { rows } = await this.pool.query<StoredThread>({
        name: 'conversation-get',
        text: 'select * from conversations where tenant = $1 and id = $2 and deleted_at is null',
        values: [tenant, id],
      });
      return rows[0] ? knownOf(rows[0]) : null;
    });
  }

  /** Of these addresses, the threads that something holds or waits for. */
  atWork(addresses: readonly string[]): Promise<readonly KnownThread[]> {
    return guarded(async () => {
      const { rows } = await this.pool.query<StoredThread>(
        `select * from conversations where address = any($1) and deleted_at is null and (holder is not null or jsonb_array_length(state->'queue') > 0)`,
        [addresses],
      );
      return rows.map(knownOf);
    });
  }

  /** Newest first. */
  list(tenant: string, { owner, archived, agentId, limit, after }: ThreadFilter): Promise<ListPage<Thread>> {
    const values: unknown[] = [tenant];
    const conditions = ['tenant = $1', 'deleted_at is null'];
    if (owner !== null) conditions.push(`owner = $${values.push(owner)}`);
    if (archived !== null) conditions.push(`archived = $${values.push(archived)}`);
    if (agentId !== null) conditions.push(`agent_id = $${values.push(agentId)}`);
    if (after !== null) conditions.push(`(created_at, id) < ($${values.push(after.createdAt)}, $${values.push(after.id)})`);
    return guarded(async () => {
      const text = `select * from conversations where ${conditions.join(' and ')} order by created_at desc, id desc limit $${values.push(limit + 1)}`;
      const { rows } = await this.pool.query<StoredThread>(text, values);
      return pageOf(rows.slice(0, limit).map(threadOf), rows.length > limit, ({ id }) => id);
    });
  }

  /** Oldest first. */
  rollouts(tenant: string, threadId: string): Promise<readonly Rollout[]> {
    return guarded(async () => {
      const { rows } = await this.pool.query<StoredRollout>('select * from conversation_rollouts where tenant = $1 and thread_id = $2 order by ordinal', [
        ...[tenant, threadId],
      ]);
      return rows.map(rolloutOf);
    });
  }

  /** Characters of what was said in a rollout. */
  chars(tenant: string, threadId: string, rolloutId: string): Promise<number> {
    return guarded(async () => {
      const { rows } = await this.pool.query<{ chars: string }>(
        'select chars from conversation_rollouts where tenant = $1 and thread_id = $2 and rollout_id = $3',
        [tenant, threadId, rolloutId],
      );
      return Number(rows[0]?.chars ?? 0);
    });
  }

  /** Newest first. */
  runs(tenant: string, { owner, threadId, agent, status, limit, after }: ThreadRunFilter): Promise<ListPage<ThreadRun>> {
    const values: unknown[] = [tenant];
    const conditions = ['r.tenant = $1', 'c.deleted_at is null'];
    if (owner !== null) conditions.push(`c.owner = $${values.push(owner)}`);
    if (threadId !== null) conditions.push(`r.thread_id = $${values.push(threadId)}`);
    if (agent !== null) conditions.push(`(r.agent_slug = $${values.push(agent)} or r.agent_id = $${values.length})`);
    if (status !== null) conditions.push(`r.status = $${values.push(status)}`);
    if (after !== null) conditions.push(`(r.created_at, r.run_id) < ($${values.push(after.createdAt)}, $${values.push(after.id)})`);
    return guarded(async () => {
      const { rows } = await this.pool.query<StoredThreadRun>(
        `select r.* from conversation_runs r join conversations c on c.tenant = r.tenant and c.id = r.thread_id where ${conditions.join(' and ')}
         order by r.created_at desc, r.run_id desc limit $${values.push(limit + 1)}`,
        values,
      );
      return pageOf(rows.slice(0, limit).map(runOfRow), rows.length > limit, ({ runId }) => runId);
    });
  }

  /** With the owner of its thread. */
  run(tenant: string, runId: string): Promise<{ readonly run: ThreadRun; readonly ownerUserId: string } | null> {
    return guarded(async () => {
      const { rows } = await this.pool.query<StoredThreadRun & { owner: string }>({
        name: 'conversation-run-get',
        text: `select r.*, c.owner from conversation_runs r join conversations c on c.tenant = r.tenant and c.id = r.thread_id
               where r.tenant = $1 and r.run_id = $2 and c.deleted_at is null`,
        values: [tenant, runId],
      });
      return rows[0] ? { run: runOfRow(rows[0]), ownerUserId: rows[0].owner } : null;
    });
  }

  /** Merged over what is there; null takes a key away. False when it would be larger than `maxBytes`, or the thread is not there. */
  async annotate(tenant: string, threadId: string, metadata: Readonly<Record<string, unknown>>, maxBytes: number): Promise<boolean> {
    const redact = await this.secrets.redactionFor(conversationRef(tenant, threadId));
    return guarded(async () => {
      const { rowCount } = await this.pool.query(
        `update conversations set metadata = jsonb_strip_nulls(metadata || $3::jsonb), updated_at = clock_timestamp()
         where tenant = $1 and id = $2 and deleted_at is null and octet_length(jsonb_strip_nulls(metadata || $3::jsonb)::text) <= $4`,
        [tenant, threadId, canonicalJson(redact(metadata)), maxBytes],
      );
      return rowCount === 1;
    });
  }
}

const pageOf = <T extends { readonly createdAt: string }>(items: readonly T[], more: boolean, idOf: (item: T) => string): ListPage<T> => {
  const last = items.at(-1);
  return { items, next: more && last ? { createdAt: last.createdAt, id: idOf(last) } : null };
};

/** Within whatever transaction `db` is in; false when the id is taken. */
export async function insertThread(
  db: Queryable,
  { state, owner, executionMode, metadata }: NewThread,
  rollouts: readonly { readonly rolloutId: string; readonly startedAt: string; readonly completedAt: string | null }[],
): Promise<boolean> {
  const { tenant, id, agentId, createdAt } = state.start;
  const { rowCount } = await db.query(
    `insert into conversations (tenant, id, address, owner, agent_id, title, execution_mode, rollout_id, metadata, state, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) on conflict do nothing`,
    [
      ...[tenant, id, conversationRef(tenant, id).address, owner, agentId, storableText(state.title), executionMode, state.rolloutId],
      ...[canonicalJson(metadata), canonicalJson(state), createdAt],
    ],
  );
  if (rowCount !== 1) return false;
  for (const [at, { rolloutId, startedAt, completedAt }] of rollouts.entries()) {
    await db.query('insert into conversation_rollouts (tenant, thread_id, rollout_id, ordinal, started_at, completed_at) values ($1, $2, $3, $4, $5, $6)', [
      ...[tenant, id, rolloutId, at + 1, startedAt, completedAt],
    ]);
  }
  return true;
}
