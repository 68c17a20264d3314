/**
 * The journal as it grows: history, then what is committed, without a gap and without a repeat.
 *
 * Events come by notification where they fit and by reading otherwise; both ways lead through the same cursor, so a lost notification, a lost
 * connection or a slow subscriber costs time and never an event. An actor is followed by its seq. An execution is followed in an order over
 * all its actors: rows are ordered by transaction, and only those are read whose transaction is older than every one that still runs, so the order
 * that a subscriber saw never changes behind it. (A transaction that runs long in any database of the server delays executions, not actors.)
 */
import type { Pool } from 'pg';
import { Fault } from '../errors/fault';
import { guarded } from './database';
import { hubOf, type Hub, type Page, type Source } from './hub';
import { lastSeq, readEvents, ROW_COLUMNS, ROW_SOURCE, rowOf, type JournalRow, type StoredRow } from './journal-reads';
import type { Notice } from './notice';

/** A row with its place among all rows of its execution; the cursor is what a client sends to resume. */
export interface ExecutionRow extends JournalRow {
  readonly cursor: string;
}

interface Place {
  readonly tx: bigint;
  readonly position: bigint;
}

interface Waiter {
  readonly wanted: (notice: Notice) => boolean;
  /** False: look again. */
  readonly wake: (reached: boolean) => void;
}

/** Subscriptions of one process. */
const SUBSCRIBERS_MAX = 10_000;
/** Rows of one read. */
const PAGE = 200;
/** A waiter looks for itself this often, should a notification have been lost. */
const WAIT_POLL_MS = 500;

const BEGINNING = '0-0';

function placeOf(cursor: string): Place {
  const match = /^(\d{1,20})-(\d{1,19})$/.exec(cursor);
  const place = match && { tx: BigInt(match[1] as string), position: BigInt(match[2] as string) };
  if (!place || place.tx >= 2n ** 64n || place.position >= 2n ** 63n)
    throw new Fault('invalid', 'feed.bad_cursor', 'The cursor is not one that this feed gave out.');
  return place;
}

const comparePlaces = (a: Place, b: Place): number => (a.tx === b.tx ? Number(a.position - b.position) : a.tx < b.tx ? -1 : 1);

function actorSource(pool: Pool, address: string): Source<JournalRow, number> {
  return {
    async read(after) {
      const rows = await readEvents(pool, address, { after, limit: PAGE });
      rows.forEach((row, index) => {
        if (row.seq !== after + index + 1) throw new Fault('internal', 'journal.gap', `Event ${after + index + 1} of ${address} is missing.`, { address });
      });
      return { rows, more: rows.length === PAGE, unsettled: false };
    },
    cursorOf: (row) => row.seq,
    compare: (a, b) => a - b,
  };
}

const EXECUTION_READ = {
  name: 'execution-rows',
  text: `select ${ROW_COLUMNS}, j.tx::text as tx, j.position::text as position, j.tx < pg_snapshot_xmin(pg_current_snapshot()) as settled
         from ${ROW_SOURCE} where j.tenant = $1 and j.execution_id = $2 and (j.tx, j.position) > ($3::xid8, $4::bigint) order by j.tx, j.position limit $5`,
};

function executionSource(pool: Pool, tenant: string, executionId: string): Source<ExecutionRow, Place> {
  return {
    read: (after): Promise<Page<ExecutionRow>> =>
      guarded(async () => {
        const { rows } = await pool.query<StoredRow & { tx: string; position: string; settled: boolean }>({
          ...EXECUTION_READ,
          values: [tenant, executionId, after.tx.toString(), after.position.toString(), PAGE],
        });
        const settled = rows.filter((row) => row.settled);
        return {
          rows: settled.map((row) => ({ ...rowOf(row), cursor: `${row.tx}-${row.position}` })),
          more: settled.length === PAGE,
          unsettled: settled.length < rows.length,
        };
      }),
    cursorOf: (row) => placeOf(row.cursor),
    compare: comparePlaces,
  };
}

export class Feed {
  readonly #actors = new Map<string, Hub<JournalRow, number>>();
  readonly #executions = new Map<string, Hub<ExecutionRow, Place>>();
  readonly #waiters = new Map<string, Set<Waiter>>();

  constructor(
    private readonly pool: Pool,
    /** Makes sure that this process listens before anybody relies on it. */
    private readonly listening: () => Promise<void>,
  ) {}

  /**
   * Events of one actor after `afterSeq`: those that are there, then those that come. Ends when the signal aborts or the caller breaks off; the caller
   * decides which event is the last. Waits out a database that cannot be reached.
   */
  async *subscribeActor(address: string, afterSeq: number, { signal }: { readonly signal?: AbortSignal } = {}): AsyncGenerator<JournalRow, void, void> {
    await this.listening();
    this.#admit();
    yield* hubOf(this.#actors, address, () => actorSource(this.pool, address)).follow(afterSeq, signal);
  }

  /**
   * Events of all actors of an execution after a cursor (`0-0`: from the beginning), in one order. Fault `feed.bad_cursor` (invalid).
   */
  async *subscribeExecution(
    tenant: string,
    executionId: string,
    cursor: string = BEGINNING,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<ExecutionRow, void, void> {
    const place = placeOf(cursor);
    await this.listening();
    this.#admit();
    yield* hubOf(this.#executions, JSON.stringify([tenant, executionId]), () => executionSource(this.pool, tenant, executionId)).follow(place, signal);
  }

  /** A cursor after everything that is settled now: for subscribers that want no history. */
  currentCursor(): Promise<string> {
    return guarded(async () => {
      const { rows } = await this.pool.query<{ xmin: string }>('select pg_snapshot_xmin(pg_current_snapshot())::text as xmin');
      return `${(rows[0] as { xmin: string }).xmin}-0`;
    });
  }

  /** True as soon as the actor's journal holds this seq; false when it does not within the time. For answers that must be readable at once. */
  async waitForSeq(address: string, seq: number, timeoutMs: number): Promise<boolean> {
    await this.listening();
    for (const deadline = Date.now() + timeoutMs; ;) {
      let timer: NodeJS.Timeout | undefined;
      let waiter: Waiter | undefined;
      // Waiting begins before looking: a commit in between is heard.
      const heard = new Promise<boolean>((resolve) => this.#addWaiter(address, (waiter = { wanted: ({ last }) => last >= seq, wake: resolve })));
      try {
        const last = await lastSeq(this.pool, address).catch(() => 0);
        if (last >= seq) return true;
        const left = deadline - Date.now();
        if (left <= 0) return false;
        const looked = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), Math.min(left, WAIT_POLL_MS))));
        if (await Promise.race([heard, looked])) return true;
      } finally {
        clearTimeout(timer);
        this.#removeWaiter(address, waiter as Waiter);
      }
    }
  }

  /**
   * Listens from now on: `heard` resolves with the first commit of the actor that is wanted, and when commits may have gone unheard. Whoever listens before something can happen
   * need not look for it. Call `stop` in the end.
   */
  async hear(address: string, wanted: (notice: Notice) => boolean): Promise<{ readonly heard: Promise<unknown>; stop(): void }> {
    await this.listening();
    let waiter: Waiter | undefined;
    const heard = new Promise((resolve) => this.#addWaiter(address, (waiter = { wanted, wake: resolve })));
    return { heard, stop: () => this.#removeWaiter(address, waiter as Waiter) };
  }

  /** A commit was heard of. */
  onNotice(notice: Notice): void {
    for (const waiter of this.#waiters.get(notice.address) ?? []) if (waiter.wanted(notice)) waiter.wake(true);
    const hub = this.#actors.get(notice.address);
    if (hub && notice.events) {
      const whose = { address: notice.address, kind: notice.kind, tenant: notice.tenant, id: notice.id, executionId: notice.execution };
      hub.offer(
        notice.events.map((event) => ({ ...whose, ...event })),
        (head) => notice.first <= head + 1,
      );
    } else hub?.changed();
    if (notice.execution !== null) this.#executions.get(JSON.stringify([notice.tenant, notice.execution]))?.changed();
  }

  /** Commits may have gone unheard: everybody reads on from where they stand. */
  onConnected(): void {
    for (const hub of this.#actors.values()) hub.changed();
    for (const hub of this.#executions.values()) hub.changed();
    for (const waiters of this.#waiters.values()) for (const waiter of waiters) waiter.wake(false);
  }

  #admit(): void {
    const subscribers = [...this.#actors.values(), ...this.#executions.values()].reduce((sum, hub) => sum + hub.size, 0);
    if (subscribers >= SUBSCRIBERS_MAX)
      throw new Fault('exhausted', 'feed.too_many_subscribers', `This process already serves ${SUBSCRIBERS_MAX} subscribers.`, { max: SUBSCRIBERS_MAX });
  }

  #addWaiter(address: string, waiter: Waiter): void {
    const waiters = this.#waiters.get(address);
    if (waiters) waiters.add(waiter);
    else this.#waiters.set(address, new Set([waiter]));
  }

  #removeWaiter(address: string, waiter: Waiter): void {
    const waiters = this.#waiters.get(address);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.#waiters.delete(address);
  }
}
