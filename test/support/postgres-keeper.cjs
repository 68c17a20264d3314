/**
 * Runs the Postgres that the test files of one run share, and ends it when it is told to or when the run is gone, however it went.
 * Arguments: the run's process id, the file for its own process id, and the server's command as JSON.
 */
const { spawn } = require('node:child_process');
const { openSync, writeFileSync } = require('node:fs');

const [owner, pidFile, spec] = process.argv.slice(2);
const { command, args, env, cwd, uid, gid, logFile } = JSON.parse(spec);
const log = openSync(logFile, 'a');
const server = spawn(command, args, { env, cwd, uid, gid, stdio: ['ignore', log, log] });
writeFileSync(pidFile, String(process.pid));

let ending = false;
const end = () => {
  if (ending) return;
  ending = true;
  // Immediate shutdown: nothing here is worth a checkpoint.
  server.kill('SIGQUIT');
  setTimeout(() => server.kill('SIGKILL'), 10_000).unref();
};
process.on('SIGTERM', end);
process.on('SIGINT', end);
server.on('exit', () => process.exit(0));
server.on('error', () => process.exit(1));

setInterval(() => {
  try {
    process.kill(Number(owner), 0);
  } catch {
    end();
  }
}, 250).unref();
