/** Before the first test file: a folder for what the files of this run share. Nothing is started until a file asks for it. */
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default function setUp(): void {
  const folder = mkdtempSync(join(tmpdir(), 'everthread-tests-'));
  // Under root, Postgres runs as another user, who must be able to walk in.
  chmodSync(folder, 0o755);
  process.env['EVERTHREAD_TEST_RUN'] = folder;
  process.env['EVERTHREAD_TEST_OWNER'] = String(process.pid);
}
