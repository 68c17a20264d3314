/** Durations and times of scripts: `"250ms"`, `"30s"`, `"5m"`, `"24h"`, `"7d"`, a number of milliseconds; a timestamp. */

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/;
/** Nothing waits longer than ten years. */
export const WAIT_MAX_MS = 10 * 366 * 86_400_000;

/** Milliseconds, or null where it is none. */
export function durationIn(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 && value <= WAIT_MAX_MS ? Math.round(value) : null;
  const [, count, unit] = typeof value === 'string' ? (DURATION.exec(value.trim()) ?? []) : [];
  const ms = Number(count) * (UNITS[unit ?? ''] ?? NaN);
  return Number.isFinite(ms) && ms <= WAIT_MAX_MS ? Math.round(ms) : null;
}

const TIME = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;

/** Milliseconds since 1970; a time without a zone is in UTC. Null where it is none. */
export function timeIn(value: unknown): number | null {
  if (typeof value !== 'string' || !TIME.test(value.trim())) return null;
  const text = value.trim().replace(' ', 'T');
  const at = Date.parse(text.includes('T') && !/(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? `${text}Z` : text);
  return Number.isFinite(at) ? at : null;
}
