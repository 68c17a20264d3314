/** Commands that judge a thread's work, as real processes: where they run, what they are given, and that nothing of them stays. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCheck, type CheckDependencies } from '../../activities/org/run-check';
import type { RunCheckInput } from '../../src/contracts/managed-thread/terminal';
import { threadRef } from '../../src/contracts/managed-thread/commands';
import { eventually } from '../support/eventually';

let workspace: string;
beforeEach(() => (workspace = mkdtempSync(join(tmpdir(), 'run-check-'))));
afterEach(() => rmSync(workspace, { recursive: true, force: true }));

const deps: CheckDependencies = {
  specs: {
    read: () => Promise.resolve({ id: 'thr_1', executionId: 'exec_1', role: 'engineer', objective: 'o' } as never),
    environment: () => Promise.resolve({ GIVEN: 'yes' }),
  },
  agentEnv: { MODEL_API_KEY: 'sk-very-secret-value-of-the-host' },
  hostEnv: { PATH: process.env['PATH'], UNRELATED: 'not for agents' },
  redactionFor: () => Promise.resolve((text) => text.replaceAll('of the thread', '[redacted]')),
};

const check = (argv: readonly string[], more: Partial<RunCheckInput> = {}, signal = new AbortController().signal) =>
  runCheck(
    deps,
    { actor: threadRef('default', 'thr_1'), specRef: 'a'.repeat(64), workspacePath: workspace, cwd: null, argv, timeoutMs: 20_000, ...more },
    signal,
  );

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

it('runs in the workspace, or in a directory inside it, and gives status and output', async () => {
  mkdirSync(join(workspace, 'inner'));
  expect(await check(['sh', '-c', 'pwd; echo problem >&2; exit 3'])).toMatchObject({ exitCode: 3, reason: null, output: expect.stringContaining('problem') });
  expect((await check(['pwd'], { cwd: 'inner' })).output.trim().endsWith('/inner')).toBe(true);
});

it('refuses a directory outside of the workspace, also by a link', async () => {
  symlinkSync(tmpdir(), join(workspace, 'link'));
  for (const cwd of ['..', '../..', 'link', 'nowhere']) await expect(check(['pwd'], { cwd })).rejects.toMatchObject({ code: 'execution.check_outside' });
});

it('hands arguments on as they are: there is no shell', async () => {
  expect(await check(['printf', '%s|', '$HOME', '*', '; exit 1', ''])).toMatchObject({ exitCode: 0, output: '$HOME|*|; exit 1||' });
});

it('has the environment of the agent and not the one of the host, and its output has no secrets', async () => {
  const { output } = await check(['sh', '-c', 'echo "$GIVEN,$UNRELATED,$PARALLAX_EXECUTION_ID,$TERM"; echo "$MODEL_API_KEY of the thread"']);
  expect(output).toContain('yes,,exec_1,dumb');
  expect(output).not.toContain('sk-very-secret');
  expect(output).not.toContain('of the thread');
});

it('is ended with all it started when its time is up, and when it is cancelled', async () => {
  const script = 'sleep 300 & echo $! > child; echo working; wait';
  expect(await check(['sh', '-c', script], { timeoutMs: 500 })).toMatchObject({ exitCode: null, reason: 'it took longer than 500 ms', output: 'working\n' });
  await eventually('its child is gone', () => !alive(Number(readFileSync(join(workspace, 'child'), 'utf8'))));

  rmSync(join(workspace, 'child'));
  const given = new AbortController();
  const cancelled = check(['sh', '-c', script], {}, given.signal);
  const refused = expect(cancelled).rejects.toThrow();
  await eventually('it works', () => readFileSafely(join(workspace, 'child')) !== '');
  const child = Number(readFileSafely(join(workspace, 'child')));
  given.abort();
  await refused;
  await eventually('its child is gone', () => !alive(child));
});

it('does not wait for what it left behind', async () => {
  const { exitCode, output } = await check(['sh', '-c', 'sleep 300 & echo $!']);
  expect(exitCode).toBe(0);
  await eventually('it is gone', () => !alive(Number(output)));
});

it('tells a program that is not there from one that fails, and keeps the end of a long output', async () => {
  expect(await check(['no-such-program-here'])).toMatchObject({ exitCode: null, reason: 'it could not be started: ENOENT' });
  writeFileSync(join(workspace, 'long.js'), "process.stdout.write('x'.repeat(500000)+'the end')");
  const { output } = await check([process.execPath, 'long.js']);
  expect(output).toHaveLength(8_000);
  expect(output.endsWith('the end')).toBe(true);
});

function readFileSafely(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
