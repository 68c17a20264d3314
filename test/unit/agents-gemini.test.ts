import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LaunchContext, SessionView } from '../../activities/agents/adapter';
import { geminiAdapter } from '../../activities/agents/gemini';
import { geminiPolicy } from '../../activities/agents/gemini-policy';
import { goldenScreen, viewOf } from '../support/golden-screen';

const launched = { source: 'launch', at: 0, data: { cwd: '/code/project', conversationId: 'c-1' } };
const view = (name: string, more: Partial<SessionView> = {}): SessionView =>
  viewOf(goldenScreen('gemini', name), [], { records: [launched], recordsBefore: 1, ...more });
const read = (name: string, more: Partial<SessionView> = {}) => geminiAdapter.read(view(name, more));

describe('reading the screen', () => {
  it.each(['ready', 'done', 'shell-done', 'denied', 'interrupted', 'resumed', 'draft', 'deceiving-words', 'untrusted'])(
    'is ready at its composer: %s',
    (name) => {
      expect(read(name)).toEqual({ phase: 'ready' });
    },
  );

  it('is working while its title or status line says so, and has a conversation from then on', () => {
    expect(read('working')).toEqual({ phase: 'working', worked: true, conversationId: 'c-1' });
    const untitled = { ...goldenScreen('gemini', 'working'), title: '' };
    expect(read('working', { screen: untitled })).toMatchObject({ phase: 'working' });
  });

  it('is not through with words that wait until it has begun, whatever its composer looks like', () => {
    const ready = goldenScreen('gemini', 'ready');
    const notice = 'ℹ Initializing... Prompts will be queued.';
    const waiting = { ...ready, scrollback: [...ready.scrollback, notice, ''] };
    const begun = { ...waiting, scrollback: [...waiting.scrollback, ' > say hello', '', '✦ hello'] };

    expect(read('ready', { screen: waiting, purpose: 'turn' })).toEqual({ phase: 'working' });
    expect(read('ready', { screen: begun, purpose: 'turn' })).toEqual({ phase: 'ready' });
    expect(read('ready', { screen: waiting, purpose: 'start' })).toEqual({ phase: 'ready' });
  });

  it('is blocked by a command that needs approval', () => {
    expect(read('ask-shell')).toMatchObject({
      phase: 'blocked',
      ask: {
        kind: 'permission',
        options: [{ label: 'Allow once' }, { label: 'Allow for this session' }, { label: 'No, suggest changes (esc)' }],
        approveOption: 1,
        denyOption: 3,
        action: { category: 'shell', command: 'touch /code/project/made.txt' },
      },
    });
  });

  it('is blocked by a change that needs approval', () => {
    expect(read('ask-write')).toMatchObject({
      phase: 'blocked',
      ask: { kind: 'permission', text: expect.stringContaining('1 hello'), approveOption: 1, denyOption: 4, action: { category: 'file_write', path: 'w.txt' } },
    });
  });

  it('is blocked by questions about folders and accounts', () => {
    expect(read('trust')).toMatchObject({ ask: { kind: 'trust', approveOption: 1, denyOption: 3, action: { path: '/code/project' } } });
    expect(read('login')).toMatchObject({ ask: { kind: 'login', options: [{ label: 'Sign in with Google' }, {}, {}] } });
  });

  it('gives what the agent said as output, or what else happened', () => {
    expect(geminiAdapter.output(view('done'))).toBe('echo:');
    expect(geminiAdapter.output(view('deceiving-words'))).toContain('Shall I go on?');
    expect(geminiAdapter.output(view('denied'))).toContain('Request cancelled.');
  });
});

describe('starting', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'everthread-gemini-'));
    mkdirSync(join(dir, 'work'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });
  const context = (more: Partial<LaunchContext> = {}): LaunchContext => ({
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

  it('names a new conversation once, however often the session is launched', async () => {
    const { args } = await geminiAdapter.launch(context());
    const again = await geminiAdapter.launch(context());
    expect(args[0]).toBe('--session-id');
    expect(again.args).toEqual(args);
    expect(JSON.parse(readFileSync(join(dir, 'records.jsonl'), 'utf8').split('\n')[0]!)).toMatchObject({ source: 'launch', data: { conversationId: args[1] } });
  });

  it('resumes the conversation it is given', async () => {
    expect(await geminiAdapter.launch(context({ conversationId: 'c-9' }))).toMatchObject({
      resumes: true,
      args: ['--resume', 'c-9', '--admin-policy', join(dir, 'policy.toml'), ...[expect.anything(), expect.anything(), expect.anything()]],
    });
  });

  it.each(['.gemini', '.env'])('leaves the question of trust where a folder brings %s', async (name) => {
    expect((await geminiAdapter.launch(context())).args).toContain('--skip-trust');
    mkdirSync(join(dir, 'work', name));
    expect((await geminiAdapter.launch(context())).args).not.toContain('--skip-trust');
  });

  it('writes the policy of each preset', () => {
    const policy = (preset: LaunchContext['preset'], requireWorkspaceBoundary = false) => geminiPolicy({ preset, requireWorkspaceBoundary });
    expect(policy('readonly')).toMatch(/toolName = "\*"\ndecision = "deny"/);
    expect(policy('standard')).toMatch(/toolName = "\*"\ndecision = "ask_user"/);
    expect(policy('standard')).not.toMatch(/write_file/);
    expect(policy('permissive')).toMatch(/"write_file".*\ndecision = "allow"/);
    expect(policy('permissive')).not.toMatch(/run_shell_command/);
    expect(policy('autonomous')).toMatch(/toolName = "\*"\ndecision = "allow"/);
    expect(policy('autonomous', true)).toMatch(/toolName = "run_shell_command"\ndecision = "ask_user"/);
  });
});
