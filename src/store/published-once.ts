/** What a publisher's key has appended to a thread: remembered in the transaction that appends, so that both stand or neither. */
import { createHash } from 'node:crypto';
import type { PublishedEvent } from '../contracts/conversation/events';
import { canonicalJson } from '../domain/canonical-json';
import { Fault } from '../errors/fault';
import type { Queryable } from './database';

export interface PublishingKey {
  readonly tenant: string;
  readonly threadId: string;
  readonly key: string;
  readonly events: readonly PublishedEvent[];
}

export interface Appended {
  readonly sequence: number;
  readonly appended: number;
}

const routeOf = ({ threadId }: PublishingKey): string => `thread-events/${threadId}`;
const hashOf = ({ events }: PublishingKey): string => createHash('sha256').update(canonicalJson(events)).digest('hex');

/** What the key appended before, or null. The thread is locked, so nobody is between this and {@link remember}. Fault `idempotency.key_reused` (conflict) for other events. */
export async function appendedBefore(db: Queryable, asked: PublishingKey): Promise<Appended | null> {
  const { rows } = await db.query<{ body_hash: string; result_id: string }>(
    'select body_hash, result_id from idempotency where tenant = $1 and route = $2 and key = $3',
    [asked.tenant, routeOf(asked), asked.key],
  );
  const known = rows[0];
  if (!known) return null;
  if (known.body_hash !== hashOf(asked))
    throw new Fault('conflict', 'idempotency.key_reused', 'This Idempotency-Key was used with another body.', { key: asked.key });
  const [sequence, appended] = known.result_id.split('/').map(Number);
  return { sequence: sequence as number, appended: appended as number };
}

export async function remember(db: Queryable, asked: PublishingKey, { sequence, appended }: Appended): Promise<void> {
  await db.query('insert into idempotency (tenant, route, key, body_hash, result_id, made) values ($1, $2, $3, $4, $5, true)', [
    ...[asked.tenant, routeOf(asked), asked.key, hashOf(asked), `${sequence}/${appended}`],
  ]);
}
