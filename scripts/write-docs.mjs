#!/usr/bin/env node
/**
 * Writes what is made from code: docs/openapi/*.json, the client's types of them (src/client/generated), and the event table of docs/managed-threads.md.
 * Tests fail while these are out of date.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from './build.mjs';
import { clientTypes } from './client-types.mjs';
import { ROOT } from './root.mjs';

await build();
const require = createRequire(import.meta.url);
const built = (path) => require(join(ROOT, 'dist', 'src', 'surfaces', path));
const { openapi } = built('http/openapi.js');

const folder = join(ROOT, 'docs', 'openapi');
const types = join(ROOT, 'src', 'client', 'generated');
await mkdir(folder, { recursive: true });
await mkdir(types, { recursive: true });
for (const surface of [
  built('managed-threads/surface.js').managedThreads,
  built('control-plane/surface.js').controlPlane,
  built('runs/surface.js').runSurface,
  built('agent-protocol/surface.js').agentProtocol,
  built('ag-ui/surface.js').agUi,
  built('threads/surface.js').threadSurface,
  built('scriptum/surface.js').scriptum,
]) {
  const text = `${JSON.stringify(openapi(surface), null, 2)}\n`;
  await writeFile(join(folder, `${surface.name}.json`), text);
  await writeFile(join(types, `${surface.name}.ts`), await clientTypes(text));
}

const page = join(ROOT, 'docs', 'managed-threads.md');
const text = await readFile(page, 'utf8');
const { eventTable } = built('managed-threads/describe-events.js');
await writeFile(
  page,
  text.replace(/(<!-- events: [^\n]*-->\n)[^]*?(<!-- end of events -->)/, (_all, before, after) => `${before}\n${eventTable()}\n\n${after}`),
);
