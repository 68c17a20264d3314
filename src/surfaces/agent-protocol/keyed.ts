/** Under which key a request goes on; the same key again does nothing more. */
import type { KeyedCall } from '../../contracts/conversation/ports';
import type { RouteRequest } from '../http/route';

export const keyed = ({ idempotencyKey, requestId }: Pick<RouteRequest, 'idempotencyKey' | 'requestId'>): KeyedCall => ({ idempotencyKey, requestId });
