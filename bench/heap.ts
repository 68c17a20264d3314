/** What a process of Node's holds on to: its heap after a collection. What it has resident is more, for V8 takes its time to collect. */
import { WebSocket } from 'ws';
import { Fault } from '../src/errors/fault';
import type { BenchSystem } from './system';
import { until } from './waiting';

const OPEN_MS = 10_000;
const COLLECT_MS = 60_000;
/** The second collection takes what only finalizers of the first held. */
const COLLECTIONS = 2;

interface Reply {
  readonly id?: number;
  readonly result?: { readonly usedSize?: number };
}

/** Heaps of a system by process id, in bytes. The processes are asked through Node's inspector, which a signal opens on loopback, on a port of its own each. */
export class Heaps {
  readonly #addresses = new Map<number, string>();

  constructor(private readonly system: BenchSystem) {}

  async after(pid: number): Promise<number> {
    const socket = new WebSocket(await this.#address(pid));
    try {
      await once(socket, 'open', OPEN_MS);
      for (let at = 0; at < COLLECTIONS; at++) await ask(socket, at, 'HeapProfiler.collectGarbage');
      const { result } = await ask(socket, COLLECTIONS, 'Runtime.getHeapUsage');
      if (result?.usedSize === undefined) throw new Fault('internal', 'bench.refused', 'The inspector does not say how large the heap is.', {});
      return result.usedSize;
    } finally {
      socket.terminate();
    }
  }

  async #address(pid: number): Promise<string> {
    const known = this.#addresses.get(pid);
    if (known !== undefined) return known;
    const said = new Set(this.system.inspectors);
    process.kill(pid, 'SIGUSR1');
    const address = await until(OPEN_MS, 'the inspector of a process', () => Promise.resolve(this.system.inspectors.find((one) => !said.has(one)) ?? null), 50);
    this.#addresses.set(pid, address);
    return address;
  }
}

function once(socket: WebSocket, event: 'open' | 'message', withinMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Fault('internal', 'bench.timeout', `The inspector says nothing for ${withinMs} ms.`, {})), withinMs);
    socket.once('error', reject);
    socket.once(event, (data: unknown) => {
      clearTimeout(timer);
      socket.off('error', reject);
      resolve(data);
    });
  });
}

async function ask(socket: WebSocket, id: number, method: string): Promise<Reply> {
  const answered = once(socket, 'message', COLLECT_MS);
  socket.send(JSON.stringify({ id, method }));
  return JSON.parse(String(await answered)) as Reply;
}
