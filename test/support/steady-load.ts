/**
 * A steady, bounded load on a whole system, as careful clients make it: threads that are sent one message after the other, each tried again under its Idempotency-Key until it is
 * accepted, and one stream of events for each thread that resumes by Last-Event-ID.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EverthreadError, RateLimitedError, TimeoutError, UnavailableError } from '../../src/client/client';
import { eventually } from './eventually';
import { spawnThread, type TestThread, type ThreadWorld } from './threads';

const PAUSE_MS = 400;
const AGAIN_MS = 250;
const MESSAGES_MAX = 200;

/** What a careful client tries again. */
const isPassing = (problem: unknown): boolean => [UnavailableError, TimeoutError, RateLimitedError].some((kind) => problem instanceof kind);

export class LoadedThread {
  readonly sent: string[] = [];
  /** Seqs in the order in which the stream brought them. */
  readonly seen: number[] = [];
  readonly turns = { done: 0 };
  /** Messages that were accepted. */
  accepted = 0;
  private reading: Promise<void> | null = null;
  private readonly given = new AbortController();

  constructor(
    readonly thread: TestThread,
    readonly objective: string,
    private readonly file: string | null,
    private readonly marker: string,
  ) {}

  private text(n: number): string {
    return this.file === null ? `say ${this.marker}-${n}` : `echo ${this.marker}-${n} >> ${this.file}`;
  }

  read(): void {
    this.reading = (async () => {
      for await (const { seq, type } of this.thread.stream(0, this.given.signal)) {
        this.seen.push(seq);
        if (type === 'thread_turn_complete') this.turns.done += 1;
        if (type === 'thread_stopped') return;
      }
    })();
    // Looked at when the load ends.
    this.reading.catch(() => undefined);
  }

  async send(running: () => boolean): Promise<void> {
    for (let n = 1; n <= MESSAGES_MAX && running(); n++) {
      const text = this.text(n);
      this.sent.push(text);
      await this.insist(text);
      this.accepted += 1;
      await delay(PAUSE_MS);
    }
  }

  private async insist(text: string): Promise<void> {
    const key = randomUUID();
    for (const by = Date.now() + 120_000; ; await delay(AGAIN_MS)) {
      try {
        await this.thread.send(text, key);
        return;
      } catch (problem) {
        if (!isPassing(problem) || Date.now() > by) throw problem;
      }
    }
  }

  /** Texts that reached the agent, in order. */
  typed(): readonly string[] {
    if (this.file === null) return this.thread.lines().filter((line) => line !== '/exit');
    const lines = existsSync(this.file) ? readFileSync(this.file, 'utf8').trim().split('\n') : [];
    return lines.map((line) => `echo ${line} >> ${this.file}`);
  }

  get expected(): readonly string[] {
    return [this.objective, ...this.sent];
  }

  async ended(): Promise<void> {
    await this.reading;
  }

  giveUp(): void {
    this.given.abort();
  }
}

export interface LoadOptions {
  readonly scripted: number;
  readonly shell: number;
  /** Resolves when the hosts have told of so many sessions: places are chosen by what they told, so threads that come at once share one host. */
  readonly placed: (sessions: number) => Promise<void>;
}

export class SteadyLoad {
  private running = true;
  private constructor(readonly threads: readonly LoadedThread[]) {}
  private sending: Promise<unknown> = Promise.resolve();

  static async start(world: ThreadWorld, { scripted, shell, placed }: LoadOptions): Promise<SteadyLoad> {
    const run = randomUUID().slice(0, 8);
    const spawn = async (n: number): Promise<LoadedThread> => {
      const marker = `${run}-${n}`;
      const file = n < scripted ? null : join(world.dataDir, `typed-${marker}.txt`);
      const objective = file === null ? `say ${marker}-0` : `echo ${marker}-0 >> ${file}`;
      const thread = await spawnThread(world, { objective, key: marker, agentType: file === null ? 'scripted' : 'shell' });
      return new LoadedThread(thread, objective, file, marker);
    };
    await placed(0);
    const threads: LoadedThread[] = [];
    while (threads.length < scripted + shell) {
      threads.push(await spawn(threads.length));
      await placed(threads.length);
    }
    const load = new SteadyLoad(threads);
    for (const thread of load.threads) thread.read();
    load.sending = Promise.all(load.threads.map((thread) => thread.send(() => load.running)));
    load.sending.catch(() => undefined);
    return load;
  }

  /** Each of these threads has turns done that it had not when this was called, and its stream told so. */
  async goesOn(what: string, threads: readonly LoadedThread[] = this.threads, withinMs = 60_000): Promise<void> {
    const before = threads.map(({ turns }) => turns.done);
    await eventually(`${what}: turns go on`, () => threads.every(({ turns }, at) => turns.done >= (before[at] ?? 0) + 2), withinMs);
  }

  /** Ends sending and reading of a load whose test has failed; harmless after {@link finish}. */
  giveUp(): void {
    this.running = false;
    for (const thread of this.threads) thread.giveUp();
  }

  /** No more is sent, everything that was accepted is worked off, every thread is stopped and every stream has told the end. */
  async finish(): Promise<void> {
    this.running = false;
    await this.sending;
    for (const { thread, expected } of this.threads) {
      const worked = `${thread.id} has an outcome for each of ${expected.length} inputs and rests`;
      await eventually(
        worked,
        async () => (await thread.get().catch(() => null))?.status === 'ready' && (await inputsOf(thread)).size >= expected.length,
        120_000,
      );
    }
    for (const { thread } of this.threads) {
      await eventually(`${thread.id} stops`, () =>
        thread.stop().then(
          () => true,
          (problem: unknown) => problem instanceof EverthreadError && problem.code === 'thread.stopped',
        ),
      );
    }
    await Promise.all(this.threads.map((thread) => thread.ended()));
  }
}

/** What the journal says in the end of the objective (under null) and of each message, by request id: `done`, `unknown` or `lost`. */
async function inputsOf(thread: TestThread): Promise<ReadonlyMap<unknown, unknown>> {
  const events = await thread.events().catch(() => []);
  const inputs = events.filter(({ type, data }) => type === 'thread_input' && (data['kind'] === 'objective' || data['kind'] === 'message'));
  return new Map(inputs.map(({ data }) => [data['requestId'], data['outcome']]));
}
