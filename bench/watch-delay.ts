/** How soon whoever watches the thread of a script has the end of a step: over SSE and over gRPC, from the clock that the step's own tool read. */
import { createClient, type Client } from '@connectrpc/connect';
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import { performance } from 'node:perf_hooks';
import { ScriptumService } from '../src/surfaces/scriptum/generated/dodil/scriptum/v1/scriptum_pb';
import type { EventStream } from './event-stream';
import type { Bench } from './scenario';

const WATCH_MS = 30_000;

/** An event, on the clock that all processes of the machine share: milliseconds since 1970. */
interface Seen {
  readonly arrivedAt: number;
  /** When its workflow recorded it. */
  readonly recordedAt: number;
  /** What the tool read, of the end of a step. */
  readonly endedAt: number | null;
}

export interface Delays {
  readonly fromTool: readonly number[];
  readonly fromRecord: readonly number[];
}

const endedAt = (output: string | undefined): number | null => {
  const value = JSON.parse(output === undefined || output === '' ? 'null' : output) as { readonly unix_ms?: unknown } | null;
  return typeof value?.unix_ms === 'number' ? value.unix_ms : null;
};

/** Steps that ended before anybody watched say nothing. */
export function delaysOf(seen: readonly Seen[]): Delays {
  const from = seen[0]?.arrivedAt ?? Infinity;
  const counted = seen.filter((event) => event.endedAt !== null && event.endedAt >= from);
  return {
    fromTool: counted.map((event) => event.arrivedAt - (event.endedAt ?? 0)),
    fromRecord: counted.map(({ arrivedAt, recordedAt }) => arrivedAt - recordedAt),
  };
}

/** What a stream over SSE has brought. */
export function seenBySse(events: EventStream): readonly Seen[] {
  const clock = Date.now() - performance.now();
  return events.sofar.map(({ at, data }) => {
    const step = data['stepCompleted'] as { readonly output?: { readonly json?: string } } | undefined;
    return { arrivedAt: clock + at, recordedAt: Number(data['atMs']), endedAt: endedAt(step?.output?.json) };
  });
}

export class GrpcWatcher {
  private readonly session: Http2SessionManager;
  private readonly client: Client<typeof ScriptumService>;

  constructor({ system }: Bench) {
    const baseUrl = `http://${system.grpcAddress}`;
    this.session = new Http2SessionManager(baseUrl);
    this.client = createClient(ScriptumService, createGrpcTransport({ baseUrl, sessionManager: this.session }));
  }

  /** All events of a thread until it has ended. */
  async watch(threadId: string): Promise<readonly Seen[]> {
    const seen: Seen[] = [];
    for await (const { atMs, event } of this.client.watchThread({ threadId }, { timeoutMs: WATCH_MS })) {
      const arrivedAt = Date.now();
      seen.push({ arrivedAt, recordedAt: Number(atMs), endedAt: event.case === 'stepCompleted' ? endedAt(event.value.output?.json) : null });
    }
    return seen;
  }

  close(): void {
    this.session.abort();
  }
}
