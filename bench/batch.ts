/**
 * A batch as large as one may be: how long it takes, that every input has its own result at the end, and that no run of its workflow grows with it. Its executions work on values alone,
 * so what is measured is what the batch and its children cost.
 */
import { performance } from 'node:perf_hooks';
import { batchAddress } from '../src/contracts/execution/batch';
import { Fault } from '../src/errors/fault';
import { atMost, figure, type Figure } from './figures';
import type { Bench } from './scenario';
import { until } from './waiting';

const CONCURRENCY = 50;
const PAGE = 500;
/** Of all that a batch may take, for each of its inputs. */
const INPUT_MS = 1_000;
/** The kernel's bound on a run; the server suggests to continue as new at about half of it, and what is in hand then still comes to its end. */
const HISTORY_EVENTS = 8_000;

const PATTERN = `name: bench-square
version: 1.0.0
input:
  n: number
steps:
  - { id: square, type: compute, value: $input.n * $input.n }
`;

interface Item {
  readonly index: number;
  readonly status: string;
  readonly result?: unknown;
}

const wrong = (what: string): Fault => new Fault('internal', 'bench.refused', what);

/** Fault when an input has no result of its own. */
async function checkResults({ api }: Bench, batchId: string, inputs: number): Promise<void> {
  let seen = 0;
  for (let offset = 0; offset < inputs; offset += PAGE) {
    const { body } = await api.call({ method: 'GET', path: `/api/batch/${batchId}?limit=${PAGE}&offset=${offset}` });
    for (const { index, status, result } of body['results'] as readonly Item[]) {
      if (index !== seen || status !== 'completed' || result !== index * index)
        throw wrong(`input ${seen}: ${index} is ${status} with ${JSON.stringify(result)}`);
      seen += 1;
    }
  }
  if (seen !== inputs) throw wrong(`${seen} of ${inputs} results are there`);
}

/** Fault when the journal tells of an input not once. */
async function checkJournal({ api }: Bench, batchId: string, inputs: number): Promise<void> {
  const told = new Set<number>();
  for (let after = 0, more = true; more;) {
    const { body } = await api.call({ method: 'GET', path: `/api/batch/${batchId}/events?type=item_ended&limit=1000&after=${after}` });
    for (const { data } of body['events'] as readonly { readonly data: { readonly index: number } }[]) {
      if (told.has(data.index)) throw wrong(`input ${data.index} ended twice`);
      told.add(data.index);
    }
    after = Number(body['nextAfter']);
    more = body['hasMore'] === true;
  }
  if (told.size !== inputs) throw wrong(`${told.size} of ${inputs} inputs ended in the journal`);
}

interface Run {
  readonly events: number;
  readonly kib: number;
}

/** Every run of the batch's workflow, from the first to the one that ended it. */
async function runsOf({ temporal }: Bench, workflowId: string, wanted: number): Promise<readonly Run[]> {
  const list = async (): Promise<readonly Run[]> => {
    const found: Run[] = [];
    for await (const { runId } of temporal.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
      const { historyLength, historySize = 0 } = await temporal.workflow.getHandle(workflowId, runId).describe();
      found.push({ events: historyLength, kib: historySize / 1_024 });
    }
    return found;
  };
  // What lists show comes a moment later than what is so.
  return until(10_000, 'the runs of the batch', async () => {
    const found = await list();
    return found.length >= wanted ? found : null;
  });
}

export async function batch(bench: Bench): Promise<readonly Figure[]> {
  const { api, options } = bench;
  const { inputs } = options;
  await api.call({ method: 'POST', path: '/api/patterns', body: { name: 'bench-square', version: '1.0.0', definition: PATTERN } });
  const started = performance.now();
  const { body } = await api.call({
    ...{ method: 'POST', path: '/api/batch/execute' },
    body: { pattern: 'bench-square', inputs: Array.from({ length: inputs }, (_, n) => ({ n })), options: { concurrency: CONCURRENCY } },
  });
  const batchId = String(body['batchId']);
  let told = 0;
  await until(
    60_000 + inputs * INPUT_MS,
    'the end of the batch',
    async () => {
      const { status, completed, failed } = (await api.call({ method: 'GET', path: `/api/batch/${batchId}?limit=1` })).body;
      if (Number(completed) >= told + 1_000) bench.say(`  ${(told = Number(completed))} of ${inputs} …`);
      if (status !== 'running' && status !== 'completed') throw wrong(`the batch is ${String(status)}`);
      return status === 'completed' && completed === inputs && failed === 0 ? true : null;
    },
    500,
  );
  const seconds = (performance.now() - started) / 1_000;
  await checkResults(bench, batchId, inputs);
  await checkJournal(bench, batchId, inputs);
  const runs = await runsOf(bench, batchAddress('default', batchId), Math.max(1, Math.floor(inputs / 2_000)));
  const note = `concurrency ${CONCURRENCY}`;
  return [
    figure(`a batch of ${inputs.toLocaleString('en')} inputs`, 's', [seconds], { note }),
    figure('executions of it a second', 'per second', [inputs / seconds], { note }),
    figure('runs of its workflow', 'times', [runs.length], { note: 'it continues as new' }),
    figure('history of the longest run', 'events', [Math.max(...runs.map(({ events }) => events))], { target: atMost(HISTORY_EVENTS) }),
    figure('history of the largest run', 'KiB', [Math.max(...runs.map(({ kib }) => kib))]),
  ];
}
