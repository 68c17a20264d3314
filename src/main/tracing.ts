/** Traces: off unless `EVERTHREAD_OTLP_URL` says where to. Off costs nothing: OpenTelemetry is loaded only when it is on. */
import type { ClientInterceptors } from '@temporalio/client';
import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker';
import type { Config } from '../config/config';
import type { TraceSinks } from '../contracts/tracing';
import type { Log } from '../surfaces/http/log';
import type { Observer } from '../surfaces/http/observation';
import type { RoleName } from './role-environment';

export interface Tracing {
  /** A span for each HTTP request; null when off. */
  readonly observer: Observer | null;
  /** A span for each call to Temporal, and the trace in its headers. */
  readonly client: ClientInterceptors;
  /** A span for each run of an activity that belongs to a trace. */
  readonly activity: readonly ActivityInterceptorsFactory[];
  /** The spans that workflows tell of. A worker has them also when it is off: others may be on. */
  readonly sinks: InjectedSinks<TraceSinks>;
  /** W3C headers for an outgoing call of what is being done now. */
  headers(): Readonly<Record<string, string>>;
  /** Sends what waits, for a moment at most. */
  close(): Promise<void>;
}

const OFF: Tracing = {
  observer: null,
  client: {},
  activity: [],
  sinks: { everthreadTraces: { taken: { fn: () => undefined } } },
  headers: () => ({}),
  close: () => Promise.resolve(),
};

export async function startTracing({ traces }: Pick<Config, 'traces'>, role: RoleName, log: Log): Promise<Tracing> {
  if (traces === null) return OFF;
  const { openTelemetry } = await import('./tracing-otel.js');
  return openTelemetry({ ...traces, role, log });
}
