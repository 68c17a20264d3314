import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Terminal } from '@xterm/headless';
import { PtydClient } from '../../src/ptyd/client';
import { ensurePtyd } from '../../src/ptyd/ensure';
import { PTYD_LIMITS, type FollowEvent } from '../../src/ptyd/protocol';
import { program } from '../support/ptyd-build';
import { until } from '../support/eventually';
import { isAlive, startPtydWorld, TEST_ENV, type PtydWorld } from '../support/ptyd-world';

let world: PtydWorld;
beforeAll(async () => {
  world = await startPtydWorld();
});
afterAll(async () => {
  await world.close();
});

let lastSession = 0;
const run = async (command: string, args: readonly string[], env: object = {}) => {
  const session = `s${++lastSession}`;
  const { pid } = await world.client.start({ session, command, args: [...args], cwd: world.dir, env: { ...TEST_ENV, ...env }, cols: 80, rows: 24 });
  return { session, pid };
};
const bash = (script: string, env: object = {}) => run('bash', ['--noprofile', '--norc', '-c', script], env);
const shows = (session: string, text: string, client = world.client) =>
  until(`${text} on the screen of ${session}`, async () => {
    const { screen } = await client.screen(session);
    return [...screen.scrollback, ...screen.lines].some((each) => each.includes(text));
  });
const pidIn = (file: string): Promise<number> => until(`a pid in ${file}`, () => (existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0) || null);
const temporary = () => mkdtempSync(join(tmpdir(), 'everthread-ptyd-'));

it('shows the rendered screen, not the bytes', async () => {
  const { session } = await bash(`printf 'one\\rtwo\\n\\033]0;a title\\007\\033[?25l\\033[5;3Hhere'; sleep 60`);
  await shows(session, 'here');

  const { screen } = await world.client.screen(session);

  expect(screen).toMatchObject({ title: 'a title', cols: 80, rows: 24, alternate: false, cursor: { x: 6, y: 4, visible: false } });
  expect(screen.lines.slice(0, 5)).toEqual(['two', '', '', '', '  here']);
  await world.client.end(session, 0);
});

it('keeps a bounded scrollback and shows its last lines', async () => {
  const { session } = await bash('seq 5000; sleep 60');
  await shows(session, '5000');

  const { screen } = await world.client.screen(session);

  expect(screen.scrollback).toHaveLength(200);
  expect(screen.scrollback.at(-1)).toBe(String(Number(screen.lines[0]) - 1));
  await world.client.end(session, 0);
});

it('serializes a screen so that an empty terminal fed with it looks the same', async () => {
  const { session } = await bash(`printf '\\033[31mred\\033[0m\\n\\033[10;10Hplaced'; sleep 60`);
  await shows(session, 'placed');
  const { data, cols, rows, offset } = await world.client.serialize(session);
  const { screen, offset: offsetNow } = await world.client.screen(session);

  const copy = new Terminal({ cols, rows, allowProposedApi: true });
  await new Promise<void>((done) => copy.write(data, done));

  const lines = Array.from({ length: rows }, (_, y) => copy.buffer.active.getLine(copy.buffer.active.baseY + y)?.translateToString(true) ?? '');
  expect(lines).toEqual(screen.lines);
  expect([copy.buffer.active.cursorX, copy.buffer.active.cursorY]).toEqual([screen.cursor.x, screen.cursor.y]);
  expect(offset).toBe(offsetNow);
  copy.dispose();
  await world.client.end(session, 0);
});

it('answers a program that asks its terminal where the cursor is', async () => {
  const { session } = await bash(`printf '\\033[3;5H'; IFS= read -rs -d R -p $'\\033[6n' reply; printf 'cursor %s' "\${reply#*[}"; sleep 60`);

  await shows(session, 'cursor 3;5');
  await world.client.end(session, 0);
});

it('types an input once per id, in order, honouring pauses, whoever repeats it', async () => {
  const file = join(world.dir, 'typed');
  const { session } = await bash(`stty raw -echo; echo ready; cat > ${file}`);
  await shows(session, 'ready');
  const other = world.connect();

  const first = world.client.write(session, 'a', [{ data: 'A1', pauseMs: 150 }, { data: 'A2' }]);
  await until('the start of a', async () => (await other.wrote(session, 'a')) === 'started');
  const second = other.write(session, 'b', [{ data: 'B' }]);
  const repeated = await other.write(session, 'a', [{ data: 'A1' }, { data: 'A2' }]);

  expect(repeated).toEqual({ written: false });
  expect(await Promise.all([first, second])).toEqual([{ written: true }, { written: true }]);
  expect(await world.client.write(session, 'b', [{ data: 'B' }])).toEqual({ written: false });
  expect([await other.wrote(session, 'a'), await other.wrote(session, 'b'), await other.wrote(session, 'c')]).toEqual(['done', 'done', 'never']);
  await until('what was typed', () => readFileSync(file, 'utf8').length === 5);
  expect(readFileSync(file, 'utf8')).toBe('A1A2B');
  await world.client.end(session, 0);
});

it('does not remember what people type at a terminal, so that it pushes no other id out', async () => {
  const { session } = await bash('stty raw -echo; echo ready; cat > /dev/null');
  await shows(session, 'ready');

  await world.client.write(session, 'live/1', [{ data: 'x' }]);

  expect(await world.client.write(session, 'live/1', [{ data: 'x' }])).toEqual({ written: true });
  expect(await world.client.wrote(session, 'live/1')).toBe('never');
  await world.client.end(session, 0);
});

it('types 200,000 characters without losing any', async () => {
  const file = join(world.dir, 'long');
  const { session } = await bash(`stty raw -echo; echo ready; head -c 200000 | sha256sum > ${file}; echo counted; sleep 60`);
  await shows(session, 'ready');
  const text = Array.from({ length: 20_000 }, (_, n) => String(n).padStart(10, '.')).join('');

  await world.client.write(session, 'long', [{ data: text }]);

  await shows(session, 'counted');
  expect(readFileSync(file, 'utf8').split(' ')[0]).toBe(createHash('sha256').update(text).digest('hex'));
  await world.client.end(session, 0);
});

it('starts a session once: the second start adopts the first', async () => {
  const { session, pid } = await bash('sleep 60');

  const again = await world.client.start({ session, command: 'false', args: [], cwd: '/', env: {}, cols: 80, rows: 24 });

  expect(again).toEqual({ pid, adopted: true });
  await world.client.end(session, 0);
});

it('gives the program the environment it was given and nothing of its own', async () => {
  const { session } = await run('/usr/bin/env', [], { ONLY_THIS: 'yes' });
  await until('the exit', async () => (await world.client.screen(session)).exit);
  const { screen } = await world.client.screen(session);

  const names = [...screen.scrollback, ...screen.lines].flatMap((line) => /^([A-Z_]+)=/.exec(line)?.[1] ?? []);

  expect(new Set(names)).toEqual(new Set([...Object.keys(TEST_ENV), 'ONLY_THIS', 'PWD', 'EVERTHREAD_SESSION', 'EVERTHREAD_SESSION_KEY']));
});

it('refuses a program or a directory that is not there, in words', async () => {
  const start = (command: string, cwd: string) =>
    world.client.start({ session: `s${++lastSession}`, command, args: [], cwd, env: TEST_ENV, cols: 80, rows: 24 });

  await expect(start('no-such-program', '/')).rejects.toMatchObject({ code: 'ptyd.no_command', kind: 'invalid' });
  await expect(start('bash', '/no/such/directory')).rejects.toMatchObject({ code: 'ptyd.no_directory' });
  await expect(world.client.screen('no-such-session')).rejects.toMatchObject({ code: 'ptyd.no_session', kind: 'not_found' });
});

it('keeps sessions when its clients die', async () => {
  const client = world.connect();
  const { pid } = await client.start({
    session: 'survivor',
    command: 'bash',
    args: ['-c', 'read line; echo got $line; sleep 60'],
    cwd: world.dir,
    env: TEST_ENV,
    cols: 80,
    rows: 24,
  });
  client.close();

  const after = world.connect();
  await after.write('survivor', 'x', [{ data: 'through\r' }]);

  await shows('survivor', 'got through', after);
  expect(isAlive(pid)).toBe(true);
  await after.end('survivor', 0);
});

describe('ending', () => {
  it('kills what left its process group, its session and its parent', async () => {
    const file = join(world.dir, `daemon-${lastSession}`);
    const { session } = await bash(
      `(setsid bash -c 'trap "" HUP TERM; echo $BASHPID > ${file}; while :; do sleep 1; done' > /dev/null 2>&1 < /dev/null &) ; sleep 1000`,
    );
    const daemon = await pidIn(file);

    const ended = await world.client.end(session, 0);

    expect(ended).toEqual({ existed: true, exitCode: null, signal: 'SIGKILL' });
    expect(isAlive(daemon)).toBe(false);
  });

  it('sweeps what a program left behind that ended by itself', async () => {
    const file = join(world.dir, `left-${lastSession}`);
    const { session } = await bash(
      `(setsid bash -c 'trap "" HUP TERM; echo $BASHPID > ${file}; while :; do sleep 1; done' > /dev/null 2>&1 < /dev/null &) ; while [ ! -s ${file} ]; do sleep 0.02; done; exit 4`,
    );
    const daemon = await pidIn(file);

    const exit = await until('the exit', async () => (await world.client.screen(session)).exit);

    expect(exit).toMatchObject({ exitCode: 4, signal: null, asked: false });
    await until('the end of the daemon', () => !isAlive(daemon));
  });

  it('types the keystrokes first, and waits for the program to leave by itself', async () => {
    const { session } = await bash('echo ready; read line; [ "$line" = quit ] && exit 5');
    await shows(session, 'ready');

    expect(await world.client.end(session, 10_000, [{ data: 'quit\r' }])).toEqual({ existed: true, exitCode: 5, signal: null });
    expect(await world.client.end(session, 0)).toEqual({ existed: true, exitCode: 5, signal: null });
    expect((await world.client.screen(session)).exit).toMatchObject({ asked: true });
    await world.client.forget(session);
    expect(await world.client.end(session, 0)).toEqual({ existed: false, exitCode: null, signal: null });
  });

  it('is hastened by a second end with less grace', async () => {
    const { session } = await bash('trap "" HUP TERM; echo ready; while :; do sleep 1; done');
    await shows(session, 'ready');
    const patient = world.client.end(session, 60_000);

    const forced = await world.client.end(session, 0);

    expect(forced).toMatchObject({ signal: 'SIGKILL' });
    expect(await patient).toEqual(forced);
  });

  it('shows the last screen of an ended session until it is forgotten', async () => {
    const { session } = await bash('echo last words; exit 0');
    await until('the exit', async () => (await world.client.screen(session)).exit);

    expect((await world.client.screen(session)).screen.lines[0]).toBe('last words');
    expect((await world.client.serialize(session)).data).toBe('last words');
    await expect(world.client.write(session, 'x', [{ data: 'x' }])).rejects.toMatchObject({ code: 'ptyd.no_session' });
  });
});

it('pushes output with offsets that join what was serialized before, and the exit last', async () => {
  const { session } = await bash('echo before; read line; echo after; exit 2');
  await shows(session, 'before');
  const events: FollowEvent[] = [];

  await world.client.follow(session, (event) => events.push(event));
  const { offset } = await world.client.serialize(session);
  await world.client.write(session, 'go', [{ data: '\r' }]);
  await until('the exit', () => events.some(({ type }) => type === 'exit'));

  const data = events.flatMap((event) => (event.type === 'data' && event.offset > offset ? [Buffer.from(event.data, 'base64').toString()] : []));
  expect(data.join('')).toBe('\r\nafter\r\n');
  expect(events.at(-1)).toEqual({ type: 'exit', exitCode: 2, signal: null });
});

it('gives what was printed a moment ago from an offset on, and says when it does not have all of it', async () => {
  const { session } = await bash(`printf 'one'; read; printf 'two'; read; seq 20000; echo end; sleep 60`);
  await shows(session, 'one');
  const { offset } = await world.client.screen(session);
  await world.client.write(session, 'go', [{ data: '\r' }]);
  await shows(session, 'two');

  const { data, ...rest } = await world.client.output(session, offset);
  expect(Buffer.from(data, 'base64').toString()).toMatch(/^\r?\ntwo$/);
  expect(rest).toEqual({ offset: offset + Buffer.from(data, 'base64').length, complete: true });
  expect(await world.client.output(session, rest.offset)).toEqual({ data: '', offset: rest.offset, complete: true });

  await world.client.write(session, 'on', [{ data: '\r' }]);
  await shows(session, 'end');
  const late = await world.client.output(session, 0);
  expect(late).toMatchObject({ complete: false });
  const kept = Buffer.from(late.data, 'base64');
  expect(kept.length).toBeGreaterThanOrEqual(PTYD_LIMITS.recent);
  expect(kept.length).toBeLessThan(PTYD_LIMITS.recent + 128 * 1024);
  expect(kept.toString()).toMatch(/20000\r\nend\r\n$/);
  await world.client.end(session, 0);
});

it('drops output for a follower that does not read, tells it of the gap, and holds nobody else up', async () => {
  const { session } = await bash('read line; seq 2000000; echo the end; sleep 60');
  const slow = connect(world.socketPath);
  await new Promise((ready) => slow.once('connect', ready));
  slow.write(`${JSON.stringify({ id: 1, op: 'follow', session })}\n`);
  await new Promise((ready) => slow.once('data', ready));
  slow.pause();

  await world.client.write(session, 'go', [{ data: '\r' }]);
  await shows(session, 'the end');
  let text = '';
  slow.on('data', (bytes: Buffer) => (text += bytes.toString()));
  slow.resume();

  await until('the gap', () => text.includes('"push":"gap"'));
  const received = [...text.matchAll(/"data":"([^"]*)"/g)].reduce((sum, [, data]) => sum + Buffer.from(data ?? '', 'base64').length, 0);
  expect(received).toBeLessThan((await world.client.screen(session)).offset);
  expect(text.length).toBeLessThan(PTYD_LIMITS.followerBuffer * 4);
  slow.destroy();
  await world.client.end(session, 0);
});

it('survives what is not a request', async () => {
  const socket = connect(world.socketPath);
  let text = '';
  socket.on('data', (bytes: Buffer) => (text += bytes.toString()));

  socket.write('not json\n{"id":7,"op":"fly"}\n{"id":8,"op":"start","session":"../evil"}\n');
  await until('three refusals', () => text.split('\n').length === 4);

  const replies = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: number; error: { code: string } });
  expect(replies.map(({ id, error }) => [id, error.code])).toEqual([
    [null, 'ptyd.bad_request'],
    [7, 'ptyd.bad_request'],
    [8, 'ptyd.bad_request'],
  ]);
  socket.destroy();
});

it('tells a client whose daemon is gone, within its deadline', async () => {
  const client = new PtydClient({ socketPath: join(world.dir, 'nobody.sock'), connectTimeoutMs: 50 });

  await expect(client.list()).rejects.toMatchObject({ code: 'ptyd.unreachable', kind: 'unavailable' });
  client.close();
});

describe('the daemon', () => {
  const entry = () => program('src/ptyd/daemon.js');

  it('runs once per socket path when several start it at the same moment', async () => {
    const dir = temporary();
    const options = { socketPath: join(dir, 'ptyd.sock'), logFile: join(dir, 'log'), entry: entry() };
    writeFileSync(options.socketPath, 'stale');

    const clients = await Promise.all(Array.from({ length: 5 }, () => ensurePtyd(options)));
    const pids = await Promise.all(clients.map((client) => client.hello()));

    expect(new Set(pids.map(({ pid }) => pid)).size).toBe(1);
    expect(statSync(options.socketPath).mode & 0o777).toBe(0o600);
    expect(readFileSync(options.logFile, 'utf8').match(/"listening"/g)).toHaveLength(1);
    await clients[0]?.shutdown(0);
    for (const client of clients) client.close();
    rmSync(dir, { recursive: true });
  });

  it('ends its sessions and itself on SIGTERM, and when its socket file is removed', async () => {
    for (const stop of [(pid: number) => process.kill(pid, 'SIGTERM'), (_pid: number, socket: string) => rmSync(socket)]) {
      const own = await startPtydWorld();
      const { pid } = await own.client.hello();
      const session = await own.client.start({ session: 'x', command: 'sleep', args: ['1000'], cwd: own.dir, env: TEST_ENV, cols: 80, rows: 24 });

      stop(pid, own.socketPath);

      await until('the end of daemon and session', () => !isAlive(pid) && !isAlive(session.pid));
      await own.close();
    }
  });

  it('is started again by its client after it was killed, and then ends what the killed one left', async () => {
    const own = await startPtydWorld({ revive: true });
    const file = join(own.dir, 'pid');
    const script = `(setsid bash -c 'trap "" HUP TERM; echo $BASHPID > ${file}; while :; do sleep 1; done' > /dev/null 2>&1 < /dev/null &) ; sleep 1000`;
    await own.client.start({ session: 'x', command: 'bash', args: ['-c', script], cwd: own.dir, env: TEST_ENV, cols: 80, rows: 24 });
    const daemon = await pidIn(file);
    const events: FollowEvent[] = [];
    await own.client.follow('x', (event) => events.push(event));
    const { pid } = await own.client.hello();

    process.kill(pid, 'SIGKILL');
    await until('the loss', () => events.some(({ type }) => type === 'lost'));

    await expect(own.client.screen('x')).rejects.toMatchObject({ code: 'ptyd.no_session' });
    expect((await own.client.hello()).pid).not.toBe(pid);
    expect(isAlive(daemon)).toBe(false);
    await own.close();
  });

  it('outlives the process that started it', async () => {
    const dir = temporary();
    const socketPath = join(dir, 'ptyd.sock');
    const starter = spawn(
      process.execPath,
      [
        '-e',
        `require(${JSON.stringify(program('src/ptyd/ensure.js'))}).ensurePtyd({ socketPath: ${JSON.stringify(socketPath)}, logFile: ${JSON.stringify(join(dir, 'log'))} }).then(() => console.log('up'))`,
      ],
      {
        detached: true,
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    await new Promise((up) => starter.stdout.once('data', up));

    process.kill(-(starter.pid ?? 0), 'SIGKILL');
    await new Promise((gone) => starter.once('close', gone));

    const client = new PtydClient({ socketPath });
    expect((await client.hello()).version).toBe(1);
    await client.shutdown(0);
    client.close();
    rmSync(dir, { recursive: true });
  });
});
