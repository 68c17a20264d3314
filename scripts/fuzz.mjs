#!/usr/bin/env node
/**
 * `npm run fuzz -- [minutes] [seed]`: made-up and spoilt scripts, representations, expressions and values for so many minutes (10). Ends with 1 when one is answered with anything but an answer or a
 * refusal, and when one takes no end; then it is in the file that is named.
 */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './root.mjs';
import { ensureNode, ensurePackages, main } from './setup.mjs';

const [minutes = 10, seed = randomInt(2 ** 31)] = process.argv.slice(2).map(Number);
if (!(minutes > 0 && minutes <= 24 * 60) || !Number.isSafeInteger(seed)) {
  process.stderr.write('npm run fuzz -- [minutes, up to 1440] [seed, a whole number]\n');
  process.exit(2);
}

ensureNode();
main(async () => {
  await ensurePackages({ tools: true });
  const last = join(mkdtempSync(join(tmpdir(), 'everthread-fuzz-')), 'last-input');
  process.stderr.write(`${minutes} minutes with the seed ${seed}.\n`);
  const child = spawn(
    process.execPath,
    ['--max-old-space-size=4096', join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js'), '--runInBand', 'test/unit/script/fuzz.test.ts'],
    {
      cwd: ROOT,
      stdio: 'inherit',
      env: { ...process.env, EVERTHREAD_FUZZ_MINUTES: String(minutes), EVERTHREAD_FUZZ_SEED: String(seed), EVERTHREAD_FUZZ_LAST: last },
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill('SIGKILL'));
  // Reading is not asked whether it may be interrupted: what takes no end is ended from outside.
  const timer = setTimeout(
    () => {
      process.stderr.write(`One input takes no end. It is in ${last}.\n`);
      child.kill('SIGKILL');
    },
    (minutes * 1.5 + 3) * 60_000,
  );
  const code = await new Promise((resolve) => child.once('exit', resolve));
  clearTimeout(timer);
  process.exitCode = code === 0 ? 0 : 1;
});
