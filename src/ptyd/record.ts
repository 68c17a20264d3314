/**
 * The program that a CLI runs as its hook: appends what it is told as one line to a session's records file.
 *
 * `node record.js <file> [source] [anything…] [payload]`: the last argument is the payload when it follows the source or looks like JSON;
 * else standard input is. Says nothing and always exits with 0, because CLIs take a hook's output and status for an opinion.
 */
import { appendFileSync } from 'node:fs';
import { RECORD_MAX, recordLine } from './record-line';

const SOURCE = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
/** A hook that waits for an input that never ends would hold up the CLI. */
const INPUT_WAIT_MS = 5_000;

/** All of standard input, up to a little more than a record may hold. */
function readInput(): Promise<string> {
  return new Promise((settle) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const done = (): void => {
      clearTimeout(timer);
      process.stdin.destroy();
      settle(Buffer.concat(chunks).toString('utf8'));
    };
    const timer = setTimeout(done, INPUT_WAIT_MS);
    process.stdin.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if ((size += chunk.length) > RECORD_MAX) done();
    });
    process.stdin.on('end', done);
    process.stdin.on('error', done);
  });
}

async function record(): Promise<void> {
  const [, , file, ...rest] = process.argv;
  const named = rest[0] !== undefined && SOURCE.test(rest[0]);
  const payload = rest.slice(named ? 1 : 0).at(-1) ?? (await readInput());
  if (file) appendFileSync(file, recordLine(named ? rest[0]! : 'hook', payload, Date.now()), { mode: 0o600 });
}

// The session may have ended and its folder be gone: nobody is left to be told.
record().catch(() => undefined);
