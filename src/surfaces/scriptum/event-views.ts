/** Events of a thread as messages: one shape for WatchThread and WatchStep, each under the names that it has there. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ScriptEvent, ScriptEventType } from '../../contracts/script/events';
import type { ScriptStepRecord, Watched } from '../../contracts/script/ports';
import type { ScriptPause } from '../../contracts/script/start';
import type { StepEventSchema, ThreadEventSchema } from './generated/dodil/scriptum/v1/events_pb';
import { pauseView, stepView } from './thread-views';
import { count, errorView, msOf, text, valueView } from './values';

type ThreadCase = NonNullable<MessageInitShape<typeof ThreadEventSchema>['event']>;
type StepCase = NonNullable<MessageInitShape<typeof StepEventSchema>['event']>;
type DataOf<T extends ScriptEventType> = Extract<ScriptEvent, { readonly type: T }>['data'];

const placed = ({ path, label }: { readonly path: string; readonly label: string | null }) => ({ stepPath: path, label: text(label) });

/** What steps tell, whoever watches. */
const STEP = {
  step_started: (data: DataOf<'step_started'>) => ({ ...placed(data), primitive: data.primitive, tool: text(data.tool), attempt: data.attempt }),
  step_completed: (data: DataOf<'step_completed'>) => ({
    ...placed(data),
    ...{ input: valueView(data.input), output: valueView(data.output), durationMs: count(data.durationMs), executionId: text(data.executionId) },
    ...{ tokensIn: count(data.tokensIn), tokensOut: count(data.tokensOut) },
  }),
  step_failed: (data: DataOf<'step_failed'>) => ({
    ...placed(data),
    ...{ input: valueView(data.input), error: errorView(data.error), unknown: data.unknown, durationMs: count(data.durationMs), next: data.next },
  }),
  decision_made: (data: DataOf<'decision_made'>) => ({ ...placed(data), by: data.by, choice: data.choice, reason: text(data.reason) }),
  model_called: (data: DataOf<'model_called'>) => ({
    ...placed(data),
    ...{ model: data.model, tokensIn: count(data.tokensIn), tokensOut: count(data.tokensOut), latencyMs: count(data.latencyMs) },
  }),
  items_progressed: (data: DataOf<'items_progressed'>) => ({ ...placed(data), done: count(data.done), ...(data.of !== null && { of: count(data.of) }) }),
  value_yielded: (data: DataOf<'value_yielded'>) => ({ ...placed(data), index: count(data.index), value: valueView(data.value) }),
  artifact_kept: (data: DataOf<'artifact_kept'>) => ({
    ...placed(data),
    ...{ artifactId: data.artifactId, name: data.name, mediaType: data.mediaType, sizeBytes: count(data.bytes) },
  }),
  thread_paused: (data: DataOf<'thread_paused'>) => ({ pause: pauseView(data.pause as unknown as ScriptPause) }),
  thread_resumed: (data: DataOf<'thread_resumed'>) => ({ ...placed(data), by: data.by, override: valueView(data.override) }),
  answer_refused: (data: DataOf<'answer_refused'>) => ({
    ...placed(data),
    ...{ attempt: data.attempt, retriesLeft: data.retriesLeft, code: data.code, message: data.message, by: data.by },
  }),
} as const;

function threadCase({ type, data }: ScriptEvent): ThreadCase {
  switch (type) {
    case 'thread_started':
      return { case: 'threadStarted', value: { scriptName: data.scriptName, version: data.version, totalSteps: data.totalSteps } };
    case 'thread_completed':
      return { case: 'threadCompleted', value: { output: valueView(data.output) } };
    case 'thread_failed':
      return { case: 'threadFailed', value: { error: errorView(data.error) } };
    case 'thread_cancelled':
      return { case: 'threadCancelled', value: { by: data.by, reason: text(data.reason) } };
    case 'cancel_requested':
      return { case: 'cancelRequested', value: { by: data.by, reason: text(data.reason) } };
    case 'command_refused':
      return { case: 'commandRefused', value: { command: data.command, requestId: data.requestId, code: data.code, message: data.message } };
    case 'step_started':
      return { case: 'stepStarted', value: STEP.step_started(data) };
    case 'step_completed':
      return { case: 'stepCompleted', value: STEP.step_completed(data) };
    case 'step_failed':
      return { case: 'stepFailed', value: STEP.step_failed(data) };
    case 'decision_made':
      return { case: 'decisionMade', value: STEP.decision_made(data) };
    case 'model_called':
      return { case: 'modelCalled', value: STEP.model_called(data) };
    case 'items_progressed':
      return { case: 'itemsProgressed', value: STEP.items_progressed(data) };
    case 'value_yielded':
      return { case: 'valueYielded', value: STEP.value_yielded(data) };
    case 'artifact_kept':
      return { case: 'artifactKept', value: STEP.artifact_kept(data) };
    case 'thread_paused':
      return { case: 'threadPaused', value: STEP.thread_paused(data) };
    case 'thread_resumed':
      return { case: 'threadResumed', value: STEP.thread_resumed(data) };
    case 'answer_refused':
      return { case: 'answerRefused', value: STEP.answer_refused(data) };
  }
}

/** Null: nothing that a step tells. */
function stepCase({ type, data }: ScriptEvent): StepCase | null {
  switch (type) {
    case 'step_started':
      return { case: 'started', value: STEP.step_started(data) };
    case 'step_completed':
      return { case: 'done', value: STEP.step_completed(data) };
    case 'step_failed':
      return { case: 'failed', value: STEP.step_failed(data) };
    case 'decision_made':
      return { case: 'decision', value: STEP.decision_made(data) };
    case 'model_called':
      return { case: 'modelCalled', value: STEP.model_called(data) };
    case 'items_progressed':
      return { case: 'itemsProgressed', value: STEP.items_progressed(data) };
    case 'value_yielded':
      return { case: 'valueYielded', value: STEP.value_yielded(data) };
    case 'artifact_kept':
      return { case: 'artifactKept', value: STEP.artifact_kept(data) };
    case 'thread_paused':
      return { case: 'paused', value: STEP.thread_paused(data) };
    case 'thread_resumed':
      return { case: 'resumed', value: STEP.thread_resumed(data) };
    case 'answer_refused':
      return { case: 'answerRefused', value: STEP.answer_refused(data) };
    default:
      return null;
  }
}

export const threadEventView = (threadId: string, event: Watched) => ({
  ...{ sequence: count(event.seq), atMs: msOf(event.at), threadId },
  event: threadCase(event),
});

export function stepEventView(threadId: string, stepPath: string, event: Watched) {
  const of = stepCase(event);
  return of && { sequence: count(event.seq), atMs: msOf(event.at), threadId, stepPath, event: of };
}

export const snapshotView = (threadId: string, step: ScriptStepRecord) => ({
  ...{ sequence: 0n, atMs: msOf(step.startedAt), threadId, stepPath: step.path },
  event: { case: 'snapshot' as const, value: stepView(step) },
});
