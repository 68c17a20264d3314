/** Ledgers as they grow: what is there, then what is appended, by the seq of one trajectory. */
import type { Pool } from 'pg';
import type { LedgerEntry } from '../contracts/run/protocol';
import { Fault } from '../errors/fault';
import { guarded } from './database';
import { hubOf, type Hub, type Source } from './hub';
import { ENTRY_COLUMNS, entryOfRow, type StoredEntry } from './ledger-row';

/** Payload: JSON of `{tenant, trajectory, seq}` (migrations/0012_ledger.sql). */
export const LEDGER_CHANNEL = 'everthread_ledger';

/** Subscriptions of one process. */
const SUBSCRIBERS_MAX = 10_000;
/** Entries of one read; they may be large. */
const PAGE = 50;

const READ = {
  name: 'ledger-follow',
  text: `select ${ENTRY_COLUMNS} from ledger_entries e where e.tenant = $1 and e.trajectory_id = $2 and e.seq > $3 order by e.seq limit $4`,
};

/** Entries of one trajectory become visible in order: each is written while the trajectory is locked. */
const trajectorySource = (pool: Pool, tenant: string, trajectoryId: string): Source<LedgerEntry, number> => ({
  read: (after) =>
    guarded(async () => {
      const { rows } = await pool.query<StoredEntry>({ ...READ, values: [tenant, trajectoryId, after, PAGE] });
      rows.forEach((row, index) => {
        if (Number(row.seq) !== after + index + 1) {
          throw new Fault('internal', 'ledger.gap', `Entry ${after + index + 1} of trajectory ${trajectoryId} is missing.`, { trajectoryId });
        }
      });
      return { rows: rows.map(entryOfRow), more: rows.length === PAGE, unsettled: false };
    }),
  cursorOf: ({ seq }) => seq,
  compare: (a, b) => a - b,
});

const keyOf = (tenant: string, trajectoryId: string): string => JSON.stringify([tenant, trajectoryId]);

export class LedgerFeed {
  readonly #trajectories = new Map<string, Hub<LedgerEntry, number>>();

  constructor(
    private readonly pool: Pool,
    /** Makes sure that this process listens before anybody relies on it. */
    private readonly listening: () => Promise<void>,
  ) {}

  /**
   * Entries after `afterSeq` (-1: from the first): those that are there, then those that come, each once and none left out. Ends when the signal aborts or the caller breaks off.
   * A trajectory that is not there yet has no entries yet. Faults: `ledger.gap` (internal) for a ledger with a hole, `feed.too_many_subscribers` (exhausted).
   */
  async *watchLedger(tenant: string, trajectoryId: string, afterSeq: number, signal?: AbortSignal): AsyncGenerator<LedgerEntry, void, void> {
    await this.listening();
    const subscribers = [...this.#trajectories.values()].reduce((sum, hub) => sum + hub.size, 0);
    if (subscribers >= SUBSCRIBERS_MAX)
      throw new Fault('exhausted', 'feed.too_many_subscribers', `This process already serves ${SUBSCRIBERS_MAX} subscribers.`, { max: SUBSCRIBERS_MAX });
    yield* hubOf(this.#trajectories, keyOf(tenant, trajectoryId), () => trajectorySource(this.pool, tenant, trajectoryId)).follow(afterSeq, signal);
  }

  /** Something was appended. Text that is not such a notice is ignored: anybody with the database may notify. */
  onPayload(payload: string): void {
    try {
      const { tenant, trajectory } = JSON.parse(payload) as { tenant?: unknown; trajectory?: unknown };
      if (typeof tenant === 'string' && typeof trajectory === 'string') this.#trajectories.get(keyOf(tenant, trajectory))?.changed();
    } catch {
      // Not a notice.
    }
  }

  /** Appends may have gone unheard: everybody reads on from where they stand. */
  onConnected(): void {
    for (const hub of this.#trajectories.values()) hub.changed();
  }
}
