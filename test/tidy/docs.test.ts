import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { aliasTable, notReadTable } from '../../src/config/aliases';
import { configurationTable } from '../../src/config/table';
import { toolTable } from '../../src/run-tools/built-in/table';
import { scriptToolTable } from '../../src/script-tools/table';
import { providerTable } from '../../src/domain/run/cognition/provider-table';
import { scopeTable } from '../../src/surfaces/http/scope';
import { filesIn, ROOT, textOf } from './source-files';

const PAGES = ['README.md', ...filesIn('docs', '.md')];

const withoutCode = (page: string): string => page.replace(/^(```|~~~)[\s\S]*?^\1\s*$/gm, '');

it.each(PAGES)('%s has exactly one title', (path) => {
  expect(withoutCode(textOf(path)).match(/^# .+$/gm)).toHaveLength(1);
});

it.each(PAGES)('%s links only to files that exist', (path) => {
  const links = [...withoutCode(textOf(path)).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)/g)].map(([, target]) => target as string);

  expect(links.filter((target) => !existsSync(join(ROOT, dirname(path), target)))).toEqual([]);
});

it.each(['README.md', 'docs/configuration.md'])('%s has the table of all variables as the code has it; `npm run docs` writes it', (path) => {
  const [, found] = /<!-- configuration -->\n([\s\S]*?)<!-- \/configuration -->/.exec(textOf(path)) ?? [];

  expect(found?.trim()).toBe(configurationTable());
});

it.each([
  ['docs/configuration.md', 'aliases', aliasTable],
  ['docs/configuration.md', 'not-read', notReadTable],
  ['docs/run-models.md', 'providers', providerTable],
])('%s has the table of %s as the code has it; `npm run docs` writes it', (path, name, table) => {
  const [, found] = new RegExp(`<!-- ${name} -->\\n([\\s\\S]*?)<!-- /${name} -->`).exec(textOf(path)) ?? [];

  expect(found?.trim()).toBe(table());
});

it('docs/authentication.md has the table of all scopes as the code has it; `npm run docs` writes it', () => {
  const [, found] = /<!-- scopes -->\n([\s\S]*?)<!-- \/scopes -->/.exec(textOf('docs/authentication.md')) ?? [];

  expect(found?.trim()).toBe(scopeTable());
});

it('docs/run-tools.md has the table of the built-in tools as the code has it; `npm run docs` writes it', () => {
  const [, found] = /<!-- run-tools -->\n([\s\S]*?)<!-- \/run-tools -->/.exec(textOf('docs/run-tools.md')) ?? [];

  expect(found?.trim()).toBe(toolTable());
});

it('docs/script-tools.md has the table of the tools that come with the server; `npm run docs` writes it', () => {
  const [, found] = /<!-- script-tools -->\n([\s\S]*?)<!-- \/script-tools -->/.exec(textOf('docs/script-tools.md')) ?? [];

  expect(found?.trim()).toBe(scriptToolTable());
});

it('shows only commands that exist', () => {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
  const shown = PAGES.flatMap((path) =>
    [...textOf(path).matchAll(/\bnpm (?:run (?:-s )?([a-z:-]+)|(start|test)\b)/g)].map(([, named, plain]) => ({ path, script: (named ?? plain) as string })),
  );

  expect(shown.filter(({ script }) => !(script in scripts))).toEqual([]);
});

it('names only files in scripts that exist', () => {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
  const missing = Object.values(scripts)
    .flatMap((script) => [...script.matchAll(/node (scripts\/\S+)/g)].map(([, path]) => path as string))
    .filter((path) => !existsSync(join(ROOT, path)));

  expect(missing).toEqual([]);
});
