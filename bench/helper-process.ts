/** A process that the benchmark starts beside the system under test, spoken to over IPC; it ends when the benchmark does. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '../src/errors/fault';
import { within } from './waiting';

const UP_MS = 90_000;
const END_MS = 15_000;

export class HelperProcess {
  /** What it said when it was ready. */
  greeting: Readonly<Record<string, unknown>> = {};

  private constructor(private readonly child: ChildProcess) {}

  /** Starts a Node program and waits for its `{ready: true}`. */
  static async start(file: string, args: readonly string[]): Promise<HelperProcess> {
    const child = fork(file, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const helper = new HelperProcess(child);
    try {
      helper.greeting = await within(UP_MS, `the start of ${file}`, helper.message());
      return helper;
    } catch (problem) {
      await helper.end();
      throw problem;
    }
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  on(listen: (message: unknown) => void): void {
    this.child.on('message', listen);
  }

  /** Sends a request and gives the next message. Fault `bench.helper` (internal) when the helper had a problem with it. */
  async ask(request: Record<string, unknown>, ms: number): Promise<Readonly<Record<string, unknown>>> {
    const answer = this.message();
    this.child.send(request);
    const message = await within(ms, 'the answer of a helper', answer);
    if (typeof message['problem'] === 'string') throw new Fault('internal', 'bench.helper', message['problem']);
    return message;
  }

  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    if (this.child.connected) this.child.disconnect();
    await Promise.race([exited, delay(END_MS, undefined, { ref: false })]);
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGKILL');
      await exited;
    }
  }

  private message(): Promise<Readonly<Record<string, unknown>>> {
    return new Promise((resolve, reject) => {
      const onMessage = (message: unknown): void => {
        this.child.off('exit', onExit);
        resolve(message as Readonly<Record<string, unknown>>);
      };
      const onExit = (code: number | null): void => {
        this.child.off('message', onMessage);
        reject(new Fault('internal', 'bench.helper', `a helper process ended with ${code}`));
      };
      this.child.once('message', onMessage);
      this.child.once('exit', onExit);
    });
  }
}
