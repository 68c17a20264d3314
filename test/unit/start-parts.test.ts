import { choose } from '../../activities/placement/hosts';
import type { HostRecord } from '../../activities/ports';
import { readConfig } from '../../src/config/config';
import { merged } from '../../src/domain/merged';
import { assertOpenModeIsSafe, isLoopback } from '../../src/main/open-mode';
import { roleEnvironment } from '../../src/main/role-environment';

describe('choosing a host', () => {
  const host = (hostId: string, sessions: number, more: Partial<HostRecord> = {}): HostRecord => ({
    hostId,
    relayUrl: 'http://127.0.0.1:1',
    relayToken: 't',
    sessions,
    capacity: 10,
    agentTypes: ['shell'],
    lastSeenAt: '2026-01-01T00:00:00.000Z',
    ...more,
  });

  it.each([
    ['the one with most room', [host('a', 5), host('b', 2)], null, 'b'],
    ['by share, not by number', [host('a', 5, { capacity: 100 }), host('b', 4)], null, 'a'],
    ['the one it is on, while that lives', [host('a', 9), host('b', 0)], 'a', 'a'],
    ['another one when that is gone', [host('b', 0)], 'a', 'b'],
    ['the one it is on also when it is full', [host('a', 10), host('b', 0)], 'a', 'a'],
    ['none that is full', [host('a', 10)], null, null],
    ['none without the agent', [host('a', 0, { agentTypes: ['codex'] })], null, null],
    ['the first by name among equals', [host('b', 1), host('a', 1)], null, 'a'],
  ] as const)('takes %s', (_name, hosts, keep, expected) => {
    expect(choose([...hosts], { agentType: 'shell', keep })?.hostId ?? null).toBe(expected);
  });
});

describe('streams that are merged', () => {
  async function* values<T>(...given: T[]): AsyncGenerator<T, void, void> {
    for (const value of given) yield value;
  }

  it('bring every value of each, in its order', async () => {
    const seen: (number | string)[] = [];
    for await (const value of merged<number | string>([values<number | string>(1, 2, 3), values<number | string>('a', 'b')])) seen.push(value);

    expect(seen.filter((value) => typeof value === 'number')).toEqual([1, 2, 3]);
    expect(seen.filter((value) => typeof value === 'string')).toEqual(['a', 'b']);
  });

  it('fail when one of them fails', async () => {
    async function* broken(): AsyncGenerator<number, void, void> {
      throw new Error('broken');
    }

    await expect(merged([broken(), values(1)]).next()).rejects.toThrow('broken');
  });
});

it('gives a role its settings, what programs need, and the keys of models; nothing else of the environment', () => {
  const parent = { PATH: '/bin', HOME: '/home', OPENAI_API_KEY: 'k', DATABASE_PASSWORD: 'secret', LC_ALL: 'C', EVERTHREAD_LOG_LEVEL: 'warn' };
  const config = readConfig({ EVERTHREAD_DATA_DIR: '/data' });
  const addresses = { temporalAddress: '127.0.0.1:1', databaseUrl: 'postgres://x' };

  const settings = {
    EVERTHREAD_LOG_LEVEL: 'warn',
    EVERTHREAD_DATA_DIR: '/data',
    EVERTHREAD_TEMPORAL_ADDRESS: '127.0.0.1:1',
    EVERTHREAD_DATABASE_URL: 'postgres://x',
  };
  // API and worker call models; to the agents of a host theirs are passed on.
  for (const role of ['api', 'worker', 'host'] as const)
    expect(roleEnvironment(role, config, addresses, parent)).toEqual({ PATH: '/bin', HOME: '/home', LC_ALL: 'C', OPENAI_API_KEY: 'k', ...settings });
});

it('gives what tokens are checked by to the API alone, and a client’s key to no role', () => {
  const env = { EVERTHREAD_JWT_SECRET: 's'.repeat(40), EVERTHREAD_AUTH: 'required', EVERTHREAD_API_KEY: 'pk_live_x' };
  const names = (role: 'api' | 'worker' | 'host') =>
    Object.keys(roleEnvironment(role, readConfig(env), { temporalAddress: 't:1', databaseUrl: 'postgres://x' }, env)).filter((name) => name in env);

  expect([names('api'), names('worker'), names('host')]).toEqual([['EVERTHREAD_JWT_SECRET', 'EVERTHREAD_AUTH'], [], []]);
});

it('gives worker and host of one machine a port each for their metrics', () => {
  const addressFor = (role: 'worker' | 'host', given: string) => {
    const env = { EVERTHREAD_TEMPORAL_METRICS_ADDRESS: given };
    return roleEnvironment(role, readConfig(env), { temporalAddress: 't:1', databaseUrl: 'postgres://x' }, env)['EVERTHREAD_TEMPORAL_METRICS_ADDRESS'];
  };

  expect([addressFor('worker', '127.0.0.1:9464'), addressFor('host', '127.0.0.1:9464')]).toEqual(['127.0.0.1:9464', '127.0.0.1:9465']);
  expect([addressFor('worker', '[::1]:9464'), addressFor('host', '[::1]:9464')]).toEqual(['[::1]:9464', '[::1]:9465']);
  expect([addressFor('worker', '127.0.0.1:0'), addressFor('host', '127.0.0.1:0')]).toEqual(['127.0.0.1:0', '127.0.0.1:0']);
});

it.each([
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['localhost', true],
  ['::1', true],
  ['[::1]', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.1.1', false],
  ['127.0.0.1.example.com', false],
  ['example.com', false],
])('takes %s for loopback: %s', (host, loopback) => {
  expect(isLoopback(host)).toBe(loopback);
  const check = (): void => assertOpenModeIsSafe({ ...readConfig({}), api: { host, port: 1 } });
  if (loopback) expect(check).not.toThrow();
  else expect(check).toThrow('not loopback');
});
