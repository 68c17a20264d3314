/** Which request made what, so that a repeated `Idempotency-Key` returns the first result. */
import type { Pool } from 'pg';
import { Fault } from '../errors/fault';
import { guarded } from './database';

export interface NamedKey {
  readonly tenant: string;
  readonly route: string;
  readonly key: string;
}

export interface IdempotentRequest extends NamedKey {
  /** Hash of the body: the same key with another body is refused. */
  readonly bodyHash: string;
  /** The same body as it was hashed before; a key from then is known by it. */
  readonly formerHash?: string;
  /** The id that the result gets if this request is the first. */
  readonly resultId: string;
}

export class Idempotency {
  constructor(private readonly pool: Pool) {}

  /**
   * Remembers the request, or finds the first one with its key. Of any number at once exactly one is `first`; all get the same `resultId`.
   * Fault `idempotency.key_reused` (conflict) when the key came with another body before.
   */
  claim(request: IdempotentRequest): Promise<{ readonly first: boolean; readonly resultId: string; readonly made: boolean }> {
    return guarded(async () => {
      const inserted = await this.pool.query(
        'insert into idempotency (tenant, route, key, body_hash, result_id) values ($1, $2, $3, $4, $5) on conflict do nothing',
        [request.tenant, request.route, request.key, request.bodyHash, request.resultId],
      );
      if (inserted.rowCount === 1) return { first: true, resultId: request.resultId, made: false };
      const { rows } = await this.pool.query<{ body_hash: string; result_id: string; made: boolean | null }>(
        'select body_hash, result_id, made from idempotency where tenant = $1 and route = $2 and key = $3',
        [request.tenant, request.route, request.key],
      );
      const known = rows[0];
      if (!known) throw new Fault('unavailable', 'idempotency.expired', 'The first request with this key was just forgotten; try again.');
      if (known.body_hash !== request.bodyHash && known.body_hash !== request.formerHash)
        throw new Fault('conflict', 'idempotency.key_reused', 'This Idempotency-Key was used with another body.', { key: request.key });
      return { first: false, resultId: known.result_id, made: known.made === true };
    });
  }

  /** Notes that what the key stands for is there. */
  made({ tenant, route, key }: NamedKey): Promise<void> {
    return guarded(async () => {
      await this.pool.query('update idempotency set made = true where tenant = $1 and route = $2 and key = $3', [tenant, route, key]);
    });
  }

  /** Frees a key by which nothing was made. */
  release({ tenant, route, key }: NamedKey): Promise<void> {
    return guarded(async () => {
      await this.pool.query('delete from idempotency where tenant = $1 and route = $2 and key = $3 and made is not true', [tenant, route, key]);
    });
  }

  /** Forgets keys older than this, at most 10,000 at a time; returns how many. */
  forget(olderThanMs: number): Promise<number> {
    return guarded(async () => {
      const { rowCount } = await this.pool.query(
        `delete from idempotency where ctid in (select ctid from idempotency where created_at < clock_timestamp() - $1 * interval '1 millisecond' limit 10000)`,
        [olderThanMs],
      );
      return rowCount ?? 0;
    });
  }
}
