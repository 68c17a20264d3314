import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import WebSocket from 'ws';
import { actorOfLabels, labelsOf } from '../../activities/terminal/owned-session';
import type { Envelope } from '../../src/contracts/actor';
import { threadRef } from '../../src/contracts/managed-thread/commands';
import { Fault } from '../../src/errors/fault';
import { HostRegistration } from '../../src/host/host-registration';
import { startRelay, type Relay } from '../../src/host/relay';
import { SessionMonitor, type MonitorDependencies } from '../../src/host/session-monitor';
import { until } from '../support/eventually';
import { startPtydWorld, TEST_ENV, type PtydWorld } from '../support/ptyd-world';

let world: PtydWorld;
const signalled: { address: string; envelope: Envelope }[] = [];
const reportsOf = (sessionId: string) =>
  signalled
    .filter(({ envelope }) => (envelope.input as { sessionId: string }).sessionId === sessionId)
    .map(({ address, envelope }) => ({ address, ...envelope }));
const signal = async (address: string, _command: string, envelope: Envelope): Promise<void> => void signalled.push({ address, envelope });
const redactionFor = async () => (text: string) => text.replaceAll('s3cr3t-value', '[redacted]');
const log = () => undefined;

beforeAll(async () => {
  world = await startPtydWorld({ revive: true });
});
afterAll(async () => {
  await world.close();
});

let last = 0;
const bash = async (script: string, tenant = 'default') => {
  const actor = threadRef(tenant, `thr-h${++last}`);
  const session = `${actor.id}.1`;
  await world.client.start({
    session,
    command: 'bash',
    args: ['--noprofile', '--norc', '-c', script],
    cwd: world.dir,
    env: TEST_ENV,
    cols: 80,
    rows: 24,
    labels: labelsOf(actor),
  });
  return { session, actor };
};
const shows = (session: string, text: string) => until(text, async () => (await world.client.screen(session)).screen.lines.some((line) => line.includes(text)));
const exited = (session: string) => until('the exit', async () => (await world.client.screen(session)).exit);

describe('the session monitor', () => {
  const monitors: SessionMonitor[] = [];
  const monitor = (more: Partial<MonitorDependencies> = {}) => {
    const made = new SessionMonitor({
      hostId: 'host-1',
      ptyd: world.client,
      sessionsDir: join(world.dir, 'sessions'),
      actorOf: actorOfLabels,
      sessionsAtThisHost: async () => [],
      isOver: async () => false,
      signal,
      redactionFor,
      log,
      everyMs: 60_000,
      ...more,
    });
    monitors.push(made);
    return made;
  };
  afterEach(async () => {
    for (const each of monitors.splice(0)) await each.stop();
  });

  it('tells a thread once that its session ended by itself', async () => {
    const { session, actor } = await bash('echo last words s3cr3t-value; exit 6');
    await exited(session);
    const watching = monitor();

    await watching.start();
    await watching.look();
    await monitor().start();

    expect(reportsOf(session)).toEqual(
      Array.from({ length: 2 }, () =>
        expect.objectContaining({ address: actor.address, requestId: `${session}/exited`, by: { subject: 'host-1', via: 'host' } }),
      ),
    );
    expect(reportsOf(session)[0]?.input).toEqual({ sessionId: session, event: { type: 'exited', exitCode: 6, signal: null, output: 'last words [redacted]' } });
  });

  it('tells nothing of a session that was ended on request', async () => {
    const { session } = await bash('sleep 60');
    const watching = monitor();
    await watching.start();

    await world.client.end(session, 0);
    await watching.look();

    expect(reportsOf(session)).toEqual([]);
  });

  it('tells threads whose sessions are gone since the host was away', async () => {
    const { session, actor } = await bash('sleep 60');
    const sessionsAtThisHost = async () => [
      { address: actor.address, sessionId: session },
      { address: 'managed-thread/gone', sessionId: 'gone.1' },
    ];

    await monitor({ sessionsAtThisHost }).start();

    expect(reportsOf('gone.1')).toEqual([
      expect.objectContaining({
        address: 'managed-thread/gone',
        requestId: 'gone.1/lost',
        input: { sessionId: 'gone.1', event: { type: 'lost', reason: expect.any(String) } },
      }),
    ]);
    expect(reportsOf(session)).toEqual([]);
    await world.client.end(session, 0);
  });

  it('tells threads whose sessions died with the terminal daemon', async () => {
    const { session } = await bash('sleep 60');
    const watching = monitor();
    await watching.start();
    expect(watching.liveSessions).toBeGreaterThan(0);
    const { pid } = await world.client.hello();

    process.kill(pid, 'SIGKILL');
    await until('the report', async () => (await watching.look(), reportsOf(session).length > 0));

    expect(reportsOf(session)).toEqual([expect.objectContaining({ requestId: `${session}/lost` })]);
    expect(watching.liveSessions).toBe(0);
  });

  it('tries again when a thread cannot be told, and gives up on one that is not there', async () => {
    const { session } = await bash('exit 0');
    await exited(session);
    const outcomes = [new Fault('unavailable', 'temporal.unreachable', 'Not now.'), new Fault('not_found', 'thread.not_found', 'There is none.')];
    let tried = 0;
    const watching = monitor({
      signal: async (_address, _command, { requestId }) => (requestId.startsWith(session) ? Promise.reject(outcomes[tried++]) : undefined),
    });

    await watching.start();
    await watching.look();
    await watching.look();

    expect(tried).toBe(2);
  });

  it('ends what runs for a thread that is over, and forgets what nobody ended', async () => {
    const orphan = await bash('sleep 60');
    const left = await bash('exit 0');
    await exited(left.session);
    const folder = join(world.dir, 'sessions', left.session);
    mkdirSync(folder, { recursive: true });
    const watching = monitor({ isOver: async (address) => address === orphan.actor.address, forgetAfterMs: -1 });

    await watching.start();

    await expect(world.client.screen(orphan.session)).rejects.toMatchObject({ code: 'ptyd.no_session' });
    await expect(world.client.screen(left.session)).rejects.toMatchObject({ code: 'ptyd.no_session' });
    expect(existsSync(folder)).toBe(false);
  });
});

describe('the relay', () => {
  let relay: Relay;
  beforeAll(async () => {
    relay = await startRelay({
      hostId: 'host-1',
      ptyd: world.client,
      token: 'the-token',
      actorOf: actorOfLabels,
      signal,
      redactionFor,
      log,
      prepare: async (body) => ({ prepared: body }),
    });
  });
  afterAll(async () => {
    await relay.close();
  });
  const get = (path: string, token = 'the-token') => fetch(relay.url + path, { headers: { authorization: `Bearer ${token}` } });

  it('gives the rendered screen without secrets, to whoever has the token and the thread', async () => {
    const { session, actor } = await bash('echo hello s3cr3t-value; sleep 60', 'acme');
    await shows(session, 'hello');

    const answer = await get(`/sessions/${session}/screen?tenant=acme&thread=${actor.id}`);

    expect(await answer.json()).toMatchObject({ session, cols: 80, rows: 24, cursor: { x: 0, y: 1 }, lines: expect.arrayContaining(['hello [redacted]']) });
    expect((await get(`/sessions/${session}/screen`, 'another')).status).toBe(401);
    expect((await fetch(`${relay.url}/sessions/${session}/screen`)).status).toBe(401);
    expect((await get(`/sessions/${session}/screen?tenant=default&thread=${actor.id}`)).status).toBe(404);
    expect(await (await get('/sessions/none/screen')).json()).toMatchObject({ error: { code: 'ptyd.no_session', kind: 'not_found' } });
    expect((await get('/elsewhere')).status).toBe(404);
    await world.client.end(session, 0);
  });

  it('hands a preparation to its handler', async () => {
    const answer = await fetch(`${relay.url}/prepare`, { method: 'POST', headers: { authorization: 'Bearer the-token' }, body: '{"tenant":"t"}' });

    expect(await answer.json()).toEqual({ prepared: { tenant: 't' } });
    expect((await fetch(`${relay.url}/prepare`, { method: 'POST', headers: { authorization: 'Bearer the-token' }, body: '{' })).status).toBe(400);
  });

  function attach(session: string, query = 'subject=someone', token = 'the-token') {
    const owner = new URLSearchParams({ tenant: 'default', thread: session.replace(/\.\d+$/, '') }).toString();
    const client = new WebSocket(`${relay.url.replace('http', 'ws')}/sessions/${session}/terminal?${query}&${owner}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const state = { client, text: '', refused: 0, closed: null as null | { code: number; reason: string } };
    client.on('message', (data: Buffer) => (state.text += data.toString()));
    client.on('unexpected-response', (_request, response) => (state.refused = response.statusCode ?? 0));
    client.on('close', (code, reason) => (state.closed = { code, reason: reason.toString() }));
    client.on('error', () => undefined);
    return state;
  }

  it('attaches a terminal: the screen, then bytes; input, resize and the end', async () => {
    const { session, actor } = await bash('printf "\\033[32mgreen\\033[0m\\n"; read line; echo "got $line"; stty size; read line; exit 3');
    await shows(session, 'green');
    const terminal = attach(session);
    await until('the screen', () => terminal.text.includes('green'));
    expect(terminal.text).toContain('\u001b[32m');

    terminal.client.send(JSON.stringify({ type: 'resize', cols: 100, rows: 30 }));
    terminal.client.send(Buffer.from('binary and '));
    terminal.client.send('text\r');
    await until('the echo', () => terminal.text.includes('got binary and text') && terminal.text.includes('30 100'));
    terminal.client.send('\r');
    await until('the end', () => terminal.closed);

    expect(terminal.closed).toEqual({ code: 1000, reason: 'the session ended with 3' });
    await until('the report', () => reportsOf(session).length > 0);
    const typed = reportsOf(session).map(({ address, input }) => ({
      address,
      ...(input as { event: { type: string; bytes: number; subject: string } }).event,
    }));
    expect(typed.every(({ address, type, subject }) => address === actor.address && type === 'typed' && subject === 'someone')).toBe(true);
    expect(typed.reduce((sum, { bytes }) => sum + bytes, 0)).toBe('binary and text\r\r'.length);
  });

  it('refuses terminals of other threads and callers without the token', async () => {
    const { session } = await bash('sleep 60');

    const refused = [attach(session, 'tenant=other'), attach(session, '', 'wrong'), attach('none')];

    await until('the refusals', () => refused.every((each) => each.refused > 0));
    expect(refused.map((each) => each.refused)).toEqual([404, 401, 404]);
    await world.client.end(session, 0);
  });

  it('shows two people the same, and lets one who does not read lose output without holding up the other', async () => {
    const { session } = await bash('read line; seq 400000; echo the end; sleep 60');
    const quick = attach(session);
    const slow = attach(session);
    await until('both', () => quick.client.readyState === WebSocket.OPEN && slow.client.readyState === WebSocket.OPEN);
    slow.client.pause();

    quick.client.send('\r');

    await until('the end', () => quick.text.includes('the end'));
    slow.client.resume();
    await until('the end, for the slow one', () => slow.text.includes('the end'));
    slow.client.close();
    quick.client.close();
    await world.client.end(session, 0);
  });

  it('does not type what an attached terminal answers by itself', async () => {
    const { session } = await bash('stty raw -echo; printf "ready\\033[c"; head -c 10 | od -An -c; sleep 60');
    const terminal = attach(session);
    await until('the question', () => terminal.text.includes('ready'));

    terminal.client.send('\u001b[?62;22c');
    terminal.client.send('abc');

    await shows(session, 'a   b   c');
    const { screen } = await world.client.screen(session);
    expect(screen.lines.join('\n')).toContain('033   [   ?   1   ;   2   c');
    await world.client.end(session, 0);
    await until('the close', () => terminal.closed);
  });
});

it('keeps the row of a host alive and takes it back on a clean stop', async () => {
  const renewed: object[] = [];
  const retired: string[] = [];
  let fail = false;
  let refused = 0;
  const registration = new HostRegistration({
    hosts: {
      renew: async (host) => {
        if (fail) {
          refused += 1;
          throw new Fault('unavailable', 'store.unreachable', 'Not now.');
        }
        renewed.push(host);
      },
      retire: async (hostId) => void retired.push(hostId),
    },
    hostId: 'host-1',
    relayUrl: 'http://127.0.0.1:1',
    relayToken: 'token',
    capacity: 10,
    sessions: () => 3,
    agentTypes: async () => ['shell'],
    log,
    everyMs: 10,
  });

  await registration.start();
  await until('three renewals', () => renewed.length > 2);
  fail = true;
  const before = renewed.length;
  await until('refused renewals', () => refused > 1);
  fail = false;
  await until('another renewal', () => renewed.length > before + 1);
  await registration.stop();

  expect(renewed[0]).toEqual({ hostId: 'host-1', relayUrl: 'http://127.0.0.1:1', relayToken: 'token', sessions: 3, capacity: 10, agentTypes: ['shell'] });
  expect(retired).toEqual(['host-1']);
});
