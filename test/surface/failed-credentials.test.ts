import { WebSocket } from 'ws';
import type { Principal } from '../../src/contracts/principal';
import { Fault } from '../../src/errors/fault';
import type { Authenticate } from '../../src/surfaces/http/exchange';
import { FailedCredentials, KeyRefused, KINDS_MAX } from '../../src/surfaces/http/failed-credentials';
import { RateLimit, type MinuteCounter } from '../../src/surfaces/http/limits';
import { createLog } from '../../src/surfaces/http/log';
import { Proxies } from '../../src/surfaces/http/proxies';
import { FakeAudit } from './fake-audit';
import { serve, until, type Served } from './serve';

const ADA: Principal = { tenant: 'acme', subject: 'ada', scopes: ['*'], keyId: 'key_ada', operator: false };
const OPERATOR: Principal = { ...ADA, tenant: 'default', subject: 'op', keyId: 'key_op', operator: true };

class Minute implements MinuteCounter {
  readonly taken = new Map<string, number>();
  constructor(readonly max: number) {}
  take(caller: string, count: number) {
    const before = this.taken.get(caller) ?? 0;
    const granted = Math.max(0, Math.min(count, this.max - before));
    this.taken.set(caller, before + granted);
    return Promise.resolve({ granted, remaining: this.max - before - granted, resetMs: 30_000 });
  }
}

let looked: number;
const authenticate: Authenticate = ({ headers }) => {
  looked += 1;
  const sent = headers.authorization ?? '';
  if (sent === 'Bearer ada') return ADA;
  if (sent === 'Bearer op') return OPERATOR;
  if (sent === 'Bearer revoked') throw new KeyRefused('access.key_revoked', 'The API key was revoked.', { id: 'key_old', tenant: 'acme' });
  throw new Fault('unauthenticated', sent === '' ? 'access.no_credentials' : 'access.key_unknown', 'No.');
};

describe('credentials that are not valid', () => {
  let served: Served;
  let audit: FakeAudit;
  let failed: FailedCredentials;
  beforeEach(async () => {
    looked = 0;
    audit = new FakeAudit();
    const limit = new RateLimit(3, new Minute(3));
    failed = new FailedCredentials({ limit, audit, log: createLog({ level: 'silent' }) });
    served = await serve({ open: null, authenticate, failedCredentials: failed, proxies: new Proxies(['127.0.0.1']) });
  });
  afterEach(async () => {
    await failed.stop();
    await served.server.close(100);
  });
  const from = (address: string, credential?: string, path = '/managed-threads') =>
    served.call('GET', path, undefined, { 'X-Forwarded-For': address, ...(credential && { Authorization: `Bearer ${credential}` }) });

  it('are limited for each address, in the words of the surface, and beyond the limit not looked at', async () => {
    const answers = [];
    for (let at = 0; at < 5; at++) answers.push(await from('198.51.100.1', `wrong${at}`));
    const keys = await from('198.51.100.1', 'wrong', '/auth/keys');

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 429, 429]);
    expect(looked).toBe(3);
    const { headers, body } = answers[4] as (typeof answers)[number];
    expect([headers.get('x-ratelimit-limit'), headers.get('x-ratelimit-remaining')]).toEqual(['3', '0']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(29);
    expect(body).toMatchObject({ code: 'request.rate_limited' });
    expect([keys.status, keys.body.error.code]).toEqual([429, 'RATE_LIMITED']);
    expect((await from('198.51.100.2', 'wrong')).status).toBe(401);
  });

  it('do not shut out who was let in from the same address before, nor anybody without a credential from the right answer', async () => {
    expect((await from('198.51.100.1', 'ada')).status).toBe(200);
    for (let at = 0; at < 5; at++) await from('198.51.100.1', `wrong${at}`);

    expect((await from('198.51.100.1', 'ada')).status).toBe(200);
    expect((await from('198.51.100.1', 'op')).status).toBe(429);
    expect((await from('198.51.100.1')).status).toBe(401);
  });

  it('are refused before an upgrade too, with the same headers', async () => {
    for (let at = 0; at < 4; at++) await from('198.51.100.1', `wrong${at}`);
    const socket = new WebSocket(`${served.url.replace('http', 'ws')}/api/managed-threads/none/terminal`, {
      headers: { authorization: 'Bearer wrong', 'x-forwarded-for': '198.51.100.1' },
    });
    const response = await new Promise<import('node:http').IncomingMessage>((resolve) => socket.once('unexpected-response', (_request, got) => resolve(got)));
    response.destroy();

    expect([response.statusCode, response.headers['x-ratelimit-remaining'], Number(response.headers['retry-after']) > 0]).toEqual([429, '0', true]);
  });

  it('leave one entry at once and one for the rest of the minute, with nothing of the key', async () => {
    for (let at = 0; at < 3; at++) await from('198.51.100.1', `secret${at}`);
    await until(() => audit.entries.length === 1, 'the first entry');
    expect(audit.entries).toMatchObject([{ tenant: '-', subject: 'anonymous', action: 'access.authenticate', code: 'access.key_unknown', count: 1 }]);
    await failed.stop();

    expect(audit.entries).toHaveLength(2);
    expect(audit.entries[1]).toMatchObject({ outcome: 'refused', status: 401, code: 'access.key_unknown', address: '198.51.100.1', count: 2 });
    expect(JSON.stringify(audit.entries)).not.toContain('secret');
  });

  it('belong to the tenant of the key where it is a known one', async () => {
    await from('198.51.100.1', 'revoked');
    await failed.stop();

    expect(audit.entries).toMatchObject([{ tenant: 'acme', keyId: 'key_old', resourceId: 'key_old', code: 'access.key_revoked' }]);
  });

  it('leave no more entries than are told apart in a minute, however many addresses they come from', async () => {
    const all = KINDS_MAX + 50;
    for (let at = 0; at < all; at++)
      await failed
        .watch({ address: `10.${at >> 8}.${at & 255}.1`, headers: { authorization: 'Bearer x' }, requestId: 'r' }, () =>
          authenticate({ headers: { authorization: 'Bearer x' } } as never),
        )
        .catch(() => undefined);
    await failed.stop();

    expect(audit.entries).toHaveLength(KINDS_MAX + 1);
    expect(audit.entries.reduce((sum, { count }) => sum + count, 0)).toBe(all);
    expect(audit.entries.at(-1)).toMatchObject({ address: null, count: 50 });
  });

  it('without a tenant are read by operators alone', async () => {
    served.audit.entries.push({
      ...{ id: 'aud_1', at: new Date().toISOString(), tenant: '-', subject: 'anonymous', keyId: null, action: 'access.authenticate' },
      ...{
        resourceType: 'credential',
        resourceId: null,
        requestId: 'r',
        address: null,
        outcome: 'refused',
        status: 401,
        code: 'access.key_unknown',
        settledAt: null,
        count: 7,
      },
    });
    const read = (who: string) => from('198.51.100.9', who, '/audit?unattributed=true');

    expect((await read('op')).body).toMatchObject({ logs: [{ id: 'aud_1', count: 7 }], total: 1 });
    expect(await read('ada')).toMatchObject({ status: 403, body: { error: { code: 'FORBIDDEN' } } });
    expect((await from('198.51.100.9', 'op', '/audit')).body.logs).toEqual([]);
  });
});
