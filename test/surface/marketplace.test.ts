import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import type { Principal } from '../../src/contracts/principal';
import { PackageInput } from '../../src/contracts/run/package';
import { publicKeyHex, signText } from '../../src/domain/ed25519';
import { kindHash } from '../../src/domain/run/package';
import type { PackageRules } from '../../src/gateway/packages';
import { marketplace } from '../../src/main/packages';
import { createLog } from '../../src/surfaces/http/log';
import { serveHttp, type HttpServer } from '../../src/surfaces/http/server';
import { bind } from '../../src/surfaces/http/surface';
import { faultBody, faultSchema, faultStatus } from '../../src/surfaces/runs/fault-body';
import { marketplaceRoutes } from '../../src/surfaces/runs/marketplace';
import { testStore, type TestStore } from '../support/database';
import { FakeAudit } from './fake-audit';
import { EXCHANGES } from './transcripts/marketplace';

/** The routes over a real store; tenant, scopes and rules are as the test sets them. */
let world: TestStore;
let server: HttpServer;
let principal: Principal;
const rules: { -readonly [K in keyof PackageRules]: PackageRules[K] } = { unsigned: false, publishers: [], programs: false };
const audit = new FakeAudit();

beforeAll(async () => {
  world = await testStore();
  const ports = { marketplace: marketplace(world.store, rules) };
  const definition = { name: 'runs', title: 'Runs', description: 'Packages', prefixes: ['/marketplace'], faultBody, faultStatus, faultSchema };
  await world.store.runTools.publish('worker', null, { tools: [{ ...TOOL, name: 'fs_read' } as never], problems: [] });
  server = await serveHttp({
    ...{ host: '127.0.0.1', port: 0, surfaces: [bind({ ...definition, routes: marketplaceRoutes }, ports)] },
    ...{ authenticate: () => principal, open: {}, audit, log: createLog({ level: 'silent' }) },
  });
});
afterAll(async () => {
  await server.close(100);
  await world.close();
});
beforeEach(() => {
  principal = { tenant: `t-${randomUUID()}`, subject: 'ada', scopes: ['*'], keyId: null, operator: false };
  Object.assign(rules, { unsigned: false, publishers: [], programs: false });
});

async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; body: any }> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const TOOL = { name: 'word_count', version: '1.0.0', description: 'Counts words', effect_class: 'read', risk_class: 'low', input_schema: { type: 'object' } };
const about = { description: 'Counts words', author: 'Ada' };
const packaged = (name: string, version: string, manifest: object = TOOL) => ({ name, version, ...about, kind: { type: 'manifest', manifest } });

const keys = generateKeyPairSync('ed25519');
function signed(body: object, { privateKey }: { readonly privateKey: KeyObject } = keys) {
  const hash = kindHash(PackageInput.parse(body).kind);
  return { ...body, content_hash: hash, signature: signText(privateKey, hash), publisher_pubkey: publicKeyHex(privateKey) };
}
const publish = (body: object, headers?: Record<string, string>) => call('POST', '/marketplace/packages', body, headers);
const install = (name: string, body?: object) => call('POST', `/marketplace/packages/${encodeURIComponent(name)}/install`, body);

it("answers a peer's transcript as the peer did, but for the documented differences", async () => {
  rules.unsigned = true;
  for (const { request, peer, differs } of EXCHANGES) {
    const answer = await call(...request);

    const expected = differs?.body ?? (peer.body as object);
    expect({ request, status: answer.status, body: answer.body }).toMatchObject({ request, status: differs?.status ?? peer.status, body: expected });
  }
});

describe('publishing', () => {
  it('takes a signed package, says when, by whom and that it is signed', async () => {
    const sent = signed(packaged('wc', '1.2.0'));
    const made = await publish(sent);

    expect([made.status, made.body, made.headers.get('location')]).toEqual([
      201,
      { status: 'published', name: 'wc', version: '1.2.0', content_hash: sent.content_hash, signed: true },
      '/marketplace/packages/wc',
    ]);
    expect((await call('GET', '/marketplace/packages/wc')).body).toEqual({
      ...sent,
      ...{ tags: [], signed: true, published_by: 'ada', published_at: expect.stringMatching(/Z$/) },
    });
  });

  it.each<[string, string, (body: ReturnType<typeof signed>) => object]>([
    ['without a signature', 'package.unsigned', ({ signature: _, publisher_pubkey: __, ...rest }) => rest],
    ['with a signature over another hash', 'package.signature', (body) => ({ ...body, signature: signText(keys.privateKey, 'f'.repeat(64)) })],
    [
      'with the signature of another key',
      'package.signature',
      (body) => ({ ...body, publisher_pubkey: publicKeyHex(generateKeyPairSync('ed25519').privateKey) }),
    ],
    ['with a key and no signature', 'package.signature', (body) => ({ ...body, signature: '' })],
  ])('refuses one %s', async (_what, code, change) => {
    const answer = await publish(change(signed(packaged('wc', '1.0.0'))));

    expect([answer.status, answer.body.code]).toEqual([422, code]);
    expect((await call('GET', '/marketplace/packages')).body.total).toBe(0);
  });

  it('takes only trusted keys where some are named, and marks unsigned ones where they are taken', async () => {
    Object.assign(rules, { publishers: [publicKeyHex(keys.privateKey)], unsigned: true });

    expect((await publish(signed(packaged('mine', '1.0.0')))).status).toBe(201);
    expect((await publish(signed(packaged('theirs', '1.0.0'), generateKeyPairSync('ed25519')))).body).toMatchObject({
      code: 'package.publisher',
      field: 'publisher_pubkey',
    });
    expect((await publish(packaged('plain', '1.0.0'))).body).toMatchObject({ signed: false });
  });

  it('does it once for a key, and refuses the key with another body', async () => {
    const key = { 'Idempotency-Key': randomUUID() };
    const first = await publish(signed(packaged('wc', '1.0.0')), key);
    const again = await publish(signed(packaged('wc', '1.0.0')), key);

    expect([again.status, again.body, again.headers.get('idempotency-replayed')]).toEqual([201, first.body, 'true']);
    expect((await publish(signed(packaged('wc', '1.0.0')))).body.code).toBe('package.version_exists');
    expect((await publish(signed(packaged('wc', '2.0.0')), key)).body.code).toBe('idempotency.key_reused');
  });

  it.each([
    ['version', { version: 'one' }, 'version'],
    ['name', { name: 'a b' }, 'name'],
    ['kind', { kind: { type: 'binary' } }, 'kind.type'],
    ['tags', { tags: [''] }, 'tags.0'],
    ['variable', { kind: { type: 'mcp_server', command: 'c', env: { 'A=B': '1' } } }, 'kind.env.A=B'],
  ])('says what is wrong with a %s', async (_what, change, field) => {
    const answer = await publish({ ...packaged('wc', '1.0.0'), ...change });

    expect(answer).toMatchObject({ status: 422, body: { code: 'request.invalid', field, error: expect.stringContaining(field) } });
  });

  it('refuses a kind of more than 64 KiB, a body that is none, and one of another type', async () => {
    rules.unsigned = true;
    const large = packaged('wc', '1.0.0', { ...TOOL, description: 'ä'.repeat(33_000) });

    expect(await publish(large)).toMatchObject({ status: 422, body: { code: 'package.too_large', max_bytes: 65_536 } });
    expect((await call('POST', '/marketplace/packages')).status).toBe(415);
    const response = await fetch(`${server.url}/marketplace/packages`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{' });
    expect([response.status, await response.json()]).toEqual([400, expect.objectContaining({ code: 'request.malformed_json' })]);
  });
});

describe('reading', () => {
  it('finds versions by a range, and lists them', async () => {
    for (const version of ['1.0.0', '1.4.0', '2.0.0-rc.1']) await publish(signed(packaged('wc', version)));

    expect((await call('GET', '/marketplace/packages/wc?version=1.x')).body.version).toBe('1.4.0');
    expect((await call('GET', '/marketplace/packages/wc')).body.version).toBe('1.4.0');
    expect((await call('GET', '/marketplace/packages/wc/versions')).body.versions.map((found: any) => found.version)).toEqual(['1.0.0', '1.4.0', '2.0.0-rc.1']);
    expect(await call('GET', '/marketplace/packages/wc?version=!!')).toMatchObject({ status: 400, body: { field: 'version' } });
    expect(await call('GET', '/marketplace/packages/wc?version=7.x')).toMatchObject({ status: 404, body: { error: 'package not found: wc@7.x' } });
  });

  it('shows a tenant its own packages alone', async () => {
    await publish(signed(packaged('wc', '1.0.0')));
    await install('wc');
    principal = { ...principal, tenant: `t-${randomUUID()}` };

    expect((await call('GET', '/marketplace/packages')).body).toMatchObject({ packages: [], total: 0 });
    expect((await call('GET', '/marketplace/search?q=wc')).body.count).toBe(0);
    expect((await call('GET', '/marketplace/installs')).body).toEqual({ installs: [], total: 0 });
    for (const [method, path] of [
      ['GET', '/wc'],
      ['GET', '/wc/versions'],
      ['POST', '/wc/install'],
      ['DELETE', '/wc/install'],
      ['DELETE', '/wc/1.0.0'],
    ] as const)
      expect([path, (await call(method, `/marketplace/packages${path}`)).status]).toEqual([path, 404]);
  });

  it('pages lists and searches', async () => {
    for (const name of ['a', 'b', 'c']) await publish(signed(packaged(name, '1.0.0')));

    expect((await call('GET', '/marketplace/packages?limit=1&offset=1')).body).toMatchObject({ packages: [{ name: 'b' }], total: 3, limit: 1, offset: 1 });
    expect((await call('GET', '/marketplace/search?author=Ada&limit=2')).body).toMatchObject({ results: [{ name: 'a' }, { name: 'b' }], count: 2, total: 3 });
    expect(await call('GET', '/marketplace/packages?limit=201')).toMatchObject({ status: 400, body: { field: 'limit' } });
  });
});

describe('installing', () => {
  it('puts a tool into the registry, where it stays when its version is unpublished', async () => {
    await publish(signed(packaged('team/wc', '1.0.0')));
    await publish(signed(packaged('team/wc', '2.0.0', { ...TOOL, name: 'count_words' })));

    expect(await install('team/wc', { version: '1.x' })).toMatchObject({
      ...{ status: 200, body: { status: 'installed', name: 'team/wc', version: '1.0.0', provides: 'word_count', signed: true, changed: true } },
    });
    expect((await install('team/wc', { version: '1.0.0' })).body.changed).toBe(false);
    expect((await install('team/wc')).body).toMatchObject({ version: '2.0.0', provides: 'count_words', changed: true });
    await call('DELETE', '/marketplace/packages/team%2Fwc/2.0.0');

    const { body } = await call('GET', '/marketplace/installs');
    expect(body).toMatchObject({
      installs: [{ name: 'team/wc', version: '2.0.0', kind: { manifest: { name: 'count_words' } }, installed_by: 'ada' }],
      total: 1,
    });

    expect((await call('DELETE', '/marketplace/packages/team%2Fwc/install')).body).toEqual({ status: 'uninstalled', name: 'team/wc', version: '2.0.0' });
    expect(await call('DELETE', '/marketplace/packages/team%2Fwc/install')).toMatchObject({ status: 404, body: { code: 'package.not_installed' } });
  });

  it('refuses what is no tool, what another tool is called, and what packages may not start', async () => {
    await publish(signed(packaged('empty', '1.0.0', {})));
    await publish(signed(packaged('reader', '1.0.0', { ...TOOL, name: 'fs_read' })));
    for (const name of ['one', 'two']) await publish(signed(packaged(name, '1.0.0')));
    await publish(signed({ name: 'server', version: '1.0.0', ...about, kind: { type: 'mcp_server', command: 'npx', args: ['-y', 'x'] } }));
    const shell = { ...TOOL, name: 'lister', executor: { kind: 'shell', command_template: 'ls' } };
    await publish(signed(packaged('shell', '1.0.0', shell)));

    expect(await install('empty')).toMatchObject({ status: 422, body: { code: 'package.not_a_tool', field: 'kind.manifest.name' } });
    expect(await install('reader')).toMatchObject({ status: 409, body: { code: 'package.tool_taken', provides: 'fs_read' } });
    expect((await install('one')).status).toBe(200);
    expect(await install('two')).toMatchObject({ status: 409, body: { code: 'package.tool_taken' } });
    expect(await install('server')).toMatchObject({ status: 403, body: { code: 'package.programs' } });
    expect((await install('shell')).body.code).toBe('package.programs');
    rules.programs = true;
    expect(await install('server')).toMatchObject({ status: 200, body: { provides: 'mcp_server_' } });
  });

  it('asks again whether the package may be taken: rules may have become stricter', async () => {
    rules.unsigned = true;
    await publish(packaged('plain', '1.0.0'));
    await publish(signed(packaged('wc', '1.0.0')));
    Object.assign(rules, { unsigned: false, publishers: ['0'.repeat(64)] });

    expect(await install('plain')).toMatchObject({ status: 422, body: { code: 'package.unsigned' } });
    expect(await install('wc')).toMatchObject({ status: 422, body: { code: 'package.publisher' } });
  });

  it('needs more than publishing does, and stands in the audit log', async () => {
    principal = { ...principal, scopes: ['runs:read', 'runs:write'] };
    await publish(signed(packaged('wc', '1.0.0')));

    expect(await install('wc')).toMatchObject({ status: 403, body: { code: 'access.scope_missing', scope: 'admin' } });
    principal = { ...principal, scopes: ['runs:read'] };
    expect((await publish(signed(packaged('wc', '2.0.0')))).status).toBe(403);
    expect((await call('GET', '/marketplace/packages/wc')).status).toBe(200);
    expect(audit.entries.filter(({ tenant }) => tenant === principal.tenant)).toMatchObject([
      { action: expect.any(String), resourceType: 'package', resourceId: 'wc', outcome: 'succeeded' },
      { outcome: 'refused', status: 403 },
      { outcome: 'refused', status: 403 },
    ]);
  });
});
