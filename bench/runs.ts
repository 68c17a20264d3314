/** What a run costs: of the mock one after the other and many at a time, one of six commits, and what is left of thousands of them in memory. */
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '../src/errors/fault';
import { atMost, figure, type Figure } from './figures';
import { Heaps } from './heap';
import { residentBytes } from './resident';
import type { Bench } from './scenario';
import { inParallel, until } from './waiting';

const WARM_UP = 20;
const WIDTH = 20;
const RUN_MS = 60_000;
const COMMITS = 6;
/** What a model of the peer's measurement took for a call. */
const MODEL_MS = 40;
/** After so many runs the processes have what they keep; what comes on top later is what runs leave. */
const SETTLED = 1_000;
/** What runs begin ends within this time. */
const REST_MS = 5_000;
const MIB = 1024 * 1024;

const MOCK = { task: 'Say something', cognition: { provider: 'mock' } };
const script = Array.from({ length: COMMITS }, (_, n) => ({ delay_ms: MODEL_MS, intents: [{ tool: 'kv_set', args: { key: `k${n}`, value: n } }] }));
const SIX_COMMITS = { task: 'Keep six values', cognition: { provider: 'scripted', script: [...script, { delay_ms: MODEL_MS, final_answer: 'done' }] } };

/** How often who waits for one run alone looks, and how often each of many does: they would load the API with looks. */
const [ALONE_MS, AMONG_MANY_MS] = [5, 100];

/** From the request to the first read that says it is completed. */
async function run({ api }: Bench, body: object, commits: number, lookMs = ALONE_MS): Promise<number> {
  const started = performance.now();
  const { body: made } = await api.call({ method: 'POST', path: '/runs', body });
  const path = `/runs/${String(made['run_id'])}`;
  const ended = await until(
    RUN_MS,
    'the end of a run',
    async () => {
      const { body: seen } = await api.call({ method: 'GET', path });
      return seen['status'] === 'running' ? null : seen;
    },
    lookMs,
  );
  const summary = ended['summary'] as { readonly commits?: number } | null;
  if (ended['status'] !== 'completed' || summary?.commits !== commits)
    throw new Fault('internal', 'bench.refused', `a run is ${String(ended['status'])}: ${JSON.stringify(ended).slice(0, 500)}`);
  return performance.now() - started;
}

type Memory = Readonly<Record<'api' | 'worker', { readonly held: number; readonly resident: number }>>;

/** In MiB: resident as it stands, then held after a collection. */
async function memory({ system }: Bench, heaps: Heaps): Promise<Memory> {
  await delay(REST_MS);
  const pids = await system.pids();
  const of = async (name: string): Promise<Memory['api']> => {
    const pid = pids.get(name) ?? 0;
    const resident = residentBytes(pid) / MIB;
    return { resident, held: (await heaps.after(pid)) / MIB };
  };
  return { api: await of('api'), worker: await of('worker') };
}

export async function runs(bench: Bench): Promise<readonly Figure[]> {
  const { options, say } = bench;
  const one: number[] = [];
  const six: number[] = [];
  for (let at = -WARM_UP; at < options.samples; at++) {
    const took = [await run(bench, MOCK, 0), await run(bench, SIX_COMMITS, COMMITS)] as const;
    if (at < 0) continue;
    one.push(took[0]);
    six.push(took[1]);
  }
  const many = async (count: number): Promise<number> => {
    const started = performance.now();
    await inParallel(Array.from({ length: count }), WIDTH, async () => void (await run(bench, MOCK, 0, AMONG_MANY_MS)));
    return (count * 1_000) / (performance.now() - started);
  };
  const settled = Math.min(SETTLED, options.runs);
  await many(settled);
  const heaps = new Heaps(bench.system);
  const before = await memory(bench, heaps);
  say(`  ${settled} runs; ${options.runs - settled} more`);
  const perSecond = await many(options.runs - settled);
  const after = await memory(bench, heaps);
  const kept = (after.api.held + after.worker.held - before.api.held - before.worker.held) / ((options.runs - settled) / 1_000);
  const total = options.runs.toLocaleString('en');
  return [
    figure('a mock run over HTTP, until it reads completed', 'ms', one, { note: `looked at every ${ALONE_MS} ms` }),
    figure(`a run of ${COMMITS} commits, the model at ${MODEL_MS} ms a call`, 'ms', six, { note: `${COMMITS + 1} calls` }),
    figure('mock runs a second, one after the other', 'per second', [one.length / (one.reduce((sum, ms) => sum + ms, 0) / 1_000)]),
    figure('mock runs a second', 'per second', [perSecond], { note: `${WIDTH} at a time, each looked at every ${AMONG_MANY_MS} ms` }),
    figure(`worker after ${total} runs`, 'MiB', [after.worker.resident], {
      note: `resident; its heap holds ${after.worker.held.toFixed(0)} after a collection`,
    }),
    figure(`API after ${total} runs`, 'MiB', [after.api.resident], { note: `resident; its heap holds ${after.api.held.toFixed(0)} after a collection` }),
    figure('kept of 1,000 runs that have ended, API and worker', 'MiB', [kept], {
      note: `on their heaps after a collection, beyond the first ${settled}`,
      target: atMost(10),
    }),
  ];
}
