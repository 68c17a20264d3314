/** Calls of the control plane. Health and what is followed have methods; every other route is called by its path through `api`, as typed. */
import { followEvents, type StreamEvent } from './event-stream';
import type { components, operations, paths } from './generated/control-plane';
import { dataOf, typedCalls, type CallOptions, type TypedCalls } from './surface-client';
import type { Transport } from './transport';

type ExecutionEvent = components['schemas']['ExecutionEvent'];
type Ready = operations['getReady']['responses'][200]['content']['application/json'];

const LAST = new Set(['completed', 'failed', 'cancelled']);

export class ControlPlane {
  /** Typed calls by path: `api.GET('/api/…')`. What is not a success is thrown. */
  readonly api: TypedCalls<paths>;

  constructor(private readonly transport: Transport) {
    this.api = typedCalls<paths>(transport);
  }

  health({ signal }: CallOptions = {}) {
    return dataOf(this.api.GET('/api/health', { signal }));
  }

  /** Also a server that is not ready answers, so this is one attempt and throws only when nobody does. */
  async ready({ signal }: CallOptions = {}): Promise<Ready> {
    const { data, error } = await this.api.GET('/api/health/ready', { fetch: this.transport.sendOnce, signal });
    return (data ?? error) as Ready;
  }

  /** The events of an execution after `after`, as they are recorded, until it has ended; the connection is made again when it is lost. */
  async *followExecution(id: string, { after = 0, signal }: CallOptions & { readonly after?: number } = {}): AsyncGenerator<ExecutionEvent, void, void> {
    const path = `/api/executions/${encodeURIComponent(id)}/events`;
    const isLast = ({ event }: StreamEvent): boolean => LAST.has(event);
    for await (const { data } of followEvents(this.transport, path, { signal, lastEventId: String(after), isLast })) yield JSON.parse(data) as ExecutionEvent;
  }

  live({ signal }: CallOptions = {}) {
    return dataOf(this.api.GET('/api/health/live', { signal }));
  }
}
