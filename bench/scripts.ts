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
const ENDS: readonly string[] = ['thread_completed', 'thread_failed', 'thread_cancelled'];

/** A script whose steps all call one tool. */
interface BenchScript {
  readonly name: string;
  readonly tool: string;
  readonly source: string;
}
/** Only computes, so its steps are performed within the task of the workflow. */
const QUICK: BenchScript = { name: 'bench-quick', tool: 'now', source: 'native' };
/** Reads a folder; each step is an activity, as that of any tool is. */
const CALLING: BenchScript = { name: 'bench-calling', tool: 'list_files', source: 'runs' };

function textOf({ name, tool, source }: BenchScript): string {
  const steps = Array.from({ length: STEPS }, (_, at) => `do "Step ${at}" with ${tool} -> r_${at}`);
  return [`script "${name}"`, 'import tools', `  ${tool} from ${source}`, ...steps, 'emit', `  last = r_${STEPS - 1}`, ''].join('\n');
}

async function publish({ api }: Bench, script: BenchScript): Promise<void> {
  const { name } = script;
  await api.call({ method: 'POST', path: SCRIPTS, body: { name } });
  await api.call({ method: 'POST', path: `${SCRIPTS}/${name}/draft`, body: { content: textOf(script) } });
  await api.call({ method: 'POST', path: `${SCRIPTS}/${name}/draft/publish`, body: {} });
}

async function started({ api }: Bench, { name }: BenchScript): Promise<{ readonly id: string; readonly watched: EventStream }> {
  const { body } = await api.call({ method: 'POST', path: '/v1/scriptum/threads', body: { scriptName: name } });
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

async function thread(bench: Bench, script: BenchScript): Promise<Thread> {
  const began = performance.now();
  const { id, watched } = await started(bench, script);
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

interface AllMeasured {
  readonly quick: Measured;
  readonly calling: Measured;
  readonly bare: Measured;
}
const none = (): Measured => ({ ms: [], loads: [], workflowId: '' });

/** All three in turn: one by one, then many of each for some seconds. */
async function measure(bench: Bench, helper: HelperProcess, taskQueue: string): Promise<AllMeasured> {
  const { temporal, options, system } = bench;
  const all = { quick: none(), calling: none(), bare: none() };
  const workflow = async (): Promise<number> => {
    const began = performance.now();
    const workflowId = (all.bare.workflowId = `bench-steps/${randomUUID()}`);
    await temporal.workflow.execute('bareSteps', { workflowId, taskQueue, args: [STEPS] });
    return performance.now() - began;
  };
  const mine = async (script: BenchScript, into: Measured): Promise<number> => {
    const { id, ms } = await thread(bench, script);
    into.workflowId = scriptAddress('default', id);
    return ms;
  };
  const each = [
    { into: all.quick, once: () => mine(QUICK, all.quick) },
    { into: all.calling, once: () => mine(CALLING, all.calling) },
    { into: all.bare, once: workflow },
  ];
  for (let at = -WARM_UP; at < options.samples; at++) {
    for (const { into, once } of each) {
      const ms = await once();
      if (at >= 0) into.ms.push(ms);
      await delay(REST_MS);
    }
  }
  const pids = await system.pids();
  const ours = [...pids.values()];
  for (let round = 0; round < ROUNDS; round++) {
    for (const { into, once } of each) {
      into.loads.push(await load(ROUND_MS, into === all.bare ? [helper.pid, pids.get('temporal') ?? 0] : ours, once));
      await delay(REST_MS);
    }
  }
  return all;
}

/** Threads that are watched over both at once. */
async function watch(bench: Bench): Promise<{ readonly sse: readonly Delays[]; readonly grpc: readonly Delays[] }> {
  const sse: Delays[] = [];
  const grpc: Delays[] = [];
  const watcher = new GrpcWatcher(bench);
  try {
    for (let at = 0; at < Math.max(2, Math.ceil(bench.options.samples / STEPS)); at++) {
      const { id, watched } = await started(bench, QUICK);
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

const COUNTED = 'all processes of the system';

function loadFigures(
  one: string,
  many: string,
  { loads, counted = COUNTED }: { readonly loads: readonly Load[]; readonly counted?: string },
): readonly Figure[] {
  const cost = costOfOne(loads);
  return [
    figure(`${many} a second`, 'per second', [perSecond(loads)], { note: `${WIDTH} at a time, ${ROUNDS} rounds of each in turn` }),
    ...(cost === null ? [] : [figure(`processor time of a ${one}`, 'ms', [cost], { note: counted })]),
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
  for (const script of [QUICK, CALLING]) await publish(bench, script);
  const taskQueue = `bench-steps-${randomUUID().slice(0, 8)}`;
  const helper = await HelperProcess.start(join(__dirname, 'yardstick-worker.js'), [bench.system.temporalAddress, taskQueue, 'bare-steps']);
  const { quick, calling, bare } = await measure(bench, helper, taskQueue).finally(() => helper.end());
  const { sse, grpc } = await watch(bench);
  const over = `over HTTP, until its watcher has its end`;
  return [
    figure(`thread of ${STEPS} steps that compute (\`now\`) ${over}`, 'ms', quick.ms),
    figure(`thread of ${STEPS} steps that call (\`list_files\`) ${over}`, 'ms', calling.ms, { note: 'each an activity' }),
    figure(`bare Temporal: ${STEPS} activities one after the other`, 'ms', bare.ms, { note: 'without HTTP' }),
    figure('a thread that computes, of the bare workflow', 'times', [median(quick.ms) / median(bare.ms)], { target: atMost(1.25) }),
    figure('a thread that calls, of the bare workflow', 'times', [median(calling.ms) / median(bare.ms)], { target: atMost(1.25) }),
    ...loadFigures('thread that computes', 'threads that compute', { loads: quick.loads }),
    ...loadFigures('thread that calls', 'threads that call', { loads: calling.loads }),
    ...loadFigures('bare workflow', 'bare workflows', { loads: bare.loads, counted: 'Temporal and the worker; its client not counted' }),
    ...(await historyFigures(bench, 'a thread that computes', quick.workflowId)),
    ...(await historyFigures(bench, 'a thread that calls', calling.workflowId)),
    ...(await historyFigures(bench, 'the bare workflow', bare.workflowId)),
    ...watchFigures('SSE', sse),
    ...watchFigures('gRPC', grpc),
  ];
}
