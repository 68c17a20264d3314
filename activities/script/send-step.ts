/** A message to a channel. At least once: a receiver knows a repetition by the id of the delivery, which is that of the step. */
import type { ScriptActivities, StepOutput } from '../../src/contracts/script/activities';
import { actOnce, keyOf } from './acting';
import type { ScriptDependencies } from './dependencies';
import { callKey } from './execute-step';
import { failedStep, misused, settledStep } from './step-outputs';
import { StepScope, type Values } from './step-scope';

export async function sendStep(deps: ScriptDependencies, input: Parameters<ScriptActivities['sendStep']>[0]): Promise<StepOutput> {
  const { thread, path, channel } = input;
  const at = { path, tool: channel };
  const scope = new StepScope(deps, input);
  let fields: Values;
  try {
    const given = await scope.givenOutput();
    if (given) return settledStep(given);
    fields = await scope.resolve(input.args);
  } catch (thrown) {
    return failedStep(misused(thrown), at);
  }
  const [shown, redact] = await Promise.all([scope.shown(fields), scope.redactor()]);
  const told = { input: shown };
  return actOnce<StepOutput>(deps, {
    ...{ thread, effectId: `send-${keyOf(input)}`, twice: 'paid' },
    perform: async (signal) => {
      const { status, durationMs } = await deps.channels.send({
        ...{ channel, fields, signal, deliveryId: callKey(thread, keyOf(input)) },
        ...{ tenant: thread.tenant, threadId: thread.threadId, stepPath: path },
      });
      const output = { value: { channel, status, duration_ms: durationMs } };
      return { outcome: 'done', output, ...told, models: [], artifacts: [], executionId: null };
    },
    failed: (failure) => Promise.resolve(failedStep(redact(failure), at, told)),
  });
}
