/** The facts of a watch: what was seen that the thread should hear at once, each told once, in order. */
import { createHash } from 'node:crypto';
import { LIMITS } from '../../src/contracts/actor';
import type { Observation } from '../../src/contracts/managed-thread/terminal';
import { faultFrom } from '../../src/errors/fault';
import type { Reading } from '../agents/adapter';
import type { SentFact, WatchMemory } from './session-files';
import { lastOf } from './screen-text';

type Fact = Observation['fact'];

/** Facts that may wait for a thread that cannot be reached; then the watch fails and is tried again. */
const WAITING_MAX = 200;

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * A request id that a retry derives again: the turn, the watch, the kind of fact, its content, and its number in the watch. A conversation is
 * named by its session alone, because it is told once however many watches see it.
 */
export function factRequestId({ sessionId, turnId, key }: { sessionId: string; turnId: string; key: string }, fact: Fact, n: number): string {
  const content = hash(JSON.stringify(fact)).slice(0, 12);
  const id = fact.type === 'conversation' ? `${sessionId}/conversation/${content}` : `${turnId}/${hash(key).slice(0, 8)}/${fact.type}/${content}/${n}`;
  return id.length <= LIMITS.requestId ? id : `fact-${hash(id)}`;
}

/** The facts in a reading that the watch has not told yet, and its memory once they are told. */
export function newFacts(
  names: { sessionId: string; turnId: string },
  memory: WatchMemory,
  reading: Reading,
  redact: (text: string) => string,
): { memory: WatchMemory; facts: SentFact[] } {
  const tool = reading.tool ? JSON.stringify([reading.tool.name, reading.tool.description]) : null;
  const message = reading.phase === 'working' ? (reading.message ?? null) : memory.message;
  const seen: Fact[] = [];
  if (reading.conversationId && reading.conversationId !== memory.state.conversationId)
    seen.push({ type: 'conversation', conversationId: reading.conversationId.slice(0, 200) });
  if (message && message !== memory.message) seen.push({ type: 'output', text: lastOf(redact(message)) });
  const tools = reading.tools?.slice(memory.tools ?? 0) ?? (reading.tool && tool !== memory.tool ? [reading.tool] : []);
  for (const { name, description } of tools)
    seen.push({ type: 'tool_running', tool: redact(name).slice(0, 200), ...(description && { description: redact(description).slice(0, 2_000) }) });

  const facts = seen.map((fact, index) => ({ requestId: factRequestId({ ...names, key: memory.key }, fact, memory.told + index + 1), fact }));
  const changed = facts.length > 0 || tool !== memory.tool || message !== memory.message;
  return {
    facts,
    memory: changed
      ? { ...memory, told: memory.told + facts.length, tool, tools: reading.tools?.length ?? memory.tools ?? 0, message, last: facts.at(-1) ?? memory.last }
      : memory,
  };
}

/** Tells facts in order, one at a time, without holding up the watch. */
export class FactTeller {
  private queue: SentFact[] = [];
  private running: Promise<void> | null = null;
  private failure: Error | null = null;

  constructor(private readonly tell: (fact: SentFact) => Promise<void>) {}

  add(facts: readonly SentFact[]): void {
    this.queue.push(...facts);
    if (this.queue.length > 0) this.running ??= this.work().finally(() => (this.running = null));
  }

  /** Throws what made telling fail, once too much waits or `all` is asked for. */
  async settled(all: boolean): Promise<void> {
    if (all && this.failure !== null) {
      this.failure = null;
      this.add([]);
    }
    if (all) await this.running;
    if (this.failure !== null && (all || this.queue.length > WAITING_MAX)) throw this.failure;
  }

  private async work(): Promise<void> {
    for (let next = this.queue[0]; next; next = this.queue[0]) {
      try {
        await this.tell(next);
        this.queue.shift();
        this.failure = null;
      } catch (error) {
        this.failure = error instanceof Error ? error : faultFrom(error);
        return;
      }
    }
  }
}
