import { controlPlane } from '../../src/surfaces/control-plane/surface';
import { managedThreads } from '../../src/surfaces/managed-threads/surface';
import { runSurface } from '../../src/surfaces/runs/surface';
import { agUi } from '../../src/surfaces/ag-ui/surface';
import { agentProtocol } from '../../src/surfaces/agent-protocol/surface';
import { threadSurface } from '../../src/surfaces/threads/surface';
import { matches } from '../../src/surfaces/http/path';
import { rawRequest, serve, type Served } from './serve';

interface Walked {
  readonly surface: string;
  readonly method: string;
  readonly path: string;
  readonly takesBody: boolean;
  readonly status: number;
  readonly idempotent: boolean;
}

/** Every route of every surface; a new one is tried without being added here. */
const ROUTES: Walked[] = [managedThreads, controlPlane, runSurface, threadSurface, agentProtocol, agUi].flatMap((surface) =>
  surface.routes.map(({ method, path, body, raw, reply, idempotent }) => ({
    surface: surface.name,
    method: method.toUpperCase(),
    path,
    // What is signed may be of any form; live-webhooks.test.ts and subscriptions.test.ts try what is refused.
    takesBody: body !== undefined && raw !== true,
    status: reply.status,
    idempotent: idempotent === true,
  })),
);
const named = (routes: readonly Walked[]) => routes.map((route) => [`${route.method} ${route.path}`, route] as const);
const withBody = named(ROUTES.filter(({ takesBody }) => takesBody));

interface Seen {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

let served: Served;
beforeAll(async () => {
  served = await serve();
  served.threads.add({ id: 'thr_1', status: 'ready', hostId: 'host-1', sessionId: 'thr_1.1' });
  served.threads.add({ id: 'gone', status: 'stopped' });
});
afterAll(() => served.server.close(100));

/** What would stop a living thread waits for its end, which fakes never tell. */
const idFor = ({ method }: Walked): string => (method === 'DELETE' ? 'gone' : 'thr_1');
const pathOf = (path: string, id: string): string => path.replace(/:[A-Za-z]+/g, id);

/** Over node:http, so that nothing is corrected on the way. A stream is answered by its head. */
function send(method: string, path: string, body: string | Buffer | null = null, headers: Record<string, string> = {}): Promise<Seen> {
  const length = body === null ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    let answered = false;
    const request = rawRequest(`${served.url}${path}`, { method, agent: false, headers: { ...length, ...headers } }, (response) => {
      answered = true;
      const type = response.headers['content-type'] ?? '';
      const seen = (text: string): void => resolve({ status: response.statusCode ?? 0, type, text });
      if (type.startsWith('text/event-stream')) {
        response.destroy();
        return seen('');
      }
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('end', () => seen(text));
      response.on('error', reject);
    });
    // A body that is refused before all of it was read may end the connection under the sender.
    request.on('error', (error) => {
      if (!answered) reject(error);
    });
    request.end(body ?? undefined);
  });
}

const JSON_TYPE = { 'Content-Type': 'application/json' };

/** The refusal in the words of the surface, or a failed expectation. */
function refusal({ surface }: Walked, { status, type, text }: Seen): { readonly status: number; readonly code: unknown } {
  expect({ status, type, text: text.slice(0, 200) }).toEqual({ status, type: 'application/json; charset=utf-8', text: expect.stringMatching(/^\{/) });
  const body = JSON.parse(text);
  if (surface === 'threads') {
    expect(body.error).toEqual({
      code: expect.stringMatching(/^[a-z_]+$/),
      message: expect.any(String),
      requestId: expect.any(String),
      details: expect.any(Object),
    });
    return { status, code: body.error.details.code };
  }
  expect(body.requestId).toEqual(expect.any(String));
  if (surface !== 'control-plane') return { status, code: body.code };
  expect(body.error).toEqual({ code: expect.stringMatching(/^[A-Z_]+$/), message: expect.any(String), details: expect.any(Object) });
  return { status, code: body.error.details.code };
}

/** Surfaces that ignore fields which they do not know, as their peers do, and say 422 where a body is JSON and not theirs. */
const LENIENT: readonly string[] = ['runs', 'agent-protocol', 'ag-ui'];
const UNKNOWN_FIELDS: ReadonlySet<string> = new Set(['an unknown field', 'a field with a NUL in its name', 'bytes that are no UTF-8']);

describe('a body that cannot be read', () => {
  const deep = (depth: number): string => `{"metadata":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`;
  const cases: readonly [string, string | Buffer, Record<string, string>, number, string][] = [
    ['malformed JSON', '{"a": ', JSON_TYPE, 400, 'request.malformed_json'],
    ['a word', 'hello', JSON_TYPE, 400, 'request.malformed_json'],
    ['a number', '1', JSON_TYPE, 400, 'request.malformed_json'],
    ['null', 'null', JSON_TYPE, 400, 'request.malformed_json'],
    ['a list', '[]', JSON_TYPE, 400, 'request.invalid'],
    ['a prototype', '{"__proto__": {"admin": true}}', JSON_TYPE, 400, 'request.malformed_json'],
    ['an unknown field', '{"constructor": {"prototype": {}}}', JSON_TYPE, 400, 'request.invalid'],
    ['a field with a NUL in its name', '{"a\\u0000b": 1}', JSON_TYPE, 400, 'request.invalid'],
    ['raw control characters', '{"a": "\u0000\u0001"}', JSON_TYPE, 400, 'request.malformed_json'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), JSON_TYPE, 400, 'request.invalid'],
    ['nesting without end', deep(100_000), JSON_TYPE, 400, 'request.too_deep'],
    ['nesting that is a little too deep', deep(100), JSON_TYPE, 400, 'request.too_deep'],
    ['more than 2 MiB', `{"objective":"${'x'.repeat(2 * 1024 * 1024)}"}`, JSON_TYPE, 413, 'request.too_large'],
    ['a form', 'a=b', { 'Content-Type': 'application/x-www-form-urlencoded' }, 415, 'request.content_type'],
    ['no content type', '{}', {}, 415, 'request.content_type'],
    ['a character set that is not read', '{}', { 'Content-Type': 'application/json; charset=utf-16' }, 415, 'request.content_type'],
    ['a character set that nobody knows', '{}', { 'Content-Type': 'application/json;charset="klingon"' }, 415, 'request.content_type'],
    ['no character set after all', '{}', { 'Content-Type': 'application/json; charset=' }, 415, 'request.content_type'],
    ['another encoding', '{}', { ...JSON_TYPE, 'Content-Encoding': 'nonsense' }, 415, 'request.content_type'],
    ['gzip that is none', '{}', { ...JSON_TYPE, 'Content-Encoding': 'gzip' }, 400, 'request.malformed_json'],
  ];

  it.each(withBody)('%s says so in its own words', async (_name, route) => {
    for (const [what, body, headers, status, code] of cases) {
      const seen = await send(route.method, pathOf(route.path, idFor(route)), body, headers);
      const lenient = LENIENT.includes(route.surface);
      if (lenient && UNKNOWN_FIELDS.has(what)) continue;
      const answer = refusal(route, seen);
      expect([what, answer.status, answer.code]).toEqual([what, lenient && code === 'request.invalid' ? 422 : status, code]);
    }
  });

  it('changes nothing', () => {
    expect(served.threads.asked).toEqual([]);
    expect([...served.threads.rows.keys()]).toEqual(['default/thr_1', 'default/gone']);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

describe('an address that cannot be read', () => {
  const queries = [
    '?limit=-1',
    '?limit=1e9',
    '?limit=1&limit=2',
    '?%00=%00',
    '?__proto__=1',
    '?status=%00',
    `?role=${'x'.repeat(8_000)}`,
    `?${'a=1&'.repeat(500)}`,
    '?%E0%A4%A',
  ];

  it.each(named(ROUTES))('%s never fails over a query', async (_name, route) => {
    for (const query of queries) {
      const body = route.takesBody ? '{}' : null;
      const answer = await send(route.method, `${pathOf(route.path, idFor(route))}${query}`, body, body === null ? {} : JSON_TYPE);
      expect([query, answer.status < 500]).toEqual([query, true]);
      if (answer.status >= 400) refusal(route, answer);
    }
  });

  it.each(named(ROUTES.filter(({ path }) => path.includes('/:'))))('%s never fails over an id', async (_name, route) => {
    for (const id of ['%00', 'a%00b', '%2e%2e%2f', '..%2f..', '__proto__', 'constructor', '%E0%A4%A', '%F0%9F%92%A9', 'x'.repeat(4_000), '%3Cscript%3E']) {
      const body = route.takesBody ? '{}' : null;
      const answer = await send(route.method, pathOf(route.path, id), body, body === null ? {} : JSON_TYPE);
      expect([id, answer.status < 500]).toEqual([id, true]);
      if (answer.status >= 400) refusal(route, answer);
    }
  });

  it.each(named(ROUTES))('%s refuses other methods in its own words', async (_name, route) => {
    const others = ['PATCH', 'PUT', 'DELETE', 'POST'].filter(
      (method) => !ROUTES.some((other) => other.method === method && matches(other.path, route.path) !== null),
    );
    const [method] = others;
    const answer = refusal(route, await send(method as string, pathOf(route.path, 'thr_1')));
    expect([answer.status, answer.code]).toEqual([405, 'request.method']);
  });
});

/** POSTs that may be repeated without a key, because the second time changes nothing: they read, try, switch, end or answer. The signature of a received webhook is its key. */
const WITHOUT_KEY = [
  /\/(?:validate|prepare|pause|resume|cancel|disconnect|revoke|restore|install)$/,
  /^\/api\/agents\/:id\/test$/,
  /^\/api\/triggers\/webhook\/:path$/,
  // An agent is made by its slug, and the same definition again changes nothing.
  /^\/v1\/agents$/,
  // These only read, with a body that says what.
  /^\/agent-protocol\/.*\/(?:search|count|history)$/,
  // The id that a client gives to its run is its key.
  /^\/ag-ui\/agents\/:slug$/,
];

it('every POST that makes something takes an Idempotency-Key', () => {
  const posts = ROUTES.filter(({ method }) => method === 'POST');
  const making = posts.filter(({ path, status }) => status === 201 || !WITHOUT_KEY.some((form) => form.test(path)));

  expect(making.map(({ path }) => path)).toEqual(expect.arrayContaining(['/api/auth/keys/:id/rotate', '/api/webhooks/:id/test', '/api/patterns/upload/batch']));
  expect(making.filter(({ idempotent }) => !idempotent).map(({ path }) => path)).toEqual([]);
});
