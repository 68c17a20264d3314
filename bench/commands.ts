/** From a command to its event with a subscriber, beside `@temporalio/workflow-streams` on the same server. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { threadAddress } from '../src/contracts/managed-thread/commands';
import { ofRequest, ofType, type EventStream } from './event-stream';
import { atLeast, figure, median, type Figure } from './figures';
import { HelperProcess } from './helper-process';
import { addedHistory, settledHistory, type Bench } from './scenario';

const PEER = join(__dirname, '..', '..', 'bench', 'workflow-streams');
const PEER_MS = 600_000;
/** Samples of one kind in a row; then the others have their turn, so that whatever else the machine does meets all alike. The thread's queue holds 100 messages. */
const BLOCK = 20;
/** Between two messages that come alone: longer than the peer's pause between two polls. */
const ALONE_MS = 300;
const WARM_UP = 3;

/** Samples as they come in, and what each message added to the workflow's history. */
class Measured {
  readonly ms: number[] = [];
  private history = { events: 0, messages: 0 };

  /** Without the history events of a block that nobody could count. */
  add(ms: readonly number[], historyEvents: number | null): void {
    this.ms.push(...ms);
    if (historyEvents !== null) this.history = { events: this.history.events + historyEvents, messages: this.history.messages + ms.length };
  }

  get median(): number {
    return median(this.ms);
  }

  /** Of how many messages the history events were counted. */
  get counted(): number {
    return this.history.messages;
  }

  get historyEvents(): number {
    return this.history.events / this.history.messages;
  }
}

interface Block {
  readonly samples: number;
  readonly pauseMs: number;
}

/** Sends a message and waits for its event; the time in between. */
async function toEvent({ api }: Bench, id: string, events: EventStream, message: string): Promise<number> {
  const key = randomUUID();
  const event = events.next(ofRequest('thread_input_queued', key), 'the event of a message');
  const started = performance.now();
  const [, { at }] = await Promise.all([api.send(id, message, key), event]);
  return at - started;
}

/** Makes the shell busy, so that messages only queue: one command, one event. */
async function busy({ api }: Bench, id: string, events: EventStream): Promise<void> {
  const key = randomUUID();
  const typed = events.next(ofRequest('thread_input', key), 'the typing of a command');
  await api.send(id, 'sleep 100000', key);
  await typed;
  // The watch of the turn has begun, and nothing else will happen in this thread.
  await delay(500);
}

/** Interrupts the shell and drops what waits. */
async function free({ api }: Bench, id: string, events: EventStream): Promise<void> {
  const over = events.next(ofType('thread_turn_complete'), 'the end of a cancelled turn');
  await api.cancel(id);
  await over;
}

/** One block of messages that only queue. */
async function queued(bench: Bench, id: string, events: EventStream, { samples, pauseMs }: Block, to: Measured): Promise<void> {
  await busy(bench, id, events);
  for (let at = 0; at < WARM_UP; at++) await toEvent(bench, id, events, `: warm-up ${at}`);
  const before = await settledHistory(bench, threadAddress('default', id));
  const ms: number[] = [];
  for (let at = 0; at < samples; at++) {
    ms.push(await toEvent(bench, id, events, `: message ${at}`));
    if (pauseMs > 0) await delay(pauseMs);
  }
  to.add(ms, addedHistory(before, await settledHistory(bench, threadAddress('default', id))));
  await free(bench, id, events);
}

/** Messages that the shell carries out, each with the whole of its turn; the times of the turns go to `turnMs`. */
async function turns(bench: Bench, id: string, events: EventStream, samples: number, to: Measured, turnMs: number[]): Promise<void> {
  const address = threadAddress('default', id);
  const ms: number[] = [];
  const before = await settledHistory(bench, address);
  for (let at = 0; at < samples; at++) {
    const key = randomUUID();
    const queuedEvent = events.next(ofRequest('thread_input_queued', key), 'the event of a message');
    const over = events.next(ofRequest('thread_turn_complete', key), 'the end of a turn');
    const started = performance.now();
    const [, first, last] = await Promise.all([bench.api.send(id, ': a line', key), queuedEvent, over]);
    ms.push(first.at - started);
    turnMs.push(last.at - started);
  }
  to.add(ms, addedHistory(before, await settledHistory(bench, address)));
}

interface PeerRequest extends Block {
  readonly door: 'update' | 'signal';
  readonly pollCooldownMs: number;
}
type Peer = (request: PeerRequest, to: Measured) => Promise<void>;

async function withPeer<T>(address: string, work: (peer: Peer) => Promise<T>): Promise<T> {
  const worker = await HelperProcess.start(join(PEER, 'worker.mjs'), [address]);
  const client = await HelperProcess.start(join(PEER, 'client.mjs'), [address]).catch(async (problem: unknown) => {
    await worker.end();
    throw problem;
  });
  try {
    return await work(async (request, to) => {
      const { ms, historyEvents } = await client.ask({ ...request }, PEER_MS);
      to.add(ms as number[], historyEvents as number);
    });
  } finally {
    await client.end();
    await worker.end();
  }
}

const history = (what: string, { counted, historyEvents }: Measured, note?: string): Figure => ({
  ...figure(what, 'events', [historyEvents], note === undefined ? {} : { note }),
  samples: counted,
});

const kinds = () => ({ after: new Measured(), alone: new Measured() });

async function measure(bench: Bench, ask: Peer) {
  const { api, options } = bench;
  const own = { ...kinds(), turns: new Measured() };
  const peer = { ...kinds(), signal: new Measured(), eager: new Measured() };
  const turnMs: number[] = [];
  const id = `bench-commands-${randomUUID()}`;
  const events = await api.shell(id);
  const rows = Math.ceil(options.samples / BLOCK);
  const [after, alone] = [
    { samples: BLOCK, pauseMs: 0 },
    { samples: BLOCK / 4, pauseMs: ALONE_MS },
  ];
  for (let row = 0; row < rows; row++) {
    await queued(bench, id, events, after, own.after);
    await ask({ ...after, door: 'update', pollCooldownMs: 100 }, peer.after);
    await queued(bench, id, events, alone, own.alone);
    await ask({ ...alone, door: 'update', pollCooldownMs: 100 }, peer.alone);
    await turns(bench, id, events, alone.samples, own.turns, turnMs);
    await ask({ ...alone, pauseMs: 0, door: 'signal', pollCooldownMs: 100 }, peer.signal);
    await ask({ ...alone, pauseMs: 0, door: 'update', pollCooldownMs: 0 }, peer.eager);
  }
  events.close();
  await api.stop(id);
  return { own, peer, turnMs };
}

export async function commands(bench: Bench): Promise<readonly Figure[]> {
  const { own, peer, turnMs } = await withPeer(bench.system.temporalAddress, (ask) => measure(bench, ask));
  const sooner = (one: Measured, other: Measured): number[] => [other.median / one.median];
  const theirs = 'workflow-streams';
  return [
    figure('command to event: one message after the other', 'ms', own.after.ms, {
      note: 'POST …/send to a busy shell until the SSE client has thread_input_queued',
    }),
    figure(`${theirs}: one after the other`, 'ms', peer.after.ms, { note: 'update to item, as it comes: it pauses 100 ms between two polls' }),
    figure('times sooner, one after the other', 'times', sooner(own.after, peer.after), { target: atLeast(4) }),
    figure('command to event: messages that come alone', 'ms', own.alone.ms, { note: `${ALONE_MS} ms between an event and the next message` }),
    figure(`${theirs}: messages that come alone`, 'ms', peer.alone.ms, {
      note: 'its poll waits already when the message comes; nothing is stored but history',
    }),
    figure('times sooner, messages that come alone', 'times', sooner(own.alone, peer.alone)),
    figure(`${theirs}: by signal, one after the other`, 'ms', peer.signal.ms),
    figure(`${theirs}: without its pause`, 'ms', peer.eager.ms, { note: 'pollCooldown 0, update, one after the other' }),
    history('history events a message that only queues', own.after),
    history(`${theirs}: history events a message`, peer.after),
    figure('command to event: a message that is carried out', 'ms', own.turns.ms, { note: 'a shell at its prompt' }),
    figure('command to the end of its turn', 'ms', turnMs, { note: 'a shell that does nothing; ready is believed after 30 ms of quiet' }),
    history('history events a whole turn', own.turns, 'queued, turn started, typed, watched, turn complete'),
  ];
}
