/** What local runs publish, on a real Postgres: once for each key, however often and however many at once. */
import { randomUUID } from 'node:crypto';
import type { PublishedEvent } from '../../src/contracts/conversation/events';
import { testStore, type TestStore } from '../support/database';

let database: TestStore;
beforeAll(async () => void (database = await testStore()));
afterAll(() => database.close());

const said = (text: string): PublishedEvent => ({ type: 'assistant_message', payload: { text } });
const END: PublishedEvent = { type: 'run_completed', payload: { status: 'completed' } };

/** A thread that a local run holds. */
async function held() {
  const [threadId, runId] = [`thr_${randomUUID()}`, randomUUID()];
  const since = new Date().toISOString();
  const holder = JSON.stringify({ kind: 'local_run', id: runId, since });
  await database.pool.query(
    `insert into conversations (tenant, id, address, owner, agent_id, title, execution_mode, rollout_id, holder, state, created_at, updated_at)
     values ('default', $1, 'conversation/' || $1, 'ada', 'agt_1', 't', 'local-mac', 'rol_1', $2, '{}', $3, $3)`,
    [threadId, holder, since],
  );
  await database.pool.query(`insert into conversation_rollouts (tenant, thread_id, rollout_id, ordinal, started_at) values ('default', $1, 'rol_1', 1, $2)`, [
    threadId,
    since,
  ]);
  await database.pool.query(
    `insert into conversation_runs (tenant, run_id, thread_id, rollout_id, agent_id, agent_slug, agent_version, execution_mode, status, by_subject, created_at, started_at)
     values ('default', $1, $2, 'rol_1', 'agt_1', 'mac', 1, 'local-mac', 'running', 'ada', $3, $3)`,
    [runId, threadId, since],
  );
  const { publishing, events } = database.store.conversations;
  const publish = (key: string | null, ...given: readonly PublishedEvent[]) =>
    publishing.append('default', { threadId, runId, rolloutId: 'rol_1', events: given, key });
  const texts = async () =>
    (await events('default', threadId, { rolloutId: null, after: 0, limit: 500 })).events.map(({ payload }) => (payload as { text?: string }).text);
  return { threadId, publish, texts };
}

it('appends once for a key, of many at once', async () => {
  const { publish, texts } = await held();
  const answers = await Promise.all(Array.from({ length: 8 }, () => publish('k-1', said('a'), said('b'))));

  expect(answers.map((answer) => [answer?.sequence, answer?.appended])).toEqual(Array.from({ length: 8 }, () => [2, 2]));
  expect(await texts()).toEqual(['a', 'b']);
});

it('answers the end of a run again to a publisher that did not hear it, and takes nothing after it', async () => {
  const { publish, texts } = await held();
  const first = await publish('end', said('done'), END);

  expect(await publish('end', said('done'), END)).toEqual(first);
  await expect(publish('more', said('late'))).rejects.toMatchObject({ code: 'conversation.run_not_active' });
  expect(await texts()).toEqual(['done', undefined]);
});

it('refuses a key that came with other events, and appends without one as often as it is asked', async () => {
  const { publish, texts } = await held();
  await publish('k', said('a'));

  await expect(publish('k', said('b'))).rejects.toMatchObject({ kind: 'conflict', code: 'idempotency.key_reused' });
  await publish(null, said('c'));
  await publish(null, said('c'));
  expect(await texts()).toEqual(['a', 'c', 'c']);
});

it('keeps a key to its thread', async () => {
  const [one, two] = [await held(), await held()];
  await one.publish('k', said('a'));
  await two.publish('k', said('b'));

  expect([await one.texts(), await two.texts()]).toEqual([['a'], ['b']]);
});
