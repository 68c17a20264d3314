/** Threads on a real Temporal server and a real Postgres, with helpers that say what tests say. */
import { AgentDefinition, type AgentRequest } from '../../src/contracts/conversation/agent';
import type { ThreadEvent } from '../../src/contracts/conversation/events';
import type { StartedRun, StartRunRequest, Thread, ThreadRun } from '../../src/contracts/conversation/ports';
import type { ScriptedStep } from '../../src/contracts/run/ports';
import type { Principal } from '../../src/contracts/principal';
import { until } from './eventually';
import { ADA, keyed, type RunWorld } from './run-world';

/** As a request has it, with a script in its own type. */
export type AskedAgent = Omit<Partial<AgentRequest>, 'script'> & { readonly script?: readonly ScriptedStep[] | null };

export const agent = (slug: string, more: AskedAgent = {}): AgentDefinition =>
  AgentDefinition.parse({ slug, name: slug, model: 'scripted', script: [{ final_answer: `${slug} has answered` }], ...more });

export const asks = (text: string, more: Partial<StartRunRequest> = {}): StartRunRequest => ({
  ...{ threadId: null, agent: null, messages: [{ role: 'user', text }], config: {}, metadata: {}, whenBusy: 'refuse' },
  ...more,
});

export class Talk {
  constructor(
    private readonly world: RunWorld,
    private readonly principal: Principal = ADA,
  ) {}

  get ports() {
    return this.world.threads;
  }

  async agent(slug: string, more: AskedAgent = {}): Promise<string> {
    await this.ports.agents.upsert(this.principal, agent(slug, more));
    return slug;
  }

  start(text: string, more: Partial<StartRunRequest> = {}): Promise<StartedRun> {
    return this.ports.conversations.startRun(this.principal, asks(text, more), keyed());
  }

  thread(threadId: string): Promise<Thread> {
    return this.ports.reads.get(this.principal, threadId);
  }

  async events(threadId: string): Promise<readonly ThreadEvent[]> {
    return (await this.ports.reads.events(this.principal, threadId, { rolloutId: null, after: 0, limit: 500 })).events;
  }

  async types(threadId: string): Promise<readonly string[]> {
    return (await this.events(threadId)).map(({ type }) => type);
  }

  run(runId: string): Promise<ThreadRun> {
    return this.ports.reads.run(this.principal, runId);
  }

  /** Waits for the run's end. */
  async ended(runId: string): Promise<ThreadRun> {
    return until(`run ${runId} ends`, async () => {
      const run = await this.run(runId);
      return run.endedAt === null ? null : run;
    });
  }

  async says(text: string, more: Partial<StartRunRequest> = {}): Promise<{ readonly threadId: string; readonly run: ThreadRun }> {
    const { runId, threadId } = await this.start(text, more);
    return { threadId, run: await this.ended(runId) };
  }

  async idle(threadId: string): Promise<Thread> {
    return until(`thread ${threadId} rests`, async () => {
      const thread = await this.thread(threadId);
      return thread.status === 'idle' && thread.queued === 0 ? thread : null;
    });
  }

  async status(threadId: string, status: Thread['status']): Promise<Thread> {
    return until(`thread ${threadId} is ${status}`, async () => {
      const thread = await this.thread(threadId);
      return thread.status === status ? thread : null;
    });
  }
}
