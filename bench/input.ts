/** From a message to the terminal that it is for, beside the least that Temporal can do: a signal and an activity. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ofRequest, type EventStream } from './event-stream';
import { figure, type Figure } from './figures';
import { HelperProcess } from './helper-process';
import type { Bench } from './scenario';
import { within } from './waiting';

const BYTE_MS = 30_000;
const WARM_UP = 3;

/** Milliseconds on the clock that all processes of a machine share. */
const now = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Hears the first byte that a terminal shows after it was asked to listen. */
class FirstByte {
  private heard: (at: number) => void = () => undefined;

  readonly onData = (): void => this.heard(now());

  next(): Promise<number> {
    return within(BYTE_MS, 'a byte in the terminal', new Promise<number>((resolve) => (this.heard = resolve)));
  }
}

/** A workflow of the yardstick, on its worker. */
class Bare {
  private readonly workflowId = `bench-bare/${randomUUID()}`;
  private waiting = new Map<string, (at: number) => void>();

  private constructor(
    private readonly bench: Bench,
    private readonly worker: HelperProcess,
  ) {
    worker.on((message) => {
      const { text, at } = message as { readonly text?: string; readonly at?: string };
      if (text !== undefined && at !== undefined) this.waiting.get(text)?.(Number(BigInt(at)) / 1e6);
    });
  }

  static async start(bench: Bench, worker: HelperProcess, queues: { readonly workflow: string; readonly activity: string }): Promise<Bare> {
    const bare = new Bare(bench, worker);
    await bench.temporal.workflow.start('bare', { workflowId: bare.workflowId, taskQueue: queues.workflow, args: [queues.activity] });
    return bare;
  }

  /** From the signal to the beginning of its activity. */
  async sample(): Promise<number> {
    const text = randomUUID();
    const touched = within(BYTE_MS, 'an activity', new Promise<number>((resolve) => this.waiting.set(text, resolve)));
    const started = now();
    await this.bench.temporal.workflow.getHandle(this.workflowId).signal('send', text);
    const ms = (await touched) - started;
    this.waiting.delete(text);
    return ms;
  }

  async end(): Promise<void> {
    await this.bench.temporal.workflow.getHandle(this.workflowId).signal('end');
  }
}

/** Sends a line to the shell and waits for the whole of its turn. */
async function send({ api }: Bench, id: string, events: EventStream, first: FirstByte): Promise<{ readonly byte: number; readonly answered: number }> {
  const key = randomUUID();
  const over = events.next(ofRequest('thread_turn_complete', key), 'the end of a turn');
  const byte = first.next();
  const started = now();
  const [{ ms }, at] = await Promise.all([api.send(id, ': a line', key), byte, over]);
  return { byte: at - started, answered: ms };
}

export async function input(bench: Bench): Promise<readonly Figure[]> {
  const { api, options, system } = bench;
  const queue = `bench-bare-${randomUUID()}`;
  const worker = await HelperProcess.start(join(__dirname, 'bare-worker.js'), [system.temporalAddress, queue]);
  const ptyd = system.ptyd();
  const id = `bench-input-${randomUUID()}`;
  const bytes: number[] = [];
  const answers: number[] = [];
  const near: number[] = [];
  const far: number[] = [];
  try {
    const events = await api.shell(id);
    const first = new FirstByte();
    const { agentId } = (await api.thread(id)).body as { readonly agentId: string };
    const unfollow = await ptyd.follow(agentId, first.onData);
    const ownQueue = await Bare.start(bench, worker, { workflow: queue, activity: queue });
    const hostQueue = await Bare.start(bench, worker, { workflow: queue, activity: `${queue}-host` });
    // Taken in turn, so that whatever else the machine does meets all of them alike.
    for (let at = -WARM_UP; at < options.samples; at++) {
      const { byte, answered } = await send(bench, id, events, first);
      const one = await ownQueue.sample();
      const other = await hostQueue.sample();
      if (at < 0) continue;
      bytes.push(byte);
      answers.push(answered);
      near.push(one);
      far.push(other);
    }
    unfollow();
    events.close();
    await Promise.all([ownQueue.end(), hostQueue.end()]);
    await api.stop(id);
  } finally {
    ptyd.close();
    await worker.end();
  }
  return [
    figure('send: first byte in the terminal', 'ms', bytes, {
      note: 'a shell at its prompt; POST …/send to the echo of the first character, seen at the terminal daemon',
    }),
    figure('send: answered', 'ms', answers, { note: 'the answer waits until the journal holds the command' }),
    figure('bare Temporal: signal to activity on the same worker', 'ms', near, { note: 'no journal, no terminal, no HTTP' }),
    figure('bare Temporal: signal to activity on another queue', 'ms', far, { note: 'as hosts have their own queue' }),
  ];
}
