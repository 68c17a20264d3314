/** A folder of pattern definitions, published when an API process starts. What is wrong with a file is logged with its line and stops no other file. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { DEFINITION_MAX } from '../contracts/pattern/bounds';
import { DEFAULT_TENANT } from '../contracts/tenant';
import { Fault, faultFrom } from '../errors/fault';
import type { Patterns } from '../gateway/patterns';
import type { Log } from '../surfaces/http/log';

const MAX = { files: 1_000, depth: 8 } as const;
/** Bytes that a definition of the most characters may have. */
const BYTES_MAX = DEFINITION_MAX * 4;

type Publish = Pick<Patterns, 'publish'>;

export interface LoadedFolder {
  readonly published: number;
  readonly unchanged: number;
  readonly refused: number;
}

/**
 * Publishes every `.yaml` and `.yml` below the folder in the tenant `default`, in the order of their paths. A version that is there and says something else stays as it is. Links
 * are not followed. Faults: `patterns.folder` (invalid) for a folder that cannot be read or holds too much; what the store throws while it cannot be reached.
 */
export async function loadFolder(folder: string, patterns: Publish, log: Log): Promise<LoadedFolder> {
  const counts = { published: 0, unchanged: 0, refused: 0 };
  for (const path of await definitionsBelow(folder)) {
    const file = relative(folder, path);
    try {
      const { name, version, outcome } = await patterns.publish({ tenant: DEFAULT_TENANT, subject: `folder:${file}` }, { definition: await textOf(path) });
      counts[outcome === 'same' ? 'unchanged' : 'published']++;
      if (outcome !== 'same') log.info({ file, pattern: name, version }, 'a pattern of the folder is published');
    } catch (thrown) {
      const fault = faultFrom(thrown);
      if (fault.kind === 'unavailable' || fault.kind === 'internal') throw thrown;
      counts.refused++;
      log.error({ file, code: fault.code, reason: fault.message, errors: fault.facts['errors'] }, 'a pattern of the folder is refused');
    }
  }
  log.info({ folder, ...counts }, 'the folder of patterns is loaded');
  return counts;
}

async function definitionsBelow(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  const look = async (at: string, depth: number): Promise<void> => {
    const entries = await readdir(at, { withFileTypes: true }).catch((problem: Error) => {
      throw unusable(folder, `${at} cannot be read: ${problem.message}`);
    });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.isDirectory() && depth < MAX.depth && !entry.name.startsWith('.')) await look(join(at, entry.name), depth + 1);
      if (entry.isFile() && /\.ya?ml$/i.test(entry.name)) found.push(join(at, entry.name));
      if (found.length > MAX.files) throw unusable(folder, `it holds more than ${MAX.files} files`);
    }
  };
  await look(folder, 1);
  return found;
}

const unusable = (folder: string, reason: string): Fault => new Fault('invalid', 'patterns.folder', `EVERTHREAD_PATTERNS_DIR: ${reason}`, { folder, reason });

async function textOf(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > BYTES_MAX) throw new Fault('invalid', 'pattern.invalid', `The file has ${size} bytes, expected at most ${BYTES_MAX}.`, { max: BYTES_MAX });
  return readFile(path, 'utf8');
}
