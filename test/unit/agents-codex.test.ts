import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LaunchContext } from '../../activities/agents/adapter';
import { codexAdapter } from '../../activities/agents/codex';
import { codexArguments, presetArguments } from '../../activities/agents/codex-settings';
import { shellWord } from '../../activities/agents/hook-command';
import type { Ask } from '../../src/contracts/managed-thread/ask';
import { goldenScreen, viewOf } from '../support/golden-screen';

const read = (name: string, ...rest: Parameters<typeof viewOf> extends [unknown, ...infer R] ? R : never) =>
  codexAdapter.read(viewOf(goldenScreen('codex', name), ...rest));
const asked = (name: string): Ask => ({ id: 'turn/ask-0', ...read(name).ask! });

describe('reading the screen', () => {
  it.each(['ready', 'done', 'denied', 'draft', 'deceiving-words'])('is ready at its composer: %s', (name) => {
    expect(read(name)).toEqual({ phase: 'ready' });
  });

  it('waits for the title before it believes the composer at the start, but not for ever', () => {
    expect(read('starting', [], { purpose: 'start', sinceMs: 500 })).toEqual({ phase: 'starting' });
    expect(read('starting', [], { purpose: 'start', sinceMs: 15_000 })).toEqual({ phase: 'ready' });
  });

  it.each(['working', 'working-queued'])('is working while its status line or title says so: %s', (name) => {
    expect(read(name)).toEqual({ phase: 'working', worked: true });
  });

  it('is blocked by a command that needs approval', () => {
    expect(read('ask-shell')).toMatchObject({
      phase: 'blocked',
      ask: {
        kind: 'permission',
        options: [{ option: 1, label: 'Yes, proceed (y)' }, { option: 2 }, { option: 3, label: 'No, and tell Codex what to do differently (esc)' }],
        approveOption: 1,
        denyOption: 3,
        action: { category: 'shell', command: 'printf one > made.txt', reason: 'The person asked for this command.' },
      },
    });
  });

  it('is blocked by questions about folders, hooks and accounts', () => {
    expect(read('trust')).toMatchObject({ phase: 'blocked', ask: { kind: 'trust', approveOption: 1, action: { path: '/code/project' } } });
    expect(read('hooks-review')).toMatchObject({ phase: 'blocked', ask: { kind: 'config', approveOption: 2, denyOption: 3 } });
    expect(read('login')).toMatchObject({ phase: 'blocked', ask: { kind: 'login', options: [{ label: 'Sign in with ChatGPT' }, {}, {}] } });
    expect(read('command-center')).toMatchObject({ phase: 'blocked', ask: { kind: 'unknown', options: [] } });
  });

  it('gives what stands below the last message as output', () => {
    expect(codexAdapter.output(viewOf(goldenScreen('codex', 'denied')))).toContain('✗ You canceled the request to run rm made.txt');
    expect(codexAdapter.output(viewOf(goldenScreen('codex', 'ready')))).not.toContain('Ask Codex');
  });
});

describe('reading the hooks', () => {
  const started = { hook_event_name: 'SessionStart', session_id: 'conversation-1' };
  const prompt = { hook_event_name: 'UserPromptSubmit', session_id: 'conversation-1' };
  const tool = { hook_event_name: 'PreToolUse', session_id: 'conversation-1', tool_name: 'Bash', tool_input: { command: 'make' } };
  const stop = { hook_event_name: 'Stop', session_id: 'conversation-1', last_assistant_message: 'All done?' };

  it('is certain of the end of a turn when the hook says so and the composer is free', () => {
    expect(read('done', [started, prompt, stop])).toEqual({
      phase: 'ready',
      certain: true,
      worked: true,
      message: 'All done?',
      conversationId: 'conversation-1',
    });
    expect(read('working', [started, prompt, stop])).toMatchObject({ phase: 'working' });
    expect(read('done', [started, prompt])).toEqual({ phase: 'ready', worked: true, conversationId: 'conversation-1' });
  });

  it('leaves an end that came before the watch alone', () => {
    expect(read('done', [started, prompt, stop], { recordsBefore: 3 })).toEqual({ phase: 'ready', conversationId: 'conversation-1' });
  });

  it('names the tool that runs', () => {
    expect(read('working', [started, prompt, tool])).toMatchObject({ phase: 'working', tool: { name: 'Bash', description: 'make' } });
  });

  it('takes what a prompt is about from the hook, which has the whole of it', () => {
    const request = {
      hook_event_name: 'PermissionRequest',
      session_id: 'conversation-1',
      tool_name: 'apply_patch',
      tool_input: { file_path: '/x', description: 'why' },
    };
    expect(read('ask-shell', [started, prompt, request])).toMatchObject({
      certain: true,
      ask: { action: { category: 'file_write', path: '/x', reason: 'why' } },
    });
  });

  it('does not take the turns of the agents that Codex starts for its own', () => {
    expect(read('working', [started, prompt, { ...stop, agent_id: 'a1', session_id: 'other' }])).toMatchObject({
      phase: 'working',
      conversationId: 'conversation-1',
    });
  });
});

describe('answering', () => {
  it('presses the number of the option', () => {
    expect(codexAdapter.answer(asked('ask-shell'), { approve: true })).toMatchObject([{ data: '1' }]);
    expect(codexAdapter.answer(asked('ask-shell'), { approve: false })).toMatchObject([{ data: '3' }]);
    expect(codexAdapter.answer(asked('ask-shell'), { option: 2 })).toMatchObject([{ data: '2' }]);
    expect(codexAdapter.answer(asked('trust'), { approve: true })).toMatchObject([{ data: '1' }, { data: '\r' }]);
  });

  it('refuses answers that the prompt does not take', () => {
    expect(codexAdapter.answer(asked('ask-shell'), { option: 4 })).toBeNull();
    expect(codexAdapter.answer(asked('trust'), { approve: false })).toBeNull();
    expect(codexAdapter.answer(asked('login'), { approve: true })).toBeNull();
    expect(codexAdapter.answer(asked('login'), { text: 'sk-1' })).toBeNull();
  });

  it('refuses first and speaks then when a permission is answered in words', () => {
    expect(codexAdapter.answer(asked('ask-shell'), { text: 'use make' })).toMatchObject([{ data: '3' }, { data: 'use make' }, { data: '\r' }]);
  });
});

describe('starting', () => {
  let cwd: string;
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'everthread-codex-'));
  });
  afterEach(() => {
    rmSync(cwd, { recursive: true });
  });
  const context = (more: Partial<LaunchContext> = {}): LaunchContext => ({
    sessionId: 't.1',
    threadId: 't',
    cwd,
    preset: 'standard',
    requireWorkspaceBoundary: false,
    sessionDir: cwd,
    recordsFile: join(cwd, 'records.jsonl'),
    recordCommand: ['/opt/node', "/opt/it's here/record.js", '/data/records.jsonl'],
    env: {},
    conversationId: null,
    contextFiles: [],
    ...more,
  });

  it.each([
    ['readonly', false, ['read-only', 'never']],
    ['standard', false, ['read-only', 'on-request']],
    ['permissive', false, ['workspace-write', 'on-request']],
    ['autonomous', false, ['danger-full-access', 'never']],
    ['autonomous', true, ['workspace-write', 'never']],
  ] as const)('gives %s (boundary %s) its sandbox and its way of asking', (preset, requireWorkspaceBoundary, [sandbox, policy]) => {
    const args = presetArguments({ preset, requireWorkspaceBoundary });
    expect(args[args.indexOf('-s') + 1]).toBe(sandbox);
    expect(args[args.indexOf('-a') + 1]).toBe(policy);
  });

  it('answers the question of trust beforehand only where a folder brings no settings of its own', () => {
    expect(codexArguments(context()).some((arg) => arg.startsWith('projects='))).toBe(true);
    mkdirSync(join(cwd, '.codex'));
    expect(codexArguments(context()).some((arg) => arg.startsWith('projects='))).toBe(false);
  });

  it('looks for settings up to the top of the repository', () => {
    mkdirSync(join(cwd, '.git'));
    mkdirSync(join(cwd, '.codex'));
    mkdirSync(join(cwd, 'a', 'b'), { recursive: true });
    expect(codexArguments(context({ cwd: join(cwd, 'a', 'b') })).some((arg) => arg.startsWith('projects='))).toBe(false);
  });

  it('resumes a conversation', () => {
    expect(codexArguments(context({ conversationId: 'c-1' })).slice(0, 2)).toEqual(['resume', 'c-1']);
  });

  it('never trusts hooks wholesale', () => {
    expect(codexArguments(context())).not.toContain('--dangerously-bypass-hook-trust');
  });

  it('quotes the words of the hook command', () => {
    expect(shellWord("/opt/it's here")).toBe(`'/opt/it'\\''s here'`);
    expect(shellWord('/plain/path.js')).toBe('/plain/path.js');
  });
});
