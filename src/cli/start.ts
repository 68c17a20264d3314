/** `everthread start`: brings the whole system up, tells people where it is, and takes it down when they say so. */
import { performance } from 'node:perf_hooks';
import { randomBytes } from 'node:crypto';
import { unknownVariables, type Config } from '../config/config';
import { startSystem, type RunningSystem } from '../main/supervisor';

export interface StartOptions {
  readonly keepSessions: boolean;
  readonly ui: boolean;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const warn = (line: string): void => void process.stderr.write(`${line}\n`);
/** A terminal's Ctrl-C arrives twice when a package runner forwards it; only a later one means "now". */
const SECOND_SIGNAL_MS = 1_000;

/** Resolves when everything has been stopped again. */
export async function start(config: Config, { keepSessions, ui }: StartOptions): Promise<void> {
  for (const name of unknownVariables()) warn(`${name} is set, but Everthread has no such variable.`);
  let system: RunningSystem | null = null;
  let toldAt = 0;
  const interrupt = new AbortController();
  const told = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (toldAt === 0) {
          toldAt = Date.now();
          say('\nStopping …');
          interrupt.abort();
          resolve();
        } else if (Date.now() - toldAt > SECOND_SIGNAL_MS) {
          warn('Killing everything now.');
          system?.kill();
          process.exit(1);
        }
      });
    }
  });
  say('Starting …');
  try {
    system = await startSystem(config, { ui, say, warn, signal: interrupt.signal });
  } catch (problem) {
    if (!interrupt.signal.aborted) throw problem;
    say('Stopped.');
    process.exit(130);
  }
  say(greeting(system, config));
  await told;
  await system.stop({ keepSessions });
  say(keepSessions ? 'Stopped. Agent sessions were left running; the next start finds them.' : 'Stopped.');
}

const withoutPassword = (url: string): string => {
  const shown = new URL(url);
  shown.password = '';
  return shown.toString();
};

function greeting(system: RunningSystem, config: Config): string {
  const id = `first-${randomBytes(3).toString('hex')}`;
  const threads = `${system.apiUrl}/api/managed-threads`;
  const spawn = JSON.stringify({ id, executionId: 'tour', name: 'first', agentType: 'shell', objective: 'echo hello from $(hostname)' });
  const key = system.open ? '' : ' -H "authorization: Bearer $EVERTHREAD_API_KEY"';
  return `
Everthread is up, ${(performance.now() / 1000).toFixed(1)} s after the command.

  API          ${system.apiUrl}
  gRPC         ${system.grpcAddress ?? '(none)'}
  Temporal UI  ${system.temporalUiUrl ?? '(none)'}
  Temporal     ${system.temporalAddress}, namespace ${config.temporal.namespace}
  Postgres     ${withoutPassword(system.databaseUrl)}
  Data         ${config.dataDir}
  Logs         ${system.logs}

${
  system.open
    ? 'Open mode is in force: no keys are configured, so whoever can reach the loopback address of this machine may do everything.'
    : 'Requests need an API key (`everthread keys create`) or a token.'
}

A first thread, a plain shell, and its events as they come:

  curl -sX POST ${threads}${key} -H 'content-type: application/json' -d '${spawn}'
  curl -sN ${threads}/${id}/events${key} -H 'accept: text/event-stream'

Ctrl-C stops everything. The data stays, and the next start goes on with it.
`;
}
