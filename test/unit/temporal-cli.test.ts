import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTemporalCli, TEMPORAL_CLI_VERSION } from '../../src/embedded/temporal-cli';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'everthread-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program that answers `--version` as the real one does, or fails. */
function program(path: string, answer = 'temporal version 9.9.9'): string {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho "${answer}"\n`);
  chmodSync(path, 0o755);
  return path;
}

const find = (options: { configured?: string; path?: string } = {}): Promise<string> =>
  findTemporalCli({ configured: options.configured ?? null, cacheDir: join(folder, 'cache'), env: { PATH: options.path ?? '' }, make: false });
const cached = (): string => join(folder, 'cache', `temporal-${TEMPORAL_CLI_VERSION}`, 'temporal');

it('takes the configured path before everything else', async () => {
  const configured = program(join(folder, 'mine'));
  program(join(folder, 'bin', 'temporal'));
  program(cached());

  expect(await find({ configured, path: join(folder, 'bin') })).toBe(configured);
});

it('refuses a configured path that is no Temporal CLI, instead of looking further', async () => {
  program(cached());

  await expect(find({ configured: program(join(folder, 'other'), 'something else') })).rejects.toMatchObject({ code: 'temporal_cli.broken', kind: 'invalid' });
  await expect(find({ configured: join(folder, 'nothing') })).rejects.toMatchObject({ code: 'temporal_cli.broken' });
});

it('takes the one on PATH before the cached one, if it runs', async () => {
  const onPath = program(join(folder, 'bin', 'temporal'));
  program(cached());

  expect(await find({ path: `${join(folder, 'empty')}:${join(folder, 'bin')}` })).toBe(onPath);

  program(onPath, 'not a CLI');
  expect(await find({ path: join(folder, 'bin') })).toBe(cached());
});

it('takes what was made before from the cache', async () => {
  program(cached());

  expect(await find()).toBe(cached());
});

it('names every way to get one when there is none', async () => {
  const problem = await find().catch((thrown: Error) => thrown);

  expect(problem).toMatchObject({ code: 'temporal_cli.missing', kind: 'unavailable' });
  for (const way of ['PATH', 'EVERTHREAD_TEMPORAL_CLI', 'download', 'Go', 'EVERTHREAD_TEMPORAL_ADDRESS']) expect((problem as Error).message).toContain(way);
});
