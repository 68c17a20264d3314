/** Agents that converse (migration 0019): all versions of each. */
import type { Pool } from 'pg';
import { AGENTS_MAX, type AgentDefinition, type AgentRecord } from '../contracts/conversation/agent';
import { canonicalJson } from '../domain/canonical-json';
import { Fault } from '../errors/fault';
import { guarded, inTransaction, type Queryable } from './database';

interface Stored {
  tenant: string;
  id: string;
  version: number;
  definition: AgentDefinition;
  created_by: string;
  created_at: Date;
  updated_at: Date;
}

const NEWEST = `select a.tenant, a.id, v.version, v.definition, v.created_by, a.created_at, v.created_at as updated_at
  from conversation_agents a join conversation_agent_versions v on v.tenant = a.tenant and v.agent_id = a.id and v.version = a.version`;

const recordOf = (row: Stored): AgentRecord => ({
  ...{ id: row.id, tenant: row.tenant, version: row.version, definition: row.definition, createdBy: row.created_by },
  ...{ createdAt: row.created_at.toISOString(), updatedAt: row.updated_at.toISOString() },
});

export class ConversationAgentsStore {
  constructor(private readonly pool: Pool) {}

  /**
   * Writers of one tenant take turns, so versions have no gaps and no twins. The same definition again makes no version. Fault `conversation.too_many_agents` (exhausted).
   */
  upsert(
    tenant: string,
    by: string,
    { newId, definition }: { readonly newId: string; readonly definition: AgentDefinition },
  ): Promise<{ readonly agent: AgentRecord; readonly action: 'created' | 'updated' | 'unchanged' }> {
    return inTransaction(this.pool, async (db) => {
      await db.query(`select pg_advisory_xact_lock(hashtextextended('conversation_agents/' || $1, 0))`, [tenant]);
      const known = await one(db, tenant, definition.slug);
      if (known && canonicalJson(known.definition) === canonicalJson(definition)) return { agent: known, action: 'unchanged' };
      if (known)
        await db.query('update conversation_agents set version = version + 1, updated_at = clock_timestamp() where tenant = $1 and id = $2', [
          tenant,
          known.id,
        ]);
      else await this.insert(db, tenant, newId, definition.slug);
      const id = known?.id ?? newId;
      await db.query('insert into conversation_agent_versions (tenant, agent_id, version, definition, created_by) values ($1, $2, $3, $4, $5)', [
        ...[tenant, id, (known?.version ?? 0) + 1, canonicalJson(definition), by],
      ]);
      return { agent: (await one(db, tenant, id)) as AgentRecord, action: known ? 'updated' : 'created' };
    });
  }

  private async insert(db: Queryable, tenant: string, id: string, slug: string): Promise<void> {
    const { rows } = await db.query<{ agents: number }>('select count(*)::int as agents from conversation_agents where tenant = $1', [tenant]);
    if ((rows[0]?.agents ?? 0) >= AGENTS_MAX)
      throw new Fault('exhausted', 'conversation.too_many_agents', `A tenant has at most ${AGENTS_MAX} agents.`, { max: AGENTS_MAX });
    await db.query('insert into conversation_agents (tenant, id, slug, version) values ($1, $2, $3, 1)', [tenant, id, slug]);
  }

  /** By slug. */
  list(
    tenant: string,
    { limit, afterSlug }: { readonly limit: number; readonly afterSlug: string | null },
  ): Promise<{ readonly agents: readonly AgentRecord[]; readonly next: string | null }> {
    return guarded(async () => {
      const { rows } = await this.pool.query<Stored>(`${NEWEST} where a.tenant = $1 and a.slug collate "C" > $2 order by a.slug collate "C" limit $3`, [
        ...[tenant, afterSlug ?? '', limit + 1],
      ]);
      const agents = rows.slice(0, limit).map(recordOf);
      return { agents, next: rows.length > limit ? (agents.at(-1)?.definition.slug ?? null) : null };
    });
  }

  /** The newest version, by slug or id; null: there is none. */
  find(tenant: string, slugOrId: string): Promise<AgentRecord | null> {
    return guarded(() => one(this.pool, tenant, slugOrId));
  }

  /** One version, however old. */
  version(tenant: string, id: string, version: number): Promise<AgentDefinition | null> {
    return guarded(async () => {
      const { rows } = await this.pool.query<{ definition: AgentDefinition }>(
        'select definition from conversation_agent_versions where tenant = $1 and agent_id = $2 and version = $3',
        [tenant, id, version],
      );
      return rows[0]?.definition ?? null;
    });
  }
}

async function one(db: Queryable, tenant: string, slugOrId: string): Promise<AgentRecord | null> {
  const { rows } = await db.query<Stored>(`${NEWEST} where a.tenant = $1 and (a.slug = $2 or a.id = $2)`, [tenant, slugOrId]);
  return rows[0] ? recordOf(rows[0]) : null;
}
