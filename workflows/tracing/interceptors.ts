/**
 * Joins what an actor does to the request that asked for it. The newest message that it took (its start, an update, a signal) gets a span, and the activities that are scheduled
 * from then on are below it. A message without a trace header leaves everything as it was: nothing is told, and no header is written.
 *
 * The SDK's own interceptors keep one span open for as long as a run lives, which for a thread is months, and bring the OpenTelemetry SDK into every
 * workflow's memory (docs/observability.md). Nothing here waits or draws from the workflow's random source, so a history replays the same with
 * traces on or off.
 */
import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import * as wf from '@temporalio/workflow';
import { TRACE_HEADER, type TraceCarrier, type TraceSinks } from '../../src/contracts/tracing';
import { childOf, isSampled, spanIdOf } from '../../src/domain/tracing/trace-context';

export const interceptors: wf.WorkflowInterceptorsFactory = () => {
  /** The header for whatever is scheduled now. */
  let current: Headers = {};
  let taken = 0;

  const take = (name: string, headers: Headers): void => {
    const payload = headers[TRACE_HEADER];
    if (payload === undefined) return;
    const parent = defaultPayloadConverter.fromPayload<TraceCarrier | null>(payload) ?? {};
    const spanId = spanIdOf(`${wf.workflowInfo().runId}/${++taken}`);
    const child = childOf(parent, spanId);
    if (child === null) return;
    current = { [TRACE_HEADER]: defaultPayloadConverter.toPayload(child) };
    if (isSampled(child)) wf.proxySinks<TraceSinks>().everthreadTraces.taken({ name, parent, spanId, atMs: Date.now() });
  };
  const below = <I extends { readonly headers: Headers }>(input: I): I => ({ ...input, headers: { ...input.headers, ...current } });

  return {
    inbound: [
      {
        execute(input, next) {
          take(`RunWorkflow:${wf.workflowInfo().workflowType}`, input.headers);
          return next(input);
        },
        handleUpdate(input, next) {
          take(`HandleUpdate:${input.name}`, input.headers);
          return next(input);
        },
        handleSignal(input, next) {
          take(`HandleSignal:${input.signalName}`, input.headers);
          return next(input);
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => next(below(input)),
        startChildWorkflowExecution: (input, next) => next(below(input)),
        signalWorkflow: (input, next) => next(below(input)),
        continueAsNew: (input, next) => next(below(input)),
      },
    ],
  };
};
