import { agentEnvironment } from '../../src/domain/managed-thread/agent-env';
import { artifactsIn, completionOf, SUMMARY_MAX, threadSummary, turnSummary } from '../../src/domain/managed-thread/summary';

describe('the summary of a turn', () => {
  it("is the agent's own message when that is short enough, without escapes, frames and empty lines", () => {
    expect(turnSummary('\u001b[1m│ Done.\u001b[0m  │\r\n╭────╮\n\n│ Two files changed. │\n')).toBe('Done.\nTwo files changed.');
    expect(turnSummary('')).toBe('');
    expect(turnSummary('──────\n \n')).toBe('');
  });

  it('is of something longer the last five lines, of an endless line its end', () => {
    const lines = Array.from({ length: 200 }, (_, n) => `line number ${n}`);

    expect(turnSummary(lines.join('\n'))).toBe(lines.slice(-5).join('\n'));
    expect(turnSummary(`x${'y'.repeat(5_000)}z`)).toHaveLength(SUMMARY_MAX);
    expect(turnSummary(`x${'y'.repeat(5_000)}z`).endsWith('z')).toBe(true);
  });
});

describe('the summary of a thread', () => {
  it('has the newest turn in full and as many earlier ones as fit, in order', () => {
    expect(threadSummary(['first line\nfirst end', '', 'second end', 'the newest\nin full'])).toBe('- first end\n- second end\nthe newest\nin full');
    expect(threadSummary([])).toBe('');
  });

  it('never grows beyond its bound', () => {
    const long = Array.from({ length: 50 }, (_, n) => `${n} ${'word '.repeat(100)}`);

    expect(threadSummary(long).length).toBeLessThanOrEqual(SUMMARY_MAX);
    expect(threadSummary([...long, 'x'.repeat(3_000)])).toHaveLength(SUMMARY_MAX);
    expect(threadSummary(long).endsWith('word')).toBe(true);
  });
});

describe('artifacts', () => {
  it.each([
    ['a pull request', 'Opened https://github.com/acme/auth/pull/12.', [{ type: 'pr', value: 'https://github.com/acme/auth/pull/12' }]],
    [
      'a merge request',
      'https://gitlab.example.invalid/a/b/-/merge_requests/3',
      [{ type: 'pr', value: 'https://gitlab.example.invalid/a/b/-/merge_requests/3' }],
    ],
    ['an issue is none', 'see https://github.com/acme/auth/issues/12', []],
    ["git commit's own line", '[main (root-commit) 1a2b3c4] Add auth', [{ type: 'commit', value: '1a2b3c4' }]],
    ['a line that speaks of a commit', 'Committed as `1a2b3c4d5e`.', [{ type: 'commit', value: '1a2b3c4d5e' }]],
    ['git log', `commit ${'1a2b3c4d5e'.repeat(4)}`, [{ type: 'commit', value: '1a2b3c4d5e'.repeat(4) }]],
    ['a hash alone is none', 'sha 1a2b3c4d5e and 1a2b3c4', []],
    ['a word of hexadecimal letters is none', 'commit defaced', []],
    [
      'a report',
      'Wrote docs/security-report.md and coverage/report.html',
      [
        { type: 'report', value: 'docs/security-report.md' },
        { type: 'report', value: 'coverage/report.html' },
      ],
    ],
    ['other files are none', 'Wrote src/reporter.ts', []],
    ['each once', 'commit 1a2b3c4\ncommit 1a2b3c4', [{ type: 'commit', value: '1a2b3c4' }]],
  ])('%s', (_what, text, expected) => expect(artifactsIn(text)).toEqual(expected));

  it('are at most twenty', () => {
    expect(artifactsIn(Array.from({ length: 50 }, (_, n) => `https://github.com/a/b/pull/${n}`).join('\n'))).toHaveLength(20);
  });

  it('are part of the completion where there are some', () => {
    expect(completionOf('partial', 'Nothing yet.')).toEqual({ state: 'partial', summary: 'Nothing yet.' });
    expect(completionOf('complete', 'commit 1a2b3c4')).toEqual({
      state: 'complete',
      summary: 'commit 1a2b3c4',
      artifacts: [{ type: 'commit', value: '1a2b3c4' }],
    });
  });
});

it("an agent's environment holds named variables of the host, the spawn's own, and what the thread is", () => {
  const env = agentEnvironment({
    host: { PATH: '/bin', HOME: '/home/u', EVERTHREAD_DATABASE_URL: 'postgres://secret', OPENAI_API_KEY: 'host-key' },
    given: { HOME: '/elsewhere', API: 'mine', PARALLAX_THREAD_ID: 'forged', BAD: 'a\0b' },
    spec: { id: 'thr_1', executionId: 'exec_1', role: 'engineer', objective: 'o'.repeat(100_000) },
    memoryFile: '.parallax/thread-memory.md',
  });

  expect(env).toEqual({
    ...{ PATH: '/bin', HOME: '/elsewhere', API: 'mine', TERM: 'xterm-256color', COLORTERM: 'truecolor' },
    ...{
      PARALLAX_THREAD_ID: 'thr_1',
      PARALLAX_EXECUTION_ID: 'exec_1',
      PARALLAX_THREAD_ROLE: 'engineer',
      PARALLAX_THREAD_MEMORY_FILE: '.parallax/thread-memory.md',
    },
    PARALLAX_THREAD_OBJECTIVE: 'o'.repeat(16_000),
  });
});
