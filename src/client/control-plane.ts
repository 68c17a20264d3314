/** Calls of the control plane. Health has methods; every other route is called by its path through `api`, as typed. */
import type { operations, paths } from './generated/control-plane';
import { dataOf, typedCalls, type CallOptions, type TypedCalls } from './surface-client';
import type { Transport } from './transport';

type Ready = operations['getReady']['responses'][200]['content']['application/json'];

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

  live({ signal }: CallOptions = {}) {
    return dataOf(this.api.GET('/api/health/live', { signal }));
  }
}
