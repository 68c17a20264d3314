/** The tools of scripts, one by one, against servers on loopback: what they take, what they give, what they refuse. */
import type { ServerResponse } from 'node:http';
import { scriptModels } from '../../activities/models/script-models';
import type { Json } from '../../src/contracts/pattern/json';
import { QUICK_TOOLS } from '../../src/contracts/script/activities';
import type { NewArtifact, ScriptTool, ScriptToolContext } from '../../src/contracts/script/tools';
import { scriptChannels } from '../../src/script-tools/channels';
import { httpTool } from '../../src/script-tools/native/http';
import { meaningTools } from '../../src/script-tools/native/meaning';
import { talkTools } from '../../src/script-tools/native/talk';
import { valueTools } from '../../src/script-tools/native/values';
import { startAnswering, type Answering, type Asked } from '../support/answering';
import { until } from '../support/eventually';
import { startStreamingModel, type ModelAnswer, type StreamingModel } from '../support/model-server/streaming-model';
import { isSigned, Receiver } from '../support/receiver';
import { MODELS } from '../support/script-steps';

const REF = 'a'.repeat(64);
let kept: NewArtifact[] = [];
let bytes: Uint8Array = new Uint8Array();
beforeEach(() => void (kept = []));

const context = (signal = new AbortController().signal): ScriptToolContext => ({
  ...{ tenant: 'default', threadId: 'thr_1', key: 'thr_1-key', by: { subject: 'ada', via: 'api' }, signal },
  keep(artifact) {
    kept.push(artifact);
    return Promise.resolve({ artifact_id: 'art_1', ref: REF, name: artifact.name, media_type: artifact.mediaType, bytes: artifact.bytes.length });
  },
  bytesOf: () => Promise.resolve(bytes),
});
const named = (tools: readonly ScriptTool[], name: string): ScriptTool => tools.find(({ definition }) => definition.name === name)!;
const output = async (tool: ScriptTool, args: Json, signal?: AbortSignal): Promise<any> => (await tool.perform(args, context(signal))).output;

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

describe('values', () => {
  const tool = (name: string): ScriptTool => named(valueTools, name);

  it('what only computes is what goes to the queue of the workflow', () => {
    expect(valueTools.map(({ definition }) => definition.name)).toEqual(QUICK_TOOLS);
    expect(valueTools.every(({ definition }) => definition.source === 'native')).toBe(true);
  });

  it('now gives one moment in UTC and in a time zone', async () => {
    const { iso, unix_ms: ms, date, time, weekday } = await output(tool('now'), { timezone: 'Asia/Tokyo' });

    expect(new Date(ms).toISOString()).toBe(iso);
    expect(Date.now() - ms).toBeLessThan(60_000);
    expect(new Date(`${date}T${time}+09:00`).getTime()).toBe(Math.floor(ms / 1_000) * 1_000);
    expect(weekday).toBe(WEEKDAYS[new Date(`${date}T00:00:00Z`).getUTCDay()]);
    const utc = await output(tool('now'), {});
    expect(`${utc.date}T${utc.time}`).toBe(utc.iso.slice(0, 19));
    await expect(output(tool('now'), { timezone: 'Nowhere/At_all' })).rejects.toMatchObject({ code: 'script_tool.arguments', facts: { field: 'timezone' } });
  });

  it('uuid is another one each time', async () => {
    const [a, b] = [await output(tool('uuid'), {}), await output(tool('uuid'), {})];

    expect(a.uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect(a.uuid).not.toBe(b.uuid);
  });

  it.each([
    ['sha256', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['sha1', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    ['md5', '900150983cd24fb0d6963f7d28e17f72'],
    ['blake3', '6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85'],
  ])('hash by %s is that of the published example', async (algorithm, hex) => {
    expect(await output(tool('hash'), { text: 'abc', algorithm })).toEqual({ algorithm, hex, base64: Buffer.from(hex, 'hex').toString('base64') });
    expect(await output(tool('hash'), { base64: 'YWJj', algorithm })).toMatchObject({ hex });
  });

  it('base64 goes both ways, and refuses what is no text', async () => {
    expect(await output(tool('base64'), { text: 'grüße' })).toEqual({ base64: 'Z3LDvMOfZQ==', text: 'grüße' });
    expect(await output(tool('base64'), { base64: 'Z3LDvMOfZQ==' })).toMatchObject({ text: 'grüße' });
    await expect(output(tool('base64'), { base64: '/w==' })).rejects.toMatchObject({ code: 'script_tool.arguments' });
  });

  it('say which argument does not fit; one that is null is not given', () => {
    expect(tool('hash').misfit({ text: 3 })).toMatch(/^text: /);
    expect(tool('hash').misfit({ text: 'a', salt: 'b' })).toMatch(/salt/);
    expect(tool('hash').misfit({})).toMatch(/expected either text or base64/);
    expect(tool('hash').misfit({ text: 'a', algorithm: null })).toBeNull();
  });
});

describe('http', () => {
  let server: Answering;
  let answer: (asked: Asked, response: ServerResponse) => void;
  beforeEach(async () => void (server = await startAnswering((asked, response) => answer(asked, response))));
  afterEach(() => server.close());
  const http = httpTool({ allowPrivate: true });

  it('gives the answer, with its JSON where it is that', async () => {
    answer = (_asked, response) => response.writeHead(201, { 'content-type': 'application/json', 'set-cookie': 'a=b' }).end('{"prices": [1, 2]}');

    const got = await output(http, { url: `${server.url}/a?x=1`, query: { y: 'b c', n: 2 } });

    expect(got).toMatchObject({ status: 201, ok: true, json: { prices: [1, 2] }, body: '{"prices": [1, 2]}', truncated: false, artifact: null });
    expect(got.headers).not.toHaveProperty('set-cookie');
    expect(server.asked[0]).toMatchObject({ method: 'GET', path: '/a?x=1&y=b+c&n=2' });
  });

  it('sends a value as JSON and a text as it is, under a key that each try has', async () => {
    answer = (_asked, response) => response.writeHead(204).end();

    await output(http, { url: server.url, method: 'POST', body: { a: 1 } });
    await output(http, { url: server.url, method: 'PATCH', body: 'plain', headers: { 'Content-Type': 'text/plain', 'Idempotency-Key': 'own' } });

    expect(server.asked[0]).toMatchObject({ headers: { 'content-type': 'application/json', 'idempotency-key': 'thr_1-key' } });
    expect(server.asked[0]?.body.toString()).toBe('{"a":1}');
    expect(server.asked[1]).toMatchObject({ method: 'PATCH', headers: { 'content-type': 'text/plain', 'idempotency-key': 'own' } });
  });

  it('takes a refusal for an answer', async () => {
    answer = (_asked, response) => response.writeHead(404, { 'content-type': 'text/plain' }).end('no');

    expect(await output(http, { url: server.url })).toMatchObject({ status: 404, ok: false, body: 'no' });
  });

  it('keeps what is no text, and what is long, as an artifact', async () => {
    answer = ({ path }, response) =>
      path.startsWith('/long')
        ? response.writeHead(200, { 'content-type': 'text/plain' }).end('x'.repeat(200_000))
        : response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.from([137, 80, 0, 255]));

    expect(await output(http, { url: `${server.url}/pictures/a.png` })).toMatchObject({
      body: null,
      artifact: { artifact_id: 'art_1', ref: REF, name: 'a.png', media_type: 'image/png', bytes: 4 },
    });
    const long = await output(http, { url: `${server.url}/long` });
    expect(long).toMatchObject({ truncated: true, artifact: { bytes: 200_000 } });
    expect(long.body).toHaveLength(128 * 1024);
    expect(kept.map(({ bytes: each }) => each.length)).toEqual([4, 200_000]);
  });

  it('says of a call that went out and was never answered that nobody can tell; of a refused address that it was not begun', async () => {
    answer = () => undefined;
    const call = new AbortController();
    const asked = output(http, { url: server.url, method: 'POST', timeout_seconds: 1 }, call.signal);

    await expect(asked).rejects.toMatchObject({ code: 'outgoing.timeout', facts: { begun: true, unknown: true } });
    await expect(output(httpTool({ allowPrivate: false }), { url: server.url })).rejects.toMatchObject({
      code: 'outgoing.address_refused',
      facts: { begun: false },
    });
  });

  it('ends at once when it is called off', async () => {
    answer = () => undefined;
    const call = new AbortController();
    const asked = output(http, { url: server.url }, call.signal);
    asked.catch(() => undefined);
    await until('the call', () => server.asked.length === 1);

    call.abort(new Error('called off'));

    await expect(asked).rejects.toThrow('called off');
  });

  it('may be done twice where the method says so', () => {
    const twice = (method: string) => http.twice({ url: server.url, method });
    expect(['GET', 'HEAD', 'PUT', 'DELETE'].map(twice)).toEqual(['harmless', 'harmless', 'harmless', 'harmless']);
    expect(['POST', 'PATCH'].map(twice)).toEqual(['harmful', 'harmful']);
  });

  it.each([
    ['an address that is none', { url: 'ftp://a.example' }, 'url'],
    ['a header of the connection', { url: 'https://a.example', headers: { Host: 'b.example' } }, 'headers.Host'],
    ['an argument that it does not know', { url: 'https://a.example', follow: true }, 'follow'],
  ])('refuses %s', (_what, args, field) => {
    expect(http.misfit(args as Json)).toContain(field);
  });
});

describe('models that talk', () => {
  let server: StreamingModel;
  let said: ModelAnswer[];
  beforeEach(async () => {
    said = [];
    server = await startStreamingModel((_asked, count) => said[count - 1] ?? { status: 500, body: 'too many questions' });
  });
  afterEach(() => server.close());
  const env = () => ({
    OPENAI_BASE_URL: `${server.url}/v1`,
    OPENAI_API_KEY: 'key-of-openai',
    ANTHROPIC_BASE_URL: server.url,
    ANTHROPIC_API_KEY: 'key-of-anthropic',
  });
  const tool = (name: string) => named(talkTools(scriptModels({ ...MODELS, defaultProvider: 'openai', defaultModel: 'm', env: env() })), name);

  it.each([
    ['the server’s own', undefined, 'openai:m', '/v1/chat/completions'],
    ['another model of its provider', 'big:70b', 'openai:big:70b', '/v1/chat/completions'],
    ['a model of another provider', 'anthropic:haiku', 'anthropic:claude-haiku-5-5', '/v1/messages'],
  ])('llm asks %s', async (_what, model, told, path) => {
    said = [{ text: ['It is ', 'done.'] }];

    expect(
      await output(tool('llm'), { prompt: 'Is it?', context: { a: 1 }, system: 'Be brief.', temperature: 0, max_tokens: 50, ...(model && { model }) }),
    ).toEqual({
      ...{ text: 'It is done.', model: told, tokens_in: 120, tokens_out: 30 },
    });
    expect(server.asked[0]?.path).toBe(path);
    expect(JSON.stringify(server.asked[0]?.body)).toContain('Be brief.');
    expect(server.asked[0]?.body).toMatchObject({ max_tokens: 50 });
  });

  it('infer gives an object of the fields, and asks again for what does not fit', async () => {
    said = [{ text: ['{"name": "Ada", "total": -1}'] }, { text: ['Here: {"name": "Ada", "total": "12.5"}'] }];

    expect(await output(tool('infer'), { prompt: 'Who?', fields: { name: 'text', total: 'number(min = 0)' } })).toEqual({ name: 'Ada', total: 12.5 });
    expect(JSON.stringify(server.asked[1]?.body)).toContain('at least 0');
  });

  it('infer chooses, and speaks plainly where it has no shape', async () => {
    said = [{ text: ['{"choice": "red", "reason": "It is."}'] }, { text: ['Plain.'] }];

    expect(await output(tool('infer'), { prompt: 'Which?', choices: ['red', 'blue'] })).toEqual({ choice: 'red', reason: 'It is.' });
    expect(await output(tool('infer'), { prompt: 'So?' })).toMatchObject({ text: 'Plain.' });
  });

  it('infer fails where nothing fits, and refuses a type that is none', async () => {
    said = [{ text: ['no'] }, { text: ['no'] }, { text: ['no'] }];

    await expect(output(tool('infer'), { prompt: 'Who?', fields: { a: 'text' } })).rejects.toMatchObject({
      code: 'script_tool.no_fit',
      facts: { retry: true },
    });
    await expect(output(tool('infer'), { prompt: 'Who?', fields: { a: 'lists<text' } })).rejects.toMatchObject({
      code: 'script_tool.arguments',
      facts: { field: 'fields.a' },
    });
  });

  it.each([
    ['a provider without a key', 'groq:x', 'cognition.key_missing'],
    ['a provider without a model', 'groq', 'cognition.model_missing'],
    ['a name that is none', 'openai:with blank', 'cognition.choice_invalid'],
  ])('refuse %s, and name the argument', async (_what, model, code) => {
    await expect(output(tool('llm'), { prompt: 'x', model })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/^model: /),
      facts: { field: 'model' },
    });
  });

  it('answer without a network where the server has no key', async () => {
    const offline = talkTools(scriptModels(MODELS));

    expect(await output(named(offline, 'llm'), { prompt: 'Hello' })).toMatchObject({ text: 'mock: Hello', model: 'mock' });
    expect(await output(named(offline, 'infer'), { prompt: 'x', fields: { a: 'text', b: 'integer', c: 'list<text>', d: 'boolean' } })).toEqual({
      a: 'mock',
      b: 0,
      c: [],
      d: false,
    });
    expect(await output(named(offline, 'infer'), { prompt: 'x', choices: ['one', 'two'] })).toMatchObject({ choice: 'one' });
  });
});

describe('models that do something else', () => {
  let server: Answering;
  let answer: (asked: Asked) => { readonly status?: number; readonly body: unknown };
  beforeEach(async () => {
    server = await startAnswering((asked, response) => {
      const { status = 200, body } = answer(asked);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  afterEach(() => server.close());
  const tool = (name: string, env: Record<string, string> = {}) =>
    named(
      meaningTools(scriptModels({ ...MODELS, defaultProvider: 'vllm', env: { VLLM_BASE_URL: `${server.url}/v1`, VLLM_API_KEY: 'key-of-vllm', ...env } })),
      name,
    );
  const vectors = (asked: Asked) => {
    const { input } = JSON.parse(asked.body.toString()) as { input: string[] };
    return {
      body: {
        object: 'list',
        data: input.map((text, index) => ({ object: 'embedding', index, embedding: [text.length, 1] })),
        usage: { prompt_tokens: 7, total_tokens: 7 },
      },
    };
  };

  it('embed gives a vector for each text, in their order', async () => {
    answer = vectors;

    expect(await output(tool('embed', { VLLM_EMBED_MODEL: 'e' }), { texts: ['a', 'bbb'] })).toEqual({
      vectors: [
        [1, 1],
        [3, 1],
      ],
      dimensions: 2,
      model: 'vllm:e',
    });
    expect(await output(tool('embed'), { text: 'bb', model: 'vllm:f' })).toEqual({ vector: [2, 1], dimensions: 2, model: 'vllm:f' });
    expect(server.asked[0]).toMatchObject({ path: '/v1/embeddings', headers: { authorization: 'Bearer key-of-vllm' } });
  });

  it('embed says what the server lacks', async () => {
    await expect(output(tool('embed'), { text: 'a' })).rejects.toMatchObject({
      code: 'cognition.model_missing',
      message: expect.stringContaining('EMBED_MODEL'),
    });
    await expect(output(tool('embed'), { text: 'a', model: 'vllm' })).rejects.toMatchObject({ facts: { variable: 'VLLM_EMBED_MODEL' } });
    await expect(output(tool('embed'), { text: 'a', model: 'anthropic:x' })).rejects.toMatchObject({ code: 'cognition.not_offered' });
  });

  it('rerank asks the model that the server has for it', async () => {
    answer = () => ({
      body: {
        results: [
          { index: 1, relevance_score: 0.2 },
          { index: 0, relevance_score: 0.9 },
          { index: 7, relevance_score: 1 },
        ],
        usage: { total_tokens: 11 },
      },
    });

    expect(await output(tool('rerank', { VLLM_RERANK_MODEL: 'r' }), { query: 'q', documents: ['first', { text: 'second' }], top: 2 })).toEqual({
      results: [
        { index: 0, score: 0.9, document: 'first' },
        { index: 1, score: 0.2, document: { text: 'second' } },
      ],
      ...{ method: 'model', model: 'vllm:r' },
    });
    expect(JSON.parse(server.asked[0]!.body.toString())).toEqual({ model: 'r', query: 'q', documents: ['first', '{"text":"second"}'], top_n: 2 });
  });

  it('rerank goes by vectors where there is none, and says so', async () => {
    const offline = named(meaningTools(scriptModels(MODELS)), 'rerank');

    const { results, method } = await output(offline, { query: 'red apples', documents: ['blue cars', 'green apples', 'red apples in a bowl'], top: 2 });

    expect(method).toBe('embedding');
    expect(results.map(({ index }: { index: number }) => index)).toEqual([2, 1]);
  });

  it('transcribe sends the bytes of an artifact, and gives their words', async () => {
    bytes = Buffer.from('RIFF-audio');
    answer = () => ({ body: { text: 'Hello there.', language: 'en', duration: '1.5' } });

    expect(
      await output(tool('transcribe', { VLLM_TRANSCRIBE_MODEL: 'w' }), { audio: { ref: REF, media_type: 'audio/mpeg', name: 'a.mp3' }, language: 'en' }),
    ).toEqual({
      ...{ text: 'Hello there.', language: 'en', seconds: 1.5, model: 'vllm:w' },
    });
    const form = server.asked[0]!.body.toString('latin1');
    expect(server.asked[0]).toMatchObject({ path: '/v1/audio/transcriptions', headers: { authorization: 'Bearer key-of-vllm' } });
    expect(form).toContain('RIFF-audio');
    expect(form).toContain('filename="audio.mp3"');
  });

  it.each([
    [401, 'cognition.key_rejected'],
    [404, 'cognition.model_unknown'],
    [503, 'cognition.provider_error'],
  ])('tell the status %s of the provider as %s', async (status, code) => {
    answer = () => ({ status, body: { error: 'no' } });

    await expect(output(tool('rerank', { VLLM_RERANK_MODEL: 'r' }), { query: 'q', documents: ['a'] })).rejects.toMatchObject({ code });
    await expect(output(tool('embed', { VLLM_EMBED_MODEL: 'e' }), { text: 'q' })).rejects.toMatchObject({ code });
  });

  it('tell an answer that is none', async () => {
    answer = () => ({ body: { results: 'many' } });

    await expect(output(tool('rerank', { VLLM_RERANK_MODEL: 'r' }), { query: 'q', documents: ['a'] })).rejects.toMatchObject({
      code: 'cognition.answer_unreadable',
    });
  });
});

describe('channels', () => {
  const receiver = new Receiver();
  beforeEach(async () => void (await receiver.start()));
  afterEach(async () => {
    receiver.got.length = 0;
    receiver.statuses.length = 0;
    await receiver.stop();
  });
  const SECRET = 'a-secret-of-sixteen';
  const channels = () => scriptChannels({ channels: { team: receiver.url }, secret: SECRET, rule: { allowPrivate: false }, delaysMs: [1, 1] });
  const message = (channel: string, fields: Record<string, Json> = { text: 'Hello' }) => ({
    ...{ channel, fields, deliveryId: 'd-1', tenant: 'default', threadId: 'thr_1', stepPath: '2', signal: new AbortController().signal },
  });

  it('that the operator configured get the fields as they are, signed, with who sent them in headers', async () => {
    expect(await channels().send(message('team'))).toMatchObject({ status: 200 });

    expect(receiver.got[0]).toMatchObject({
      body: { text: 'Hello' },
      headers: { 'x-everthread-delivery': 'd-1', 'x-everthread-thread': 'thr_1', 'x-everthread-step': '2' },
    });
    expect(isSigned(receiver.got[0]!, SECRET)).toBe(true);
  });

  it('that fail for now are tried again under the same id', async () => {
    receiver.statuses.push(503, 429);

    expect(await channels().send(message('team'))).toMatchObject({ status: 200 });
    expect(receiver.got.map(({ headers }) => headers['idempotency-key'])).toEqual(['d-1', 'd-1', 'd-1']);
  });

  it.each([
    [[400], 'script_channel.refused', 1],
    [[500, 500, 500], 'script_channel.unavailable', 3],
  ])('that answer %j fail with %s', async (statuses, code, tries) => {
    receiver.statuses.push(...statuses);

    await expect(channels().send(message('team'))).rejects.toMatchObject({ code, message: expect.stringContaining('"team"') });
    expect(receiver.got).toHaveLength(tries);
  });

  it('that nobody configured are told, with those that there are', async () => {
    await expect(channels().send(message('teem'))).rejects.toMatchObject({ code: 'script_channel.unknown', facts: { known: ['team', 'webhook'] } });
  });

  it('webhook goes to the address of the step, under the rule for such addresses, unsigned', async () => {
    await expect(channels().send(message('webhook', { url: receiver.url }))).rejects.toMatchObject({ code: 'outgoing.address_refused' });
    await expect(channels().send(message('webhook', { text: 'x' }))).rejects.toMatchObject({
      code: 'script_channel.fields',
      message: expect.stringMatching(/^url: /),
    });
    const open = scriptChannels({ channels: {}, secret: SECRET, rule: { allowPrivate: true } });
    await open.send(message('webhook', { url: receiver.url, headers: { 'X-Own': '1' }, text: 'Hello' }));
    expect(receiver.got[0]).toMatchObject({ body: { text: 'Hello' }, headers: { 'x-own': '1' } });
    expect(receiver.got[0]?.headers).not.toHaveProperty('x-everthread-signature');
  });
});
