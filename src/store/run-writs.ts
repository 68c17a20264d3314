/** Writs of runs in Postgres: signed here, fetched to be checked, revoked and restored. A writ holds as long as neither it nor one that it descends from is revoked. */
import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import type { Writ } from '../contracts/run/protocol';
import { mintWrit, narrowingProblem, type WritRequest } from '../domain/run/writ';
import { Fault } from '../errors/fault';
import { canonicalJson } from '../domain/canonical-json';
import { guarded } from './database';
import type { SigningKeys } from './signing-keys';

export interface WritRow {
  readonly writ: Writ;
  readonly runId: string;
  readonly createdAt: string;
  readonly revokedAt: string | null;
  readonly revokedBy: string | null;
}

interface Stored {
  writ_id: string;
  run_id: string;
  body: Writ['body'];
  signature: string;
  created_at: Date;
  revoked_at: Date | null;
  revoked_by: string | null;
}

const COLUMNS = 'writ_id, run_id, body, signature, created_at, revoked_at, revoked_by';
/** Longer than any writ may descend. */
const DESCENT_MAX = 64;
/** Of one run; each resumption has a writ of its own. */
const RUN_WRITS_MAX = 1_000;

const rowOf = (row: Stored): WritRow => ({
  writ: { id: row.writ_id, body: row.body, signature: row.signature },
  runId: row.run_id,
  createdAt: row.created_at.toISOString(),
  revokedAt: row.revoked_at?.toISOString() ?? null,
  revokedBy: row.revoked_by,
});

export class WritsStore {
  constructor(
    private readonly pool: Pool,
    private readonly keys: SigningKeys,
  ) {}

  /** A signed writ, not yet kept: its id makes the id of a trajectory. Fault `run.writ_not_narrower` (forbidden) for one that goes beyond its parent. */
  async mint(request: Omit<WritRequest, 'nonce'>): Promise<Writ> {
    const { parent } = request;
    const key = parent ? await this.keys.byPublic(parent.body.subject_pubkey) : await this.keys.current();
    const writ = mintWrit(key.privateKey, { ...request, nonce: [...randomBytes(16)] });
    const problem = parent && narrowingProblem(writ, parent);
    if (problem) throw new Fault('forbidden', 'run.writ_not_narrower', `The writ goes beyond the one that it descends from: ${problem}.`, { reason: problem });
    return writ;
  }

  /** Keeps a writ; the second time does nothing. */
  async keep(runId: string, { id, body, signature }: Writ): Promise<void> {
    await guarded(() =>
      this.pool.query(
        'insert into run_writs (tenant, writ_id, run_id, parent, body, signature) values ($1, $2, $3, $4, $5::jsonb, $6) on conflict do nothing',
        [...[body.tenant_id, id, runId, body.parent, canonicalJson(body), signature]],
      ),
    );
  }

  async find(tenant: string, writId: string): Promise<WritRow | null> {
    return (await this.#rows(`select ${COLUMNS} from run_writs where tenant = $1 and writ_id = $2`, [tenant, writId]))[0] ?? null;
  }

  /** Of one run, oldest first. */
  ofRun(tenant: string, runId: string): Promise<readonly WritRow[]> {
    return this.#rows(`select ${COLUMNS} from run_writs where tenant = $1 and run_id = $2 order by created_at, writ_id limit ${RUN_WRITS_MAX}`, [
      tenant,
      runId,
    ]);
  }

  /** Ids of the writ and of those it descends from that are revoked, itself first. What descends from writs that are not kept counts as far as it is. */
  async revoked(tenant: string, writId: string): Promise<readonly string[]> {
    const { rows } = await guarded(() =>
      this.pool.query<{ writ_id: string }>(
        `with recursive descent (writ_id, parent, revoked_at, depth) as (
           select w.writ_id, w.parent, w.revoked_at, 0 from run_writs w where w.tenant = $1 and w.writ_id = $2
           union all
           select w.writ_id, w.parent, w.revoked_at, d.depth + 1 from descent d join run_writs w on w.tenant = $1 and w.writ_id = d.parent where d.depth < ${DESCENT_MAX}
         ) select writ_id from descent where revoked_at is not null order by depth`,
        [tenant, writId],
      ),
    );
    return rows.map((row) => row.writ_id);
  }

  /** Null when there is no such writ. The first revocation stands. */
  async revoke(tenant: string, writId: string, by: string): Promise<WritRow | null> {
    const set = `revoked_at = coalesce(revoked_at, clock_timestamp()), revoked_by = coalesce(revoked_by, $3)`;
    return (await this.#rows(`update run_writs set ${set} where tenant = $1 and writ_id = $2 returning ${COLUMNS}`, [tenant, writId, by]))[0] ?? null;
  }

  /** Null when there is no such writ. Who restored it is in the audit log. */
  async restore(tenant: string, writId: string): Promise<WritRow | null> {
    const set = 'revoked_at = null, revoked_by = null';
    return (await this.#rows(`update run_writs set ${set} where tenant = $1 and writ_id = $2 returning ${COLUMNS}`, [tenant, writId]))[0] ?? null;
  }

  async #rows(text: string, values: unknown[]): Promise<readonly WritRow[]> {
    const { rows } = await guarded(() => this.pool.query<Stored>(text, values));
    return rows.map(rowOf);
  }
}
