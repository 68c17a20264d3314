/** A thread that a step runs: its input is put together, its row made; the workflow starts it. */
import type { Json } from '../../src/contracts/pattern/json';
import type { ChildOutput, ScriptActivities, ScriptPlan } from '../../src/contracts/script/activities';
import { Fault } from '../../src/errors/fault';
import { keyOf } from './acting';
import type { ChildRequest, ScriptDependencies } from './dependencies';
import { misused } from './step-outputs';
import { StepScope } from './step-scope';

type Input = Parameters<ScriptActivities['prepareChild']>[0];

export async function prepareChild(deps: ScriptDependencies, input: Input): Promise<ChildOutput> {
  const { thread, path, parent } = input;
  const scope = new StepScope(deps, input);
  try {
    const [args, each, of] = await Promise.all([scope.resolve(input.args), scope.resolveEach(input.args), childOf(scope, input)]);
    const start = await deps.prepareChild({
      ...{ tenant: thread.tenant, key: `${thread.threadId}/${keyOf(input)}`, of },
      ...{ parent: { ...parent, threadId: thread.threadId, path }, input: args as Json },
      isSecret: Object.values(each).some(({ secret }) => secret),
    });
    return { outcome: 'prepared', start };
  } catch (thrown) {
    const redact = await scope.redactor();
    return { outcome: 'failed', error: redact({ ...misused(thrown).error, step: path }) };
  }
}

async function childOf(scope: StepScope, { script, version, plan }: Input): Promise<ChildRequest['of']> {
  if (script !== null) return { script, version };
  const value = plan && ((await scope.values.read(plan)).value as unknown as Partial<ScriptPlan> | null);
  if (value?.ir === undefined || value.ir.ir !== 1) throw new Fault('invalid', 'script.no_plan', 'What is run is no plan; `plan … -> name` makes one.', {});
  return { plan: value.ir };
}
