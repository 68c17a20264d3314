/** What the surface of runs reads: rows, sessions, what models say, searches; over the store. */
import { LOG_EVENT_TYPES, LOG_MAX, endsRun, type RunEvent } from '../contracts/run/events';
import { runAddress } from '../contracts/run/commands';
import type { DeltaFrame, StreamDelta } from '../contracts/run/thinking';
import { runHasEnded } from '../contracts/run/status';
import { sessionOf } from '../domain/run/session';
import { lineOf } from '../domain/run/session-lines';
import type { RunRow as StoredRun } from '../store/run-row';
import type { FoundInRun } from '../store/run-search';
import type { Store } from '../store/store';
import type { PendingApproval, RunReads, RunRow, SearchHit } from '../surfaces/runs/ports';
import { merged } from './merged';

type Reads = Omit<RunReads, 'usage'>;

export const runReads = (store: Store): Reads => ({
  async find(tenant, id) {
    const row = await store.runs.get(tenant, id);
    return row && rowView(store, row);
  },
  async list(tenant, { parentRunId, ...filter }) {
    const { runs, total, nextCursor } = await store.runs.list(tenant, { ...filter, parentId: parentRunId });
    return { runs: await Promise.all(runs.map((row) => rowView(store, row))), total, nextCursor };
  },
  async approvals(tenant, runId) {
    const row = await store.runs.get(tenant, runId);
    return row ? pendingOf(row) : [];
  },
  async session(tenant, runId) {
    const row = await store.runs.get(tenant, runId);
    if (!row) return null;
    const events = await store.newestEvents(row.address, { types: LOG_EVENT_TYPES, limit: LOG_MAX });
    const partialAnswer = row.state.doing.what === 'planning' && row.status === 'running' ? saidSoFar(await store.runDeltas.read(row.address)) : null;
    const run = { ...row.state, status: row.status };
    const { counters, log, ...session } = sessionOf({ run, task: row.task, finalAnswer: row.answer, partialAnswer, events });
    return { ...session, counters: { ...counters }, log: [...log] };
  },
  changes: (tenant, runId, signal) => changes(store, runAddress(tenant, runId), signal),
  cognition: (tenant, runId, signal) => cognition(store, { tenant, runId }, signal),
  async search(tenant, query, limit) {
    return (await store.searchRuns(tenant, query, limit)).map((found) => hitView(found, query));
  },
});

async function rowView(store: Pick<Store, 'runs'>, { id, tenant, task, answer, status, state }: StoredRun): Promise<RunRow> {
  const { start, terminatedBy, counters } = state;
  const ended = runHasEnded(status) && terminatedBy !== null;
  const summary = ended
    ? {
        ...{ steps_executed: counters.steps_started, intents_submitted: counters.intents_declared, commits: counters.commits },
        ...{ rejections: counters.rejections, failures: counters.failures, final_answer: answer, terminated_by: terminatedBy },
      }
    : null;
  const source = start.branchOf && (await store.runs.get(tenant, start.branchOf.trajectoryId));
  return {
    ...{ runId: id, tenant, trajectoryId: start.trajectoryId, writId: start.writId, task, status, summary },
    ...{ createdAt: start.createdAt, updatedAt: state.updatedAt, endedAt: ended ? state.endedAt : null, parentRunId: start.parent?.runId ?? null },
    branchedFrom: start.branchOf && { runId: source?.id ?? null, commitId: start.branchOf.commitId },
  };
}

function pendingOf({ state: { pending } }: StoredRun): readonly PendingApproval[] {
  if (!pending) return [];
  const { channel, proposalId, tool, reason, quorum, verdicts, since } = pending;
  const approvedBy = verdicts.filter(({ approved }) => approved).map(({ approver }) => approver);
  return [{ channel, proposalId, tool, reason, requestedAt: since, needed: quorum, approvedBy }];
}

/** Characters of what a session shows of an answer under way: the end of it. */
const PARTIAL_MAX = 20_000;

function saidSoFar(frames: readonly DeltaFrame[]): string | null {
  const last = frames.at(-1);
  if (!last) return null;
  const deltas = frames.filter(({ turn }) => turn === last.turn).flatMap((frame) => frame.deltas);
  if (deltas.some(({ type }) => type === 'turn_complete' || type === 'error')) return null;
  return deltas
    .flatMap((delta) => (delta.type === 'token' ? [delta.text] : []))
    .join('')
    .slice(-PARTIAL_MAX);
}

/** Something at first, then for every event and every frame. */
async function* changes(store: Pick<Store, 'feed' | 'frameReader' | 'lastSeq'>, address: string, signal: AbortSignal): AsyncGenerator<unknown, void, void> {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const after = await store.lastSeq(address);
  const sources = [store.feed.subscribeActor(address, after, { signal: until }), store.frameReader.subscribeFrames(address, { signal: until })];
  try {
    yield 'first';
    yield* merged<unknown>(sources);
  } finally {
    over.abort();
  }
}

type Told = { readonly kind: 'frame'; readonly frame: Readonly<Record<string, unknown>> } | { readonly kind: 'event'; readonly type: string };

async function* mapped<A, B>(source: AsyncIterable<A>, change: (value: A) => B): AsyncGenerator<B, void, void> {
  for await (const value of source) yield change(value);
}

/** What is kept, then what comes, each frame once, until the run has ended and everything that was said before is told. */
async function* cognition(store: Store, { tenant, runId }: { tenant: string; runId: string }, signal: AbortSignal): AsyncGenerator<StreamDelta, void, void> {
  const address = runAddress(tenant, runId);
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const seen = new Seen();
  const after = await store.lastSeq(address);
  // Frames are kept before they are sent: who subscribes before reading misses none.
  const told = merged<Told>([
    mapped(store.feed.subscribeActor(address, after, { signal: until }), ({ type }) => ({ kind: 'event' as const, type })),
    mapped(store.frameReader.subscribeFrames(address, { signal: until }), (frame) => ({ kind: 'frame' as const, frame: { ...frame } })),
  ]);
  try {
    yield* seen.fresh(await store.runDeltas.read(address));
    const row = await store.runs.get(tenant, runId);
    if (row && runHasEnded(row.status)) return;
    for await (const one of told) {
      if (one.kind === 'frame') {
        if (one.frame['type'] === 'cognition') yield* seen.fresh([one.frame as unknown as DeltaFrame]);
      } else if (endsRun(one.type)) {
        yield* seen.fresh(await store.runDeltas.read(address));
        return;
      }
    }
  } finally {
    over.abort();
    await told.return();
  }
}

/** Frames of a turn come in their order, so its last number says which are known; turns of late are remembered. */
class Seen {
  static readonly TURNS_MAX = 1_000;
  readonly #last = new Map<string, number>();

  *fresh(frames: readonly DeltaFrame[]): Generator<StreamDelta, void, void> {
    for (const { turn, n, deltas } of frames) {
      if (n <= (this.#last.get(turn) ?? 0)) continue;
      this.#last.delete(turn);
      this.#last.set(turn, n);
      if (this.#last.size > Seen.TURNS_MAX) this.#last.delete(this.#last.keys().next().value as string);
      yield* deltas;
    }
  }
}

/** Characters on either side of what was found. */
const AROUND = 80;

function snippetOf(text: string, query: string): string {
  const at = Math.max(0, text.toLowerCase().indexOf(query.toLowerCase()));
  const [from, to] = [Math.max(0, at - AROUND), at + query.length + AROUND];
  return `${from > 0 ? '…' : ''}${text.slice(from, to)}${to < text.length ? '…' : ''}`;
}

function hitView({ runId, status, task, answer, field, event }: FoundInRun, query: string): SearchHit {
  const line = event && lineOf({ type: event.type, data: event.data } as unknown as RunEvent);
  const text = field === 'task' ? task : field === 'answer' ? (answer ?? '') : (line?.detail ?? '');
  const title = line?.title ?? null;
  const told = title?.toLowerCase().includes(query.toLowerCase()) ? title : text;
  return { runId, field, status: field === 'event' ? null : status, task, title, snippet: snippetOf(told, query), time: event?.at ?? null };
}
