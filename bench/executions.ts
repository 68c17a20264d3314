/** What an execution of a pattern costs: three agents vote, beside the same three steps as bare activities and in DBOS on the same Postgres; then a batch. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { executionAddress } from '../src/contracts/execution/commands';
import { Fault } from '../src/errors/fault';
import { Api } from './api';
import { atLeast, atMost, figure, median, type Figure } from './figures';
import { HelperProcess } from './helper-process';
import { costOfOne, load, perSecond, WIDTH } from './load';
import type { Bench } from './scenario';
import { until } from './waiting';

const ROOT = join(__dirname, '..', '..');
const WARM_UP = 20;
const SECONDS = 10;
const BATCH = 1_000;
const BATCH_MS = 10 * 60_000;

const PATTERN = `name: bench-votes
version: 1.0.0
input:
  text: string
agents:
  capabilities: [vote]
  min: 3
  max: 3
execution:
  strategy: parallel
aggregation:
  strategy: voting
  field: category
  method: majority
output: $vote.result
`;

interface Measured {
  readonly ms: readonly number[];
  readonly perSecond: number;
  /** Milliseconds of the processors for one, of the processes named, while many are under way; what they use at rest included. Null where nobody counts. */
  readonly processorMs: number | null;
}

/** One after the other, then many at a time for some seconds. */
async function measure(samples: number, processes: readonly number[], work: () => Promise<unknown>): Promise<Measured> {
  const ms: number[] = [];
  for (let at = -WARM_UP; at < samples; at++) {
    const started = performance.now();
    await work();
    if (at >= 0) ms.push(performance.now() - started);
  }
  const loads = [await load(SECONDS * 1_000, processes, work)];
  return { ms, perSecond: perSecond(loads), processorMs: costOfOne(loads) };
}

async function bare({ system, temporal, options }: Bench): Promise<Measured> {
  const taskQueue = `bench-votes-${randomUUID().slice(0, 8)}`;
  const helper = await HelperProcess.start(join(__dirname, 'yardstick-worker.js'), [system.temporalAddress, taskQueue, 'bare-votes']);
  try {
    return await measure(options.samples, [helper.pid, (await system.pids()).get('temporal') ?? 0], () =>
      temporal.workflow.execute('bareVotes', { workflowId: `bench-votes/${randomUUID()}`, taskQueue, args: ['What is new?'] }),
    );
  } finally {
    await helper.end();
  }
}

async function dbos({ system, options }: Bench): Promise<Measured> {
  // It makes the database.
  const url = new URL(system.databaseUrl);
  url.pathname = `/dbos_${randomUUID().slice(0, 8)}`;
  const helper = await HelperProcess.start(join(ROOT, 'bench', 'dbos', 'server.mjs'), [url.href]);
  const api = new Api(`http://127.0.0.1:${String(helper.greeting['port'])}`);
  try {
    return await measure(options.samples, [helper.pid], () => api.call({ method: 'POST', path: '/run', body: { text: 'What is new?' } }));
  } finally {
    api.close();
    await helper.end();
  }
}

async function ours({ api, options, store, system }: Bench): Promise<Measured & { readonly id: string }> {
  await api.call({ method: 'POST', path: '/api/patterns', body: { name: 'bench-votes', version: '1.0.0', definition: PATTERN } });
  await until(
    30_000,
    'the agents of the worker',
    async () => ((await store.agents.list('default', { capabilities: ['vote'], limit: 10, offset: 0 })).total >= 3 ? true : null),
    200,
  );
  let id = '';
  const measured = await measure(options.samples, [...(await system.pids()).values()], async () => {
    const { body } = await api.call({ method: 'POST', path: '/api/patterns/bench-votes/execute', body: { input: { text: 'What is new?' } } });
    if (body['status'] !== 'completed')
      throw new Fault('internal', 'bench.refused', `an execution is ${String(body['status'])}: ${JSON.stringify(body).slice(0, 500)}`);
    id = String(body['executionId']);
  });
  return { ...measured, id };
}

async function batch({ api }: Bench): Promise<number> {
  const inputs = Array.from({ length: BATCH }, (_, n) => ({ text: `question ${n}` }));
  const started = performance.now();
  const { body } = await api.call({ method: 'POST', path: '/api/batch/execute', body: { pattern: 'bench-votes', inputs, options: { concurrency: WIDTH } } });
  const path = `/api/batch/${String(body['batchId'])}?limit=1`;
  await until(BATCH_MS, 'the end of the batch', async () => ((await api.call({ method: 'GET', path })).body['completed'] === BATCH ? true : null), 250);
  return (performance.now() - started) / 1_000;
}

export async function executions(bench: Bench): Promise<readonly Figure[]> {
  const mine = await ours(bench);
  const history = await bench.temporal.workflow.getHandle(executionAddress('default', mine.id)).describe();
  const [yardstick, peer] = [await bare(bench), await dbos(bench)];
  const took = await batch(bench);
  const note = `${WIDTH} at a time`;
  return [
    figure('execution of three votes over HTTP, sync', 'ms', mine.ms, { note: 'three agents in the worker' }),
    figure('bare Temporal: three activities at once', 'ms', yardstick.ms, { note: 'without HTTP' }),
    figure('the same three steps in DBOS over HTTP', 'ms', peer.ms, { note: 'on the same Postgres' }),
    figure('an execution, of the bare workflow', 'times', [median(mine.ms) / median(yardstick.ms)], { target: atMost(1.3) }),
    figure('executions a second', 'per second', [mine.perSecond], { note }),
    figure('bare workflows a second', 'per second', [yardstick.perSecond], { note }),
    figure('workflows a second in DBOS', 'per second', [peer.perSecond], { note }),
    figure('executions, of the bare workflows a second', 'times', [mine.perSecond / yardstick.perSecond], { target: atLeast(0.75) }),
    ...processorFigures(mine, yardstick),
    figure('history of an execution', 'events', [history.historyLength]),
    figure('history of an execution, in size', 'KiB', [(history.historySize ?? 0) / 1_024]),
    figure(`a batch of ${BATCH.toLocaleString('en')} inputs`, 's', [took], { note: `concurrency ${WIDTH}` }),
  ];
}

function processorFigures(mine: Measured, yardstick: Measured): readonly Figure[] {
  const of = (what: string, value: number | null, note: string): readonly Figure[] =>
    value === null ? [] : [figure(`processor time of ${what}`, 'ms', [value], { note })];
  return [
    ...of('an execution', mine.processorMs, 'all processes of the system'),
    ...of('a bare workflow', yardstick.processorMs, 'Temporal and the worker; its client not counted'),
  ];
}
