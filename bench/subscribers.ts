/** Subscribers of one thread by WebSocket, who note when each sample reached them. */
import { performance } from 'node:perf_hooks';
import { WebSocket } from 'ws';
import { Fault } from '../src/errors/fault';
import { within } from './waiting';

const OPEN_MS = 30_000;
const ARRIVE_MS = 60_000;
const SAMPLE = /sample-(\d+) /;

interface Waiting {
  readonly arrivals: number[];
  readonly done: () => void;
}

export class Subscribers {
  private readonly waiting = new Map<number, Waiting>();

  private constructor(private readonly sockets: readonly WebSocket[]) {
    for (const socket of sockets) socket.on('message', (data: Buffer) => this.heard(data.toString('utf8')));
  }

  /** Resolves when all of them are connected and have their first message. */
  static async open(url: string, count: number): Promise<Subscribers> {
    const sockets = Array.from({ length: count }, () => new WebSocket(url));
    const ready = sockets.map(
      (socket) =>
        new Promise<void>((resolve, reject) => {
          socket.once('message', () => resolve());
          socket.once('error', reject);
          socket.once('close', (code) => reject(new Fault('internal', 'bench.stream_refused', `a subscriber was closed with ${code}`)));
        }),
    );
    await within(OPEN_MS, 'the first message of every subscriber', Promise.all(ready));
    return new Subscribers(sockets);
  }

  /** When each of them had this sample, on the clock of `performance.now()`. */
  all(sample: number): Promise<readonly number[]> {
    const arrivals: number[] = [];
    const arrived = new Promise<readonly number[]>((resolve) => this.waiting.set(sample, { arrivals, done: () => resolve(arrivals) }));
    return within(ARRIVE_MS, `sample ${sample} with every subscriber`, arrived);
  }

  /** Numbers of samples may be used again. */
  forget(): void {
    this.waiting.clear();
  }

  close(): void {
    for (const socket of this.sockets) socket.terminate();
  }

  private heard(text: string): void {
    const at = performance.now();
    const sample = Number(SAMPLE.exec(text)?.[1]);
    const waiting = this.waiting.get(sample);
    if (!waiting || waiting.arrivals.push(at) < this.sockets.length) return;
    this.waiting.delete(sample);
    waiting.done();
  }
}
