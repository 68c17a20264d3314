/**
 * ptyd: the process that owns the pseudo-terminals of one host, so that sessions outlive whoever uses them.
 *
 * `node daemon.js <socket path>` (or EVERTHREAD_PTYD_SOCKET). Runs until it is told `shutdown`, gets SIGTERM or SIGINT, its socket file is
 * removed, or it had neither session nor client for minutes; it ends every session first. Exits with 0 at once when another daemon serves the same path.
 */
import { chmodSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname } from 'node:path';
import { Connection } from './connection';
import { lockName, takeLock } from './lock';
import { endMarked } from './processes';
import { SessionTable } from './session-table';

/** How long sessions may take to end when the daemon is told to end by a signal. */
const SIGNAL_GRACE_MS = 2_000;
/** How often the socket file is looked at. */
const SOCKET_CHECK_MS = 1_000;
/** Without any session and any client for so long, nobody will come back; a client starts another daemon when it needs one. */
const IDLE_EXIT_MS = 5 * 60_000;

const log = (message: string, facts: object = {}): void =>
  void process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), pid: process.pid, message, ...facts })}\n`);

const inodeOf = (path: string): number | null => {
  try {
    return statSync(path).ino;
  } catch {
    return null;
  }
};

function listen(server: Server, socketPath: string): Promise<void> {
  return new Promise((ready, fail) => {
    const before = process.umask(0o177);
    server.once('error', fail);
    server.listen(socketPath, () => {
      process.umask(before);
      chmodSync(socketPath, 0o600);
      server.off('error', fail);
      ready();
    });
  });
}

async function run(socketPath: string): Promise<void> {
  mkdirSync(dirname(socketPath), { recursive: true, mode: 0o700 });
  const unlock = await takeLock(socketPath);
  if (!unlock) return;
  const prefix = lockName(socketPath);
  const left = await endMarked(`${prefix}.`);
  if (left.length > 0) log('processes of an earlier daemon could not be ended', { pids: left });
  // Whoever holds the lock is the only daemon of this path, so a socket file found now is stale.
  rmSync(socketPath, { force: true });

  const sessions = new SessionTable(prefix, log);
  let closing = false;
  const shutdown = (graceMs: number, reason: string): void => {
    if (closing && graceMs > 0) return;
    closing = true;
    log('ending', { reason });
    server.close();
    void sessions.endAll(graceMs).finally(() => {
      if (inodeOf(socketPath) === inode) rmSync(socketPath, { force: true });
      unlock();
      process.exit(0);
    });
  };
  let clients = 0;
  let idleSince = Date.now();
  const server = createServer((socket) => {
    clients++;
    socket.once('close', () => {
      clients--;
      idleSince = Date.now();
    });
    void new Connection(socket, { sessions, log, shutdown: (graceMs) => shutdown(graceMs, 'asked') });
  });
  await listen(server, socketPath);
  const inode = inodeOf(socketPath);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => shutdown(closing ? 0 : SIGNAL_GRACE_MS, signal));
  process.on('SIGHUP', () => undefined);
  setInterval(() => {
    if (closing) return;
    if (inodeOf(socketPath) !== inode) shutdown(0, 'the socket file is gone');
    else if (clients === 0 && sessions.list().length === 0 && Date.now() - idleSince > IDLE_EXIT_MS) shutdown(0, 'nobody needs it');
  }, SOCKET_CHECK_MS);
  log('listening', { socket: socketPath });
}

// One session's trouble must not take the others with it; what is not foreseen is written down and survived.
process.on('uncaughtException', (error) => log('something failed', { error: error.stack ?? error.message }));
process.on('unhandledRejection', (error) => log('something failed', { error: error instanceof Error ? error.stack : String(error) }));
// Its log may be a pipe whose reader is gone.
process.stdout.on('error', () => undefined);

const socketPath = process.argv[2] ?? process.env.EVERTHREAD_PTYD_SOCKET;
if (!socketPath) {
  process.stderr.write('usage: daemon <socket path>\n');
  process.exit(2);
}
run(socketPath).catch((error: unknown) => {
  log('could not start', { error: error instanceof Error ? error.message : String(error) });
  process.exit(1);
});
