import { describeThread } from '../../src/domain/managed-thread/describe';
import { PREVIEW_MAX, previewOf } from '../../src/domain/managed-thread/preview';
import { projectThread } from '../../src/domain/managed-thread/project';
import { ask, blocked, IN_STATUS } from '../support/thread-journey';

describe('what a person reads in the Temporal UI', () => {
  it('says what the thread is, for whom, where, and how far it got', () => {
    const thread = IN_STATUS.running({ role: 'engineer' });
    thread.event('thread_conversation', { conversationId: 'c-1' });
    thread.message();

    expect(describeThread(thread.state).split('\n')).toEqual([
      '**test-thread** is **running**',
      '',
      '- agent: fake as engineer, execution exec-1',
      '- session: thr_1.1 on host-a, conversation c-1',
      '- turns: 0, waiting inputs: 1',
      '- objective: do the work',
      `- in turn ${thread.state.turn?.turnId} since ${thread.state.turn?.startedAt}`,
    ]);
  });

  it('says why, when there is a reason', () => {
    expect(describeThread(IN_STATUS.waiting().state)).toContain('is **waiting** (host host-a does not answer)');
    expect(describeThread(IN_STATUS.idle().state)).toContain('- session: none');
  });

  it('shows the open question with its options and the signal that answers it', () => {
    const thread = IN_STATUS.running({ tenant: 'acme' }).outcome(blocked(ask('q-1', { text: 'Two\nlines' })));

    expect(describeThread(thread.state)).toContain(
      [
        '**Waits for an answer** (permission, `q-1`):',
        '> Two',
        '> lines',
        '1. Yes',
        '2. No',
        '',
        `Answer by signal: \`temporal workflow signal -w managed-thread/acme/thr_1 --name approve --input '{"approve":true}'\``,
      ].join('\n'),
    );
  });

  it('cuts a question that is too long', () => {
    const thread = IN_STATUS.running().outcome(blocked(ask('q-1', { text: 'x'.repeat(8_000) })));

    expect(describeThread(thread.state).length).toBeLessThan(2_000);
  });
});

describe('the row of a thread', () => {
  it('is what lists and reads show', () => {
    const thread = IN_STATUS.blocked();
    thread.message();
    thread.command('send', { raw: 'x' });

    expect(projectThread(thread.state)).toEqual({
      specRef: 'none',
      status: 'blocked',
      statusReason: null,
      workspace: { path: '/workspace', workspaceId: 'ws_1' },
      memoryContext: null,
      hostId: 'host-a',
      sessionId: 'thr_1.1',
      conversationId: null,
      ask: ask('thr_1/turn-1/ask-1'),
      queued: 2,
      turns: 0,
      summary: null,
      completion: null,
      updatedAt: thread.log.at(-1)?.at,
      lastActivityAt: thread.log.at(-1)?.at,
    });
  });

  it('has no session while released, and keeps the last completion', () => {
    expect(projectThread(IN_STATUS.idle().state)).toMatchObject({ status: 'idle', sessionId: null, turns: 1, completion: { summary: 'Done.' } });
  });
});

describe('a preview', () => {
  it.each([
    ['a message', { message: { text: '  two\n\tlines ' } }, 'two lines'],
    ['a stored message', { message: { ref: 'a'.repeat(64), preview: 'its first words', length: 9_000 } }, 'its first words'],
    ['raw input, made visible', { raw: 'a"\u0003' }, 'a\\"\\u0003'],
    ['one character', { raw: 'y' }, 'y'],
    ['keys', { keys: ['CTRL+C', 'ENTER'] }, 'CTRL+C ENTER'],
    ['yes', { approve: true }, 'approve'],
    ['no', { approve: false }, 'deny'],
    ['a choice', { option: 3 }, 'option 3'],
    ['words', { text: 'use staging' }, 'use staging'],
    ['plain text', { plain: 'an objective' }, 'an objective'],
  ])('of %s', (_what, input, shown) => {
    expect(previewOf(input)).toBe(shown);
  });

  it.each([
    ['a message', { message: { text: 'x'.repeat(4_000) } }],
    ['raw input', { raw: '\u0003'.repeat(8_000) }],
    ['keys', { keys: Array.from({ length: 100 }, () => 'CTRL+SHIFT+LEFT') }],
  ])('of %s is never longer than its bound', (_what, input) => {
    expect(previewOf(input)).toHaveLength(PREVIEW_MAX);
  });
});
