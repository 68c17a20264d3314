/** Executions for actor tests: their start, and the activities beside agents over what exists only here. */
import { randomUUID } from 'node:crypto';
import { executionActivities } from '../../activities/execution/activities';
import type { AgentChoice } from '../../activities/agent-tasks/select-agents';
import type { BatchStart } from '../../src/contracts/execution/batch';
import { EDITION, type ExecutionStart } from '../../src/contracts/execution/start';
import type { StoredValue } from '../../src/contracts/execution/value';
import type { Json } from '../../src/contracts/pattern/json';
import type { PatternPlan, Plan } from '../../src/contracts/pattern/plan';
import { Fault } from '../../src/errors/fault';
import { planOf } from './pattern-plans';

export function startOf(plan: Plan, input: Json, more: Partial<ExecutionStart> = {}): ExecutionStart {
  return {
    ...{ id: `exec_${randomUUID().slice(0, 8)}`, tenant: 'default', patternName: plan.name, patternVersion: plan.version },
    ...{ plan: { value: plan }, planRef: 'a'.repeat(64), input: { value: input }, timeoutMs: null, priority: 'normal', metadata: {} },
    ...{ retriedFrom: null, parent: null, batch: null, depth: 0, by: { subject: 'tests', via: 'api' }, createdAt: new Date().toISOString() },
    edition: EDITION,
    ...more,
  };
}

/** A batch of the pattern under this reference; its inputs belong into the {@link FakeStores}. */
export function batchStartOf({ name, version }: Pick<Plan, 'name' | 'version'>, planRef: string, total: number, more: Partial<BatchStart> = {}): BatchStart {
  return {
    ...{ id: `batch_${randomUUID().slice(0, 8)}`, tenant: 'default', patternName: name, patternVersion: version, planRef, total },
    ...{ concurrency: 3, stopOnError: false, timeoutMs: null, priority: 'normal', metadata: {}, by: { subject: 'tests', via: 'api' } },
    ...{ createdAt: new Date().toISOString(), ...more },
  };
}

const nobody: AgentChoice = { select: () => Promise.reject(new Fault('unavailable', 'agents.none', 'Nobody was asked.')) };

/** What the workflow needs beside agents. Patterns by name; blobs by a name that is only unique. */
export class FakeStores {
  readonly blobs = new Map<string, string>();
  readonly patterns = new Map<string, PatternPlan>();
  readonly stopped: string[] = [];
  readonly batchInputs = new Map<string, readonly Json[]>();
  readonly results: { readonly input: StoredValue | null; readonly result: StoredValue; readonly confidence: number | null }[] = [];

  pattern(yaml: string): this {
    const plan = planOf(yaml);
    this.patterns.set(plan.name, plan);
    return this;
  }

  keep(value: unknown): string {
    const ref = String(this.blobs.size + 1).padStart(64, '0');
    this.blobs.set(ref, JSON.stringify(value));
    return ref;
  }

  /** Who selects before the workflow asks; without it the workflow asks. */
  agents: AgentChoice = nobody;

  /** As it was made. */
  clear(): void {
    for (const kept of [this.blobs, this.patterns, this.batchInputs]) kept.clear();
    this.stopped.length = 0;
    this.results.length = 0;
    this.agents = nobody;
  }

  readonly activities = executionActivities({
    agents: { select: (wanted) => this.agents.select(wanted) },
    blobs: {
      put: (_tenant, value) => Promise.resolve(this.keep(JSON.parse(value))),
      get: (_tenant, ref) => Promise.resolve(this.blobs.get(ref) ?? null),
    },
    patterns: {
      resolve: (_tenant, name) => {
        const plan = this.patterns.get(name);
        if (!plan) return Promise.reject(new Fault('not_found', 'pattern.not_found', 'There is no such pattern.', { name }));
        return Promise.resolve({ name, version: plan.version, plan: { value: plan }, planRef: this.keep(plan) });
      },
    },
    inputs: {
      ofBatch: (_tenant, batchId, index) => Promise.resolve(this.batchInputs.get(batchId)?.[index]),
      goodResult: ({ input }) =>
        Promise.resolve(this.results.filter((kept) => input === null || JSON.stringify(kept.input) === JSON.stringify(input)).at(-1) ?? null),
    },
    threads: {
      stopAll: (_tenant, executionId) => {
        this.stopped.push(executionId);
        return Promise.resolve(1);
      },
    },
  });
}
