/** The three streams of a run (digest §2.8–2.10). Each ends when the run has ended; comments keep it alive meanwhile. */
import { setTimeout as delay } from 'node:timers/promises';
import { runHasEnded } from '../../contracts/run/status';
import { resumePoint } from '../http/resume';
import { route } from '../http/route';
import type { SseMessage } from '../http/sse';
import { RunParams } from './bodies';
import { EntryEvent, eventView } from './ledger-views';
import { once, wakened } from './wake';
import type { RunPorts, RunRow } from './ports';
import { existing } from './run-access';
import { sessionOf } from './runs';
import { CognitionEvent, Session } from './session-view';

type Port = Pick<RunPorts, 'reads' | 'ledger'>;

/** A session is sent whole, so no more often than this. */
const SNAPSHOT_EVERY_MS = 40;

export const streamExecution = route({
  method: 'get',
  path: '/runs/:id/execution/stream',
  summary: 'Follow the execution session of a run',
  operationId: 'streamRunExecution',
  scope: 'runs:read',
  params: RunParams,
  reply: {
    status: 200,
    description: 'The whole session at once and after every change; a reader who is slow gets the newest one only. The last one is that of the end.',
    stream: true,
    events: { snapshot: Session },
  },
  also: [{ status: 204, description: 'To a reconnection: the end was seen. Browsers stop to reconnect.' }],
  handle: async (request, ports: Port) => {
    const row = await existing(ports.reads, request.principal, request.params.id);
    const session = await sessionOf(ports.reads, row);
    if (runHasEnded(session.status) && resumePoint(request) === session.updated_at_ms) return { status: 204 };
    return { messages: (signal) => snapshots(ports, row, signal) };
  },
});

async function* snapshots({ reads }: Port, row: RunRow, signal: AbortSignal): AsyncIterable<SseMessage> {
  const over = new AbortController();
  const changes = wakened(reads.changes(row.tenant, row.runId, over.signal));
  const stop = (): void => over.abort();
  signal.addEventListener('abort', stop, { once: true });
  try {
    while (await changes.next()) {
      const session = await sessionOf(reads, row);
      yield { id: String(session.updated_at_ms), event: 'snapshot', data: session };
      if (runHasEnded(session.status)) return;
      await delay(SNAPSHOT_EVERY_MS, undefined, { signal: over.signal }).catch(() => undefined);
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

export const streamCognition = route({
  method: 'get',
  path: '/runs/:id/stream',
  summary: 'Follow what the model of a run says',
  operationId: 'streamRunCognition',
  scope: 'runs:read',
  params: RunParams,
  reply: {
    status: 200,
    description: 'Named by their type. What is kept of the step under way comes first. Not the state of the run: that is `…/execution/stream`.',
    stream: true,
    events: { '*': CognitionEvent },
  },
  handle: async ({ params, principal }, { reads }: Port) => {
    const row = await existing(reads, principal, params.id);
    return { messages: (signal) => cognition(reads.cognition(row.tenant, row.runId, signal)) };
  },
});

async function* cognition(events: AsyncIterable<CognitionEvent>): AsyncIterable<SseMessage> {
  for await (const event of events) yield { event: event.type, data: event };
}

export const streamEntries = route({
  method: 'get',
  path: '/runs/:id/events',
  summary: 'Follow the ledger of a run',
  operationId: 'streamRunEvents',
  scope: 'runs:read',
  params: RunParams,
  reply: {
    status: 200,
    description:
      'Every entry from the first, or from the one after `Last-Event-ID`, then each as it is appended; `id` is its seq. Ends when the run has ended.',
    stream: true,
    events: { message: EntryEvent },
  },
  also: [{ status: 204, description: 'The run has ended and everything was read. Browsers stop to reconnect.' }],
  handle: async (request, ports: Port) => {
    const row = await existing(ports.reads, request.principal, request.params.id);
    const after = resumePoint(request) ?? -1;
    if (runHasEnded(row.status)) {
      const head = await ports.ledger.head(row.tenant, row.trajectoryId);
      if (head === null || head.seq <= after) return { status: 204 };
    }
    return { messages: (signal) => entries(ports, row, after, signal) };
  },
});

/** The seq of the last entry, once the run has ended; null when that is not waited for any more. */
async function lastSeq({ reads, ledger }: Port, { tenant, runId, trajectoryId }: RunRow, signal: AbortSignal): Promise<number | null> {
  for await (const _change of reads.changes(tenant, runId, signal)) {
    const row = await reads.find(tenant, runId);
    if (row && runHasEnded(row.status)) return (await ledger.head(tenant, trajectoryId))?.seq ?? -1;
  }
  return null;
}

async function* entries(ports: Port, row: RunRow, after: number, signal: AbortSignal): AsyncIterable<SseMessage> {
  const over = new AbortController();
  const stop = (): void => over.abort();
  signal.addEventListener('abort', stop, { once: true });
  const source = ports.ledger.watch(row.tenant, row.trajectoryId, after, over.signal)[Symbol.asyncIterator]();
  const ended = once(lastSeq(ports, row, over.signal));
  let next = source.next();
  try {
    for (let at = after; ended.value === undefined || (ended.value !== null && at < ended.value);) {
      // Once the end is known it must not be waited for again: what has resolved already would win every race, and nothing else in the process would have its turn.
      const entry = ended.value === undefined ? await Promise.race([next, ended.settled()]) : await next;
      if (entry === undefined) continue;
      if (entry.done) return;
      at = entry.value.seq;
      next = source.next();
      yield { id: String(at), data: eventView(entry.value) };
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
    next.catch(() => undefined);
    void source.return?.();
  }
}
