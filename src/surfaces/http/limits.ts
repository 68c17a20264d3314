/**
 * Rate limits (seed 001 "Rate Limits"): so many requests a minute for each caller and class of route, over all API processes together.
 *
 * A process takes requests out of the shared minute in small batches and spends them by itself, so that most requests cost no query. What a process has taken and
 * not spent when the minute ends is lost to the others: with n processes a caller may be refused up to n - 1 batches (a twentieth of the limit each) early, never late.
 */
import type { Principal } from '../../contracts/principal';
import { Fault } from '../../errors/fault';
import type { Route } from './route';

export const LIMIT_CLASSES = ['read', 'write', 'execute'] as const;
export type LimitClass = (typeof LIMIT_CLASSES)[number];

/** Seed 001: requests a minute. */
export const DEFAULT_LIMITS: Readonly<Record<LimitClass, number>> = { read: 1_000, write: 200, execute: 100 };

/** What is counted: requests by the class of their route, and failed credentials by the address they come from. */
export type LimitName = LimitClass | 'credentials';
/** Failed credentials that one address may send a minute. */
export const DEFAULT_CREDENTIALS_LIMIT = 60;

/** Requests a minute by what is counted. 0: no limit; null: not configured. */
export type LimitRules = Readonly<Record<LimitClass, number | null>> & { readonly credentials?: number | null };

/** The shared count; src/store/rate-limits.ts. */
export interface MinuteCounter {
  take(caller: string, count: number): Promise<{ readonly granted: number; readonly remaining: number; readonly resetMs: number }>;
}

/** A batch is this part of the limit. */
const BATCHES = 20;
/** Callers that one process knows at a time; the one who was longest away is forgotten, with what was taken for it. */
const CALLERS_MAX = 10_000;

interface Minute {
  readonly endsAt: number;
  /** Taken and not spent. */
  left: number;
  /** What the others had left when this process last asked. */
  remaining: number;
}

export const limitClassOf = ({ method, limit }: Pick<Route<never>, 'method' | 'limit'>): LimitClass => limit ?? (method === 'get' ? 'read' : 'write');

/** One class. */
export class RateLimit {
  readonly #minutes = new Map<string, Minute>();
  readonly #asking = new Map<string, Promise<void>>();
  readonly #batch: number;

  constructor(
    readonly max: number,
    private readonly counter: MinuteCounter,
    private readonly now: () => number = Date.now,
  ) {
    this.#batch = Math.max(1, Math.floor(max / BATCHES));
  }

  /** The headers of an answer to this caller. Fault `request.rate_limited` (exhausted) when its minute is used up. */
  async spend(caller: string): Promise<Readonly<Record<string, string>>> {
    for (;;) {
      const minute = this.#minute(caller);
      if (minute && minute.left > 0) {
        minute.left -= 1;
        return this.#headers(minute);
      }
      if (minute && minute.remaining === 0) throw this.#refusal(minute);
      await this.#ask(caller);
    }
  }

  /** Throws as {@link spend} does when this process knows that the caller's minute is used up; counts nothing and asks nobody. */
  assertLeft(caller: string): void {
    const minute = this.#minute(caller);
    if (minute && minute.left === 0 && minute.remaining === 0) throw this.#refusal(minute);
  }

  #minute(caller: string): Minute | undefined {
    const minute = this.#minutes.get(caller);
    if (!minute || minute.endsAt > this.now()) return minute;
    this.#minutes.delete(caller);
    return undefined;
  }

  /** Takes the next batch; of many requests at once one asks. */
  #ask(caller: string): Promise<void> {
    const asking =
      this.#asking.get(caller) ??
      this.counter
        .take(caller, this.#batch)
        .then(({ granted, remaining, resetMs }) => {
          this.#minutes.delete(caller);
          this.#minutes.set(caller, { endsAt: this.now() + Math.max(1, resetMs), left: granted, remaining: granted === 0 ? 0 : remaining });
          if (this.#minutes.size > CALLERS_MAX) this.#minutes.delete(this.#minutes.keys().next().value as string);
        })
        .finally(() => this.#asking.delete(caller));
    this.#asking.set(caller, asking);
    return asking;
  }

  #headers({ endsAt, left, remaining }: Minute): Readonly<Record<string, string>> {
    return {
      'X-RateLimit-Limit': String(this.max),
      'X-RateLimit-Remaining': String(left + remaining),
      'X-RateLimit-Reset': String(Math.ceil(endsAt / 1_000)),
    };
  }

  #refusal(minute: Minute): Fault {
    const retryAfterSeconds = Math.max(1, Math.ceil((minute.endsAt - this.now()) / 1_000));
    return new Fault('exhausted', 'request.rate_limited', `More than ${this.max} requests of this kind in a minute; try again in ${retryAfterSeconds} s.`, {
      limit: this.max,
      retryAfterSeconds,
      resetAt: Math.ceil(minute.endsAt / 1_000),
    });
  }
}

/** The headers of an answer to one who is over the limit. */
export const limitHeaders = ({ facts }: Fault): Readonly<Record<string, string>> => ({
  'X-RateLimit-Limit': String(facts.limit),
  'X-RateLimit-Remaining': '0',
  'X-RateLimit-Reset': String(facts.resetAt),
});

export class RateLimits {
  readonly #classes: Readonly<Record<LimitClass, RateLimit | null>>;
  private readonly whileOpen: ReadonlySet<LimitClass>;
  /** Of failed credentials, for each address; null: none. */
  readonly credentials: RateLimit | null;

  /** `rules`: what was configured; the seed's figures stand in for what was not, and then hold only for callers with a credential. */
  constructor(rules: LimitRules, counter: (name: LimitName, max: number) => MinuteCounter) {
    this.whileOpen = new Set(LIMIT_CLASSES.filter((name) => rules[name] !== null));
    const of = (name: LimitName, fallback: number): RateLimit | null => {
      const max = rules[name] ?? fallback;
      return max ? new RateLimit(max, counter(name, max)) : null;
    };
    const { read, write, execute } = DEFAULT_LIMITS;
    this.#classes = { read: of('read', read), write: of('write', write), execute: of('execute', execute) };
    this.credentials = of('credentials', DEFAULT_CREDENTIALS_LIMIT);
  }

  async spend(name: LimitClass, principal: Principal): Promise<Readonly<Record<string, string>>> {
    // Whoever comes in through the open door is the one person of this machine.
    if (principal.open && !this.whileOpen.has(name)) return {};
    return (await this.#classes[name]?.spend(callerOf(principal))) ?? {};
  }
}

/** Keys count for themselves; tokens for who they name. */
export const callerOf = ({ tenant, subject, keyId }: Principal): string => keyId ?? `${tenant}/${subject}`.slice(0, 200);
