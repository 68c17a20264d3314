/** What is said to a thread and what it asks: messages, raw input, keys, prompts and their answers, presets and policies. Over HTTP, on a whole real system. */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/eventually';
import { Http, type Answer } from '../support/http';
import { completed, spawnThread, type SeenEvent, type TestThread } from '../support/threads';
import { startWorld, type World } from '../support/world';

let world: World;
let http: Http;
beforeAll(async () => {
  world = await startWorld();
  http = new Http(world);
}, 120_000);
afterAll(() => world.stop(), 60_000);

const path = (thread: TestThread, rest = ''): string => `/managed-threads/${thread.id}${rest}`;
const send = (thread: TestThread, body: object) => http.post(path(thread, '/send'), body);
const answer = (thread: TestThread, body: object) => http.post(path(thread, '/approvals'), body);
const ofType = async (thread: TestThread, type: SeenEvent['type']): Promise<readonly Record<string, any>[]> =>
  (await thread.events()).filter((event) => event.type === type).map(({ data }) => data);
const lastOutput = async (thread: TestThread): Promise<unknown> => (await ofType(thread, 'thread_turn_complete')).at(-1)?.['output'];

/** A thread whose objective is done and which waits for more. */
async function ready(options: Parameters<typeof spawnThread>[1] = {}): Promise<TestThread> {
  const thread = await spawnThread(world, options);
  await thread.has('the objective is done', completed(1));
  return thread;
}

it('messages to a busy thread wait in order, each is told its position, and each is a turn of its own', async () => {
  const thread = await ready();
  await send(thread, { message: 'work 1200' });
  await thread.reaches('running');

  const answers: Answer[] = [];
  for (const n of [1, 2, 3]) answers.push(await send(thread, { message: `say ${n}` }));

  expect(answers.map(({ status, body }) => [status, body.sent, body.position])).toEqual([
    [200, true, 0],
    [200, true, 1],
    [200, true, 2],
  ]);
  expect(await thread.get()).toMatchObject({ status: 'running', queued: 3 });
  await thread.has('all turns are done', completed(5));
  expect(thread.lines()).toEqual(['say hello', 'work 1200', 'say 1', 'say 2', 'say 3']);
  expect((await ofType(thread, 'thread_turn_complete')).slice(-3).map(({ output }) => output)).toEqual(['1', '2', '3']);
  expect((await thread.events()).find(({ seq }) => seq === answers[0]?.body.seq)).toMatchObject({
    type: 'thread_input_queued',
    data: { input: { message: { text: 'say 1' } } },
  });
  await thread.isWhole();
  await thread.stop();
}, 60_000);

it('a text that looks like the mark of a stored one is typed as it stands', async () => {
  const thread = await ready();
  const stored = `say ${'long '.repeat(1_000)}`;
  await send(thread, { message: stored });
  await thread.has('the stored message is done', completed(2));
  const mark = `[stored:${createHash('sha256').update(stored).digest('hex')}]`;

  await send(thread, { raw: mark });
  await send(thread, { keys: ['ENTER'] });

  await eventually('it is typed', () => thread.lines().length === 3);
  expect(thread.lines().at(-1)).toBe(mark);
  await thread.stop();
}, 60_000);

it('a hundred messages may wait; the next is refused with 429, and a cancel drops them all', async () => {
  const thread = await spawnThread(world, { objective: 'work 120000' });
  await thread.has('it is typed', (events) => events.some(({ type }) => type === 'thread_input'));
  for (let sent = 0; sent < 100; sent += 10) {
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => send(thread, { message: `say ${sent + n}` })));
    // 202 where the machine is so busy that no worker answers in time.
    expect(answers.every(({ status }) => status === 200 || status === 202)).toBe(true);
  }
  await eventually('all of them wait', async () => (await thread.get())['queued'] === 100);

  const refused = await send(thread, { message: 'one too many' });

  expect(refused).toMatchObject({ status: 429, body: { code: 'thread.queue_full', max: 100 } });
  expect(await thread.get()).toMatchObject({ queued: 100 });
  expect(await http.post(path(thread, '/cancel'), { reason: 'enough' })).toMatchObject({ status: 200, body: { cancelled: true, dropped: 100 } });
  await thread.has('the turn ended', completed(1));
  expect(await lastOutput(thread)).toBe('Interrupted.');
  expect(await thread.get()).toMatchObject({ queued: 0 });
  expect(thread.lines()).toEqual(['work 120000']);
  await thread.stop();
}, 60_000);

it('keys and raw input go into a turn at once: CTRL+C ends what a shell runs', async () => {
  const thread = await ready({ agentType: 'shell', objective: 'echo ready' });
  for (const [count, body] of [{ keys: ['CTRL+C'] }, { raw: '\u0003' }, { keys: ['ctrl+c'] }].entries()) {
    await send(thread, { message: 'echo started; sleep 100' });
    await eventually('it sleeps', async () => (await http.get(path(thread, '/screen'))).body.text.split('started').length > 2 * count + 2);
    expect((await send(thread, body)).body).toMatchObject({ sent: true, position: 0 });
    await thread.has('the turn ended', completed(count + 2));
    expect(await lastOutput(thread)).toContain('started');
  }
  expect(
    (await ofType(thread, 'thread_input'))
      .filter(({ kind }) => kind === 'keys' || kind === 'raw')
      .map(({ kind, outcome, preview }) => [kind, outcome, preview]),
  ).toEqual([
    ['keys', 'done', 'CTRL+C'],
    ['raw', 'done', '\\u0003'],
    ['keys', 'done', 'ctrl+c'],
  ]);

  // Typed at the prompt, raw input and keys make a turn of their own.
  await send(thread, { raw: 'echo typed by $((40 + 2))' });
  await send(thread, { keys: ['ENTER'] });
  await eventually('it ran', async () => /^typed by 42$/m.test((await http.get(path(thread, '/screen'))).body.text));
  await thread.reaches('ready');
  await thread.isWhole();
  await thread.stop();
}, 60_000);

it('an input that cannot be is refused with 400, names the field, and leaves no event', async () => {
  const thread = await ready();
  const before = await thread.events();

  expect(await send(thread, { keys: ['ENTER', 'HYPER+X'] })).toMatchObject({
    status: 400,
    body: { code: 'thread.unknown_key', field: 'keys', key: 'HYPER+X' },
  });
  expect(await send(thread, {})).toMatchObject({ status: 400, body: { error: expect.stringContaining('message, raw, keys') } });
  expect(await send(thread, { message: 'a', raw: 'b' })).toMatchObject({ status: 400, body: { field: 'raw' } });
  expect(await send(thread, { message: '' })).toMatchObject({ status: 400, body: { field: 'message' } });
  expect(await send(thread, { message: 'x'.repeat(200_001) })).toMatchObject({ status: 400, body: { field: 'message' } });
  expect(await answer(thread, {})).toMatchObject({ status: 400 });
  expect(await answer(thread, { approve: true })).toMatchObject({ status: 409, body: { code: 'thread.not_blocked' } });

  expect(await thread.events()).toEqual(before);
  await thread.stop();
}, 60_000);

it('a message of any length arrives whole', async () => {
  const thread = await ready();
  const long = `say ${'0123456789 '.repeat(9_000)}end`;

  await send(thread, { message: long });
  await thread.has('it is done', completed(2));

  expect(thread.lines().at(-1)).toBe(long);
  const [queued] = await ofType(thread, 'thread_input_queued');
  expect(queued?.['input'].message).toEqual({
    ref: expect.stringMatching(/^[0-9a-f]{64}$/),
    preview: expect.stringMatching(/^say 0123456789 .{100,}…$/),
    length: long.length,
  });
  await thread.stop();
}, 60_000);

it('a prompt blocks the thread until a person approves, denies, chooses or writes; who answered, and what, are events', async () => {
  const thread = await spawnThread(world, { objective: 'ask shell make install' });
  await thread.reaches('blocked');

  const { ask } = (await thread.get()) as unknown as { ask: { id: string } };
  expect(ask).toMatchObject({
    id: expect.stringContaining(`${thread.id}/turn-`),
    kind: 'permission',
    text: expect.stringContaining('make install'),
    options: [
      { option: 1, label: 'Yes' },
      { option: 2, label: 'Always' },
      { option: 3, label: 'No' },
    ],
    action: { category: 'shell', command: 'make install' },
  });
  expect(await ofType(thread, 'thread_blocked')).toEqual([{ promptInfo: ask, autoResponded: false, runtimeName: expect.any(String) }]);
  expect(await answer(thread, { option: 7 })).toMatchObject({
    status: 400,
    body: { code: 'thread.answer_not_possible', field: 'option', options: [{ option: 1, label: 'Yes' }, { option: 2 }, { option: 3 }] },
  });
  expect(await answer(thread, { approve: true, askId: 'another' })).toMatchObject({ status: 404, body: { code: 'thread.ask_not_found', openAskId: ask.id } });

  const approved = await answer(thread, { approve: true });

  expect(approved).toMatchObject({ status: 200, body: { askId: ask.id, answer: { approve: true }, answeredBy: expect.any(String), repeated: false } });
  await thread.has('the turn is done', completed(1));
  expect(await lastOutput(thread)).toBe('allowed: make install');
  const { answeredBy, answeredAt } = approved.body;
  expect(await ofType(thread, 'thread_answered')).toMatchObject([{ askId: ask.id, answer: { approve: true }, automatic: false, answeredBy, answeredAt }]);
  expect((await ofType(thread, 'thread_input')).at(-1)).toMatchObject({
    kind: 'answer',
    outcome: 'done',
    askId: ask.id,
    answeredBy,
    answeredAt,
    automatic: false,
  });

  // The second answer, with the ask's id or without, does nothing more and shows the first.
  for (const again of [{ approve: false }, { approve: false, askId: ask.id }])
    expect(await answer(thread, again)).toMatchObject({ status: 200, body: { ...approved.body, seq: expect.any(Number), repeated: true } });

  const turns: readonly (readonly [string, object, string])[] = [
    ['ask shell rm -rf build', { approve: false }, 'denied: rm -rf build'],
    ['ask file_write src/a.ts', { option: 2 }, 'allowed always: src/a.ts'],
    ['question Which database?', { text: 'staging' }, 'answered: staging'],
  ];
  for (const [index, [message, given, output]] of turns.entries()) {
    await send(thread, { message });
    await thread.reaches('blocked');
    if (message.startsWith('question')) expect(await answer(thread, { option: 1 })).toMatchObject({ status: 400, body: { field: 'option' } });
    expect((await answer(thread, given)).body).toMatchObject({ answer: given, repeated: false });
    await thread.has('the turn is done', completed(index + 2));
    expect(await lastOutput(thread)).toBe(output);
  }
  expect(
    thread
      .inputs()
      .filter(({ kind }) => kind === 'answer')
      .map(({ text }) => text),
  ).toEqual(['1', '3', '2', 'staging']);
  await thread.isWhole();
  await thread.stop();
}, 60_000);

it('an answer that the agent has no keys for leaves the prompt open and says why; another one closes it', async () => {
  const thread = await spawnThread(world, { objective: 'ask shell make' });
  await thread.reaches('blocked');

  await answer(thread, { text: 'only if it is quick' });
  await thread.has('it is blocked again', (events) => events.filter(({ type }) => type === 'thread_blocked').length === 2);

  expect(await thread.get()).toMatchObject({ status: 'blocked', statusReason: 'This prompt cannot be answered in this way.' });
  expect((await answer(thread, { approve: true })).body).toMatchObject({ repeated: false });
  await thread.has('the turn is done', completed(1));
  expect(await lastOutput(thread)).toBe('allowed: make');
  await thread.stop();
}, 60_000);

it('a bare Temporal signal answers too, and a second one after it is a no-op', async () => {
  const thread = await spawnThread(world, { objective: 'ask shell make; ask shell make install; say both' });
  await thread.reaches('blocked');
  const handle = world.temporal.workflow.getHandle(`managed-thread/${thread.id}`);

  await handle.signal('approve', { approve: true });
  await thread.has('the next prompt is there', (events) => events.filter(({ type }) => type === 'thread_blocked').length === 2);
  const [first] = await ofType(thread, 'thread_answered');
  expect(first).toMatchObject({ answer: { approve: true }, answeredBy: 'signal', automatic: false });
  // Meant for the first prompt, it does not reach the second.
  await handle.signal('approve', { approve: false, askId: first?.['askId'] });
  await handle.signal('approve', { option: 9 });
  await thread.has('the refusal is an event', (events) => events.some(({ type, data }) => type === 'command_refused' && data['command'] === 'approve'));
  expect(await thread.get()).toMatchObject({ status: 'blocked' });

  await handle.signal('approve', { approve: false });
  await thread.has('the turn is done', completed(1));
  expect(await lastOutput(thread)).toBe('allowed: make\ndenied: make install\nboth');
  await thread.stop();
}, 60_000);

it('a login is a prompt with its address and code, and the thread goes on when a person has done it', async () => {
  const thread = await spawnThread(world, { objective: 'login', extra: { preparation: { approvalPreset: 'autonomous' } } });
  await thread.reaches('blocked');

  const facts = { url: 'https://login.invalid/device', code: 'ABCD-1234' };
  expect(await thread.get()).toMatchObject({ ask: { kind: 'login', ...facts } });
  expect((await thread.types()).slice(-2)).toEqual(['thread_blocked', 'thread_auth_required']);
  expect(await ofType(thread, 'thread_auth_required')).toMatchObject([
    { ...facts, instructions: expect.stringContaining('Log in'), promptInfo: { kind: 'login' } },
  ]);
  await answer(thread, { approve: true });
  await thread.has('it is done', completed(1));
  expect(await lastOutput(thread)).toBe('logged in');
  await thread.stop();
}, 60_000);

describe('presets', () => {
  /** For each category whether a person was asked, by doing all of them in one thread. */
  async function asked(approvalPreset: string, extra: object = {}): Promise<Record<string, 'person' | 'automatic'>> {
    const categories = ['file_read', 'planning', 'web', 'file_write', 'agent', 'shell', 'unknown'];
    const thread = await spawnThread(world, {
      objective: categories.map((category) => `ask ${category} ${category}-thing`).join('; '),
      extra: { preparation: { approvalPreset }, ...extra },
    });
    const seen: Record<string, 'person' | 'automatic'> = {};
    for (const [index, category] of categories.entries()) {
      const here = (events: readonly SeenEvent[]) => events.filter(({ type }) => type === 'thread_blocked').length > index;
      await thread.has(`${category} is asked`, here);
      const blocked = (await ofType(thread, 'thread_blocked'))[index];
      expect(blocked).toMatchObject({ promptInfo: { action: { category } } });
      seen[category] = blocked?.['autoResponded'] ? 'automatic' : 'person';
      if (blocked?.['autoResponded']) expect(blocked).toMatchObject({ reason: `preset ${approvalPreset} allows ${category} without asking` });
      else {
        await thread.reaches('blocked');
        await answer(thread, { approve: false });
      }
    }
    await thread.has('the turn is done', completed(1));
    const answers = await ofType(thread, 'thread_answered');
    expect(answers).toHaveLength(categories.length);
    for (const [index, category] of categories.entries()) {
      const automatic = seen[category] === 'automatic';
      expect(answers[index]).toMatchObject({
        automatic,
        answer: { approve: automatic },
        answeredBy: automatic ? `preset:${approvalPreset}` : expect.not.stringMatching(/^preset/),
      });
    }
    await thread.isWhole();
    await thread.stop();
    return seen;
  }
  const [person, automatic] = ['person', 'automatic'] as const;
  const quiet = { file_read: automatic, planning: automatic };

  it.each([
    ['readonly', { ...quiet, web: person, file_write: person, agent: person, shell: person, unknown: person }],
    ['standard', { ...quiet, web: automatic, file_write: person, agent: person, shell: person, unknown: person }],
    ['permissive', { ...quiet, web: automatic, file_write: automatic, agent: automatic, shell: person, unknown: person }],
    ['autonomous', { ...quiet, web: automatic, file_write: automatic, agent: automatic, shell: automatic, unknown: automatic }],
  ])(
    '%s answers by itself what it allows, says so, and asks a person for the rest',
    async (preset, expected) => expect(await asked(preset)).toEqual(expected),
    60_000,
  );

  it('maxAutoResponses ends the automatic answers of a session', async () => {
    const thread = await spawnThread(world, {
      objective: 'ask shell one; ask shell two; ask shell three',
      extra: { preparation: { approvalPreset: 'autonomous' }, policy: { maxAutoResponses: 2 } },
    });

    await thread.reaches('blocked');

    expect((await ofType(thread, 'thread_blocked')).map(({ autoResponded }) => autoResponded)).toEqual([true, true, false]);
    await thread.stop();
  }, 60_000);

  it('requireWorkspaceBoundary leaves to a person what names a path outside the workspace', async () => {
    const workspace = join(world.dataDir, 'bounded');
    mkdirSync(workspace);
    const thread = await spawnThread(world, {
      objective: `ask shell make test; ask shell cat ${workspace}/notes; ask shell cat /etc/passwd; say over`,
      extra: { preparation: { workspace: { path: workspace }, approvalPreset: 'autonomous' }, policy: { requireWorkspaceBoundary: true } },
    });

    await thread.reaches('blocked');

    expect((await ofType(thread, 'thread_blocked')).map(({ autoResponded, promptInfo }) => [promptInfo.action.command, autoResponded])).toEqual([
      ['make test', true],
      [`cat ${workspace}/notes`, true],
      ['cat /etc/passwd', false],
    ]);
    await thread.stop();
  }, 60_000);
});

it('autoInterruptOnToolRunning interrupts the agent once for every tool it runs', async () => {
  const thread = await spawnThread(world, {
    objective: 'say before; tool compile 60000; say after',
    extra: { policy: { autoInterruptOnToolRunning: true } },
  });

  await thread.has('the turn ended', completed(1));

  expect(await ofType(thread, 'thread_tool_running')).toMatchObject([{ info: { toolName: 'compile' } }]);
  expect((await ofType(thread, 'thread_input')).filter(({ kind }) => kind === 'interrupt')).toMatchObject([
    { automatic: true, outcome: 'done', preview: 'policy.autoInterruptOnToolRunning' },
  ]);
  expect(await lastOutput(thread)).toBe('before\nInterrupted.');
  await thread.stop();
}, 60_000);
