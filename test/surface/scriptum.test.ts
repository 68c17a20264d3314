import { OPEN_PRINCIPAL } from '../../src/contracts/principal';
import { METHODS } from '../../src/surfaces/scriptum/method-table';
import { ASK, stepRecord, type FakeScriptThreads } from '../support/fake-script-threads';
import { openStream, serve, until, type Served } from './serve';

let served: Served;
let threads: FakeScriptThreads;
beforeAll(async () => {
  served = await serve();
  threads = served.scripts.threads;
});
afterAll(() => served.server.close(100));

const call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => served.call(method, path, body, headers, '/v1/scriptum');
let names = 0;
const published = async (): Promise<string> => (await served.scripts.publishOne(OPEN_PRINCIPAL, `script-${++names}`)).scriptName;
const started = async (body: object = {}): Promise<string> => (await call('POST', '/threads', { scriptName: await published(), ...body })).body.threadId;
const infoOf = ({ body }: { body: any }) => body.details[0];

describe('the methods of the service', () => {
  it('are thirty-five', () => expect(METHODS).toHaveLength(35));
});

describe('scripts', () => {
  it('are created, drafted, compiled, published and read by their code', async () => {
    const made = await call('POST', '/scripts', { name: 'invoices', tags: ['finance'], labels: [{ key: 'team', values: ['ap'] }] });
    expect([made.status, made.body.name, made.body.status, made.body.activeVersion]).toEqual([200, 'invoices', 'CREATED', 0]);
    expect(made.body.createdAtMs).toMatch(/^\d{13}$/);

    const draft = await call('POST', '/scripts/invoices/draft', { content: 'script "invoices"\n' });
    expect([draft.body.status, draft.body.diagnostics]).toEqual(['DRAFT', []]);
    const compiled = await call('POST', '/scripts/invoices/draft/compile');
    expect([compiled.body.ok, JSON.parse(compiled.body.irJson).ir, compiled.body.contract.input]).toEqual([
      true,
      1,
      [{ name: 'invoice_id', type: 'text', optional: false, defaultValue: '' }],
    ]);
    const version = await call('POST', '/scripts/invoices/draft/publish', { notes: 'first' });
    expect([version.body.version, version.body.notes, version.body.status]).toEqual([1, 'first', 'ACTIVE']);
    for (const path of ['/scripts/invoices/code', '/scripts/invoices/code/versions/1'])
      expect((await call('GET', path)).body).toMatchObject({ version: 1, content: 'script "invoices"\n' });
    expect((await call('GET', '/scripts?tags=finance&labels=team=ap')).body).toMatchObject({
      scripts: [{ name: 'invoices' }],
      nextPageToken: '',
      totalSize: 1,
    });
    expect((await call('DELETE', '/scripts/invoices')).body).toEqual({});
    expect((await call('GET', '/scripts/invoices')).status).toBe(404);
  });

  it('tell where a draft is wrong', async () => {
    await call('POST', '/scripts', { name: 'broken' });
    await call('POST', '/scripts/broken/draft', { content: 'nothing' });

    const { body } = await call('POST', '/scripts/broken/draft/compile');

    expect(body).toMatchObject({ ok: false, irJson: '', diagnostics: [{ line: 1, column: 1, severity: 'ERROR', message: 'No script.' }] });
    expect(body.contract).toBeUndefined();
  });
});

describe('requests', () => {
  it('spell fields in snake_case or in lowerCamelCase, answers in lowerCamelCase', async () => {
    const name = await published();
    for (const body of [
      { script_name: name, input_json: '{}', load_env: true },
      { scriptName: name, inputJson: '{}', loadEnv: true },
    ])
      expect((await call('POST', '/threads', body)).body).toMatchObject({ scriptName: name, status: 'RUNNING', executionMode: 'CLOUD' });
    for (const query of ['page_size=1&script_name_filter=', 'pageSize=1&scriptNameFilter='])
      expect((await call('GET', `/threads?${query}${name}`)).body).toMatchObject({ threads: [{ scriptName: name }], nextPageToken: 'at-1' });
  });

  it('take numbers as text and as numbers, enums by name and number, null for what is not there', async () => {
    const scriptName = await published();
    for (const body of [
      { version: '1', executionMode: 'LOCAL' },
      { version: 1, executionMode: 1, timeout: null, metadata: null },
    ])
      expect((await call('POST', '/threads', { scriptName, ...body })).body).toMatchObject({ version: 1, executionMode: 'LOCAL' });
  });

  it.each([
    ['a field that is not known', { scriptName: 'x', nope: 1 }, 'nope'],
    ['one in both spellings', { scriptName: 'x', script_name: 'y' }, 'scriptName'],
    ['a number that is none', { scriptName: 'x', version: 'one' }, 'version'],
    ['a negative one', { scriptName: 'x', version: -1 }, 'version'],
    ['an enum that is none', { scriptName: 'x', executionMode: 'MOON' }, 'executionMode'],
    ['a text that is a number', { scriptName: 5 }, 'scriptName'],
    ['a text with a NUL', { scriptName: 'a\0b' }, 'scriptName'],
    ['too many entries', { scriptName: 'x', metadata: Object.fromEntries(Array.from({ length: 1_001 }, (_one, at) => [`k${at}`, 'v'])) }, 'metadata'],
    ['nothing where something is needed', {}, 'scriptName'],
  ])('with %s are refused by the name of the field', async (_what, body, field) => {
    const { status, body: refusal } = await call('POST', '/threads', body);

    expect([status, refusal.code, refusal.status]).toEqual([400, 3, 'INVALID_ARGUMENT']);
    const violations = refusal.details.find((detail: any) => detail['@type'].endsWith('BadRequest')).fieldViolations;
    expect(violations).toEqual([{ field, description: expect.any(String) }]);
  });

  it('under one key are done once', async () => {
    const scriptName = await published();
    const once = () => call('POST', '/threads', { scriptName }, { 'Idempotency-Key': `key-${scriptName}` });

    const [first, second] = [await once(), await once()];
    expect(second.body.threadId).toBe(first.body.threadId);
    expect([first, second].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true']);
  });

  it('leave an entry in the audit log where they change something', async () => {
    const threadId = await started();
    await call('POST', `/threads/${threadId}/cancel`, { reason: 'a duplicate' });

    expect(served.audit.entries.at(-1)).toMatchObject({
      action: 'scriptum.cancelThread',
      resourceType: 'script-thread',
      resourceId: threadId,
      outcome: 'succeeded',
    });
  });
});

describe('faults', () => {
  it.each([
    ['what is not there', () => call('GET', '/threads/thr_none'), 404, 5, 'THREAD_NOT_FOUND'],
    [
      'a name that is taken',
      async () => (await call('POST', '/scripts', { name: 'taken' })) && call('POST', '/scripts', { name: 'taken' }),
      409,
      6,
      'SCRIPT_EXISTS',
    ],
    ['a thread that does not wait', async () => call('POST', `/threads/${await started()}/resume`, {}), 400, 9, 'THREAD_NOT_PAUSED'],
    ['a token of a page that was made up', () => call('GET', '/threads?pageToken=zzz'), 400, 3, 'SCRIPT_PAGE_TOKEN'],
    ['a body that is no JSON', () => call('POST', '/threads', undefined, { 'Content-Type': 'text/plain', 'Content-Length': '0' }), 400, 3, 'REQUEST_INVALID'],
    ['an address that nobody serves', () => call('GET', '/nothing'), 404, 5, 'REQUEST_UNKNOWN_ROUTE'],
  ])('of %s are a google.rpc.Status', async (_what, ask, status, code, reason) => {
    const answer = await ask();

    expect([answer.status, answer.body.code, infoOf(answer).reason]).toEqual([status, code, reason]);
    expect(infoOf(answer)).toMatchObject({ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', domain: 'everthread' });
  });

  it('of an ask say what was wrong with the answer, and when it came too late', async () => {
    const threadId = await started();
    threads.pause(threadId);

    const wrong = await call('POST', `/threads/${threadId}/resume`, { stepInputOverrideJson: '{"value":"maybe"}' });
    expect([wrong.status, infoOf(wrong).reason, infoOf(wrong).metadata]).toEqual([
      400,
      'THREAD_ANSWER',
      expect.objectContaining({ code: 'script_thread.answer', detail: 'ask.option', retries_left: '0' }),
    ]);
    const late = await call('POST', `/threads/${threadId}/resume`, { stepInputOverrideJson: '"late"' });
    expect([late.status, late.body.status, infoOf(late).reason]).toEqual([400, 'FAILED_PRECONDITION', 'ASK_EXPIRED']);
    const right = await call('POST', `/threads/${threadId}/resume`, { step_input_override_json: '{"value":"approve"}' });
    expect([right.status, right.body.status]).toEqual([200, 'RUNNING']);
  });
});

describe('a paused thread', () => {
  it('shows what it asks', async () => {
    const threadId = await started();
    threads.pause(threadId);

    const { body } = await call('GET', `/threads/${threadId}`);

    expect(body).toMatchObject({
      status: 'PAUSED',
      pauses: [{ stepPath: '1', kind: 'ASK', type: 'text', optionsJson: '["approve","reject"]', attempt: 1, retriesLeft: 1 }],
    });
    expect(body.pauses[0].expiresAtMs).toBe(String(Date.parse((ASK as { expiresAt: string }).expiresAt)));
  });
});

describe('watching', () => {
  it('tells a thread from the beginning to its end, and goes on after Last-Event-ID', async () => {
    const threadId = await started();
    threads.pause(threadId);
    const stream = await openStream(`${served.url}/v1/scriptum/threads/${threadId}/watch`);
    expect(await stream.message()).toMatchObject({ id: '1', event: 'thread_started', data: { sequence: '1', threadStarted: { version: 1 } } });
    expect(await stream.message()).toMatchObject({ id: '2', event: 'thread_paused', data: { threadPaused: { pause: { kind: 'ASK' } } } });
    threads.complete(threadId, { value: { approved: true } });
    expect(await stream.message()).toMatchObject({ id: '3', event: 'thread_completed', data: { threadCompleted: { output: { json: '{"approved":true}' } } } });
    expect(await stream.message()).toBeUndefined();

    const later = await openStream(`${served.url}/v1/scriptum/threads/${threadId}/watch`, { 'Last-Event-ID': '2' });
    expect(await later.message()).toMatchObject({ id: '3' });
    expect(await later.message()).toBeUndefined();
  });

  it('answers in lines of JSON where those are asked for', async () => {
    const threadId = await started();
    threads.complete(threadId, { value: 1 });

    const response = await fetch(`${served.url}/v1/scriptum/threads/${threadId}/watch?after_sequence=1`, { headers: { Accept: 'application/x-ndjson' } });

    expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    const lines = (await response.text()).split('\n').filter((line) => line !== '');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ sequence: '2', threadCompleted: { output: { json: '1', totalBytes: '1', truncated: false } } }),
    ]);
  });

  it('of a step begins with a snapshot and ends with the step', async () => {
    const threadId = await started();
    threads.of(OPEN_PRINCIPAL, threadId).steps.push(stepRecord('1.0.2'));
    const stream = await openStream(`${served.url}/v1/scriptum/threads/${threadId}/steps/1.0.2/watch`);
    expect(await stream.message()).toMatchObject({ event: 'snapshot', data: { snapshot: { stepPath: '1.0.2', status: 'COMPLETED' } } });
    threads.tell(threadId, { type: 'decision_made', data: { path: '1.0.2', label: null, by: 'llm', choice: 'yes', reason: 'because' } });
    const done = { input: null, output: { value: 1 }, durationMs: 5, executionId: null, tokensIn: 0, tokensOut: 0 };
    threads.tell(threadId, { type: 'step_completed', data: { path: '1.0.2', label: null, ...done } });

    expect(await stream.message()).toMatchObject({ data: { decision: { choice: 'yes', by: 'llm' } } });
    expect(await stream.message()).toMatchObject({ data: { done: { output: { json: '1' } } } });
    expect(await stream.message()).toBeUndefined();
  });

  it('of what is not there is refused before anything is sent', async () => {
    expect((await call('GET', '/threads/thr_none/watch')).status).toBe(404);
  });

  it('leaves nothing open behind a client that has gone', async () => {
    const before = threads.watching;
    const stream = await openStream(`${served.url}/v1/scriptum/threads/${await started()}/watch`);
    await stream.message();
    stream.close();

    await until(() => threads.watching === before, 'the watch is over');
  });
});

describe('results', () => {
  const resultOf = async (threadId: string, query = '') => (await call('GET', `/threads/${threadId}/result${query}`)).body;

  it('are output, steps and what was yielded', async () => {
    const threadId = await started();
    const kept = threads.of(OPEN_PRINCIPAL, threadId);
    kept.steps.push(stepRecord('0'), stepRecord('1'));
    kept.yields.push({ value: 'first' }, { ref: 'f'.repeat(64), bytes: 9_000 });
    kept.thread = { ...kept.thread, yielded: 2 };
    threads.complete(threadId, { value: { approved: true } });

    const result = await resultOf(threadId);

    expect(Buffer.from(result.outputData, 'base64').toString()).toBe('{"approved":true}');
    expect(result).toMatchObject({ outputTotalBytes: '17', outputTruncated: false, thread: { status: 'COMPLETED' }, stepDetails: [], totalYielded: '2' });
    expect(result.steps.map(({ stepPath }: any) => stepPath)).toEqual(['0', '1']);
    expect(result.yieldedValues).toEqual([
      { json: '"first"', totalBytes: '7', truncated: false },
      { json: '', totalBytes: '9000', truncated: true },
    ]);
    expect(await resultOf(threadId, '?output_only=true')).toMatchObject({ steps: [], outputTotalBytes: '17' });
    expect(await resultOf(threadId, '?metadataOnly=true')).toMatchObject({ outputData: '', outputTotalBytes: '17', yieldedValues: [] });
    expect(await resultOf(threadId, '?stepPath=1')).toMatchObject({ stepDetails: [{ stepPath: '1', output: { json: '"done"' } }] });
  });

  it('that are large are cut, and streamed in chunks of the size that was asked for', async () => {
    const threadId = await started();
    const bytes = Buffer.from(JSON.stringify('x'.repeat(4 * 1024 * 1024)));
    threads.blobs.set('a'.repeat(64), bytes);
    threads.complete(threadId, { ref: 'a'.repeat(64), bytes: bytes.byteLength });

    const result = await resultOf(threadId, '?outputOnly=true');
    expect([result.outputTruncated, Buffer.from(result.outputData, 'base64').byteLength]).toEqual([true, 3 * 1024 * 1024]);

    for (const [asked, chunks] of [
      ['', 3],
      ['?maxChunkBytes=1048576', 5],
      ['?maxChunkBytes=1', 65],
      ['?maxChunkBytes=2000000000', 1],
    ] as const) {
      const stream = await fetch(`${served.url}/v1/scriptum/threads/${threadId}/result/stream${asked}`, { headers: { Accept: 'application/x-ndjson' } });
      const [first, ...rest] = (await stream.text())
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
      expect(first.meta).toMatchObject({ totalBytes: String(bytes.byteLength), totalChunks: chunks });
      expect(rest.map(({ chunk }: any) => [chunk.chunkIndex, chunk.isFinal])).toEqual(rest.map((_one, at) => [at, at === chunks - 1]));
      expect(Buffer.concat(rest.map(({ chunk }: any) => Buffer.from(chunk.data, 'base64'))).equals(bytes)).toBe(true);
    }
  });

  it('have artifacts with addresses that need no credential and cannot be made up', async () => {
    const threadId = await started();
    threads.blobs.set('b'.repeat(64), Buffer.from([0, 1, 2]));
    const artifact = {
      artifactId: 'art_1',
      path: '0',
      name: 'scan "1".png',
      mediaType: 'image/png',
      bytes: 3,
      ref: 'b'.repeat(64),
      createdAt: new Date(0).toISOString(),
    };
    threads.of(OPEN_PRINCIPAL, threadId).artifacts.push(artifact);
    const { artifacts } = (await call('GET', `/threads/${threadId}/artifacts`)).body;
    expect(artifacts).toMatchObject([{ artifactId: 'art_1', stepPath: '0', sizeBytes: '3', mediaType: 'image/png' }]);

    const fetched = await fetch(artifacts[0].downloadUrl);
    expect([fetched.status, [...new Uint8Array(await fetched.arrayBuffer())]]).toEqual([200, [0, 1, 2]]);
    expect(fetched.headers.get('content-type')).toBe('application/octet-stream');
    expect(fetched.headers.get('content-disposition')).toContain('attachment');
    for (const url of [`${artifacts[0].downloadUrl}x`, `${served.url}/v1/scriptum/downloads/made-up`]) expect((await fetch(url)).status).toBe(404);
  });
});

describe('the environment', () => {
  it('masks what is secret in lists, and tells it to who asks for it', async () => {
    await call('PUT', '/env', { key: 'API_KEY', value: 'sk-1', secret: true });

    expect((await call('GET', '/env?prefix=API')).body.variables).toMatchObject([{ key: 'API_KEY', value: '', secret: true, origin: 'TENANT' }]);
    expect((await call('GET', '/env/API_KEY')).body).toMatchObject({ value: 'sk-1' });
    expect((await call('POST', '/env/import', { values: { API_KEY: 'other', MORE: '1' } })).body).toEqual({ imported: ['MORE'], skipped: ['API_KEY'] });
    expect((await call('DELETE', '/env/MORE')).body).toEqual({});
  });

  it('of a script is laid over that of the tenant', async () => {
    const name = await published();

    expect((await call('PATCH', `/scripts/${name}/env`, { set: { REGION: 'eu' } })).body.variables).toMatchObject([{ key: 'REGION', origin: 'SCRIPT' }]);
    expect((await call('GET', `/scripts/${name}/env`)).body.variables).toHaveLength(1);
    expect((await call('PATCH', `/scripts/${name}/env`, { delete: ['REGION'] })).body.variables).toEqual([]);
  });
});
