#!/usr/bin/env node
/** `npm run docs`: writes the tables that are made from code into the pages that show them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from './root.mjs';
import { ensureBuild, main } from './setup.mjs';

main(async () => {
  await ensureBuild();
  const built = createRequire(import.meta.url);
  const { configurationTable } = built(join(ROOT, 'dist', 'src', 'config', 'table.js'));
  const { aliasTable, notReadTable } = built(join(ROOT, 'dist', 'src', 'config', 'aliases.js'));
  const { providerTable } = built(join(ROOT, 'dist', 'src', 'domain', 'run', 'cognition', 'provider-table.js'));
  const { scopeTable } = built(join(ROOT, 'dist', 'src', 'surfaces', 'http', 'scope.js'));
  const { toolTable } = built(join(ROOT, 'dist', 'src', 'run-tools', 'built-in', 'table.js'));
  const { scriptToolTable } = built(join(ROOT, 'dist', 'src', 'script-tools', 'table.js'));
  write('configuration', configurationTable(), ['docs/configuration.md', 'README.md']);
  write('aliases', aliasTable(), ['docs/configuration.md']);
  write('not-read', notReadTable(), ['docs/configuration.md']);
  write('providers', providerTable(), ['docs/run-models.md']);
  write('scopes', scopeTable(), ['docs/authentication.md']);
  write('run-tools', toolTable(), ['docs/run-tools.md']);
  write('script-tools', scriptToolTable(), ['docs/script-tools.md']);
});

/** Puts a table between its marks. */
function write(name, table, pages) {
  for (const page of pages) {
    const path = join(ROOT, page);
    const before = readFileSync(path, 'utf8');
    const marked = new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(<!-- /${name} -->)`);
    const after = before.replace(marked, (_all, open, close) => `${open}\n${table}\n\n${close}`);
    if (after !== before) writeFileSync(path, after);
  }
}
