/**
 * Threads of conversations: what one publishes until a hundred subscribers have it, beside `@temporalio/workflow-streams` for the same durable events; and a run that is created and
 * joined by LangGraph's own client, beside LangGraph's dev server.
 */
import { Client } from '@langchain/langgraph-sdk';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { figure, type Figure } from './figures';
import { HelperProcess } from './helper-process';
import { LangGraphServer } from './langgraph-server';
import type { Bench } from './scenario';
import { Subscribers } from './subscribers';
import { inParallel } from './waiting';

const PEER = join(__dirname, '..', '..', 'bench', 'workflow-streams');
const PEER_MS = 120_000;
const SUBSCRIBERS = 100;
const WARM_UP = 10;
/** Events of one request, where as many as possible are wanted. */
const BATCH = 50;
const WIDTH = 20;
const TEXT = 'a few words of what a model says';

interface Publisher {
  readonly threadId: string;
  /** Publishes `count` events and resolves when they are accepted. */
  durable(from: number, count: number): Promise<void>;
  transient(sample: number): Promise<void>;
  end(): Promise<void>;
}

/** A local run, whose events come from outside. */
async function publisher({ api }: Bench): Promise<Publisher> {
  const slug = `bench-local-${randomUUID().slice(0, 8)}`;
  const definition = { slug, name: slug, executionMode: 'local-mac', targetDeviceId: 'bench' };
  await api.call({ method: 'POST', path: '/v1/agents', body: definition });
  const started = await api.call({ method: 'POST', path: '/v1/run', body: { agent: slug, prompt: 'Say something', stream: false } });
  const { threadId, runId, rolloutId } = started.body['data'] as Readonly<Record<'threadId' | 'runId' | 'rolloutId', string>>;
  const append = (events: readonly object[]) => api.call({ method: 'POST', path: `/v1/threads/${threadId}/events`, body: { runId, rolloutId, events } });
  let sequenceNumber = 0;
  return {
    threadId,
    durable: async (from, count) => {
      const events = Array.from({ length: count }, (_, at) => ({ type: 'assistant_message', payload: { text: `sample-${from + at} ${TEXT}` } }));
      await append(events);
    },
    transient: async (sample) => {
      const payload = { text: `sample-${sample} ${TEXT}` };
      const body = { type: 'assistant_message_delta', threadId, runId, rolloutId, sequenceNumber: (sequenceNumber += 1), payload };
      await api.call({ method: 'POST', path: '/v1/thread-events', body });
    },
    end: async () => void (await append([{ type: 'run_completed', payload: { status: 'completed' } }])),
  };
}

/** Times until each subscriber had each sample, one published after the other. */
async function delays(samples: number, subscribers: Subscribers, publish: (sample: number) => Promise<void>): Promise<readonly number[]> {
  const ms: number[] = [];
  for (let at = 0; at < samples + WARM_UP; at++) {
    const all = subscribers.all(at);
    const started = performance.now();
    await publish(at);
    const arrived = (await all).map((arrival) => arrival - started);
    if (at >= WARM_UP) ms.push(...arrived);
  }
  return ms;
}

async function fanOut(bench: Bench): Promise<readonly Figure[]> {
  const { samples } = bench.options;
  const from = await publisher(bench);
  const subscribers = await Subscribers.open(`${bench.api.url.replace('http', 'ws')}/v1/threads/${from.threadId}/events`, SUBSCRIBERS);
  try {
    const durable = await delays(samples, subscribers, (at) => from.durable(at, 1));
    subscribers.forget();
    const transient = await delays(samples, subscribers, (at) => from.transient(at));
    subscribers.forget();
    const batches = Math.max(2, Math.ceil(samples / BATCH));
    const last = subscribers.all(batches * BATCH - 1);
    const started = performance.now();
    for (let at = 0; at < batches; at++) await from.durable(at * BATCH, BATCH);
    const seconds = (Math.max(...(await last)) - started) / 1_000;
    const note = `${SUBSCRIBERS} WebSockets; from the request until a subscriber has it, each of them counted`;
    return [
      figure('durable event to its subscribers', 'ms', durable, { note }),
      figure('transient frame to its subscribers', 'ms', transient, { note }),
      figure('durable events a second, each to 100 subscribers', 'per second', [(batches * BATCH) / seconds], { note: `published ${BATCH} at a time` }),
      figure('frames a second that subscribers receive', 'per second', [(batches * BATCH * SUBSCRIBERS) / seconds], { note: 'one API process, one thread' }),
    ];
  } finally {
    subscribers.close();
    await from.end();
  }
}

/** The peer's subscribers poll by updates, of which a workflow takes ten at a time; so it is asked with fewer too. */
async function peerFanOut({ system, options }: Bench): Promise<readonly Figure[]> {
  const worker = await HelperProcess.start(join(PEER, 'worker.mjs'), [system.temporalAddress]);
  const client = await HelperProcess.start(join(PEER, 'client.mjs'), [system.temporalAddress]).catch(async (problem: unknown) => {
    await worker.end();
    throw problem;
  });
  try {
    const figures: Figure[] = [];
    for (const subscribers of [8, SUBSCRIBERS]) {
      const samples = Math.min(options.samples, 50);
      const { ms, wanted } = await client.ask({ fanOut: { samples, subscribers, withinMs: 60_000 } }, PEER_MS);
      const arrived = ms as readonly number[];
      const note = `${subscribers} subscribers of one workflow; ${arrived.length} of ${String(wanted)} arrived within a minute`;
      if (arrived.length > 0) figures.push(figure(`workflow-streams: item to its ${subscribers} subscribers`, 'ms', arrived, { note }));
    }
    return figures;
  } finally {
    await client.end();
    await worker.end();
  }
}

interface Joined {
  readonly ms: readonly number[];
  readonly perSecond: number;
}

/** A thread, a run in it, and its end, by the client; one after the other, then many at a time. */
async function createRunJoin(samples: number, apiUrl: string, assistant: string): Promise<Joined> {
  const client = new Client({ apiUrl, apiKey: null, callerOptions: { maxConcurrency: WIDTH, maxRetries: 0 } });
  const once = async (): Promise<void> => {
    const { thread_id: threadId } = await client.threads.create();
    const { run_id: runId } = await client.runs.create(threadId, assistant, { input: { messages: [{ role: 'user', content: 'Hello' }] } });
    await client.runs.join(threadId, runId);
  };
  const ms: number[] = [];
  for (let at = -WARM_UP; at < samples; at++) {
    const started = performance.now();
    await once();
    if (at >= 0) ms.push(performance.now() - started);
  }
  const started = performance.now();
  await inParallel(Array.from({ length: samples }), WIDTH, once);
  return { ms, perSecond: (samples * 1_000) / (performance.now() - started) };
}

const joinedFigures = (who: string, { ms, perSecond }: Joined, note: string): readonly Figure[] => [
  figure(`${who}: create, run and join by LangGraph’s client`, 'ms', ms, { note }),
  figure(`${who}: the same, a second`, 'per second', [perSecond], { note: `${WIDTH} at a time` }),
];

async function joins(bench: Bench): Promise<readonly Figure[]> {
  const { api, options, say } = bench;
  const slug = `bench-echo-${randomUUID().slice(0, 8)}`;
  const script = [{ final_answer: 'Hello' }];
  await api.call({ method: 'POST', path: '/v1/agents', body: { slug, name: slug, model: 'scripted', script } });
  const own = await createRunJoin(options.samples, `${api.url}/agent-protocol`, slug);
  const peer = await LangGraphServer.start(say);
  if (!peer) return joinedFigures('Everthread', own, 'durable');
  try {
    const theirs = await createRunJoin(options.samples, peer.url, 'echo');
    return [...joinedFigures('Everthread', own, 'durable'), ...joinedFigures('LangGraph dev server', theirs, 'in memory, nothing durable')];
  } finally {
    await peer.stop();
  }
}

export async function threads(bench: Bench): Promise<readonly Figure[]> {
  return [...(await fanOut(bench)), ...(await peerFanOut(bench)), ...(await joins(bench))];
}
