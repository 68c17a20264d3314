/** Frames of threads over the store: what local runs publish, what the thread tells of itself, and what the model of the run under way says. */
import { setTimeout as delay } from 'node:timers/promises';
import { conversationAddress } from '../contracts/conversation/commands';
import { METADATA_TYPES, TRANSIENT_TYPES, type ThreadFrame } from '../contracts/conversation/events';
import { endsRun, type RunEvent } from '../contracts/run/events';
import { runAddress } from '../contracts/run/commands';
import type { StreamDelta, ToolOutputFrame } from '../contracts/run/thinking';
import type { Store } from '../store/store';
import { merged } from '../domain/merged';
import { cognition } from './run-cognition';

interface Place {
  readonly tenant: string;
  readonly threadId: string;
}
interface RunPlace extends Place {
  readonly runId: string;
  readonly rolloutId: string;
  /** Of the thread when the run was known to be at work. */
  readonly sequence: number;
}
type Said = Extract<ThreadFrame, { readonly runId: string }>;
type Told = Pick<Said, 'type' | 'payload'> | Extract<ThreadFrame, { readonly type: 'gap' }>;

const KNOWN: ReadonlySet<unknown> = new Set(['gap', ...TRANSIENT_TYPES, ...METADATA_TYPES]);
/** A run that ended before its workflow began says nothing: after the thread told of its end, its last words are waited for this long. */
const LAST_WORDS_MS = 1_000;

/** Ends after `thread_deleted`. */
export async function* threadFrames(store: Store, place: Place, signal: AbortSignal): AsyncGenerator<ThreadFrame, void, void> {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const told = merged<ThreadFrame>([published(store, place, until), ofRuns(store, place, until)]);
  try {
    for await (const frame of told) {
      yield frame;
      if (frame.type === 'thread_deleted') return;
    }
  } finally {
    over.abort();
    await told.return();
  }
}

async function* published(store: Store, { tenant, threadId }: Place, signal: AbortSignal): AsyncGenerator<ThreadFrame, void, void> {
  for await (const frame of store.frameReader.subscribeFrames(conversationAddress(tenant, threadId), { signal })) {
    if (KNOWN.has(frame['type'])) yield frame as unknown as ThreadFrame;
  }
}

/** One run after the other: a thread has one at a time. */
async function* ofRuns(store: Store, place: Place, signal: AbortSignal): AsyncGenerator<ThreadFrame, void, void> {
  const { tenant, threadId } = place;
  const { threads, hubs } = store.conversations;
  const found = await threads.find(tenant, threadId);
  if (!found) return;
  const { holder, activeRolloutId: rolloutId, lastSequence } = found.thread;
  if (holder?.kind === 'run') yield* framesOfRun(store, { ...place, runId: holder.id, rolloutId, sequence: lastSequence }, signal);
  for await (const { type, runId, rolloutId: active, sequence } of hubs.watchThread(tenant, threadId, lastSequence, signal)) {
    if (type !== 'run_started' || runId === null) continue;
    const known = await threads.run(tenant, runId);
    if (!known || known.run.endedAt !== null || known.run.executionMode === 'local-mac') continue;
    yield* framesOfRun(store, { ...place, runId, rolloutId: active, sequence }, signal);
  }
}

async function* framesOfRun(store: Store, run: RunPlace, signal: AbortSignal): AsyncGenerator<ThreadFrame, void, void> {
  const { tenant, threadId, runId, rolloutId } = run;
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const told = merged<Told>([
    deltasOf(cognition(store, { tenant, runId }, until)),
    toolsOf(store, run, until),
    outputOf(store, run, until),
    lastWords(store, run, until, over),
  ]);
  let sequenceNumber = 0;
  try {
    for await (const one of told) {
      if (one.type === 'gap') yield one;
      else yield { type: one.type, payload: one.payload, threadId, runId, rolloutId, sequenceNumber: ++sequenceNumber };
    }
  } finally {
    over.abort();
    await told.return();
  }
}

async function* deltasOf(deltas: AsyncIterable<StreamDelta>): AsyncGenerator<Told, void, void> {
  for await (const delta of deltas) {
    if (delta.type === 'token') yield { type: 'assistant_message_delta', payload: { text: delta.text } };
    else if (delta.type === 'thinking') yield { type: 'assistant_thinking_delta', payload: { text: delta.text } };
    else if (delta.type === 'source') yield { type: 'assistant_message_source', payload: { url: delta.source.url, title: delta.source.title } };
  }
}

/** What programs of its tools write; and that frames are missing, of the model's words too, for both come the same way. */
async function* outputOf(store: Store, { tenant, runId }: RunPlace, signal: AbortSignal): AsyncGenerator<Told, void, void> {
  for await (const frame of store.frameReader.subscribeFrames(runAddress(tenant, runId), { signal })) {
    if (frame['type'] === 'gap') yield frame as Extract<ThreadFrame, { readonly type: 'gap' }>;
    if (frame['type'] !== 'tool_output') continue;
    const { intentId, tool, stream, text, omitted } = frame as unknown as ToolOutputFrame;
    yield { type: 'tool_output_delta', payload: { callId: intentId, tool, stream, text, omitted } };
  }
}

/** Tools at work, from now on. */
async function* toolsOf(store: Store, { tenant, runId }: RunPlace, signal: AbortSignal): AsyncGenerator<Told, void, void> {
  const address = runAddress(tenant, runId);
  for await (const event of store.feed.subscribeActor(address, await store.lastSeq(address), { signal })) {
    const told = toolFrame(event as unknown as RunEvent);
    if (told) yield told;
    if (endsRun(event.type)) return;
  }
}

function toolFrame({ type, data }: RunEvent): Told | null {
  switch (type) {
    case 'execution_started':
    case 'delegation_started':
      return { type: 'tool_call_started', payload: { callId: data.intentId, tool: data.tool } };
    case 'execution_observed':
      return { type: 'tool_call_completed', payload: { callId: data.intentId, tool: data.tool, status: 'done', latencyMs: data.latencyMs } };
    case 'execution_failed':
      return { type: 'tool_call_completed', payload: { callId: data.intentId, tool: data.tool, status: data.outcome } };
    case 'delegation_ended':
      return { type: 'tool_call_completed', payload: { callId: data.intentId, tool: data.tool, status: data.status } };
    default:
      return null;
  }
}

/** Says nothing itself; ends the others once the thread has told of the run's end. */
async function* lastWords(
  store: Store,
  { tenant, threadId, runId, sequence }: RunPlace,
  signal: AbortSignal,
  over: AbortController,
): AsyncGenerator<Told, void, void> {
  for await (const event of store.conversations.hubs.watchThread(tenant, threadId, sequence, signal)) {
    if (event.type !== 'run_completed' || event.runId !== runId) continue;
    await delay(LAST_WORDS_MS, undefined, { signal }).catch(() => undefined);
    over.abort();
    return;
  }
}
