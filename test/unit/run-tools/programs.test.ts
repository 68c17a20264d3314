import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { detectSandbox, type Sandbox } from '../../../src/run-tools/process/sandbox';
import { runPipeline } from '../../../src/run-tools/process/run-pipeline';
import { eventually } from '../../support/eventually';
import { processesWith } from '../../support/processes';
import { NO_SANDBOX, toolHouse, type ToolHouse } from '../../support/run-tools';

const SANDBOXES: readonly (readonly [string, () => Promise<Sandbox>])[] = [
  ['in the sandbox of this machine', detectSandbox],
  ['where nothing can be enforced', () => Promise.resolve(NO_SANDBOX)],
];
const houses: ToolHouse[] = [];
const house = async (given: Parameters<typeof toolHouse>[0] = {}): Promise<ToolHouse> => {
  const made = await toolHouse(given);
  houses.push(made);
  return made;
};
afterEach(() => houses.splice(0).forEach(({ remove }) => remove()));

describe.each(SANDBOXES)('a program %s', (_where, sandboxOf) => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await sandboxOf();
  });

  it('runs in the workspace and tells what it wrote and how it ended', async () => {
    const { call, root } = await house({ sandbox });
    writeFileSync(join(root, 'a.txt'), 'b\na\nb\n');

    const { output } = await call('shell', { command: "cat a.txt | sort -u | tr 'a-z' 'A-Z'", purpose: 'look' });
    const failing = await call('shell', { command: 'ls "not there"' });

    expect(output).toMatchObject({ stdout: 'A\nB\n', stderr: '', exit_code: 0, truncated: false });
    expect(output.receipt).toMatchObject({
      ...{ profile: 'inspect', purpose: 'look', cwd: root, network: 'none', network_enforced: sandbox.enforced.network, ended_by: 'exit' },
      argv: [
        ['cat', 'a.txt'],
        ['sort', '-u'],
        ['tr', 'a-z', 'A-Z'],
      ],
    });
    expect(failing.output.exit_code).not.toBe(0);
    expect(failing.output.stderr).toContain('not there');
  });

  it('has an environment, a home and a folder for temporary files of its own, which are removed', async () => {
    process.env['EVERTHREAD_TEST_SECRET_OF_WORKER'] = 'hidden';
    const { call } = await house({ sandbox, env: { TOKEN_FOR_TOOLS: 'tool-secret-value' } });
    const script = 'require("fs").writeFileSync(process.env.HOME + "/x", ""); console.log(JSON.stringify(process.env))';

    const { output } = await call('shell', { command: `node -e '${script}'`, capability_profile: 'build' });
    delete process.env['EVERTHREAD_TEST_SECRET_OF_WORKER'];
    const seen = JSON.parse(output.stdout);

    expect(Object.keys(seen)).not.toContain('EVERTHREAD_TEST_SECRET_OF_WORKER');
    expect(output.stdout).not.toContain('tool-secret-value');
    expect(seen.HOME).toMatch(/everthread-tool-/);
    expect(existsSync(seen.HOME)).toBe(false);
  });

  it('is ended with everything that it started when its time is over', async () => {
    const { call } = await house({ sandbox });
    const mark = `mark-${Math.random()}`;
    // A daemon in a session of its own, one that ignores signals, and the program itself.
    const script = `
      const { spawn } = require("node:child_process");
      spawn("sh", ["-c", "trap \\"\\" TERM HUP INT; while :; do sleep 1; done", "${mark}"], { detached: true, stdio: "ignore" }).unref();
      setInterval(() => 0, 1000);`;

    const began = performance.now();
    const ended = call('shell', { command: `node -e '${script.replaceAll('\n', ' ')}' ${mark}`, capability_profile: 'build', timeout_secs: 2 });
    await eventually('both run', () => processesWith(mark).length > 1);

    await expect(ended).rejects.toMatchObject({ code: 'tool.timeout', kind: 'deadline', facts: { begun: true } });
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(processesWith(mark)).toEqual([]);
  });

  it('is ended within a second when it is cancelled', async () => {
    const { call } = await house({ sandbox });
    const controller = new AbortController();
    const mark = `1000.${Math.floor(Math.random() * 1e9)}`;
    const ended = call('shell', { command: `sleep ${mark} | cat`, timeout_secs: 60 }, { signal: controller.signal });
    await eventually('it runs', () => processesWith(mark).length > 0);

    const reason = new Error('cancelled by a person');
    const began = performance.now();
    controller.abort(reason);

    await expect(ended).rejects.toBe(reason);
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(processesWith(mark)).toEqual([]);
  });

  it('leaves nothing running when it ends by itself', async () => {
    const { call } = await house({ sandbox });
    const mark = `1000.${Math.floor(Math.random() * 1e9)}`;
    const script = `require("node:child_process").spawn("sleep", ["${mark}"], { detached: true, stdio: "inherit" }).unref(); console.log("done")`;

    const { output } = await call('shell', { command: `node -e '${script}'`, capability_profile: 'build' });

    expect(output).toMatchObject({ stdout: 'done\n', exit_code: 0 });
    expect(processesWith(mark)).toEqual([]);
  });

  it('is read while it runs: more than a pipe holds stalls nothing, and what is too much is cut in the middle', async () => {
    const { call } = await house({ sandbox });

    const { output } = await call('shell', { command: "node -e 'for (let i = 0; i < 100000; i++) console.log(i)' | cat", capability_profile: 'build' });

    expect(output).toMatchObject({ exit_code: 0, truncated: true });
    expect(output.stdout.length).toBeLessThan(140_000);
    expect(output.stdout.startsWith('0\n1\n')).toBe(true);
    expect(output.stdout.endsWith('\n99999\n')).toBe(true);
    expect(output.stdout).toContain('bytes left out');
  });

  it('is ended when it writes without end', async () => {
    const { call } = await house({ sandbox });

    const endless = call('shell', {
      command: 'node -e \'for (;;) require("fs").writeSync(1, "x".repeat(65536))\'',
      capability_profile: 'build',
      timeout_secs: 60,
    });
    await expect(endless).rejects.toMatchObject({ code: 'tool.output', facts: { begun: true } });
  });

  it('may stop reading early', async () => {
    const { call } = await house({ sandbox });

    const head = await call('shell', { command: "node -e 'for (let i = 0; i < 1e5; i++) console.log(i)' | head -n 2", capability_profile: 'build' });

    expect(head.output).toMatchObject({ stdout: '0\n1\n', exit_code: 0 });
  });

  it('says that a program is not installed', async () => {
    const { call } = await house({ sandbox, path: '/nowhere' });

    await expect(call('shell', { command: 'ls' })).rejects.toMatchObject({ code: 'tool.program', facts: { begun: false } });
  });
});

describe('the sandbox of this machine', () => {
  let sandbox: Sandbox;
  let server: Server;
  let port: number;
  beforeAll(async () => {
    sandbox = await detectSandbox();
    server = createServer((socket) => socket.end('reached'));
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    port = (server.address() as { port: number }).port;
  });
  afterAll(() => new Promise((done) => server.close(done)));

  const able = (what: keyof Sandbox['enforced']): boolean => {
    if (sandbox.enforced[what]) return true;
    // Told in docs/run-tools.md: a machine without namespaces or without util-linux enforces less, and says so.
    expect(sandbox.enforced[what]).toBe(false);
    return false;
  };
  const connect = `require("net").connect(${'PORT'}, "127.0.0.1").on("data", (d) => console.log(String(d))).on("error", (e) => console.log(e.code))`;

  it('has no network unless it was granted', async () => {
    if (!able('network')) return;
    const closed = await house({ sandbox, network: 'open' });
    const command = `node -e '${connect.replace('PORT', String(port))}'`;

    const without = await closed.call('shell', { command, capability_profile: 'build' });
    const granted = await closed.call('shell', { command, capability_profile: 'networked' });

    expect(without.output.stdout).toMatch(/^(ECONNREFUSED|ENETUNREACH)\n$/);
    expect(without.output.receipt).toMatchObject({ network: 'none', network_enforced: true });
    expect(granted.output.stdout).toBe('reached\n');
    expect(granted.output.receipt).toMatchObject({ network: 'open' });
  });

  it('lets programs reach themselves where it can', async () => {
    if (!able('loopback')) return;
    const { call } = await house({ sandbox });
    const script = `const s = require("net").createServer((c) => c.end("own")).listen(0, () => require("net").connect(s.address().port, "127.0.0.1").on("data", (d) => { console.log(String(d)); process.exit() }))`;

    const { output } = await call('shell', { command: `node -e '${script}'`, capability_profile: 'build' });

    expect(output.stdout).toBe('own\n');
  });

  it('hides the directories of Everthread and keeps the workspace below them', async () => {
    if (!able('hidden')) return;
    const data = realpathSync(mkdtempSync(join(tmpdir(), 'everthread-test-data-')));
    const workspace = join(data, 'workspaces', 'runs', 'default');
    mkdirSync(workspace, { recursive: true });
    mkdirSync(join(data, 'workspaces', 'runs', 'other'));
    writeFileSync(join(data, 'secret-key'), 'secret');
    writeFileSync(join(workspace, 'own.txt'), 'own');
    const { call } = await house({ sandbox, hidden: [data] });
    const script = `const fs = require("fs"); const look = (p) => { try { return fs.readdirSync(p) } catch (e) { return e.code } };
      console.log(JSON.stringify([look("${data}"), look(".."), look("../.."), look("."), fs.existsSync("${data}/secret-key")])); fs.writeFileSync("made.txt", "x")`;

    const { output } = await call('shell', { command: `node -e '${script.replaceAll('\n', ' ')}'`, capability_profile: 'build' }, { workspace });

    expect(output.stderr).toBe('');
    expect(JSON.parse(output.stdout)).toEqual([['workspaces'], ['default'], ['runs'], ['own.txt'], false]);
    expect(readFileSync(join(workspace, 'made.txt'), 'utf8')).toBe('x');
    rmSync(data, { recursive: true });
  });

  it('does not show the processes of the machine, nor their environments', async () => {
    if (!able('processes')) return;
    const { call } = await house({ sandbox });
    const script = `console.log(require("fs").existsSync("/proc/${process.pid}/environ"), process.pid)`;

    const { output } = await call('shell', { command: `node -e '${script}'`, capability_profile: 'build' });

    expect(output.stdout).toMatch(/^false \d{1,2}\n$/);
  });

  it('bounds the memory of a process', async () => {
    if (!able('limits')) return;
    const { call } = await house({ sandbox, memoryBytes: 400 * 1_024 ** 2 });
    const script = 'const kept = []; for (let i = 0; i < 4096; i++) kept.push(Buffer.alloc(1 << 20, 1)); console.log("had it all")';

    const { output } = await call('shell', { command: `node -e '${script}'`, capability_profile: 'build' });

    expect(output.stdout).not.toContain('had it all');
    expect(output.exit_code).not.toBe(0);
  });

  it.each(SANDBOXES)('bounds the memory of all processes of a call together, %s', async (_where, sandboxOf) => {
    const { call } = await house({ sandbox: await sandboxOf(), memoryBytes: 300 * 1_024 ** 2 });
    const mark = `mark-${Math.random()}`;
    const child = 'globalThis.kept = Buffer.alloc(120 << 20, 1); setInterval(() => 0, 1000)';
    // Each is far below what one process may have.
    const script = `for (let i = 0; i < 3; i++) require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(child)}, "${mark}"], { stdio: "ignore" }); setInterval(() => 0, 1000)`;

    const ended = call('shell', { command: `node -e '${script}' ${mark}`, capability_profile: 'build', timeout_secs: 60 });

    await expect(ended).rejects.toMatchObject({ code: 'tool.memory', kind: 'exhausted', facts: { begun: true } });
    await eventually('nothing of it is left', () => processesWith(mark).length === 0);
  });

  it('does not count what processes share more than once', async () => {
    const { call } = await house({ sandbox: NO_SANDBOX, memoryBytes: 200 * 1_024 ** 2 });
    const child = 'setTimeout(() => 0, 1600)';
    // Together they hold several hundred MiB by what each maps, and far less by what is theirs alone.
    const script = `for (let i = 0; i < 6; i++) require("child_process").spawn(process.execPath, ["-e", "${child}"], { stdio: "ignore" }); setTimeout(() => console.log("done"), 1500)`;

    const { output } = await call('shell', { command: `node -e '${script}'`, capability_profile: 'build', timeout_secs: 60 });

    expect(output).toMatchObject({ exit_code: 0, stdout: 'done\n' });
  });

  it('ends its programs when the worker is killed', async () => {
    if (!able('processes')) return;
    const mark = `1000.${Math.floor(Math.random() * 1e9)}`;
    const wanted = { network: 'none', cwd: '/', workspace: '/', hidden: [], stash: tmpdir(), memoryBytes: 1e9, timeoutMs: 60_000 } as const;
    const argv = sandbox.wrap(['/usr/bin/env', 'sleep', mark], wanted);
    const worker = spawn(process.execPath, [
      '-e',
      `require("child_process").spawn(${JSON.stringify(argv[0])}, ${JSON.stringify(argv.slice(1))}, { detached: true, stdio: "ignore" }); setInterval(() => 0, 1000)`,
    ]);
    await eventually('it runs', () => processesWith(mark).length > 0);

    worker.kill('SIGKILL');

    await eventually('it has ended', () => processesWith(mark).length === 0);
  });
});

describe('what the operator decides', () => {
  it('refuses programs where the machine cannot confine them as required', async () => {
    const { call } = await house({ sandbox: NO_SANDBOX, isolation: 'required' });

    await expect(call('shell', { command: 'ls' })).rejects.toMatchObject({ code: 'tool.isolation', kind: 'unsupported', facts: { begun: false } });
  });

  it('refuses the profile networked where the network is not open to programs', async () => {
    const { call } = await house();

    await expect(call('shell', { command: 'ls', capability_profile: 'networked' })).rejects.toMatchObject({ code: 'tool.refused' });
  });
});

describe('arguments of a command', () => {
  it('lead nowhere outside of the workspace, whether as paths, options or links', async () => {
    const { call, root } = await house();
    symlinkSync('/etc', join(root, 'link'));
    const tries = [
      'cat /etc/passwd',
      'cat ../x',
      'cat link/passwd',
      'cat link',
      'grep -f/etc/passwd x',
      'grep --file=/etc/passwd x',
      'ls | cat /etc/passwd',
      "cat '../x'",
    ];

    for (const command of tries)
      await expect(call('shell', { command })).rejects.toMatchObject({ code: 'tool.refused', message: expect.stringContaining('workspace') });
    await expect(call('shell', { command: 'ls', cwd: 'link' })).rejects.toMatchObject({ code: 'tool.refused' });
    await expect(call('shell', { command: 'ls', cwd: '..' })).rejects.toMatchObject({ code: 'tool.refused' });
  });
});

describe('test_run', () => {
  it('runs the tests that the workspace has and says whether they passed', async () => {
    const { call, root } = await house();
    writeFileSync(join(root, 'package.json'), JSON.stringify({ scripts: { test: 'node test.js' } }));
    writeFileSync(join(root, 'test.js'), 'console.log("ran", process.argv.slice(2)); process.exit(process.argv.includes("bad") ? 3 : 0)');

    const good = await call('test_run', {});
    const bad = await call('test_run', { filter: 'bad' });

    expect(good.output).toMatchObject({ command: 'npm test', cwd: root, exit_code: 0, passed: true, stdout: expect.stringContaining('ran') });
    expect(bad.output).toMatchObject({ command: 'npm test -- -t bad', exit_code: 3, passed: false });
  });

  it('says that it knows no tests, and takes no options for names', async () => {
    const { call, tool } = await house();

    await expect(call('test_run', {})).rejects.toMatchObject({ code: 'tool.refused' });
    expect(tool('test_run').misfit({ filter: '--exec=rm' })).toMatch(/^filter: /);
  });
});

it('starts nothing when it is cancelled already', async () => {
  const { processes, root } = await house();
  const stages = [['touch', join(root, 'made')]];
  const given = { stages, cwd: root, workspace: root, network: 'none', timeoutMs: 1_000, keptBytes: 1_000 } as const;

  await expect(runPipeline(processes, { ...given, signal: AbortSignal.abort(new Error('over')) })).rejects.toThrow('over');

  expect(existsSync(join(root, 'made'))).toBe(false);
});
