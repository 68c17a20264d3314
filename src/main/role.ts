/**
 * What the roles (api, worker, host) have in common as processes: they say when they serve, end cleanly when told, and end by themselves when their supervisor is gone.
 *
 * Told means SIGTERM, SIGINT, or the end of the lifeline: the IPC channel that a supervisor holds. The way out is the same for all: there is one order of stopping.
 */
import type { Config } from '../config/config';
import { createLog, type Log } from '../surfaces/http/log';

export interface Role {
  /** Said with the `ready` line: addresses and names, never secrets. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Settles when the role can no longer work; rejects with the reason. A role that lives until told leaves it away. */
  readonly over?: Promise<void>;
  /** Finishes what is in hand, as far as the configured time allows, and lets go of everything. */
  stop(): Promise<void>;
}

/** Beyond the time for draining, after which the process leaves whatever is still open. */
const LEAVE_MS = 5_000;

/** Starts a role and runs it to its end; the process's exit code says how it went. Faults of the start are thrown. */
export async function runRole(name: string, config: Config, start: (log: Log) => Promise<Role>): Promise<void> {
  const log = createLog({ level: config.logLevel, name });
  const told = untilTold();
  // The supervisor's end of these pipes may be gone while this process still finishes its work.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const role = await start(log);
  announce({ ready: true, role: name, pid: process.pid, ...role.facts });
  const why = await Promise.race([told, overOf(role)]);
  log.info({ why }, 'stopping');
  const leave = setTimeout(() => process.exit(1), config.drainMs + LEAVE_MS);
  await role.stop().catch((problem: unknown) => log.error({ err: problem }, 'stopping failed'));
  clearTimeout(leave);
  if (why.startsWith('failed')) process.exitCode = 1;
  if (process.connected) process.disconnect();
  // Whatever library still holds a timer or a socket has had its time.
  setTimeout(() => process.exit(), 500).unref();
}

async function overOf(role: Role): Promise<string> {
  if (!role.over) return new Promise(() => undefined);
  return role.over.then(
    () => 'failed: it ended by itself',
    (problem: unknown) => `failed: ${problem instanceof Error ? problem.message : String(problem)}`,
  );
}

function untilTold(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve(signal));
    if (process.connected) process.once('disconnect', () => resolve('the supervisor is gone'));
  });
}

function announce(facts: Readonly<Record<string, unknown>>): void {
  if (process.connected) process.send?.(facts);
  process.stdout.write(`${JSON.stringify(facts)}\n`);
}
