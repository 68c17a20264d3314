/** Shared decisions and experiences: written with the events they come from or by hand, read by execution and by thread. Always within one tenant. */
import { randomUUID } from 'node:crypto';
import type { Memory } from '../../activities/ports';
import type { ActorRef } from '../contracts/actor';
import type { Completion } from '../contracts/managed-thread/events';
import { AUTOMATIC_CATEGORIES, type AutomaticCategory, type Decision, type Experience, type Outcome } from '../domain/memory/records';
import type { LatestMemory } from '../domain/memory/rows';
import { canonicalJson, storableText } from '../domain/canonical-json';
import { guarded, type Queryable } from './database';

/** Rows that one read returns at most; 100 unless told. */
export const MEMORY_PAGE_MAX = 500;
const bounded = (limit = 100): number => Math.max(1, Math.min(limit, MEMORY_PAGE_MAX));

export interface ExperienceFilter {
  readonly executionId?: string;
  readonly threadId?: string;
  readonly role?: string;
  readonly repo?: string;
  readonly outcome?: string;
  readonly limit?: number;
}

interface StoredDecision {
  id: string;
  execution_id: string;
  thread_id: string | null;
  category: string;
  summary: string;
  details: Record<string, unknown> | null;
  created_at: Date;
}
interface StoredExperience extends Omit<StoredDecision, 'category'> {
  role: string | null;
  repo: string | null;
  objective: string;
  outcome: Outcome;
}

const decisionOf = (row: StoredDecision): Decision => ({
  id: row.id,
  executionId: row.execution_id,
  threadId: row.thread_id,
  category: row.category,
  summary: row.summary,
  details: row.details,
  createdAt: row.created_at.toISOString(),
});

const experienceOf = (row: StoredExperience): Experience => ({
  id: row.id,
  executionId: row.execution_id,
  threadId: row.thread_id,
  role: row.role,
  repo: row.repo,
  objective: row.objective,
  summary: row.summary,
  outcome: row.outcome,
  details: row.details,
  createdAt: row.created_at.toISOString(),
});

/** A row whose id is there already is the same row: nothing is written. */
export async function insertDecision(db: Queryable, tenant: string, decision: Decision): Promise<void> {
  await db.query(
    `insert into shared_decisions (id, tenant, execution_id, thread_id, category, summary, details, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
    [
      decision.id,
      tenant,
      decision.executionId,
      decision.threadId,
      storableText(decision.category),
      storableText(decision.summary),
      decision.details === null ? null : canonicalJson(decision.details),
      decision.createdAt,
    ],
  );
}

export async function insertExperience(db: Queryable, tenant: string, experience: Experience): Promise<void> {
  await db.query(
    `insert into experiences (id, tenant, execution_id, thread_id, role, repo, objective, summary, outcome, details, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing`,
    [
      experience.id,
      tenant,
      experience.executionId,
      experience.threadId,
      experience.role,
      experience.repo,
      storableText(experience.objective),
      storableText(experience.summary),
      experience.outcome,
      experience.details === null ? null : canonicalJson(experience.details),
      experience.createdAt,
    ],
  );
}

/** The newest rows of a thread before the event `beforeSeq`, for recognising repetitions. */
export async function latestMemoryOf(db: Queryable, actor: ActorRef, beforeSeq: number): Promise<LatestMemory> {
  const decided = await db.query<{ category: AutomaticCategory; summary: string }>(
    `select c.category, d.summary from unnest($3::text[]) as c (category)
     cross join lateral (select summary from shared_decisions where tenant = $1 and thread_id = $2 and category = c.category and id like $4 order by position desc limit 1) d`,
    [actor.tenant, actor.id, AUTOMATIC_CATEGORIES, `${actor.address.replace(/[\\%_]/g, '\\$&')}/%`],
  );
  const lived = await db.query<{ outcome: Outcome; summary: string; details: Record<string, unknown> | null }>(
    'select outcome, summary, details from experiences where tenant = $1 and thread_id = $2 order by position desc limit 1',
    [actor.tenant, actor.id],
  );
  const turn = await db.query<{ data: { completion?: Completion } | null; blob: Buffer | null }>(
    `select j.data, b.value as blob from journal j left join blobs b on b.tenant = j.tenant and b.ref = j.data_ref
     where j.actor = $1 and j.type = 'thread_turn_complete' and j.seq < $2 order by j.seq desc limit 1`,
    [actor.address, beforeSeq],
  );
  const last = turn.rows[0];
  const data = last?.data ?? (last?.blob ? (JSON.parse(last.blob.toString('utf8')) as { completion?: Completion }) : null);
  return {
    decisions: Object.fromEntries(decided.rows.map(({ category, summary }) => [category, { summary }])),
    experience: lived.rows[0] ?? null,
    // The rules ask only whether there was a turn at all; counting them would cost more with every turn.
    turns: last ? 1 : 0,
    lastTurn: data?.completion ?? null,
  };
}

/** Reads for surfaces, and the port `Memory` for preparation. */
export class MemoryStore implements Memory {
  constructor(private readonly db: Queryable) {}

  decisions(tenant: string, executionId: string, limit: number): Promise<readonly Decision[]> {
    return this.decisionsOfExecution(tenant, executionId, { limit });
  }

  /** Newest first. */
  decisionsOfThread(tenant: string, threadId: string, filter: { category?: string; limit?: number } = {}): Promise<readonly Decision[]> {
    return this.#decisions('thread_id', tenant, threadId, filter);
  }

  /** Newest first; empty for an execution that nobody knows. */
  decisionsOfExecution(tenant: string, executionId: string, filter: { category?: string; limit?: number } = {}): Promise<readonly Decision[]> {
    return this.#decisions('execution_id', tenant, executionId, filter);
  }

  #decisions(
    column: 'thread_id' | 'execution_id',
    tenant: string,
    value: string,
    { category, limit }: { category?: string; limit?: number },
  ): Promise<readonly Decision[]> {
    return guarded(async () => {
      const { rows } = await this.db.query<StoredDecision>(
        `select * from shared_decisions where tenant = $1 and ${column} = $2 ${category === undefined ? '' : 'and category = $4'} order by created_at desc, position desc limit $3`,
        category === undefined ? [tenant, value, bounded(limit)] : [tenant, value, bounded(limit), category],
      );
      return rows.map(decisionOf);
    });
  }

  /**
   * Records a decision that a person or a program made; returns the row. The caller bounds and redacts its text. With an id that is there already nothing is
   * written, and the first row of that id is returned.
   */
  recordDecision(tenant: string, decision: Omit<Decision, 'id' | 'createdAt'>, id: string = randomUUID()): Promise<Decision> {
    return guarded(async () => {
      const row: Decision = { ...decision, id, createdAt: new Date().toISOString() };
      await insertDecision(this.db, tenant, row);
      const { rows } = await this.db.query<StoredDecision>('select * from shared_decisions where tenant = $1 and id = $2', [tenant, id]);
      return rows[0] ? decisionOf(rows[0]) : row;
    });
  }

  experiences(tenant: string, wanted: { readonly repo: string | null; readonly role: string | null }, limit: number): Promise<readonly Experience[]> {
    return this.queryExperiences(tenant, {
      limit,
      ...(wanted.repo === null ? {} : { repo: wanted.repo }),
      ...(wanted.role === null ? {} : { role: wanted.role }),
    });
  }

  /** Newest first; each filter only where it is given. */
  queryExperiences(tenant: string, filter: ExperienceFilter = {}): Promise<readonly Experience[]> {
    const conditions = ['tenant = $1'];
    const values: unknown[] = [tenant, bounded(filter.limit)];
    const wanted = { execution_id: filter.executionId, thread_id: filter.threadId, role: filter.role, repo: filter.repo, outcome: filter.outcome };
    for (const [column, value] of Object.entries(wanted)) {
      if (value === undefined) continue;
      values.push(value);
      conditions.push(`${column} = $${values.length}`);
    }
    return guarded(async () => {
      const { rows } = await this.db.query<StoredExperience>(
        `select * from experiences where ${conditions.join(' and ')} order by created_at desc, position desc limit $2`,
        values,
      );
      return rows.map(experienceOf);
    });
  }
}
