/** Where the embedded Postgres of a data directory listens while it runs, for commands beside `everthread start`. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataDirectory } from './data-directory';
import { POSTGRES_NAME } from './postgres';

const fileOf = (dataDir: string): string => join(dataDir, 'database.json');

export function recordDatabasePort(dataDir: string, port: number): void {
  writeFileSync(`${fileOf(dataDir)}.part`, JSON.stringify({ port }), { mode: 0o600 });
  renameSync(`${fileOf(dataDir)}.part`, fileOf(dataDir));
}

/** The URL with its password, or null when this data directory never had an embedded Postgres. Whether it runs now is for the caller to find out. */
export function embeddedDatabaseUrl(dataDir: string): string | null {
  try {
    const { port } = JSON.parse(readFileSync(fileOf(dataDir), 'utf8')) as { readonly port: number };
    const password = readFileSync(dataDirectory(dataDir).postgresPassword, 'utf8').trim();
    return `postgres://${POSTGRES_NAME}:${password}@127.0.0.1:${port}/${POSTGRES_NAME}`;
  } catch {
    return null;
  }
}
