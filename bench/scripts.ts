/** What a thread of a script costs, beside a workflow with as many activities one after the other; and how soon whoever watches it has the end of a step. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { scriptAddress } from '../src/contracts/script/commands';
import { Fault } from '../src/errors/fault';
import { EventStream } from './event-stream';
import { atMost, figure, median, type Figure } from './figures';
import { HelperProcess } from './helper-process';
import { costOfOne, load, perSecond, WIDTH, type Load } from './load';
import type { Bench } from './scenario';
import { delaysOf, GrpcWatcher, seenBySse, type Delays } from './watch-delay';

const STEPS = 20;
const WARM_UP = 20;
/** What a thread, or a workflow, does after its end is known is over by then. */
const REST_MS = 50;
const [ROUNDS, ROUND_MS] = [3, 5_000];
const SCRIPTS = '/v1/scriptum/scripts';
const NAME = 'bench-steps';
const ENDS: readonly string[] = ['thread_completed', 'thread_failed', 'thread_cancelled'];

const steps = Array.from({ length: STEPS }, (_, at) => `do "Step ${at}" with now -> at_${at}`);
const SCRIPT = [`script "${NAME}"`, 'import tools', '  now from native', ...steps, 'emit', `  at = at_${STEPS - 1}.iso`, ''].join('\n');

async function publish({ api }: Bench): Promise<void> {
  await api.call({ method: 'POST', path: SCRIPTS, body: { name: NAME } });
  await api.call({ method: 'POST', path: `${SCRIPTS}/${NAME}/draft`, body: { content: SCRIPT } });
  await api.call({ method: 'POST', path: `${SCRIPTS}/${NAME}/draft/publish`, body: {} });
}

async function started({ api }: Bench): Promise<{ readonly id: string; readonly watched: EventStream }> {
  const { body } = await api.call({ method: 'POST', path: '/v1/scriptum/threads', body: { scriptName: NAME } });
  const id = String(body['threadId']);
  return { id, watched: await EventStream.open(`${api.url}/v1/scriptum/threads/${id}/watch`) };
}

/** When its watcher knew that it has completed, on the clock of `performance.now()`. */
async function completed(watched: EventStream): Promise<number> {
  const end = await watched.find(({ event }) => ENDS.includes(event), 'the end of a thread');
  if (end.event === 'thread_completed') return end.at;
  throw new Fault('internal', 'bench.refused', `a thread ended with ${end.event}: ${JSON.stringify(end.data).slice(0, 500)}`);
}

interface Thread {
  readonly id: string;
  readonly ms: number;
}

async function thread(bench: Bench): Promise<Thread> {
  const began = performance.now();
  const { id, watched } = await started(bench);
  try {
    return { id, ms: (await completed(watched)) - began };
  } finally {
    watched.close();
  }
}

interface Measured {
  readonly ms: number[];
  readonly loads: Load[];
  /** Of one of them. */
  workflowId: string;
}

/** Both in turn: one by one, then many of each for some seconds. */
async function measure(bench: Bench, helper: HelperProcess, taskQueue: string): Promise<{ readonly mine: Measured; readonly bare: Measured }> {
  const { temporal, options, system } = bench;
  const mine: Measured = { ms: [], loads: [], workflowId: '' };
  const bare: Measured = { ms: [], loads: [], workflowId: '' };
  const workflow = async (): Promise<number> => {
    const began = performance.now();
    const workflowId = (bare.workflowId = `bench-steps/${randomUUID()}`);
    await temporal.workflow.execute('bareSteps', { workflowId, taskQueue, args: [STEPS] });
    return performance.now() - began;
  };
  for (let at = -WARM_UP; at < options.samples; at++) {
    const one = await thread(bench);
    await delay(REST_MS);
    const other = await workflow();
    await delay(REST_MS);
    mine.workflowId = scriptAddress('default', one.id);
    if (at < 0) continue;
    mine.ms.push(one.ms);
    bare.ms.push(other);
  }
  const pids = await system.pids();
  for (let round = 0; round < ROUNDS; round++) {
    mine.loads.push(await load(ROUND_MS, [...pids.values()], () => thread(bench)));
    await delay(REST_MS);
    bare.loads.push(await load(ROUND_MS, [helper.pid, pids.get('temporal') ?? 0], workflow));
    await delay(REST_MS);
  }
  return { mine, bare };
}

/** Threads that are watched over both at once. */
async function watch(bench: Bench): Promise<{ readonly sse: readonly Delays[]; readonly grpc: readonly Delays[] }> {
  const sse: Delays[] = [];
  const grpc: Delays[] = [];
  const watcher = new GrpcWatcher(bench);
  try {
    for (let at = 0; at < Math.max(2, Math.ceil(bench.options.samples / STEPS)); at++) {
      const { id, watched } = await started(bench);
      const seen = watcher.watch(id);
      // Whoever waits for it below hears of a failure.
      seen.catch(() => undefined);
      try {
        await completed(watched);
        sse.push(delaysOf(seenBySse(watched)));
        grpc.push(delaysOf(await seen));
      } finally {
        watched.close();
      }
      await delay(REST_MS);
    }
  } finally {
    watcher.close();
  }
  return { sse, grpc };
}

async function historyFigures({ temporal }: Bench, what: string, workflowId: string): Promise<readonly Figure[]> {
  const { historyLength, historySize = 0 } = await temporal.workflow.getHandle(workflowId).describe();
  return [figure(`history of ${what}`, 'events', [historyLength]), figure(`history of ${what}, in size`, 'KiB', [historySize / 1_024])];
}

function loadFigures(mine: readonly Load[], bare: readonly Load[]): readonly Figure[] {
  const note = `${WIDTH} at a time, ${ROUNDS} rounds of each in turn`;
  const cost = (what: string, value: number | null, counted: string): readonly Figure[] =>
    value === null ? [] : [figure(`processor time of ${what}`, 'ms', [value], { note: counted })];
  return [
    figure('threads a second', 'per second', [perSecond(mine)], { note }),
    figure('bare workflows a second', 'per second', [perSecond(bare)], { note }),
    figure('threads, of the bare workflows a second', 'times', [perSecond(mine) / perSecond(bare)]),
    ...cost('a thread', costOfOne(mine), 'all processes of the system'),
    ...cost('a bare workflow', costOfOne(bare), 'Temporal and the worker; its client not counted'),
  ];
}

function watchFigures(over: string, delays: readonly Delays[]): readonly Figure[] {
  const all = (from: keyof Delays): readonly number[] => delays.flatMap((one) => one[from]);
  return [
    figure(`end of a step to its watcher over ${over}`, 'ms', all('fromTool'), { note: 'from the clock that its tool read' }),
    figure(`of this since it was recorded (${over})`, 'ms', all('fromRecord'), { note: 'from the time of the event, which is that of the workflow’s task' }),
  ];
}

export async function scripts(bench: Bench): Promise<readonly Figure[]> {
  await publish(bench);
  const taskQueue = `bench-steps-${randomUUID().slice(0, 8)}`;
  const helper = await HelperProcess.start(join(__dirname, 'yardstick-worker.js'), [bench.system.temporalAddress, taskQueue, 'bare-steps']);
  const { mine, bare } = await measure(bench, helper, taskQueue).finally(() => helper.end());
  const { sse, grpc } = await watch(bench);
  return [
    figure(`thread of a script of ${STEPS} steps over HTTP, until its watcher has its end`, 'ms', mine.ms, { note: 'each step calls `now`' }),
    figure(`bare Temporal: ${STEPS} activities one after the other`, 'ms', bare.ms, { note: 'without HTTP' }),
    figure('a thread, of the bare workflow', 'times', [median(mine.ms) / median(bare.ms)], { target: atMost(1.25) }),
    ...loadFigures(mine.loads, bare.loads),
    ...(await historyFigures(bench, 'a thread', mine.workflowId)),
    ...(await historyFigures(bench, 'the bare workflow', bare.workflowId)),
    ...watchFigures('SSE', sse),
    ...watchFigures('gRPC', grpc),
  ];
}
