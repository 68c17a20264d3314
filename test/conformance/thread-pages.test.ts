/** Pages of a thread's events cost the same wherever they are and however many events there are: counted in blocks of the database, which no other work on the machine changes. */
import type { EventsPage } from '../../src/contracts/conversation/ports';
import type { Queryable } from '../../src/store/database';
import { readThreadEvents } from '../../src/store/conversation-events';
import { testStore, type TestStore } from '../support/database';

const LARGE = 100_000;
const SMALL = 200;

let database: TestStore;
beforeAll(async () => {
  database = await testStore();
  await seed('thr_large', LARGE);
  await seed('thr_small', SMALL);
  await database.pool.query('vacuum analyze conversation_events');
}, 120_000);
afterAll(() => database.close());

/** Two rollouts: the first has nine tenths of the events. */
async function seed(id: string, events: number): Promise<void> {
  const { pool } = database;
  await pool.query(
    `insert into conversations (tenant, id, address, owner, agent_id, title, execution_mode, rollout_id, state, last_sequence, created_at, updated_at)
     values ('default', $1, 'conversation/' || $1, 'ada', 'agt_1', 'long', 'in_sandbox', 'rol_2', '{}', $2, now(), now())`,
    [id, events],
  );
  await pool.query(
    `insert into conversation_events (tenant, thread_id, sequence, rollout_id, run_id, type, payload, created_at)
     select 'default', $1, n, case when n <= $2 * 0.9 then 'rol_1' else 'rol_2' end, 'run_1', 'assistant_message', jsonb_build_object('text', repeat('x', 80)), now()
     from generate_series(1, $2::int) n`,
    [id, events],
  );
}

interface Plan {
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
}

/** The page, and the blocks that its one query looked at. */
async function costOf(threadId: string, page: EventsPage) {
  let blocks = 0;
  const counting = {
    query: async ({ text, values }: { readonly text: string; readonly values: unknown[] }) => {
      const { rows } = await database.pool.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(`explain (analyze, buffers, format json) ${text}`, values);
      const plan = rows[0]!['QUERY PLAN'][0].Plan;
      blocks += plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
      return database.pool.query(text, values);
    },
  } as unknown as Queryable;
  const { events, more } = await readThreadEvents(counting, 'default', threadId, page);
  return { blocks, more, sequences: events.map(({ sequence }) => sequence) };
}

const PAGES: readonly [string, Omit<EventsPage, 'limit'>][] = [
  ['the beginning', { rolloutId: null, after: 0 }],
  ['the middle', { rolloutId: null, after: LARGE / 2 }],
  ['the end', { rolloutId: null, after: LARGE - 100 }],
  ['the newest', { rolloutId: null, before: Number.MAX_SAFE_INTEGER }],
  ['what is before the middle', { rolloutId: null, before: LARGE / 2 }],
  ['the beginning of the active rollout, behind all of the first', { rolloutId: 'rol_2', after: 0 }],
  ['the newest of the first rollout', { rolloutId: 'rol_1', before: Number.MAX_SAFE_INTEGER }],
];

it.each(PAGES)('%s of 100,000 events costs no more than a page of 200', async (_what, page) => {
  const small = await costOf('thr_small', { rolloutId: null, after: 0, limit: 100 });
  const large = await costOf('thr_large', { ...page, limit: 100 });

  expect(large.sequences).toHaveLength(100);
  // A tree that is one level higher, and the page that straddles two blocks.
  expect(large.blocks).toBeLessThanOrEqual(small.blocks + 8);
});

it('are without gap and without repeat from the first to the last, forwards and backwards', async () => {
  const forwards: number[] = [];
  for (let after = 0, more = true; more;) {
    const page = await readThreadEvents(database.pool, 'default', 'thr_large', { rolloutId: null, after, limit: 500 });
    forwards.push(...page.events.map(({ sequence }) => sequence));
    after = forwards.at(-1) as number;
    more = page.more;
  }
  const backwards: number[] = [];
  for (let before = LARGE + 1, more = true; more;) {
    const page = await readThreadEvents(database.pool, 'default', 'thr_large', { rolloutId: 'rol_2', before, limit: 500 });
    backwards.unshift(...page.events.map(({ sequence }) => sequence));
    before = backwards[0] as number;
    more = page.more;
  }

  expect(forwards).toEqual(Array.from({ length: LARGE }, (_one, at) => at + 1));
  expect(backwards).toEqual(forwards.slice(LARGE * 0.9));
}, 60_000);
