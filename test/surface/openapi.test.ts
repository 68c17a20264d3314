import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { controlPlane } from '../../src/surfaces/control-plane/surface';
import { openapi } from '../../src/surfaces/http/openapi';
import { operationIdOf } from '../../src/surfaces/http/operation-id';
import type { SurfaceDefinition } from '../../src/surfaces/http/surface';
import { managedThreads } from '../../src/surfaces/managed-threads/surface';
import { runSurface } from '../../src/surfaces/runs/surface';
import { agUi } from '../../src/surfaces/ag-ui/surface';
import { agentProtocol } from '../../src/surfaces/agent-protocol/surface';
import { scriptum } from '../../src/surfaces/scriptum/surface';
import { threadSurface } from '../../src/surfaces/threads/surface';
import { serve } from './serve';

const ROOT = join(__dirname, '..', '..');
const committed = (name: string): string => readFileSync(join(ROOT, 'docs', 'openapi', `${name}.json`), 'utf8');

describe.each([
  ['managed-threads', managedThreads],
  ['control-plane', controlPlane],
  ['runs', runSurface],
  ['threads', threadSurface],
  ['agent-protocol', agentProtocol],
  ['ag-ui', agUi],
  ['scriptum', scriptum],
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

  // If you are here because this failed: run `npm run docs` and commit the difference.
  it('has types in the client that are made from it', async () => {
    const generator = execFile(process.execPath, [join(ROOT, 'scripts', 'client-types.mjs')], { maxBuffer: 16 * 1024 * 1024 });
    generator.stdin?.end(committed(name));
    const [made] = await Promise.all([text(generator.stdout!), once(generator, 'close')]);

    expect(made).toBe(readFileSync(join(ROOT, 'src', 'client', 'generated', `${name}.ts`), 'utf8'));
  }, 30_000);

  it('names every operation once, with a tag', () => {
    const ids = operationsOf(committed(name)).map(({ operationId }) => operationId);

    expect(ids).toEqual([...new Set(ids)]);
    expect(ids.filter((id) => !/^[a-z][A-Za-z]+$/.test(id))).toEqual([]);
    expect(operationsOf(committed(name)).filter(({ tags }) => tags.length !== 1)).toEqual([]);
  });

  it('says of every operation which credentials and scope it asks for, and how it refuses', () => {
    for (const { operationId, security, 'x-scope': scope, responses } of operationsOf(committed(name))) {
      const asked = scope === 'public' ? [] : [{ bearer: [scope] }, { apiKey: [scope] }];
      expect({ operationId, security }).toEqual({ operationId, security: asked });
      const always = ['400', '403', '429', '500', '503', ...(scope === 'public' ? [] : ['401'])];
      expect({ operationId, missing: always.filter((status) => !(status in responses)) }).toEqual({ operationId, missing: [] });
      expect(Object.keys(responses)).not.toContain('default');
    }
  });

  it('has only examples that its routes would take and give', () => {
    for (const { path, body, reply, examples } of (surface as unknown as SurfaceDefinition<never>).routes) {
      for (const example of Object.values(examples?.bodies ?? {}))
        expect({ path, problem: body?.safeParse(example).error }).toEqual({ path, problem: undefined });
      if (examples?.reply !== undefined) expect({ path, problem: reply.body?.safeParse(examples.reply).error }).toEqual({ path, problem: undefined });
    }
  });
});

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly security: readonly object[];
  readonly 'x-scope': string;
  readonly responses: object;
}

const operationsOf = (document: string): readonly Operation[] =>
  Object.values((JSON.parse(document) as { paths: Record<string, Record<string, Operation>> }).paths).flatMap((path) => Object.values(path));

it.each([
  ['get', '/api/webhooks', 'listWebhooks'],
  ['get', '/api/webhooks/:id', 'getWebhook'],
  ['post', '/api/webhooks', 'createWebhook'],
  ['delete', '/api/policies/:id', 'deletePolicy'],
  ['post', '/api/webhooks/:id/test', 'testWebhook'],
  ['get', '/api/webhooks/:id/deliveries', 'listWebhookDeliveries'],
  ['post', '/api/webhooks/:id/deliveries/:deliveryId/redeliver', 'redeliverWebhookDelivery'],
  ['get', '/api/auth/keys', 'listAuthKeys'],
  ['get', '/api/metrics', 'listMetrics'],
] as const)('%s %s without a name of its own is %s', (method, path, name) => {
  expect(operationIdOf(method, path)).toBe(name);
});
