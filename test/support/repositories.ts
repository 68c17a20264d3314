/** Git repositories for tests, made without the configuration of whoever runs them. */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const IDENTITY = ['-c', 'user.name=Test', '-c', 'user.email=test@example.invalid', '-c', 'commit.gpgsign=false'];

export async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: cwd, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const { stdout } = await promisify(execFile)('git', [...IDENTITY, ...args], { cwd, env });
  return stdout.trim();
}

/** A repository at `path` with these files on `main`, and further branches at the same commit. */
export async function makeRepository(path: string, files: Readonly<Record<string, string>>, branches: readonly string[] = []): Promise<string> {
  mkdirSync(path, { recursive: true });
  await git(path, 'init', '--quiet', '--initial-branch=main');
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  await git(path, 'add', '--all');
  await git(path, 'commit', '--quiet', '--message', 'Begin');
  for (const branch of branches) await git(path, 'branch', branch);
  return path;
}
