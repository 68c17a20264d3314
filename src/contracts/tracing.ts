/**
 * What joins spans over processes: a W3C trace context, carried in the headers of Temporal's messages under the name that the SDK's own OpenTelemetry interceptors use. Without
 * traces no message has the header.
 */

/** The header's name. It is in the histories of traced actors and never changes. */
export const TRACE_HEADER = '_tracer-data';

/** The header's value. */
export interface TraceCarrier {
  /** `00-<32 hex digits: trace>-<16: span>-<2: flags>` */
  readonly traceparent?: string;
  readonly tracestate?: string;
}

/** What a workflow tells of a message that it took: its start, an update, a signal. */
export interface TakenSpan {
  /** `HandleUpdate:send` */
  readonly name: string;
  /** The span of whoever sent the message. */
  readonly parent: TraceCarrier;
  /** 16 hex digits; the activities that follow have it for their parent. */
  readonly spanId: string;
  /** Workflow time, milliseconds since 1970. */
  readonly atMs: number;
}

/** The sink through which workflows tell it. */
export type TraceSinks = {
  readonly everthreadTraces: { readonly taken: (span: TakenSpan) => void };
};
