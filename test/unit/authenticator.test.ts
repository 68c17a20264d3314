import { randomBytes } from 'node:crypto';
import { keyHash, keyOf } from '../../src/domain/access/api-key';
import { Authenticator, type AuthenticatorParts } from '../../src/main/authenticator';
import type { ApiKeyRecord } from '../../src/contracts/api-key';

const KEY = keyOf('pk_live', randomBytes(32));
const ROW: ApiKeyRecord = {
  ...{ id: 'key_1', tenant: 'acme', name: 'ci', hint: '…', scopes: ['threads:read'], createdBy: 'test', createdAt: '2026-01-02T03:04:05.000Z' },
  ...{ expiresAt: null, revokedAt: null, lastUsedAt: null, rotatedFrom: null },
};

/** A database of one key that answers when it is told to. */
class Database {
  state: 'live' | 'revoked' = 'live';
  made = true;
  asked = 0;
  down = false;
  hears = true;
  /** Answers wait here, with what was true when they were asked for. */
  readonly waiting: (() => void)[] = [];
  held = false;

  private answer<T>(value: T): Promise<T> {
    this.asked += 1;
    if (this.down) return Promise.reject(Object.assign(new Error('down'), { kind: 'unavailable' }));
    if (!this.held) return Promise.resolve(value);
    return new Promise((resolve) => this.waiting.push(() => resolve(value)));
  }

  readonly keys: AuthenticatorParts['keys'] = {
    everMade: () => this.answer(this.made),
    findLive: (hash) => this.answer(hash === keyHash(KEY) ? { key: ROW, state: this.state } : null),
    ended: (ids) => this.answer(this.state === 'live' ? [] : ids),
    touch: () => Promise.resolve(),
  };
}

let database: Database;
let authenticator: Authenticator;
beforeEach(() => (database = new Database()));
afterEach(() => authenticator.stop());

const start = (closed: boolean): Authenticator =>
  (authenticator = new Authenticator({ keys: database.keys, hears: () => database.hears, verifyToken: null }, closed));
const withKey = { headers: { authorization: `Bearer ${KEY}` } };
const release = (): void => database.waiting.splice(0).forEach((answer) => answer());

it('asks the database once for a key that it then knows', async () => {
  start(true);
  for (let at = 0; at < 10; at++) await authenticator.authenticate(withKey);

  expect(database.asked).toBe(1);
});

it('does not believe an answer that is older than the news of a change', async () => {
  start(true);
  database.held = true;
  const first = authenticator.authenticate(withKey);
  database.state = 'revoked';
  authenticator.forget();
  database.held = false;
  release();

  await expect(first).rejects.toMatchObject({ code: 'access.key_revoked' });
  await expect(authenticator.authenticate(withKey)).rejects.toMatchObject({ code: 'access.key_revoked' });
});

it('does not stay open by an answer that is older than the first key', async () => {
  database.made = false;
  start(false);
  database.held = true;
  const first = authenticator.authenticate({ headers: {} });
  database.made = true;
  authenticator.forget();
  database.held = false;
  release();

  await expect(first).rejects.toMatchObject({ code: 'access.no_credentials' });
  expect(await authenticator.open()).toBeNull();
});

it('ends what a key opened when it is revoked, by one question for all keys', async () => {
  start(true);
  const { valid } = await authenticator.authenticate(withKey);
  database.state = 'revoked';
  const before = database.asked;
  for (let at = 0; at < 50; at++) authenticator.forget();
  await new Promise((resolve) => setImmediate(resolve));

  expect(valid?.aborted).toBe(true);
  expect(database.asked - before).toBeLessThanOrEqual(2);
});

it('lets nobody in while it cannot know: neither an outage nor deafness opens the door', async () => {
  database.made = false;
  start(false);
  expect((await authenticator.authenticate({ headers: {} })).open).toBe(true);
  database.down = true;
  database.hears = false;

  await expect(authenticator.authenticate({ headers: {} })).rejects.toMatchObject({ kind: 'unavailable' });
  await expect(authenticator.authenticate(withKey)).rejects.toMatchObject({ kind: 'unavailable' });
  expect(await authenticator.open()).not.toBeNull();
});

it('refuses two different credentials in two headers of one name', async () => {
  start(true);
  const twice = { headers: withKey.headers, headersDistinct: { authorization: [`Bearer ${KEY}`, 'Bearer another'] } };

  await expect(authenticator.authenticate(twice)).rejects.toMatchObject({ code: 'access.credentials_ambiguous' });
});
