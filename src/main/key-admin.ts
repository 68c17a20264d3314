/** Making and managing API keys over the store: for the surface and for `everthread keys`. */
import { randomBytes, randomUUID } from 'node:crypto';
import { KEY_BYTES, newKey, type KeyPrefix } from '../domain/access/api-key';
import type { ApiKeys } from '../store/api-keys';
import type { Idempotency } from '../store/idempotency';
import { makeOnce } from '../store/idempotent-row';
import type { KeyAdmin } from '../surfaces/control-plane/auth-keys';

const prefixOf = (hint: string): KeyPrefix => hint.slice(0, 7) as KeyPrefix;

export const keyAdmin = (keys: ApiKeys, idempotency: Idempotency): KeyAdmin => ({
  async create({ prefix, ...asked }, once) {
    const { key, hash, hint } = newKey(prefix, randomBytes(KEY_BYTES));
    const request = { ...once, route: 'POST /api/auth/keys', body: { ...asked, prefix } };
    const { row, replayed } = await makeOnce(idempotency, request, `key_${randomUUID()}`, {
      find: (id) => keys.get(null, id),
      make: (id) => keys.create({ ...asked, id, hash, hint }),
    });
    return { key: replayed ? null : key, row };
  },
  list: (owner, page) => keys.list(owner, page),
  get: (owner, id) => keys.get(owner, id),
  async rotate(owner, id, { createdBy, graceSeconds }, once) {
    const old = await keys.get(owner, id);
    if (!old) return null;
    const { key, hash, hint } = newKey(prefixOf(old.hint), randomBytes(KEY_BYTES));
    const request = { ...once, route: 'POST /api/auth/keys/:id/rotate', body: { id, graceSeconds } };
    const { row, replayed } = await makeOnce(idempotency, request, `key_${randomUUID()}`, {
      find: (nextId) => keys.get(owner, nextId),
      make: (nextId) => keys.rotate(owner, id, { id: nextId, hash, hint, createdBy }, graceSeconds),
    });
    // Of two requests at once one made the key, and the other found it.
    return row && { key: replayed || row.hint !== hint ? null : key, row };
  },
  revoke: (owner, id) => keys.revoke(owner, id),
});
