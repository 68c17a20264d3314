/** Calls to addresses that users gave, against a server on loopback and names that resolve as the test says. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isPublicAddress, urlProblem } from '../../src/outgoing/address-rule';
import { guardedRequest, type OutgoingRequest, type Resolve } from '../../src/outgoing/guarded-request';

const servers: Server[] = [];
async function serving(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}
afterEach(async () => {
  await Promise.all(
    servers.splice(0).map((server) => {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    }),
  );
});

const to = (url: string, more: Partial<OutgoingRequest> = {}): OutgoingRequest => ({
  ...{ url, method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"a":1}', timeoutMs: 5_000, maxBytes: 1_000 },
  ...more,
});
const named =
  (...addresses: string[]): Resolve =>
  (_name, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
const OPEN = { allowPrivate: true };
const CLOSED = { allowPrivate: false };

describe('an address', () => {
  it.each(['93.184.216.34', '2606:2800:220:1:248:1893:25c8:1946', '::ffff:93.184.216.34'])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ...['127.0.0.1', '10.0.0.1', '172.16.5.4', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '255.255.255.255', '224.0.0.1', '192.0.2.1'],
    ...['::1', '::', 'fe80::1', 'fc00::1', 'fd12:3456::1', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::', '2001::1', 'ff02::1'],
    ...['localhost', '', '1.2.3.4.5'],
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('a URL', () => {
  it.each([
    ['http://127.0.0.1/x', 'expected a public address'],
    ['http://2130706433/', 'expected a public address'],
    ['http://0x7f.1/', 'expected a public address'],
    ['http://[::ffff:127.0.0.1]/', 'expected a public address'],
    ['https://localhost:8080/', 'expected a public address'],
    ['https://db.internal./', 'expected a public address'],
    ['ftp://example.com/', 'starts with https:// or http://'],
    ['file:///etc/passwd', 'starts with https:// or http://'],
    ['https://user:word@example.com/', 'without user name and password'],
    ['nonsense', 'expected a URL'],
    [`https://example.com/${'a'.repeat(2_100)}`, 'at most 2048'],
  ])('%s is refused', (url, reason) => {
    expect(urlProblem(url, CLOSED)).toContain(reason);
  });

  it('with a public name is fine, and so is a private one where it is allowed', () => {
    expect(urlProblem('https://example.com/hook?x=1', CLOSED)).toBeNull();
    expect(urlProblem('http://127.0.0.1:9/x', OPEN)).toBeNull();
    expect(urlProblem('https://user:word@example.com/', OPEN)).not.toBeNull();
  });
});

describe('a call', () => {
  it('brings back status, headers and body, and sends what it was given', async () => {
    let got = '';
    const port = await serving((request, response) => {
      request.on('data', (part) => (got += String(part)));
      request.on('end', () => response.writeHead(201, { 'X-Said': 'yes' }).end(`${request.method} ${request.headers['content-type']} ${request.headers.host}`));
    });
    const answer = await guardedRequest(to(`http://hooks.example:${port}/in`), OPEN, named('127.0.0.1'));
    expect(answer).toMatchObject({ status: 201, headers: { 'x-said': 'yes' }, body: `POST application/json hooks.example:${port}` });
    expect(got).toBe('{"a":1}');
  });

  it('is not made when the name leads into a private network, also by one address among others', async () => {
    let asked = 0;
    const port = await serving((_request, response) => {
      asked++;
      response.end();
    });
    for (const addresses of [['127.0.0.1'], ['93.184.216.34', '127.0.0.1'], ['::1']])
      await expect(guardedRequest(to(`http://rebound.example:${port}/`), CLOSED, named(...addresses))).rejects.toMatchObject({
        code: 'outgoing.address_refused',
      });
    await expect(guardedRequest(to(`http://127.0.0.1:${port}/`), CLOSED)).rejects.toMatchObject({ code: 'outgoing.address_refused' });
    expect(asked).toBe(0);
  });

  it('asks for the name once, so that a second answer cannot lead elsewhere', async () => {
    const port = await serving((_request, response) => response.end('first'));
    let times = 0;
    const answers: Resolve = (name, done) => named(times++ === 0 ? '127.0.0.1' : '127.0.0.2')(name, done);
    expect(await guardedRequest(to(`http://twice.example:${port}/`), OPEN, answers)).toMatchObject({ body: 'first' });
    expect(times).toBe(1);
  });

  it('does not follow a redirect', async () => {
    const paths: (string | undefined)[] = [];
    const port = await serving((request, response) => {
      paths.push(request.url);
      response.writeHead(302, { Location: '/elsewhere' }).end();
    });
    expect(await guardedRequest(to(`http://127.0.0.1:${port}/from`), OPEN)).toMatchObject({ status: 302 });
    expect(paths).toEqual(['/from']);
  });

  it('ends when its time is over, when the answer is too large, and when it is called off', async () => {
    const silent = await serving(() => undefined);
    await expect(guardedRequest(to(`http://127.0.0.1:${silent}/`, { timeoutMs: 50 }), OPEN)).rejects.toMatchObject({ code: 'outgoing.timeout' });
    const stuck = await serving((_request, response) => void response.writeHead(200).write('begun'));
    await expect(guardedRequest(to(`http://127.0.0.1:${stuck}/`, { timeoutMs: 50 }), OPEN)).rejects.toMatchObject({ code: 'outgoing.timeout' });
    const large = await serving((_request, response) => response.end('x'.repeat(2_000)));
    await expect(guardedRequest(to(`http://127.0.0.1:${large}/`), OPEN)).rejects.toMatchObject({ code: 'outgoing.too_large' });
    await expect(guardedRequest(to(`http://127.0.0.1:${silent}/`, { signal: AbortSignal.abort() }), OPEN)).rejects.toMatchObject({ code: 'outgoing.failed' });
  });

  it('says that nobody is there', async () => {
    const port = await serving(() => undefined);
    const [server] = servers.splice(0);
    await new Promise((done) => server?.close(done));
    await expect(guardedRequest(to(`http://127.0.0.1:${port}/`), OPEN)).rejects.toMatchObject({
      code: 'outgoing.failed',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });
});
