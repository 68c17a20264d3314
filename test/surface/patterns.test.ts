import { randomUUID } from 'node:crypto';
import type { Principal } from '../../src/contracts/principal';
import { serve, type Served } from './serve';

const definition = (name: string, version = '1.0.0', description = 'Classify content using multi-agent voting'): string => `# kept as it is
name: ${name}
version: ${version}
description: ${description}
input:
  content:
    type: string
    required: true
agents:
  capabilities: [classification]
  min: 3
aggregation:
  strategy: voting
  method: majority
output:
  category: $vote.result
  confidence: $vote.confidence
`;

/** Names that no other test has. */
const named = (word: string): string => `${word}-${randomUUID().slice(0, 8)}`;

let served: Served;
let tenant = 'default';
beforeAll(async () => {
  served = await serve({
    authenticate: (): Principal => ({ tenant, subject: 'ada', scopes: ['*'], keyId: null, operator: false }),
  });
});
afterAll(() => served.server.close(100));
beforeEach(() => void (tenant = 'default'));

const post = (body: unknown, headers: Record<string, string> = {}) => served.call('POST', '/patterns', body, headers);
const push = async (name: string, version?: string, description?: string): Promise<void> => {
  expect((await post({ definition: definition(name, version, description) })).status).toBe(201);
};

async function text(method: string, path: string, body: string, type = 'application/x-yaml'): Promise<{ status: number; body: any }> {
  const answer = await fetch(`${served.url}/api${path}`, { method, body, headers: { 'Content-Type': type } });
  return { status: answer.status, body: await answer.json() };
}

describe("the seed's examples", () => {
  it('publish a definition in JSON, and read it', async () => {
    const name = named('content-classifier');
    const sent = { name, version: '1.0.0', description: 'Classify content using multi-agent voting', definition: definition(name) };

    const made = await post(sent);
    expect([made.status, made.body, made.headers.get('location')]).toEqual([201, { name, version: '1.0.0', created: true }, `/api/patterns/${name}`]);

    const found = await served.call('GET', `/patterns/${name}`);
    expect(found.status).toBe(200);
    expect(found.body).toEqual({
      ...{ name, version: '1.0.0', kind: 'pattern', description: 'Classify content using multi-agent voting' },
      definition: {
        input: { content: { type: 'string', required: true } },
        agents: { capabilities: ['classification'], min: 3 },
        aggregation: { strategy: 'voting', method: 'majority' },
        output: { category: '$vote.result', confidence: '$vote.confidence' },
      },
      source: definition(name),
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      createdBy: 'ada',
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: found.body.createdAt,
    });
  });

  it.each(['application/x-yaml', 'application/yaml; charset=utf-8', 'text/yaml'])('publish a definition as %s', async (type) => {
    const name = named('yaml');

    expect(await text('POST', '/patterns', definition(name), type)).toEqual({ status: 201, body: { name, version: '1.0.0', created: true } });
    expect((await served.call('GET', `/patterns/${name}`)).body.source).toBe(definition(name));
  });

  it('publish a further version, list the versions, and read each', async () => {
    const name = named('versions');
    await push(name);

    const put = await served.call('PUT', `/patterns/${name}`, {
      version: '1.1.0',
      description: 'Updated classifier',
      definition: definition(name, '1.1.0'),
    });
    expect([put.status, put.body]).toEqual([200, { name, version: '1.1.0', created: true }]);
    expect(await text('PUT', `/patterns/${name}`, definition(name, '2.0.0-beta.1'))).toMatchObject({ status: 200, body: { version: '2.0.0-beta.1' } });

    const { versions } = (await served.call('GET', `/patterns/${name}/versions`)).body;
    expect(versions.map(({ version }: { version: string }) => version)).toEqual(['1.0.0', '1.1.0', '2.0.0-beta.1']);
    expect(versions[1]).toMatchObject({ description: 'Updated classifier', createdBy: 'ada', createdAt: expect.any(String) });
    const at = async (version: string) => (await served.call('GET', `/patterns/${name}?version=${encodeURIComponent(version)}`)).body.version;
    expect([await at('1.0.0'), await at('1.x'), await at('^1'), await at('latest'), await at('2.0.0-beta.1')]).toEqual([
      ...['1.0.0', '1.1.0', '1.1.0', '1.1.0', '2.0.0-beta.1'],
    ]);
    expect((await served.call('GET', `/patterns/${name}`)).body).toMatchObject({ version: '1.1.0', description: 'Updated classifier' });
  });

  it('list what is there in pages, by name, or by a part of it', async () => {
    tenant = named('lists');
    for (const name of ['c', 'a', 'b']) await push(`${name}-one`);

    const page = (await served.call('GET', '/patterns?limit=2&offset=1')).body;
    expect(page).toMatchObject({ count: 2, total: 3, limit: 2, offset: 1, hasMore: false, patterns: [{ name: 'b-one' }, { name: 'c-one' }] });
    expect(Object.keys(page.patterns[0]).sort()).toEqual(['createdAt', 'description', 'kind', 'name', 'updatedAt', 'version']);
    expect((await served.call('GET', '/patterns?search=A-ONE')).body.patterns).toMatchObject([{ name: 'a-one' }]);
    expect((await served.call('GET', '/patterns?search=Voting&limit=1')).body).toMatchObject({ total: 3, hasMore: true });
    expect((await served.call('GET', '/patterns')).body).toMatchObject({ limit: 20, offset: 0 });
    expect((await served.call('GET', '/patterns?limit=101')).body.error).toMatchObject({ code: 'VALIDATION_ERROR', details: { field: 'limit' } });
  });

  it('delete a version, then all', async () => {
    const name = named('gone');
    for (const version of ['1.0.0', '1.1.0', '1.2.0']) await push(name, version);
    const remove = (query = '') => served.call('DELETE', `/patterns/${name}${query}`);

    expect((await remove('?version=1.2.0')).body).toEqual({ deleted: true, versionsRemoved: 1 });
    expect((await served.call('GET', `/patterns/${name}`)).body.version).toBe('1.1.0');
    expect((await remove('?version=1.x')).status).toBe(404);
    expect((await remove()).body).toEqual({ deleted: true, versionsRemoved: 2 });
    expect((await remove()).body.error).toMatchObject({ code: 'NOT_FOUND', details: { code: 'pattern.not_found', name } });
    expect((await served.call('GET', `/patterns/${name}`)).status).toBe(404);
    expect((await served.call('GET', `/patterns/${name}/versions`)).status).toBe(404);
  });
});

describe('a version that is there', () => {
  it('is answered in the same way when it says the same, in whatever words', async () => {
    const name = named('same');
    await push(name);

    const again = await post({
      definition: definition(name).replace('# kept as it is', '# another comment').replace('[classification]', '["classification"]'),
    });

    expect([again.status, again.body, again.headers.get('idempotency-replayed')]).toEqual([201, { name, version: '1.0.0', created: true }, 'true']);
    expect((await served.call('GET', `/patterns/${name}`)).body.source).toBe(definition(name));
    expect((await served.call('PUT', `/patterns/${name}`, { definition: definition(name) })).body).toEqual({ name, version: '1.0.0', created: false });
  });

  it('is a conflict when it says something else, also in its description', async () => {
    const name = named('other');
    await push(name);

    for (const body of [{ definition: definition(name).replace('min: 3', 'min: 5') }, { definition: definition(name), description: 'other' }]) {
      const answer = await post(body);
      expect([answer.status, answer.body.error.code, answer.body.error.details]).toEqual([
        ...[409, 'CONFLICT', { code: 'pattern.version_exists', name, version: '1.0.0' }],
      ]);
      expect((await served.call('PUT', `/patterns/${name}`, body)).status).toBe(409);
    }
  });
});

describe('what is refused', () => {
  it('names every error of a definition with line, column, path and what was expected', async () => {
    const source = definition(named('wrong')).replace('method: majority', 'method: majorty').replace('  min: 3', '  min: many');

    for (const answer of [await post({ definition: source }), await text('POST', '/patterns', source)]) {
      expect(answer.status).toBe(400);
      expect(answer.body.error).toMatchObject({ code: 'VALIDATION_ERROR', details: { code: 'pattern.invalid', field: 'definition' } });
      const { errors } = answer.body.error.details;
      expect(errors).toEqual(
        expect.arrayContaining([
          { line: 11, column: 8, path: 'agents.min', message: expect.any(String), expected: expect.any(String) },
          { line: 14, column: 11, path: 'aggregation.method', message: expect.any(String), expected: expect.stringContaining('majority') },
        ]),
      );
      expect(answer.body.error.message).toContain('line 11');
    }
  });

  it.each([
    ['what is no YAML', 'name: [', 1],
    ['an unknown key', 'name: a\nversion: 1.0.0\nagent: {}\n', 3],
    ['nothing', '# only a comment\n', 1],
  ])('says where %s is wrong', async (_name, source, line) => {
    const { status, body } = await text('POST', '/patterns', source);

    expect(status).toBe(400);
    expect(body.error.details.errors[0]).toMatchObject({ line: expect.any(Number), column: expect.any(Number) });
    expect(body.error.details.errors.map((error: { line: number }) => error.line)).toContain(line);
  });

  it.each([
    ['name', 'another'],
    ['version', '9.9.9'],
  ])('a %s that contradicts the definition', async (field, value) => {
    const answer = await post({ definition: definition(named('beside')), [field]: value });

    expect([answer.status, answer.body.error.details]).toMatchObject([400, { code: 'pattern.contradicted', field }]);
  });

  it('a definition under another name than its own', async () => {
    const name = named('path');
    await push(name);

    expect((await served.call('PUT', `/patterns/${name}`, { definition: definition('another') })).body.error.details).toMatchObject({ field: 'name' });
    expect((await served.call('PUT', '/patterns/nobody', { definition: definition('nobody') })).status).toBe(404);
  });

  it.each([
    ['no definition', {}, 'definition'],
    ['an empty definition', { definition: '' }, 'definition'],
    ['a definition that is no text', { definition: { name: 'x' } }, 'definition'],
    ['a definition that is too long', { definition: `#${'x'.repeat(300_000)}` }, 'definition'],
    ['a NUL character', { definition: 'name: "\0"' }, 'definition'],
    ['an unknown field', { definition: 'name: x', script: '1' }, 'script'],
  ])('%s', async (_name, body, field) => {
    const answer = await post(body);

    expect([answer.status, answer.body.error.code, answer.body.error.details.field]).toEqual([400, 'VALIDATION_ERROR', field]);
  });

  it('text of another kind, and YAML where only JSON is read', async () => {
    expect(await text('POST', '/patterns', 'name: x', 'text/plain')).toMatchObject({
      status: 415,
      body: { error: { details: { expected: 'application/json or application/x-yaml' } } },
    });
    expect((await text('POST', '/patterns/upload', 'name: x')).status).toBe(415);
    expect((await text('POST', '/patterns', '')).status).toBe(400);
    expect((await text('POST', '/patterns', 'x'.repeat(2 * 1024 * 1024 + 1))).status).toBe(413);
  });

  it('a range that is none', async () => {
    const name = named('range');
    await push(name);

    const answer = await served.call('GET', `/patterns/${name}?version=newest`);

    expect([answer.status, answer.body.error.details]).toMatchObject([400, { code: 'pattern.version_range', field: 'version' }]);
    expect((await served.call('GET', `/patterns/${name}?version=2.x`)).body.error.details).toEqual({ code: 'pattern.not_found', name, version: '2.x' });
  });
});

describe('validation', () => {
  it('holds an input against the schema of a version', async () => {
    const name = named('input');
    await push(name);
    const validate = (body: unknown, query = '') => served.call('POST', `/patterns/${name}/validate${query}`, body);

    expect((await validate({ input: { content: 'Document to classify' } })).body).toEqual({ valid: true, errors: [] });
    const wrong = await validate({ input: { content: 5 } }, '?version=1.x');
    expect([wrong.status, wrong.body]).toEqual([200, { valid: false, errors: [{ path: 'content', message: expect.any(String), expected: 'a text' }] }]);
    expect((await validate({ input: {} })).body).toMatchObject({ valid: false, errors: [{ path: 'content' }] });
    expect((await validate({ input: {} }, '?version=2.x')).status).toBe(404);
    expect((await validate({})).body.error.details.field).toBe('input');
    expect((await validate({ input: {}, definition: 'x' })).body.error.details.field).toBe('input');
  });

  it('reads a definition without keeping it', async () => {
    const name = named('checked');

    expect((await served.call('POST', `/patterns/${name}/validate`, { definition: definition(name) })).body).toEqual({ valid: true, errors: [] });
    const wrong = await served.call('POST', `/patterns/${name}/validate`, { definition: definition(name).replace('majority', 'most') });
    expect(wrong.body).toMatchObject({ valid: false, errors: [{ line: 14, path: 'aggregation.method' }] });
    expect((await served.call('GET', `/patterns/${name}`)).status).toBe(404);
  });
});

describe('an upload', () => {
  const upload = (body: unknown, headers: Record<string, string> = {}) => served.call('POST', '/patterns/upload', body, headers);

  it('publishes a file, and replaces a version where it says so', async () => {
    const name = named('file');
    const filename = 'classifier.yml';

    expect([(await upload({ filename, content: definition(name) })).status, (await upload({ filename, content: definition(name) })).body]).toEqual([
      ...[201, { pattern: { name, version: '1.0.0', created: false }, compiled: true }],
    ]);
    const other = { filename, content: definition(name).replace('min: 3', 'min: 5') };
    expect((await upload(other)).status).toBe(409);
    expect((await upload({ ...other, overwrite: true })).body.pattern).toEqual({ name, version: '1.0.0', created: false });
    expect((await served.call('GET', `/patterns/${name}`)).body.definition.agents.min).toBe(5);
    expect((await upload({ filename: 'classifier.json', content: '{}' })).body.error.details.field).toBe('filename');
  });

  it('judges each of several files by itself', async () => {
    const [first, second] = [named('first'), named('second')];
    const files = [
      { filename: 'a.yaml', content: definition(first) },
      { filename: 'b.txt', content: definition(second) },
      { filename: 'c.yaml', content: definition(second).replace('majority', 'most') },
      { filename: 'd.yaml', content: definition(first).replace('min: 3', 'min: 5') },
      { filename: 'e.yaml', content: definition(second) },
    ];

    const { status, body } = await served.call('POST', '/patterns/upload/batch', { files });

    expect([status, body.total, body.successful, body.failed]).toEqual([200, 5, 2, 3]);
    expect(body.results).toMatchObject([
      { filename: 'a.yaml', success: true, pattern: { name: first, created: true } },
      { filename: 'b.txt', success: false, code: 'request.invalid' },
      { filename: 'c.yaml', success: false, code: 'pattern.invalid', errors: [{ line: 14, path: 'aggregation.method' }] },
      { filename: 'd.yaml', success: false, code: 'pattern.version_exists', error: expect.stringContaining('1.0.0') },
      { filename: 'e.yaml', success: true, pattern: { name: second } },
    ]);
    expect((await served.call('POST', '/patterns/upload/batch', { files: Array.from({ length: 51 }, () => files[0]) })).body.error.details.field).toBe('files');
  });
});

describe('a repetition', () => {
  it('with the same key and another body is a conflict', async () => {
    const [name, key] = [named('keyed'), randomUUID()];

    expect((await post({ definition: definition(name) }, { 'Idempotency-Key': key })).status).toBe(201);
    expect((await post({ definition: definition(name) }, { 'Idempotency-Key': key })).body).toEqual({ name, version: '1.0.0', created: true });
    const other = await post({ definition: definition(name, '1.1.0') }, { 'Idempotency-Key': key });
    expect([other.status, other.body.error.details.code]).toEqual([409, 'idempotency.key_reused']);
    expect((await served.call('GET', `/patterns/${name}/versions`)).body.versions).toHaveLength(1);
  });
});

it('leaves an entry in the audit log for what changes something, with the name of the pattern', async () => {
  const name = named('audited');
  await push(name);
  await served.call('DELETE', `/patterns/${name}`);
  await served.call('DELETE', `/patterns/${name}`);

  const entries = served.audit.entries.filter(({ resourceId }) => resourceId === name);
  expect(entries.map(({ action, resourceType, outcome }) => [action, resourceType, outcome])).toEqual([
    ['control-plane.createPattern', 'pattern', 'succeeded'],
    ['control-plane.deletePattern', 'pattern', 'succeeded'],
    ['control-plane.deletePattern', 'pattern', 'refused'],
  ]);
});

it("shows a tenant nothing of another's patterns", async () => {
  const name = named('mine');
  await push(name);
  tenant = named('other');

  for (const [method, path, body] of [
    ['GET', `/patterns/${name}`],
    ['GET', `/patterns/${name}/versions`],
    ['DELETE', `/patterns/${name}`],
    ['PUT', `/patterns/${name}`, { definition: definition(name, '1.1.0') }],
    ['POST', `/patterns/${name}/validate`, { input: {} }],
  ] as const) {
    const answer = await served.call(method, path, body);
    expect([method, path, answer.status, answer.body.error.details.code]).toEqual([method, path, 404, 'pattern.not_found']);
  }
  expect((await served.call('GET', '/patterns')).body.total).toBe(0);
  await push(name);
  tenant = 'default';
  expect((await served.call('GET', `/patterns/${name}/versions`)).body.versions).toHaveLength(1);
});
