/**
 * What becomes of credentials that are not valid: each address may send so many a minute, over all API processes together, and the audit log says that they were sent.
 *
 * An address over its limit is refused unread, so that nothing can be guessed or worn out; only a credential that was good here before is still looked at, because behind
 * one address there may be many people. The audit log gets an entry for the first of a kind (address, key, reason) at once and one for the rest when the minute is over, with
 * their number: however many are sent, at most {@link KINDS_MAX} kinds a minute are told apart.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { AuditAttempt, AuditSettlement } from '../../contracts/audit';
import { ANONYMOUS, type Principal } from '../../contracts/principal';
import { NO_TENANT } from '../../contracts/tenant';
import { Fault, faultFrom } from '../../errors/fault';
import { Recent } from '../../domain/recent';
import { statusOf } from './fault-status';
import type { RateLimit } from './limits';
import type { Log } from './log';
import { countedAddress } from './proxies';

const EVERY_MS = 60_000;
/** Kinds of failures that are told apart in a minute; all others are counted as one. */
export const KINDS_MAX = 1_000;
/** Credentials that are remembered as good. */
const GOOD_MAX = 10_000;

/** A key that is known and may not be used: whose it is stands in the audit log, and not in the answer. */
export class KeyRefused extends Fault {
  constructor(
    code: string,
    message: string,
    readonly key: { readonly id: string; readonly tenant: string },
  ) {
    super('unauthenticated', code, message);
  }
}

/** Where entries are kept: one that is settled as it is written, and stands for `count` requests. */
export interface CountedLog {
  record(entry: AuditAttempt, settled: AuditSettlement, count: number): Promise<void>;
}

export interface Knock {
  readonly address: string | null;
  readonly headers: IncomingHttpHeaders;
  readonly requestId: string;
}

interface Kind {
  readonly tenant: string;
  readonly keyId: string | null;
  readonly code: string;
  readonly status: number;
  readonly address: string | null;
  readonly requestId: string;
}

interface Parts {
  readonly limit: RateLimit | null;
  readonly audit: CountedLog;
  readonly log: Pick<Log, 'error'>;
}

export class FailedCredentials {
  readonly #good = new Recent<true>(GOOD_MAX);
  /** What failed in this minute and has no entry yet. */
  #more = new Map<string, Kind & { count: number }>();
  readonly #writing = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly parts: Parts,
    everyMs = EVERY_MS,
  ) {
    this.#timer = setInterval(() => this.#flush(), everyMs);
    this.#timer.unref();
  }

  /** Lets `authenticate` look at the credential. Throws what it throws, or `request.rate_limited` (exhausted). */
  async watch<T = Principal>(knock: Knock, authenticate: () => T | Promise<T>): Promise<T> {
    const credential = fingerprintOf(knock.headers);
    if (credential === null) return authenticate();
    const counted = countedAddress(knock.address ?? 'unknown');
    try {
      if (!this.#good.get(credential)) this.parts.limit?.assertLeft(counted);
      const known = await authenticate();
      this.#good.set(credential, true);
      return known;
    } catch (thrown) {
      const fault = faultFrom(thrown);
      if (fault.code === 'request.rate_limited') this.#note(fault, knock);
      if (fault.kind !== 'unauthenticated') throw thrown;
      this.#good.delete(credential);
      this.#note(fault, knock);
      await this.parts.limit?.spend(counted);
      throw thrown;
    }
  }

  /** Writes what is not written yet. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#flush();
    await Promise.all(this.#writing);
  }

  #note(fault: Fault, { address, requestId }: Knock): void {
    const { id, tenant } = fault instanceof KeyRefused ? fault.key : { id: null, tenant: NO_TENANT };
    const named = [fault.code, id ?? '', address ?? ''].join(' ');
    const known = this.#more.get(named);
    if (known) return void (known.count += 1);
    const kind: Kind = { tenant, keyId: id, code: fault.code, status: statusOf(fault), address, requestId };
    if (this.#more.size < KINDS_MAX) {
      this.#more.set(named, { ...kind, count: 0 });
      return this.#write(kind, 1);
    }
    const rest = this.#more.get('') ?? { ...kind, tenant: NO_TENANT, keyId: null, address: null, count: 0 };
    this.#more.set('', { ...rest, count: rest.count + 1 });
  }

  #flush(): void {
    const over = this.#more;
    this.#more = new Map();
    for (const { count, ...kind } of over.values()) if (count > 0) this.#write(kind, count);
  }

  #write({ tenant, keyId, code, status, address, requestId }: Kind, count: number): void {
    const entry = { id: `aud_${randomUUID()}`, at: new Date().toISOString(), tenant, subject: ANONYMOUS, keyId, address, requestId };
    const what = { action: 'access.authenticate', resourceType: 'credential', resourceId: keyId };
    const writing = this.parts.audit
      .record({ ...entry, ...what }, { outcome: 'refused', status, code, resourceId: null }, count)
      .catch((problem: unknown) =>
        this.parts.log.error({ err: problem, code, keyId, address, count }, 'failed credentials could not be written into the audit log'),
      )
      .finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
  }
}

/** Of the headers that may hold a credential; null when there are none, and then nothing can be wrong with them. */
function fingerprintOf({ authorization, 'x-api-key': key }: IncomingHttpHeaders): string | null {
  if (authorization === undefined && key === undefined) return null;
  return createHash('sha256')
    .update(`${authorization ?? ''}\n${String(key ?? '')}`)
    .digest('base64');
}
