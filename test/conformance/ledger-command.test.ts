import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commitDraft, newHash, peer } from '../support/ledger';
import { testStore, type TestStore } from '../support/database';
import { ensureBuilt } from '../support/built';

const CLI = join(__dirname, '..', '..', 'dist', 'src', 'cli', 'everthread.js');

let world: TestStore;
let folder: string;
beforeAll(async () => {
  await ensureBuilt();
  world = await testStore();
  folder = await mkdtemp(join(tmpdir(), 'everthread-ledger-'));
});
afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

const run = (...options: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> =>
  new Promise((resolve) => {
    // The key that the store of the test seals with.
    const env = {
      ...process.env,
      EVERTHREAD_DATABASE_URL: world.url,
      EVERTHREAD_DATA_DIR: folder,
      EVERTHREAD_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
    };
    execFile(process.execPath, [CLI, 'ledger', ...options], { env, timeout: 30_000 }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });

async function written(tenant: string): Promise<string> {
  const trajectoryId = newHash();
  const request = { tenant, trajectoryId, runId: `run-of-${tenant}` };
  await world.store.ledger.append({ ...request, requestId: 'open', build: () => ({ type: 'root', trajectory_id: trajectoryId, note: 'a test' }) });
  await world.store.ledger.append({ ...request, requestId: 'commit', build: (head) => commitDraft(trajectoryId, head ?? { id: '', seq: 0 }) });
  return trajectoryId;
}

it('replays every ledger in the database, and says which was changed', async () => {
  const [acme, blue] = [await written('acme'), await written('blue')];
  expect(await run('verify')).toEqual({
    ...{ code: 0, err: '' },
    out: `acme run run-of-acme traj:${acme}  ok  2 entries, 1 commits\nblue run run-of-blue traj:${blue}  ok  2 entries, 1 commits\n2 trajectories, 0 not as they were written\n`,
  });

  await world.pool.query('alter table ledger_entries disable trigger user');
  await world.pool.query(`update ledger_entries set payload = jsonb_set(payload, '{note}', '"other"') where trajectory_id = $1 and seq = 0`, [acme]);
  await world.pool.query('alter table ledger_entries enable trigger user');

  const after = await run('verify', '--quiet');
  expect([after.code, after.out.split('\n')]).toEqual([
    1,
    [expect.stringMatching(`^acme run run-of-acme traj:${acme}  TAMPERED  entry 0 \\(root\\): id is`), '2 trajectories, 1 not as they were written', ''],
  ]);
  expect(await run('verify', '--tenant', 'blue')).toMatchObject({ code: 0, out: expect.stringContaining('1 trajectories, 0 not') });
});

it('prints the public keys, and makes another', async () => {
  const { publicKey } = await world.store.signingKeys.current();
  expect((await run('keys')).out).toMatch(new RegExp(`^${publicKey}  since 20\\S+Z\n$`));

  const rotated = await run('rotate-key');

  expect(rotated).toMatchObject({ code: 0, out: expect.stringMatching(/^[0-9a-f]{64}\n$/) });
  expect((await run('keys')).out).toMatch(new RegExp(`^${publicKey}  since \\S+, retired \\S+\n${rotated.out.trim()}  since \\S+\n$`));
});

it('checks an export without a database, and refuses what is none', async () => {
  const [good, bad, none] = ['good.json', 'bad.json', 'none.json'].map((name) => join(folder, name)) as [string, string, string];
  await writeFile(good, JSON.stringify({ entries: peer.entries.map((entry) => ({ ...entry, parent: undefined })) }));
  await writeFile(bad, JSON.stringify({ entries: peer.entries.map((entry) => ({ ...entry, id: entry.seq === 2 ? newHash() : entry.id })) }));
  await writeFile(none, '[]');

  expect(await run('check', good)).toMatchObject({ code: 0, out: `traj:${peer.branch.source}  ok  7 entries, 6 commits\n` });
  expect(await run('check', bad)).toMatchObject({ code: 1, out: expect.stringContaining('TAMPERED  entry 2 (commit): id is') });
  expect(await run('check', none)).toMatchObject({ code: 1 });
  expect(await run('check', good, '--require-compiler', 'other/1')).toMatchObject({ code: 1, out: expect.stringContaining('DRIFT') });
  expect(await run('check', good, '--key', 'zz')).toMatchObject({ code: 1, err: expect.stringContaining('64 hex digits') });
  expect(await run('check', join(folder, 'absent.json'))).toMatchObject({ code: 1, err: expect.stringContaining('ledger.export_invalid') });
});
