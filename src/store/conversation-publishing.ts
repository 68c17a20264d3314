/** What local runs publish, threads that are imported, and threads that are erased: each in one transaction, under the thread's lock. */
import type { Pool } from 'pg';
import { conversationRef } from '../contracts/conversation/commands';
import type { AgentRecord } from '../contracts/conversation/agent';
import { PublishedEnd, type PublishedEvent } from '../contracts/conversation/events';
import type { Published, PublishRequest } from '../contracts/conversation/ports';
import type { Holder } from '../contracts/conversation/start';
import { canonicalJson } from '../domain/canonical-json';
import { assertPublishes } from '../domain/conversation/publishing';
import type { ImportedThread } from '../domain/conversation/imported';
import { saidIn } from '../domain/conversation/said';
import { appendThreadEvents, type NewThreadEvent } from './conversation-events';
import { insertThread, type NewThread } from './conversations';
import { guarded, inTransaction, type Queryable } from './database';
import { appendedBefore, remember } from './published-once';
import type { Secrets } from './secrets';

/** Events of one statement of an import. */
const CHUNK = 500;

interface Locked {
  owner: string;
  rollout_id: string;
  holder: Holder | null;
  last_sequence: string;
  ended_at: Date | null;
}

const PLACE = `select c.owner, c.rollout_id, c.holder, c.last_sequence, r.ended_at from conversations c
  left join conversation_runs r on r.tenant = c.tenant and r.run_id = $3 and r.thread_id = c.id
  where c.tenant = $1 and c.id = $2 and c.deleted_at is null`;

export class ConversationPublishing {
  constructor(
    private readonly pool: Pool,
    private readonly secrets: Secrets,
  ) {}

  /**
   * All of them or none; null when the thread is not there. Faults (conflict): those of {@link assertPublishes}. A `run_completed` is the last one and ends the run here: what comes
   * after it is refused, also before its actor has heard of it. The second time of a `key` is answered as the first, also after that end.
   */
  async append(
    tenant: string,
    publish: PublishRequest & { readonly events: readonly PublishedEvent[]; readonly key?: string | null },
  ): Promise<Published | null> {
    const { threadId, runId, rolloutId, key = null } = publish;
    const asked = key === null ? null : { tenant, threadId, key, events: publish.events };
    const redact = await this.secrets.redactionFor(conversationRef(tenant, threadId));
    return inTransaction(this.pool, async (db) => {
      const { rows } = await db.query<Locked>(`${PLACE} for update of c`, [tenant, threadId, runId]);
      const at = rows[0];
      if (!at) return null;
      const before = asked && (await appendedBefore(db, asked));
      if (before) return { threadId, rolloutId, ...before };
      assertPublishes(publish, { holder: at.holder, rolloutId: at.rollout_id, ended: at.ended_at !== null });
      // Its beginning stands there already.
      const told = publish.events.filter(({ type }) => type !== 'run_started');
      const createdAt = new Date().toISOString();
      const events = told.map(({ type, payload }): NewThreadEvent => ({ rolloutId, runId, type, payload: redact(payload), createdAt }));
      const sequence = events.length === 0 ? Number(at.last_sequence) : await appendThreadEvents(db, tenant, threadId, events);
      const end = events.find(({ type }) => type === 'run_completed');
      if (end) await endLocalRun(db, { tenant, threadId, runId }, end);
      const appended = { sequence: sequence ?? Number(at.last_sequence), appended: events.length };
      if (asked) await remember(db, asked, appended);
      return { threadId, rolloutId, ...appended };
    });
  }

  /** Whether this run may publish to the thread now; faults as {@link append}. False: there is no such thread. */
  mayPublish(tenant: string, publish: PublishRequest): Promise<boolean> {
    return guarded(async () => {
      const { rows } = await this.pool.query<Locked>({
        name: 'conversation-may-publish',
        text: PLACE,
        values: [tenant, publish.threadId, publish.runId],
      });
      const at = rows[0];
      if (!at) return false;
      assertPublishes(publish, { holder: at.holder, rolloutId: at.rollout_id, ended: at.ended_at !== null });
      return true;
    });
  }

  /** How the local run that holds the thread ended, where its publisher has said so and the actor has not heard; else null. */
  unheardEnd(tenant: string, threadId: string): Promise<{ readonly runId: string; readonly status: 'completed' | 'failed' | 'cancelled' } | null> {
    return guarded(async () => {
      const { rows } = await this.pool.query<{ run_id: string; status: 'completed' | 'failed' | 'cancelled' }>(
        `select r.run_id, r.status from conversations c join conversation_runs r on r.tenant = c.tenant and r.run_id = c.holder->>'id'
         where c.tenant = $1 and c.id = $2 and c.holder->>'kind' = 'local_run' and r.ended_at is not null`,
        [tenant, threadId],
      );
      return rows[0] ? { runId: rows[0].run_id, status: rows[0].status } : null;
    });
  }

  /** The same of all threads, at most 100. */
  unheardEnds(): Promise<
    readonly { readonly tenant: string; readonly threadId: string; readonly runId: string; readonly status: 'completed' | 'failed' | 'cancelled' }[]
  > {
    return guarded(async () => {
      const { rows } = await this.pool.query<{ tenant: string; threadId: string; runId: string; status: 'completed' | 'failed' | 'cancelled' }>(
        `select r.tenant, r.thread_id as "threadId", r.run_id as "runId", r.status from conversations c
         join conversation_runs r on r.tenant = c.tenant and r.run_id = c.holder->>'id' and r.thread_id = c.id
         where c.holder->>'kind' = 'local_run' and r.ended_at is not null limit 100`,
      );
      return rows;
    });
  }

  /** Runs of the lines whose ids are taken get those of `newId`. False when the thread's id is taken. */
  async import(made: NewThread, imported: ImportedThread, { agent, newId }: { readonly agent: AgentRecord; readonly newId: () => string }): Promise<boolean> {
    const { tenant, id } = made.state.start;
    const redact = await this.secrets.redactionFor(conversationRef(tenant, id));
    return inTransaction(this.pool, async (db) => {
      if (!(await insertThread(db, redact(made), imported.rollouts))) return false;
      const ids = await freeRunIds(db, tenant, imported, newId);
      for (const run of imported.runs) {
        await db.query(
          `insert into conversation_runs (tenant, run_id, thread_id, rollout_id, agent_id, agent_slug, agent_version, execution_mode, status, by_subject, created_at, started_at, ended_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12)`,
          [
            ...[tenant, ids.get(run.runId), id, run.rolloutId, agent.id, agent.definition.slug, agent.version, made.executionMode, run.status],
            ...[made.owner, run.startedAt, run.endedAt],
          ],
        );
      }
      for (let from = 0; from < imported.events.length; from += CHUNK) {
        const chunk = imported.events.slice(from, from + CHUNK);
        const events = chunk.map(({ rolloutId, runId, type, payload, createdAt }): NewThreadEvent => ({
          ...{ rolloutId, type, createdAt, payload: redact(payload), runId: runId === null ? null : (ids.get(runId) ?? runId) },
        }));
        await appendThreadEvents(db, tenant, id, events);
      }
      return true;
    });
  }
}

async function freeRunIds(db: Queryable, tenant: string, { runs }: ImportedThread, newId: () => string): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.query<{ run_id: string }>('select run_id from conversation_runs where tenant = $1 and run_id = any($2)', [
    ...[tenant, runs.map(({ runId }) => runId)],
  ]);
  const taken = new Set(rows.map(({ run_id }) => run_id));
  return new Map(runs.map(({ runId }) => [runId, taken.has(runId) ? newId() : runId]));
}

async function endLocalRun(
  db: Queryable,
  { tenant, threadId, runId }: { readonly tenant: string; readonly threadId: string; readonly runId: string },
  { payload, createdAt }: NewThreadEvent,
): Promise<void> {
  const { status, error = null, usage = null } = PublishedEnd.parse(payload);
  const { rows } = await db.query<{ payload: NewThreadEvent['payload'] }>(
    `select payload from conversation_events where tenant = $1 and thread_id = $2 and run_id = $3 and type = 'assistant_message' order by sequence desc limit 1`,
    [tenant, threadId, runId],
  );
  const result = rows[0] ? saidIn('assistant_message', rows[0].payload) : null;
  await db.query(
    'update conversation_runs set status = $3, result = $4, error = $5, usage = $6, ended_at = $7 where tenant = $1 and run_id = $2 and ended_at is null',
    [tenant, runId, status, result, error && canonicalJson(error), usage && canonicalJson({ ...NO_USAGE, ...usage }), createdAt],
  );
}

const NO_USAGE = { inputTokens: 0, outputTokens: 0, totalTokens: 0, toolCalls: 0, usdMillicents: 0 };
