/** From a commit of the journal to an SSE client. */
import { performance } from 'node:perf_hooks';
import { atMost, figure, type Figure } from './figures';
import { JournalThread } from './journal-thread';
import type { Bench } from './scenario';

const WARM_UP = 10;

export async function commits(bench: Bench): Promise<readonly Figure[]> {
  const thread = await JournalThread.create(bench);
  const events = await bench.api.stream(thread.id);
  const arrived: number[] = [];
  const committed: number[] = [];
  const after: number[] = [];
  for (let at = -WARM_UP; at < bench.options.samples; at++) {
    const text = `sample ${at}`;
    const event = events.next(({ id }) => id === String(thread.lastSeq), 'a committed event');
    const started = performance.now();
    await thread.commit(text);
    const done = performance.now();
    const message = await event;
    if (at < 0) continue;
    arrived.push(message.at - started);
    committed.push(done - started);
    after.push(message.at - done);
  }
  events.close();
  return [
    figure('journal commit to SSE client', 'ms', arrived, { target: atMost(5), note: 'from the call of commit: the transaction is inside' }),
    figure('of this the commit', 'ms', committed, { note: 'four statements, one transaction, fsync on' }),
    figure('from the commit’s return to the SSE client', 'ms', after, { note: 'negative: the client had it before the writer heard of its success' }),
  ];
}
