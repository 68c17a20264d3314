/** The registry of hosts in Postgres; the port `Hosts`. Times are the database's, so that hosts need not agree on a clock. */
import type { Pool } from 'pg';
import type { HostRecord, Hosts } from '../../activities/ports';
import { guarded, inTransaction } from './database';
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

/** An arbitrary number that names the choice of a host among the advisory locks of a database. */
const PLACING = 7_263_541_191;

/**
 * Whether a place counts: the thread lives and has not begun its session, for at most a quarter of an hour, which is more than preparing a workspace takes; or the session
 * began so lately that its host may not have told of it.
 */
const PENDING = `case when p.started_at is null
  then p.placed_at > clock_timestamp() - interval '15 minutes'
    and not exists (select 1 from threads t where t.address = p.actor and t.status in ('stopped', 'completed', 'failed'))
  else p.started_at > clock_timestamp() - interval '5 seconds' end`;

const NOTE_PLACE = `insert into host_placements (actor, host_id, placed_at) values ($1, $2, clock_timestamp())
  on conflict (actor) do update set host_id = excluded.host_id, placed_at = excluded.placed_at, started_at = null`;

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
    place: (actor, withinMs, pick) =>
      inTransaction(pool, async (client) => {
        // One at a time, or those that choose at once would all see the same room.
        await client.query('select pg_advisory_xact_lock($1)', [PLACING]);
        const { rows } = await client.query<HostRow & { placed: number }>(
          `select h.*, (select count(*)::int from host_placements p where p.host_id = h.host_id and p.actor <> $3 and ${PENDING}) as placed
           from hosts h where h.last_seen_at > clock_timestamp() - $1 * interval '1 millisecond' order by h.host_id limit $2`,
          [withinMs, LIVE_MAX, actor],
        );
        const chosen = pick(rows.map((row) => record({ ...row, sessions: row.sessions + row.placed })));
        if (chosen) await client.query(NOTE_PLACE, [actor, chosen.hostId]);
        return chosen;
      }),
    started: (actor) =>
      guarded(async () => {
        await pool.query('update host_placements set started_at = clock_timestamp() where actor = $1 and started_at is null', [actor]);
      }),
    forgetPlaces: () =>
      guarded(async () => {
        const { rowCount } = await pool.query(
          `delete from host_placements where actor in (select p.actor from host_placements p where not (${PENDING}) order by p.placed_at limit 10000)`,
        );
        return rowCount ?? 0;
      }),
    retire: (hostId) =>
      guarded(async () => {
        await pool.query('delete from hosts where host_id = $1', [hostId]);
      }),
  };
}
