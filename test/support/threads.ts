/** Managed threads of a whole system, as a client sees them, and what the scripted agent in them saw. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { EverthreadClient, type ManagedThreads, type ThreadAnswer, type SpawnThread } from '../../src/client/client';
import type { ThreadEventType } from '../../src/contracts/managed-thread/events';
import { eventually } from './eventually';
import type { World } from './world';

export interface SeenEvent {
  readonly seq: number;
  readonly type: ThreadEventType;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface SeenInput {
  readonly kind: 'line' | 'answer' | 'interrupt' | 'start';
  readonly text: string;
  readonly pid: number;
}

/** What a thread's tests need of a system: where its API is, and a folder that its agents may write to. */
export type ThreadWorld = Pick<World, 'apiUrl' | 'dataDir'>;

export class TestThread {
  constructor(
    private readonly world: ThreadWorld,
    readonly id: string,
    private readonly log: string,
  ) {}

  /** One attempt: a test that kills parts wants to hear of it. */
  private get api(): ManagedThreads {
    return new EverthreadClient({ baseUrl: this.world.apiUrl, attempts: 1 }).managedThreads;
  }

  async get(): Promise<Readonly<Record<string, unknown>> & { status: string; ask?: { id: string } }> {
    return this.api.get(this.id);
  }

  async events(): Promise<readonly SeenEvent[]> {
    const all: SeenEvent[] = [];
    for (let after = 0; ;) {
      const page = await this.api.events(this.id, { after, limit: 500 });
      all.push(...(page.events as SeenEvent[]));
      if (!page.hasMore || page.events.length === 0) return all;
      after = page.nextAfter;
    }
  }

  async types(): Promise<readonly string[]> {
    return (await this.events()).map(({ type }) => type);
  }

  /** Answers while anything is restarted count as "not yet". */
  reaches(status: string, withinMs = 40_000): Promise<void> {
    return eventually(`${this.id} is ${status}`, async () => (await this.get().catch(() => null))?.status === status, withinMs);
  }

  has(what: string, fact: (events: readonly SeenEvent[]) => boolean, withinMs = 60_000): Promise<void> {
    return eventually(what, async () => fact(await this.events().catch(() => [])), withinMs);
  }

  send(message: string, key: string = randomUUID()): Promise<Readonly<Record<string, unknown>>> {
    return this.api.send(this.id, { message }, { idempotencyKey: key });
  }

  approve(answer: ThreadAnswer): Promise<Readonly<Record<string, unknown>>> {
    return this.api.answer(this.id, answer);
  }

  async stop(force = true): Promise<void> {
    await this.api.stop(this.id, { force });
  }

  stream(after: number, signal?: AbortSignal) {
    return this.api.follow(this.id, { after, ...(signal && { signal }) });
  }

  /** What reached the agent's terminal, in order. */
  inputs(): readonly SeenInput[] {
    if (!existsSync(this.log)) return [];
    return readFileSync(this.log, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as SeenInput);
  }

  /** How many events of this kind the agent of the first session has recorded: what it did while nobody could be asked. */
  recorded(event: string): number {
    const file = join(this.world.dataDir, 'sessions', `${this.id}.1`, 'records.jsonl');
    return existsSync(file) ? readFileSync(file, 'utf8').split(event).length - 1 : 0;
  }

  lines(): readonly string[] {
    return this.inputs()
      .filter(({ kind }) => kind === 'line')
      .map(({ text }) => text);
  }

  /** The promise of every thread: nothing missing, nothing twice. */
  async isWhole(): Promise<void> {
    const events = await this.events();
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    // Every release of a session asks the agent to leave in the same words.
    const lines = this.lines().filter((line) => line !== '/exit');
    expect(new Set(lines).size).toBe(lines.length);
  }
}

/** Whether so many turns are done. */
export const completed = (count: number) => (events: readonly SeenEvent[]) => events.filter(({ type }) => type === 'thread_turn_complete').length >= count;

export interface SpawnOptions {
  readonly objective?: string;
  readonly agentType?: string;
  readonly key?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** Spawns a thread with the scripted agent, whose inputs are logged. */
export async function spawnThread(
  world: ThreadWorld,
  { objective = 'say hello', agentType = 'scripted', key, env, extra }: SpawnOptions = {},
): Promise<TestThread> {
  const log = logFile(world, key ?? randomUUID());
  const body: SpawnThread = {
    executionId: `exec-${randomUUID().slice(0, 8)}`,
    name: 'a thread',
    agentType,
    objective,
    preparation: { env: { EVERTHREAD_SCRIPTED_LOG: log, EVERTHREAD_SCRIPTED_STATE: join(world.dataDir, 'conversations'), ...env } },
    ...extra,
  };
  const { id } = await new EverthreadClient({ baseUrl: world.apiUrl, attempts: 1 }).managedThreads.spawn(body, { idempotencyKey: key });
  return new TestThread(world, id, log);
}

function logFile(world: ThreadWorld, name: string): string {
  const folder = join(world.dataDir, 'agent-logs');
  mkdirSync(folder, { recursive: true });
  return join(folder, `${name}.jsonl`);
}
