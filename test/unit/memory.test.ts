import type { RecordedEvent } from '../../src/contracts/actor';
import { unorderedFingerprint } from '../../src/domain/memory/fingerprint';
import { threadMemory } from '../../src/domain/memory/memory-file';
import { experienceScore, rankDecisions, rankExperiences } from '../../src/domain/memory/ranking';
import type { Decision, Experience } from '../../src/domain/memory/records';
import { memoryRows, NOTHING_YET, type LatestMemory, type Remembered } from '../../src/domain/memory/rows';

const NOW = new Date('2026-01-10T00:00:00.000Z');
const hoursAgo = (hours: number): string => new Date(NOW.getTime() - hours * 3_600_000).toISOString();

const decision = (id: string, category: string, hours: number): Decision => ({
  ...{ id, executionId: 'exec_1', threadId: null, category, summary: `summary of ${id}`, details: null, createdAt: hoursAgo(hours) },
});
const experience = (id: string, changes: Partial<Experience> = {}): Experience => ({
  ...{ id, executionId: 'exec_0', threadId: 'thr_0', role: null, repo: null, objective: 'x', summary: `unique${id}`, outcome: 'partial', details: null },
  createdAt: hoursAgo(1),
  ...changes,
});
const wanted = { repo: 'acme/auth', role: 'engineer', objective: 'Refactor the auth controller' };

describe('which decisions are given', () => {
  it('are of the newest 12 the five of the heaviest category, newest first', () => {
    const many = [
      decision('old-completion', 'completion_outcome', 99),
      ...[1, 2, 3, 4, 5, 6, 7].map((n) => decision(`manual${n}`, 'api', n)),
      ...[10, 11].map((n) => decision(`summary${n}`, 'thread_summary', n)),
      decision('failure', 'failure_recovery', 12),
      ...[13, 14].map((n) => decision(`completion${n}`, 'completion_outcome', n)),
    ];

    expect(rankDecisions(many).map(({ id }) => id)).toEqual(['completion13', 'completion14', 'failure', 'summary10', 'summary11']);
    expect(rankDecisions([...many].reverse())).toEqual(rankDecisions(many));
    expect(rankDecisions([decision('b', 'x', 1), decision('a', 'constructor', 1)]).map(({ id }) => id)).toEqual(['a', 'b']);
  });
});

describe('which experiences are given', () => {
  it.each<[string, Partial<Experience>, number]>([
    ['nothing in common, partial, an hour old', {}, 2 + 1],
    ['the same repository', { repo: 'acme/auth' }, 8 + 2 + 1],
    ['the same role', { role: 'engineer' }, 5 + 2 + 1],
    ['success', { outcome: 'successful' }, 4 + 1],
    ['failure, younger than an hour', { outcome: 'failed', createdAt: hoursAgo(0.1) }, -2 + 1],
    ['four hours of age', { createdAt: hoursAgo(4) }, 2 + 0.25],
    ['words of the objective, each once', { objective: 'AUTH auth controller', summary: 'the rest' }, 2 + 3 + 1],
    ['everything', { repo: 'acme/auth', role: 'engineer', outcome: 'successful', objective: 'Refactor the auth controller' }, 8 + 5 + 4 + 4 + 1],
  ])('%s is worth what the formula says', (_what, changes, score) => {
    expect(experienceScore(experience('a', changes), wanted, NOW)).toBeCloseTo(score, 10);
  });

  it('are only those of the wanted repository and role, where these are given', () => {
    const all = [
      experience('a', { repo: 'acme/auth', role: 'engineer' }),
      experience('b', { repo: 'acme/auth' }),
      experience('c', { role: 'engineer' }),
      experience('d'),
    ];

    expect(rankExperiences(all, wanted, NOW).map(({ id }) => id)).toEqual(['a']);
    expect(rankExperiences(all, { ...wanted, role: null }, NOW).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(rankExperiences(all, { ...wanted, repo: null, role: null }, NOW)).toHaveLength(4);
  });

  it('are four of the newest 12, without what a newer one says already', () => {
    const any = { repo: null, role: null, objective: 'x' };
    const all = [
      experience('best-but-thirteenth', { outcome: 'successful', createdAt: hoursAgo(100) }),
      ...Array.from({ length: 10 }, (_, n) => experience(`e${n}`, { summary: `unique${'abcdefghij'[n]}`, createdAt: hoursAgo(10 + n) })),
      experience('new', { summary: 'Same words, here.', createdAt: hoursAgo(1) }),
      experience('repeated', { summary: 'here: same WORDS', createdAt: hoursAgo(2), outcome: 'successful' }),
    ];

    expect(rankExperiences(all, any, NOW).map(({ id }) => id)).toEqual(['new', 'e0', 'e1', 'e2']);
    expect(unorderedFingerprint('Same words, here. is it')).toBe('here same words');
  });
});

describe('the memory file', () => {
  it('names what the thread is about, the decisions and the experiences', () => {
    const memory = threadMemory(
      {
        decisions: [decision('d1', 'api', 1)],
        experiences: [experience('e1', { repo: 'acme/auth', role: 'engineer', summary: 'Failed on\nobjective', outcome: 'failed' })],
      },
      wanted,
      NOW,
    );

    expect(memory?.content).toBe(
      [
        ...['# Parallax Thread Memory', '', 'Objective: Refactor the auth controller', 'Role: engineer', 'Repository: acme/auth'],
        ...['', '## Current Execution Shared Decisions', '', '- [api] summary of d1'],
        ...['', '## Relevant Prior Experiences', '', '- [failed] Failed on objective (engineer)', ''],
      ].join('\n'),
    );
    expect(memory?.context).toEqual({ sharedDecisionCount: 1, episodicExperienceCount: 1, ...wanted });
  });

  it('is not there when there is nothing to remember, and bounded when there is much', () => {
    expect(threadMemory({ decisions: [], experiences: [] }, wanted, NOW)).toBeNull();
    const long = { ...decision('d', 'api', 1), summary: 'a'.repeat(100_000) };
    expect(threadMemory({ decisions: [long], experiences: [] }, { ...wanted, objective: 'b'.repeat(100_000) }, NOW)?.content.length).toBeLessThan(5_000);
  });
});

const spec: Remembered = {
  ...{ tenant: 'default', id: 'thr_1', executionId: 'exec_1', agentType: 'codex', role: 'engineer', objective: `Refactor ${'very '.repeat(200)}much` },
  ...{ workspace: { repo: 'acme/auth', branch: 'main' }, policy: {} },
};
let seq = 0;
const event = (type: string, data: object): RecordedEvent => ({
  seq: ++seq,
  at: hoursAgo(1),
  by: { subject: 'host', via: 'host' },
  requestId: null,
  type,
  data: data as Record<string, unknown>,
});
const turn = (output: string): RecordedEvent => event('thread_turn_complete', { output, completion: { state: 'partial', summary: output } });
const completed = (state: string, summary: string, artifacts: object[] = []): RecordedEvent =>
  event('thread_completed', { exitCode: 0, completion: { state, summary, artifacts } });
const failed = (error: string): RecordedEvent => event('thread_failed', { error, code: 'x', completion: { state: 'failed', summary: '' } });
const stopped = (): RecordedEvent => event('thread_stopped', { reason: 'stop', force: false });
const kinds = ({ decisions, experiences }: ReturnType<typeof memoryRows>) => [
  decisions.map(({ category }) => category),
  experiences.map(({ outcome }) => outcome),
];
const after = (changes: Partial<LatestMemory>): LatestMemory => ({ ...NOTHING_YET, ...changes });

describe('what a thread leaves behind', () => {
  beforeEach(() => {
    seq = 0;
  });

  it.each<[string, () => RecordedEvent[], LatestMemory, [string[], string[]]]>([
    ['a turn', () => [turn('did it')], NOTHING_YET, [['thread_summary'], ['partial']]],
    ['a turn without output', () => [turn('  \n')], NOTHING_YET, [[], []]],
    ['completion', () => [completed('complete', 'all done')], NOTHING_YET, [['completion_outcome'], ['successful']]],
    ['partial completion', () => [completed('partial', 'some done')], NOTHING_YET, [['completion_outcome'], ['partial']]],
    ['completion without a word', () => [completed('complete', '')], NOTHING_YET, [['completion_outcome'], []]],
    ['failure', () => [failed('it broke')], NOTHING_YET, [['failure_recovery'], ['failed']]],
    ['failure without a word', () => [failed('')], NOTHING_YET, [[], []]],
    ['a stop before any turn', () => [stopped()], NOTHING_YET, [[], []]],
    [
      'a stop after a turn that is not recorded',
      () => [stopped()],
      after({ turns: 1, lastTurn: { state: 'partial', summary: 'half way' } }),
      [[], ['partial']],
    ],
    ['a stop after a turn that is', () => [turn('half way'), stopped()], NOTHING_YET, [['thread_summary'], ['partial']]],
    ['the same turn twice', () => [turn('did it'), turn('Did it!')], NOTHING_YET, [['thread_summary'], ['partial']]],
    [
      'two different turns',
      () => [turn('did it'), turn('did the other')],
      NOTHING_YET,
      [
        ['thread_summary', 'thread_summary'],
        ['partial', 'partial'],
      ],
    ],
    [
      'the same words with another outcome',
      () => [turn('did it'), completed('complete', 'did it')],
      NOTHING_YET,
      [
        ['thread_summary', 'completion_outcome'],
        ['partial', 'successful'],
      ],
    ],
    ['events of other types', () => [event('thread_ready', {}), event('thread_output', { text: 'x' })], NOTHING_YET, [[], []]],
  ])('%s', (_what, events, latest, expected) => {
    expect(kinds(memoryRows(spec, events(), latest))).toEqual(expected);
  });

  it('is a summary every so many turns when the policy says so, and no decision for each turn', () => {
    const summarised = { ...spec, policy: { summarizeAfterTurns: 2 } };
    const events = [turn('one thing'), turn('another thing'), event('thread_summary_updated', { summary: 'both things', turns: 2 })];

    expect(memoryRows(summarised, events, NOTHING_YET).decisions.map(({ category, summary }) => [category, summary])).toEqual([
      ['thread_summary', 'both things'],
    ]);
    expect(memoryRows(spec, events, NOTHING_YET).decisions.map(({ summary }) => summary)).toEqual(['one thing', 'another thing']);
  });

  it('says what became of which objective, with the first artifacts', () => {
    const artifacts = [1, 2, 3, 4].map((n) => ({ type: 'commit', value: `abc123${n}` }));

    const { decisions, experiences } = memoryRows({ ...spec, objective: 'Refactor auth' }, [completed('complete', 'All done.', artifacts)], NOTHING_YET);

    expect(decisions).toEqual([
      {
        ...{
          id: 'managed-thread/thr_1/1/completion_outcome',
          executionId: 'exec_1',
          threadId: 'thr_1',
          category: 'completion_outcome',
          createdAt: hoursAgo(1),
        },
        summary: 'All done. Artifacts: commit:abc1231, commit:abc1232, commit:abc1233',
        details: { role: 'engineer', agentType: 'codex', status: 'completed', completionState: 'complete', artifacts },
      },
    ]);
    expect(experiences[0]).toMatchObject({
      ...{ id: 'managed-thread/thr_1/1/experience', role: 'engineer', repo: 'acme/auth', objective: 'Refactor auth', outcome: 'successful' },
      summary: 'Succeeded on objective: Refactor auth. All done. Artifacts: commit:abc1231, commit:abc1232, commit:abc1233',
      details: { agentType: 'codex', branch: 'main', workspaceId: null, completionState: 'complete', artifacts },
    });
  });

  it('is the same however the events are cut into commits, so a repetition across commits is still one', () => {
    const events = [turn('did it'), turn('did it'), turn('did more'), failed('broke'), failed('broke')];
    const whole = memoryRows(spec, events, NOTHING_YET);

    const [first, second] = [memoryRows(spec, events.slice(0, 1), NOTHING_YET), events.slice(1)];
    const latest = after({ turns: 1, decisions: { thread_summary: first.decisions[0] ?? null }, experience: first.experiences[0] ?? null });
    const rest = memoryRows(spec, second, latest);

    expect([...first.decisions, ...rest.decisions]).toEqual(whole.decisions);
    expect([...first.experiences, ...rest.experiences]).toEqual(whole.experiences);
    expect(kinds(whole)).toEqual([
      ['thread_summary', 'thread_summary', 'failure_recovery'],
      ['partial', 'partial', 'failed'],
    ]);
  });

  it('does not take different turns for one because the objective is long', () => {
    expect(memoryRows(spec, [turn('did it'), turn('did other')], NOTHING_YET).experiences).toHaveLength(2);
  });
});
