/** Which agents get the next tasks: those that are preferred, then those with least in hand, then those that were chosen longest ago. */
import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import type { SelectAgents, SelectedAgent } from '../contracts/agent/task';
import { Fault } from '../errors/fault';
import { ALIVE, VISIBLE, WITH_OPEN_TASKS, type AgentRow } from './agent-row';
import { inTransaction } from './database';

/** Agents that one selection returns at most. */
const SELECTED_MAX = 1_000;
/** An arbitrary number that names these locks among the advisory locks of a database. */
const LOCK = 726_354;

/** Marks them as chosen where there are enough of them. */
const CHOOSE = `
  with chosen as (
    select a.tenant, a.id, a.name, a.capabilities, a.kind, a.task_queue, a.silent_after_ms,
      row_number() over (order by (select count(*) from unnest($4::text[]) wish
              where wish in (a.id, a.name, a.region, a.metadata ->> 'model') or wish = any(a.capabilities)) desc,
             a.load = 'busy', coalesce(o.active, 0) >= coalesce(a.max_tasks, 2147483647), coalesce(o.active, 0), a.selected_at nulls first, a.id) as place
    from ${WITH_OPEN_TASKS}
    where ${VISIBLE} and ${ALIVE} and a.mode = 'active' and a.load <> 'draining' and a.capabilities @> $2 and a.id <> all($3) and coalesce(a.name, '') <> all($3)
    order by place limit $5),
  marked as (
    update agents a set selected_at = clock_timestamp() from chosen
    where a.tenant = chosen.tenant and a.id = chosen.id and (select count(*) from chosen) >= $6)
  select * from chosen order by place`;

type Chosen = Pick<AgentRow, 'tenant' | 'id' | 'name' | 'capabilities' | 'kind' | 'task_queue' | 'silent_after_ms'>;

export function chooseAgents(
  pool: Pool,
  { tenant, capabilities, min, max = Math.max(min, 1), prefer = [], exclude = [] }: SelectAgents,
): Promise<readonly SelectedAgent[]> {
  const needed = Math.max(min, 1);
  // One selection of a tenant at a time: those at the same moment would all choose the same agents. Nobody waits for the disk meanwhile: who was chosen last is a matter of fairness.
  const begin = `begin; set local synchronous_commit to off; select pg_advisory_xact_lock(${LOCK}, ${lockOf(tenant)})`;
  return inTransaction(pool, { begin }, async (db) => {
    const values = [tenant, capabilities, exclude, prefer, Math.min(max, SELECTED_MAX), needed];
    const { rows } = await db.query<Chosen>({ name: 'agents-choose', text: CHOOSE, values });
    if (rows.length < needed) throw tooFew(capabilities, needed, rows.length);
    return rows.map((row) => ({
      ...{ agentId: row.id, name: row.name, capabilities: row.capabilities, kind: row.kind },
      ...{ taskQueue: row.task_queue, silentAfterMs: row.silent_after_ms },
    }));
  });
}

/** Tenants that share a number take turns with each other: no harm. */
const lockOf = (tenant: string): number => createHash('sha256').update(tenant).digest().readInt32BE(0);

function tooFew(capabilities: readonly string[], needed: number, found: number): Fault {
  const what = capabilities.length === 0 ? 'are connected' : `with the capabilities ${capabilities.join(', ')} are connected`;
  return new Fault('unavailable', 'agents.none', `${needed} agents are needed, and ${found} ${what}.`, { capabilities, needed, found });
}
