/** Which status a fault has over HTTP: by its kind, and for what only HTTP knows, by its code. */
import { Fault, faultFrom, KINDS } from '../../errors/fault';
import { limitHeaders } from './limits';

const WIRE: Readonly<Record<string, number>> = {
  'request.method': 405,
  'request.not_acceptable': 406,
  'request.too_large': 413,
  'request.content_type': 415,
  'request.upgrade_required': 426,
};

export const statusOf = (fault: Fault, dialect?: (fault: Fault) => number | undefined): number =>
  dialect?.(fault) ?? WIRE[fault.code] ?? KINDS[fault.kind].http;

/** What the client may see of anything that was thrown. Internal faults keep their code of `internal` and lose everything else. */
export function shownFault(thrown: unknown): Fault {
  const fault = faultFrom(thrown);
  if (fault.kind !== 'internal') return fault;
  return new Fault('internal', 'internal', 'Something failed that should not have. The log has the cause under this request id.');
}

/** What goes with a fault beside its body, by HTTP and before an upgrade alike. */
export function faultHeaders(fault: Fault): Readonly<Record<string, string>> {
  return {
    ...(fault.kind === 'unauthenticated' && { 'WWW-Authenticate': 'Bearer' }),
    ...(fault.code === 'request.rate_limited' && limitHeaders(fault)),
    ...((fault.kind === 'unavailable' || fault.kind === 'exhausted') && { 'Retry-After': String(fault.facts.retryAfterSeconds ?? 1) }),
  };
}
