/** What the workflow of an execution needs of the world beside agents: large values, other patterns, earlier results, and the end of its threads. */
import type { ExecutionActivities } from '../../src/contracts/execution/activities';
import type { InputSource } from '../../src/contracts/execution/start';
import { VALUE_MAX } from '../../src/contracts/execution/value';
import type { Json } from '../../src/contracts/pattern/json';
import type { Plan } from '../../src/contracts/pattern/plan';
import { readySelection } from '../../src/domain/execution/selection';
import { Fault, faultFrom } from '../../src/errors/fault';
import type { AgentChoice } from '../agent-tasks/select-agents';
import type { Blobs, ExecutionThreads, Patterns, StoredInputs } from '../ports';

export interface ExecutionDependencies {
  readonly blobs: Blobs;
  readonly patterns: Patterns;
  readonly inputs: StoredInputs;
  readonly threads: ExecutionThreads;
  readonly agents: AgentChoice;
}

/** Whatever fails leaves as a fault: its kind says whether Temporal tries again. */
async function declared<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw faultFrom(thrown);
  }
}

export const executionActivities = ({ blobs, patterns, inputs, threads, agents }: ExecutionDependencies): ExecutionActivities => {
  const read = async (tenant: string, ref: string): Promise<unknown> => {
    const text = await blobs.get(tenant, ref);
    if (text === null) throw new Fault('not_found', 'execution.value_missing', 'A value of the execution is not stored any more.', { ref });
    return JSON.parse(text);
  };
  const readInput = (tenant: string, input: InputSource): Promise<unknown> => {
    if ('value' in input) return Promise.resolve(input.value);
    return 'ref' in input ? read(tenant, input.ref) : inputs.ofBatch(tenant, input.batchId, input.index);
  };
  return {
    readPlan: ({ tenant, ref }) => declared(() => read(tenant, ref) as ReturnType<ExecutionActivities['readPlan']>),
    readValue: ({ tenant, ref }) => declared(() => read(tenant, ref)),
    readInput: ({ tenant, input }) => declared(() => readInput(tenant, input)),
    prepareExecution: ({ tenant, executionId, plan: planSource, input: inputSource, selects }) =>
      declared(async () => {
        const [plan, input] = (await Promise.all([readInput(tenant, planSource), readInput(tenant, inputSource)])) as [Plan, Json];
        const selected = selects ? await readySelection(agents, { tenant, executionId, plan, input, at: new Date().toISOString() }) : null;
        return { plan, input, selected };
      }),
    keepValue: ({ tenant, value }) =>
      declared(async () => {
        const text = JSON.stringify(value);
        const bytes = Buffer.byteLength(text);
        if (bytes > VALUE_MAX)
          throw new Fault('invalid', 'execution.value_too_large', `A value has ${bytes} bytes of JSON; at most ${VALUE_MAX} are kept.`, {
            bytes,
            max: VALUE_MAX,
          });
        return { ref: await blobs.put(tenant, text), bytes };
      }),
    resolvePattern: ({ tenant, name, range }) => declared(() => patterns.resolve(tenant, name, range)),
    findGoodResult: (request) => declared(() => inputs.goodResult(request)),
    stopThreads: ({ tenant, executionId, reason }) => declared(async () => ({ count: await threads.stopAll(tenant, executionId, reason) })),
  };
};
