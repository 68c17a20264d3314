/** A collector of traces on loopback: OTLP over HTTP as JSON, kept in memory. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}
type Wire = Omit<SeenSpan, 'service' | 'attributes' | 'parentSpanId'> & { readonly parentSpanId?: string; readonly attributes: readonly Attribute[] };
interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly Wire[] }[];
  }[];
}

export interface TraceCollector {
  readonly url: string;
  readonly spans: SeenSpan[];
  /** Everything that came that was not an export of traces. */
  readonly strange: string[];
  close(): Promise<void>;
}

const plain = (attributes: readonly Attribute[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

export async function traceCollector(): Promise<TraceCollector> {
  const spans: SeenSpan[] = [];
  const strange: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method !== 'POST' || request.url !== '/v1/traces') strange.push(`${request.method} ${request.url}`);
      else {
        for (const { resource, scopeSpans } of (JSON.parse(Buffer.concat(chunks).toString()) as Export).resourceSpans) {
          const service = String(plain(resource.attributes)['service.name']);
          for (const { parentSpanId, attributes, ...span } of scopeSpans.flatMap((scope) => scope.spans))
            spans.push({ ...span, service, parentSpanId: parentSpanId || undefined, attributes: plain(attributes) });
        }
      }
      response.setHeader('content-type', 'application/json');
      response.end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    strange,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
