/**
 * The one error of Everthread, and the one table that says how each kind of it is spoken on every wire.
 *
 * **Kind** is a closed list: it says who must act. **Code** is open (`actor.what`, such as `thread.stopped`): it says what
 * happened, and every code is listed in docs/errors.md. Surfaces render faults; nobody else knows a status code.
 */
import { ApplicationFailure } from '@temporalio/common';

/** How a kind of fault is spoken over HTTP and gRPC, and whether trying the same again may help. */
export const KINDS = {
  invalid: { http: 400, grpc: 3, retry: false },
  unauthenticated: { http: 401, grpc: 16, retry: false },
  forbidden: { http: 403, grpc: 7, retry: false },
  not_found: { http: 404, grpc: 5, retry: false },
  deadline: { http: 408, grpc: 4, retry: true },
  conflict: { http: 409, grpc: 9, retry: false },
  exhausted: { http: 429, grpc: 8, retry: true },
  internal: { http: 500, grpc: 13, retry: false },
  unsupported: { http: 501, grpc: 12, retry: false },
  unavailable: { http: 503, grpc: 14, retry: true },
} as const;

export type Kind = keyof typeof KINDS;

/** Facts for the caller: names, bounds, lists of what is known. Never a secret: facts are shown. */
export type Facts = Readonly<Record<string, unknown>>;

/**
 * A Temporal failure, so that it may be thrown from a workflow handler, an activity or a facade alike and keeps its code
 * across every wire. A plain `Error` thrown in an update handler would stall the whole workflow instead.
 */
export class Fault extends ApplicationFailure {
  constructor(
    readonly kind: Kind,
    readonly code: string,
    message: string,
    readonly facts: Facts = {},
    cause?: Error,
  ) {
    super(message, code, !KINDS[kind].retry, [{ kind, facts }], cause);
  }
}

const isKind = (value: unknown): value is Kind => typeof value === 'string' && value in KINDS;

/**
 * The fault inside anything that was thrown, also after it crossed Temporal, where classes are lost and only the
 * failure's type and details remain. What nobody declared becomes `internal`, with the original as its cause.
 */
export function faultFrom(thrown: unknown): Fault {
  for (let at: unknown = thrown, depth = 0; at instanceof Error && depth < 10; at = at.cause, depth++) {
    if (at instanceof Fault) return at;
    if (at instanceof ApplicationFailure) {
      const detail = at.details?.[0] as { kind?: unknown; facts?: Facts } | undefined;
      if (detail && isKind(detail.kind)) {
        return new Fault(detail.kind, at.type ?? detail.kind, at.message, detail.facts ?? {}, at.cause);
      }
    }
  }
  const cause = thrown instanceof Error ? thrown : undefined;
  return new Fault('internal', 'internal', 'Something failed that should not have; the log has the cause.', {}, cause);
}
