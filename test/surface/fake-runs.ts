/** Runs in memory, for tests of the surface: a test says what happens to them. Ledgers are real chains, folded and verified by the real functions. */
import { randomUUID } from 'node:crypto';
import type { EntryPayload, LedgerEntry } from '../../src/contracts/run/protocol';
import type { SkillRecord } from '../../src/contracts/run/skill';
import type { RunStatus } from '../../src/contracts/run/status';
import type { Principal } from '../../src/contracts/principal';
import { seesAll } from '../../src/domain/conversation/access';
import { anchorOf, type Anchor } from '../../src/domain/run/ledger/anchor';
import { bareId, skillId } from '../../src/domain/run/ledger/ids';
import { replay, worldAt } from '../../src/domain/run/ledger/replay';
import { Fault } from '../../src/errors/fault';
import type { AuditFilter } from '../../src/store/ledger-reads';
import type { PendingApproval, RunPorts, RunRow, WritRow } from '../../src/surfaces/runs/ports';
import type { RunRequest } from '../../src/gateway/run-start';
import type { CognitionEvent, Session } from '../../src/surfaces/runs/session-view';
import { FakePackages } from './fake-packages';
import { entryAfter, newHash } from '../support/ledger';

export const RUN_AT = '2026-03-01T08:00:00.000Z';
const COUNTERS = {
  ...{ steps_started: 1, intents_declared: 0, proposals_staged: 0, commits: 0, rejections: 0 },
  ...{ failures: 0, recoveries: 0, retries: 0, approvals_pending: 0 },
};

export interface KeptRun {
  row: RunRow;
  session: Session;
  readonly key: string | null;
  readonly entries: LedgerEntry[];
  readonly approvals: PendingApproval[];
  readonly said: CognitionEvent[];
}

export class FakeRuns implements RunPorts {
  readonly kept: KeptRun[] = [];
  readonly asked: RunRequest[] = [];
  readonly writRows = new Map<string, WritRow>();
  readonly resolved: unknown[] = [];
  /** Those who wait for something to happen. */
  private readonly waiting = new Set<() => void>();
  /** Called with each run that is created; without it the run ends at once, as one of the mock does. */
  onCreate: (kept: KeptRun) => void = (kept) => this.end(kept, 'completed', 'mock cognition');

  private wake(): void {
    for (const wake of [...this.waiting]) wake();
  }
  private changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.waiting.add(done);
      signal.addEventListener('abort', done, { once: true });
      if (signal.aborted) done();
    });
  }

  add(more: Partial<RunRow> = {}, key: string | null = null): KeptRun {
    const runId = more.runId ?? randomUUID();
    const trajectoryId = newHash();
    const row: RunRow = {
      ...{ runId, tenant: 'default', trajectoryId, writId: newHash(), task: 'look around', status: 'running', summary: null },
      ...{ createdAt: RUN_AT, updatedAt: RUN_AT, endedAt: null, parentRunId: null, owner: null, branchedFrom: null },
      ...more,
    };
    const session: Session = {
      ...{ run_id: runId, task: row.task, trajectory_id: `traj:${row.trajectoryId}`, status: row.status, phase: 'intent', operator_state: 'Planning step 1' },
      ...{ current_step: 1, max_steps: 16, tokens_in: 0, tokens_out: 0, counters: { ...COUNTERS }, updated_at_ms: Date.parse(RUN_AT), log: [] },
    };
    const kept: KeptRun = { row, session, key, entries: [], approvals: [], said: [] };
    this.kept.unshift(kept);
    this.append(kept, { type: 'root', trajectory_id: row.trajectoryId, note: row.task });
    return kept;
  }

  append(kept: KeptRun, payload: EntryPayload): LedgerEntry {
    const entry = entryAfter(kept.entries.at(-1) ?? null, kept.row.trajectoryId, payload);
    kept.entries.push(entry);
    this.wake();
    return entry;
  }

  change(kept: KeptRun, session: Partial<Session>): void {
    kept.session = { ...kept.session, ...session, updated_at_ms: kept.session.updated_at_ms + 1 };
    kept.row = { ...kept.row, status: kept.session.status };
    this.wake();
  }

  say(kept: KeptRun, event: CognitionEvent): void {
    kept.said.push(event);
    this.wake();
  }

  end(kept: KeptRun, status: Exclude<RunStatus, 'running' | 'waiting_approval'>, answer: string | null): void {
    const terminated_by = status === 'completed' ? ('CognitionDone' as const) : status === 'cancelled' ? ('Cancelled' as const) : ('Error' as const);
    this.append(kept, { type: 'final_answer', text: answer, terminated_by });
    const summary = { steps_executed: 1, intents_submitted: 0, commits: 0, rejections: 0, failures: 0, final_answer: answer, terminated_by };
    kept.row = { ...kept.row, status, summary, endedAt: RUN_AT };
    this.change(kept, { status, phase: 'result', ...(answer !== null && { final_answer: answer }) });
  }

  private find(tenant: string, id: string): KeptRun | undefined {
    return this.kept.find(({ row }) => row.tenant === tenant && (row.runId === id || row.trajectoryId === id));
  }
  private get(tenant: string, id: string): KeptRun {
    const found = this.find(tenant, id);
    if (!found) throw new Fault('not_found', 'run.not_found', 'run not found', { runId: id });
    return found;
  }

  readonly marketplace = new FakePackages();

  readonly health: RunPorts['health'] = {
    version: '0.0.0',
    mode: () => Promise.resolve('reference'),
    defaultProvider: 'mock',
    stopping: () => false,
    checks: { store: () => Promise.resolve(), temporal: () => Promise.resolve() },
  };

  readonly gateway: RunPorts['gateway'] = {
    create: async ({ tenant }, request, { idempotencyKey }) => {
      this.asked.push(request);
      const first = this.kept.find(({ row, key }) => row.tenant === tenant && key !== null && key === idempotencyKey);
      if (first) return Promise.resolve({ run: first.row, replayed: true });
      const kept = this.add({ tenant, task: request.task }, idempotencyKey);
      const run = kept.row;
      this.onCreate(kept);
      return Promise.resolve({ run, replayed: false });
    },
    cancel: async ({ tenant }, id, _input) => {
      const kept = this.get(tenant, id);
      if (kept.row.endedAt !== null) throw new Fault('conflict', 'run.not_running', 'run is not in running state', { status: kept.row.status });
      this.end(kept, 'cancelled', null);
      return Promise.resolve({ status: 'done' as const });
    },
    approve: async ({ tenant }, id, { channel, proposalId }) => {
      const { approvals } = this.get(tenant, id);
      const at = approvals.findIndex((one) => one.channel === channel && (proposalId === null || one.proposalId === proposalId));
      if (at < 0) throw new Fault('not_found', 'run.no_pending_approval', 'no pending approval for this run/channel', { runId: id, channel });
      approvals.splice(at, 1);
      return Promise.resolve({ status: 'done' as const });
    },
    resume: async ({ tenant }, id, request) => {
      this.asked.push(request);
      const kept = this.get(tenant, id);
      if (kept.row.status === 'completed') throw new Fault('conflict', 'run.completed', 'run already completed', {});
      kept.row = { ...kept.row, status: 'running', endedAt: null };
      return Promise.resolve();
    },
    branch: async ({ tenant }, id, { commitId }) => {
      const { entries, row } = this.get(tenant, id);
      if (!entries.some(({ payload }) => payload.type === 'commit' && payload.id === commitId))
        throw new Fault('not_found', 'run.commit_not_found', 'commit not found in this run', { commitId });
      const made = this.add({ tenant, branchedFrom: { runId: row.runId, commitId } });
      return Promise.resolve({ runId: made.row.runId, trajectoryId: made.row.trajectoryId, replayed: false });
    },
    resolveEffect: async ({ tenant }, id, effect) => {
      this.get(tenant, id);
      this.resolved.push(effect);
      return Promise.resolve({ status: 'done' as const });
    },
    routedSubmit: async ({ tenant }, { tool }) => {
      const { row } = this.add({ tenant });
      const nothing = { commitId: null, reason: null, channel: null, childTrajectoryId: null };
      const of = { runId: row.runId, trajectoryId: row.trajectoryId, ...nothing };
      if (tool === 'fs_read') throw new Fault('conflict', 'run.tool_failed', "tool execution failed: path '../x' leaves the workspace", { tool });
      return Promise.resolve(
        tool === 'ghost' ? { ...of, status: 'rejected' as const, reason: 'unknown tool: ghost' } : { ...of, status: 'committed' as const, commitId: newHash() },
      );
    },
  };

  private listed({ tenant, subject, scopes }: Pick<Principal, 'tenant' | 'subject' | 'scopes'>, { tenant: of, owner }: RunRow): boolean {
    return of === tenant && (owner === null || owner === subject || seesAll({ scopes }));
  }

  readonly reads: RunPorts['reads'] = {
    find: (tenant, id) => Promise.resolve(this.find(tenant, id)?.row ?? null),
    list: (viewer, { statuses, limit, offset, parentRunId }) => {
      const mine = this.kept.filter(
        ({ row }) =>
          this.listed(viewer, row) && (statuses.length === 0 || statuses.includes(row.status)) && (parentRunId === null || row.parentRunId === parentRunId),
      );
      return Promise.resolve({ runs: mine.slice(offset, offset + limit).map(({ row }) => row), total: mine.length, nextCursor: null });
    },
    approvals: (tenant, id) => Promise.resolve(this.get(tenant, id).approvals),
    session: (tenant, id) => Promise.resolve(this.find(tenant, id)?.session ?? null),
    changes: (_tenant, _id, signal) => this.changes(signal),
    cognition: (tenant, id, signal) => this.cognition(this.get(tenant, id), signal),
    search: (viewer, query, limit) =>
      Promise.resolve(
        this.kept
          .filter(({ row }) => this.listed({ ...viewer, scopes: [] }, row) && row.task.includes(query))
          .slice(0, limit)
          .map(({ row }) => ({ runId: row.runId, field: 'task' as const, status: row.status, task: row.task, title: null, snippet: row.task, time: null })),
      ),
    usage: (tenant) =>
      Promise.resolve({ keys: null, total: { tenant, runs: this.kept.length, tokensIn: 0, tokensOut: 0, toolCalls: 0, usdMillicents: 0, costKnown: true } }),
  };

  private async *changes(signal: AbortSignal): AsyncIterable<number> {
    for (let at = 0; !signal.aborted; at += 1) {
      yield at;
      await this.changed(signal);
    }
  }

  private async *cognition(kept: KeptRun, signal: AbortSignal): AsyncIterable<CognitionEvent> {
    for (let at = 0; !signal.aborted;) {
      const event = kept.said[at];
      if (event) {
        at += 1;
        yield event;
      } else if (kept.row.endedAt !== null) return;
      else await this.changed(signal);
    }
  }

  private entriesOf(tenant: string, trajectoryId: string): readonly LedgerEntry[] {
    return this.find(tenant, trajectoryId)?.entries ?? [];
  }

  readonly ledger: RunPorts['ledger'] = {
    world: (tenant, id, toSeq) => Promise.resolve(worldAt(this.entriesOf(tenant, id).filter(({ seq }) => toSeq === null || seq <= toSeq))),
    replay: ({ tenant, runId, trajectoryId }, { compiler, policySet, signature }) => {
      const pins = {
        ...(compiler !== null && { requireCompiler: compiler }),
        ...(policySet !== null && { requirePolicySet: policySet }),
        requireSignature: signature,
      };
      return Promise.resolve(replay({ runId, trajectoryId, lineage: this.entriesOf(tenant, trajectoryId), pins }));
    },
    entries: (tenant, id, { kind, limit }) =>
      Promise.resolve(
        this.entriesOf(tenant, id)
          .filter((entry) => entry.kind === kind)
          .slice(0, limit),
      ),
    anchor: (tenant, id, toSeq) => Promise.resolve(anchorOf(this.entriesOf(tenant, id).filter(({ seq }) => toSeq === null || seq <= toSeq)) as Anchor),
    publicKeys: () => Promise.resolve([{ publicKey: newHash(), createdAt: RUN_AT, retiredAt: null }]),
    head: (tenant, id) => Promise.resolve(this.entriesOf(tenant, id).at(-1) ?? null),
    watch: (tenant, id, after, signal) => this.watch(this.get(tenant, id), after, signal),
    audit: (tenant, filter, { limit, offset }) => Promise.resolve(this.audited(tenant, filter).slice(offset, offset + limit)),
    count: (tenant, filter) => Promise.resolve(this.audited(tenant, filter).length),
  };

  private audited(tenant: string, { trajectoryId, kind, viewer = '' }: AuditFilter): readonly LedgerEntry[] {
    return this.kept
      .filter(({ row }) => this.listed({ tenant, subject: viewer, scopes: [] }, row) && (trajectoryId === null || row.trajectoryId === trajectoryId))
      .flatMap(({ entries }) => entries)
      .filter((entry) => kind === null || entry.kind === kind);
  }

  private async *watch(kept: KeptRun, after: number, signal: AbortSignal): AsyncIterable<LedgerEntry> {
    for (let at = after + 1; !signal.aborted;) {
      const entry = kept.entries[at];
      if (entry) {
        at += 1;
        yield entry;
      } else await this.changed(signal);
    }
  }

  readonly tools: RunPorts['tools'] = {
    list: () =>
      Promise.resolve([
        {
          ...{ name: 'kv_set', version: '0.0.1', description: 'Keeps a value.', effect_class: 'write' as const, risk_class: 'low' as const },
          ...{ input_schema: { type: 'object' }, idempotent: true, estimate: { tokens: 0, tool_calls: 1, wall_clock_ms: 10, usd_millicents: 0 } },
        },
      ]),
  };

  readonly policies: RunPorts['policies'] = {
    inForce: () =>
      Promise.resolve([
        {
          ...{ workers: 2, live: true, seenAt: RUN_AT },
          policies: [{ name: 'guard', version: '2', content_hash: '0'.repeat(64), rules: ['guard/no-system-files@2'] }],
          refused: [{ file: 'broken.json', policy: null, code: 'policy.invalid', reason: 'name: expected a name' }],
        },
      ]),
  };

  private revoked(tenant: string, writId: string, by: string | null): Promise<WritRow | null> {
    const row = this.writRows.get(`${tenant} ${writId}`);
    if (!row) return Promise.resolve(null);
    const changed: WritRow = { ...row, revokedAt: by === null ? null : RUN_AT, revokedBy: by };
    this.writRows.set(`${tenant} ${writId}`, changed);
    return Promise.resolve(changed);
  }
  readonly writs: RunPorts['writs'] = {
    find: (tenant, id) => Promise.resolve(this.writRows.get(`${tenant} ${id}`) ?? null),
    revoke: (tenant, id, by) => this.revoked(tenant, id, by),
    restore: (tenant, id) => this.revoked(tenant, id, null),
  };

  private readonly skillRecords = new Map<string, SkillRecord>();
  readonly skills: RunPorts['skills'] = {
    list: (tenant) => Promise.resolve([...this.skillRecords].filter(([at]) => at.startsWith(`${tenant} `)).map(([, record]) => record)),
    get: async (tenant, nameOrId) => {
      const id = bareId('skill', nameOrId);
      const found = [...this.skillRecords].find(([at, record]) => at.startsWith(`${tenant} `) && (record.id === id || record.skill.name === nameOrId))?.[1];
      if (!found) throw new Fault('not_found', 'skill.not_found', `unknown skill '${nameOrId}'`, { skill: nameOrId });
      return Promise.resolve(found);
    },
    put: async ({ tenant, subject }, skill) => {
      if (skill.name === '') throw new Fault('invalid', 'skill.name', 'skill name is required', { field: 'name' });
      const record = { id: skillId(skill), skill, createdBy: subject, createdAt: RUN_AT };
      this.skillRecords.set(`${tenant} ${skill.name}`, record);
      return Promise.resolve(record);
    },
  };
}
