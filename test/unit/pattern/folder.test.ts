import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { Fault } from '../../../src/errors/fault';
import type { Patterns, Submission } from '../../../src/gateway/patterns';
import { keepLoading } from '../../../src/main/kept-folder';
import { loadFolder } from '../../../src/main/pattern-folder';
import { createLog } from '../../../src/surfaces/http/log';
import { eventually } from '../../support/eventually';

let folder: string;
const lines: Record<string, any>[] = [];
const log = createLog({
  level: 'info',
  to: new Writable({
    write(chunk: Buffer, _encoding, done) {
      for (const line of chunk.toString().split('\n').filter(Boolean)) lines.push(JSON.parse(line));
      done();
    },
  }),
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'patterns-'));
  lines.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (path: string, text: string): void => {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
};

/** Takes a text for the name of a pattern; `bad…` is none, `taken…` is there already. */
class Catalogue implements Pick<Patterns, 'publish'> {
  readonly seen: { readonly subject: string; readonly tenant: string; readonly definition: string }[] = [];
  private readonly known = new Set<string>();
  away = 0;

  publish: Patterns['publish'] = async ({ tenant, subject }, { definition }: Submission) => {
    if (this.away-- > 0) throw new Fault('unavailable', 'store.unreachable', 'The database cannot be reached at the moment.');
    const name = definition.trim();
    if (name.startsWith('bad')) {
      const errors = [{ line: 2, column: 3, path: 'agents', message: 'is wrong', expected: 'agents' }];
      throw new Fault('invalid', 'pattern.invalid', 'definition: line 2, column 3: agents: is wrong', { errors });
    }
    if (name.startsWith('taken')) throw new Fault('conflict', 'pattern.version_exists', 'Version 1.0.0 exists and says something else.');
    this.seen.push({ tenant, subject, definition });
    const outcome = this.known.has(name) ? 'same' : 'created';
    this.known.add(name);
    return Promise.resolve({ name, version: '1.0.0', outcome });
  };
}

describe('a folder of patterns', () => {
  it('is published file by file, in the order of their paths, folders below it too', async () => {
    put('b.yaml', 'second');
    put('a/deep/x.yml', 'first');
    put('c.YAML', 'third');
    put('notes.txt', 'no definition');
    put('.hidden/y.yaml', 'no definition');
    const catalogue = new Catalogue();

    expect(await loadFolder(folder, catalogue, log)).toEqual({ published: 3, unchanged: 0, refused: 0 });

    expect(catalogue.seen).toEqual([
      { tenant: 'default', subject: 'folder:a/deep/x.yml', definition: 'first' },
      { tenant: 'default', subject: 'folder:b.yaml', definition: 'second' },
      { tenant: 'default', subject: 'folder:c.YAML', definition: 'third' },
    ]);
    expect(await loadFolder(folder, catalogue, log)).toEqual({ published: 0, unchanged: 3, refused: 0 });
  });

  it('tells of a file that is refused, with its line, and goes on', async () => {
    put('a.yaml', 'bad');
    put('b.yaml', 'taken');
    put('c.yaml', '#'.repeat(2 * 1024 * 1024));
    put('d.yaml', 'good');

    expect(await loadFolder(folder, new Catalogue(), log)).toEqual({ published: 1, unchanged: 0, refused: 3 });

    const refused = lines.filter(({ code }) => code !== undefined);
    expect(refused).toMatchObject([
      { file: 'a.yaml', code: 'pattern.invalid', errors: [{ line: 2, column: 3, path: 'agents' }] },
      { file: 'b.yaml', code: 'pattern.version_exists' },
      { file: 'c.yaml', code: 'pattern.invalid', reason: expect.stringContaining('expected at most') },
    ]);
  });

  it('does not follow links out of itself', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'outside-'));
    writeFileSync(join(outside, 'x.yaml'), 'secret');
    symlinkSync(outside, join(folder, 'linked'));
    symlinkSync(join(outside, 'x.yaml'), join(folder, 'x.yaml'));

    expect(await loadFolder(folder, new Catalogue(), log)).toEqual({ published: 0, unchanged: 0, refused: 0 });
    rmSync(outside, { recursive: true });
  });

  it('ends the start when it is not there, or holds too much', async () => {
    const missing = await loadFolder(join(folder, 'nothing'), new Catalogue(), log).catch((problem: unknown) => problem);
    expect(missing).toMatchObject({ code: 'patterns.folder', message: expect.stringContaining('EVERTHREAD_PATTERNS_DIR') });

    for (let n = 0; n <= 1_000; n++) put(`${n}.yaml`, `p${n}`);
    const catalogue = new Catalogue();
    await expect(keepLoading(() => loadFolder(folder, catalogue, log), log, { folder, stopping: new AbortController().signal })).rejects.toMatchObject({
      code: 'patterns.folder',
    });
    expect(catalogue.seen).toEqual([]);
  });

  it('is loaded when the database is back, and not after the end', async () => {
    put('a.yaml', 'good');
    const catalogue = new Catalogue();
    catalogue.away = 1;
    const ended = new AbortController();

    await keepLoading(() => loadFolder(folder, catalogue, log), log, { folder, stopping: ended.signal, againMs: 20 });
    expect(catalogue.seen).toEqual([]);
    await eventually('it is loaded', () => catalogue.seen.length === 1);

    const never = new Catalogue();
    never.away = 1;
    await keepLoading(() => loadFolder(folder, never, log), log, { folder, stopping: ended.signal, againMs: 20 });
    ended.abort();
    await new Promise(setImmediate);
    expect(never.seen).toEqual([]);
    expect(lines.filter(({ msg }) => msg === 'the folder could not be loaded')).toEqual([]);
  });
});
