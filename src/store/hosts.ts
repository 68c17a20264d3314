/** The registry of hosts in Postgres; the port `Hosts`. Times are the database's, so that hosts need not agree on a clock. */
import type { Pool } from 'pg';
import type { HostRecord, Hosts } from '../../activities/ports';
import { guarded } from './database';
import { open, seal, type SealingKeys } from './sealing';

interface HostRow {
  host_id: string;
  relay_url: string;
  key_id: string;
  relay_token: Buffer;
  sessions: number;
  capacity: number;
  agent_types: string[];
  last_seen_at: Date;
}

/** Hosts that one listing returns at most. */
const LIVE_MAX = 1_000;

const owner = (hostId: string): string => `host/${hostId}`;

export function hosts(pool: Pool, keys: SealingKeys): Hosts {
  const record = (row: HostRow): HostRecord => ({
    hostId: row.host_id,
    relayUrl: row.relay_url,
    relayToken: open(keys, owner(row.host_id), { keyId: row.key_id, bytes: row.relay_token }),
    sessions: row.sessions,
    capacity: row.capacity,
    agentTypes: row.agent_types,
    lastSeenAt: row.last_seen_at.toISOString(),
  });
  return {
    renew: (host) =>
      guarded(async () => {
        const token = seal(keys, owner(host.hostId), host.relayToken);
        await pool.query(
          `insert into hosts (host_id, relay_url, key_id, relay_token, sessions, capacity, agent_types, last_seen_at)
           values ($1, $2, $3, $4, $5, $6, $7, clock_timestamp())
           on conflict (host_id) do update set relay_url = excluded.relay_url, key_id = excluded.key_id, relay_token = excluded.relay_token,
             sessions = excluded.sessions, capacity = excluded.capacity, agent_types = excluded.agent_types, last_seen_at = excluded.last_seen_at`,
          [host.hostId, host.relayUrl, token.keyId, token.bytes, host.sessions, host.capacity, host.agentTypes],
        );
      }),
    find: (hostId) =>
      guarded(async () => {
        const { rows } = await pool.query<HostRow>('select * from hosts where host_id = $1', [hostId]);
        return rows[0] ? record(rows[0]) : null;
      }),
    live: (withinMs) =>
      guarded(async () => {
        const { rows } = await pool.query<HostRow>(
          `select * from hosts where last_seen_at > clock_timestamp() - $1 * interval '1 millisecond' order by host_id limit $2`,
          [withinMs, LIVE_MAX],
        );
        return rows.map(record);
      }),
    retire: (hostId) =>
      guarded(async () => {
        await pool.query('delete from hosts where host_id = $1', [hostId]);
      }),
  };
}
