/** Trace contexts in pure code: replay must find the same ids, so a span's id is made of where it is, not drawn. */
import type { TraceCarrier } from '../../contracts/tracing';

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** 32 bits of FNV-1a. */
function fnv(text: string, basis: number): number {
  let hash = basis;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

const hex = (value: number): string => value.toString(16).padStart(8, '0');

/** An id of 16 hex digits for this place; never the one of only zeros, which means none. */
export function spanIdOf(place: string): string {
  const id = hex(fnv(place, 0x811c9dc5)) + hex(fnv(`${place}/2`, 0x9e3779b9));
  return id === '0'.repeat(16) ? '0'.repeat(15) + '1' : id;
}

/** The context below a new span of this id; null for a carrier that holds none. */
export function childOf(carrier: TraceCarrier, spanId: string): TraceCarrier | null {
  const [, trace, , flags] = TRACEPARENT.exec(carrier.traceparent ?? '') ?? [];
  return trace === undefined ? null : { ...carrier, traceparent: `00-${trace}-${spanId}-${flags}` };
}

/** Whether spans of this context are recorded. */
export const isSampled = ({ traceparent }: TraceCarrier): boolean => (parseInt(TRACEPARENT.exec(traceparent ?? '')?.[3] ?? '0', 16) & 1) === 1;
