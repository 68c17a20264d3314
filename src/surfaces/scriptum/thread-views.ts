/** Threads, what they wait for, and their steps as messages. */
import type { ScriptStepRecord, ScriptThread } from '../../contracts/script/ports';
import type { ScriptPause } from '../../contracts/script/start';
import { Step_Status } from './generated/dodil/scriptum/v1/results_pb';
import { ExecutionMode, Pause_Kind, Thread_Status } from './generated/dodil/scriptum/v1/threads_pb';
import { count, errorView, jsonText, msOf, text, valueView } from './values';

export const threadView = (thread: ScriptThread) => {
  const { start, error, current, cancel } = thread;
  return {
    threadId: thread.id,
    scriptName: start.scriptName,
    version: start.version,
    status: Thread_Status[thread.status],
    ...{ error: text(error?.message), errorCode: text(error?.code), errorStepPath: text(error?.step) },
    ...{ currentStepPath: text(current?.path), currentStepName: text(current?.name), totalSteps: thread.totalSteps },
    ...{ stepsStarted: count(thread.stepsStarted), stepsCompleted: count(thread.stepsCompleted), yielded: count(thread.yielded) },
    executionMode: ExecutionMode[start.executionMode],
    ...{ createdAtMs: msOf(start.createdAt), startedAtMs: msOf(thread.startedAt), finishedAtMs: msOf(thread.endedAt) },
    ...{ updatedAtMs: msOf(thread.updatedAt), deadlineAtMs: msOf(start.deadlineAt) },
    metadata: { ...start.metadata },
    pauses: thread.pauses.map(pauseView),
    ...{ tokensIn: count(thread.tokensIn), tokensOut: count(thread.tokensOut) },
    ...{ cancelledBy: text(cancel?.by), cancelReason: text(cancel?.reason) },
    ...{ parentThreadId: text(start.parent?.threadId), parentStepPath: text(start.parent?.path) },
    lastSequence: count(thread.lastSeq),
    createdBy: start.by.subject,
  };
};

export function pauseView(pause: ScriptPause) {
  const of = { stepPath: pause.path, label: text(pause.label), sinceMs: msOf(pause.since) };
  if (pause.kind === 'error') return { ...of, kind: Pause_Kind.ERROR, primitive: pause.primitive, error: errorView(pause.error) };
  return {
    ...of,
    ...{ kind: Pause_Kind.ASK, primitive: 'ask', prompt: pause.prompt, type: pause.type },
    optionsJson: pause.options === null ? '' : jsonText(pause.options),
    defaultJson: pause.default !== null && 'value' in pause.default ? jsonText(pause.default.value) : '',
    ...{ attempt: pause.attempt, retriesLeft: pause.retriesLeft, expiresAtMs: msOf(pause.expiresAt), refused: text(pause.refused) },
  };
}

export const stepSummaryView = (step: ScriptStepRecord) => ({
  ...{ stepPath: step.path, name: step.name, primitive: step.primitive, tool: text(step.tool), status: Step_Status[step.status] },
  durationMs: count(step.durationMs ?? 0),
});

export const stepView = (step: ScriptStepRecord) => ({
  ...stepSummaryView(step),
  ...{ attempt: step.attempt, startedAtMs: msOf(step.startedAt), endedAtMs: msOf(step.endedAt) },
  ...{ input: valueView(step.input), output: valueView(step.output), error: errorView(step.error) },
  ...{ executionId: text(step.executionId), tokensIn: count(step.tokensIn), tokensOut: count(step.tokensOut) },
});
