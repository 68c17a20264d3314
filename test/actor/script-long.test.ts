/** Threads of scripts on a real Temporal server: long lists, histories that continue as new wherever they are, workers that die. */
import type { WorkflowHandle } from '@temporalio/client';
import type { BegunThread } from '../support/script-actors';
import { NATIVE } from '../support/fake-script-activities';
import { scriptActors } from '../support/script-actors';
import { until } from '../support/eventually';

const actors = scriptActors();

const runIdOf = async (thread: BegunThread): Promise<string> => (await actors.client.workflow.getHandle(thread.address).describe()).runId;
/** Of the run that is there now. */
const current = (thread: BegunThread): WorkflowHandle => actors.client.workflow.getHandle(thread.address);
const continued = (thread: BegunThread, from: string): Promise<unknown> => until('it continues as new', async () => (await runIdOf(thread)) !== from, 30_000);
const lengthOf = async (thread: BegunThread): Promise<number> => (await current(thread).describe()).historyLength;
const output = async (thread: BegunThread): Promise<unknown> => actors.fake.read(((await current(thread).result()) as { output: never }).output);

/** Steps that were begun, each once. */
function expectOnce(thread: BegunThread): void {
  const begun = thread.of('step_started').map(({ path, attempt }) => `${path}#${attempt}`);
  expect(begun.length).toBe(new Set(begun).size);
}

it('goes on in a new run with what was bound, in loops, lanes and branches, and performs nothing twice', async () => {
  actors.fake.tool = ({ n }) => Number(n) * 2;
  const source = [
    ...[
      'let base = 100',
      '',
      'together -> lanes',
      '  "each":',
      '    each n, i in range(12) parallel 3 -> doubled',
      '      do "Double" with tool -> two',
      '        n = n',
    ],
    ...[
      '      let sum = two + i + base',
      '    let total = sum(doubled)',
      '  "repeat":',
      '    repeat until done max 20',
      '      do "Count" with other -> c',
      '        n = 1',
      '      let done = c > 5',
    ],
    ...[
      '    let x = base',
      '',
      'decide "Large?" with rules',
      '  when lanes.each > 10 -> "yes"',
      '  otherwise -> "no"',
      '  "yes":',
      '    do "One more" with tool -> more',
      '      n = 4',
      '  "no":',
      '    let more = 0',
      '',
    ],
    'emit [lanes.each, lanes.repeat, more]',
  ].join('\n');
  const thread = await actors.begin(`${NATIVE}\n${source}`, {}, { historyMax: 40 });
  const first = thread.handle.firstExecutionRunId;

  // 0 to 11: twice each, once more each, and a hundred for each.
  expect(await output(thread)).toEqual([66 * 3 + 1_200, 100, 8]);
  expect(await runIdOf(thread)).not.toBe(first);
  expectOnce(thread);
  expect(actors.fake.executed.filter(({ tool }) => tool === 'tool')).toHaveLength(13);
});

it('continues as new while several lanes wait for people, and each gets its answer', async () => {
  const source =
    'together -> both\n  "a":\n    ask "A?" -> a\n      timeout = "1h"\n    let x = a.value\n  "b":\n    each n in [1, 2]\n      ask "B?" -> b\n      let y = b.value\n\nemit both';
  const thread = await actors.begin(source, {}, { historyMax: 10 });
  await thread.paused(2);
  const first = thread.handle.firstExecutionRunId;
  await thread.resume({ value: 'b1' }, '0.1.0.0.0');
  await continued(thread, first);
  await until('the next one asks', () => thread.row()?.pauses.some(({ path }) => path === '0.1.0.1.0'), 20_000);

  await thread.resume({ value: 'b2' }, '0.1.0.1.0');
  await thread.resume({ value: 'a' }, '0.0.0');
  expect(await output(thread)).toEqual({ a: 'a', b: ['b1', 'b2'] });
  expectOnce(thread);
  expect(
    thread
      .of('thread_paused')
      .map(({ path }) => path)
      .sort(),
  ).toEqual(['0.0.0', '0.1.0.0.0', '0.1.0.1.0']);
});

it('a pause for corrected input lives through a new run', async () => {
  let broken = true;
  actors.fake.tool = ({ n }) => (broken && n === 3 ? { list: null } : (n ?? null));
  const thread = await actors.begin(
    `${NATIVE}\neach n in [1, 2, 3] -> all\n  do "Look" with tool -> found\n    n = n\n  let one = found + 1\n\nemit all`,
    {},
    { historyMax: 10 },
  );
  await thread.paused();
  await continued(thread, thread.handle.firstExecutionRunId);
  broken = false;
  await thread.resume({ one: 40 });

  expect(await output(thread)).toEqual([2, 3, 40]);
  expect(actors.fake.executed).toHaveLength(3);
});

it('what a step came to stands before the stream has it: a new run in between performs nothing twice', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  actors.fake.tool = async ({ n }) => {
    if (n === 1) return true;
    await held;
    // Too large to travel, so that it has to be looked at elsewhere before it is given to the stream.
    return { s: 'x'.repeat(20_000) };
  };
  const source = [
    ...['stream', '  s: text', '', NATIVE, 'repeat until done max 5 ->> stream', '  do "Ask" with tool -> done', '    n = 1'],
    ...['  do "Large" with other', '    n = 2', '', 'emit 1'],
  ];
  const thread = await actors.begin(source.join('\n'), {}, { historyMax: 5 });
  const first = thread.handle.firstExecutionRunId;
  await until('the tool is at work', () => actors.fake.executed.some(({ path }) => path === '0.0.1'));
  // Whatever comes makes it look at the length of its history.
  await current(thread).signal('resume', { override: {} });
  await until('it wants to continue as new, and waits for the tool', async () =>
    ((await current(thread).fetchHistory()).events ?? []).some(({ timerStartedEventAttributes }) => timerStartedEventAttributes),
  );
  release();

  expect(await output(thread)).toBe(1);
  expect(await runIdOf(thread)).not.toBe(first);
  expect(actors.fake.executed.map(({ path }) => path)).toEqual(['0.0.0', '0.0.1']);
  expectOnce(thread);
  expect(thread.of('value_yielded')).toHaveLength(1);
});

it('ten thousand items go through each with a bounded history, and all of them come out in order', async () => {
  const thread = await actors.begin(
    'each n in range(10000) parallel 8 -> doubled\n  let two = n * 2\n\nemit [count(doubled), doubled[0], doubled[9999], sum(doubled)]',
    {},
    { isKept: false },
  );
  const result = await output(thread);

  expect(result).toEqual([10_000, 0, 19_998, 99_990_000]);
  expect(await lengthOf(thread)).toBeLessThan(10_000);
  expect(thread.row()).toMatchObject({ status: 'COMPLETED', stepsCompleted: 10_002 });
}, 300_000);

it('ten thousand items go through a pipe in order, and are forwarded one by one', async () => {
  const thread = await actors.begin('pipe n from range(10000) batch 100 parallel 4 ->> stream\n  let same = n', {}, { isKept: false });
  await current(thread).result();

  const values = thread.of('value_yielded').map(({ value }) => ('value' in value ? value.value : null));
  expect(values).toEqual(Array.from({ length: 10_000 }, (_, n) => n));
  expect(await lengthOf(thread)).toBeLessThan(10_000);
}, 300_000);

it('a worker that dies takes nothing along: another one goes on where the thread was', async () => {
  const thread = await actors.begin(
    `${NATIVE}\ndo "First" with tool -> a\n  n = 1\n\nask "Well?" -> answer\n\ndo "Last" with tool -> b\n  n = answer.value\n\nemit [a.n, b.n]`,
  );
  await thread.paused();
  await actors.world.rest();
  const told = thread.resume({ value: 5 });
  await actors.work();

  expect(await told).toMatchObject({ status: expect.stringMatching(/done|accepted/) });
  expect((await thread.result()).output).toEqual({ value: [1, 5] });
  expect(actors.fake.executed.map(({ path }) => path)).toEqual(['0', '2']);
});

it('a wait goes on through a new run, and ends at its time', async () => {
  const thread = await actors.begin('each n in [1, 2, 3, 4]\n  wait "1s"\n  let x = n\n\nemit "over"', {}, { historyMax: 10 });

  expect(await output(thread)).toBe('over');
  const { startedAt, endedAt } = thread.row() ?? {};
  const ms = Date.parse(endedAt ?? '') - Date.parse(startedAt ?? '');
  expect(ms).toBeGreaterThanOrEqual(3_900);
  expectOnce(thread);
});

it('a child that runs is waited for before the parent continues as new', async () => {
  actors.fake.scripts.set('inner', 'ask "Well?" -> answer\n\nemit answer.value');
  const source =
    'together -> both\n  "child":\n    run script "inner" -> r\n    let x = r\n  "loop":\n    each n in range(30)\n      wait "1ms"\n    let y = 1\n\nemit both';
  const thread = await actors.begin(source, {}, { historyMax: 30 });
  const child = `script/${thread.start.id}-0.0.0-1`;
  await until('the child asks', () => actors.world.journal.of(child).some(({ type }) => type === 'thread_paused'), 20_000);
  await actors.client.workflow.getHandle(child).signal('resume', { override: 'yes' });

  expect(await output(thread)).toEqual({ child: 'yes', loop: 1 });
  expectOnce(thread);
});
