/** Threads in a real Postgres: sequences, the projector, feeds, publishing, lists, agents, erasure. */
import type { CommitBatch, NewEvent } from '../../src/contracts/actor';
import { AgentDefinition } from '../../src/contracts/conversation/agent';
import { conversationRef } from '../../src/contracts/conversation/commands';
import type { ThreadEvent } from '../../src/contracts/conversation/events';
import { evolveConversation } from '../../src/domain/conversation/evolve';
import { openConversation, type ConversationState } from '../../src/domain/conversation/state';
import { store as storeOver, type Store } from '../../src/store/store';
import { testStore, TEST_SEALING, type TestStore } from '../support/database';
import { until } from '../support/eventually';

let database: TestStore;
let store: Store;
let other: Store;
let made = 0;
const TENANT = 'default';
const AT = '2026-01-01T00:00:00.000Z';
const by = { subject: 'ada', via: 'api' } as const;

beforeAll(async () => {
  database = await testStore();
  ({ store } = database);
  other = storeOver(database.pool, { url: database.url, sealing: TEST_SEALING });
});
afterAll(async () => {
  await other.close();
  await database.close();
});

/** A thread and its actor, as far as the journal knows it. */
class Thread {
  seq = 0;
  constructor(public state: ConversationState) {}

  get id(): string {
    return this.state.start.id;
  }

  batch(...events: readonly NewEvent[]): CommitBatch {
    const recorded = events.map((event) => ({ ...event, seq: ++this.seq, at: AT, by, requestId: null }));
    this.state = recorded.reduce(evolveConversation, this.state);
    return { actor: conversationRef(this.state.start.tenant, this.id), events: recorded, projection: { ...this.state } };
  }

  commit(...events: readonly NewEvent[]): Promise<void> {
    return store.journal.commit(this.batch(...events));
  }

  async started(runId: string, executionMode = 'local-mac'): Promise<NewEvent> {
    const messages = [{ role: 'user', text: `asks ${runId}` }];
    const inputRef = await store.blobs.put(this.state.start.tenant, JSON.stringify({ threadId: this.id, runId, messages, config: {}, metadata: { n: 1 } }));
    const agent = { id: 'agt_1', slug: 'a', version: 1 };
    return { type: 'run_started', data: { runId, inputRef, agent, executionMode, autoCompactTokens: null, keyId: null, rolloutId: this.state.rolloutId } };
  }

  async events(): Promise<readonly ThreadEvent[]> {
    return (await store.conversations.events(this.state.start.tenant, this.id, { rolloutId: null, after: 0, limit: 1_000 })).events;
  }

  publish(runId: string, ...texts: readonly string[]) {
    const events = texts.map((text) => ({ type: 'assistant_message' as const, payload: { text } }));
    return store.conversations.publishing.append(this.state.start.tenant, { threadId: this.id, runId, rolloutId: this.state.rolloutId, events });
  }
}

async function thread({ tenant = TENANT, owner = 'ada', agentId = 'agt_1' } = {}): Promise<Thread> {
  const id = `thr_${process.pid}_${++made}`;
  const state = openConversation({ id, tenant, agentId, title: `thread ${made}`, rolloutId: `rol_${made}`, by, createdAt: new Date().toISOString() });
  expect(await store.conversations.threads.insert({ state, owner, executionMode: 'local-mac', metadata: {} })).toBe(true);
  return new Thread(state);
}

it('an id is taken once', async () => {
  const { state } = await thread();
  expect(await store.conversations.threads.insert({ state, owner: 'eve', executionMode: 'managed', metadata: {} })).toBe(false);
});

it('writers of one thread take turns: their events have one sequence without gaps and twins, and two processes see the same', async () => {
  const one = await thread();
  await one.commit(await one.started('r-turns'));
  const over = new AbortController();
  const seen = [store, other, store].map(() => [] as number[]);
  const watchers = [store, other, store].map(async ({ conversations: { hubs } }, n) => {
    for await (const { sequence } of hubs.watchThread(TENANT, one.id, n === 2 ? 2 : 0, over.signal)) seen[n]?.push(sequence);
  });
  await Promise.all([
    ...Array.from({ length: 20 }, (_, n) => one.publish('r-turns', `a${n}`, `b${n}`, `c${n}`)),
    one.commit({ type: 'renamed', data: { title: 'meanwhile' } }),
  ]);

  const all = Array.from({ length: 62 }, (_, n) => n + 1);
  expect((await one.events()).map(({ sequence }) => sequence)).toEqual(all);
  await until('everybody saw everything', () => seen.every((numbers) => numbers.at(-1) === 62));
  expect(seen).toEqual([all, all, all.slice(2)]);
  over.abort();
  await Promise.all(watchers);
});

it('a batch is together in the sequence, whoever writes at the same time', async () => {
  const one = await thread();
  await one.commit(await one.started('r-batch'));
  await Promise.all(Array.from({ length: 10 }, (_, n) => one.publish('r-batch', `${n}`, `${n}`, `${n}`)));

  const texts = (await one.events()).slice(2).map(({ payload }) => (payload as { readonly text: string }).text);
  for (let at = 0; at < texts.length; at += 3) expect(new Set(texts.slice(at, at + 3)).size).toBe(1);
});

it('a commit that comes again tells nothing again, and one that contradicts the journal tells nothing at all', async () => {
  const one = await thread();
  const batch = one.batch(await one.started('r-again'));
  await store.journal.commit(batch);
  await store.journal.commit(batch);
  expect((await one.events()).map(({ type }) => type)).toEqual(['run_started', 'user_message']);
  const wrong = { ...batch, events: batch.events.map((event) => ({ ...event, at: '2026-01-02T00:00:00.000Z' })) };
  await expect(store.journal.commit(wrong)).rejects.toMatchObject({ code: 'journal.conflict' });
  expect(await one.events()).toHaveLength(2);
});

it('secrets in messages, titles and metadata are redacted before they are kept', async () => {
  const key = `sk-${'a1'.repeat(16)}`;
  const one = await thread();
  const ref = await store.blobs.put(
    TENANT,
    JSON.stringify({ threadId: one.id, messages: [{ role: 'user', text: `my key is ${key}` }], metadata: { password: 'geheim' } }),
  );
  const started = await one.started('r-secret');
  await one.commit({ ...started, data: { ...started.data, inputRef: ref } }, { type: 'renamed', data: { title: key } });
  await one.publish('r-secret', `again ${key}`);

  const { rows } = await database.pool.query<{ text: string }>(
    `select (select jsonb_agg(payload)::text from conversation_events where thread_id = $1) || (select title || state::text from conversations where id = $1)
       || (select metadata::text from conversation_runs where thread_id = $1) as text`,
    [one.id],
  );
  expect(rows[0]?.text).not.toContain(key);
  expect(rows[0]?.text).not.toContain('geheim');
  expect(rows[0]?.text).toContain('[redacted]');
});

it('an event is never changed, and nobody but the erasure takes entries out of the journal', async () => {
  const one = await thread();
  await one.commit(await one.started('r-kept'));
  await expect(database.pool.query(`update conversation_events set payload = '{}' where thread_id = $1`, [one.id])).rejects.toThrow('never changed');
  await expect(database.pool.query('delete from journal where actor = $1', [`conversation/${one.id}`])).rejects.toThrow('append-only');
  await database.pool.query("select set_config('everthread.erasing', 'conversation/somebody-else', false)");
  await expect(database.pool.query('delete from journal where actor = $1', [`conversation/${one.id}`])).rejects.toThrow('append-only');
  await store.conversations.erase(TENANT, one.id);
  expect(await one.events()).toHaveLength(2);
  await one.commit({ type: 'deleted', data: { by: 'ada' } });
  await store.conversations.erase(TENANT, one.id);
  await store.conversations.erase(TENANT, one.id);
  expect(await one.events()).toEqual([]);
  expect(await store.conversations.threads.find(TENANT, one.id)).toBeNull();
});

it('large payloads come back whole, also to those who watch', async () => {
  const one = await thread();
  await one.commit(await one.started('r-large'));
  const text = 'ü'.repeat(60_000);
  const over = new AbortController();
  const watched = store.conversations.hubs.watchThread(TENANT, one.id, 2, over.signal).next();
  await one.publish('r-large', text);

  expect((await watched).value).toMatchObject({ sequence: 3, payload: { text } });
  over.abort();
});

it('lists go on where they stopped, whatever was opened meanwhile, and show what the filter says', async () => {
  const tenant = `lists-${process.pid}`;
  const opened: string[] = [];
  for (let n = 0; n < 5; n++) opened.push((await thread({ tenant, owner: n % 2 ? 'eve' : 'ada', agentId: `agt_${n % 2}` })).id);
  const filter = { owner: null, archived: null, agentId: null, limit: 2 };
  const first = await store.conversations.threads.list(tenant, { ...filter, after: null });
  await thread({ tenant });
  const second = await store.conversations.threads.list(tenant, { ...filter, after: first.next });
  const third = await store.conversations.threads.list(tenant, { ...filter, after: second.next });

  expect([...first.items, ...second.items, ...third.items].map(({ id }) => id)).toEqual([...opened].reverse());
  expect(third.next).toBeNull();
  const own = await store.conversations.threads.list(tenant, { ...filter, owner: 'eve', agentId: 'agt_1', archived: false, limit: 10, after: null });
  expect(own.items.map(({ id }) => id)).toEqual([opened[3], opened[1]]);
  expect((await store.conversations.threads.list(tenant, { ...filter, archived: true, after: null })).items).toEqual([]);
});

it('pages of events go both ways, within a rollout or over all', async () => {
  const one = await thread();
  await one.commit(await one.started('r-pages'));
  await one.publish('r-pages', ...Array.from({ length: 8 }, (_, n) => `${n}`));
  const page = (more: object) => store.conversations.events(TENANT, one.id, { rolloutId: one.state.rolloutId, limit: 4, ...more });
  const numbers = ({ events }: { readonly events: readonly ThreadEvent[] }) => events.map(({ sequence }) => sequence);

  const [newest, before, last] = [await page({ before: 11 }), await page({ before: 7 }), await page({ after: 6 })];
  expect([numbers(newest), newest.more]).toEqual([[7, 8, 9, 10], true]);
  expect([numbers(before), before.more]).toEqual([[3, 4, 5, 6], true]);
  expect([numbers(last), last.more]).toEqual([[7, 8, 9, 10], false]);
  expect(numbers(await page({ rolloutId: 'rol_none' }))).toEqual([]);
});

it('metadata is merged, has a bound, and a null takes a key away', async () => {
  const one = await thread();
  const { threads } = store.conversations;
  expect(await threads.annotate(TENANT, one.id, { a: 1, b: { c: 2 } }, 1_000)).toBe(true);
  expect(await threads.annotate(TENANT, one.id, { a: null }, 1_000)).toBe(true);
  expect((await threads.find(TENANT, one.id))?.thread.metadata).toEqual({ b: { c: 2 } });
  expect(await threads.annotate(TENANT, one.id, { long: 'x'.repeat(1_000) }, 1_000)).toBe(false);
  expect(await threads.annotate('elsewhere', one.id, { a: 1 }, 1_000)).toBe(false);
});

it('each change of an agent is a version, the same again is none, and of any number at once none is lost', async () => {
  const tenant = `agents-${process.pid}`;
  const definition = (systemPrompt: string, slug = 'a') => AgentDefinition.parse({ slug, name: slug, systemPrompt });
  const { agents } = store.conversations;
  const first = await agents.upsert(tenant, 'ada', { newId: 'agt_x', definition: definition('one') });
  expect(first).toMatchObject({ action: 'created', agent: { id: 'agt_x', version: 1 } });
  expect(await agents.upsert(tenant, 'ada', { newId: 'agt_y', definition: definition('one') })).toMatchObject({ action: 'unchanged', agent: { version: 1 } });
  const changed = await Promise.all(['two', 'three', 'four'].map((text) => agents.upsert(tenant, 'eve', { newId: 'agt_z', definition: definition(text) })));
  expect(changed.map(({ agent }) => agent.version).sort()).toEqual([2, 3, 4]);
  expect(await agents.version(tenant, 'agt_x', 1)).toMatchObject({ systemPrompt: 'one' });
  await agents.upsert(tenant, 'ada', { newId: 'agt_b', definition: definition('', 'b') });
  expect(await agents.list(tenant, { limit: 1, afterSlug: null })).toMatchObject({ agents: [{ definition: { slug: 'a' } }], next: 'a' });
  expect(await agents.list(tenant, { limit: 5, afterSlug: 'a' })).toMatchObject({ agents: [{ id: 'agt_b' }], next: null });
  expect(await agents.find('elsewhere', 'agt_x')).toBeNull();
});

it('a hole in the events of a thread is said to be one', async () => {
  const one = await thread();
  await one.commit(await one.started('r-hole'));
  await database.pool.query('delete from conversation_events where thread_id = $1 and sequence = 1', [one.id]);
  await expect(store.conversations.hubs.watchThread(TENANT, one.id, 0).next()).rejects.toMatchObject({ code: 'conversation.gap', kind: 'internal' });
});
