/** Under which key a request goes on to the gateways; the same key again does nothing more. */
import type { RouteRequest } from './route';

type Keyed = Pick<RouteRequest, 'idempotencyKey' | 'requestId'>;

export const keyed = ({ idempotencyKey, requestId }: Keyed): Keyed => ({ idempotencyKey, requestId });

/** Of an answer that was given before. */
export const replayedHeader = (replayed: boolean): Record<string, string> => (replayed ? { 'Idempotency-Replayed': 'true' } : {});
