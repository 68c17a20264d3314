/** Runs of threads (digest §1.5): started as a stream or for one answer, listed, read, cancelled. */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { EXECUTION_MODES, isLocal } from '../../contracts/conversation/agent';
import type { StartedRun, ThreadRun } from '../../contracts/conversation/ports';
import type { Principal } from '../../contracts/principal';
import { merged } from '../../domain/merged';
import { route } from '../http/route';
import type { SseMessage } from '../http/sse';
import { CancelBody, RunBody, RunParams, RunsQuery } from './bodies';
import { envelope, enveloped, paged, pageEnvelope } from './envelope';
import { sseOf } from './events';
import { framesAfter, type LiveFrame } from './live';
import type { ThreadPorts } from './ports';
import { startRequest } from './run-request';
import { keyed, replayedHeader } from '../http/keyed';
import { accepted, cursorOf, placeOf } from './threads';
import { RunView, runView, UsageView, usageView } from './views';

const resource = 'thread-run';

const Answered = z
  .object({
    ...{ runId: z.string(), sandboxId: z.string().nullable(), threadId: z.string(), rolloutId: z.string(), executionMode: z.enum(EXECUTION_MODES) },
    targetDeviceId: z.string().nullable(),
    status: z
      .enum(['completed', 'failed', 'cancelled', 'registered', 'running', 'waiting_approval', 'queued'])
      .describe(
        '`registered`: a process of the owner runs it and publishes. `running`, `queued`, `waiting_approval`: it had not ended when this was answered.',
      ),
    result: z.string().nullable(),
    ...{ usage: UsageView.nullable(), iterations: z.int().min(0) },
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    position: z.int().min(0).describe('Runs that were before it when it was asked for.'),
  })
  .meta({ id: 'ThreadRunAnswer' });

const ENDED: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled']);
const headersOf = ({ runId, threadId, replayed }: StartedRun): Record<string, string> => ({
  ...{ 'X-Run-ID': runId, 'X-Thread-ID': threadId },
  ...replayedHeader(replayed),
});

const Started = z
  .object({ type: z.literal('run'), runId: z.string(), threadId: z.string(), rolloutId: z.string(), status: z.string(), position: z.int() })
  .meta({ id: 'ThreadRunStarted' });

export const startRun = route({
  method: 'post',
  path: '/v1/run',
  summary: 'Run an agent in a thread',
  operationId: 'startThreadRun',
  resource,
  scope: 'agent:run',
  limit: 'execute',
  idempotent: true,
  bodyRequired: true,
  body: RunBody,
  examples: { bodies: { once: { agent: 'writer', prompt: 'Say hello', stream: false }, next: { threadId: 'thr_1', prompt: 'And again' } } },
  reply: {
    status: 200,
    description: 'With `stream: false`: how it ended. An agent of `local-mac` is registered, and answered so at once.',
    body: enveloped(Answered).meta({ id: 'ThreadRunResult' }),
  },
  also: [
    {
      status: 200,
      description:
        'The frames of the run, named by their type, until `run_completed`. `id` of a durable one is its sequence: `GET /v1/threads/{id}/events` goes on after it.',
      stream: true,
      events: { run: Started, '*': z.looseObject({ type: z.string(), sequence: z.int().optional() }).meta({ id: 'ThreadFrame' }) },
    },
    { status: 202, description: 'With `stream: false`: it goes on; it had not ended in the time that this waits.', body: enveloped(Answered) },
  ],
  faults: [404],
  handle: async (request, ports: ThreadPorts) => {
    const { principal, body } = request;
    const started = await ports.conversations.startRun(principal, startRequest(body), keyed(request));
    const headers = headersOf(started);
    if (isLocal(started.executionMode)) return { headers, body: envelope(request, answerOf(started, null)) };
    if (body.stream) return { headers, messages: (signal) => streamOf(ports, principal, started, signal) };
    const waiting = AbortSignal.any([request.signal, AbortSignal.timeout(ports.runWaitMs)]);
    for await (const frame of ownFrames(ports, principal, started, waiting)) if (frame.type === 'run_completed') break;
    const answer = answerOf(started, await ports.reads.run(principal, started.runId));
    return { status: ENDED.has(answer.status) ? 200 : 202, headers, body: envelope(request, answer) };
  },
});

function answerOf({ runId, threadId, rolloutId, executionMode, targetDeviceId, position }: StartedRun, run: ThreadRun | null): z.output<typeof Answered> {
  return {
    ...{ runId, sandboxId: null, threadId, rolloutId: run?.rolloutId ?? rolloutId, executionMode, targetDeviceId },
    ...{ status: run?.status ?? ('registered' as const), result: run?.result ?? null, usage: run?.usage ? usageView(run.usage) : null },
    ...{ iterations: run?.iterations ?? 0, error: run?.error ?? null, position },
  };
}

type Port = Pick<ThreadPorts, 'feed' | 'reads'>;

/** A run that waits for its turn is looked at so often: one that is taken out of the queue leaves nothing in the thread. */
const QUEUED_MS = 1_000;

/** The end of a run that never began, also of one whose request came before. */
async function* dequeued({ reads }: Port, principal: Principal, { runId, threadId }: StartedRun, signal: AbortSignal): AsyncGenerator<LiveFrame, void, void> {
  for (;;) {
    await delay(QUEUED_MS, undefined, { signal }).catch(() => undefined);
    const run = signal.aborted ? null : await reads.run(principal, runId).catch(() => null);
    if (run?.status === 'queued') continue;
    if (!run || run.endedAt === null || run.startedAt !== null) return;
    const payload = { status: run.status, terminatedBy: null, error: null, usage: null, iterations: 0 };
    const told = { type: 'run_completed', threadId, runId, rolloutId: run.rolloutId, payload };
    return yield told;
  }
}

/** What is told of this run and of the thread, until the run has ended. */
async function* ownFrames(ports: Port, principal: Principal, started: StartedRun, signal: AbortSignal): AsyncGenerator<LiveFrame, void, void> {
  const { threadId, runId, afterSequence, status, replayed } = started;
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const told = framesAfter(ports, { tenant: principal.tenant, id: threadId }, { own: true, after: afterSequence }, until);
  try {
    for await (const frame of status === 'started' && !replayed ? told : merged([told, dequeued(ports, principal, started, until)])) {
      const of = (frame as { readonly runId?: string | null }).runId;
      // Of another run, which this one waits for.
      if (of !== undefined && of !== null && of !== runId) continue;
      yield frame;
      if (frame.type === 'run_completed') return;
    }
  } finally {
    over.abort();
  }
}

async function* streamOf(ports: ThreadPorts, principal: Principal, started: StartedRun, signal: AbortSignal): AsyncIterable<SseMessage> {
  const { runId, threadId, rolloutId, status, position } = started;
  yield { event: 'run', data: { type: 'run', runId, threadId, rolloutId, status, position } };
  yield* sseOf(ownFrames(ports, principal, started, signal));
}

export const listRuns = route({
  method: 'get',
  path: '/v1/run',
  summary: 'List runs of threads, newest first',
  operationId: 'listThreadRuns',
  scope: 'agent:read',
  query: RunsQuery,
  reply: { status: 200, description: 'A page of the caller’s runs.', body: paged(z.object({ runs: z.array(RunView) })).meta({ id: 'ThreadRuns' }) },
  handle: async (request, ports: ThreadPorts) => {
    const { principal, query } = request;
    const { limit, agent = null, thread: threadId = null, status = null, all = false } = query;
    const purpose = ['runs', principal.tenant, all ? null : principal.subject, agent, threadId, status];
    const after = placeOf(ports, purpose, query.cursor);
    const { items, next } = await ports.reads.runs(principal, { threadId, agent, status, all, limit, after });
    return { body: pageEnvelope(request, { runs: items.map((run) => runView(run, principal)) }, cursorOf(ports, purpose, next)) };
  },
});

export const getRun = route({
  method: 'get',
  path: '/v1/run/:id',
  summary: 'Read a run of a thread',
  operationId: 'getThreadRun',
  scope: 'agent:read',
  params: RunParams,
  reply: { status: 200, description: 'With what it waits for people with, where it does.', body: enveloped(RunView).meta({ id: 'ThreadRunRecord' }) },
  handle: async (request, { reads }: ThreadPorts) => ({
    body: envelope(request, runView(await reads.run(request.principal, request.params.id), request.principal)),
  }),
});

export const cancelRun = route({
  method: 'post',
  path: '/v1/run/:id/cancel',
  summary: 'Cancel a run of a thread',
  operationId: 'cancelThreadRun',
  resource,
  scope: 'agent:run',
  idempotent: true,
  params: RunParams,
  body: CancelBody,
  examples: { bodies: { why: { reason: 'no longer needed' } } },
  reply: {
    status: 200,
    description: 'Its model call and its tool are stopped; `run_completed` says so. One that waits for its turn is taken out of the queue.',
    body: enveloped(z.object({ runId: z.string(), threadId: z.string(), accepted })).meta({ id: 'ThreadRunCancelling' }),
  },
  handle: async (request, { conversations }: ThreadPorts) => {
    const asked = { threadId: null, runId: request.params.id, reason: request.body.reason ?? null };
    const { runId, threadId, status } = await conversations.cancelRun(request.principal, asked, keyed(request));
    return { body: envelope(request, { runId, threadId, accepted: status === 'accepted' }) };
  },
});
