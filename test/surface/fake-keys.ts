/** API keys in memory, for tests of the shell: the same rules as the store's as far as surfaces see them. */
import type { ApiKeyRecord } from '../../src/contracts/api-key';
import type { KeyAdmin } from '../../src/surfaces/control-plane/auth-keys';

export class FakeKeys implements KeyAdmin {
  readonly rows: ApiKeyRecord[] = [];
  private made = 0;

  private readonly once = new Map<string, ApiKeyRecord>();

  create: KeyAdmin['create'] = ({ prefix, tenant, name, scopes, createdBy, expiresAt }, { key }) => {
    const first = key === null ? undefined : this.once.get(key);
    if (first) return Promise.resolve({ key: null, row: first });
    const row: ApiKeyRecord = {
      ...{ id: `key_${++this.made}`, tenant, name, scopes, createdBy, expiresAt, hint: `${prefix}_…0000` },
      ...{ createdAt: new Date().toISOString(), revokedAt: null, lastUsedAt: null, rotatedFrom: null },
    };
    this.rows.unshift(row);
    if (key !== null) this.once.set(key, row);
    return Promise.resolve({ key: `${prefix}_${'0'.repeat(43)}`, row });
  };

  list: KeyAdmin['list'] = (owner, { limit, offset }) => {
    const mine = this.rows.filter((row) => owner === null || row.tenant === owner);
    return Promise.resolve({ keys: mine.slice(offset, offset + limit), total: mine.length });
  };

  get: KeyAdmin['get'] = (owner, id) => Promise.resolve(this.rows.find((row) => row.id === id && (owner === null || row.tenant === owner)) ?? null);

  rotate: KeyAdmin['rotate'] = async (owner, id, { createdBy }, { tenant, key: once }) => {
    const old = await this.get(owner, id);
    if (!old) return null;
    const { key, row } = await this.create({ ...old, createdBy, prefix: 'pk_live' }, { tenant, key: once === null ? null : `rotate ${once}` });
    return { key: key && `pk_live_${'1'.repeat(43)}`, row: { ...row, rotatedFrom: id } };
  };

  revoke: KeyAdmin['revoke'] = async (owner, id) => {
    const found = await this.get(owner, id);
    if (found) this.rows.splice(this.rows.indexOf(found), 1, { ...found, revokedAt: found.revokedAt ?? new Date().toISOString() });
    return found !== null;
  };
}
