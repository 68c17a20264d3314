import { threadMemory } from '../../src/main/thread-reads';
import { testStore, type TestStore } from '../support/database';

let opened: TestStore;
beforeAll(async () => {
  opened = await testStore();
});
afterAll(() => opened.close());

const decision = { executionId: 'exec_1', threadId: 'thr_1', category: 'note', summary: 'It is so.', details: { a: 1, b: 2 } };
const record = (given: typeof decision, idempotencyKey: string | null, tenant = 'default') =>
  threadMemory(opened.store).recordDecision(tenant, given, { idempotencyKey });

it('a decision is recorded once for each key, however often and at once it comes', async () => {
  const rows = await Promise.all(Array.from({ length: 8 }, () => record({ ...decision, details: { b: 2, a: 1 } }, 'k-1')));
  const later = await record(decision, 'k-1');

  expect(new Set([...rows, later].map(({ id }) => id)).size).toBe(1);
  expect(later).toEqual(rows[0]);
});

it('another decision under the same key is a conflict, and under the same key of another tenant it is a decision', async () => {
  const first = await record(decision, 'k-2');

  await expect(record({ ...decision, summary: 'It is not so.' }, 'k-2')).rejects.toMatchObject({ kind: 'conflict', code: 'idempotency.key_reused' });
  expect((await record({ ...decision, summary: 'It is not so.' }, 'k-2', 'other')).id).not.toBe(first.id);
});

it('without a key each is its own', async () => {
  expect((await record(decision, null)).id).not.toBe((await record(decision, null)).id);
});

it('a request that was cut off between its claim and its row is finished by its repetition', async () => {
  const first = await record(decision, 'k-3');
  await opened.pool.query('delete from shared_decisions where id = $1', [first.id]);

  const second = await record(decision, 'k-3');

  expect(second.id).toBe(first.id);
  const { rows } = await opened.pool.query('select count(*)::int as count from shared_decisions where id = $1', [first.id]);
  expect(rows).toEqual([{ count: 1 }]);
});
