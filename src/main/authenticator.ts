/**
 * Who calls: API keys of the database, tokens of the configured issuer, or everybody while the door is open.
 *
 * A key that was seen is believed without a query until it changes: every change of any key is notified, and then everything that was remembered is
 * forgotten. While this process cannot hear notifications nothing is believed, and what cannot be asked is refused: the door never opens by an outage.
 */
import type { IncomingMessage } from 'node:http';
import { ANY_TENANT } from '../contracts/tenant';
import { OPEN_PRINCIPAL, type Principal } from '../contracts/principal';
import { isKey, keyHash } from '../domain/access/api-key';
import { tenantOf } from '../domain/access/tenants';
import type { TokenGrant } from '../domain/access/claims';
import { Fault } from '../errors/fault';
import type { ApiKeyRow, ApiKeys } from '../store/api-keys';
import { Recent } from '../store/recent';
import { credentialOf } from '../surfaces/http/credentials';
import type { OpenMode } from '../surfaces/http/foreign';

/** Keys that one process remembers. */
const REMEMBERED = 10_000;
/** Even a process that hears everything looks again after this. */
const BELIEVED_MS = 5_000;
/** How often a key's last use is written down. */
const TOUCH_MS = 60_000;

export interface AuthenticatorParts {
  readonly keys: Pick<ApiKeys, 'everMade' | 'findLive' | 'touch'>;
  /** Whether this process hears of changes at the moment. */
  readonly hears: () => boolean;
  readonly verifyToken: ((token: string) => Promise<TokenGrant>) | null;
  readonly now?: () => number;
}

interface Believed {
  readonly key: ApiKeyRow;
  readonly until: number;
}

export class Authenticator {
  readonly #believed = new Recent<Believed>(REMEMBERED);
  readonly #used = new Set<string>();
  /** Keys that were let in, by id: whoever still has something open by one is told when it ends. */
  readonly #admitted = new Map<string, { readonly hash: string; readonly ended: AbortController }>();
  readonly #now: () => number;
  #openUntil = 0;
  #closed: boolean;
  #touching: NodeJS.Timeout;

  constructor(
    private readonly parts: AuthenticatorParts,
    closed: boolean,
    private readonly openMode: OpenMode = {},
  ) {
    this.#closed = closed;
    this.#now = parts.now ?? (() => performance.now());
    this.#touching = setInterval(() => {
      void this.#touch();
      // Expiry is told by nobody.
      void this.#endAdmitted();
    }, TOUCH_MS);
    this.#touching.unref();
  }

  /** Some key changed somewhere. */
  forget(): void {
    this.#openUntil = 0;
    this.#believed.clear();
    void this.#endAdmitted();
  }

  /** The guard of open mode, or null once credentials decide. While nobody can tell, the guard stands: {@link authenticate} refuses then anyway. */
  async open(): Promise<OpenMode | null> {
    return (await this.#isOpen().catch(() => true)) ? this.openMode : null;
  }

  /** Throws faults of kind `unauthenticated`, or `store.unreachable` (unavailable) while nobody can tell whether the door is open. */
  async authenticate({ headers }: Pick<IncomingMessage, 'headers'>): Promise<Principal> {
    const credential = credentialOf(headers);
    if (credential === null) {
      if (await this.#isOpen()) return { ...OPEN_PRINCIPAL, tenant: tenantOf([ANY_TENANT], headers) };
      throw new Fault('unauthenticated', 'access.no_credentials', 'Send an API key or a token, such as `Authorization: Bearer pk_live_…`.');
    }
    if (isKey(credential)) return this.#ofKey(credential, headers);
    if (this.parts.verifyToken && credential.split('.').length === 3) {
      const { subject, tenants, scopes, expiresAt } = await this.parts.verifyToken(credential);
      const principal = { tenant: tenantOf(tenants, headers), subject, scopes, keyId: null, operator: tenants.includes(ANY_TENANT) };
      return expiresAt === null ? principal : { ...principal, expiresAt };
    }
    throw new Fault('unauthenticated', 'access.credentials_unknown', 'This is neither an API key nor a token that is accepted here.');
  }

  async stop(): Promise<void> {
    clearInterval(this.#touching);
    await this.#touch();
  }

  async #isOpen(): Promise<boolean> {
    if (this.#closed) return false;
    if (this.parts.hears() && this.#now() < this.#openUntil) return true;
    // Once closed for ever: a database in which there was a key is never open again.
    this.#closed = await this.parts.keys.everMade();
    if (!this.#closed) this.#openUntil = this.#now() + BELIEVED_MS;
    return !this.#closed;
  }

  async #ofKey(text: string, headers: IncomingMessage['headers']): Promise<Principal> {
    const hash = keyHash(text);
    const key = await this.#live(hash);
    const tenant = tenantOf([key.tenant], headers);
    this.#used.add(key.id);
    const admitted = this.#admitted.get(key.id) ?? { hash, ended: new AbortController() };
    this.#admitted.set(key.id, admitted);
    return { tenant, subject: `key:${key.name}`, scopes: key.scopes, keyId: key.id, operator: key.tenant === ANY_TENANT, valid: admitted.ended.signal };
  }

  async #live(hash: string): Promise<ApiKeyRow> {
    const known = this.#believed.get(hash);
    if (known && this.parts.hears() && this.#now() < known.until) return known.key;
    const until = this.#now() + BELIEVED_MS;
    const found = await this.parts.keys.findLive(hash);
    if (!found) throw new Fault('unauthenticated', 'access.key_unknown', 'There is no such API key.');
    if (found.state === 'revoked') throw new Fault('unauthenticated', 'access.key_revoked', 'The API key was revoked.');
    if (found.state === 'expired') throw new Fault('unauthenticated', 'access.key_expired', 'The API key has expired.');
    const expires = found.key.expiresAt === null ? Infinity : until - BELIEVED_MS + (Date.parse(found.key.expiresAt) - Date.now());
    if (this.parts.hears()) this.#believed.set(hash, { key: found.key, until: Math.min(until, expires) });
    return found.key;
  }

  /** Looks at every key that was let in, and tells of those that no longer live. One that cannot be looked at now is looked at again with the next minute. */
  async #endAdmitted(): Promise<void> {
    for (const [id, { hash, ended }] of [...this.#admitted]) {
      const found = await this.parts.keys.findLive(hash).catch(() => undefined);
      if (found === undefined || found?.state === 'live') continue;
      this.#admitted.delete(id);
      ended.abort();
    }
  }

  async #touch(): Promise<void> {
    const ids = [...this.#used];
    this.#used.clear();
    if (ids.length > 0) await this.parts.keys.touch(ids).catch(() => undefined);
  }
}
