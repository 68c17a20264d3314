/** The client of LangGraph against the surface over fakes: what it creates, follows, waits for, cancels and answers. */
import { Client } from '@langchain/langgraph-sdk';
import { randomUUID } from 'node:crypto';
import type { Conversations, ThreadRun } from '../../src/contracts/conversation/ports';
import { eventually } from '../support/eventually';
import { newHash } from '../support/ledger';
import { serve, type Served } from './serve';

let served: Served;
let client: Client;
let first: { readonly onRun: Served['conversations']['onRun']; readonly answer: Conversations['answer'] };
beforeAll(async () => {
  served = await serve();
  const { onRun, conversations } = served.conversations;
  first = { onRun, answer: conversations.answer };
  served.conversations.addAgent({ slug: 'helper', name: 'Helper' });
  client = new Client({ apiUrl: `${served.url}/agent-protocol`, apiKey: null, callerOptions: { maxRetries: 0 } });
});
afterAll(() => served.server.close(100));
beforeEach(() => {
  const { conversations, kept, threadRuns, asked } = served.conversations;
  for (const rows of [kept, threadRuns, asked]) rows.length = 0;
  served.conversations.onRun = first.onRun;
  (conversations as { answer: Conversations['answer'] }).answer = first.answer;
});

const says = (content: string) => ({ input: { messages: [{ role: 'user', content }] } });
const keptOf = (threadId: string) => served.conversations.kept.find(({ thread }) => thread.id === threadId)!;
const textsOf = (values: unknown) => (values as { messages: { type: string; content: string }[] }).messages.map(({ type, content }) => [type, content]);

async function all(stream: AsyncIterable<{ id?: string | undefined; event: string; data: any }>) {
  const heard: { id?: string | undefined; event: string; data: any }[] = [];
  for await (const one of stream) heard.push(one);
  return heard;
}

/** Makes runs ask whether `shell` may act, and stay so. */
function asking(questionId: string): void {
  served.conversations.onRun = (run: ThreadRun) => {
    const kept = keptOf(run.threadId);
    const call = { callId: 'call-1', tool: 'shell' };
    served.conversations.tell(kept, 'tool_call', { ...call, arguments: { command: 'ls' }, rationale: 'to look' }, run.runId);
    served.conversations.tell(kept, 'approval_requested', { ...call, channel: 'high-risk', proposalId: questionId, reason: 'it may', quorum: 1 }, run.runId);
    served.conversations.waitFor(run.runId, { channel: 'high-risk', proposalId: questionId, tool: 'shell', reason: 'it may', since: new Date().toISOString() });
  };
}

/** Lets the run go on once somebody has answered. */
function onAnswer(runId: string, questionId: string, answer: string): void {
  (served.conversations.conversations as { answer: Conversations['answer'] }).answer = async (principal, threadId, verdict, call) => {
    const done = await first.answer(principal, threadId, verdict, call);
    const kept = keptOf(threadId);
    const told = { callId: 'call-1', tool: 'shell' };
    served.conversations.tell(
      kept,
      'approval_resolved',
      { ...told, channel: 'high-risk', proposalId: questionId, approved: verdict.approve, approvers: ['local'] },
      runId,
    );
    served.conversations.tell(kept, 'tool_result', { ...told, status: verdict.approve ? 'done' : 'rejected', output: 'a file', error: null }, runId);
    served.conversations.end(runId, 'completed', answer);
    return done;
  };
}

it('creates a thread under a UUID of the client’s own, runs in it and waits for the values', async () => {
  const threadId = randomUUID();
  const thread = await client.threads.create({ threadId, metadata: { title: 'Mine', colour: 'green' } });
  expect(thread).toMatchObject({ thread_id: threadId, status: 'idle', metadata: { title: 'Mine', colour: 'green' } });

  const values = await client.runs.wait(threadId, 'helper', says('Hi'));

  expect(textsOf(values)).toEqual([
    ['human', 'Hi'],
    ['ai', 'Hello.'],
  ]);
  expect(textsOf((await client.threads.getState(threadId)).values)).toEqual(textsOf(values));
});

it('has the thread that there is for do_nothing, and refuses a second one else', async () => {
  const threadId = randomUUID();
  await client.threads.create({ threadId });

  await expect(client.threads.create({ threadId, ifExists: 'do_nothing' })).resolves.toMatchObject({ thread_id: threadId });
  await expect(client.threads.create({ threadId })).rejects.toThrow(/409/);
});

it('streams what is said live in pieces, and what is kept with ids to come back by', async () => {
  served.conversations.onRun = (run) => {
    const kept = keptOf(run.threadId);
    const frame = { type: 'assistant_message_delta', threadId: run.threadId, runId: run.runId, rolloutId: run.rolloutId } as const;
    const speak = setInterval(() => {
      if (served.conversations.watchers(kept) === 0) return;
      clearInterval(speak);
      served.conversations.say(kept, { ...frame, sequenceNumber: 1, payload: { text: 'Hel' } });
      served.conversations.say(kept, { ...frame, sequenceNumber: 2, payload: { text: 'lo' } });
      setTimeout(() => served.conversations.end(run.runId, 'completed', 'Hello there.'), 50);
    }, 5);
  };
  const { thread_id: threadId } = await client.threads.create();
  let created: { run_id: string } | undefined;

  const heard = await all(
    client.runs.stream(threadId, 'helper', { ...says('Hi'), streamMode: ['values', 'messages-tuple', 'updates'], onRunCreated: (run) => void (created = run) }),
  );

  expect(heard[0]).toMatchObject({ event: 'metadata', data: { run_id: created?.run_id } });
  const pieces = heard.filter(({ event }) => event === 'messages').map(({ data }) => data[0]);
  expect(pieces.map(({ content }) => content)).toEqual(['Hel', 'lo', ' there.']);
  expect(new Set(pieces.map(({ id }) => id)).size).toBe(1);
  expect(heard.at(-1)).toMatchObject({ event: 'values' });
  expect(textsOf(heard.at(-1)?.data).at(-1)).toEqual(['ai', 'Hello there.']);
  expect(heard.find(({ event }) => event === 'updates')?.data).toMatchObject({ agent: { messages: [{ content: 'Hello there.' }] } });

  // The message is shown three times; whoever has seen one of them hears the other two, and what came after.
  const shown = heard.filter(({ id }) => id?.startsWith('3'));
  expect(shown.map(({ id, event }) => [id, event])).toEqual([
    ['3.1', 'messages'],
    ['3.2', 'updates'],
    ['3', 'values'],
  ]);
  const again = await all(client.runs.joinStream(threadId, created!.run_id, { lastEventId: '3.1', streamMode: ['values', 'messages-tuple', 'updates'] }));
  expect(again.map(({ id, event }) => [id, event])).toEqual([
    ...[
      [undefined, 'metadata'],
      ['3.2', 'updates'],
    ],
    ...[
      ['3', 'values'],
      ['4', 'values'],
    ],
  ]);
});

it('joins a run that goes on, and one that has ended', async () => {
  served.conversations.onRun = () => undefined;
  const { thread_id: threadId } = await client.threads.create();
  const { run_id: runId, status } = await client.runs.create(threadId, 'helper', says('Hi'));
  expect(status).toBe('running');
  const joined = client.runs.join(threadId, runId);
  served.conversations.end(runId, 'completed', 'At last.');

  expect(textsOf(await joined).at(-1)).toEqual(['ai', 'At last.']);
  expect(textsOf(await client.runs.join(threadId, runId)).at(-1)).toEqual(['ai', 'At last.']);
  expect(await client.runs.get(threadId, runId)).toMatchObject({ run_id: runId, status: 'success' });
  expect((await client.runs.list(threadId)).map(({ run_id }) => run_id)).toEqual([runId]);
  expect(await client.runs.list(threadId, { status: 'error' })).toEqual([]);
});

it('cancels a run, and waits until it has ended', async () => {
  served.conversations.onRun = () => undefined;
  const { thread_id: threadId } = await client.threads.create();
  const { run_id: runId } = await client.runs.create(threadId, 'helper', says('Hi'));

  await client.runs.cancel(threadId, runId, true);

  expect(await client.runs.get(threadId, runId)).toMatchObject({ status: 'interrupted' });
});

it('cancels the run of a stream whose reader leaves, when that was asked for', async () => {
  served.conversations.onRun = () => undefined;
  const { thread_id: threadId } = await client.threads.create();
  const leaving = new AbortController();
  const stream = client.runs.stream(threadId, 'helper', { ...says('Hi'), onDisconnect: 'cancel', signal: leaving.signal });
  await stream.next();
  leaving.abort();
  await stream.return(undefined as never).catch(() => undefined);

  const [run] = served.conversations.threadRuns;
  await eventually('the run is no longer under way', () => served.conversations.threadRuns[0]?.status !== 'running');
  expect(served.conversations.threadRuns.find(({ runId }) => runId === run?.runId)).toMatchObject({ status: 'cancelled' });
});

it('shows what a run asks as an interrupt, and goes on with the answer', async () => {
  const questionId = newHash();
  asking(questionId);
  const { thread_id: threadId } = await client.threads.create();

  const heard = await all(client.runs.stream(threadId, 'helper', { ...says('Look around'), streamMode: ['values', 'updates'] }));
  const runId = heard[0]?.data.run_id as string;
  expect(heard.at(-1)?.data.__interrupt__).toMatchObject([
    {
      id: questionId,
      value: { action_requests: [{ name: 'shell', args: { command: 'ls' } }], review_configs: [{ allowed_decisions: ['approve', 'reject'] }] },
    },
  ]);
  expect(await client.threads.get(threadId)).toMatchObject({ status: 'interrupted', interrupts: { [runId]: [{ id: questionId }] } });
  expect((await client.threads.getState(threadId)).tasks[0]?.interrupts).toMatchObject([{ id: questionId }]);
  expect((await client.threads.search({ status: 'interrupted' })).map(({ thread_id }) => thread_id)).toEqual([threadId]);

  onAnswer(runId, questionId, 'There is a file.');
  const after = await all(
    client.runs.stream(threadId, 'helper', { command: { resume: { decisions: [{ type: 'approve', message: 'go on' }] } }, streamMode: 'values' }),
  );

  expect(after[0]?.data.run_id).toBe(runId);
  expect(textsOf(after.at(-1)?.data).slice(-2)).toEqual([
    ['tool', 'a file'],
    ['ai', 'There is a file.'],
  ]);
  expect(served.conversations.asked.find(({ what }) => what === 'answer')?.request).toMatchObject({
    ...{ runId, channel: 'high-risk', proposalId: questionId, approve: true, comment: 'go on' },
  });
  expect(await client.threads.get(threadId)).toMatchObject({ status: 'idle', interrupts: {} });
});

it.each([
  ['true', true, true],
  ['a word', 'reject', false],
  ['an object', { approve: false }, false],
  ['a list of decisions', [{ type: 'accept' }], true],
])('takes %s as an answer', async (_name, resume, approve) => {
  const questionId = newHash();
  asking(questionId);
  const { thread_id: threadId } = await client.threads.create();
  const { run_id: runId } = await client.runs.create(threadId, 'helper', says('Look around'));
  await client.runs.join(threadId, runId);
  onAnswer(runId, questionId, 'Done.');

  expect(await client.runs.create(threadId, 'helper', { command: { resume } })).toMatchObject({ run_id: runId });
  expect(textsOf(await client.runs.join(threadId, runId)).at(-1)).toEqual(['ai', 'Done.']);
  expect(served.conversations.asked.find(({ what }) => what === 'answer')?.request).toMatchObject({ approve });
});

it('answers by the ids of interrupts too, and refuses what is none', async () => {
  const questionId = newHash();
  asking(questionId);
  const { thread_id: threadId } = await client.threads.create();
  await client.runs.wait(threadId, 'helper', says('Look around'));

  await expect(client.runs.create(threadId, 'helper', { command: { resume: { [newHash()]: true } } })).rejects.toThrow(/422.*no interrupt with this id waits/s);
  await expect(client.runs.create(threadId, 'helper', { command: { resume: { yes: 'maybe' } } })).rejects.toThrow(/422.*command\.resume/s);
  const [{ runId }] = served.conversations.threadRuns as [ThreadRun];
  onAnswer(runId, questionId, 'Done.');
  await expect(client.runs.create(threadId, 'helper', { command: { resume: { [questionId]: true } } })).resolves.toMatchObject({ run_id: runId });
  await expect(client.runs.create(threadId, 'helper', { command: { resume: true } })).rejects.toThrow(/404.*Nothing of this thread waits/s);
});

it('says that a thread is busy, or queues or interrupts where that is asked for', async () => {
  served.conversations.onRun = () => undefined;
  const { thread_id: threadId } = await client.threads.create();
  await client.runs.create(threadId, 'helper', says('One'));

  await expect(client.runs.create(threadId, 'helper', says('Two'))).rejects.toThrow(/409/);
  await client.runs.create(threadId, 'helper', { ...says('Three'), multitaskStrategy: 'enqueue' });
  await client.runs.create(threadId, 'helper', { ...says('Four'), multitaskStrategy: 'interrupt' });
  expect(served.conversations.asked.filter(({ what }) => what === 'startRun').map(({ request }) => (request as { whenBusy: string }).whenBusy)).toEqual([
    ...['refuse', 'refuse', 'queue', 'interrupt'],
  ]);
});

it('fails a wait for a run that failed with what went wrong', async () => {
  served.conversations.onRun = (run) => {
    const kept = keptOf(run.threadId);
    served.conversations.end(run.runId, 'failed', null);
    const told = kept.events.at(-1)!;
    kept.events[kept.events.length - 1] = { ...told, payload: { status: 'failed', error: { code: 'run.budget', message: 'No tokens are left.' } } };
  };
  const { thread_id: threadId } = await client.threads.create();

  await expect(client.runs.wait(threadId, 'helper', says('Hi'))).rejects.toThrow('run.budget: No tokens are left.');
  const heard = await all(client.runs.joinStream(threadId, served.conversations.threadRuns[0]!.runId));
  expect(heard.at(-1)).toMatchObject({ event: 'error', data: { error: 'run.budget', message: 'No tokens are left.' } });
});

it('runs in a thread of its own when none is named, and makes a missing one when that is asked for', async () => {
  const values = await client.runs.wait(null, 'helper', says('Hi'));
  expect(textsOf(values)).toHaveLength(2);

  const threadId = randomUUID();
  await expect(client.runs.wait(threadId, 'helper', says('Hi'))).rejects.toThrow(/404/);
  await expect(client.runs.wait(threadId, 'helper', { ...says('Hi'), ifNotExists: 'create' })).resolves.toBeDefined();
  expect(await client.threads.get(threadId)).toMatchObject({ thread_id: threadId });
});

it('finds, counts, names and deletes threads', async () => {
  const [green, blue] = [await client.threads.create({ metadata: { colour: 'green' } }), await client.threads.create({ metadata: { colour: 'blue' } })];

  expect((await client.threads.search({ metadata: { colour: 'green' } })).map(({ thread_id }) => thread_id)).toEqual([green.thread_id]);
  expect((await client.threads.search({ limit: 1, offset: 1 })).map(({ thread_id }) => thread_id)).toEqual([green.thread_id]);
  expect(await client.threads.count({ metadata: { colour: 'blue' } })).toBe(1);
  expect(await client.threads.update(blue.thread_id, { metadata: { title: 'Sky', size: 3 } })).toMatchObject({
    metadata: { title: 'Sky', colour: 'blue', size: 3 },
  });
  expect(await client.threads.getHistory(blue.thread_id)).toMatchObject([{ values: { messages: [] }, next: [] }]);
  await client.threads.delete(blue.thread_id);
  await expect(client.threads.get(blue.thread_id)).rejects.toThrow(/404/);
});

it('says nothing of what was said in the thread of another owner, also to who may see that it is there', async () => {
  const { thread } = served.conversations.add({ ownerUserId: 'ada' });
  const theirs = served.conversations.addRun(served.conversations.kept[0]!);

  for (const asked of [
    client.threads.get(thread.id),
    client.threads.getState(thread.id),
    client.threads.update(thread.id, { metadata: { title: 'Mine' } }),
    client.runs.list(thread.id),
    client.runs.get(thread.id, theirs.runId),
    client.runs.join(thread.id, theirs.runId),
    client.runs.wait(thread.id, 'helper', says('Hi')),
    client.threads.create({ threadId: thread.id, ifExists: 'do_nothing' }),
  ])
    await expect(asked).rejects.toThrow(/403.*conversation.owner_only/s);
  expect(await client.threads.search()).toEqual([]);
});

it('shows agents as assistants', async () => {
  const [found] = await client.assistants.search({ graphId: 'helper' });
  expect(found).toMatchObject({ graph_id: 'helper', name: 'Helper', version: 1 });
  expect(await client.assistants.get('helper')).toEqual(found);
  await expect(client.assistants.get('nobody')).rejects.toThrow(/404/);
});

it.each([
  ['a mode of streams that there is not', { ...says('Hi'), stream_mode: ['values', 'debug'] }, 'stream_mode'],
  ['a last message that is not the user’s', { input: { messages: [{ role: 'assistant', content: 'Hi' }] } }, 'input.messages'],
  ['nothing that is said', {}, 'input'],
  ['a checkpoint', { ...says('Hi'), checkpoint_id: 'one' }, 'checkpoint_id'],
  ['a rollback', { ...says('Hi'), multitask_strategy: 'rollback' }, 'multitask_strategy'],
])('refuses %s and names the field', async (_name, body, field) => {
  const { thread_id: threadId } = await client.threads.create();
  const answer = await served.call('POST', `/threads/${threadId}/runs`, { assistant_id: 'helper', ...body }, {}, '/agent-protocol');

  expect([answer.status, answer.body.code, answer.body.metadata.field]).toEqual([422, 'request.invalid', field]);
});
