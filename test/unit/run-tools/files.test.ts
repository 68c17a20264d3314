import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ToolNotes } from '../../../src/contracts/run/ports';
import { toolHouse, worldOf, type Json, type ToolHouse } from '../../support/run-tools';

let house: ToolHouse;
let outside: string;
const at = (path: string): string => join(house.root, path);
/** Beside the file, while it is written. */
const leftover = (): string => `.${createHash('sha256').update(house.context.proposalId).digest('hex').slice(0, 24)}.partial`;

beforeEach(async () => {
  house = await toolHouse();
  outside = mkdtempSync(join(tmpdir(), 'everthread-test-outside-'));
  writeFileSync(join(outside, 'secret.txt'), 'not yours');
});
afterEach(() => {
  house.remove();
  rmSync(outside, { recursive: true, force: true });
});

describe('fs_read', () => {
  it('gives the whole of a file with its size and its lines', async () => {
    writeFileSync(at('a.txt'), 'one\ntwö\nthree\n');

    const { output, delta } = await house.call('fs_read', { path: 'a.txt' });

    expect(output).toEqual({ path: at('a.txt'), bytes: 15, total_lines: 3, content: 'one\ntwö\nthree\n' });
    expect(delta).toEqual([]);
  });

  it('gives some lines, the last of them included', async () => {
    writeFileSync(at('a.txt'), 'one\ntwo\nthree\nfour');

    const { output } = await house.call('fs_read', { path: 'a.txt', start: 2, end: 3 });

    expect(output).toMatchObject({ content: 'two\nthree\n', total_lines: 4, bytes: 18 });
  });

  it('refuses a large file without a range, and reads its lines with one', async () => {
    writeFileSync(at('big.txt'), 'x'.repeat(99).concat('\n').repeat(5_000));

    await expect(house.call('fs_read', { path: 'big.txt' })).rejects.toMatchObject({ code: 'tool.refused', message: expect.stringContaining('500000 bytes') });
    const { output } = await house.call('fs_read', { path: 'big.txt', start: 4_999 });

    expect(output).toMatchObject({ total_lines: 5_000, bytes: 500_000, content: `${'x'.repeat(99)}\n`.repeat(2) });
  });

  it('says that a file is not there, and that a folder is none', async () => {
    mkdirSync(at('folder'));

    await expect(house.call('fs_read', { path: 'none.txt' })).rejects.toMatchObject({ code: 'tool.file', kind: 'not_found', facts: { begun: false } });
    await expect(house.call('fs_read', { path: 'folder' })).rejects.toMatchObject({ code: 'tool.refused' });
    await expect(house.call('fs_read', { path: '.' })).rejects.toMatchObject({ code: 'tool.refused' });
  });

  it('does not wait for the other end of a pipe', async () => {
    execFileSync('mkfifo', [at('pipe')]);

    await expect(house.call('fs_read', { path: 'pipe' })).rejects.toMatchObject({ code: 'tool.refused', message: expect.stringContaining('no file') });
  });
});

describe('confinement', () => {
  const escapes = (): readonly string[] => ['../x', join(outside, 'secret.txt'), 'link/secret.txt', 'file-link', 'deep/../../x', 'new/../../x', 'hanging'];

  beforeEach(() => {
    mkdirSync(at('deep'));
    symlinkSync(outside, at('link'));
    symlinkSync(join(outside, 'secret.txt'), at('file-link'));
    symlinkSync(join(outside, 'not-there-yet'), at('hanging'));
  });

  it('reads nothing outside, neither by path nor through links', async () => {
    for (const path of escapes()) await expect(house.call('fs_read', { path })).rejects.toMatchObject({ code: 'tool.refused', facts: { begun: false } });
  });

  it('writes nothing outside, also where the parents do not exist yet', async () => {
    const tries = [...escapes(), 'link/new/file.txt', '../new/file.txt', join(outside, 'new', 'file.txt')];

    for (const path of tries) await expect(house.call('fs_patch', { path, mode: 'write', content: 'x' })).rejects.toMatchObject({ code: 'tool.refused' });

    expect(existsSync(join(outside, 'new'))).toBe(false);
    expect(existsSync(join(outside, 'not-there-yet'))).toBe(false);
    expect(readFileSync(join(outside, 'secret.txt'), 'utf8')).toBe('not yours');
  });

  it('lists and searches nothing outside', async () => {
    for (const path of ['link', '..', outside]) {
      await expect(house.call('list_files', { path })).rejects.toMatchObject({ code: 'tool.refused' });
      await expect(house.call('grep', { pattern: 'yours', path })).rejects.toMatchObject({ code: 'tool.refused' });
    }

    const { output } = await house.call('grep', { pattern: 'yours' });

    expect(output.matches).toEqual([]);
  });

  it('follows links that stay inside', async () => {
    writeFileSync(at('deep/file.txt'), 'inside');
    symlinkSync(at('deep'), at('short'));

    const { output } = await house.call('fs_read', { path: 'short/file.txt' });

    expect(output).toMatchObject({ path: at('deep/file.txt'), content: 'inside' });
  });

  it('keeps to the workspace when a folder becomes a link again and again meanwhile', async () => {
    const [real, side] = [at('swap'), at('side')];
    mkdirSync(real);
    writeFileSync(join(real, 'secret.txt'), 'ours');
    const script = `
      const fs = require('node:fs');
      for (let at = 0; at < 4000; at++) {
        try { fs.renameSync(${JSON.stringify(real)}, ${JSON.stringify(side)}); fs.symlinkSync(${JSON.stringify(outside)}, ${JSON.stringify(real)}); } catch {}
        try { fs.unlinkSync(${JSON.stringify(real)}); } catch {}
        try { fs.renameSync(${JSON.stringify(side)}, ${JSON.stringify(real)}); } catch {}
      }`;
    const swapping = new Promise<void>((done, fail) => {
      const child = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
      child.once('exit', () => done());
      child.once('error', fail);
    });
    let over = false;
    void swapping.then(() => (over = true));

    const seen = new Set<string>();
    while (!over) {
      seen.add(
        await house.call('fs_read', { path: 'swap/secret.txt' }).then(
          ({ output }) => output.content,
          () => 'refused',
        ),
      );
      await house.call('fs_patch', { path: 'swap/made.txt', mode: 'write', content: 'x' }).catch(() => undefined);
    }

    expect(seen).not.toContain('not yours');
    expect(existsSync(join(outside, 'made.txt'))).toBe(false);
  });

  it('keeps the directories of Everthread itself closed, though they are inside', async () => {
    mkdirSync(at('.everthread'));
    writeFileSync(at('.everthread/secret-key'), 'needle');
    const { call, remove, root } = await toolHouse();
    const closed = await toolHouse({ hidden: [at('.everthread')] });

    await expect(closed.call('fs_read', { path: '.everthread/secret-key' }, { workspace: house.root })).rejects.toMatchObject({ code: 'tool.refused' });
    const { output } = await closed.call('grep', { pattern: 'needle' }, { workspace: house.root });
    const open = await call('grep', { pattern: 'needle' }, { workspace: house.root });

    expect(output.matches).toEqual([]);
    expect(open.output.matches).toHaveLength(1);
    expect(root).not.toBe(house.root);
    remove();
    closed.remove();
  });
});

describe('fs_patch', () => {
  it('writes a file with the folders that are missing, and tells the world what it holds', async () => {
    const { output, delta } = await house.call('fs_patch', { path: 'a/b/c.txt', mode: 'write', content: 'hello' });

    expect(readFileSync(at('a/b/c.txt'), 'utf8')).toBe('hello');
    expect(output).toEqual({ path: at('a/b/c.txt'), mode: 'write', bytes: 5, result: 'wrote' });
    const sha256 = createHash('sha256').update('hello').digest('hex');
    expect(delta).toEqual([{ op: 'create', kind: 'file', id: 'a/b/c.txt', value: { bytes: 5, sha256 } }]);
  });

  it('replaces a text that stands there once, and says which version of the file it found in the world', async () => {
    writeFileSync(at('run.sh'), 'echo one\necho two\n');
    chmodSync(at('run.sh'), 0o755);
    const world = worldOf([{ kind: 'file', id: 'run.sh', version: 3, value: null }]);

    const { output, delta } = await house.call('fs_patch', { path: 'run.sh', mode: 'replace', anchor: 'two', replacement: '$&' }, { world });

    expect(readFileSync(at('run.sh'), 'utf8')).toBe('echo one\necho $&\n');
    expect(statSync(at('run.sh')).mode & 0o777).toBe(0o755);
    expect(output.result).toBe('patched');
    expect(delta).toMatchObject([{ op: 'replace', id: 'run.sh', expected_version: 3 }]);
  });

  it.each([
    ['is not there', 'three', 'does not stand'],
    ['is there twice', 'echo', 'more than once'],
    ['overlaps itself', 'aa', 'more than once'],
  ])('changes nothing when the anchor %s', async (_how, anchor, reason) => {
    writeFileSync(at('f'), 'echo one echo two aaa');

    await expect(house.call('fs_patch', { path: 'f', mode: 'replace', anchor, replacement: 'x' })).rejects.toMatchObject({
      message: expect.stringContaining(reason),
    });

    expect(readFileSync(at('f'), 'utf8')).toBe('echo one echo two aaa');
  });

  it('does not touch what git would run', async () => {
    mkdirSync(at('.git/hooks'), { recursive: true });

    await expect(house.call('fs_patch', { path: '.git/hooks/post-checkout', mode: 'write', content: 'x' })).rejects.toMatchObject({ code: 'tool.refused' });
  });

  it('does not damage what is no text', async () => {
    writeFileSync(at('f'), Buffer.from([0x61, 0xff, 0x62]));

    await expect(house.call('fs_patch', { path: 'f', mode: 'replace', anchor: 'a', replacement: 'x' })).rejects.toMatchObject({ code: 'tool.refused' });
  });

  describe('when an earlier try left no receipt', () => {
    const patch = { path: 'f', mode: 'replace', anchor: 'one', replacement: 'one one' };
    /** What an earlier try noted, which came so far and no further where `dies` says so. */
    async function tried(dies: boolean): Promise<ToolNotes> {
      let noted: ToolNotes['earlier'] = null;
      const keep = (note: Json) => {
        noted = note;
        return dies ? Promise.reject(new Error('killed')) : Promise.resolve();
      };
      await house.call('fs_patch', patch, { notes: { earlier: null, keep } }).catch(() => undefined);
      return { earlier: noted, keep: () => Promise.reject(new Error('noted twice')) };
    }
    const now = () => readFileSync(at('f'), 'utf8');
    const cancelled = AbortSignal.abort(new Error('cancelled'));
    beforeEach(() => writeFileSync(at('f'), 'say one'));

    it('answers as that would have where it wrote, also when nothing more may be done', async () => {
      const notes = await tried(false);
      expect(now()).toBe('say one one');

      for (const signal of [house.context.signal, cancelled])
        expect(await house.call('fs_patch', patch, { notes, signal })).toMatchObject({
          output: { bytes: 11, result: 'patched' },
          delta: [{ id: 'f', value: { bytes: 11 } }],
        });
      expect(now()).toBe('say one one');
    });

    it('writes where that did not, unless nothing more may be done', async () => {
      const { earlier } = await tried(true);
      const notes = { earlier, keep: () => Promise.resolve() };
      writeFileSync(at(leftover()), 'half of it');

      await expect(house.call('fs_patch', patch, { notes, signal: cancelled })).rejects.toMatchObject({ code: 'tool.cut_off', facts: { begun: false } });
      expect(now()).toBe('say one');
      await house.call('fs_patch', patch, { notes });
      expect(now()).toBe('say one one');
      expect(readdirSync(house.root)).toEqual(['f']);
    });

    it.each([
      ['another text', () => writeFileSync(at('f'), 'somebody else')],
      ['the text of before in a file of its own', () => (rmSync(at('f')), writeFileSync(at('f'), 'say one'))],
      ['no file', () => rmSync(at('f'))],
    ])('cannot tell where it finds %s', async (_what, change) => {
      const notes = await tried(false);
      change();

      await expect(house.call('fs_patch', patch, { notes })).rejects.toMatchObject({ code: 'tool.unknown', facts: { begun: true, unknown: true } });
    });

    it('makes a new file that is not there yet', async () => {
      const write = { path: 'new/g', mode: 'write', content: 'g' };
      let noted: ToolNotes['earlier'] = null;
      const dies = (note: Json) => ((noted = note), Promise.reject(new Error('killed')));
      await expect(house.call('fs_patch', write, { notes: { earlier: null, keep: dies } })).rejects.toThrow('killed');

      await house.call('fs_patch', write, { notes: { earlier: noted, keep: () => Promise.resolve() } });
      expect(readFileSync(at('new/g'), 'utf8')).toBe('g');
    });
  });

  it('says before it begins which argument its mode needs', () => {
    const { precondition } = house.tool('fs_patch');

    expect(precondition?.({ path: 'f', mode: 'write' }, worldOf())).toMatch(/^content: /);
    expect(precondition?.({ path: 'f', mode: 'replace', anchor: 'x' }, worldOf())).toMatch(/^replacement: /);
    expect(precondition?.({ path: 'f', mode: 'write', content: '' }, worldOf())).toBeNull();
  });
});

describe('looking around', () => {
  beforeEach(() => {
    for (const folder of ['src/deep', 'node_modules/x', 'crates/core']) mkdirSync(at(folder), { recursive: true });
    writeFileSync(at('Cargo.toml'), '[workspace]\nmembers = ["crates/*"]\n');
    writeFileSync(at('crates/core/Cargo.toml'), '[package]\nname = "core-lib"\n[dependencies]\nname = "no"\n');
    writeFileSync(at('src/a.ts'), 'const needle = 1;\nneedle();\n');
    writeFileSync(at('src/deep/b.js'), 'needle');
    writeFileSync(at('node_modules/x/c.ts'), 'needle');
    writeFileSync(at('src/binary.ts'), Buffer.from('needle\0needle'));
  });

  it('lists what is there, as deep as asked, without what programs made', async () => {
    const flat = await house.call('list_files', {});
    const deep = await house.call('list_files', { path: 'src', depth: 2 });

    expect(flat.output).toEqual({
      ...{ root: house.root, depth: 1, truncated: false },
      entries: [
        { path: 'Cargo.toml', kind: 'file' },
        { path: 'crates', kind: 'dir' },
        { path: 'src', kind: 'dir' },
      ],
    });
    expect(deep.output.entries.map(({ path }: { path: string }) => path)).toEqual(['a.ts', 'binary.ts', 'deep', 'deep/b.js']);
  });

  it('says when there is more than it lists', async () => {
    for (let index = 0; index < 600; index++) writeFileSync(at(`src/deep/${index}.txt`), '');

    const { output } = await house.call('list_files', { path: 'src/deep' });

    expect(output.entries).toHaveLength(512);
    expect(output.truncated).toBe(true);
  });

  it('maps the repository', async () => {
    const { output } = await house.call('repo_map', {});

    expect(output).toMatchObject({ root: house.root, markers: ['Cargo.toml'], cargo_crates: ['core-lib'] });
    expect(output.top_level).toContainEqual({ name: 'src', kind: 'dir' });
  });

  it('finds a literal text with its lines, in files of one kind', async () => {
    const all = await house.call('grep', { pattern: 'needle' });
    const some = await house.call('grep', { pattern: 'needle', extension: 'ts' });
    const one = await house.call('grep', { pattern: '(', path: 'src/a.ts' });

    expect(all.output.matches).toEqual([
      { path: 'src/a.ts', line: 1, text: 'const needle = 1;' },
      { path: 'src/a.ts', line: 2, text: 'needle();' },
      { path: 'src/deep/b.js', line: 1, text: 'needle' },
    ]);
    expect(some.output.matches).toHaveLength(2);
    expect(one.output).toMatchObject({ files_scanned: 1, matches: [{ path: 'a.ts', line: 2 }] });
  });

  it('stops at 256 matches and says so', async () => {
    writeFileSync(at('many.txt'), 'needle\n'.repeat(300));

    const { output } = await house.call('grep', { pattern: 'needle', path: 'many.txt' });

    expect(output.matches).toHaveLength(256);
    expect(output.truncated).toBe(true);
  });
});

it('stores and recalls in the world', async () => {
  const set = await house.call('kv_set', { key: 'k', value: { a: 1 } });
  const again = await house.call('kv_set', { key: 'k', value: 2 }, { world: worldOf([{ kind: 'kv', id: 'k', version: 4, value: 1 }]) });
  const got = await house.call('kv_get', { key: 'k' }, { world: worldOf([{ kind: 'kv', id: 'k', version: 4, value: 1 }]) });
  const stored = await house.call('memory_store', { key: 'fact', content: 'sky is blue', stratum: 'episodic', source_commits: ['abc'] });
  const missing = await house.call('memory_recall', { key: 'fact' });

  expect(set).toEqual({ output: { key: 'k', wrote: { a: 1 } }, delta: [{ op: 'create', kind: 'kv', id: 'k', value: { a: 1 } }] });
  expect(again.delta).toEqual([{ op: 'replace', kind: 'kv', id: 'k', expected_version: 4, value: 2 }]);
  expect(got.output).toEqual({ key: 'k', value: 1 });
  expect(stored).toEqual({
    output: { key: 'fact', stratum: 'episodic', stored: true },
    delta: [{ op: 'create', kind: 'memory', id: 'episodic:fact', value: { content: 'sky is blue', stratum: 'episodic', source_commits: ['abc'] } }],
  });
  expect(missing.output).toEqual({ key: 'fact', stratum: 'semantic', memory: null });
});

it.each([
  ['kv_set', { value: 1 }, /^key: /],
  ['fs_read', { path: 'x', start: 0 }, /^start: /],
  ['fs_read', { path: 'x', lines: 3 }, /lines/],
  ['grep', { pattern: '' }, /^pattern: /],
  ['shell', { command: 'ls', capability_profile: 'root' }, /^capability_profile: /],
  ['http', { url: 'ftp://example.com' }, /^url: /],
  ['http', { url: 'https://example.com', headers: { Host: 'x' } }, /header/],
  ['memory_store', { key: 'k', content: 'x', stratum: 'none' }, /^stratum: /],
] as const)('%s says where its arguments do not fit: %j', (name, args, expected) => {
  expect(house.tool(name).misfit(args as never)).toMatch(expected);
});
