import fc from 'fast-check';
import { OPEN_PRINCIPAL, type Principal } from '../../src/contracts/principal';
import type { Fault } from '../../src/errors/fault';
import { callerOf, limitClassOf, RateLimit, RateLimits, type MinuteCounter } from '../../src/surfaces/http/limits';

/** A shared minute, as several processes count it. */
class Shared implements MinuteCounter {
  taken = 0;
  asked = 0;
  constructor(
    readonly max: number,
    private readonly clock: { now: number },
    private readonly endsAt = 60_000,
  ) {}
  take(_caller: string, count: number) {
    this.asked += 1;
    const granted = Math.max(0, Math.min(count, this.max - this.taken));
    this.taken += granted;
    return Promise.resolve({ granted, remaining: this.max - this.taken, resetMs: this.endsAt - this.clock.now });
  }
}

const tries = async (limit: RateLimit, count: number): Promise<number> => {
  let let_ = 0;
  for (let at = 0; at < count; at++)
    await limit.spend('a').then(
      () => (let_ += 1),
      () => undefined,
    );
  return let_;
};

it('lets exactly the limit through in a minute, and asks the shared count once for each batch', async () => {
  const clock = { now: 0 };
  const shared = new Shared(100, clock);
  const limit = new RateLimit(100, shared, () => clock.now);

  expect(await tries(limit, 300)).toBe(100);
  // Twenty batches of five, and no question once the minute is known to be used up.
  expect(shared.asked).toBe(20);
});

it('never lets more through than the limit over any number of processes, and misses at most a batch for each of the others', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 5 }), async (max, processes) => {
      const clock = { now: 0 };
      const shared = new Shared(max, clock);
      const limits = Array.from({ length: processes }, () => new RateLimit(max, shared, () => clock.now));
      let through = 0;
      for (const limit of limits) through += await tries(limit, max);
      expect(through).toBeLessThanOrEqual(max);
      const batch = Math.max(1, Math.floor(max / 20));
      expect(through).toBeGreaterThanOrEqual(max - (processes - 1) * batch);
    }),
  );
});

it('tells what is left, when the minute ends, and how long to wait', async () => {
  const clock = { now: 1_000 };
  const limit = new RateLimit(2, new Shared(2, clock), () => clock.now);

  expect(await limit.spend('a')).toEqual({ 'X-RateLimit-Limit': '2', 'X-RateLimit-Remaining': '1', 'X-RateLimit-Reset': '60' });
  expect((await limit.spend('a'))['X-RateLimit-Remaining']).toBe('0');
  const refused = await limit.spend('a').then(
    () => null,
    (thrown: Fault) => thrown,
  );
  expect(refused).toMatchObject({ kind: 'exhausted', code: 'request.rate_limited', facts: { limit: 2, retryAfterSeconds: 59, resetAt: 60 } });
});

it('begins anew with the next minute', async () => {
  const clock = { now: 0 };
  const shared = new Shared(3, clock);
  const limit = new RateLimit(3, shared, () => clock.now);
  expect(await tries(limit, 5)).toBe(3);

  clock.now = 60_001;
  shared.taken = 0;
  Object.assign(shared, { endsAt: 120_000 });

  expect(await tries(limit, 5)).toBe(3);
});

it('of many requests at once lets one ask', async () => {
  const clock = { now: 0 };
  const shared = new Shared(100, clock);
  const limit = new RateLimit(100, shared, () => clock.now);

  await Promise.all(Array.from({ length: 5 }, () => limit.spend('a')));

  expect(shared.asked).toBe(1);
});

describe('the limits of routes', () => {
  const keyed: Principal = { tenant: 'acme', subject: 'ada', scopes: [], keyId: 'key_1', operator: false };
  const named: string[] = [];
  const counter = (name: string, max: number): MinuteCounter => {
    named.push(`${name} ${max}`);
    return new Shared(max, { now: 0 });
  };

  it('are those of the seed unless others are configured; 0 is none', async () => {
    named.length = 0;
    const limits = new RateLimits({ read: null, write: 7, execute: 0 }, counter);

    expect(named).toEqual(['read 1000', 'write 7', 'credentials 60']);
    expect(await limits.spend('execute', keyed)).toEqual({});
    expect((await limits.spend('read', keyed))['X-RateLimit-Limit']).toBe('1000');
  });

  it('hold in open mode only where they were configured', async () => {
    const limits = new RateLimits({ read: null, write: 7, execute: null }, counter);

    expect(await limits.spend('read', OPEN_PRINCIPAL)).toEqual({});
    expect((await limits.spend('write', OPEN_PRINCIPAL))['X-RateLimit-Limit']).toBe('7');
  });

  it('are by method, unless a route says otherwise, and for each key by itself', () => {
    expect([limitClassOf({ method: 'get' }), limitClassOf({ method: 'delete' }), limitClassOf({ method: 'post', limit: 'execute' })]).toEqual([
      'read',
      'write',
      'execute',
    ]);
    expect([callerOf(keyed), callerOf({ ...keyed, keyId: null })]).toEqual(['key_1', 'acme/ada']);
  });
});
