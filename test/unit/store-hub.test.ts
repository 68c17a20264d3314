import fc from 'fast-check';
import { Hub, type Page } from '../../src/store/hub';

type Step =
  { readonly do: 'append'; readonly rows: number } | { readonly do: 'join'; readonly after: number; readonly wants: 'all' | 'few' } | { readonly do: 'leave' };

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('append' as const), rows: fc.integer({ min: 1, max: 6 }) }) },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('join' as const), after: fc.integer({ min: 0, max: 3 }), wants: fc.constantFrom('all' as const, 'few' as const) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const) }) },
  ),
  { minLength: 1, maxLength: 25 },
);

describe('the hub', () => {
  it('gives every subscriber every row once and in order, however reads, notices, arrivals and slow readers interleave', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), steps, fc.boolean(), async (scheduler, script, offers) => {
        const log: number[] = [];
        // What a database gives: the rows of the moment when the read began, some time later.
        const read = (after: number): Promise<Page<number>> => {
          const rows = log.filter((row) => row > after).slice(0, 5);
          return scheduler.schedule(Promise.resolve({ rows, more: rows.length === 5, unsettled: false }));
        };
        const hub = new Hub<number, number>({ read, cursorOf: (row) => row, compare: (a, b) => a - b }, () => undefined, 4);
        const abort = new AbortController();
        const seen: { after: number; rows: number[]; left: boolean; ended: Promise<void> }[] = [];
        let notices: Promise<unknown> = Promise.resolve();

        const join = (after: number, wants: 'all' | 'few'): void => {
          const reader = { after, rows: [] as number[], left: false, ended: Promise.resolve() };
          reader.ended = (async () => {
            for await (const row of hub.follow(after, abort.signal)) {
              reader.rows.push(row);
              if (reader.left) return;
              // A slow reader does something else between rows.
              if (wants === 'few') await scheduler.schedule(Promise.resolve());
            }
          })();
          seen.push(reader);
        };
        const append = (count: number): void => {
          const rows = Array.from({ length: count }, (_, index) => log.length + index + 1);
          log.push(...rows);
          // Notices come late, but in the order of the commits.
          notices = notices
            .then(() => scheduler.schedule(Promise.resolve()))
            .then(() => (offers ? hub.offer(rows, (head) => rows[0]! <= head + 1) : hub.changed()));
        };
        const { done } = scheduler.scheduleSequence(
          script.map((step) => async () => {
            if (step.do === 'append') append(step.rows);
            else if (step.do === 'join') join(step.after, step.wants);
            else if (seen[0]) seen[0].left = true;
          }),
        );
        void done;
        await scheduler.waitIdle();
        await notices;
        await scheduler.waitIdle();
        abort.abort();
        await scheduler.waitIdle();
        await Promise.all(seen.map((reader) => reader.ended));

        for (const { after, rows, left } of seen) {
          const expected = log.filter((row) => row > after);
          expect(rows).toEqual(left ? expected.slice(0, rows.length) : expected);
        }
      }),
      { numRuns: 400 },
    );
  });
});
