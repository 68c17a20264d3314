/** What is read of the ledger of runs: worlds, replay reports, anchors and the audit of entries (digest §2.11 to 2.13, §2.20). Everything is of one tenant. */
import { setImmediate as otherWork } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Ledger, LedgerHead } from '../contracts/run/ports';
import type { LedgerEntry } from '../contracts/run/protocol';
import { anchorOf, type Anchor } from '../domain/run/ledger/anchor';
import { replaySteps, worldAt, type ReplayReport, type WorldAt } from '../domain/run/ledger/replay';
import type { Steps } from '../domain/run/ledger/verify';
import { Fault } from '../errors/fault';
import { guarded } from './database';
import type { LedgerFeed } from './ledger-feed';
import { ENTRY_COLUMNS, entryOfRow, type StoredEntry } from './ledger-row';
import type { PublicKey, SigningKeys } from './signing-keys';

/** Entries of one answer. */
export const AUDIT_MAX = 1_000;

/** Null: whatever it is. */
export interface AuditFilter {
  readonly trajectoryId: string | null;
  readonly kind: string | null;
  /** Seconds since 1970, inclusive. */
  readonly from: number | null;
  readonly to: number | null;
  /** Only of runs that this one may read. */
  readonly viewer?: string;
}

/** What every commit must be; null and false: whatever it is. */
export interface ReplayPins {
  readonly compiler: string | null;
  readonly policySet: string | null;
  readonly signature: boolean;
}

export interface TrajectoryName {
  readonly tenant: string;
  readonly trajectoryId: string;
}

const MATCHES = `e.tenant = $1 and ($2::text is null or e.trajectory_id = $2) and ($3::text is null or e.kind = $3)
  and ($4::float8 is null or e.created_at >= to_timestamp($4)) and ($5::float8 is null or e.created_at < to_timestamp($5 + 1))
  and ($6::text is null or exists (
    select 1 from runs r where r.tenant = e.tenant and r.trajectory_id = e.trajectory_id and (r.owner is null or r.owner = $6)))`;

/** No time of Postgres is beyond; what is asked for beyond is as good as the bound. */
const SECONDS_MAX = 4_000_000_000_000;
const inSeconds = (at: number | null): number | null => (at === null ? null : Math.min(Math.max(at, 0), SECONDS_MAX));

const matching = (tenant: string, { trajectoryId, kind, from, to, viewer }: AuditFilter): unknown[] => [
  ...[tenant, trajectoryId, kind, inSeconds(from), inSeconds(to), viewer ?? null],
];

export class LedgerReads {
  constructor(
    private readonly pool: Pool,
    private readonly ledger: Ledger,
    private readonly feed: LedgerFeed,
    private readonly keys: Pick<SigningKeys, 'publicKeys'>,
  ) {}

  /** Folded with the entries of its ancestors, up to a seq of its own or to the head. Fault `ledger.not_found`. */
  async world(tenant: string, trajectoryId: string, toSeq: number | null): Promise<WorldAt> {
    return worldAt(await this.#lineage(tenant, trajectoryId, toSeq));
  }

  /** With a verdict, also of a ledger that is not there. */
  async replay({ tenant, runId, trajectoryId }: { tenant: string; runId: string; trajectoryId: string }, pins: ReplayPins): Promise<ReplayReport> {
    // The head first: entries that come meanwhile are beyond it, and none before it may be missing.
    const head = await this.ledger.head(tenant, trajectoryId);
    const [lineage, keys] = [await this.ledger.lineage({ tenant, trajectoryId }), await this.keys.publicKeys()];
    return inSlices(
      replaySteps({
        ...{ runId, trajectoryId, lineage, head },
        pins: {
          publicKeys: keys.map(({ publicKey }) => publicKey),
          requireSignature: pins.signature,
          ...(pins.compiler === null ? {} : { requireCompiler: pins.compiler }),
          ...(pins.policySet === null ? {} : { requirePolicySet: pins.policySet }),
        },
      }),
    );
  }

  /** Of its entries up to a seq, or of all. Fault `ledger.not_found`. */
  async anchor(tenant: string, trajectoryId: string, toSeq: number | null = null): Promise<Anchor> {
    const lineage = await this.#lineage(tenant, trajectoryId, toSeq);
    return anchorOf(lineage.filter((entry) => entry.trajectory_id === trajectoryId)) as Anchor;
  }

  /** Trajectories of all tenants in the order of their ids, at most 1,000, after the one of an earlier page: for checks of the whole ledger. */
  async trajectories(after: TrajectoryName | null): Promise<readonly (TrajectoryName & { readonly runId: string })[]> {
    const { rows } = await guarded(() =>
      this.pool.query<{ tenant: string; trajectory_id: string; run_id: string }>(
        `select tenant, trajectory_id, run_id from ledger_trajectories where $1::text is null or (tenant, trajectory_id) > ($1, $2)
         order by tenant, trajectory_id limit ${AUDIT_MAX}`,
        [after?.tenant ?? null, after?.trajectoryId ?? ''],
      ),
    );
    return rows.map(({ tenant, trajectory_id: trajectoryId, run_id: runId }) => ({ tenant, trajectoryId, runId }));
  }

  /** Of one trajectory, by seq, those of a kind; at most 1,000. */
  entries(tenant: string, trajectoryId: string, { kind, limit }: { readonly kind: string; readonly limit: number }): Promise<readonly LedgerEntry[]> {
    return this.#rows(`e.tenant = $1 and e.trajectory_id = $2 and e.kind = $3 order by e.seq limit $4`, [tenant, trajectoryId, kind, bounded(limit)]);
  }

  /** All that ever signed, oldest first, whatever tenant's commits. */
  publicKeys(): Promise<readonly PublicKey[]> {
    return this.keys.publicKeys();
  }

  head(tenant: string, trajectoryId: string): Promise<LedgerHead | null> {
    return this.ledger.head(tenant, trajectoryId);
  }

  /** History after `afterSeq` (-1: all), then what is appended; does not end by itself. */
  watch(tenant: string, trajectoryId: string, afterSeq: number, signal: AbortSignal): AsyncIterable<LedgerEntry> {
    return this.feed.watchLedger(tenant, trajectoryId, afterSeq, signal);
  }

  /** Ordered by time, then trajectory and seq; at most 1,000. */
  audit(tenant: string, filter: AuditFilter, { limit, offset }: { readonly limit: number; readonly offset: number }): Promise<readonly LedgerEntry[]> {
    const where = `${MATCHES} order by e.created_at, e.trajectory_id, e.seq limit $7 offset $8`;
    return this.#rows(where, [...matching(tenant, filter), bounded(limit), Math.max(0, Math.min(offset, Number.MAX_SAFE_INTEGER))]);
  }

  count(tenant: string, filter: AuditFilter): Promise<number> {
    return guarded(async () => {
      const { rows } = await this.pool.query<{ count: string }>(`select count(*) as count from ledger_entries e where ${MATCHES}`, matching(tenant, filter));
      return Number(rows[0]?.count);
    });
  }

  async #lineage(tenant: string, trajectoryId: string, toSeq: number | null): Promise<readonly LedgerEntry[]> {
    const lineage = await this.ledger.lineage({ tenant, trajectoryId, ...(toSeq === null ? {} : { toSeq }) });
    if (lineage.length === 0) throw new Fault('not_found', 'ledger.not_found', 'The ledger has no such trajectory.');
    return lineage;
  }

  #rows(where: string, values: unknown[]): Promise<readonly LedgerEntry[]> {
    return guarded(async () => {
      const { rows } = await this.pool.query<StoredEntry>(`select ${ENTRY_COLUMNS} from ledger_entries e where ${where}`, values);
      return rows.map(entryOfRow);
    });
  }
}

const bounded = (limit: number): number => Math.max(0, Math.min(limit, AUDIT_MAX));

/** How long a check keeps the process to itself. */
const SLICE_MS = 10;

async function inSlices<T>(steps: Steps<T>): Promise<T> {
  for (let until = performance.now() + SLICE_MS; ;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() < until) continue;
    await otherWork();
    until = performance.now() + SLICE_MS;
  }
}
