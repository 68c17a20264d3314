import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from '../support/built';
import { INVOICE } from '../unit/script/invoice';

const CLI = join(__dirname, '..', '..', 'dist', 'src', 'cli', 'everthread.js');

let folder: string;
beforeAll(async () => {
  await ensureBuilt();
  folder = await mkdtemp(join(tmpdir(), 'script-command-'));
});
afterAll(() => rm(folder, { recursive: true }));

const script = async (args: readonly string[], input = ''): Promise<{ readonly code: number; readonly out: string }> => {
  const { code, out } = await called(args, input);
  return { code, out };
};
const called = (args: readonly string[], input: string): Promise<{ readonly code: number; readonly out: string; readonly problems: string }> =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, [CLI, 'script', ...args], { timeout: 30_000 }, (error, out, problems) =>
      resolve({ code: error ? Number(error.code) : 0, out, problems }),
    );
    child.stdin?.end(input);
  });
const file = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};

it('says of each script that it can be read, or every place where it is wrong', async () => {
  const good = await file('good.scriptum', INVOICE);
  const bad = await file('bad.scriptum', `${INVOICE}let late = missing\n`);

  const { code, out } = await script(['check', good, bad]);

  expect(code).toBe(1);
  expect(out.split('\n')).toEqual([
    `${good}: invoice-parser can be read`,
    `${bad}:23:1: warning: This step is never reached: \`emit\` ends the script.`,
    `${bad}:23:12: error: \`missing\` is not known here. Names are known below the step that binds them.`,
    '',
  ]);
});

it('writes scripts the one way, keeps their comments, and leaves alone what it cannot read', async () => {
  const untidy = await file('untidy.scriptum', 'script   "x" -- why\nlet a=[1,\n 2] -- two\n');
  const broken = await file('broken.scriptum', 'script "x"\nlet a = [\n');

  expect(await script(['fmt', '--check', untidy])).toEqual({ code: 1, out: `${untidy} is written in another way\n` });
  expect(await script(['fmt', untidy])).toEqual({ code: 0, out: '' });
  expect(await readFile(untidy, 'utf8')).toBe('script "x"\n\n-- why\nlet a = [1, 2] -- two\n');
  expect(await script(['fmt', '--check', untidy])).toEqual({ code: 0, out: '' });

  const { code, out } = await script(['fmt', broken]);
  expect([code, out]).toEqual([1, expect.stringMatching(/broken\.scriptum:3:1: error: /)]);
  expect(await readFile(broken, 'utf8')).toBe('script "x"\nlet a = [\n');
});

it('formats its standard input', async () => {
  expect(await script(['fmt', '-'], 'script "x"\nlet a = 1+2*(3)\n')).toEqual({ code: 0, out: 'script "x"\n\nlet a = 1 + 2 * 3\n' });
});

it('compiles a script to YAML, which it takes as well, and tells everything of it as JSON', async () => {
  const text = await file('compiled.scriptum', INVOICE);

  const { out: yaml } = await script(['compile', text]);
  expect(yaml).toMatch(/^ir: 1\nname: invoice-parser\n/);
  expect(await script(['check', await file('compiled.yaml', yaml)])).toEqual({
    code: 0,
    out: expect.stringMatching(/compiled\.yaml: invoice-parser can be read\n$/),
  });

  const { ir, contract, toolsRequired, diagnostics, ok } = JSON.parse((await script(['compile', '--json', text])).out) as Record<string, unknown>;
  expect({ ok, toolsRequired, diagnostics }).toEqual({ ok: true, toolsRequired: [], diagnostics: [] });
  expect(contract).toMatchObject({ input: [{ name: 'invoice_id', type: 'text' }] });
  expect(ir).toMatchObject({ ir: 1, name: 'invoice-parser' });
  expect(JSON.parse((await script(['compile', '--ast', text])).out)).toMatchObject({
    name: 'invoice-parser',
    steps: [{ verb: 'let' }, { verb: 'ask' }, { verb: 'emit' }],
  });
});

it('says why it compiles nothing', async () => {
  const { code, out, problems } = await called(['compile', '-'], 'script "x"\nlet a = b\n');

  expect([code, out]).toEqual([1, '']);
  expect(problems).toBe('-:2:9: error: `b` is not known here. Names are known below the step that binds them.\n');
});
