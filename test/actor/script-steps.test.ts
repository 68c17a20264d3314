/** Threads of scripts on a real Temporal server: what each verb of the language does. Tools, models and kept values exist only here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScriptEvent } from '../../src/contracts/script/events';
import { hostQueue } from '../../src/contracts/actor';
import { until } from '../support/eventually';
import { NATIVE, ToolFails } from '../support/fake-script-activities';
import { payloadsOf } from '../support/history-text';
import { scriptActors, type BegunThread } from '../support/script-actors';

const actors = scriptActors();

/** `path` of the steps that have ended well, in that order. */
const done = (thread: BegunThread): readonly string[] => thread.of('step_completed').map(({ path }) => path);
const failures = (thread: BegunThread) => thread.of('step_failed').map(({ path, error, next }) => [path, error.code, next]);
const yielded = (thread: BegunThread): readonly unknown[] => thread.of('value_yielded').map(({ value }) => ('value' in value ? value.value : value));

it('a script of values gives what it emits, checked against its output, and tells of each step', async () => {
  const thread = await actors.begin(
    ['input', '  city: text', '', 'output', '  line: text', '', 'const mark = "!"', '', 'let line = "{city}{mark}"', '', 'emit', '  line = line'].join('\n'),
    { city: 'Bern' },
  );

  expect(await thread.result()).toEqual({ status: 'COMPLETED', output: { value: { line: 'Bern!' } }, error: null });
  expect(thread.events().map(({ type }) => type)).toEqual([
    ...['thread_started', 'step_started', 'step_completed', 'step_started', 'step_completed', 'thread_completed'],
  ]);
  expect(thread.row()).toMatchObject({ status: 'COMPLETED', totalSteps: 2, stepsStarted: 2, stepsCompleted: 2, current: null, pauses: [] });
  expect(actors.fake.calls).toEqual({});
});

it('a tool is called with what its arguments come to, as an activity that people recognise', async () => {
  actors.fake.tool = ({ n }) => ({ twice: Number(n) * 2 });
  const thread = await actors.begin(`${NATIVE}\ndo "Double" with tool -> found\n  n = 20 + 1\n\nemit found.twice`);

  expect((await thread.result()).output).toEqual({ value: 42 });
  expect(actors.fake.executed).toEqual([{ path: '0', attempt: 1, tool: 'tool', args: { n: 21 } }]);
  const scheduled = (await thread.handle.fetchHistory()).events?.find(
    ({ activityTaskScheduledEventAttributes: it }) => it?.activityType?.name === 'executeStep',
  );
  expect(scheduled?.activityTaskScheduledEventAttributes?.activityId).toBe('step 0');
  expect(Buffer.from(scheduled?.userMetadata?.summary?.data ?? []).toString()).toBe('"0 do \\"Double\\" with tool"');
});

it.each([
  [
    'retry 2',
    2,
    'done',
    [
      ['0', 'tool.flaky', 'retry'],
      ['0', 'tool.flaky', 'retry'],
    ],
  ],
  ['fallback other { n: 1 }', 1, 'other', [['0', 'tool.flaky', 'fallback']]],
  ['ignore', 1, null, [['0', 'tool.flaky', 'ignore']]],
] as const)('a step that fails does as its clause says: %s', async (clause, times, output, told) => {
  let failed = 0;
  actors.fake.tool = ({ n }) => {
    if (n === 1) return 'other';
    if (failed++ < times) throw new ToolFails('tool.flaky', { retry: true });
    return 'done';
  };
  const thread = await actors.begin(`${NATIVE}\ndo "Try" with tool -> found\n  n = 0\n  on error: ${clause}\n\nemit found`);

  expect((await thread.result()).output).toEqual({ value: output });
  expect(failures(thread)).toEqual(told);
  expect(actors.fake.executed.map(({ attempt }) => attempt)).toEqual(actors.fake.executed.map((_, index) => index + 1));
});

it('what may have been done is neither tried again nor done by another tool', async () => {
  actors.fake.tool = () => {
    throw new ToolFails('tool.lost', { unknown: true, retry: true });
  };
  const thread = await actors.begin(`${NATIVE}\ndo "Pay" with tool\n  n = 0\n  on error:\n    retry 3\n    fallback other { n: 1 }\n`);
  await thread.paused();

  expect(actors.fake.executed).toHaveLength(1);
  expect(thread.of('step_failed')[0]).toMatchObject({ unknown: true, next: 'pause' });
});

it('a decision by rules takes the first that holds, and what all branches bind is known after it', async () => {
  const source = [
    ...['input', '  amount: number', '', 'decide "How large?" with rules -> size', '  when amount > 1000 -> "large"', '  otherwise -> "small"'],
    ...['  "large":', '    let note = "much"', '  "small":', '    let note = "little"', '', 'emit "{size}: {note}"'],
  ].join('\n');
  const [large, small] = [await actors.begin(source, { amount: 2000 }), await actors.begin(source, { amount: 1 })];

  expect((await large.result()).output).toEqual({ value: 'large: much' });
  expect((await small.result()).output).toEqual({ value: 'small: little' });
  expect(large.of('decision_made')).toEqual([{ path: '0', label: 'How large?', by: 'rules', choice: 'large', reason: 'rule 1' }]);
  expect(done(small)).toEqual(['0.1.0', '0', '1']);
});

it('a model decides among the names of the branches, and its call is told and counted', async () => {
  actors.fake.decide = () => 'support';
  const source = [
    'decide "Which team?" with llm -> team',
    '  context = 1',
    '  "sales":',
    '    let a = 1',
    '  "support":',
    '    let b = 2',
    '',
    'emit team',
  ].join('\n');
  const thread = await actors.begin(source);

  expect((await thread.result()).output).toEqual({ value: 'support' });
  expect(thread.of('decision_made')).toMatchObject([{ by: 'llm', choice: 'support', reason: 'because' }]);
  expect(thread.of('model_called')).toHaveLength(1);
  expect(thread.row()).toMatchObject({ tokensIn: 10, tokensOut: 2 });
});

it('a check sends the thread back until it holds, each time with attempts of their own', async () => {
  let count = 0;
  actors.fake.tool = () => ++count;
  const thread = await actors.begin(`${NATIVE}\ndo "Count" with tool -> n\n\ncheck n >= 3 as "Enough"\n  on fail: retry 5\n\nemit n`);

  expect((await thread.result()).output).toEqual({ value: 3 });
  expect(actors.fake.executed.map(({ path, attempt }) => [path, attempt])).toEqual([
    ['0', 1],
    ['0', 2],
    ['0', 3],
  ]);
  expect(thread.of('decision_made').map(({ choice }) => choice)).toEqual(['fail', 'fail', 'pass']);
});

it('a check that goes to a label passes over what stands between, and goes back out of a block', async () => {
  let rounds = 0;
  actors.fake.tool = () => ++rounds;
  const source = [
    ...['do "Again" with tool -> n', '', 'decide "Which?" with rules', '  when n < 3 -> "more"', '  otherwise -> "enough"'],
    ...['  "more":', '    check false', '      on fail: goto "Again"', '  "enough":', '    let x = 1', ''],
    ...['check true', '  on pass: goto "End"', '', 'do "Never" with tool', '', 'let last = n as "End"', '', 'emit last'],
  ].join('\n');
  const thread = await actors.begin(`${NATIVE}\n${source}`);

  expect((await thread.result()).output).toEqual({ value: 3 });
  expect(actors.fake.executed.map(({ path, attempt }) => [path, attempt])).toEqual([
    ['0', 1],
    ['0', 2],
    ['0', 3],
  ]);
});

it.each([
  ['on fail: fail "{n} is too few"', 'check.failed', '2 is too few'],
  ['on fail: retry 2', 'check.retries_used_up', 'The check did not pass after 2 retries.'],
])('a check that is not passed for good ends the thread: %s', async (clause, code, message) => {
  const thread = await actors.begin(`let n = 2\n\ncheck n > 5 as "Enough"\n  ${clause}`);

  expect(await thread.result()).toMatchObject({ status: 'FAILED', error: { code, message, step: '1', label: 'Enough' } });
});

it('each goes through a list in the order of its items, however many are at work, and gives the list of what came', async () => {
  let [now, most] = [0, 0];
  actors.fake.tool = async ({ n }) => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, n === 1 ? 200 : 10));
    now -= 1;
    return Number(n) * 10;
  };
  const source = `${NATIVE}\neach n, index in [1, 2, 3, 4, 5] parallel 2 -> all\n  do "Times ten" with tool -> tens\n    n = n\n  let sum = tens + index\n\nemit all`;
  const thread = await actors.begin(source);

  expect((await thread.result()).output).toEqual({ value: [10, 21, 32, 43, 54] });
  expect(most).toBe(2);
  expect(actors.fake.executed.map(({ path }) => path).sort()).toEqual(['0.0.0', '0.1.0', '0.2.0', '0.3.0', '0.4.0']);
  expect(thread.of('items_progressed')).toEqual([{ path: '0', label: null, done: 5, of: 5 }]);
});

it('a pipe forwards item by item in order, and begins no batch before the one before is handed on', async () => {
  const began: number[] = [];
  actors.fake.tool = async ({ n }) => {
    began.push(Number(n));
    await new Promise((resolve) => setTimeout(resolve, n === 1 ? 300 : 10));
    return `item ${String(n)}`;
  };
  const thread = await actors.begin(`${NATIVE}\npipe n from [1, 2, 3, 4, 5] batch 2 parallel 4 ->> stream\n  do "One" with tool\n    n = n\n`);

  expect(await thread.result()).toMatchObject({ status: 'COMPLETED' });
  expect(yielded(thread)).toEqual(['item 1', 'item 2', 'item 3', 'item 4', 'item 5']);
  const at = (type: ScriptEvent['type'], path: string) =>
    thread.events().find((event) => event.type === type && 'path' in event.data && event.data.path === path)?.seq ?? 0;
  expect(at('step_started', '0.2.0')).toBeGreaterThan(at('step_completed', '0.0.0'));
  expect(at('step_started', '0.1.0')).toBeLessThan(at('step_completed', '0.0.0'));
});

it('repeat asks after each round about what the round bound, and gives what the last one came to', async () => {
  let count = 0;
  actors.fake.tool = () => ++count;
  const thread = await actors.begin(`${NATIVE}\nrepeat until n == 3 max 10 sleep "1ms" as "Rounds" -> last\n  do "Count" with tool -> n\n\nemit last`);

  expect((await thread.result()).output).toEqual({ value: 3 });
  expect(actors.fake.executed.map(({ path }) => path)).toEqual(['0.0.0', '0.1.0', '0.2.0']);
});

it('lanes run at one time and give their values by name; the first that fails for good ends the others', async () => {
  const both = await actors.begin('together -> both\n  "a":\n    let x = 1\n  "b":\n    wait "1ms"\n    let y = 2\n\nemit both');
  const ended = await actors.begin('together\n  "a":\n    check false\n  "b":\n    wait "1h"');

  expect((await both.result()).output).toEqual({ value: { a: 1, b: 2 } });
  expect(await ended.result()).toMatchObject({ status: 'FAILED', error: { code: 'check.failed', step: '0.0.0' } });
  expect(failures(ended)).toEqual([
    ['0.0.0', 'check.failed', 'fail'],
    ['0.1.0', 'step.cancelled', 'cancel'],
    ['0', 'check.failed', 'fail'],
  ]);
});

it('an emit in a lane ends the thread and all other lanes', async () => {
  const thread = await actors.begin('together\n  "a":\n    emit 1\n  "b":\n    wait "1h"\n\nemit 2');

  expect(await thread.result()).toMatchObject({ status: 'COMPLETED', output: { value: 1 } });
});

it('agents, messages and plans are activities of their own', async () => {
  actors.fake.plan = 'input\n  n: number\n\nemit n + 1';
  const source =
    'agent "Research" with llm -> found\n  task = "it"\n\nsend "Tell" via "team"\n  text = found.text\n\nplan "Steps" with llm -> mission\n  task = "more"\n\nrun mission { n: 1 } -> result\n\nemit result';
  const thread = await actors.begin(source);

  expect((await thread.result()).output).toEqual({ value: 2 });
  expect(actors.fake.sent).toEqual([{ channel: 'team', args: { text: 'did it' } }]);
  expect(thread.of('step_completed').at(-2)?.executionId).toBe(`${thread.start.id}-3-1`);
});

it('a script that runs another one is told why it failed, and tries again with what a person corrects', async () => {
  actors.fake.scripts.set('inner', 'input\n  n: number\n\noutput\n  half: number\n\ncheck n > 0\n  on fail: fail "too small"\n\nemit\n  half = n / 2');
  const thread = await actors.begin('run script "inner" { n: 0 } -> parsed\n\nemit parsed.half');
  const row = await thread.paused();

  expect(row.pauses).toMatchObject([{ path: '0', kind: 'error', error: { code: 'check.failed', tool: 'inner' } }]);
  await thread.resume({ n: 8 });
  expect((await thread.result()).output).toEqual({ value: 4 });
});

it('what is emitted or yielded must be as the script declares it', async () => {
  const thread = await actors.begin('output\n  n: number(max = 5)\n\nstream\n  s: text\n\nyield { s: "a" }\n\nlet n = 7\n\nemit { n: n }');
  const row = await thread.paused();

  expect(row.pauses[0]).toMatchObject({ path: '2', error: { code: 'emit.misfit' } });
  await thread.resume({ value: { n: 7 } });
  await thread.paused();
  await thread.cancel();
  expect(await thread.result()).toMatchObject({ status: 'CANCELLED' });
  expect(yielded(thread)).toEqual([{ s: 'a' }]);
});

it('values that are too large to travel go by reference, and are read where they are used', async () => {
  actors.fake.tool = ({ list }) => (list === undefined ? Array.from({ length: 3_000 }, (_, n) => n) : (list as readonly unknown[]).length);
  const thread = await actors.begin(
    `${NATIVE}\ndo "Many" with tool -> many\n\nlet first = many[7]\n\ndo "Count" with tool -> n\n  list = many\n\nemit [first, n]`,
  );

  expect((await thread.result()).output).toEqual({ value: [7, 3_000] });
  expect(thread.of('step_completed')[0]?.output).toHaveProperty('ref');
});

it('of the environment nothing travels but what decides the way', async () => {
  actors.fake.env = { KEY: 'geheim-wert', COUNT: 2 };
  const source = 'env\n  KEY: text\n  COUNT: integer\n\nlet key = "Bearer {env.KEY}"\n\ncheck env.COUNT == 2\n\ncheck count(key) == 18\n\nemit key';
  const thread = await actors.begin(source, {}, { hasEnv: true });

  const { output } = await thread.result();
  expect(await actors.fake.read(output)).toBe('Bearer geheim-wert');
  expect(payloadsOf(await thread.handle.fetchHistory())).not.toContain('geheim-wert');
  expect(JSON.stringify(thread.events())).not.toContain('geheim-wert');
});

it('an error that no step handles goes to the handler of the thread, which knows of it', async () => {
  actors.fake.tool = () => {
    throw new ToolFails('tool.broken');
  };
  const source = `${NATIVE}\neach n in [1]\n  do "Break" with tool\n\non thread error\n  send via "operations"\n    text = "{error.code} in {error.step} of {thread.id}"\n`;
  const thread = await actors.begin(source);

  expect(await thread.result()).toMatchObject({ status: 'FAILED', error: { code: 'tool.broken', step: '0.0.0', label: 'Break', tool: 'tool' } });
  expect(actors.fake.sent).toEqual([{ channel: 'operations', args: { text: `tool.broken in 0.0.0 of ${thread.start.id}` } }]);
  expect(done(thread)).toEqual(['error.0']);
});

it('a LOCAL thread acts on its host, and tells what it does although the host is away', async () => {
  const thread = await actors.begin(`${NATIVE}\ndo "Here" with tool -> found\n  n = 1\n\nemit found.n`, {}, { executionMode: 'LOCAL', hostId: 'h1' });
  await until('its row tells of the step', () => thread.row()?.current?.path === '0', 20_000);

  expect(actors.fake.executed).toEqual([]);
  await actors.world.work({ activities: { ...actors.fake.activities }, workflows: false, taskQueue: hostQueue('h1') });
  expect((await thread.result()).output).toEqual({ value: 1 });
});

it('what no activity brought to the journal, the thread commits itself', async () => {
  actors.world.journal.broken = new Error('the database is away');
  const thread = await actors.begin(
    `${NATIVE}\ndo "First" with tool -> first\n\ndo "Second" with other -> second\n\nask "Go on?" -> answer\n  type = text\n\nemit 1`,
  );
  await until('both were called', () => actors.fake.executed.length === 2);
  expect(thread.events()).toEqual([]);
  actors.world.journal.broken = null;
  await thread.paused();

  expect(done(thread)).toEqual(['0', '1']);
  await thread.resume({ value: 'yes' });
  expect((await thread.result()).output).toEqual({ value: 1 });
  expect(thread.events().map(({ seq }) => seq)).toEqual(thread.events().map((_, n) => n + 1));
});

it('a thread of twenty tools takes little more than an activity for each', async () => {
  const steps = Array.from({ length: 20 }, (_, n) => `do "Step ${n}" with tool -> r${n}\n  n = ${n}\n`).join('\n');
  const thread = await actors.begin(`${NATIVE}\n${steps}`);
  await thread.result();

  const history = (await thread.handle.fetchHistory()).events ?? [];
  const activities = history.filter(({ activityTaskScheduledEventAttributes: it }) => it).length;
  expect(activities).toBeLessThanOrEqual(22);
  expect(history.length).toBeLessThanOrEqual(140);
});

/** The scripts of docs/scriptum.md by their names. */
const examples = new Map(
  [...readFileSync(join(__dirname, '../../docs/scriptum.md'), 'utf8').matchAll(/^```scriptum\n(script "([^"]+)"\n[^]*?)^```/gm)].map(
    ([, text = '', name = '']) => [name, text],
  ),
);

it('so many calls are out at one time, whatever stands in what', async () => {
  const source = `input\n  xs: list<integer>\n\n${NATIVE}\neach a in xs parallel 12\n  each b in xs parallel 50\n    do "Away" with tool\n`;
  const xs = Array.from({ length: 50 }, (_, n) => n);
  const thread = await actors.begin(source, { xs }, { executionMode: 'LOCAL', hostId: 'away', isKept: false });
  const out = async (): Promise<number> =>
    ((await thread.handle.describe()).raw.pendingActivities ?? []).filter(({ activityType }) => activityType?.name === 'executeStep').length;

  expect(await until('they are out', async () => ((await out()) >= 500 ? out() : null), 60_000)).toBe(500);
  await thread.cancel();
  expect(await thread.result()).toMatchObject({ status: 'CANCELLED' });
}, 120_000);

it.each([
  ['declarations', { city: 'Bern', place: { lat: 47, lon: 7 } }, { report: 'Bern, calm' }],
  ['let-do-send', {}, null],
  ['decide-check', { amount: 5 }, null],
  ['loops', { cities: ['Bern', 'Biel', 'Chur'] }, { sum: 15, longest: 4 }],
  ['agents', {}, { research: 'did What is new?', result: 7, parsed: 8 }],
])('the example %s of the documentation runs', async (name, input, output) => {
  actors.fake.tool = () => ({ results: [1], body: 'page', text: 'summary' });
  actors.fake.env = { API_URL: 'https://example.com' };
  actors.fake.plan = 'emit 7';
  actors.fake.scripts.set('invoice-parser', 'input\n  invoice_id: text\n\nemit 8');
  // As it stands, but for waits that are longer than a test.
  const text = (examples.get(name) ?? '').split('\n').slice(1).join('\n').replace('wait "1m"', 'wait "10ms"').replace('2027-01-01', '2026-01-01');
  const thread = await actors.begin(text, input, { hasEnv: true });

  const ended = await thread.result();
  expect({ ...ended, output: await actors.fake.read(ended.output) }).toEqual({ status: 'COMPLETED', output, error: null });
});
