/** What comes of a run that was: it is resumed in its trajectory, branched from one of its commits, or an effect of it is settled by a person. */
import { randomUUID } from 'node:crypto';
import type { Principal } from '../contracts/principal';
import { resolveEffect, runAddress } from '../contracts/run/commands';
import type { LedgerEntry, Writ } from '../contracts/run/protocol';
import { TITLE_MAX, type RunSpec, type RunStart } from '../contracts/run/start';
import { branchTrajectoryId } from '../domain/run/ledger/ids';
import type { Grant } from '../domain/run/authority/grant';
import { narrowedTo } from '../domain/run/authority/narrowing';
import { openRun, reopenRun, type RunState } from '../domain/run/state';
import { Fault } from '../errors/fault';
import { launchRun, type AdmittedRun } from './run-launch';
import { firstEntries, grantOfWrit, specOf, startOf, type RunRequest } from './run-start';
import type { Keyed, KnownRun, Runs } from './runs';

type Json = Extract<LedgerEntry['payload'], { readonly type: 'effect_resolved' }>['output'];

interface Growing {
  readonly id: string;
  readonly commitId: string;
  readonly note: string;
  readonly request: RunRequest | null;
  readonly requestId: string;
}

const READ_BACK_MS = 2_000;
/** Entries of one trajectory that are looked through for one. */
const PAGE = 500;

/** What is part of a thread goes on there, one run after the other, and is gone when the thread is deleted. Fault `run.of_thread` (conflict). */
function assertAlone({ owner }: KnownRun): void {
  if (owner !== null) throw new Fault('conflict', 'run.of_thread', 'the run is part of a thread, which goes on by a run of its own', {});
}

export class RunContinuations<Row extends KnownRun> {
  constructor(private readonly runs: Runs<Row>) {}

  /**
   * The same run goes on: same id, trajectory, tenant and limits, under its writ or a narrower one. Everything that it needs is in the row and the ledger. Faults (conflict):
   * `run.completed`, `run.still_running`, `run.of_thread`; `run.grant` (invalid) for more than its writ allows.
   */
  async resume(principal: Principal, runId: string, request: RunRequest, keyed: Keyed): Promise<void> {
    this.runs.assertOpen();
    const { tenant } = principal;
    const before = await this.runs.known(tenant, runId);
    assertAlone(before);
    const route = `POST /runs/${before.id}/resume`;
    const { attempt } = before.state.start;
    // Of the attempt that the key's first request makes: a repetition finds it begun.
    await this.runs.deps.store.once({ tenant, route, key: keyed.idempotencyKey, body: request }, String(attempt + 1), {
      find: async (made) => {
        const now = await this.runs.known(tenant, before.id);
        return now.state.start.attempt >= Number(made) ? now : null;
      },
      make: () => this.goOn(principal, before, request, keyed.requestId),
    });
  }

  private async goOn(principal: Principal, before: Row, request: RunRequest, requestId: string): Promise<Row> {
    const { tenant } = principal;
    if (before.status === 'completed') throw new Fault('conflict', 'run.completed', 'run already completed', { status: before.status });
    if (before.status === 'running' || before.status === 'waiting_approval')
      throw new Fault('conflict', 'run.still_running', 'run is still running', { status: before.status });
    const admitted = await this.nextAttempt(principal, before, request);
    if (!(await this.runs.deps.store.readmit(before, admitted, this.runs.deps.limits)))
      throw new Fault('conflict', 'run.still_running', 'run is still running', {});
    await this.runs.orDismissed(admitted.start, async () => {
      await launchRun(this.runs.deps.client, admitted, requestId);
    });
    await this.runs.deps.store.waitForSeq(runAddress(tenant, before.id), before.lastSeq + 1, READ_BACK_MS);
    return this.runs.known(tenant, before.id);
  }

  private async nextAttempt(principal: Principal, before: Row, request: RunRequest): Promise<AdmittedRun> {
    const { deps } = this.runs;
    const { tenant } = principal;
    const earlier = await this.spec(tenant, before.state.start);
    const writ = await this.writ(tenant, before.state.start);
    const { skills } = await this.runs.asked(principal, {
      ...request,
      toolScopes: [],
      effectCeiling: null,
      budget: null,
      timeWindow: null,
      maxDelegationDepth: null,
    });
    const cognition = this.runs.choice(request, skills, earlier.cognition);
    const grant = narrowedTo(
      grantOfWrit(writ),
      request,
      skills.map(({ skill }) => skill),
    );
    const narrower = grant === null ? writ : await this.narrower(before, writ, grant);
    const spec = specOf(request, skills, cognition);
    const started = before.status !== 'created';
    const start: RunStart = {
      ...before.state.start,
      ...{ specRef: await deps.putBlob(tenant, JSON.stringify(spec)), title: deps.redact(spec.task).slice(0, TITLE_MAX), maxSteps: request.maxSteps },
      ...{ attempt: before.state.start.attempt + (started ? 1 : 0), writId: narrower.id, budget: narrower.body.budget },
      ...{ expiresAt: narrower.body.time_window.expires_at, approvalTimeoutMs: deps.approvalTimeoutMs },
      ...{ by: { subject: principal.subject, via: principal.via ?? 'api' }, createdAt: new Date().toISOString() },
    };
    if (!started) return { start, carried: null };
    const state = reopenRun({ ...before.state, unknownEffects: await this.unresolved(before) }, start);
    return { start, carried: { state, seq: before.lastSeq } };
  }

  /**
   * A run of its own whose world is that of the commit. With a request it begins to run at once; without one {@link resume} starts it. The same commit may be branched again and again.
   * Faults `run.commit_not_found`, `run.of_thread` (conflict).
   */
  async branch(
    principal: Principal,
    runId: string,
    { commitId, note, run: request }: { readonly commitId: string; readonly note: string; readonly run: RunRequest | null },
    keyed: Keyed,
  ): Promise<{ readonly runId: string; readonly trajectoryId: string; readonly replayed: boolean }> {
    this.runs.assertOpen();
    const source = await this.runs.known(principal.tenant, runId);
    assertAlone(source);
    const asked = { tenant: principal.tenant, route: `POST /runs/${source.id}/branch`, key: keyed.idempotencyKey, body: { commitId, note, request } };
    const { row, replayed } = await this.runs.deps.store.once(asked, randomUUID(), {
      find: (id) => this.runs.deps.store.get(principal.tenant, id),
      make: (id) => this.grow(principal, source, { id, commitId, note, request, requestId: keyed.requestId }),
    });
    return { runId: row.id, trajectoryId: row.state.start.trajectoryId, replayed };
  }

  private async grow(principal: Principal, source: Row, { id, commitId, note, request, requestId }: Growing): Promise<Row> {
    const { deps } = this.runs;
    const { tenant } = principal;
    const from = await this.commitOf(tenant, source.state.start.trajectoryId, commitId);
    const earlier = await this.spec(tenant, source.state.start);
    const sourceWrit = await this.writ(tenant, source.state.start);
    const asked = request === null ? null : await this.runs.asked(principal, request);
    const grant = asked?.grant ?? grantOfWrit(sourceWrit);
    const spec: RunSpec =
      request === null || asked === null ? earlier : specOf(request, asked.skills, this.runs.choice(request, asked.skills, earlier.cognition));
    const writ = await deps.writs.mint({ tenant, runId: id, userId: request?.userId ?? null, grant, parent: null });
    await deps.writs.keep(id, writ);
    const branchOf = { trajectoryId: from.trajectoryId, commitId };
    const start = startOf({
      ...{ principal, id, trajectoryId: await this.branchId(tenant, branchOf, id), task: deps.redact(spec.task), writ, branchOf, routed: false },
      specRef: await deps.putBlob(tenant, JSON.stringify(spec)),
      ...{ maxSteps: request?.maxSteps ?? source.state.start.maxSteps, approvalTimeoutMs: deps.approvalTimeoutMs },
    });
    const entries = firstEntries(
      { type: 'branch', source_trajectory_id: branchOf.trajectoryId, source_commit_id: commitId, note: deps.redact(note) },
      request === null ? [] : spec.skills,
      deps.redact,
    );
    if (request === null) {
      await this.runs.begin(start, entries);
      await deps.store.insertCreated({ ...openRun(start), status: 'created' }, deps.redact(spec.task));
    } else {
      await deps.store.admit(start, openRun(start), { task: deps.redact(spec.task), limits: deps.limits });
      await this.runs.orDismissed(start, async () => {
        await this.runs.begin(start, entries);
        await launchRun(deps.client, { start, carried: null }, requestId);
      });
    }
    return this.runs.known(tenant, id);
  }

  /** It descends from the one before, so that revoking that one ends it too, and may delegate one step less deep. Where that one may not be divided it stands for itself. */
  private async narrower({ id, tenant }: Row, writ: Writ, grant: Grant): Promise<Writ> {
    const { max_depth, may_subdivide } = writ.body.delegation;
    const depth = Math.min(grant.delegation.max_depth, max_depth - 1);
    const parent = may_subdivide && depth >= 0 ? writ : null;
    const delegation = parent ? { max_depth: depth, may_subdivide: depth > 0 } : grant.delegation;
    const next = await this.runs.deps.writs.mint({ tenant, runId: id, userId: null, grant: { ...grant, delegation }, parent });
    await this.runs.deps.writs.keep(id, next);
    return next;
  }

  /** What a person found out goes into the ledger, and from there to the model. Twice shows the first. Fault `run.effect_not_found`. */
  async resolveEffect(
    principal: Principal,
    runId: string,
    { proposalId, outcome, output }: { readonly proposalId: string; readonly outcome: 'done' | 'not_done'; readonly output: Json },
    { requestId }: Keyed,
  ): Promise<{ readonly status: 'done' | 'accepted' }> {
    const { tenant, subject } = principal;
    const run = await this.runs.known(tenant, runId);
    const { trajectoryId } = run.state.start;
    const unknown = await this.entry(
      tenant,
      trajectoryId,
      ({ payload }) => payload.type === 'execution_failed' && payload.outcome === 'unknown' && payload.proposal_id === proposalId,
    );
    if (!unknown) throw new Fault('not_found', 'run.effect_not_found', 'no effect of this run is unknown under this proposal', { proposal_id: proposalId });
    const redacted = this.runs.deps.redact(output);
    const entry = await this.runs.deps.ledger.append({
      ...{ tenant, trajectoryId, runId: run.id, requestId: `resolve:${proposalId}` },
      build: () => ({ type: 'effect_resolved', proposal_id: proposalId, outcome, output: redacted, resolved_by: subject, at: new Date().toISOString() }),
    });
    if (run.status !== 'running' && run.status !== 'waiting_approval') return { status: 'done' };
    const stands = entry.payload.type === 'effect_resolved' ? entry.payload.outcome : outcome;
    try {
      return { status: (await this.runs.command(principal, run.id, resolveEffect, { input: { proposal_id: proposalId, outcome: stands }, requestId })).status };
    } catch (thrown) {
      // It ended in the same moment; the ledger has what counts.
      if (thrown instanceof Fault && thrown.code === 'run.not_running') return { status: 'done' };
      throw thrown;
    }
  }

  private async unresolved({ tenant, state }: Row): Promise<RunState['unknownEffects']> {
    const resolved = new Set<string>();
    if (state.unknownEffects.length > 0)
      await this.entry(tenant, state.start.trajectoryId, ({ payload }) => {
        if (payload.type === 'effect_resolved') resolved.add(payload.proposal_id);
        return false;
      });
    return state.unknownEffects.filter((id) => !resolved.has(id));
  }

  private async entry(tenant: string, trajectoryId: string, wanted: (entry: LedgerEntry) => boolean): Promise<LedgerEntry | null> {
    for (let afterSeq = -1; ;) {
      const page = await this.runs.deps.ledger.entries({ tenant, trajectoryId, afterSeq, limit: PAGE });
      const found = page.find(wanted);
      if (found || page.length < PAGE) return found ?? null;
      afterSeq = page.at(-1)?.seq ?? afterSeq;
    }
  }

  /** Where a commit of the trajectory or of its ancestors stands. */
  private async commitOf(tenant: string, trajectoryId: string, commitId: string): Promise<{ readonly trajectoryId: string }> {
    const found = await this.runs.deps.ledger.findCommit({ tenant, trajectoryId, commitId });
    if (!found) throw new Fault('not_found', 'run.commit_not_found', 'this run has no such commit', { commit_id: commitId });
    return found;
  }

  private async branchId(tenant: string, { trajectoryId, commitId }: NonNullable<RunStart['branchOf']>, runId: string): Promise<string> {
    const first = branchTrajectoryId(trajectoryId, commitId);
    return (await this.runs.deps.ledger.head(tenant, first)) === null ? first : branchTrajectoryId(trajectoryId, commitId, runId);
  }

  private async spec(tenant: string, { specRef }: RunStart): Promise<RunSpec> {
    const text = await this.runs.deps.store.getBlob(tenant, specRef);
    if (text === null) throw new Fault('internal', 'run.gone', 'What the run is about is not stored any more.', {});
    return JSON.parse(text) as RunSpec;
  }

  private async writ(tenant: string, { writId }: RunStart): Promise<Writ> {
    const found = await this.runs.deps.writs.find(tenant, writId);
    if (!found) throw new Fault('internal', 'run.gone', 'The writ of the run is not stored any more.', {});
    return found.writ;
  }
}
