/** Runs of threads as runs, on a real Temporal server and a real Postgres: whose they are, who reads what they say, and what is not done to them. */
import { randomUUID } from 'node:crypto';
import type { RunRow } from '../../src/store/run-row';
import { conversationAddress } from '../../src/contracts/conversation/commands';
import { Talk } from '../support/conversation-world';
import { ADA, as, does, keyed, scripted, startRunWorld, type RunWorld } from '../support/run-world';
import { until } from '../support/eventually';

let world: RunWorld;
let talk: Talk;
beforeAll(async () => {
  world = await startRunWorld();
  talk = new Talk(world);
  await world.work();
}, 120_000);
afterAll(() => world.stop(), 60_000);

const rowOf = async (id: string): Promise<RunRow> => world.runs.known('default', id);
const found = async (viewer: string | null, parentId: string | null = null): Promise<readonly string[]> =>
  (await world.database.store.runs.list('default', { statuses: [], parentId, viewer, limit: 500, offset: 0, cursor: null })).runs.map(({ id }) => id);
const everything = { trajectoryId: null, kind: null, from: null, to: null };
const entriesFor = async (viewer: string): Promise<readonly string[]> =>
  (await world.database.store.ledgerReads.audit('default', { ...everything, viewer }, { limit: 1_000, offset: 0 })).map((entry) => entry.trajectory_id);
const searched = async (viewer: string, query: string): Promise<readonly string[]> =>
  (await world.database.store.searchRuns('default', { query, viewer, limit: 200 })).map(({ runId }) => runId);

it('a run of a thread belongs to the owner of the thread, and so do those that it delegates to; other runs belong to nobody', async () => {
  const script = [{ intents: [{ tool: 'delegate', args: { task: 'a private part of it' } }] }, { final_answer: 'a private answer' }];
  const slug = await talk.agent('delegating', { tools: ['*'], script });
  const { run } = await talk.says('a private question', { agent: slug });
  const children = await until('the child has ended', async () => {
    const ids = await found('ada', run.runId);
    return ids.length > 0 ? ids : null;
  });
  const child = children[0] as string;
  const plain = await world.runs.create(ADA, scripted([{ final_answer: 'a public answer' }], { task: 'a public task' }), keyed());
  await world.ended(plain.run.id);

  expect([(await rowOf(run.runId)).owner, (await rowOf(child)).owner, (await rowOf(plain.run.id)).owner]).toEqual(['ada', 'ada', null]);
  expect(await found('ada')).toEqual(expect.arrayContaining([run.runId, plain.run.id]));
  expect(await found('bob')).toContain(plain.run.id);
  expect(await found('bob')).not.toContain(run.runId);
  expect([await found('bob', run.runId), await found('ada', run.runId), await found(null, run.runId)]).toEqual([[], [child], [child]]);
  expect([await searched('ada', 'private'), await searched('bob', 'private')]).toEqual([expect.arrayContaining([run.runId]), []]);
  const [ofRun, ofPlain] = [(await rowOf(run.runId)).state.start.trajectoryId, plain.run.state.start.trajectoryId];
  expect(await entriesFor('ada')).toEqual(expect.arrayContaining([ofRun, ofPlain]));
  expect(await entriesFor('bob')).toContain(ofPlain);
  expect(await entriesFor('bob')).not.toContain(ofRun);
  const { ledgerReads } = world.database.store;
  expect(await ledgerReads.count('default', { ...everything, viewer: 'bob', trajectoryId: ofRun })).toBe(0);
}, 60_000);

it('a run of a thread is neither resumed nor branched from outside of it: the thread goes on by a run of its own', async () => {
  const slug = await talk.agent('ending', { tools: ['mark'], script: [does('mark', { text: 'x' }), { final_answer: 'done' }] });
  const { threadId, run } = await talk.says('go', { agent: slug });
  const [commit] = (await world.entries(run.runId)).flatMap(({ payload }) => (payload.type === 'commit' ? [payload.id] : []));
  const again = scripted([{ final_answer: 'again' }]);

  await expect(world.continuations.resume(ADA, run.runId, again, keyed())).rejects.toMatchObject({ code: 'run.of_thread', kind: 'conflict' });
  await expect(world.continuations.branch(ADA, run.runId, { commitId: commit as string, note: 'elsewhere', run: again }, keyed())).rejects.toMatchObject({
    code: 'run.of_thread',
  });
  expect((await talk.types(threadId)).filter((type) => type === 'run_completed')).toHaveLength(1);
});

it('whoever does not own a thread is told by webhooks that something happened, and not what was said', async () => {
  const { store } = world.database;
  const hookOf = async (by: string): Promise<string> => {
    const id = `wh_${randomUUID()}`;
    const definition = {
      ...{ url: 'https://example.com/hook', description: null, events: ['run.*', 'conversation.*'], filters: {}, enabled: true, ordered: false },
      ...{ timeoutMs: 1_000, retries: 4, signatureScheme: 'timestamped' as const, format: 'event' as const, headerNames: [], metadata: {} },
    };
    await store.webhooks.insert({ tenant: 'default', id, by, definition, secrets: { secret: 's'.repeat(32), previous: null, headers: {} } }, 100);
    return id;
  };
  const hooks = [await hookOf('ada'), await hookOf('bob')];
  const { threadId, run } = await talk.says('a secret between us', { agent: await talk.agent('between', { script: [{ final_answer: 'a secret reply' }] }) });
  const bodiesFor = async (id: string) =>
    (await store.deliveries.list('default', id, { status: null, limit: 500, offset: 0 })).deliveries
      .map(({ body }) => JSON.parse(body) as { type: string; actor: { id: string }; data: unknown; dataOmitted?: true })
      .filter(({ actor }) => actor.id === run.runId || actor.id === threadId);
  await until('everything was read', async () => {
    await store.subscriptions.next();
    return (await bodiesFor(hooks[1] as string)).some(({ type }) => type === 'conversation.run_ended');
  });
  const told = await Promise.all(hooks.map(bodiesFor));

  expect(JSON.stringify(told[0])).toContain('a secret reply');
  expect(told[1]?.map(({ type }) => type)).toEqual(told[0]?.map(({ type }) => type));
  expect(told[1]?.every(({ data, dataOmitted }) => data === null && dataOmitted === true)).toBe(true);
  expect(JSON.stringify(told[1])).not.toContain('secret');
});

it('triggers of somebody else see that something happened, and nothing that they could ask about what was said', async () => {
  const { store } = world.database;
  const triggerOf = async (by: string): Promise<string> => {
    const id = `trg_${randomUUID()}`;
    const definition = {
      ...{
        name: 'follow',
        description: null,
        inputMapping: {},
        metadata: {},
        events: ['run.completed'],
        filters: { 'data.finalAnswer': 'an answer to follow' },
      },
      ...{
        signatureScheme: 'timestamped' as const,
        replayWindowMs: 1_000,
        target: { kind: 'thread-message' as const, input: { threadId: 'thr_1', message: 'x' } },
      },
    };
    await store.triggers.insert({ tenant: 'default', id, type: 'event', by, path: null, definition, secrets: null }, 100);
    return id;
  };
  const [mine, theirs] = [await triggerOf('ada'), await triggerOf('bob')];
  const fired = async (id: string): Promise<number> => (await store.firings.list('default', id, { limit: 10, offset: 0 })).firings.length;
  await talk.says('say it', { agent: await talk.agent('followed', { script: [{ final_answer: 'an answer to follow' }] }) });
  await until('the owner’s has fired', async () => {
    await store.subscriptions.next();
    return (await fired(mine)) > 0;
  });

  expect([await fired(mine), await fired(theirs)]).toEqual([1, 0]);
});

it('a run is told which tools earlier runs of the thread called, and what came of it', async () => {
  const slug = await talk.agent('handy', { tools: ['mark'], script: [does('mark', { text: 'blue' }), { final_answer: 'marked' }] });
  const { threadId } = await talk.says('mark it', { agent: slug });
  const { run } = await talk.says('what did you do?', { threadId });
  const { specRef } = (await rowOf(run.runId)).state.start;
  const { turns } = JSON.parse((await world.database.store.blobs.get('default', specRef)) ?? '') as { readonly turns: readonly unknown[] };

  expect(turns).toMatchObject([
    { role: 'user', text: 'mark it' },
    { role: 'calls', calls: [{ tool: 'mark', args: { text: 'blue' }, result: expect.stringContaining('"marked":"blue"') as string }] },
    { role: 'assistant', text: 'marked' },
  ]);
  expect(JSON.stringify(turns)).not.toContain('geheim');
  expect(await world.client.workflow.getHandle(conversationAddress('default', threadId)).describe()).toMatchObject({ status: { name: 'RUNNING' } });
});

it('another person neither reads nor ends the run of a thread through the thread', async () => {
  const { threadId, run } = await talk.says('mine', { agent: await talk.agent('mine') });
  const bob = { ...as('bob'), scopes: ['agent:*', 'runs:*'] };

  await expect(world.threads.reads.run(bob, run.runId)).rejects.toMatchObject({ code: 'conversation.run_not_found' });
  await expect(world.threads.conversations.cancelRun(bob, { threadId, runId: run.runId, reason: null }, keyed())).rejects.toMatchObject({ kind: 'not_found' });
});
