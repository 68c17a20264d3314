/** Org charts on a real Temporal server: every type of step, and what becomes of weak work. Threads and agents exist only here. */
import { approve, cancel } from '../../src/contracts/execution/commands';
import { Fault } from '../../src/errors/fault';
import { Doors } from '../../src/gateway/doors';
import { until } from '../support/eventually';
import type { Said } from '../support/fake-role-threads';
import { chart, orgChartTests, THREAD } from '../support/org-chart-tests';

const office = orgChartTests();
const { agents, stores, begin } = office;

const by = { subject: 'ada', via: 'api' } as const;
const asked = (message: string): boolean => message.includes('VERDICT: <');

const TEAM = ['lead: { singleton: true, ' + THREAD + ' }', 'engineer: { reportsTo: lead, minInstances: 2, ' + THREAD + ' }'];

it('an org chart assigns, works in parallel, reviews, repairs by a condition and gives what its output says', async () => {
  office.does = ({ role, message }) => ({ output: role === 'lead' && asked(message) ? 'Not yet.\nVERDICT: revise' : `${role} did ${message.split('\n')[0]}` });
  const { result, start, of } = await begin(
    chart(
      TEAM,
      `
  steps:
    - { type: assign, role: lead, task: 'Plan \${input.task}' }
    - type: parallel
      steps:
        - { type: assign, role: engineer, task: 'core of \${step_0_result.summary}' }
        - { type: assign, role: engineer, task: 'tests' }
    - { type: review, id: looked, reviewer: lead, subject: '\${step_1_result}' }
    - type: condition
      check: '!looked.approved && looked.confidence < 0.7'
      then:
        - { type: sequential, steps: [{ type: assign, role: engineer, task: 'Repair \${looked.verdict}' }, { type: assign, id: again, role: engineer, task: 'Check it' }] }
    - { type: aggregate, method: all, inputs: ['\${step_1_result}', '\${again}'] }
  output: { all: '\${step_4_result.result}', verdict: '\${looked.verdict}' }`,
    ),
    { task: 'a parser' },
  );

  expect(await result()).toMatchObject({
    status: 'completed',
    result: { value: { all: ['engineer did core of lead did Plan a parser', 'engineer did tests', 'engineer did Check it'], verdict: 'revise' } },
    confidence: 0.5,
  });
  expect(office.threads.tasksOf('engineer').map(({ message }) => message)).toContain('Repair revise');
  // Both engineers worked at once, each in a thread of its own, under the execution's id.
  expect(
    new Set(
      office.threads
        .tasksOf('engineer')
        .slice(0, 2)
        .map(({ threadId }) => threadId),
    ).size,
  ).toBe(2);
  expect([...office.threads.threads.values()].map(({ spawn }) => [spawn.role, spawn.executionId])).toEqual(
    expect.arrayContaining([
      ['lead', start.id],
      ['engineer', start.id],
      ['engineer', start.id],
    ]),
  );
  expect(of('step_confidence')).toMatchObject([{ role: 'lead', action: 'review_verdict', confidence: 0.5, source: 'review' }]);
  expect(stores.stopped).toEqual([start.id]);
});

it('a condition that is not true takes the other branch, and a branch that is not there gives nothing', async () => {
  office.does = ({ message }) => ({ output: asked(message) ? 'VERDICT: approve' : message });
  const { result } = await begin(
    chart(
      TEAM,
      `
  steps:
    - { type: review, id: looked, reviewer: lead, subject: x }
    - { type: condition, check: '!looked.approved', then: { type: assign, role: lead, task: repair }, else: { type: assign, role: lead, task: ship } }
    - { type: condition, check: 'looked.confidence < 0.5', then: { type: assign, role: lead, task: never } }
  output: { one: '\${step_1_result.result}', two: '\${step_2_result}' }`,
    ),
  );
  expect(await result()).toMatchObject({ status: 'completed', result: { value: { one: 'ship', two: null } }, confidence: 0.9 });
  expect(office.threads.tasks.map(({ message }) => message)).not.toContain('never');
});

const ROUTED = `
  routing:
    - { from: engineer, to: lead, messageTypes: [question, status], topics: [database] }
    - { from: lead, to: engineer, messageTypes: [feedback], broadcast: true }
`;

it('a question goes to the role that the routing names and its answer is typed in; other questions wait for a person', async () => {
  office.does = ({ role, message }, nth) => {
    if (role === 'lead') return { output: message.includes('asks you') ? 'Take Postgres.' : message };
    if (nth > 1) return { output: 'done' };
    return { asks: 'Which database?', then: { asks: 'Which colour?', then: { output: 'built' } } };
  };
  const { result, of } = await begin(
    chart(
      [TEAM[0] as string, 'engineer: { reportsTo: lead, ' + THREAD + ' }'],
      '  steps:\n    - { type: assign, role: engineer, task: build }\n    - { type: assign, role: lead, task: look }\n',
      ROUTED,
    ),
  );
  await until('the second question waits', () => of('thread_blocked').length === 2);
  const [engineer] = office.threads.of('engineer');
  const { events } = engineer as NonNullable<typeof engineer>;
  expect(events.filter(({ type }) => type === 'thread_answered')).toMatchObject([{ data: { answer: { text: 'Take Postgres.' } } }]);
  office.threads.answer(String(engineer?.id));

  expect(await result()).toMatchObject({ status: 'completed' });
  expect(of('question_routed')).toMatchObject([{ role: 'engineer', to: 'lead', answered: true, reason: null }]);
  expect(office.threads.tasksOf('lead').map(({ message }) => message)).toEqual([expect.stringContaining('Which database?'), 'look']);
});

it('a question whose role is not free or fails is left to a person', async () => {
  office.does = ({ role }) => (role === 'lead' ? { ends: 'failed' } : { asks: 'Which database?', then: { output: 'built' } });
  const { result, of } = await begin(
    chart([TEAM[0] as string, 'engineer: { ' + THREAD + ' }'], '  steps: [{ type: assign, role: engineer, task: build }]\n', ROUTED),
  );
  await until('it was tried', () => of('question_routed').length === 1);
  office.threads.answer(String(office.threads.of('engineer')[0]?.id));
  expect(await result()).toMatchObject({ status: 'completed', result: { value: { summary: 'built' } } });
  expect(of('question_routed')).toMatchObject([{ answered: false, reason: expect.stringContaining('crashed') }]);
});

it('what a role says is told to those who are to hear it, once, with their next task', async () => {
  office.does = ({ role, message }) => ({ output: asked(message) ? 'Use indexes.\nVERDICT: revise' : `${role} on the database` });
  const { result } = await begin(
    chart(
      TEAM,
      `
  steps:
    - { type: assign, role: engineer, task: schema }
    - { type: assign, role: lead, task: plan }
    - { type: review, reviewer: lead, subject: x }
    - { type: parallel, steps: [{ type: assign, role: engineer, task: one }, { type: assign, role: engineer, task: two }] }
    - { type: assign, role: engineer, task: three }`,
      ROUTED,
    ),
  );
  expect(await result()).toMatchObject({ status: 'completed' });
  const told = (role: string) => office.threads.tasksOf(role).map(({ message }) => message);
  expect(told('lead')[0]).toBe('What others told you:\n\nengineer (0): engineer on the database\n\nYour task:\n\nplan'.replaceAll(':\n\n', ':\n'));
  expect(told('lead')[1]).not.toContain('What others told you');
  expect(told('engineer').filter((message) => message.includes('lead (2): Use indexes.'))).toHaveLength(2);
  expect(told('engineer').at(-1)).toBe('three');
});

it('more tasks than instances wait for one, up to maxInstances new ones are spawned, and nobody does two at once', async () => {
  const atWork = new Map<string, number>();
  let most = 0;
  office.does = async ({ threadId, message }) => {
    atWork.set(threadId, (atWork.get(threadId) ?? 0) + 1);
    most = Math.max(most, atWork.get(threadId) ?? 0);
    await until('others are at work', () => atWork.size === 2);
    await new Promise((resolve) => setTimeout(resolve, 20));
    atWork.set(threadId, (atWork.get(threadId) ?? 0) - 1);
    return { output: message };
  };
  const tasks = Array.from({ length: 6 }, (_, n) => `        - { type: assign, role: worker, task: 't${n}' }`).join('\n');
  const { result, of } = await begin(chart([`worker: { maxInstances: 2, ${THREAD} }`], `\n  steps:\n    - type: parallel\n      steps:\n${tasks}`));

  expect(await result()).toMatchObject({ status: 'completed' });
  expect(office.threads.tasks).toHaveLength(6);
  expect(of('thread_spawned').map(({ instance }) => instance)).toEqual([0, 1]);
  expect(most).toBe(1);
});

it('select pins an instance for the tasks that follow, in turn by round robin', async () => {
  const steps = Array.from(
    { length: 3 },
    () => `    - { type: select, role: engineer, criteria: round_robin }\n    - { type: assign, role: engineer, task: go }`,
  );
  const { result } = await begin(chart(TEAM, `\n  steps:\n${steps.join('\n')}`));
  expect(await result()).toMatchObject({ status: 'completed' });
  const [first, second] = [0, 1].map((n) => office.threads.of('engineer').find(({ spawn }) => spawn.metadata?.['instance'] === n)?.id);
  expect(office.threads.tasks.map(({ threadId }) => threadId)).toEqual([first, second, first]);
});

it('a role without a thread is an agent of the registry, and its failure goes to another one', async () => {
  agents.add('writer-0', ['writing'], () => Promise.reject(new Fault('unavailable', 'agent.task_error', 'Not now.', {})));
  agents.add('writer-1', ['writing'], ({ instructions }) => ({ result: { text: instructions ?? '' }, confidence: 0.7 }));
  const { result, of } = await begin(
    chart(['writer: { capabilities: [writing] }'], `\n  steps:\n    - { type: assign, role: writer, task: 'Write \${input.task}' }`),
  );
  expect(await result()).toMatchObject({
    status: 'completed',
    result: { value: { result: { text: 'Write build it' }, agentId: 'writer-1', role: 'writer' } },
    confidence: 0.7,
  });
  expect(of('thread_spawned')).toEqual([]);
});

const WEAK = [
  `lead: { singleton: true, ${THREAD} }`,
  `engineer: { reportsTo: lead, confidence: { accept: 0.8, retryBelow: 0.6, escalateBelow: 0.3 }, ${THREAD} }`,
];
const ONE = `\n  steps:\n    - { type: assign, id: made, role: engineer, task: 'Do \${input.task}' }`;

it('work between the bands is tried once more with what was found, and the better answer is kept', async () => {
  office.does = (_task, nth) => ({ output: `try ${nth}`, confidence: nth === 1 ? 0.5 : 0.85 });
  const { result, of } = await begin(chart(WEAK, ONE));
  expect(await result()).toMatchObject({ status: 'completed', result: { value: { result: 'try 2', confidence: 0.85 } } });
  expect(of('step_confidence').map(({ action, confidence }) => [action, confidence])).toEqual([
    ['retry', 0.5],
    ['accept', 0.85],
  ]);
  expect(office.threads.tasks[1]?.message).toContain('try 1');
});

it('work that is too weak goes to the superior, whose own work is judged as well', async () => {
  office.does = ({ role }) => ({ output: `by ${role}`, confidence: role === 'lead' ? 0.92 : 0.25 });
  const { result, of } = await begin(chart(WEAK, ONE));
  expect(await result()).toMatchObject({ status: 'completed', result: { value: { result: 'by lead', role: 'lead', confidence: 0.92 } } });
  expect(of('step_confidence').map(({ role, action, supervisor }) => [role, action, supervisor])).toEqual([
    ['engineer', 'escalate', 'lead'],
    ['lead', 'accept', undefined],
  ]);
});

it('work that stays too weak up to the top is kept with a warning, and the execution says so', async () => {
  office.does = ({ role }) => ({ output: `by ${role}`, confidence: role === 'lead' ? 0.2 : 0.1 });
  const { result, of, events } = await begin(chart(WEAK, ONE));
  expect(await result()).toMatchObject({ status: 'completed', result: { value: { result: 'by lead' } } });
  expect(of('step_confidence').map(({ action }) => action)).toEqual(['escalate', 'escalation_unrouted']);
  expect(events().find(({ type }) => type === 'completed')?.data['warnings']).toEqual([expect.stringContaining('there is no superior')]);
});

it('escalation stops at its depth, and then asks a person, who may give another result', async () => {
  office.does = ({ role }) => ({ output: `by ${role}`, confidence: 0.1 });
  const chain = [...WEAK.slice(1), `lead: { reportsTo: boss, ${THREAD} }`, `boss: { ${THREAD} }`];
  const yaml = chart(chain, ONE, '  escalation: { maxDepth: 1, onMaxDepth: surface_to_user }\n');
  const { result, of, address } = await begin(yaml);
  await until('a person is asked', () => of('approval_requested').length === 1);
  await new Doors(office.client).send(address, approve, { input: { approve: true, value: 'by ada' }, requestId: 'a1', by });
  expect(await result()).toMatchObject({ status: 'completed', result: { value: { result: 'by ada', confidence: 1 } } });
  expect(office.threads.tasksOf('boss')).toEqual([]);
});

it('weak work that everybody is asked about goes to those whom the routing names, and the best answer is kept', async () => {
  office.does = ({ role }) => ({ output: `by ${role}`, confidence: { engineer: 0.1, ada: 0.5, ben: 0.9 }[role] ?? 1 });
  const team = [...WEAK, ...['ada', 'ben', 'cyd'].map((name) => `${name}: { ${THREAD} }`)];
  const more = '  routing: [{ from: engineer, to: [ada, ben], messageTypes: [escalation] }]\n  escalation: { defaultBehavior: broadcast }\n';
  const { result, of } = await begin(chart(team, ONE, more));

  expect(await result()).toMatchObject({ status: 'completed', result: { value: { result: 'by ben', role: 'ben' } } });
  expect(of('step_confidence')).toMatchObject([
    { role: 'engineer', action: 'escalate', supervisor: 'ada,ben' },
    { role: 'ben', action: 'accept' },
  ]);
  expect(office.threads.tasksOf('cyd')).toEqual([]);
});

it('weak work is kept with a warning when the superior is not free in time', async () => {
  const weak = { output: 'by engineer', confidence: 0.1 };
  office.does = async ({ role }) => {
    if (role === 'lead') await until('the engineer gave up on the lead', () => told().includes('escalation_unrouted'));
    return role === 'lead' ? { output: 'at last', confidence: 0.9 } : weak;
  };
  const both = "  steps: [{ type: parallel, steps: [{ type: assign, role: lead, task: long }, { type: assign, role: engineer, task: 'do it' }] }]\n";
  const begun = await begin(chart(WEAK, both, '  escalation: { timeoutMs: 200 }\n'));
  const told = (): unknown[] => begun.of('step_confidence').map(({ action }) => action);

  expect(await begun.result()).toMatchObject({ status: 'completed', result: { value: [{ result: 'at last' }, { result: 'by engineer' }] } });
  expect(begun.of('step_confidence')).toContainEqual(expect.objectContaining({ role: 'engineer', action: 'escalation_unrouted' }));
  expect(begun.of('completed')[0]?.['warnings']).toEqual([expect.stringContaining('not free within 200 ms')]);
});

it('every oracle has its say, and the least sure of them decides', async () => {
  const yaml = chart(
    [
      `lead: { singleton: true, ${THREAD} }`,
      `engineer:
      reportsTo: lead
      ${THREAD.replaceAll(', ', '\n      ')}
      verify:
        combine: min
        oracles:
          - { type: command, run: 'npm run "unit tests"', scorePattern: '(\\d+) passed, (\\d+) failed' }
          - { type: agent, rubric: is it complete }
          - { type: checklist, criteria: [{ text: lint, run: npm run lint }, it is documented] }
          - { type: history }
      confidence: { accept: 0.7 }`,
    ],
    ONE,
  );
  const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
  office.threads.history = [0.9, 0.9, 0.9].map((confidence, n) => ({ confidence, at: ago(n) }));
  office.threads.check = ({ argv }) => ({ exitCode: 0, reason: null, output: argv.includes('lint') ? '' : '8 passed, 2 failed' });
  office.does = ({ role, message }) =>
    ({
      output: role === 'lead' ? (message.includes('criterion') ? 'VERDICT: approve' : 'VERDICT: approve\nCONFIDENCE: 0.75') : 'done',
      confidence: role === 'lead' ? undefined : 0.95,
    }) as Said;
  const { result, of } = await begin(yaml);

  expect(await result()).toMatchObject({ status: 'completed', result: { value: { confidence: 0.75 } } });
  expect(office.threads.checks.map(({ argv, workspacePath }) => [argv, workspacePath])).toEqual([
    [['npm', 'run', 'unit tests'], '/workspace'],
    [['npm', 'run', 'lint'], '/workspace'],
  ]);
  expect(of('step_confidence')).toMatchObject([{ action: 'accept', confidence: 0.75, source: 'selfreport+command+agent+checklist+history' }]);
  expect(String(of('step_confidence')[0]?.['detail'])).toContain('command: 0.80');
});

it('a verify step asks a person, whose no fails it where the chart says so', async () => {
  const steps = `\n  steps:
    - { type: assign, id: made, role: lead, task: go }
    - { type: verify, id: checked, subject: '\${made.result}', oracle: { type: human, prompt: 'Take \${made.summary}?' }, onLow: { threshold: 0.5, action: fail } }`;
  const { result, of, address } = await begin(chart(TEAM, steps));
  await until('a person is asked', () => of('approval_requested').length === 1);
  expect(of('approval_requested')[0]).toMatchObject({ step: 'checked', message: 'Take lead: go?' });
  const doors = new Doors(office.client);
  const first = await doors.send(address, approve, { input: { approve: false, comment: 'no' }, requestId: 'a1', by });
  expect(first).toMatchObject({ status: 'done', reply: { repeated: false } });
  expect(await result()).toMatchObject({ status: 'failed', error: { code: 'execution.validation_failed' }, confidence: 0 });
});

it('a verify step that is too low is done again by its role until it passes', async () => {
  const steps = `\n  steps:
    - { type: assign, id: made, role: engineer, task: go }
    - { type: verify, id: checked, role: engineer, subject: '\${made.result}', oracle: { type: command, run: check }, onLow: { threshold: 0.5, action: retry, maxRetries: 3 } }`;
  office.threads.check = () => ({ exitCode: office.threads.checks.length > 2 ? 0 : 1, reason: null, output: 'broken' });
  office.does = (_task, nth) => ({ output: `try ${nth}` });
  const { result } = await begin(chart(TEAM, steps));
  expect(await result()).toMatchObject({ status: 'completed', result: { value: { result: 'try 3', passed: true, confidence: 1 } } });
  expect(office.threads.tasksOf('engineer')[1]?.message).toContain('broken');
});

it('an approval that is required and not given fails the execution', async () => {
  office.does = () => ({ output: 'VERDICT: reject' });
  const { result } = await begin(chart(TEAM, `\n  steps:\n    - { type: approve, approver: lead, required: true, subject: x }`));
  expect(await result()).toMatchObject({ status: 'failed', error: { code: 'execution.rejected' } });
});

it('a blocked thread is seen in the events and the state, no time passes meanwhile, and its answer lets the step go on', async () => {
  office.does = () => ({ asks: 'May I?', then: { output: 'done' } });
  const { result, of, handle, address } = await begin(chart(TEAM, `\n  steps:\n    - { type: assign, role: lead, task: go }`), {}, { timeoutMs: 3_000 });
  await until('it is blocked', () => of('thread_blocked').length === 1);
  expect(of('thread_blocked')[0]).toMatchObject({ role: 'lead', step: '0', ask: { kind: 'question', text: 'May I?' } });
  await until('the row says so', () => (office.world.journal.projections.get(address)?.['blocked'] as unknown[] | undefined)?.length === 1);
  // Longer than its whole time: only a clock that stands still lets it live.
  await new Promise((resolve) => setTimeout(resolve, 3_300));
  expect((await handle.describe()).status.name).toBe('RUNNING');
  office.threads.answer(office.threads.tasks[0]?.threadId ?? '');
  expect(await result()).toMatchObject({ status: 'completed', result: { value: { result: 'done' } } });
  expect(of('thread_unblocked')).toHaveLength(1);
});

it.each([
  [{ ends: 'failed' }, 'execution.thread_ended'],
  [{ ends: 'stopped' }, 'execution.thread_ended'],
  [{ loses: 'the terminal' }, 'execution.turn_unknown'],
] as const)('a thread that %j fails its step', async (said, code) => {
  office.does = () => said;
  const { result, of, start } = await begin(chart(TEAM, `\n  steps:\n    - { type: assign, id: made, role: lead, task: go }`));
  expect(await result()).toMatchObject({ status: 'failed', error: { code } });
  expect(of('step_failed')).toMatchObject([{ step: 'made', error: { code } }]);
  expect(stores.stopped).toEqual([start.id]);
});

it('a cancelled org chart stops waiting within a second and has its threads stopped', async () => {
  office.does = () => ({ says: 'nothing' });
  const { handle, address, of, start } = await begin(chart(TEAM, `\n  steps:\n    - { type: assign, role: lead, task: go }`));
  await until('the task was sent', () => office.threads.tasks.length === 1);
  const before = Date.now();
  await new Doors(office.client).send(address, cancel, { input: { reason: 'enough' }, requestId: 'c1', by });
  expect(await handle.result()).toMatchObject({ status: 'cancelled' });
  expect(Date.now() - before).toBeLessThan(1_500);
  expect(stores.stopped).toEqual([start.id]);
  expect(of('threads_stopped')).toEqual([{ count: 1 }]);
});

it('settings of a thread that cannot be are refused by field, and no type of agent that nobody knows is taken', async () => {
  const bad = await begin(
    chart([`lead: { agentType: scripted, threadConfig: { policy: { idleTimeoutMs: 1 } } }`], `\n  steps:\n    - { type: assign, role: lead, task: go }`),
  );
  expect(await bad.result()).toMatchObject({ status: 'failed', error: { code: 'execution.thread_settings', details: { field: 'policy.idleTimeoutMs' } } });
  const unknown = await begin(
    chart([`lead: { agentType: nobody, threadConfig: { enabled: true } }`], `\n  steps:\n    - { type: assign, role: lead, task: go }`),
  );
  expect(await unknown.result()).toMatchObject({ status: 'failed', error: { code: 'execution.no_agent_type' } });
});
