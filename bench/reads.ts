/** What reading a thread costs when it has few events and when it has many. */
import { performance } from 'node:perf_hooks';
import { atMost, figure, median, type Figure } from './figures';
import { JournalThread } from './journal-thread';
import type { Bench } from './scenario';

const PAGE = 10;
const WARM_UP = 20;

interface Sized {
  readonly events: number;
  readonly thread: JournalThread;
  readonly get: number[];
  readonly page: number[];
}

async function grown(bench: Bench, events: number): Promise<Sized> {
  const started = performance.now();
  const thread = await JournalThread.create(bench);
  await thread.grow(events);
  bench.say(`  ${events} events in ${((performance.now() - started) / 1_000).toFixed(1)} s`);
  return { events, thread, get: [], page: [] };
}

const spelled = (events: number): string => events.toLocaleString('en');

export async function reads(bench: Bench): Promise<readonly Figure[]> {
  const { api, options } = bench;
  const sizes: Sized[] = [];
  for (const events of [10, 1_000, options.events]) sizes.push(await grown(bench, events));
  for (let at = -WARM_UP; at < options.samples; at++)
    for (const { events, thread, get, page } of sizes) {
      const one = await api.thread(thread.id);
      const other = await api.events(thread.id, { after: events - PAGE, limit: PAGE });
      if (at < 0) continue;
      get.push(one.ms);
      page.push(other.ms);
    }
  const [few, , many] = sizes as [Sized, Sized, Sized];
  const flat = 'flat is 1; the target leaves room for noise';
  return [
    ...sizes.map(({ events, get }) => figure(`GET /:id with ${spelled(events)} events`, 'ms', get)),
    figure(`GET /:id, ${spelled(many.events)} events against 10`, 'times', [median(many.get) / median(few.get)], { target: atMost(1.25), note: flat }),
    ...sizes.map(({ events, page }) => figure(`GET /:id/events, last ${PAGE} of ${spelled(events)}`, 'ms', page)),
    figure(`GET /:id/events, ${spelled(many.events)} events against 10`, 'times', [median(many.page) / median(few.page)], { target: atMost(1.25), note: flat }),
  ];
}
