import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LaunchContext, Reading, SessionRecord, SessionView } from '../../activities/agents/adapter';
import { opencodeAdapter } from '../../activities/agents/opencode';
import { openCodePermission } from '../../activities/agents/opencode-settings';
import { goldenScreen, viewOf } from '../support/golden-screen';

const records = (data: readonly SessionRecord['data'][]): SessionRecord[] => data.map((each, at) => ({ source: 'plugin', at, data: each }));
const view = (name: string, data: readonly SessionRecord['data'][] = [], more: Partial<SessionView> = {}): SessionView =>
  viewOf(goldenScreen('opencode', name), [], { records: records(data), ...more });
const read = (...args: Parameters<typeof view>): Reading => opencodeAdapter.read(view(...args));

const begun = { event: 'session', sessionID: 'ses_1' };
const busy = { event: 'status', sessionID: 'ses_1', status: 'busy' };
const idle = { event: 'status', sessionID: 'ses_1', status: 'idle' };
const said = { event: 'text', sessionID: 'ses_1', messageID: 'm1', text: 'All done?' };
const asked = { event: 'asked', sessionID: 'ses_1', requestID: 'per_1', permission: 'bash', patterns: ['touch made.txt'], command: 'touch made.txt' };

describe('reading the screen', () => {
  it.each(['ready', 'done', 'denied', 'write-done', 'interrupted', 'draft', 'deceiving-words'])('is ready at its composer: %s', (name) => {
    expect(read(name)).toEqual({ phase: 'ready' });
  });

  it('is working while its status line says so', () => {
    expect(read('working')).toEqual({ phase: 'working', worked: true });
  });

  it('is blocked by prompts, with their choices', () => {
    const options = [
      { option: 1, label: 'Allow once' },
      { option: 2, label: 'Allow always' },
      { option: 3, label: 'Reject' },
    ];
    expect(read('ask-shell')).toMatchObject({
      phase: 'blocked',
      ask: { kind: 'permission', options, approveOption: 1, denyOption: 3, action: { category: 'unknown' } },
    });
    expect(read('ask-write')).toMatchObject({ phase: 'blocked', ask: { kind: 'permission', text: '△ Permission required\n→ Edit w.txt\n\n1 + hi', options } });
    expect(read('ask-always')).toMatchObject({ phase: 'blocked', ask: { kind: 'config', options: [{ label: 'Confirm' }, { label: 'Cancel' }] } });
  });

  it('gives what stands below the last message as output', () => {
    expect(opencodeAdapter.output(view('done'))).toContain('echo: hello there');
    expect(opencodeAdapter.output(view('denied'))).toContain('$ touch made.txt');
    expect(opencodeAdapter.output(view('denied'))).not.toContain('Build · loopback loopback');
  });
});

describe('reading the plugin', () => {
  it('is certain of the end of a turn', () => {
    expect(read('done', [begun, busy, said, idle])).toEqual({ phase: 'ready', certain: true, worked: true, message: 'All done?', conversationId: 'ses_1' });
    expect(read('done', [begun, busy, said])).toMatchObject({ phase: 'working' });
    expect(read('done', [begun, busy, said, idle], { recordsBefore: 4 })).toEqual({ phase: 'ready', conversationId: 'ses_1' });
  });

  it('takes what a prompt is about from the plugin', () => {
    expect(read('ask-shell', [begun, busy, asked])).toMatchObject({ certain: true, ask: { action: { category: 'shell', command: 'touch made.txt' } } });
    expect(read('ask-shell', [begun, busy, asked, { event: 'replied', requestID: 'per_1' }])).toMatchObject({ ask: { action: { category: 'unknown' } } });
    const outside = { ...asked, permission: 'external_directory', patterns: ['/etc/*'], command: undefined };
    expect(read('ask-shell', [begun, busy, outside])).toMatchObject({ ask: { action: { category: 'unknown', path: '/etc' } } });
  });

  it('does not take the sessions of sub-agents for the conversation', () => {
    const child = { event: 'session', sessionID: 'ses_2', parentID: 'ses_1' };
    expect(read('working', [begun, busy, child, { ...busy, sessionID: 'ses_2' }, { ...idle, sessionID: 'ses_2' }])).toMatchObject({
      phase: 'working',
      conversationId: 'ses_1',
    });
  });

  it('knows a resumed conversation before anything is said in it', () => {
    const launch: SessionRecord = { source: 'launch', at: 0, data: { cwd: '/code/project', conversationId: 'ses_9' } };
    expect(read('ready', [], { records: [launch] })).toMatchObject({ conversationId: 'ses_9' });
  });

  it('gives a message time to be taken', () => {
    expect(read('draft', [], { sinceMs: 500 })).toEqual({ phase: 'starting' });
    expect(read('draft', [], { sinceMs: 500, purpose: 'follow' })).toEqual({ phase: 'ready' });
  });
});

describe('answering', () => {
  const ask = (name: string) => ({ id: 'turn/ask-0', ...read(name).ask! });

  it('moves to the choice, and refuses by Escape', () => {
    expect(opencodeAdapter.answer(ask('ask-shell'), { approve: true })).toMatchObject([{ data: '\r' }]);
    expect(opencodeAdapter.answer(ask('ask-shell'), { option: 2 })).toMatchObject([{ data: '\u001b[C' }, { data: '\r' }]);
    expect(opencodeAdapter.answer(ask('ask-shell'), { approve: false })).toMatchObject([{ data: '\u001b' }]);
    expect(opencodeAdapter.answer(ask('ask-shell'), { option: 4 })).toBeNull();
  });

  it('refuses first and speaks then when a permission is answered in words', () => {
    expect(opencodeAdapter.answer(ask('ask-shell'), { text: 'use make' })).toMatchObject([{ data: '\u001b' }, { data: 'use make' }, { data: '\r' }]);
  });
});

describe('starting', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'everthread-opencode-'));
    mkdirSync(join(dir, 'work'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });
  const launch = async (more: Partial<LaunchContext> = {}) => {
    const { args, env } = await opencodeAdapter.launch({
      sessionId: 't.1',
      threadId: 't',
      cwd: join(dir, 'work'),
      preset: 'standard',
      requireWorkspaceBoundary: false,
      sessionDir: dir,
      recordsFile: join(dir, 'records.jsonl'),
      recordCommand: ['node', 'record.js'],
      env: {},
      conversationId: null,
      contextFiles: [],
      ...more,
    });
    return { args, env, config: JSON.parse(env?.OPENCODE_CONFIG_CONTENT ?? '{}') as Record<string, unknown> };
  };

  it('keeps what the spawn configured, and sets the preset above it', async () => {
    const given = { model: 'a/b', permission: { bash: 'allow' }, agent: { build: { temperature: 0, permission: { bash: 'allow' } } } };
    const { config } = await launch({ env: { OPENCODE_CONFIG_CONTENT: JSON.stringify(given) } });
    const permission = openCodePermission({ preset: 'standard', requireWorkspaceBoundary: false });
    expect(config).toMatchObject({ model: 'a/b', permission, agent: { build: { temperature: 0, permission } } });
  });

  it('leaves a folder’s own settings out, but not its instructions', async () => {
    expect((await launch()).env).not.toHaveProperty('OPENCODE_DISABLE_PROJECT_CONFIG');
    writeFileSync(join(dir, 'work', 'opencode.json'), '{}');
    writeFileSync(join(dir, 'work', 'AGENTS.md'), 'be kind');
    expect(await launch()).toMatchObject({ env: { OPENCODE_DISABLE_PROJECT_CONFIG: '1' }, config: { instructions: [join(dir, 'work', 'AGENTS.md')] } });
  });

  it('resumes a conversation', async () => {
    expect((await launch({ conversationId: 'ses_9' })).args).toEqual(['--session', 'ses_9']);
  });

  it.each([
    ['readonly', false, { '*': 'deny', external_directory: 'deny' }],
    ['standard', false, { '*': 'ask', webfetch: 'allow' }],
    ['permissive', false, { '*': 'ask', edit: 'allow' }],
    ['autonomous', false, { '*': 'allow', external_directory: 'allow' }],
    ['autonomous', true, { '*': 'allow', bash: 'ask', external_directory: 'ask' }],
  ] as const)('gives %s (boundary %s) its permissions', (preset, requireWorkspaceBoundary, expected) => {
    const permission = openCodePermission({ preset, requireWorkspaceBoundary });
    expect(permission).toMatchObject(expected);
    expect(Object.keys(permission)[0]).toBe('*');
  });
});
