import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claudeAdapter } from '../../activities/agents/claude';
import { claudePermissions } from '../../activities/agents/claude-settings';
import type { Ask } from '../../src/contracts/managed-thread/ask';
import { goldenScreen, viewOf } from '../support/golden-screen';

type Rest = Parameters<typeof viewOf> extends [unknown, ...infer R] ? R : never;
const read = (name: string, ...rest: Rest) => claudeAdapter.read(viewOf(goldenScreen('claude', name), ...rest));
const asked = (name: string): Ask => ({ id: 'turn/ask-0', ...read(name).ask! });

describe('reading the screen', () => {
  it.each(['ready', 'done', 'shell-done', 'denied', 'interrupted', 'draft', 'deceiving-words'])('is ready at its composer: %s', (name) => {
    expect(read(name)).toEqual({ phase: 'ready' });
  });

  it('is working while its title or status line says so', () => {
    expect(read('working')).toEqual({ phase: 'working', worked: true });
  });

  it('is blocked by permissions, with their numbered options', () => {
    expect(read('ask-shell')).toMatchObject({ phase: 'blocked', ask: { kind: 'permission', approveOption: 1, denyOption: 2, action: { category: 'shell' } } });
    expect(read('ask-write')).toMatchObject({
      phase: 'blocked',
      ask: {
        kind: 'permission',
        text: 'Create file\nw.txt\n1 hi\nDo you want to create w.txt?',
        approveOption: 1,
        denyOption: 3,
        action: { category: 'file_write' },
      },
    });
  });

  it('is blocked by questions without numbers, in screen order', () => {
    expect(read('trust')).toMatchObject({
      ask: {
        kind: 'trust',
        options: [
          { option: 1, label: 'No, exit' },
          { option: 2, label: 'Yes, I trust this folder' },
        ],
        approveOption: 2,
        denyOption: 1,
        action: { path: '/code/project' },
      },
    });
    expect(read('api-key')).toMatchObject({
      ask: { kind: 'config', options: [{ label: 'Yes' }, { label: 'No (recommended)' }], approveOption: 1, denyOption: 2 },
    });
  });

  it('gives what stands below the last message as output', () => {
    expect(claudeAdapter.output(viewOf(goldenScreen('claude', 'done')))).toBe('echo: hello there');
    expect(claudeAdapter.output(viewOf(goldenScreen('claude', 'denied')))).toContain('Rejected write to w.txt');
  });
});

describe('reading the hooks', () => {
  const started = { hook_event_name: 'SessionStart', session_id: 'c-1', source: 'startup' };
  const prompt = { hook_event_name: 'UserPromptSubmit', session_id: 'c-1' };
  const stop = { hook_event_name: 'Stop', session_id: 'c-1', last_assistant_message: 'All done?' };

  it('has a conversation once something was said in it, or when it resumed one', () => {
    expect(read('ready', [started])).toEqual({ phase: 'ready' });
    expect(read('done', [started, prompt, stop])).toEqual({ phase: 'ready', certain: true, worked: true, message: 'All done?', conversationId: 'c-1' });
    expect(read('ready', [{ ...started, source: 'resume' }])).toEqual({ phase: 'ready', conversationId: 'c-1' });
  });

  it('gives a message time to be taken', () => {
    expect(read('draft', [started], { sinceMs: 500 })).toEqual({ phase: 'starting' });
  });

  it.each([
    ['Bash', { command: 'make' }, { category: 'shell', command: 'make' }],
    ['Write', { file_path: '/x' }, { category: 'file_write', path: '/x' }],
    ['WebFetch', {}, { category: 'web' }],
    ['Agent', {}, { category: 'agent' }],
    ['mcp__server__tool', {}, { category: 'unknown' }],
  ])('takes what a prompt of %s is about from the hook', (tool_name, tool_input, action) => {
    const request = { hook_event_name: 'PermissionRequest', session_id: 'c-1', tool_name, tool_input };
    expect(read('ask-shell', [started, prompt, request])).toMatchObject({ certain: true, ask: { action } });
  });
});

describe('answering', () => {
  const keys = (...args: Parameters<typeof claudeAdapter.answer>) =>
    claudeAdapter
      .answer(...args)
      ?.map(({ data }) => data)
      .filter((data) => data !== '');

  it('presses the number where there are numbers, and moves to the option where there are none', () => {
    expect(keys(asked('ask-write'), { approve: false })).toEqual(['3']);
    expect(keys(asked('trust'), { approve: true })).toEqual(['\u001b[B', '\r']);
    expect(keys(asked('trust'), { approve: false })).toEqual(['\r']);
    expect(keys(asked('api-key'), { approve: true })).toEqual(['\u001b[A', '\r']);
    expect(keys(asked('api-key'), { approve: false })).toEqual(['\r']);
    expect(claudeAdapter.answer(asked('trust'), { option: 3 })).toBeNull();
    expect(claudeAdapter.answer(asked('trust'), { text: 'yes' })).toBeNull();
  });
});

describe('starting', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'everthread-claude-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  it('names its conversation, its settings and its mode; never the one that judges by itself', async () => {
    const context = {
      sessionId: 't.1',
      threadId: 't',
      cwd: dir,
      requireWorkspaceBoundary: false,
      sessionDir: dir,
      recordsFile: join(dir, 'r'),
      recordCommand: ['node', 'record.js'],
      env: {},
      contextFiles: [],
    };
    const fresh = await claudeAdapter.launch({ ...context, preset: 'standard', conversationId: null });
    expect(fresh.args).toEqual([
      '--session-id',
      expect.stringMatching(/^[0-9a-f-]{36}$/),
      '--settings',
      join(dir, 'settings.json'),
      '--permission-mode',
      'manual',
    ]);
    const again = await claudeAdapter.launch({ ...context, preset: 'permissive', conversationId: 'c-9' });
    expect(again).toMatchObject({ resumes: true, args: ['--resume', 'c-9', '--settings', join(dir, 'settings.json'), '--permission-mode', 'acceptEdits'] });
    expect(JSON.parse(readFileSync(join(dir, 'settings.json'), 'utf8'))).toMatchObject({
      hooks: { Stop: [{ hooks: [{ type: 'command', command: 'node record.js hook' }] }] },
    });
  });

  it.each([
    ['readonly', false, 'deny', ['Bash', 'Write', 'WebFetch', 'Agent']],
    ['standard', false, 'ask', ['Bash', 'Write', 'Edit', 'Agent']],
    ['standard', false, 'allow', ['Read', 'WebFetch']],
    ['permissive', false, 'ask', ['Bash']],
    ['permissive', false, 'allow', ['WebFetch', 'Agent']],
    ['autonomous', false, 'allow', ['Bash', 'Write', 'WebFetch', 'Agent']],
    ['autonomous', true, 'ask', ['Bash']],
  ] as const)('under %s (boundary %s) has rules to %s', (preset, requireWorkspaceBoundary, list, tools) => {
    expect(claudePermissions({ preset, requireWorkspaceBoundary })[list]).toEqual(expect.arrayContaining([...tools]));
  });
});
