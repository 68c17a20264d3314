/**
 * Who calls: API keys of the database, tokens of the configured issuer, or everybody while the door is open.
 *
 * A key that was seen is believed without a query until it changes: every change of any key is notified, and then everything that was remembered is
 * forgotten. While this process cannot hear notifications nothing is believed, and what cannot be asked is refused: the door never opens by an outage.
 */
import type { IncomingMessage } from 'node:http';
import type { ApiKeyRecord } from '../contracts/api-key';
import { ANY_TENANT } from '../contracts/tenant';
import { OPEN_PRINCIPAL, type Principal } from '../contracts/principal';
import { isKey, keyHash } from '../domain/access/api-key';
import { tenantOf } from '../domain/access/tenants';
import type { TokenGrant } from '../domain/access/claims';
import { Fault } from '../errors/fault';
import type { ApiKeys } from '../store/api-keys';
import { Recent } from '../domain/recent';
import { credentialOf } from '../surfaces/http/credentials';
import { KeyRefused } from '../surfaces/http/failed-credentials';
import type { OpenMode } from '../surfaces/http/foreign';
import { heardByMany } from '../surfaces/http/heard-by-many';

/** Keys that one process remembers. */
const REMEMBERED = 10_000;
/** Even a process that hears everything looks again after this. */
const BELIEVED_MS = 5_000;
/** How often a key's last use is written down. */
const TOUCH_MS = 60_000;

export interface AuthenticatorParts {
  readonly keys: Pick<ApiKeys, 'everMade' | 'findLive' | 'ended' | 'touch'>;
  /** Whether this process hears of changes at the moment. */
  readonly hears: () => boolean;
  readonly verifyToken: ((token: string) => Promise<TokenGrant>) | null;
  readonly now?: () => number;
}

/** What is looked at of a request. All headers of one name are in `headersDistinct`. */
type Asking = Pick<IncomingMessage, 'headers'> & Partial<Pick<IncomingMessage, 'headersDistinct'>>;

/** How often a question is asked again because keys changed while it was answered. */
const ASKED_AGAIN = 5;

interface Believed {
  readonly key: ApiKeyRecord;
  readonly until: number;
}

export class Authenticator {
  readonly #believed = new Recent<Believed>(REMEMBERED);
  readonly #used = new Set<string>();
  /** Keys that were let in, by id: whoever still has something open by one is told when it ends. */
  readonly #admitted = new Map<string, AbortController>();
  /** Counts what {@link forget} was told: an answer that was asked for under another number is not believed. */
  #changes = 0;
  #ending: Promise<void> | null = null;
  #endAgain = false;
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
    this.#changes += 1;
    this.#openUntil = 0;
    this.#believed.clear();
    void this.#endAdmitted();
  }

  /** The guard of open mode, or null once credentials decide. While nobody can tell, the guard stands: {@link authenticate} refuses then anyway. */
  async open(): Promise<OpenMode | null> {
    return (await this.#isOpen().catch(() => true)) ? this.openMode : null;
  }

  /** Throws faults of kind `unauthenticated`, or `store.unreachable` (unavailable) while nobody can tell whether the door is open. */
  async authenticate({ headers, headersDistinct }: Asking): Promise<Principal> {
    const credential = credentialOf(headers, headersDistinct?.authorization);
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
    const { answer, until } = await this.#ask(() => this.parts.keys.everMade());
    if (answer) this.#closed = true;
    else this.#openUntil = until;
    return !this.#closed;
  }

  /**
   * An answer of the database and until when it may be believed. A change that is told while the answer is on its way may be newer than it: then the
   * question is asked again, and where changes never cease the answer serves this request alone.
   */
  async #ask<T>(question: () => Promise<T>): Promise<{ readonly answer: T; readonly until: number }> {
    for (let attempt = 1; ; attempt++) {
      const [changes, until] = [this.#changes, this.#now() + BELIEVED_MS];
      const answer = await question();
      if (changes === this.#changes) return { answer, until: this.parts.hears() ? until : 0 };
      if (attempt === ASKED_AGAIN) return { answer, until: 0 };
    }
  }

  async #ofKey(text: string, headers: IncomingMessage['headers']): Promise<Principal> {
    const hash = keyHash(text);
    const key = await this.#live(hash);
    const tenant = tenantOf([key.tenant], headers);
    this.#used.add(key.id);
    const admitted = this.#admitted.get(key.id) ?? heardByMany();
    this.#admitted.set(key.id, admitted);
    return { tenant, subject: `key:${key.name}`, scopes: key.scopes, keyId: key.id, operator: key.tenant === ANY_TENANT, valid: admitted.signal };
  }

  async #live(hash: string): Promise<ApiKeyRecord> {
    const known = this.#believed.get(hash);
    if (known && this.parts.hears() && this.#now() < known.until) return known.key;
    const { answer: found, until } = await this.#ask(() => this.parts.keys.findLive(hash));
    if (!found) throw new Fault('unauthenticated', 'access.key_unknown', 'There is no such API key.');
    if (found.state === 'revoked') throw new KeyRefused('access.key_revoked', 'The API key was revoked.', found.key);
    if (found.state === 'expired') throw new KeyRefused('access.key_expired', 'The API key has expired.', found.key);
    const expires = found.key.expiresAt === null ? Infinity : this.#now() + (Date.parse(found.key.expiresAt) - Date.now());
    if (until > 0) this.#believed.set(hash, { key: found.key, until: Math.min(until, expires) });
    return found.key;
  }

  /**
   * Finds those of the keys that were let in which no longer live, and tells of them. One look at a time and one more after it, however many changes are
   * told. What cannot be looked at now is looked at again with the next minute.
   */
  #endAdmitted(): Promise<void> {
    this.#endAgain = true;
    return (this.#ending ??= this.#endThose().finally(() => (this.#ending = null)));
  }

  async #endThose(): Promise<void> {
    while (this.#endAgain && this.#admitted.size > 0) {
      this.#endAgain = false;
      const ended = await this.parts.keys.ended([...this.#admitted.keys()]).catch(() => []);
      for (const id of ended) {
        this.#admitted.get(id)?.abort();
        this.#admitted.delete(id);
      }
    }
  }

  async #touch(): Promise<void> {
    const ids = [...this.#used];
    this.#used.clear();
    if (ids.length > 0) await this.parts.keys.touch(ids).catch(() => undefined);
  }
}
