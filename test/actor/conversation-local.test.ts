/** Local runs, deletion and import of threads on a real Temporal server and a real Postgres. */
import { randomUUID } from 'node:crypto';
import { conversationAddress } from '../../src/contracts/conversation/commands';
import type { ThreadFrame } from '../../src/contracts/conversation/events';
import type { PublishedEvent } from '../../src/contracts/conversation/events';
import { resumeConversations, tellUnheardEnds } from '../../src/gateway/conversation-upkeep';
import { eraseHistories } from '../../src/gateway/history-erasure';
import { runAddress } from '../../src/contracts/run/commands';
import { recordHistories } from '../support/record-histories';
import { ADA, does, keyed, startRunWorld, type RunWorld } from '../support/run-world';
import { Talk } from '../support/conversation-world';
import { until } from '../support/eventually';

let world: RunWorld;
let talk: Talk;
const spoken = new Set<string>();

beforeAll(async () => {
  world = await startRunWorld();
  talk = new Talk(world);
  await world.work();
}, 120_000);
afterEach(async () => {
  world.mark.before = () => Promise.resolve();
  const handles = [...spoken].map((threadId) => world.client.workflow.getHandle(conversationAddress('default', threadId)));
  spoken.clear();
  await recordHistories(expect.getState().currentTestName ?? '', handles as never);
});
afterAll(() => world.stop(), 60_000);

const LOCAL = { executionMode: 'local-mac', targetDeviceId: 'mac-1', model: null, script: null } as const;
const said = (text: string): PublishedEvent => ({ type: 'assistant_message', payload: { text } });
const END: PublishedEvent = { type: 'run_completed', payload: { status: 'completed', usage: { inputTokens: 3, outputTokens: 4, totalTokens: 7 } } };

async function local(slug: string) {
  const { threadId, runId, rolloutId } = await talk.start('do it', { agent: await talk.agent(slug, LOCAL) });
  spoken.add(threadId);
  const place = { threadId, runId, rolloutId };
  const publish = (...events: readonly PublishedEvent[]) => world.threads.conversations.append(ADA, { ...place, events });
  return { ...place, place, publish };
}

it('a local run holds the thread; its publisher appends to it, and its end frees the thread', async () => {
  const { threadId, runId, publish } = await local('mac');
  expect(await talk.thread(threadId)).toMatchObject({ status: 'running', holder: { kind: 'local_run', id: runId }, executionMode: 'local-mac' });
  await expect(talk.start('another', { threadId })).rejects.toMatchObject({ code: 'conversation.busy' });

  expect(await publish({ type: 'run_started', payload: {} }, { type: 'tool_call', payload: { tool: 'ls' } })).toMatchObject({ sequence: 3, appended: 1 });
  expect(await publish(said('done on the Mac'), END)).toMatchObject({ sequence: 5, appended: 2 });
  expect(await talk.run(runId)).toMatchObject({ status: 'completed', result: 'done on the Mac', usage: { inputTokens: 3, outputTokens: 4, totalTokens: 7 } });
  await expect(publish(said('too late'))).rejects.toMatchObject({ code: 'conversation.run_not_active', kind: 'conflict' });
  await talk.idle(threadId);
  expect(await talk.types(threadId)).toEqual(['run_started', 'user_message', 'tool_call', 'assistant_message', 'run_completed']);
});

it('what is published to another rollout, for another run, or while something else holds the thread is refused, and nothing of the batch is kept', async () => {
  const { threadId, runId, rolloutId, publish } = await local('strict');
  const at = (more: object) => world.threads.conversations.append(ADA, { threadId, runId, rolloutId, events: [said('x')], ...more });

  await expect(at({ rolloutId: 'rol_other' })).rejects.toMatchObject({ code: 'conversation.rollout_inactive', kind: 'conflict' });
  await expect(at({ runId: 'run-other' })).rejects.toMatchObject({ code: 'conversation.busy', facts: { holder: { id: runId } } });
  await expect(publish(END, said('after the end'))).rejects.toMatchObject({ code: 'conversation.publish', kind: 'invalid', facts: { field: 'events.0' } });
  await expect(publish(said('x'), { type: 'run_completed', payload: {} })).rejects.toMatchObject({ code: 'conversation.publish' });
  await expect(at({ threadId: 'thr_nowhere' })).rejects.toMatchObject({ code: 'conversation.not_found' });
  expect(await talk.types(threadId)).toEqual(['run_started', 'user_message']);
});

it('an end that the actor never heard of frees the thread with the next command, and so does upkeep', async () => {
  const { store } = world.database;
  const [asked, tidied] = [await local('unheard'), await local('tidied')];
  // As when the API process dies between the append and the word to the actor.
  for (const { place } of [asked, tidied]) await store.conversations.publishing.append('default', { ...place, events: [said('done'), END] });
  expect((await talk.thread(asked.threadId)).holder).not.toBeNull();

  expect(await talk.start('next', { threadId: asked.threadId, agent: await talk.agent('after') })).toMatchObject({ status: 'started' });
  await tellUnheardEnds(world.client, { atWork: () => Promise.resolve([]), unheardEnds: () => store.conversations.publishing.unheardEnds() });
  await talk.idle(tidied.threadId);
  expect((await talk.types(tidied.threadId)).filter((type) => type === 'run_completed')).toHaveLength(1);
});

it('a local run that is cancelled has ended for its publisher too, and tells its end once', async () => {
  const { threadId, publish } = await local('cut');
  await world.threads.conversations.cancelRun(ADA, { threadId, runId: null, reason: null }, keyed());

  await talk.idle(threadId);
  await expect(publish(END)).rejects.toMatchObject({ code: 'conversation.run_not_active' });
  expect((await talk.events(threadId)).at(-1)).toMatchObject({ type: 'run_completed', payload: { status: 'cancelled' } });
});

it('frames of a local run reach those who watch, in their order and each once; they change nothing that is kept', async () => {
  const { threadId, place } = await local('live');
  const over = new AbortController();
  const heard: ThreadFrame[] = [];
  const watching = (async () => {
    for await (const frame of world.threads.feed.frames('default', threadId, over.signal)) heard.push(frame);
  })();
  const before = await talk.thread(threadId);
  const frame = (sequenceNumber: number) => ({ ...place, type: 'assistant_message_delta' as const, sequenceNumber, payload: { text: `${sequenceNumber}` } });
  // The first one may come before anybody listens.
  await until('somebody listens', async () => {
    await world.threads.conversations.publishTransient(ADA, frame(heard.length === 0 ? Date.now() : Number.MAX_SAFE_INTEGER));
    return heard.length > 0;
  });
  const last = Number.MAX_SAFE_INTEGER;
  expect(await world.threads.conversations.publishTransient(ADA, frame(1))).toEqual({ delivered: false });
  await world.threads.conversations.publishTransient(ADA, frame(last));

  await until('the last one is heard', () => heard.some((one) => 'sequenceNumber' in one && one.sequenceNumber === last));
  expect(heard.filter((one) => 'sequenceNumber' in one && one.sequenceNumber === 1)).toEqual([]);
  expect(await talk.thread(threadId)).toEqual(before);
  over.abort();
  await watching;
});

it('what the model of a run thinks, cites and says is heard while it says it, and its tools are seen at work, with what they write', async () => {
  const cited = { url: 'https://example.com/', title: 'An example' };
  const script = [does('mark', { text: 'speaks' }), { thinking: 'hm, hm', sources: [cited], final_answer: 'a long answer', delay_ms: 300 }];
  const slug = await talk.agent('speaks', { tools: ['mark'], script });
  const { threadId } = await talk.says('hello', { agent: await talk.agent('before') });
  const over = new AbortController();
  const heard: ThreadFrame[] = [];
  const watching = (async () => {
    for await (const frame of world.threads.feed.frames('default', threadId, over.signal)) heard.push(frame);
  })();
  const runId = await until('the thread is watched', async () => {
    const { run } = await talk.says('and?', { threadId, agent: slug });
    return heard.some((frame) => 'runId' in frame && frame.runId === run.runId) ? run.runId : null;
  });

  const ofRun = () => heard.flatMap((frame) => ('runId' in frame && frame.runId === runId ? [frame] : []));
  const said = () => ofRun().flatMap(({ type, payload }) => (type === 'assistant_message_delta' ? [(payload as { readonly text: string }).text] : []));
  await until('it is heard to its end', () => said().join('') === 'a long answer');
  expect(ofRun().map(({ type }) => type)).toEqual(expect.arrayContaining(['tool_call_started', 'tool_call_completed']));
  const payloads = (type: ThreadFrame['type']) => ofRun().flatMap((frame) => (frame.type === type ? [frame.payload] : []));
  expect(
    payloads('assistant_thinking_delta')
      .map((payload) => (payload as { readonly text: string }).text)
      .join(''),
  ).toBe('hm, hm');
  expect(payloads('assistant_message_source')).toEqual([cited]);
  expect(payloads('tool_output_delta')).toEqual([{ callId: expect.any(String) as string, tool: 'mark', stream: 'stdout', text: 'marks speaks\n', omitted: 0 }]);
  const numbers = ofRun().map(({ sequenceNumber }) => sequenceNumber);
  expect(numbers).toEqual(numbers.map((_number, at) => at + 1));
  over.abort();
  await watching;
}, 40_000);

/** Of all events of runs. */
async function webhookOfAda(): Promise<string> {
  const id = `wh_${randomUUID()}`;
  const definition = {
    ...{ url: 'https://example.com/hook', description: null, events: ['run.*'], filters: {}, enabled: true, ordered: false, timeoutMs: 1_000, retries: 4 },
    ...{ signatureScheme: 'timestamped' as const, format: 'event' as const, headerNames: [], metadata: {} },
  };
  await world.database.store.webhooks.insert(
    { tenant: 'default', id, by: 'ada', definition, secrets: { secret: 's'.repeat(32), previous: null, headers: {} } },
    100,
  );
  return id;
}
const deliveredTo = async (hook: string) => (await world.database.store.deliveries.list('default', hook, { status: null, limit: 500, offset: 0 })).deliveries;

it('deleting ends what runs, tells those who watch, and removes for good what was said, also from journal and ledger of its runs, from deliveries and from Temporal', async () => {
  const { store } = world.database;
  const hook = await webhookOfAda();
  world.mark.before = (signal) => new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  const slug = await talk.agent('secretive', { tools: ['mark'], script: [does('mark', { text: 'a very private thing' }), {}] });
  const { threadId, runId, rolloutId } = await talk.start('a very private thing', { agent: slug });
  await until('the tool is at work', async () => (await talk.types(threadId)).includes('tool_call'));
  const { state } = await world.runs.known('default', runId);
  const heard: string[] = [];
  const over = new AbortController();
  const watching = (async () => {
    for await (const { type } of world.threads.feed.watch('default', threadId, 0, over.signal)) heard.push(type);
  })();
  await until('somebody watches', () => heard.length > 0);
  await until('what it says is to be delivered', async () => {
    await store.subscriptions.next();
    return (await deliveredTo(hook)).some(({ body }) => body.includes('a very private thing'));
  });
  await world.threads.conversations.delete(ADA, threadId, keyed());

  await watching;
  await expect(talk.thread(threadId)).rejects.toMatchObject({ code: 'conversation.not_found' });
  await expect(world.threads.conversations.append(ADA, { threadId, runId, rolloutId, events: [said('late')] })).rejects.toMatchObject({
    code: 'conversation.not_found',
  });
  await world.client.workflow.getHandle(conversationAddress('default', threadId)).result();
  expect(await store.runs.get('default', runId)).toBeNull();
  const found = await world.database.pool.query<{ place: string }>(
    `select 'journal' as place from journal where data::text like $1
     union all select 'ledger' from ledger_entries where payload::text like $1
     union all select 'events' from conversation_events where payload::text like $1
     union all select 'runs' from runs where task like $1 or state::text like $1
     union all select 'blobs' from blobs where encode(value, 'escape') like $1
     union all select 'effects' from effects where receipt::text like $1
     union all select 'deliveries' from webhook_deliveries where body like $1
     union all select 'threads' from conversations where title like $1 or state::text like $1`,
    ['%a very private thing%'],
  );
  expect(found.rows).toEqual([]);
  expect(await store.verifyChain(runAddress('default', runId))).toMatchObject({ intact: false, reason: expect.stringContaining('erased') as string });
  const { rows } = await world.database.pool.query('select erased_at from ledger_trajectories where trajectory_id = $1', [state.start.trajectoryId]);
  expect(rows[0]).toMatchObject({ erased_at: expect.any(Date) as Date });
  const workflows = [conversationAddress('default', threadId), runAddress('default', runId)];
  await until(
    'their histories are gone',
    async () => {
      await eraseHistories(world.client, store.conversations.histories);
      const left = await Promise.all(
        workflows.map((id) =>
          world.client.workflow
            .getHandle(id)
            .describe()
            .then(
              () => true,
              () => false,
            ),
        ),
      );
      return !left.includes(true);
    },
    60_000,
  );
  await expect(world.threads.conversations.open(ADA, { id: threadId, agent: slug, title: '', metadata: {} }, keyed())).rejects.toMatchObject({
    code: 'conversation.exists',
  });
}, 120_000);

it('a thread that is exported and imported says the same, and goes on', async () => {
  const { threadId } = await talk.says('hello', { agent: await talk.agent('carried') });
  await world.threads.conversations.compact(ADA, threadId, keyed());
  await talk.idle(threadId);
  await talk.says('and on', { threadId });
  const lines = (await talk.events(threadId)).map((event) => JSON.parse(JSON.stringify(event)) as never);
  const call = keyed('import-1');
  const first = await world.threads.conversations.import(ADA, { agent: 'carried', title: 'imported', events: lines }, call);

  expect(first.thread.id).not.toBe(threadId);
  const again = await world.threads.conversations.import(ADA, { agent: 'carried', title: 'imported', events: lines }, call);
  expect(again).toMatchObject({ thread: { id: first.thread.id }, replayed: true });
  const imported = await talk.events(first.thread.id);
  const plain = (events: readonly { readonly type: string; readonly payload: unknown; readonly sequence: number; readonly createdAt: string }[]) =>
    events.map(({ type, payload, sequence, createdAt }) => ({ type, payload, sequence, createdAt }));
  expect(plain(imported)).toEqual(plain(lines));
  const { rollouts } = await world.threads.reads.rollouts(ADA, first.thread.id);
  expect(rollouts.map(({ eventCount }) => eventCount)).toEqual(
    (await world.threads.reads.rollouts(ADA, threadId)).rollouts.map(({ eventCount }) => eventCount),
  );
  const { run } = await talk.says('go on', { threadId: first.thread.id });
  expect(run.status).toBe('completed');
});

it('lines that do not belong together are refused with the number of the line', async () => {
  const slug = await talk.agent('lines');
  const line = (sequence: number, more: object = {}) => ({
    ...{ sequence, rolloutId: 'rol_a', threadId: 'thr_a', runId: null, type: 'user_message', payload: { text: 'x' }, createdAt: '2026-01-01T00:00:00.000Z' },
    ...more,
  });
  const refuse = (...events: readonly object[]) => world.threads.conversations.import(ADA, { agent: slug, title: '', events: events as never }, keyed());

  await expect(refuse(line(1), line(1))).rejects.toMatchObject({ code: 'conversation.import', facts: { line: 2, field: 'sequence' } });
  await expect(refuse(line(1), line(2, { threadId: 'thr_b' }))).rejects.toMatchObject({ facts: { line: 2, field: 'threadId' } });
  await expect(refuse(line(1), line(2, { rolloutId: 'rol_b' }), line(3))).rejects.toMatchObject({ facts: { line: 3, field: 'rolloutId' } });
  await expect(refuse()).rejects.toMatchObject({ code: 'conversation.import' });
});

it('upkeep has a thread go on that was terminated in the middle of a run', async () => {
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  world.mark.before = () => gate;
  const slug = await talk.agent('left', { tools: ['mark'], script: [does('mark', { text: 'left' }), { final_answer: 'after all' }] });
  const { threadId, runId } = await talk.start('go', { agent: slug });
  await until('the tool is at work', async () => (await talk.types(threadId)).includes('tool_call'));
  const address = conversationAddress('default', threadId);
  await world.client.workflow.getHandle(address).terminate('by hand');
  const { threads, publishing } = world.database.store.conversations;
  const left = { atWork: (addresses: readonly string[]) => threads.atWork(addresses), unheardEnds: () => publishing.unheardEnds() };
  await until('it goes on', async () => (await resumeConversations(world.client, left, 60_000, () => new Date())).includes(address));
  release();

  expect(await talk.ended(runId)).toMatchObject({ status: 'completed', result: 'after all' });
  await talk.idle(threadId);
}, 40_000);
