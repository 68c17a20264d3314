import type { Ask, AskKind } from '../../src/contracts/managed-thread/ask';
import type { ApprovalPreset } from '../../src/contracts/managed-thread/spawn';
import { autoAnswer, type AutoAnswerQuestion } from '../../src/domain/managed-thread/auto-answer';

const PRESETS: readonly ApprovalPreset[] = ['readonly', 'standard', 'permissive', 'autonomous'];
const WORKSPACE = '/code/spaces/ws_1';

const ask = (kind: AskKind, more: Partial<Ask> = {}): Ask => ({
  ...{
    id: 'turn/ask-1',
    kind,
    text: 'Proceed?',
    options: [
      { option: 1, label: 'Yes' },
      { option: 2, label: 'No' },
    ],
    approveOption: 1,
    denyOption: 2,
  },
  ...more,
});
const question = (asked: Ask, preset: ApprovalPreset, more: Partial<AutoAnswerQuestion> = {}): AutoAnswerQuestion => ({
  ...{ ask: asked, preset, left: 5, requireWorkspaceBoundary: false, workspacePath: WORKSPACE },
  ...more,
});
const said = (asked: Ask, preset: ApprovalPreset, more: Partial<AutoAnswerQuestion> = {}): string => {
  const answer = autoAnswer(question(asked, preset, more))?.answer;
  return answer === undefined ? 'person' : 'approve' in answer ? (answer.approve ? 'yes' : 'no') : 'other';
};
const row = (asked: Ask): string[] => PRESETS.map((preset) => said(asked, preset));

describe('a permission prompt', () => {
  it.each([
    ['file_read', ['yes', 'yes', 'yes', 'yes']],
    ['planning', ['yes', 'yes', 'yes', 'yes']],
    ['web', ['person', 'yes', 'yes', 'yes']],
    ['file_write', ['person', 'person', 'yes', 'yes']],
    ['agent', ['person', 'person', 'yes', 'yes']],
    ['shell', ['person', 'person', 'person', 'yes']],
    ['unknown', ['person', 'person', 'person', 'yes']],
  ] as const)('for %s is answered by each preset as the table says', (category, expected) => {
    expect(row(ask('permission', { action: { category } }))).toEqual(expected);
  });

  it('that does not tell what for counts as unknown', () => {
    expect(row(ask('permission'))).toEqual(['person', 'person', 'person', 'yes']);
  });

  it('whose yes cannot be told goes to a person', () => {
    const { approveOption: _, ...unclear } = ask('permission', { action: { category: 'file_read' } });

    expect(row(unclear)).toEqual(['person', 'person', 'person', 'person']);
    expect(row({ ...unclear, options: [] })).toEqual(['yes', 'yes', 'yes', 'yes']);
  });
});

describe('other prompts', () => {
  it.each<AskKind>(['login', 'config', 'tos', 'model_select', 'project_select', 'tool_wait', 'question', 'unknown'])('%s always goes to a person', (kind) => {
    expect(row(ask(kind, { action: { category: 'file_read' } }))).toEqual(['person', 'person', 'person', 'person']);
  });

  it('an update is always declined, where the no can be told', () => {
    const { denyOption: _, ...unclear } = ask('update');

    expect(row(ask('update'))).toEqual(['no', 'no', 'no', 'no']);
    expect(row(unclear)).toEqual(['person', 'person', 'person', 'person']);
  });

  it.each([
    ['by its path', ask('trust', { action: { category: 'unknown', path: WORKSPACE } }), 'yes'],
    ['by its path with a slash at the end', ask('trust', { action: { category: 'unknown', path: `${WORKSPACE}/` } }), 'yes'],
    ['in the text', ask('trust', { text: `Do you trust the files in this folder?\n  ${WORKSPACE}\n` }), 'yes'],
    ['in the text, as a question', ask('trust', { text: `Do you trust ${WORKSPACE}?` }), 'yes'],
    ['its parent', ask('trust', { text: 'Do you trust /code/spaces?' }), 'person'],
    ['a sibling with the same beginning', ask('trust', { text: `Do you trust ${WORKSPACE}0?` }), 'person'],
    ['something below it', ask('trust', { action: { category: 'unknown', path: `${WORKSPACE}/sub` } }), 'person'],
    ['itself and another', ask('trust', { text: `Do you trust ${WORKSPACE} and /etc?` }), 'person'],
    ['nothing', ask('trust'), 'person'],
  ])('trust is given only to the workspace itself: %s', (_what, asked, expected) => {
    expect(row(asked)).toEqual(['person', expected, expected, expected]);
    expect(said(asked, 'autonomous', { workspacePath: null })).toBe('person');
  });
});

it('nothing is answered when no automatic answers are left', () => {
  for (const asked of [
    ask('permission', { action: { category: 'file_read' } }),
    ask('update'),
    ask('trust', { action: { category: 'unknown', path: WORKSPACE } }),
  ]) {
    expect(said(asked, 'autonomous', { left: 0 })).toBe('person');
  }
});

describe('with the workspace as a boundary', () => {
  const bounded = (action: object): string =>
    said(ask('permission', { action: { category: 'shell', ...action } }), 'autonomous', { requireWorkspaceBoundary: true });

  it.each(['src/a.ts', './src/../a.ts', `${WORKSPACE}/a.ts`, WORKSPACE, '/dev/null'])('the path %s is inside', (path) => expect(bounded({ path })).toBe('yes'));

  it.each(['/etc/passwd', '../other', 'src/../../x', `${WORKSPACE}0/a`, '~/.ssh/id', '$HOME/x', '/'])('the path %s is outside', (path) =>
    expect(bounded({ path })).toBe('person'),
  );

  it.each([
    'npm test',
    'ls -la src',
    'git diff HEAD~1 -- src/a.ts',
    `cat ${WORKSPACE}/a.ts`,
    'make 2>/dev/null',
    'curl https://example.invalid/a/../b',
    'cd src && ls',
    'grep "a\\.b" x.ts',
    'echo and/or',
  ])('the command %s names nothing outside', (command) => expect(bounded({ command })).toBe('yes'));

  it.each([
    ...[
      'cat /etc/passwd',
      'cat ../x',
      'cd ..',
      'cd',
      'cd && rm -rf x',
      'cd -',
      'cat ~/x',
      'cat ~',
      'echo $HOME',
      'echo `id`',
      'echo $(id)',
      'x=/etc/passwd',
      'cat</etc/passwd',
      'tar --file=/tmp/x',
    ],
    ...[
      'cat \\/etc/passwd',
      "cat '.''.'/x",
      '/usr/bin/env',
      'cat {/etc,}/passwd',
      'ls;/bin/sh',
      'curl https://example.invalid;cat /etc/passwd',
      'curl file:///etc/passwd',
      'cat "/etc/passwd"',
      "cat /e'tc/x'",
      'pushd',
    ],
  ])('the command %s may go outside', (command) => expect(bounded({ command })).toBe('person'));

  it('an unknown workspace has no inside', () => {
    expect(said(ask('permission', { action: { category: 'file_read', path: 'a' } }), 'standard', { requireWorkspaceBoundary: true, workspacePath: null })).toBe(
      'person',
    );
  });
});

it('the reason is in words', () => {
  expect(autoAnswer(question(ask('permission', { action: { category: 'web' } }), 'standard'))?.reason).toBe('preset standard allows web without asking');
});
