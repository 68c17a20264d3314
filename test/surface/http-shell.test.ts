import { connect } from 'node:net';
import { Proxies } from '../../src/surfaces/http/proxies';
import { rawRequest, serve, until, type Served } from './serve';

let served: Served;
beforeEach(async () => {
  served = await serve();
});
afterEach(async () => {
  await served.server.close(200);
});

const post = (path: string, body: string, headers: Record<string, string>) => fetch(`${served.url}${path}`, { method: 'POST', body, headers });

describe('what cannot be understood is answered in the words of its surface', () => {
  it('answers malformed JSON with 400', async () => {
    const response = await post('/api/managed-threads', '{"executionId": ', { 'Content-Type': 'application/json' });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: expect.any(String), code: 'request.malformed_json', requestId: expect.any(String) });
  });

  it.each([['text/plain'], ['application/x-www-form-urlencoded'], ['multipart/form-data; boundary=x']])('answers a body of type %s with 415', async (type) => {
    const response = await post('/api/managed-threads', 'a=b', { 'Content-Type': type });

    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({ code: 'request.content_type', expected: 'application/json' });
  });

  it.each(['utf-8', '"UTF-8"', 'utf8', 'us-ascii'])('reads a body whose charset is %s', async (charset) => {
    const response = await post('/api/managed-threads', '{}', { 'Content-Type': `application/json; charset=${charset}` });

    expect(await response.json()).toMatchObject({ code: 'request.invalid', field: 'executionId' });
  });

  it('answers a body of more than 2 MiB with 413, and says the bound', async () => {
    const response = await post('/api/managed-threads', JSON.stringify({ objective: 'x'.repeat(2 * 1024 * 1024) }), { 'Content-Type': 'application/json' });

    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: 'request.too_large', maxBytes: 2 * 1024 * 1024 });
  });

  it('answers an unknown path with 404 and a wrong method with 405 and Allow', async () => {
    const unknown = await served.call('GET', '/nothing/here');
    const wrong = await served.call('PUT', '/managed-threads');

    expect([unknown.status, unknown.body.error.code, unknown.body.error.details.code]).toEqual([404, 'NOT_FOUND', 'request.unknown_route']);
    expect([wrong.status, wrong.body.code]).toEqual([405, 'request.method']);
    expect(wrong.headers.get('allow')).toContain('POST');
  });

  it('speaks another dialect below the health routes', async () => {
    const wrong = await served.call('DELETE', '/health');

    expect(wrong.body).toMatchObject({ error: { code: 'VALIDATION_ERROR', details: { code: 'request.method' } }, requestId: expect.any(String) });
  });

  it('answers a malformed escape in a path with 4xx JSON', async () => {
    const response = await fetch(`${served.url}/api/managed-threads/%E0%A4%A`);

    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(await response.json()).toHaveProperty('code');
  });

  it('answers what is not HTTP with JSON too', async () => {
    const socket = connect(served.server.port, '127.0.0.1');
    socket.end('HELLO\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += String(chunk);

    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain('"code":"request.malformed"');
  });

  it('says that a terminal is a WebSocket when it is asked for as a page', async () => {
    const answer = await served.call('GET', '/managed-threads/thr_1/terminal');

    expect([answer.status, answer.body.code]).toEqual([426, 'request.upgrade_required']);
  });
});

describe('what fails inside', () => {
  it('is shown as a plain sentence and logged with its cause', async () => {
    served.threads.reads.get = async () => {
      throw new Error('secret detail at /var/lib');
    };

    const answer = await served.call('GET', '/managed-threads/thr_1');

    expect(answer.status).toBe(500);
    expect(answer.body.code).toBe('internal');
    expect(JSON.stringify(answer.body)).not.toMatch(/secret detail|\/var\/lib|\.ts:/);
    await until(() => served.lines.some((line) => line.msg === 'request failed'), 'the log line');
    expect(JSON.stringify(served.lines)).toContain('secret detail');
  });
});

describe('every answer', () => {
  it("carries the caller's request id where it is a plain word, else a new one", async () => {
    const kept = await served.call('GET', '/managed-threads', undefined, { 'X-Request-Id': 'abc-123' });
    const replaced = await served.call('GET', '/managed-threads', undefined, { 'X-Request-Id': 'not a plain <word>' });

    expect(kept.headers.get('x-request-id')).toBe('abc-123');
    expect(replaced.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('carries the security headers and is never HTML', async () => {
    const { headers } = await served.call('GET', '/nothing');

    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-type')).toContain('application/json');
  });

  it('says that it will be https for good, to whom a trusted proxy brought by https', async () => {
    const behind = await serve({ proxies: new Proxies(['127.0.0.1']) });
    const [secure, plain] = [await behind.call('GET', '/nothing', undefined, { 'X-Forwarded-Proto': 'https' }), await behind.call('GET', '/nothing')];
    await behind.server.close(200);
    const forged = await served.call('GET', '/nothing', undefined, { 'X-Forwarded-Proto': 'https' });

    expect([secure, plain, forged].map(({ headers }) => headers.get('strict-transport-security'))).toEqual(['max-age=31536000', null, null]);
  });

  it('leaves one log line without the credentials of the request', async () => {
    await served.call('GET', '/managed-threads?status=ready', undefined, { Authorization: 'Bearer very-secret' });

    await until(() => served.lines.some((line) => line.msg === 'request'), 'the log line');
    expect(served.lines.filter((line) => line.msg === 'request')).toEqual([
      expect.objectContaining({ method: 'GET', path: '/api/managed-threads', status: 200, tenant: 'default', subject: 'local', requestId: expect.any(String) }),
    ]);
    expect(JSON.stringify(served.lines)).not.toContain('very-secret');
  });
});

describe('closing', () => {
  it('finishes the request in hand and refuses new connections', async () => {
    let answer!: (row: null) => void;
    const asked = new Promise<void>((resolve) => {
      served.threads.reads.get = () => {
        resolve();
        return new Promise((release) => {
          answer = release;
        });
      };
    });
    const inHand = served.call('GET', '/managed-threads/thr_1');
    await asked;

    const closed = served.server.close(5_000);
    await expect(fetch(`${served.url}/api/health/live`)).rejects.toThrow();
    answer(null);

    expect((await inHand).status).toBe(404);
    await closed;
  });

  it('cuts off what does not finish in time', async () => {
    const asked = new Promise<void>((resolve) => {
      served.threads.reads.get = () => {
        resolve();
        return new Promise(() => undefined);
      };
    });
    const inHand = served.call('GET', '/managed-threads/thr_1');
    const refused = expect(inHand).rejects.toThrow();
    await asked;

    await served.server.close(50);

    await refused;
  });
});

describe('health', () => {
  it('is healthy and ready while its probes answer', async () => {
    served.health.needed = { database: async () => undefined };

    expect((await served.call('GET', '/health')).body).toMatchObject({ status: 'healthy', version: '0.0.0', uptime: expect.any(Number) });
    expect((await served.call('GET', '/health/ready')).body).toEqual({ ready: true, status: 'ready', checks: { database: 'up' } });
    expect((await served.call('GET', '/health/live')).body).toEqual({ status: 'ok' });
  });

  it('is not ready while a probe fails or the process drains, and lives all the same', async () => {
    served.health.needed = {
      temporal: async () => {
        throw new Error('down');
      },
    };
    const down = await served.call('GET', '/health/ready');
    served.health.needed = {};
    served.health.draining = () => true;
    const draining = await served.call('GET', '/health/ready');

    expect([down.status, down.body.status, down.body.checks]).toEqual([503, 'unavailable', { temporal: 'down' }]);
    expect([draining.status, draining.body.status]).toEqual([503, 'draining']);
    expect((await served.call('GET', '/health/live')).status).toBe(200);
  });
});

it('answers HEAD like GET, without a body', async () => {
  const status = await new Promise<number | undefined>((resolve, reject) => {
    rawRequest(`${served.url}/api/managed-threads`, { method: 'HEAD' }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    })
      .on('error', reject)
      .end();
  });

  expect(status).toBe(200);
});
