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

interface PageFilter {
  readonly limit?: number;
  readonly offset?: number;
}

/** `total` counts everything that the filter finds. */
export interface MemoryPage<T> {
  readonly rows: readonly T[];
  readonly total: number;
}

export interface DecisionFilter extends PageFilter {
  readonly executionId?: string;
  readonly threadId?: string;
  readonly category?: string;
}

export interface ExperienceFilter extends PageFilter {
  readonly executionId?: string;
  readonly threadId?: string;
  readonly role?: string;
  readonly repo?: string;
  readonly outcome?: string;
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

  async decisions(tenant: string, executionId: string, limit: number): Promise<readonly Decision[]> {
    return (await this.#rows<StoredDecision>('shared_decisions', tenant, { execution_id: executionId }, { limit })).map(decisionOf);
  }

  /** Newest first; empty for an execution or a thread that nobody knows. */
  async queryDecisions(tenant: string, { executionId, threadId, category, ...page }: DecisionFilter = {}): Promise<MemoryPage<Decision>> {
    const wanted = { execution_id: executionId, thread_id: threadId, category };
    const [rows, total] = await Promise.all([
      this.#rows<StoredDecision>('shared_decisions', tenant, wanted, page),
      this.#count('shared_decisions', tenant, wanted),
    ]);
    return { rows: rows.map(decisionOf), total };
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

  async experiences(tenant: string, wanted: { readonly repo: string | null; readonly role: string | null }, limit: number): Promise<readonly Experience[]> {
    const { repo, role } = wanted;
    return (await this.#rows<StoredExperience>('experiences', tenant, { repo: repo ?? undefined, role: role ?? undefined }, { limit })).map(experienceOf);
  }

  /** Newest first; each filter only where it is given. */
  async queryExperiences(tenant: string, filter: ExperienceFilter = {}): Promise<MemoryPage<Experience>> {
    const wanted = { execution_id: filter.executionId, thread_id: filter.threadId, role: filter.role, repo: filter.repo, outcome: filter.outcome };
    const [rows, total] = await Promise.all([this.#rows<StoredExperience>('experiences', tenant, wanted, filter), this.#count('experiences', tenant, wanted)]);
    return { rows: rows.map(experienceOf), total };
  }

  #rows<R extends object>(table: MemoryTable, tenant: string, wanted: Wanted, { limit, offset }: PageFilter): Promise<readonly R[]> {
    const { where, values } = matching(tenant, wanted);
    return guarded(async () => {
      const text = `select * from ${table} where ${where} order by created_at desc, position desc limit $${values.length + 1} offset $${values.length + 2}`;
      return (await this.db.query<R>(text, [...values, bounded(limit), Math.max(0, offset ?? 0)])).rows;
    });
  }

  #count(table: MemoryTable, tenant: string, wanted: Wanted): Promise<number> {
    const { where, values } = matching(tenant, wanted);
    return guarded(
      async () => (await this.db.query<{ total: number }>(`select count(*)::int as total from ${table} where ${where}`, [...values])).rows[0]?.total ?? 0,
    );
  }
}

type MemoryTable = 'shared_decisions' | 'experiences';
/** Values by column; undefined: any. */
type Wanted = Readonly<Record<string, string | undefined>>;

function matching(tenant: string, wanted: Wanted): { readonly where: string; readonly values: readonly string[] } {
  const given = Object.entries(wanted).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const where = ['tenant = $1', ...given.map(([column], at) => `${column} = $${at + 2}`)].join(' and ');
  return { where, values: [tenant, ...given.map(([, value]) => value)] };
}
