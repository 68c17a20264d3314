/** Traces by OpenTelemetry, sent over OTLP/HTTP as JSON. Loaded only when they are on (./tracing.ts). */
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, context, propagation, trace, type Context } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { Resource } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  RandomIdGenerator,
  TraceIdRatioBasedSampler,
  type IdGenerator,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-node';
import { OpenTelemetryActivityInboundInterceptor, OpenTelemetryWorkflowClientInterceptor } from '@temporalio/interceptors-opentelemetry';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { TRACE_HEADER, type TakenSpan } from '../contracts/tracing';
import type { Log } from '../surfaces/http/log';
import type { Observer } from '../surfaces/http/observation';
import type { RoleName } from './role-environment';
import type { Tracing } from './tracing';

export interface OpenTelemetryOptions {
  /** Of the collector, with or without `/v1/traces`. */
  readonly url: string;
  readonly ratio: number;
  readonly role: RoleName;
  readonly log: Log;
}

const CLOSE_MS = 2_000;

export function openTelemetry({ url, ratio, role, log }: OpenTelemetryOptions): Tracing {
  const ids = new ChosenIds();
  const provider = new NodeTracerProvider({
    resource: new Resource({ 'service.name': `everthread-${role}`, 'service.namespace': 'everthread', 'process.pid': process.pid }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    idGenerator: ids,
    spanProcessors: [
      new BatchSpanProcessor(toldOnce(new OTLPTraceExporter({ url: `${url.replace(/\/+$|\/v1\/traces\/?$/, '')}/v1/traces`, timeoutMillis: 5_000 }), log), {
        maxQueueSize: 4_096,
        maxExportBatchSize: 512,
        scheduledDelayMillis: 1_000,
        exportTimeoutMillis: 6_000,
      }),
    ],
  });
  provider.register();
  return {
    observer: httpSpans(),
    client: { workflow: [new OpenTelemetryWorkflowClientInterceptor()] },
    activity: [activitySpans],
    sinks: { everthreadTraces: { taken: { fn: ({ workflowId, runId }, span) => takenSpan(ids, span, { temporalWorkflowId: workflowId, run_id: runId }) } } },
    headers() {
      const carrier: Record<string, string> = {};
      propagation.inject(context.active(), carrier);
      return carrier;
    },
    async close() {
      const late = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS).unref());
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
    },
  };
}

const tracer = () => trace.getTracer('everthread');

/** The server's span of a request. A caller's `traceparent` is its parent; what the handler does is below it. */
const httpSpans = (): Observer => ({
  async around({ method, headers }, serve) {
    const parent = propagation.extract(ROOT_CONTEXT, headers);
    const span = tracer().startSpan(method, { kind: SpanKind.SERVER, attributes: { 'http.request.method': method } }, parent);
    try {
      const { surface, route, status, requestId } = await context.with(trace.setSpan(parent, span), serve);
      span.updateName(`${method} ${route}`);
      span.setAttributes({ 'http.route': route, 'http.response.status_code': status, 'everthread.surface': surface, 'everthread.request_id': requestId });
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    } finally {
      span.end();
    }
  },
  opened: () => () => undefined,
});

/** An activity of a thread that nobody traces begins no trace of its own. */
const activitySpans: ActivityInterceptorsFactory = (ctx) => {
  const spans = new OpenTelemetryActivityInboundInterceptor(ctx);
  return { inbound: { execute: (input, next) => (input.headers[TRACE_HEADER] ? spans.execute(input, next) : next(input)) } };
};

/** Random ids, unless the next span's was chosen: activities already name a workflow's span as their parent. */
class ChosenIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  #next: string | null = null;
  readonly generateTraceId = (): string => this.#random.generateTraceId();
  readonly generateSpanId = (): string => {
    const id = this.#next ?? this.#random.generateSpanId();
    this.#next = null;
    return id;
  };
  choose<T>(id: string, start: () => T): T {
    this.#next = id;
    try {
      return start();
    } finally {
      this.#next = null;
    }
  }
}

/** A moment, not a stretch: the actor took the message and lives on. */
function takenSpan(ids: ChosenIds, { name, parent, spanId, atMs }: TakenSpan, attributes: Readonly<Record<string, string>>): void {
  const above: Context = propagation.extract(ROOT_CONTEXT, parent);
  const span = ids.choose(spanId, () => tracer().startSpan(name, { kind: SpanKind.CONSUMER, startTime: atMs, attributes }, above));
  span.setStatus({ code: SpanStatusCode.OK });
  span.end(atMs);
}

/** Says once that traces cannot be sent, and once that they can again. */
function toldOnce(exporter: SpanExporter, log: Log): SpanExporter {
  let failing = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const failed = result.code !== 0;
        if (failed && !failing) log.warn({ reason: result.error?.message }, 'traces cannot be sent to the collector; they are dropped until it answers');
        if (!failed && failing) log.info('traces are sent again');
        failing = failed;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  };
}
