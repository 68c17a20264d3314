/** What threads come to: their output, that of their steps, what they yield, and the artifacts that they keep. */
import type { Principal } from '../../contracts/principal';
import type { StoredValue } from '../../contracts/execution/value';
import type { ScriptThread, ScriptThreads } from '../../contracts/script/ports';
import { Thread_Status } from './generated/dodil/scriptum/v1/threads_pb';
import type { Input, Methods } from './methods';
import { pageOf, required } from './requests';
import { stepSummaryView, stepView, threadView } from './thread-views';
import { count, msOf, valueView } from './values';

const read = { scope: 'scripts:read', resource: 'script-thread' } as const;

/** Bytes of output and yielded values in one answer; with what is around them about 4 MB. */
export const RESULT_BYTES_MAX = 3 * 1024 * 1024;
/** Steps of one answer. */
const STEPS_MAX = 1_000;
/** Yielded values of one answer. */
const YIELDS_MAX = 1_000;
export const CHUNK_BYTES = { min: 64 * 1024, default: 2 * 1024 * 1024, max: 16 * 1024 * 1024 } as const;
const NO_BYTES = new Uint8Array();

const clamped = (asked: number): number => (asked === 0 ? CHUNK_BYTES.default : Math.min(CHUNK_BYTES.max, Math.max(CHUNK_BYTES.min, asked)));

export const resultMethods = {
  getThreadResult: {
    ...read,
    summary: 'Read what a thread, or one of its steps, has come to',
    handle: (input, { principal }, { threads }) => resultOf(threads, principal, input),
  },
  streamThreadResult: {
    ...read,
    summary: 'Read the whole output of a thread, in chunks',
    handle: async ({ threadId, maxChunkBytes }, { principal }, { threads }) => {
      const thread = await threads.get(principal, required('threadId', threadId));
      return () => parts(threads, principal, { thread, stepPath: '', value: thread.output, size: clamped(maxChunkBytes) });
    },
  },
  streamStepResult: {
    ...read,
    summary: 'Read the whole output of a step, in chunks',
    handle: async ({ threadId, stepPath, maxChunkBytes }, { principal }, { threads }) => {
      const thread = await threads.get(principal, required('threadId', threadId));
      const value = stepPath === '' ? thread.output : (await threads.step(principal, threadId, stepPath)).output;
      return () => parts(threads, principal, { thread, stepPath, value, size: clamped(maxChunkBytes) });
    },
  },
  listArtifacts: {
    ...read,
    summary: 'List the artifacts of a thread, with addresses to fetch them for a while',
    handle: async (input, { principal }, { threads, downloads }) => {
      const { items, nextPageToken } = await threads.artifacts(principal, required('threadId', input.threadId), pageOf(input));
      const artifacts = items.map(({ artifactId, path, name, mediaType, bytes, createdAt }) => {
        const { url, expiresAtMs } = downloads.of({ tenant: principal.tenant, threadId: input.threadId, artifactId });
        const of = { artifactId, stepPath: path, name, mediaType, sizeBytes: count(bytes), createdAtMs: msOf(createdAt) };
        return { ...of, downloadUrl: url, downloadExpiresAtMs: count(expiresAtMs) };
      });
      return { artifacts, nextPageToken };
    },
  },
} satisfies Partial<Methods>;

async function resultOf(threads: ScriptThreads, principal: Principal, input: Input<'getThreadResult'>) {
  const { stepPath, outputOnly, metadataOnly } = input;
  const thread = await threads.get(principal, required('threadId', input.threadId));
  const step = stepPath === '' ? null : await threads.step(principal, thread.id, stepPath);
  const output = await bytesOf(threads, principal, thread.id, step ? step.output : thread.output);
  const shown = metadataOnly ? NO_BYTES : output.subarray(0, RESULT_BYTES_MAX);
  const of = { outputData: shown, outputTotalBytes: count(output.byteLength), outputTruncated: !metadataOnly && shown.byteLength < output.byteLength };
  if (outputOnly) return of;
  const [steps, yields] = await Promise.all([
    threads.steps(principal, thread.id, stepPath, { pageSize: STEPS_MAX, pageToken: '' }),
    metadataOnly || step ? null : yieldsOf(threads, principal, thread, RESULT_BYTES_MAX - shown.byteLength),
  ]);
  return {
    ...of,
    thread: threadView(thread),
    steps: steps.items.map(stepSummaryView),
    stepsTruncated: steps.nextPageToken !== '',
    stepDetails: step ? [step, ...steps.items.filter(({ path }) => path !== step.path)].map(stepView) : [],
    yieldedValues: yields?.values ?? [],
    totalYielded: count(thread.yielded),
    yieldsTruncated: yields !== null && yields.values.length < yields.total,
  };
}

/** From the first on, as many as there is room for. */
async function yieldsOf(threads: ScriptThreads, principal: Principal, { id, yielded }: ScriptThread, room: number) {
  if (yielded === 0) return { values: [], total: 0 };
  const { values, total } = await threads.yields(principal, id, 0, YIELDS_MAX);
  const views = values.flatMap((value) => valueView(value) ?? []);
  let left = room;
  const fits = views.findIndex(({ json }) => (left -= Buffer.byteLength(json)) < 0);
  return { values: fits === -1 ? views : views.slice(0, fits), total };
}

const bytesOf = (threads: ScriptThreads, principal: Principal, threadId: string, value: StoredValue | null): Promise<Uint8Array> =>
  value === null ? Promise.resolve(NO_BYTES) : threads.valueBytes(principal, value, threadId);

interface Parts {
  readonly thread: ScriptThread;
  readonly stepPath: string;
  readonly value: StoredValue | null;
  readonly size: number;
}

async function* parts(threads: ScriptThreads, principal: Principal, { thread, stepPath, value, size }: Parts) {
  const bytes = await bytesOf(threads, principal, thread.id, value);
  const totalChunks = Math.max(1, Math.ceil(bytes.byteLength / size));
  const meta = {
    threadId: thread.id,
    stepPath,
    threadStatus: Thread_Status[thread.status],
    totalBytes: count(bytes.byteLength),
    totalChunks,
    mediaType: 'application/json',
  };
  yield { message: { part: { case: 'meta' as const, value: meta } }, sequence: null, event: 'meta' };
  for (let chunkIndex = 0; chunkIndex < totalChunks; chunkIndex++) {
    const data = bytes.slice(chunkIndex * size, (chunkIndex + 1) * size);
    const chunk = { chunkIndex, data, isFinal: chunkIndex === totalChunks - 1 };
    yield { message: { part: { case: 'chunk' as const, value: chunk } }, sequence: null, event: 'chunk' };
  }
}
