/** Values that are made once and then kept in the data directory, for settings that nobody gave. */
import { createHash, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Config } from './config';

/** The content of the file; the first of several makers wins, and all read what it wrote. */
function kept(dataDir: string, name: string, make: () => string): string {
  const path = join(dataDir, name);
  const mine = `${path}.${process.pid}.part`;
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(mine, `${make()}\n`, { mode: 0o600 });
  }
  try {
    linkSync(mine, path);
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code !== 'EEXIST') throw problem;
  } finally {
    rmSync(mine, { force: true });
  }
  return readFileSync(path, 'utf8').trim();
}

/** EVERTHREAD_HOST_ID, or this data directory's own: the machine's name and eight random characters. */
export const hostIdOf = (config: Config): string =>
  config.host.id ??
  kept(config.dataDir, 'host-id', () => {
    const name = hostname()
      .split('.')[0]
      ?.replace(/[^A-Za-z0-9-]/g, '-')
      .replace(/^-+/, '')
      .slice(0, 40);
    return `${name || 'host'}-${randomBytes(4).toString('hex')}`;
  });

/** EVERTHREAD_SECRET_KEY, or the key file of this data directory. The id is made from the key, so that a value can tell which key sealed it. */
export function sealingKeysOf(config: Config): { readonly current: string; readonly keys: Readonly<Record<string, Uint8Array>> } {
  const key = Buffer.from(config.secretKey ?? kept(config.dataDir, 'secret-key', () => randomBytes(32).toString('base64')), 'base64');
  const id = createHash('sha256').update(key).digest('hex').slice(0, 16);
  return { current: id, keys: { [id]: key } };
}
