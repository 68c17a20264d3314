import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventTable } from '../../src/surfaces/managed-threads/describe-events';
import { managedThreads } from '../../src/surfaces/managed-threads/surface';
import { THREAD_STATUSES } from '../../src/contracts/managed-thread/status';
import { keyBytes } from '../../src/domain/managed-thread/keys';
import { TRANSITIONS } from '../../src/domain/managed-thread/transitions';
import { KINDS } from '../../src/errors/fault';

const ROOT = join(__dirname, '..', '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const sources = (): string[] =>
  ['src', 'activities', 'workflows'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')),
  );

/** Cells of the table rows of a page's section. */
const rows = (section: string): string[][] =>
  section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
const quoted = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word as string);

describe('docs/errors.md', () => {
  const page = rows(read('docs/errors.md')).filter(
    ([first]) => !((first as string).replaceAll('`', '') in KINDS) || first === '`internal`' || first === '`invalid`',
  );
  const documented = new Map(page.map(([code, kind]) => [(code as string).replaceAll('`', ''), kind as string]));

  // If you are here because this failed: add a row to docs/errors.md that says what each reader should do about the code.
  it('has a row for every code that is thrown, with its kind', () => {
    const missing: string[] = [];
    for (const source of sources()) {
      for (const [, kind, code] of source.matchAll(/new Fault\(\s*'(\w+)',\s*'([\w.]+)'/g)) {
        if (!documented.get(code as string)?.includes(kind as string)) missing.push(`${code} (${kind})`);
      }
    }
    expect([...new Set(missing)].sort()).toEqual([]);
  });

  it('has no row for a code that nobody says any more', () => {
    const all = sources().join('\n');
    expect([...documented.keys()].filter((code) => !all.includes(`'${code}'`))).toEqual([]);
  });

  it('has each code once', () => {
    const codes = page.map(([code]) => code).filter((code) => code !== '`internal`' && code !== '`invalid`');
    expect(codes).toEqual([...new Set(codes)]);
  });
});

describe('docs/managed-threads.md', () => {
  const page = read('docs/managed-threads.md');
  const section = (title: string): string => page.split(`## ${title}\n`)[1]?.split(/\n#{2,3} /)[0] ?? '';

  it('lists every route of the surface and no other', () => {
    const listed = rows(section('All routes')).map(([address]) => quoted(address as string)[0]);
    const served = managedThreads.routes.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    const sockets = (managedThreads.sockets ?? []).map(({ path }) => `GET ${path}`);

    expect([...listed].sort()).toEqual([...served, ...sockets].sort());
  });

  it('shows each route in an example', () => {
    const examples = [...page.matchAll(/```sh\n([^]*?)```/g)].map(([, block]) => block as string).join('\n');
    for (const { path } of [...managedThreads.routes]) {
      const shown = path
        .replace('/api', '\\$api')
        .replace(/(:executionId|executions\/:id)/, (word) => (word.startsWith(':') ? 'exec_auth_refactor' : 'executions/exec_auth_refactor'));
      expect(examples).toMatch(new RegExp(`${shown.replace(':id', 'thr_1')}(?:[\\s"?]|$)`, 'm'));
    }
  });

  // If you are here because this failed: run `node scripts/write-docs.mjs`.
  it('has the events as their schemas are', () => {
    expect(page).toContain(`\n\n${eventTable()}\n\n<!-- end of events -->`);
  });

  it('has the status machine as it is', () => {
    const shown = Object.fromEntries(rows(section('Status')).map(([status, , next]) => [quoted(status as string)[0], quoted(next as string).sort()]));
    const machine = Object.fromEntries(THREAD_STATUSES.map((status) => [status, [...TRANSITIONS[status]].sort()]));

    expect(shown).toEqual(machine);
  });

  it('names only keys that there are', () => {
    const names = page
      .split('### Keys\n')[1]!
      .split('\n## ')[0]!
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .flatMap((line) => quoted(line.split('|')[2] as string));

    expect(names.length).toBeGreaterThan(40);
    expect(names.filter((name) => keyBytes(name) === null)).toEqual([]);
  });

  it('names only error codes that docs/errors.md has', () => {
    const errors = read('docs/errors.md');
    const named = section('Errors')
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .flatMap(quoted)
      .filter((word) => /^[a-z_]+\.[a-z_]+$/.test(word));

    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((code) => !errors.includes(`| \`${code}\``))).toEqual([]);
  });
});
