import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { controlPlane } from '../../src/surfaces/control-plane/surface';
import { openapi } from '../../src/surfaces/http/openapi';
import { managedThreads } from '../../src/surfaces/managed-threads/surface';
import { serve } from './serve';

const committed = (name: string): string => readFileSync(join(__dirname, '..', '..', 'docs', 'openapi', `${name}.json`), 'utf8');

describe.each([
  ['managed-threads', managedThreads],
  ['control-plane', controlPlane],
])('the description of %s', (name, surface) => {
  // If you are here because this failed: the wire changed. Is that meant? Then run `node scripts/write-docs.mjs` and commit the difference.
  it('is committed byte for byte', () => {
    expect(`${JSON.stringify(openapi(surface as never), null, 2)}\n`).toBe(committed(name));
  });

  it('is served as it is committed, to whoever asks', async () => {
    const served = await serve({
      authenticate: () => {
        throw new Error('nobody is asked');
      },
    });
    const response = await fetch(`${served.url}/openapi/${name}.json`);
    const text = await response.text();
    await served.server.close(100);

    expect(response.headers.get('content-type')).toContain('application/json');
    expect(`${text}\n`).toBe(committed(name));
  });

  it('refers only to what it holds', () => {
    const document = JSON.parse(committed(name));
    const references = [...committed(name).matchAll(/"\$ref": "#\/components\/(\w+)\/(\w+)"/g)].map(
      ([, kind, id]) => document.components[kind as string]?.[id as string] === undefined && `${kind}/${id}`,
    );

    expect(references.filter(Boolean)).toEqual([]);
    expect(committed(name)).not.toContain('$defs');
  });
});
