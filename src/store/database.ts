/**
 * Connections to Postgres: pools with bounds, and transactions that always end.
 *
 * A lost connection is a normal event here: it is logged, reported to whoever waited on it as a fault `store.unreachable` (retryable), and
 * replaced by the pool. It never ends the process.
 */
import { Pool, type PoolClient } from 'pg';
import { Fault } from '../errors/fault';

/** Where the store logs; a pino logger fits. Facts never hold event data. */
export interface StoreLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}
export const SILENT: StoreLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** What runs one statement: a pool, or the client of a transaction. */
export type Queryable = Pick<PoolClient, 'query'>;

export interface PoolOptions {
  /** A Postgres URL. */
  readonly url: string;
  /** Connections at most; further work waits for one. */
  readonly max?: number;
  readonly applicationName?: string;
  /** After this long the server ends a statement. */
  readonly statementTimeoutMs?: number;
  /** After this long a caller that waits for a connection hears `store.unreachable`. */
  readonly connectTimeoutMs?: number;
  readonly log?: StoreLog;
}

/** A pool whose every wait has an end. Close it with `pool.end()`. */
export function openPool(options: PoolOptions): Pool {
  const log = options.log ?? SILENT;
  const statementTimeoutMs = options.statementTimeoutMs ?? 15_000;
  const pool = new Pool({
    connectionString: options.url,
    max: options.max ?? 10,
    application_name: options.applicationName ?? 'everthread',
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: statementTimeoutMs,
    // The server may be unreachable without a reset: then only this ends the wait.
    query_timeout: statementTimeoutMs + 5_000,
    idle_in_transaction_session_timeout: statementTimeoutMs,
    keepAlive: true,
  });
  pool.on('error', (error) => log.warn({ reason: error.message }, 'an idle database connection was lost'));
  // A client that is checked out reports its loss to its own listeners only; without one the process would end.
  pool.on('connect', (client) => client.on('error', (error) => log.warn({ reason: error.message }, 'a database connection was lost')));
  return pool;
}

const LOST_NODE = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'ENOENT']);
const LOST_WORDS = /Connection terminated|timeout exceeded when trying to connect|not queryable|Client was closed|Query read timeout|Connection ended/i;

/** By shape, not by class: errors of the network belong to another realm where code runs in a sandbox. */
const asFailure = (error: unknown): { readonly code?: unknown; readonly message?: unknown } => (typeof error === 'object' && error !== null ? error : {});

/** True when the error says that the server cannot be reached, is starting or is going away: the same call may work later. */
export function isConnectionLoss(error: unknown): boolean {
  const { code, message } = asFailure(error);
  if (typeof code === 'string') {
    if (LOST_NODE.has(code) || code.startsWith('08') || code.startsWith('57P') || code === '53300') return true;
    // A five-character SQLSTATE is the server's own answer.
    if (/^[0-9A-Z]{5}$/.test(code)) return false;
  }
  return typeof message === 'string' && LOST_WORDS.test(message);
}

const TRY_AGAIN = new Set(['40001', '40P01', '55P03', '57014', '25P03', '53200', '53100']);

/** Any error of the database as a fault: `store.unreachable` and `store.busy` (both unavailable: retry), or `store.failed` (internal). */
export function storeFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const { code, message } = asFailure(error);
  const cause = typeof message === 'string' ? (error as Error) : undefined;
  if (isConnectionLoss(error)) return new Fault('unavailable', 'store.unreachable', 'The database cannot be reached at the moment.', {}, cause);
  if (typeof code === 'string' && TRY_AGAIN.has(code)) {
    return new Fault('unavailable', 'store.busy', 'The database could not finish in time.', { sqlstate: code }, cause);
  }
  return new Fault(
    'internal',
    'store.failed',
    'The database refused a statement; the log has the cause.',
    typeof code === 'string' ? { sqlstate: code } : {},
    cause,
  );
}

/** Runs `work` and turns what the database throws into faults. */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeFault(error);
  }
}

type Work<T> = (client: PoolClient) => Promise<T>;

/** Runs `work` in one transaction: committed when it returns, rolled back when it throws. Throws faults only. `begin`: what goes along with the beginning, without values. */
export async function inTransaction<T>(pool: Pool, work: Work<T>): Promise<T>;
export async function inTransaction<T>(pool: Pool, options: { readonly begin: string }, work: Work<T>): Promise<T>;
export async function inTransaction<T>(pool: Pool, first: Work<T> | { readonly begin: string }, second?: Work<T>): Promise<T> {
  const [{ begin }, work] = typeof first === 'function' ? [{ begin: 'begin' }, first] : [first, second as Work<T>];
  const client = await guarded(() => pool.connect());
  let broken: Error | undefined;
  try {
    await client.query(begin);
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    if (isConnectionLoss(error)) broken = error as Error;
    else await client.query('rollback').catch((lost: Error) => (broken = lost));
    throw storeFault(error);
  } finally {
    // A client in an unknown state is closed instead of being handed to the next caller.
    client.release(broken);
  }
}
