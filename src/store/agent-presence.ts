/** Tells in the journal that agents came and went. An agent is there while its connection says so again and again (./agent-connections.ts), so going is noticed by looking, too. */
import type { Pool } from 'pg';
import { SYSTEM, type Cause } from '../contracts/actor';
import { SHARED, type AgentRef } from '../contracts/agent/outcome';
import { agentRef, type AgentEvent } from '../contracts/row-events';
import { ALIVE } from './agent-row';
import { inTransaction, type Queryable } from './database';
import { recordRowEvent } from './row-events';

type Reason = Extract<AgentEvent, { readonly type: 'disconnected' }>['data']['reason'];

interface Present {
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly capabilities: string[];
  readonly region: string | null;
  readonly told_connected: boolean;
}

/** Agents of one pass. */
const PAGE = 200;
const COLUMNS = 'a.tenant, a.id, a.name, a.kind, a.capabilities, a.region, a.told_connected';

async function tell(db: Queryable, agent: Present, reason: Reason, by: Cause): Promise<void> {
  const { tenant, id, name, kind, capabilities, region } = agent;
  const about = { name, kind, capabilities, region };
  const event: AgentEvent = agent.told_connected ? { type: 'disconnected', data: { ...about, reason } } : { type: 'connected', data: about };
  await recordRowEvent(db, agentRef(tenant, id), event, by);
}

/** After a change of the row, in its transaction: tells what it changed about the agent's being there, if anything. */
export async function tellPresence(db: Queryable, { tenant, id }: AgentRef, reason: Reason, by: Cause): Promise<void> {
  const { rows } = await db.query<Present>(
    `select ${COLUMNS} from agents a where a.tenant = $1 and a.id = $2 and a.tenant <> '${SHARED}' and a.told_connected <> ${ALIVE} for update`,
    [tenant, id],
  );
  if (!rows[0]) return;
  await tell(db, rows[0], reason, by);
  await db.query('update agents set told_connected = not told_connected where tenant = $1 and id = $2', [tenant, id]);
}

/** Before the row is deleted. */
export async function tellDeleted(db: Queryable, { tenant, id }: AgentRef, by: Cause): Promise<void> {
  const { rows } = await db.query<Present>(`select ${COLUMNS} from agents a where a.tenant = $1 and a.id = $2 and a.told_connected for update`, [tenant, id]);
  if (rows[0]) await tell(db, rows[0], 'deleted', by);
}

/** Those that went without a word, and those that are back: any number of processes may look at once. Returns how many there were. */
export function tellMissing(pool: Pool): Promise<number> {
  return inTransaction(pool, async (db) => {
    const { rows } = await db.query<Present>(
      `select ${COLUMNS} from agents a where a.tenant <> '${SHARED}' and a.told_connected <> ${ALIVE} order by a.tenant, a.id limit ${PAGE} for update skip locked`,
    );
    for (const agent of rows) {
      await tell(db, agent, 'lost', SYSTEM);
      await db.query('update agents set told_connected = not told_connected where tenant = $1 and id = $2', [agent.tenant, agent.id]);
    }
    return rows.length;
  });
}
