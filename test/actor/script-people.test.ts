/** Threads of scripts on a real Temporal server: questions, corrected input, cancellation, deadlines, and what is refused. */
import { scriptAddress } from '../../src/contracts/script/commands';
import { aborted, NATIVE, ToolFails } from '../support/fake-script-activities';
import { scriptActors, type BegunThread } from '../support/script-actors';
import { until } from '../support/eventually';

const actors = scriptActors();

const INVOICE = [
  ...[
    'version "0.1.0"',
    '',
    'input',
    '  invoice_id: text',
    '',
    'output',
    '  invoice_id: text',
    '  approved: boolean',
    '',
    'let label = "Invoice {invoice_id}"',
    '',
  ],
  ...[
    'ask "Approve?" -> answer',
    '  prompt = "{label}: approve?"',
    '  type = text',
    '  options = ["approve", "reject"]',
    '  timeout = "24h"',
    '  max_retries = 2',
    '',
  ],
  ...['emit', '  invoice_id = invoice_id', '  approved = answer.value == "approve"'],
].join('\n');

const refused = (reply: unknown) => (reply as { reply: { refused: unknown } }).reply.refused;
const times = (thread: BegunThread, path: string): number => thread.of('step_started').filter((step) => step.path === path).length;

it('the invoice example asks, waits, and goes on with the answer and with who gave it', async () => {
  const thread = await actors.begin(INVOICE, { invoice_id: 'INV-42' });
  const row = await thread.paused();

  expect(row).toMatchObject({
    ...{ status: 'PAUSED', current: { path: '1', name: 'Approve?' } },
    pauses: [
      { path: '1', kind: 'ask', prompt: 'Invoice INV-42: approve?', type: 'text', options: ['approve', 'reject'], attempt: 1, retriesLeft: 2, refused: null },
    ],
  });
  const described = await thread.handle.describe();
  expect(described.status.name).toBe('RUNNING');
  expect(await thread.resume({ value: 'approve', comment: 'fine' })).toMatchObject({ status: 'done', reply: { step_path: '1', refused: null } });
  expect((await thread.result()).output).toEqual({ value: { invoice_id: 'INV-42', approved: true } });
  expect(thread.of('step_completed')[1]?.output).toMatchObject({ value: { value: 'approve', comment: 'fine', provided_by: 'ada', attempt: 1 } });
});

it('a wrong answer is taken, told and counted, and the thread waits on until there were too many', async () => {
  const thread = await actors.begin(INVOICE, { invoice_id: 'x' });
  await thread.paused();

  expect(refused(await thread.resume({ value: 7 }, '1', 'same'))).toMatchObject({ code: 'ask.type', retries_left: 1 });
  expect(refused(await thread.resume({ value: 7 }, '1', 'same'))).toMatchObject({ code: 'ask.type', retries_left: 1 });
  expect(refused(await thread.resume({ value: 'maybe' }))).toMatchObject({ code: 'ask.option', retries_left: 0 });
  await until('the row tells of it', () => thread.row()?.pauses[0]?.kind === 'ask' && thread.of('answer_refused').length === 2);
  expect(thread.row()?.pauses).toMatchObject([{ attempt: 3, retriesLeft: 0, refused: 'Expected one of "approve", "reject", found "maybe".' }]);
  expect(refused(await thread.resume({}))).toMatchObject({ code: 'ask.retries_used_up', retries_left: 0 });
  expect(await thread.result()).toMatchObject({ status: 'FAILED', error: { code: 'ask.retries_used_up', step: '1', label: 'Approve?' } });
  expect(thread.of('answer_refused').map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
});

it('the right answer after a wrong one says which attempt it was, and texts are taken for what they say', async () => {
  const thread = await actors.begin('ask "How many?" -> n\n  type = integer(min = 1)\n\nemit [n.value + 1, n.attempt]');
  await thread.paused();
  await thread.resume('zero');
  await thread.resume('41');

  expect((await thread.result()).output).toEqual({ value: [42, 2] });
});

it('a question whose time is over takes its default, or fails the thread', async () => {
  const [taken, failed] = await Promise.all([
    actors.begin('ask "How many?" -> n\n  type = integer\n  default = 3\n  timeout = "1s"\n\nemit [n.value, n.provided_by]'),
    actors.begin('ask "How many?" -> n\n  timeout = "1s"\n\nemit n\n\non thread error\n  send via "team"\n    text = error.code'),
  ]);

  expect((await taken.result()).output).toEqual({ value: [3, 'everthread'] });
  expect(await failed.result()).toMatchObject({ status: 'FAILED', error: { code: 'ask.expired', step: '0' } });
  expect(actors.fake.sent).toEqual([{ channel: 'team', args: { text: 'ask.expired' } }]);
});

it('an answer that comes too late hears so, while other lanes go on', async () => {
  const thread = await actors.begin('together\n  "a":\n    ask "Quick?"\n      timeout = "1s"\n  "b":\n    ask "Slow?"\n\non thread error\n  ask "What now?"');
  const row = await until('the handler asks', () => (thread.row()?.pauses[0]?.path === 'error.0' ? thread.row() : null), 20_000);

  expect(row?.pauses).toHaveLength(1);
  await expect(thread.resume('late', '0.0.0')).rejects.toMatchObject({ code: 'script_thread.ask_expired', facts: { reason: 'ASK_EXPIRED' } });
  await expect(thread.resume('x', '0.1.0')).rejects.toMatchObject({ code: 'script_thread.no_such_pause' });
  await thread.resume('end');
  expect(await thread.result()).toMatchObject({ status: 'FAILED', error: { code: 'ask.expired' } });
});

it('several lanes may wait at one time: an answer goes to the oldest, or to the one that is named', async () => {
  const thread = await actors.begin(
    'together -> both\n  "a":\n    ask "A?" -> a\n    let x = a.value\n  "b":\n    ask "B?" -> b\n    let y = b.value\n\nemit both',
  );
  await thread.paused(2);

  await thread.resume('for b', '0.1.0');
  await thread.resume('for a');
  expect((await thread.result()).output).toEqual({ value: { a: 'for a', b: 'for b' } });
});

it('no more steps than there is room for wait for people at one time; the next one asks when one has its answer', async () => {
  const xs = Array.from({ length: 40 }, (_, n) => n);
  const source = 'input\n  xs: list<integer>\n\neach a in [1, 2] parallel 2\n  each b in xs parallel 40\n    ask "Well?"';
  const thread = await actors.begin(source, { xs }, { isKept: false });
  await thread.paused(64);

  await thread.resume('yes');
  await until('another one asks', () => thread.of('thread_paused').length === 65, 20_000);
  expect((await thread.paused(64)).pauses).toHaveLength(64);
  await thread.cancel();
  await thread.result();
});

it('null is a value like any other as corrected input', async () => {
  const thread = await actors.begin('let x = [1][5]\n\nemit [x]');
  await thread.paused();
  await thread.resume({ x: null });

  expect((await thread.result()).output).toEqual({ value: [null] });
});

it('an error that nobody handles pauses the thread, and corrected input goes on at that very step', async () => {
  actors.fake.tool = ({ n }) => {
    if (n === 0) throw new ToolFails('tool.zero');
    return n ?? null;
  };
  const thread = await actors.begin(
    `${NATIVE}\ndo "First" with tool\n  n = 1\n\ndo "Second" with tool -> found\n  n = 0\n  m = 5\n\nlet sum = found.missing\n\nemit sum`,
  );
  const row = await thread.paused();

  expect(row.pauses).toMatchObject([{ path: '1', label: 'Second', kind: 'error', primitive: 'execute', error: { code: 'tool.zero', tool: 'tool' } }]);
  expect(thread.of('step_failed')[0]).toMatchObject({ input: { value: { n: 0, m: 5 } }, next: 'pause' });
  await expect(thread.resume('no object')).rejects.toMatchObject({ code: 'resume.invalid', facts: { field: 'override' } });
  await thread.resume({ n: 7 });
  await until('the next step pauses', () => thread.row()?.pauses[0]?.path === '2', 20_000);
  expect(thread.row()?.pauses[0]).toMatchObject({ error: { code: 'expression.field' } });
  await thread.resume({ sum: 12 });
  expect((await thread.result()).output).toEqual({ value: 12 });
  expect(actors.fake.executed).toEqual([
    { path: '0', attempt: 1, tool: 'tool', args: { n: 1 } },
    { path: '1', attempt: 1, tool: 'tool', args: { n: 0, m: 5 } },
    { path: '1', attempt: 2, tool: 'tool', args: { n: 7, m: 5 } },
  ]);
  expect(times(thread, '1')).toBe(2);
});

it('what is not paused cannot be resumed, and what has ended takes no word', async () => {
  const thread = await actors.begin('wait "1h"');
  await until('it runs', () => thread.row()?.status === 'RUNNING');

  await expect(thread.resume('x')).rejects.toMatchObject({ code: 'script_thread.not_paused' });
  await thread.cancel();
  await thread.result();
  await expect(thread.resume('x')).rejects.toMatchObject({ kind: 'conflict' });
});

it('cancelling stops tools within a second, says who did it, and is a no-op the second time', async () => {
  let stopped = 0;
  actors.fake.tool = async (_args, { signal }) => {
    try {
      return await aborted(signal);
    } finally {
      stopped = Date.now();
    }
  };
  const thread = await actors.begin(`${NATIVE}\ntogether\n  "a":\n    do "Long" with tool\n  "b":\n    ask "Well?"\n`);
  await until('the tool is at work', () => actors.fake.executed.length === 1);
  await thread.paused();
  const began = Date.now();

  expect(await thread.cancel('no more')).toMatchObject({ reply: { repeated: false, reason: 'no more' } });
  await thread.cancel('again').catch(() => undefined);
  expect(await thread.result()).toEqual({ status: 'CANCELLED', output: null, error: null });
  expect(stopped - began).toBeLessThan(3_000);
  expect(
    thread
      .of('step_failed')
      .map(({ path, next }) => [path, next])
      .sort(),
  ).toEqual([
    ['0', 'cancel'],
    ['0.0.0', 'cancel'],
    ['0.1.0', 'cancel'],
  ]);
  expect(thread.of('thread_cancelled')).toEqual([{ by: 'ada', reason: 'no more' }]);
  expect(thread.row()).toMatchObject({ status: 'CANCELLED', pauses: [], cancel: { by: 'ada', reason: 'no more' } });
});

it('a cancellation passes down to the scripts that a thread runs, and one in the Temporal UI is one like any other', async () => {
  actors.fake.scripts.set('inner', 'ask "Well?"');
  const thread = await actors.begin('run script "inner" -> r\n');
  const child = scriptAddress('default', `${thread.start.id}-0-1`);
  await until('the child asks', () => actors.world.journal.of(child).some(({ type }) => type === 'thread_paused'), 20_000);

  await thread.handle.cancel();
  expect(await thread.result()).toMatchObject({ status: 'CANCELLED' });
  expect(actors.world.journal.of(child).at(-1)).toMatchObject({ type: 'thread_cancelled', data: { by: thread.start.id } });
});

it('a thread whose time is over fails, whatever it waits for', async () => {
  const thread = await actors.begin('ask "Well?"', {}, { deadlineAt: new Date(Date.now() + 3_000).toISOString() });

  expect(await thread.result()).toMatchObject({ status: 'FAILED', error: { code: 'thread.timeout' } });
  expect(thread.row()).toMatchObject({ status: 'FAILED', pauses: [], current: null });
});

it('an answer by signal, as a person gives it in the Temporal UI, is taken like any other', async () => {
  const thread = await actors.begin('ask "Well?" -> answer\n\nemit answer.value');
  await thread.paused();
  await thread.handle.signal('resume', { override: { value: 'yes' } });

  expect((await thread.result()).output).toEqual({ value: 'yes' });
});

it('a script that declares an output and never emits it fails', async () => {
  const silent = await actors.begin('output\n  n: number\n\nlet n = 1');

  expect(await silent.result()).toMatchObject({ status: 'FAILED', error: { code: 'thread.no_output' } });
});
