import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { testStore, type TestStore } from '../support/database';
import { ensureBuilt } from '../support/built';

const CLI = join(__dirname, '..', '..', 'dist', 'src', 'cli', 'everthread.js');

let world: TestStore;
beforeAll(async () => {
  await ensureBuilt();
  world = await testStore();
  for (const tenant of ['acme', 'blue']) {
    const id = `aud_${tenant}`;
    const entry = { id, tenant, at: new Date().toISOString(), subject: 'ada', keyId: null, action: 'a.b', resourceType: 'x', resourceId: null };
    await world.store.audit.begin({ ...entry, requestId: randomUUID(), address: null });
    await world.store.audit.settle(id, { outcome: 'succeeded', status: 200, code: null, resourceId: null });
  }
});
afterAll(() => world.close());

const verify = (...options: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, EVERTHREAD_DATABASE_URL: world.url };
    execFile(process.execPath, [CLI, 'audit', 'verify', ...options], { env, timeout: 30_000 }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });

it('says of each tenant that its audit log is intact, and where one was changed', async () => {
  const before = await verify();
  expect(before).toMatchObject({ code: 0, err: '' });
  const [, head = ''] = /^acme {2}intact {2}2 links, head (2:[0-9a-f]{64})$/m.exec(before.out) ?? [];
  expect(before.out).toMatch(/^blue {2}intact {2}2 links/m);
  expect(await verify('--tenant', 'acme', '--noted', head)).toMatchObject({ code: 0 });

  await world.pool.query('alter table audit disable trigger user');
  await world.pool.query(`update audit set subject = 'mallory' where id = 'aud_acme'`);
  await world.pool.query('alter table audit enable trigger user');

  const after = await verify();
  expect(after.code).toBe(1);
  expect(after.out).toMatch(/^acme {2}BROKEN {2}the entry is not what it was: link 1, entry aud_acme$/m);
  expect(after.out).toMatch(/^blue {2}intact/m);
  const { out } = await verify('--tenant', 'acme', '--json');
  expect(JSON.parse(out)).toEqual([{ tenant: 'acme', intact: false, reason: 'the entry is not what it was', brokenAt: 1, entryId: 'aud_acme' }]);
  const noted = await verify('--tenant', 'blue', '--noted', head);
  expect([noted.code, noted.out]).toEqual([1, expect.stringContaining('the link that was noted has another hash')]);
});

it('refuses a head that is none, and one without its tenant', async () => {
  expect(await verify('--tenant', 'acme', '--noted', '12')).toMatchObject({ code: 1, err: expect.stringContaining('an earlier check has printed') });
  expect(await verify('--noted', `1:${'0'.repeat(64)}`)).toMatchObject({ code: 1, err: expect.stringContaining('--tenant') });
});
