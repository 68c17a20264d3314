import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LaunchContext, SessionView } from '../../activities/agents/adapter';
import { aiderAdapter, aiderPreset } from '../../activities/agents/aider';
import type { Ask } from '../../src/contracts/managed-thread/ask';
import { goldenScreen, viewOf } from '../support/golden-screen';

const view = (name: string, more: Partial<SessionView> = {}): SessionView => viewOf(goldenScreen('aider', name), [], more);
const read = (name: string, more: Partial<SessionView> = {}) => aiderAdapter.read(view(name, more));
const asked = (name: string): Ask => ({ id: 'turn/ask-0', ...read(name).ask! });

describe('reading the screen', () => {
  it.each(['ready', 'done', 'denied', 'written', 'interrupted', 'deceiving-words', 'draft'])('is ready at its prompt: %s', (name) => {
    expect(read(name)).toEqual({ phase: 'ready' });
  });

  it('is working while it waits for its model', () => {
    expect(read('working')).toEqual({ phase: 'working' });
  });

  it('is blocked by its questions, with their letters as options', () => {
    expect(read('ask-shell')).toMatchObject({
      phase: 'blocked',
      ask: {
        kind: 'permission',
        text: 'touch shell-made.txt\nRun shell command?',
        options: [{ label: '(Y)es' }, { label: '(N)o' }, { label: "(D)on't ask again" }],
        approveOption: 1,
        denyOption: 2,
        action: { category: 'shell', command: 'touch shell-made.txt' },
      },
    });
    expect(read('ask-new-file')).toMatchObject({ phase: 'blocked', ask: { kind: 'permission', action: { category: 'file_write', path: 'new.txt' } } });
  });

  it('does not take a question in somebody’s words for one', () => {
    expect(read('deceiving-words').ask).toBeUndefined();
  });

  it('gives what stands below the last message as output', () => {
    expect(aiderAdapter.output(view('done'))).toMatch(/^echo: t\.\n/);
    expect(aiderAdapter.output(view('written'))).toContain('Applied edit to new.txt');
  });

  it('knows its conversation from the launch, once it has spoken', () => {
    const launch = { source: 'launch', at: 0, data: { cwd: '/code/project', conversationId: 'c-1' } };
    const waits = { source: 'notify', at: 1, data: { event: 'waiting' } };
    expect(read('ready', { records: [launch] })).toEqual({ phase: 'ready' });
    expect(read('done', { records: [launch, waits] })).toEqual({ phase: 'ready', worked: true, conversationId: 'c-1' });
  });
});

describe('answering', () => {
  it('types the letter of the option', () => {
    expect(aiderAdapter.answer(asked('ask-shell'), { approve: true })).toMatchObject([{ data: 'y' }, { data: '\r' }]);
    expect(aiderAdapter.answer(asked('ask-shell'), { approve: false })).toMatchObject([{ data: 'n' }, { data: '\r' }]);
    expect(aiderAdapter.answer(asked('ask-shell'), { option: 3 })).toMatchObject([{ data: 'd' }, { data: '\r' }]);
    expect(aiderAdapter.answer(asked('ask-shell'), { option: 4 })).toBeNull();
    expect(aiderAdapter.answer(asked('ask-shell'), { text: 'use make' })?.map(({ data }) => data)).toEqual(['n', '\r', '', 'use make', '\r']);
  });
});

describe('starting', () => {
  let cwd: string;
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'everthread-aider-'));
  });
  afterEach(() => {
    rmSync(cwd, { recursive: true });
  });
  const launch = async (more: Partial<LaunchContext> = {}) =>
    aiderAdapter.launch({
      sessionId: 't.1',
      threadId: 't',
      cwd,
      preset: 'standard',
      requireWorkspaceBoundary: false,
      sessionDir: cwd,
      recordsFile: join(cwd, 'records.jsonl'),
      recordCommand: ['node', 'record.js', 'records.jsonl'],
      env: {},
      conversationId: null,
      contextFiles: [],
      ...more,
    });

  it('keeps its conversation in a file that the next session restores', async () => {
    const { args } = await launch();
    expect(args[args.indexOf('--chat-history-file') + 1]).toMatch(/\/\.aider\.[0-9a-f-]{36}\.history\.md$/);
    expect(args).not.toContain('--restore-chat-history');
    const again = await launch({ conversationId: 'c-9' });
    expect(again.args).toEqual(expect.arrayContaining([join(cwd, '.aider.c-9.history.md'), '--restore-chat-history']));
  });

  it('looks for a repository only where there is one', async () => {
    expect((await launch()).args).toContain('--no-git');
    mkdirSync(join(cwd, '.git'));
    expect((await launch()).args).not.toContain('--no-git');
  });

  it('says by its notification command that it waits', async () => {
    const { args } = await launch();
    expect(args[args.indexOf('--notifications-command') + 1]).toBe(`node record.js records.jsonl notify '{"event":"waiting"}'`);
  });

  it.each(['yes-always: true\n', 'model: x\nyes_always: "on"\n'])('refuses a configuration that says yes to everything: %j', async (text) => {
    writeFileSync(join(cwd, '.aider.conf.yml'), text);
    await expect(launch()).rejects.toMatchObject({ code: 'agent.preset_loosened' });
    await expect(launch({ preset: 'autonomous' })).resolves.toMatchObject({ command: 'aider' });
    writeFileSync(join(cwd, '.aider.conf.yml'), 'yes-always: false\n');
    await expect(launch()).resolves.toMatchObject({ command: 'aider' });
  });

  it('gives each preset its flags, and never the one that says yes to everything', () => {
    const flags = (preset: LaunchContext['preset']) => aiderPreset({ preset, requireWorkspaceBoundary: false });
    expect(flags('readonly')).toEqual(expect.arrayContaining(['ask', '--dry-run', '--no-suggest-shell-commands']));
    expect(flags('standard')).toEqual(expect.arrayContaining(['architect', '--no-auto-accept-architect']));
    for (const preset of ['readonly', 'standard', 'permissive', 'autonomous'] as const) expect(flags(preset)).not.toContain('--yes-always');
  });
});
