#!/usr/bin/env node
/** `npm run docs`: writes the tables that are made from code into the pages that show them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from './root.mjs';
import { ensureBuild, main } from './setup.mjs';

main(async () => {
  await ensureBuild();
  const { configurationTable } = createRequire(import.meta.url)(join(ROOT, 'dist', 'src', 'config', 'table.js'));
  for (const page of ['docs/configuration.md', 'README.md']) {
    const path = join(ROOT, page);
    const before = readFileSync(path, 'utf8');
    const after = before.replace(
      /(<!-- configuration -->\n)[\s\S]*?(<!-- \/configuration -->)/,
      (_all, open, close) => `${open}\n${configurationTable()}\n\n${close}`,
    );
    if (after !== before) writeFileSync(path, after);
  }
});
