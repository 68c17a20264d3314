/** Requests of a caller, counted in Postgres, so that all API processes count together. */
import type { Pool } from 'pg';
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { guarded } from './database';

const TABLE = 'rate_limits';
const WINDOW_S = 60;

/** What was taken from a caller's minute. */
export interface Taken {
  /** 0 to what was asked for: requests that the caller may now make. */
  readonly granted: number;
  /** What is left in the minute for everybody else. */
  readonly remaining: number;
  /** Until the minute ends. */
  readonly resetMs: number;
}

export interface MinuteLimit {
  /** Takes up to `count` requests out of the caller's minute. Never rejects: a database that does not answer is replaced by a count of this process's own. */
  take(caller: string, count: number): Promise<Taken>;
}

/** `name` keeps the counts of different limits apart. */
export function minuteLimit(pool: Pool, name: string, max: number): MinuteLimit {
  const options = { points: max, duration: WINDOW_S, keyPrefix: name };
  const limiter: RateLimiterAbstract = new RateLimiterPostgres({
    ...options,
    storeClient: pool,
    storeType: 'pool',
    tableName: TABLE,
    tableCreated: true,
    clearExpiredByTimeout: false,
    insuranceLimiter: new RateLimiterMemory(options),
  });
  return {
    async take(caller, count) {
      const counted = await limiter.consume(caller, count).catch((refused: unknown) => {
        if (refused instanceof RateLimiterRes) return refused;
        throw refused;
      });
      // What was counted beyond the limit was not granted.
      const over = Math.max(0, counted.consumedPoints - max);
      return { granted: Math.max(0, count - over), remaining: Math.max(0, counted.remainingPoints), resetMs: counted.msBeforeNext };
    },
  };
}

/** Forgets minutes that are over. */
export const forgetMinutes = (pool: Pool): Promise<void> =>
  guarded(async () => {
    await pool.query(`delete from ${TABLE} where expire < $1`, [Date.now()]);
  });

/** What callers have taken of their minutes, by caller; those who have a minute. A process takes batches, so this may be more than was asked. */
export const usedMinutes = (
  pool: Pool,
  names: readonly string[],
  callers: readonly string[],
): Promise<ReadonlyMap<string, { readonly requests: number; readonly startedSecondsAgo: number }>> =>
  guarded(async () => {
    const { rows } = await pool.query<{ key: string; points: string; expire: string }>(
      `select key, points, expire from ${TABLE} where key = any($1) and expire > $2`,
      [names.flatMap((name) => callers.map((caller) => `${name}:${caller}`)), Date.now()],
    );
    const used = new Map<string, { requests: number; startedSecondsAgo: number }>();
    for (const { key, points, expire } of rows) {
      const caller = key.slice(key.indexOf(':') + 1);
      const before = used.get(caller);
      const startedSecondsAgo = Math.max(0, Math.floor(WINDOW_S - (Number(expire) - Date.now()) / 1_000));
      used.set(caller, {
        requests: (before?.requests ?? 0) + Number(points),
        startedSecondsAgo: Math.max(before?.startedSecondsAgo ?? 0, startedSecondsAgo),
      });
    }
    return used;
  });
