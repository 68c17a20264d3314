import { printed } from '../support/command-line';
import { until } from '../support/eventually';
import { startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld({ roles: ['api'] });
}, 120_000);
afterAll(() => world.stop(), 60_000);

const keys = (...args: string[]): Promise<string> =>
  printed(['keys', ...args], { env: { HOME: world.dataDir, EVERTHREAD_DATA_DIR: world.dataDir, EVERTHREAD_DATABASE_URL: world.databaseUrl } });

const statusAt = async (url: string, key?: string): Promise<number> =>
  (await fetch(`${url}/api/managed-threads`, { headers: key === undefined ? {} : { authorization: `Bearer ${key}` } })).status;

it('the first key closes the door in every process, a revoked one opens nothing in any, and the last one revoked leaves it closed', async () => {
  const second = await world.start('api-2');
  const urls = [world.apiUrl, second.facts['url'] as string];
  const everywhere = (key?: string) => Promise.all(urls.map((url) => statusAt(url, key)));
  expect(await everywhere()).toEqual([200, 200]);

  const key = await keys('create', 'first');
  await until('the door is closed', async () => (await everywhere()).join() === '401,401', 5_000);
  expect(await everywhere(key)).toEqual([200, 200]);

  const [{ id }] = JSON.parse(await keys('list', '--json')) as [{ id: string }];
  const rotated = await keys('rotate', id);
  await until('the old one is refused', async () => (await everywhere(key)).join() === '401,401', 5_000);
  expect(await everywhere(rotated)).toEqual([200, 200]);

  const ask = {
    method: 'POST',
    headers: { authorization: `Bearer ${rotated}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'reader', scopes: ['threads:read'] }),
  };
  const made = await fetch(`${world.apiUrl}/api/auth/keys`, ask);
  const reader = (await made.json()) as { id: string; key: string };
  const keyed = { ...ask, headers: { ...ask.headers, 'idempotency-key': 'reader-1' } };
  const twice = [await fetch(`${world.apiUrl}/api/auth/keys`, keyed), await fetch(`${urls[1]}/api/auth/keys`, keyed)];
  const [once, again] = (await Promise.all(twice.map((answer) => answer.json()))) as { id: string; key: string | null }[];
  expect([again?.id, again?.key]).toEqual([once?.id, null]);
  expect([made.status, await everywhere(reader.key)]).toEqual([201, [200, 200]]);
  for (const known of JSON.parse(await keys('list', '--json')) as { id: string }[]) await keys('revoke', known.id);

  await until(
    'nobody comes in',
    async () => [...(await everywhere(reader.key)), ...(await everywhere(rotated)), ...(await everywhere())].every((s) => s === 401),
    5_000,
  );
  await world.restart('api-2');
  expect(await statusAt(world.process('api-2').facts['url'] as string)).toBe(401);
}, 120_000);
