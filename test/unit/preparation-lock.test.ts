import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { locked } from '../../activities/preparation/directory-lock';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'everthread-lock-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** Spelled differently, the same file has a queue of its own: only the file itself keeps the holders apart, as between processes. */
const spellings = (count: number): string[] => Array.from({ length: count }, (_, n) => `${directory}/${'./'.repeat(n)}repository.lock`);

it('one at a time holds a lock, also without a common queue, and nothing stays behind', async () => {
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    most = Math.max(most, ++inside);
    await pause(5);
    inside -= 1;
  };

  await Promise.all(spellings(8).flatMap((file) => [locked(file, undefined, work), locked(file, undefined, work)]));

  expect(most).toBe(1);
  expect(await readdir(directory)).toEqual([]);
});

it('a lock whose holder died is broken by exactly one of those who wait', async () => {
  let inside = 0;
  let most = 0;
  for (let round = 0; round < 5; round++) {
    const [file = ''] = spellings(1);
    await writeFile(file, JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), id: `dead ${round}` }));

    await Promise.all(
      spellings(4).map((spelled) =>
        locked(spelled, undefined, async () => {
          most = Math.max(most, ++inside);
          await pause(2);
          inside -= 1;
        }),
      ),
    );
  }

  expect(most).toBe(1);
  expect(await readdir(directory)).toEqual([]);
});

it('work that fails gives the lock back, and a caller that is told to stop does not wait for it', async () => {
  const [file = '', other = ''] = spellings(2);
  await expect(locked(file, undefined, () => Promise.reject(new RangeError('broken')))).rejects.toThrow('broken');

  await locked(file, undefined, async () => {
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ pid: process.pid });
    for (const spelled of [file, other])
      await expect(locked(spelled, AbortSignal.timeout(20), async () => undefined)).rejects.toMatchObject({ code: 'workspace.cancelled' });
  });
});
