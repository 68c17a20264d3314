/** What every role connects to, from the configuration. */
import { Client, Connection, type ClientInterceptors } from '@temporalio/client';
import type { Config, TemporalAccess } from '../config/config';
import { sealingKeysOf } from '../config/kept';
import { describeAccess } from '../config/temporal';
import { Fault } from '../errors/fault';
import { openPool } from '../store/database';
import { store, type Store } from '../store/store';
import type { Notice } from '../store/notice';
import type { Log } from '../surfaces/http/log';
import { knownSecrets } from './known-secrets';

/** Where Temporal is. Fault `config.temporal_missing` (invalid) when nobody said: only `everthread start` embeds one. */
export function temporalAddress({ temporal }: Config): string {
  if (temporal.address) return temporal.address;
  throw new Fault(
    'invalid',
    'config.temporal_missing',
    'EVERTHREAD_TEMPORAL_ADDRESS or TEMPORAL_ADDRESS: expected host:port of a Temporal cluster; `everthread start` is the command that embeds one.',
  );
}

/** What every connection to Temporal is made with, by clients and by workers alike. */
export function temporalOptions(config: Config): TemporalOptions {
  return { address: temporalAddress(config), ...config.temporal.access };
}

export interface TemporalOptions extends TemporalAccess {
  readonly address: string;
}

/** Fault `temporal.unavailable` for a cluster that was asked and did not answer; it says how it was asked, because a server that expects TLS does not say so. */
export function temporalUnavailable(config: Config, problem: unknown): Fault {
  const address = temporalAddress(config);
  const reason = reasonOf(problem);
  const message = `Temporal at ${address} does not answer (asked by: ${describeAccess(config.temporal.access)}): ${reason}`;
  return new Fault('unavailable', 'temporal.unavailable', message, { address }, problem instanceof Error ? problem : undefined);
}

/** The innermost text: the outer ones say only that something failed. */
function reasonOf(problem: unknown): string {
  let reason = String(problem);
  for (let at = problem, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth++) if (at.message !== '') reason = at.message;
  return reason.slice(0, 500);
}

/** Fault `config.database_missing` (invalid) when nobody said. */
export function databaseUrl({ database }: Config): string {
  if (database.url) return database.url;
  throw new Fault(
    'invalid',
    'config.database_missing',
    'EVERTHREAD_DATABASE_URL: expected the URL of a Postgres database; `everthread start` is the command that embeds one.',
  );
}

export interface OpenStore {
  readonly store: Store;
  close(): Promise<void>;
}

/** The store on a pool of its own; nothing connects before it is used. */
export function openStore(
  config: Config,
  log: Log,
  { role, connections, onHeard }: { readonly role: string; readonly connections: number; readonly onHeard?: (notice: Notice) => void },
): OpenStore {
  const url = databaseUrl(config);
  const pool = openPool({ url, max: connections, applicationName: `everthread-${role}`, log });
  const opened = store(pool, { url, sealing: sealingKeysOf(config), log, knownSecrets: knownSecrets(), ...(onHeard && { onHeard }) });
  return {
    store: opened,
    close: async () => {
      await opened.close();
      await pool.end();
    },
  };
}

/** A client that connects when it is first used and again whenever it must. */
export function temporalClient(config: Config, interceptors: ClientInterceptors = {}): { readonly client: Client; close(): Promise<void> } {
  const connection = Connection.lazy({ ...temporalOptions(config), connectTimeout: 5_000 });
  return { client: new Client({ connection, namespace: config.temporal.namespace, interceptors }), close: () => connection.close() };
}
