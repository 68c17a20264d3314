/** Live frames: from an activity to an SSE client, and from a terminal through its host to an SSE client. */
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { ofRequest, type Message } from './event-stream';
import { atMost, figure, type Figure } from './figures';
import { JournalThread } from './journal-thread';
import type { Bench } from './scenario';

const WARM_UP = 10;
const TICK_S = 0.1;

/** Frames as an activity sends them: by the store's sender, over a connection of its process. */
async function fromActivity(bench: Bench): Promise<readonly number[]> {
  const thread = await JournalThread.create(bench);
  await thread.commit('first');
  const events = await bench.api.stream(thread.id, { frames: true });
  // Frames are for those who listen already; the first event tells that the stream does.
  await events.find(({ id }) => id === '1', 'the first event');
  await delay(200);
  const ms: number[] = [];
  for (let at = -WARM_UP; at < bench.options.samples; at++) {
    const frame = events.next(({ event, data }) => event === 'frame' && data['sample'] === at, 'a frame');
    const started = performance.now();
    bench.store.frames.send(thread.actor, { type: 'sample', sample: at, text: 'a few words of what a model says' });
    const message = await frame;
    if (at >= 0) ms.push(message.at - started);
  }
  events.close();
  return ms;
}

const TICK = /tick-(\d+)-/g;
const ticksIn = (data: unknown): readonly number[] => [...Buffer.from(String(data), 'base64').toString().matchAll(TICK)].map((match) => Number(match[1]));

/** A program prints; the same bytes are seen at the terminal daemon and at an SSE client. */
async function fromTerminal({ api, options, system }: Bench): Promise<readonly number[]> {
  const ticks = Math.min(options.samples, 200);
  const id = `bench-frames-${randomUUID()}`;
  const events = await api.shell(id);
  const ptyd = system.ptyd();
  const printed = new Map<number, number>();
  const ms: number[] = [];
  try {
    const { agentId } = (await api.thread(id)).body as { readonly agentId: string };
    const unfollow = await ptyd.follow(agentId, (event) => {
      if (event.type === 'data') for (const tick of ticksIn(event.data)) printed.set(tick, performance.now());
    });
    const key = randomUUID();
    const collect = (message: Message): boolean => {
      if (message.event === 'frame')
        for (const tick of ticksIn(message.data['data'])) {
          const at = printed.get(tick);
          if (at !== undefined) ms.push(message.at - at);
        }
      return ofRequest('thread_turn_complete', key)(message);
    };
    const over = events.next(collect, 'the end of the ticking', 60_000 + ticks * TICK_S * 2_000);
    await api.send(id, `sleep 1; for tick in $(seq ${ticks}); do printf 'tick-%s-\\n' "$tick"; sleep ${TICK_S}; done`, key);
    await over;
    unfollow();
  } finally {
    ptyd.close();
    events.close();
  }
  await api.stop(id);
  return ms;
}

export async function frames(bench: Bench): Promise<readonly Figure[]> {
  return [
    figure('frame from an activity to SSE client', 'ms', await fromActivity(bench), { target: atMost(5) }),
    figure('output of a program to SSE client', 'ms', await fromTerminal(bench), {
      note: 'a line of a running command, from the terminal daemon through the host; the host collects output for up to 25 ms',
    }),
  ];
}
