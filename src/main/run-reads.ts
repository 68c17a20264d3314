/** What surfaces read of runs: rows, sessions, searches and sums, all from Postgres, so they cost the same while a run is at work, afterwards, and while no worker is up. */
import { runAddress } from '../contracts/run/commands';
import { LOG_EVENT_TYPES, LOG_MAX } from '../contracts/run/events';
import { seesAll } from '../domain/conversation/access';
import { lineOf } from '../domain/run/session-lines';
import { sessionOf } from '../domain/run/session';
import type { RunEvent } from '../contracts/run/events';
import { runHasEnded } from '../contracts/run/status';
import type { FoundInRun } from '../store/run-search';
import type { RunRow as Stored } from '../store/run-row';
import type { Store } from '../store/store';
import type { Session } from '../surfaces/runs/session-view';
import { merged } from '../domain/merged';
import { saidSoFar } from './run-cognition';
import type { PendingApproval, RunReads, RunRow, SearchHit } from '../surfaces/runs/ports';

type Reads = Omit<RunReads, 'cognition' | 'usage'>;

export const runReads = (store: Store): Reads => ({
  async find(tenant, id) {
    const row = await store.runs.get(tenant, id);
    return row && shownRun(store, row);
  },
  async list({ tenant, subject, scopes }, { parentRunId, ...filter }) {
    const viewer = seesAll({ scopes }) ? null : subject;
    const { runs, total, nextCursor } = await store.runs.list(tenant, { ...filter, parentId: parentRunId, viewer });
    return { runs: await Promise.all(runs.map((row) => shownRun(store, row))), total, nextCursor };
  },
  async approvals(tenant, runId) {
    const row = await store.runs.get(tenant, runId);
    return row?.state.pending && !runHasEnded(row.status) ? [pendingOf(row)] : [];
  },
  session: (tenant, runId) => sessionFrom(store, tenant, runId),
  changes: (tenant, runId, signal) => changesOf(store, runAddress(tenant, runId), signal),
  async search({ tenant, subject }, query, limit) {
    return (await store.searchRuns(tenant, { query, viewer: subject, limit })).map((found) => hitOf(found, query));
  },
});

async function shownRun(store: Store, { id, tenant, task, answer, status, state, createdAt, owner }: Stored): Promise<RunRow> {
  const { start, counters, terminatedBy } = state;
  const { steps_started, intents_declared, commits, rejections, failures } = counters;
  const ended = runHasEnded(status) && terminatedBy !== null;
  return {
    ...{ runId: id, tenant, trajectoryId: start.trajectoryId, writId: start.writId, task, status },
    summary: ended
      ? {
          ...{ steps_executed: steps_started, intents_submitted: intents_declared, commits, rejections, failures },
          ...{ final_answer: answer, terminated_by: terminatedBy },
        }
      : null,
    ...{ createdAt, updatedAt: state.updatedAt, endedAt: ended ? state.endedAt : null },
    ...{ parentRunId: start.parent?.runId ?? null, owner },
    branchedFrom: start.branchOf && { runId: await runOfTrajectory(store, tenant, start.branchOf.trajectoryId), commitId: start.branchOf.commitId },
  };
}

const runOfTrajectory = async (store: Store, tenant: string, trajectoryId: string): Promise<string | null> =>
  (await store.runs.get(tenant, trajectoryId))?.id ?? null;

function pendingOf({ state }: Stored): PendingApproval {
  const { channel, proposalId, tool, reason, since, quorum, verdicts } = state.pending as NonNullable<typeof state.pending>;
  const { approvalTimeoutMs } = state.start;
  return {
    ...{ channel, proposalId, tool, reason, requestedAt: since, needed: quorum },
    approvedBy: verdicts.flatMap(({ approved, approver }) => (approved ? [approver] : [])),
    deadlineAt: approvalTimeoutMs === null ? null : new Date(Date.parse(since) + approvalTimeoutMs).toISOString(),
  };
}

/** The row first: lines that come meanwhile are beyond it, and none before it is missing. */
async function sessionFrom(store: Store, tenant: string, runId: string): Promise<Session | null> {
  const row = await store.runs.get(tenant, runId);
  if (!row) return null;
  const events = await store.newestEvents(row.address, { types: LOG_EVENT_TYPES, limit: LOG_MAX });
  const { state, status, task, answer } = row;
  return sessionOf({
    run: { ...state, status },
    task,
    finalAnswer: runHasEnded(status) ? answer : null,
    partialAnswer: status === 'running' && state.doing.what === 'planning' ? saidSoFar(await store.runDeltas.read(row.address)) : null,
    events: events.filter(({ seq }) => seq <= row.lastSeq),
  }) as Session;
}

/** Once at first, then after every event, and while the model speaks. What comes while a reader is at work is told as one. */
async function* changesOf(store: Store, address: string, signal: AbortSignal): AsyncGenerator<unknown, void, void> {
  // Before the reader looks for the first time, or what comes in between would be missed.
  const after = await store.lastSeq(address);
  yield after;
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  try {
    yield* merged<unknown>([
      store.feed.subscribeActor(address, after, { signal: until }),
      spokenIn(store.frameReader.subscribeFrames(address, { signal: until })),
    ]);
  } finally {
    over.abort();
  }
}

/** Frames that change a session: what tools write does not. */
async function* spokenIn(frames: AsyncIterable<object>): AsyncGenerator<unknown, void, void> {
  for await (const frame of frames) if ((frame as { readonly type?: unknown }).type !== 'tool_output') yield frame;
}

const SNIPPET = 120;

/** The text around what was found. */
function snippetOf(text: string, query: string): string {
  const at = Math.max(0, text.toLowerCase().indexOf(query.toLowerCase()));
  const from = Math.max(0, at - SNIPPET / 2);
  const to = Math.min(text.length, at + query.length + SNIPPET / 2);
  return `${from > 0 ? '…' : ''}${text.slice(from, to)}${to < text.length ? '…' : ''}`;
}

function hitOf({ runId, field, status, task, answer, event }: FoundInRun, query: string): SearchHit {
  const line = event && lineOf(event as unknown as RunEvent);
  const text = field === 'task' ? task : field === 'answer' ? (answer ?? '') : line ? `${line.title}: ${line.detail}` : JSON.stringify(event?.data ?? {});
  return { ...{ runId, field, status, task, snippet: snippetOf(text, query) }, title: line?.title ?? null, time: event?.at ?? null };
}
