/** Conversations on a real Temporal server and a real Postgres: what holds a thread, what waits, what is told. What thinks is a script. */
import { conversationAddress, cancelRun } from '../../src/contracts/conversation/commands';
import type { PolicyBundle } from '../../src/domain/run/authority/policy-bundle';
import type { RunSpec } from '../../src/contracts/run/start';
import { recordHistories } from '../support/record-histories';
import { ADA, as, does, keyed, startRunWorld, type RunWorld } from '../support/run-world';
import { Talk } from '../support/conversation-world';
import { until } from '../support/eventually';

const ASKS: PolicyBundle = {
  name: 'ask',
  version: '1',
  rules: [
    {
      name: 'marks',
      when: { field: 'intent.target', op: 'eq', value: 'mark' },
      decision: { kind: 'require_approval', channel: 'ops', reason: 'sure?', approvals: 1 },
    },
  ],
};

let world: RunWorld;
let talk: Talk;
let rest: () => Promise<void>;
const spoken = new Set<string>();

beforeAll(async () => {
  world = await startRunWorld();
  talk = new Talk(world);
  rest = await world.work();
}, 120_000);
afterEach(async () => {
  world.policies = [];
  world.mark.before = () => Promise.resolve();
  const handles = [...spoken].map((threadId) => world.client.workflow.getHandle(conversationAddress('default', threadId)));
  spoken.clear();
  await recordHistories(expect.getState().currentTestName ?? '', handles as never);
});
afterAll(() => world.stop(), 60_000);

/** A thread whose history is kept. */
const kept = <T extends { readonly threadId: string }>(made: T): T => {
  spoken.add(made.threadId);
  return made;
};
const specOf = async (runId: string): Promise<RunSpec> => {
  const { state } = await world.runs.known('default', runId);
  return JSON.parse((await world.database.store.blobs.get('default', state.start.specRef)) ?? '') as RunSpec;
};
/** Holds the tool until it is let go. */
function held(): { readonly release: () => void } {
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  world.mark.before = (signal) =>
    Promise.race([gate, new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))]);
  return { release };
}
const marks = (slug: string) => talk.agent(slug, { tools: ['mark'], script: [does('mark', { text: slug }), { final_answer: 'marked' }] });

it('a run opens a thread that tells, without gaps, what was said, which tools were called and what was answered', async () => {
  const { threadId, run } = kept(await talk.says('mark it', { agent: await marks('teller') }));

  const events = await talk.events(threadId);
  expect(events.map(({ type }) => type)).toEqual(['run_started', 'user_message', 'tool_call', 'tool_result', 'assistant_message', 'run_completed']);
  expect(events.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6]);
  const [, said, call, result, answer, end] = events.map(({ payload }) => payload as Record<string, unknown>);
  expect(said).toEqual({ text: 'mark it' });
  expect(call).toMatchObject({ tool: 'mark', arguments: { text: 'teller' } });
  expect(result).toMatchObject({
    callId: call?.['callId'],
    tool: 'mark',
    status: 'done',
    output: { marked: 'teller', password: '***REDACTED***' },
    error: null,
  });
  expect(answer).toEqual({ text: 'marked' });
  expect(end).toMatchObject({ status: 'completed', terminatedBy: 'CognitionDone', iterations: 2, error: null });
  expect(run).toMatchObject({ status: 'completed', result: 'marked', agentSlug: 'teller', threadId });
  expect(await talk.thread(threadId)).toMatchObject({ status: 'idle', title: 'mark it', lastSequence: 6, holder: null, ownerUserId: 'ada' });
});

it('a run is told what was said in the thread before it, and the prompt of its agent', async () => {
  const slug = await talk.agent('careful', { systemPrompt: 'Be careful.', script: [{ final_answer: 'blue' }] });
  const { threadId } = kept(await talk.says('what colour?', { agent: slug }));
  const { run } = await talk.says('and why?', { threadId });

  expect(await specOf(run.runId)).toMatchObject({
    task: 'and why?',
    instructions: 'Be careful.',
    turns: [
      { role: 'user', text: 'what colour?' },
      { role: 'assistant', text: 'blue' },
    ],
    conversation: { threadId },
  });
});

it('a second run hears what holds the thread and since when, or waits for its turn', async () => {
  const gate = held();
  const { threadId, runId } = kept(await talk.start('first', { agent: await marks('slow') }));
  const { holder } = await talk.status(threadId, 'running');
  expect(holder).toMatchObject({ kind: 'run', id: runId });

  await expect(talk.start('second', { threadId })).rejects.toMatchObject({ code: 'conversation.busy', kind: 'conflict', facts: { holder } });
  await expect(world.threads.conversations.compact(ADA, threadId, keyed())).rejects.toMatchObject({ code: 'conversation.busy' });
  const second = await talk.start('second', { threadId, whenBusy: 'queue' });
  const third = await talk.start('third', { threadId, whenBusy: 'queue' });
  expect([second, third]).toMatchObject([
    { status: 'queued', position: 1 },
    { status: 'queued', position: 2 },
  ]);
  expect(await talk.thread(threadId)).toMatchObject({ queued: 2 });
  await world.threads.conversations.cancelRun(ADA, { threadId: null, runId: second.runId, reason: null }, keyed());
  gate.release();

  expect(await talk.ended(third.runId)).toMatchObject({ status: 'completed' });
  expect(await talk.run(second.runId)).toMatchObject({ status: 'cancelled', startedAt: null });
  const said = (await talk.events(threadId)).filter(({ type }) => type === 'user_message').map(({ payload }) => payload);
  expect(said).toEqual([{ text: 'first' }, { text: 'third' }]);
});

it('a run that interrupts takes the place of the one at work, and the caller of a cancellation is named in the run', async () => {
  held();
  const first = kept(await talk.start('first', { agent: await marks('cut') }));
  await talk.status(first.threadId, 'running');
  await until('the tool is at work', async () => (await talk.types(first.threadId)).includes('tool_call'));
  const second = await talk.start('instead', { threadId: first.threadId, agent: await talk.agent('quick'), whenBusy: 'interrupt' });

  expect(await talk.ended(first.runId)).toMatchObject({ status: 'cancelled' });
  expect(await talk.ended(second.runId)).toMatchObject({ status: 'completed' });
  expect((await world.runs.known('default', first.runId)).state.cancel).toMatchObject({ by: 'another run' });
});

it('cancelling ends the run within seconds, twice is a no-op, and the thread is free again', async () => {
  held();
  const { threadId, runId } = kept(await talk.start('first', { agent: await marks('stopped') }));
  await until('the tool is at work', async () => (await talk.types(threadId)).includes('tool_call'));
  const stop = () => world.threads.conversations.cancelRun(ADA, { threadId, runId, reason: 'enough' }, keyed());

  expect(await stop()).toMatchObject({ status: 'done', runId });
  expect(await talk.ended(runId)).toMatchObject({ status: 'cancelled', result: null });
  expect(await stop()).toMatchObject({ status: 'done', runId });
  expect((await talk.events(threadId)).at(-1)).toMatchObject({ type: 'run_completed', payload: { status: 'cancelled', terminatedBy: 'Cancelled' } });
  await talk.idle(threadId);
  await expect(world.threads.conversations.cancelRun(ADA, { threadId, runId: null, reason: null }, keyed())).rejects.toMatchObject({
    code: 'conversation.run_not_active',
  });
});

it('a run that waits for a person is seen to, and is answered through its thread', async () => {
  world.policies = [ASKS];
  const { threadId, runId } = kept(await talk.start('mark it', { agent: await marks('asking') }));
  await talk.status(threadId, 'waiting_approval');
  expect(await talk.run(runId)).toMatchObject({ status: 'waiting_approval', pending: { channel: 'ops', tool: 'mark', reason: 'sure?' } });
  await world.threads.conversations.answer(ADA, threadId, { runId: null, channel: null, proposalId: null, approve: true, comment: null }, keyed());

  expect(await talk.ended(runId)).toMatchObject({ status: 'completed', pending: null });
  const types = await talk.types(threadId);
  expect(types.slice(2, 6)).toEqual(['tool_call', 'approval_requested', 'approval_resolved', 'tool_result']);
  expect(await talk.thread(threadId)).toMatchObject({ status: 'idle' });
});

it('a run that cannot begin ends failed with the reason, and the thread is free', async () => {
  const slug = await talk.agent('gone', { tools: ['mark'] });
  await world.database.pool.query(
    `update conversation_agent_versions set definition = definition || '{"model": "nobody/x"}' where definition->>'slug' = 'gone'`,
  );
  await expect(talk.start('hello', { agent: slug })).rejects.toMatchObject({ code: 'cognition.provider_unknown', kind: 'invalid' });
  const { threadId } = kept(await talk.says('hello', { agent: await talk.agent('fine') }));
  const known = await world.database.store.conversations.agents.find('default', slug);
  const ref = await world.database.store.blobs.put(
    'default',
    JSON.stringify({ threadId, runId: 'r-1', messages: [{ role: 'user', text: 'x' }], config: {}, metadata: {} }),
  );
  const input = { runId: 'r-1', inputRef: ref, agent: { id: known?.id ?? '', slug, version: 1 }, executionMode: 'in_sandbox', autoCompactTokens: null };
  await world.client.workflow
    .getHandle(conversationAddress('default', threadId))
    .signal('startRun', { requestId: 'r-1', by: { subject: 'ada', via: 'api' }, input });

  expect(
    await until('it ends', async () => (await talk.events(threadId)).find(({ type, runId }) => type === 'run_completed' && runId === 'r-1')),
  ).toMatchObject({
    payload: { status: 'failed', error: { code: 'cognition.provider_unknown' } },
  });
  await talk.idle(threadId);
});

it('compaction closes the rollout and opens one that begins with the summary; the next run is told the summary', async () => {
  const slug = await talk.agent('compact', { script: [{ final_answer: 'an answer' }] });
  const { threadId } = kept(await talk.says('a question', { agent: slug }));
  const before = await talk.thread(threadId);
  await world.threads.conversations.compact(ADA, threadId, keyed());
  const after = await talk.idle(threadId);

  expect(after.activeRolloutId).not.toBe(before.activeRolloutId);
  const { rollouts } = await world.threads.reads.rollouts(ADA, threadId);
  expect(rollouts).toMatchObject([
    { rolloutId: before.activeRolloutId, eventCount: 5 },
    { rolloutId: after.activeRolloutId, completedAt: null, eventCount: 1 },
  ]);
  expect(rollouts[0]?.completedAt).not.toBeNull();
  const { events } = await world.threads.reads.events(ADA, threadId, { rolloutId: after.activeRolloutId, limit: 10 });
  expect(events).toMatchObject([{ type: 'compaction_completed', payload: { status: 'completed', fromRolloutId: before.activeRolloutId } }]);
  await expect(world.threads.conversations.compact(ADA, threadId, keyed())).rejects.toMatchObject({ code: 'conversation.nothing_to_compact' });
  const { run } = await talk.says('go on', { threadId });
  const { turns } = await specOf(run.runId);
  expect(turns).toHaveLength(1);
  expect(turns?.[0]?.text).toContain('a question');
});

it('a compaction whose workers are killed in its middle happens once, and the thread is held until then', async () => {
  const { threadId } = kept(await talk.says('a question', { agent: await talk.agent('killed') }));
  await rest();
  const orchestration = await world.work({ models: false });
  await world.threads.conversations.compact(ADA, threadId, keyed());
  await talk.status(threadId, 'compacting');
  await expect(talk.start('meanwhile', { threadId })).rejects.toMatchObject({ code: 'conversation.busy', facts: { holder: { kind: 'compaction' } } });
  const { rollouts } = await world.threads.reads.rollouts(ADA, threadId);
  expect(rollouts).toHaveLength(1);
  await orchestration();
  rest = await world.work();

  await talk.idle(threadId);
  const types = await talk.types(threadId);
  expect(types.filter((type) => type.startsWith('compaction'))).toEqual(['compaction_started', 'compaction_completed']);
}, 60_000);

it('a rollout that has grown beyond what its agent says is compacted by itself, before the next run in the queue', async () => {
  const slug = await talk.agent('growing', { autoCompactTokens: 100, script: [{ final_answer: 'x'.repeat(600), delay_ms: 300 }] });
  const first = kept(await talk.start('grow', { agent: slug }));
  const second = await talk.start('then', { threadId: first.threadId, whenBusy: 'queue', agent: await talk.agent('short') });
  await talk.ended(second.runId);

  const types = await talk.types(first.threadId);
  expect(types.slice(0, 8)).toEqual([
    ...['run_started', 'user_message', 'assistant_message', 'run_completed'],
    ...['compaction_started', 'compaction_completed', 'run_started', 'user_message'],
  ]);
});

it('a thread goes on from its row when its workflow was terminated, and finds the run that is still at work', async () => {
  const gate = held();
  const { threadId, runId } = await talk.start('first', { agent: await marks('survivor') });
  await until('the tool is at work', async () => (await talk.types(threadId)).includes('tool_call'));
  await world.client.workflow.getHandle(conversationAddress('default', threadId)).terminate('by hand');
  await expect(talk.start('second', { threadId })).rejects.toMatchObject({ code: 'conversation.busy' });
  gate.release();

  expect(await talk.ended(runId)).toMatchObject({ status: 'completed', result: 'marked' });
  await talk.idle(threadId);
  expect((await talk.types(threadId)).slice(-2)).toEqual(['assistant_message', 'run_completed']);
}, 40_000);

it('a repeated key starts one run, and opens one thread', async () => {
  const slug = await talk.agent('once');
  const call = keyed('the-same-key');
  const request = { threadId: null, agent: slug, messages: [{ role: 'user' as const, text: 'once' }], config: {}, metadata: {}, whenBusy: 'refuse' as const };
  const [first, second] = [await world.threads.conversations.startRun(ADA, request, call), await world.threads.conversations.startRun(ADA, request, call)];

  expect(second).toMatchObject({ runId: first.runId, threadId: first.threadId, replayed: true });
  await talk.ended(first.runId);
  expect((await talk.types(first.threadId)).filter((type) => type === 'run_started')).toHaveLength(1);
});

it('another owner and another tenant see no thread, and change none', async () => {
  const { threadId, run } = await talk.says('mine', { agent: await talk.agent('private') });
  const stranger = { ...as('eve'), scopes: ['agent:*'] };
  const foreign = as('ada', 'elsewhere');
  for (const principal of [stranger, foreign]) {
    const theirs = new Talk(world, principal);
    const gone = { code: 'conversation.not_found', kind: 'not_found' };
    await expect(theirs.thread(threadId)).rejects.toMatchObject(gone);
    await expect(theirs.events(threadId)).rejects.toMatchObject(gone);
    await expect(world.threads.conversations.rename(principal, threadId, 'x', keyed())).rejects.toMatchObject(gone);
    await expect(world.threads.conversations.delete(principal, threadId, keyed())).rejects.toMatchObject(gone);
    await expect(theirs.run(run.runId)).rejects.toMatchObject({ code: 'conversation.run_not_found' });
    const { items } = await world.threads.reads.list(principal, { archived: null, all: false, agentId: null, limit: 100, after: null });
    expect(items.map(({ id }) => id)).not.toContain(threadId);
  }
  await expect(world.threads.reads.list(stranger, { archived: null, all: true, agentId: null, limit: 1, after: null })).rejects.toMatchObject({
    kind: 'forbidden',
  });
});

it('continues as new while it rests, and remembers what was asked before', async () => {
  const slug = await talk.agent('long');
  const { threadId } = await talk.says('hello', { agent: slug });
  const handle = world.client.workflow.getHandle(conversationAddress('default', threadId));
  await handle.terminate('to begin with a short history');
  const known = await world.database.store.conversations.threads.find('default', threadId);
  const carried = { state: known?.state, seq: known?.lastSeq, receipts: [], outbox: [], attributes: {} };
  await world.client.workflow.start('conversation', { workflowId: handle.workflowId, taskQueue: 'everthread', args: [known?.state.start, carried, 60] });
  spoken.add(threadId);
  for (let n = 0; n < 6; n++) {
    const { run } = await talk.says(`message ${n}`, { threadId });
    expect(run.status).toBe('completed');
  }

  const runs = new Set<string>();
  for await (const { runId } of world.client.workflow.list({ query: `WorkflowId = '${handle.workflowId}'` })) runs.add(runId);
  expect(runs.size).toBeGreaterThan(2);
  expect((await talk.events(threadId)).map(({ sequence }) => sequence)).toEqual(Array.from({ length: 7 * 4 }, (_, at) => at + 1));
}, 60_000);

it('a command by signal that cannot be done is an event, and nothing else', async () => {
  const { threadId } = kept(await talk.says('hello', { agent: await talk.agent('signalled') }));
  await world.client.workflow.getHandle(conversationAddress('default', threadId)).signal(cancelRun.name, {});

  await until('it is told', async () =>
    (await world.threads.reads.activity(ADA, threadId, { before: null, limit: 10 })).activity.some(({ eventType }) => eventType === 'command_refused'),
  );
  expect(await talk.thread(threadId)).toMatchObject({ status: 'idle' });
});
