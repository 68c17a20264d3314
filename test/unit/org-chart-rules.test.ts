/** The rules of org charts: turns, confidence, checks, aggregation, instances, escalation. Pure. */
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordedEvent } from '../../src/contracts/actor';
import type { PastRun } from '../../src/contracts/execution/org';
import type { ThreadEvent } from '../../src/contracts/managed-thread/events';
import type { Json } from '../../src/contracts/pattern/json';
import { aggregateResults, type Method } from '../../src/domain/org/aggregate';
import { commandWords } from '../../src/domain/org/command-line';
import { bandOf } from '../../src/domain/org/confidence-policy';
import { escalationRoute, listenersOf } from '../../src/domain/org/escalation';
import { historyConfidence } from '../../src/domain/org/history';
import { chooseInstance } from '../../src/domain/org/instances';
import { criterionMessage, reviewMessage, rubricMessage, taskMessage } from '../../src/domain/org/messages';
import { checklistConfidence, commandConfidence } from '../../src/domain/org/score';
import { seeEvent, watchTurn } from '../../src/domain/org/turn';
import { markedConfidence, reviewed } from '../../src/domain/pattern/confidence/markers';
import { orgChartOf } from '../support/pattern-plans';

describe('a command', () => {
  it.each([
    ['node --test', ['node', '--test']],
    ['  npm  run "unit tests" ', ['npm', 'run', 'unit tests']],
    [`sh -c 'echo $HOME; exit 1'`, ['sh', '-c', 'echo $HOME; exit 1']],
    [String.raw`grep "a \"b\" \\ \n" c\ d`, ['grep', String.raw`a "b" \ \n`, 'c d']],
    [`a'b'"c"d ''`, ['abcd', '']],
    ['echo $(id) | cat > x *', ['echo', '$(id)', '|', 'cat', '>', 'x', '*']],
  ])('%s is these words, and no shell sees them', (command, words) => expect(commandWords(command)).toEqual(words));

  it('given as a list is taken word by word', () => expect(commandWords(['a b', '$c', 1])).toEqual(['a b', '$c', '1']));

  it.each(['', '   ', `a 'b`, 'a "b', 'a \\', [], [''], 'a\0b', null] as Json[])('%j is refused with a word on why', (command) =>
    expect(() => commandWords(command)).toThrow(/cannot be run/),
  );

  it('is its words again, whatever they hold, when each is quoted', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.string().filter((word) => !word.includes('\0')),
          { minLength: 1, maxLength: 20 },
        ),
        (words) => {
          fc.pre(words[0] !== '');
          expect(commandWords(words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' '))).toEqual(words);
        },
      ),
    ));
});

describe('the end of a command', () => {
  const oracle = { passConfidence: 0.95, failConfidence: 0.1, scorePattern: null };
  it.each([
    [{ exitCode: 0, output: '' }, null, 0.95],
    [{ exitCode: 1, output: '' }, null, 0.1],
    [{ exitCode: 1, output: '9 passed, 1 failed' }, '(\\d+) passed, (\\d+) failed', 0.9],
    [{ exitCode: 0, output: 'score 0.25 then score 0.75' }, 'score ([\\d.]+)', 0.75],
    [{ exitCode: 0, output: '0 passed, 0 failed' }, '(\\d+) passed, (\\d+) failed', 0.95],
    [{ exitCode: 0, output: 'nothing to see' }, '(\\d+) passed, (\\d+) failed', 0.95],
    [{ exitCode: null, output: '10 passed, 0 failed' }, '(\\d+) passed, (\\d+) failed', 0.1],
  ])('%j by %s is %d', (end, scorePattern, confidence) => expect(commandConfidence(end, { ...oracle, scorePattern })).toBeCloseTo(confidence));

  it.each([
    [[true, false], 'equal', 0.5],
    [[true, null, true], 'equal', 1],
    [[true, true, false], 'firstFailZero', 0],
    [[null], 'equal', null],
  ] as const)('a checklist of %j by %s is %s', (held, weighting, confidence) => expect(checklistConfidence(held, weighting)).toBe(confidence));
});

describe('the confidence policy', () => {
  const policy = { accept: 0.8, retryBelow: 0.6, escalateBelow: 0.4 };
  it.each([
    [null, true, 'no_signal'],
    [0.8, true, 'accept'],
    [0.79, true, 'accept_with_warning'],
    [0.6, true, 'accept_with_warning'],
    [0.59, true, 'retry'],
    [0.4, true, 'retry'],
    [0.4, false, 'accept_with_warning'],
    [0.39, true, 'escalate'],
    [0.39, false, 'escalate'],
  ] as const)('%s (may retry: %s) is %s', (confidence, mayRetry, band) => expect(bandOf(confidence, policy, { mayRetry })).toBe(band));
});

describe('history', () => {
  const now = Date.parse('2026-06-01T00:00:00Z');
  const oracle = {
    type: 'history',
    halfLifeDays: 30,
    minRuns: 3,
    saturationRuns: 10,
    maxRuns: 200,
    drift: true,
    driftRecentN: 2,
    driftThreshold: 0.25,
  } as const;
  const runs = (...confidences: readonly number[]): PastRun[] => confidences.map((confidence) => ({ confidence, at: new Date(now).toISOString() }));

  it('is none with too few runs', () => expect(historyConfidence(runs(0, 0), oracle, now)).toBeNull());
  it('takes little away while there is little of it', () => expect(historyConfidence(runs(0.5, 0.5, 0.5, 0.5), oracle, now)).toBeCloseTo(1 - 0.4 * 0.5));
  it('is the mean when there is enough', () => expect(historyConfidence(runs(...Array<number>(20).fill(0.7)), oracle, now)).toBeCloseTo(0.7));
  it('counts a run half after its half-life', () => {
    const old = { confidence: 0, at: new Date(now - 30 * 86_400_000).toISOString() };
    expect(historyConfidence([...runs(0.9, 0.9), old], { ...oracle, saturationRuns: 1, drift: false }, now)).toBeCloseTo(1.8 / 2.5);
  });
  it('of late counts alone when it has become worse', () =>
    expect(historyConfidence(runs(0.2, 0.2, ...Array<number>(10).fill(0.9)), oracle, now)).toBeCloseTo(0.2));
});

describe('results of steps', () => {
  const given = (step: string, result: Json, confidence: number | null) => ({ step, result, summary: String(result), confidence });
  const inputs: Json = [[given('a', 'x', 0.6), given('b', 'y', 0.9)], null, given('c', 'x', 0.8)];

  it.each([
    ['consensus', 'x', 0.7],
    ['majority', 'x', 0.7],
    ['best', 'y', 0.9],
    ['all', ['x', 'y', 'x'], (0.6 + 0.9 + 0.8) / 3],
    ['merge', ['x', 'y', 'x'], (0.6 + 0.9 + 0.8) / 3],
  ] as const)('%s is %j', (method, result, confidence) => {
    const made = aggregateResults('s', method, inputs);
    expect(made).toMatchObject({ step: 's', result, count: 3 });
    expect(made.confidence).toBeCloseTo(confidence);
  });

  it('two of four are no majority', () =>
    expect(aggregateResults('s', 'majority', ['x', 'x', 'y', 'z'])).toMatchObject({ result: null, confidence: 0, decided: false }));
  it('objects are merged member by member', () => expect(aggregateResults('s', 'merge', [{ a: 1, b: 1 }, { b: 2 }]).result).toEqual({ a: 1, b: 2 }));
  it.each(['consensus', 'majority', 'merge', 'best', 'all'] satisfies Method[])('%s of nothing is no failure', (method) =>
    expect(aggregateResults('s', method, null)).toMatchObject({ count: 0 }),
  );
});

describe('instances', () => {
  const instance = (index: number, busy: boolean, tasks: number, confidences: readonly number[] = []) => ({ index, busy, tasks, confidences });
  const team = [instance(0, true, 1), instance(1, false, 3, [0.9]), instance(2, false, 2, [0.5])];
  it.each([
    ['availability', null, 2],
    ['expertise', null, 1],
    ['round_robin', null, 0],
    ['round_robin', 2, 0],
    ['round_robin', 0, 1],
  ] as const)('by %s after %s it is %d', (criteria, last, index) => expect(chooseInstance(team, criteria, last)).toBe(index));
  it('none of none', () => expect(chooseInstance([], 'availability', null)).toBeNull());
});

describe('escalation', () => {
  const chart = (escalation: string, routing = ''): ReturnType<typeof orgChartOf> =>
    orgChartOf(`structure:
  roles:
    lead: { capabilities: [c] }
    dba: { capabilities: [c] }
    engineer: { reportsTo: lead, capabilities: [c], expertise: [sql] }
${routing}  escalation: ${escalation}
workflow: { steps: [{ type: assign, role: engineer, task: go }] }`);
  const route = (plan: ReturnType<typeof orgChartOf>, id: string, task: string) =>
    escalationRoute(plan, plan.structure.roles.find((role) => role.id === id) as never, task);

  it('goes to the superior, or to nobody', () => {
    expect(route(chart('{}'), 'engineer', 'go')).toEqual({ kind: 'role', role: 'lead' });
    expect(route(chart('{}'), 'lead', 'go')).toEqual({ kind: 'nobody' });
  });
  it('goes to the role of a topic that the task names, or that is the expertise of who did it', () => {
    const plan = chart('{ topicRoutes: { sql: dba } }');
    expect(route(plan, 'engineer', 'go')).toEqual({ kind: 'role', role: 'dba' });
    expect(route(plan, 'lead', 'tune the SQL, please')).toEqual({ kind: 'role', role: 'dba' });
    expect(route(plan, 'lead', 'mysqlite')).toEqual({ kind: 'nobody' });
  });
  it('goes to everybody that a rule allows, else to all others', () => {
    const engineer = { id: 'engineer' } as never;
    expect(listenersOf(chart('{ defaultBehavior: broadcast }'), engineer)).toEqual(['lead', 'dba']);
    const routed = chart('{ defaultBehavior: broadcast }', '  routing: [{ from: engineer, to: dba, messageTypes: [escalation] }]\n');
    expect(listenersOf(routed, engineer)).toEqual(['dba']);
  });
});

describe('the events of a thread', () => {
  const told = (events: readonly ThreadEvent[], askId: string | null = null) => {
    let seen = watchTurn('r1', askId);
    for (const [n, event] of events.entries()) {
      const next = seeEvent(seen, { ...event, seq: n + 1, at: '', by: { subject: '', via: 'system' }, requestId: null } as unknown as RecordedEvent);
      if (next.news) return next.news;
      seen = next.seen;
    }
    return null;
  };
  const begun = (requestId: string): ThreadEvent => ({ type: 'thread_turn_started', data: { turnId: 't', requestId, kind: 'message' } });
  const done = (requestId: string): ThreadEvent => ({
    type: 'thread_turn_complete',
    data: { turnId: 't', requestId, output: 'out', confidence: 0.5, durationMs: 1, completion: { state: 'partial', summary: 'sum' } },
  });
  const cancelled = (dropped: string[]): ThreadEvent => ({ type: 'thread_cancelled', data: { reason: 'no', dropped } });

  it('tell of its own turn and of no other', () => {
    expect(told([begun('r0'), done('r0'), begun('r1')])).toBeNull();
    expect(told([done('r0'), begun('r1'), done('r1')])).toMatchObject({ kind: 'complete', output: 'out', summary: 'sum', confidence: 0.5 });
  });
  it('tell that it was dropped, and that it was cancelled in the middle; a cancel of another turn is none of its business', () => {
    expect(told([begun('r0'), cancelled(['r1'])])).toMatchObject({ kind: 'dropped' });
    expect(told([begun('r1'), cancelled([]), done('r1')])).toMatchObject({ kind: 'cancelled' });
    expect(told([begun('r0'), cancelled([]), done('r0'), begun('r1'), done('r1')])).toMatchObject({ kind: 'complete' });
  });
  it('tell of a lost terminal only when the turn may have been done', () => {
    const lost = (outcome: 'unknown' | 'not_started'): ThreadEvent => ({
      type: 'thread_session_lost',
      data: { sessionId: 's', reason: 'gone', turn: { turnId: 't', requestId: 'r1', outcome } },
    });
    expect(told([begun('r1'), lost('unknown')])).toMatchObject({ kind: 'unknown' });
    expect(told([begun('r1'), lost('not_started'), begun('r1'), done('r1')])).toMatchObject({ kind: 'complete' });
  });
  it('tell once of a prompt that waits for a person, and of its end; not of what the preset answers', () => {
    const asked = (autoResponded: boolean): ThreadEvent => ({
      type: 'thread_blocked',
      data: { promptInfo: { id: 'a1', kind: 'question', text: 'May I?', options: [] } as never, autoResponded },
    });
    const closed: ThreadEvent = { type: 'thread_ask_closed', data: { askId: 'a1', reason: 'answered_in_terminal' } };
    expect(told([asked(false)])).toMatchObject({ kind: 'blocked', ask: { id: 'a1' } });
    expect(told([asked(true)])).toBeNull();
    expect(told([asked(false)], 'a1')).toBeNull();
    expect(told([closed], 'a1')).toEqual({ kind: 'unblocked' });
  });
});

it('what roles are told says nothing by itself when it is repeated', () => {
  for (const message of [
    taskMessage('t', { a: 1 }, { judged: true }),
    reviewMessage('review', 's', 'i'),
    rubricMessage('s', null),
    criterionMessage('s', 'c'),
  ]) {
    expect(reviewed(message)).toEqual({ verdict: null, confidence: null });
    expect(markedConfidence(message)).toBeNull();
  }
});

describe('the page on org charts', () => {
  const page = readFileSync(join(__dirname, '..', '..', 'docs', 'org-charts.md'), 'utf8');
  const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml]) => yaml ?? '');

  it('has examples', () => expect(examples.length).toBeGreaterThanOrEqual(3));
  it.each(examples)('has an example that is an org chart: %#', (yaml) => expect(orgChartOf(yaml).steps.length).toBeGreaterThan(0));
  it('names every example that is shipped', () => {
    for (const file of readdirSync(join(__dirname, '..', '..', 'examples', 'org-charts'))) expect(page).toContain(file);
  });
});
