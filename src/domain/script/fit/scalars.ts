/** The types that have no parts. */
import type { Json } from '../../../contracts/pattern/json';
import type { ScalarType } from '../syntax/ast';

export interface Scalar {
  /** In messages: what is expected. */
  readonly says: string;
  /** The value as it is kept; undefined: it is none of this type. */
  readonly take: (value: Json) => Json | undefined;
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIMESTAMP = /^(\d{4}-\d{2}-\d{2})[Tt]([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Whether there is such a day. */
function isDay(text: string): boolean {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (year === undefined || Number(month) < 1 || Number(month) > 12) return false;
  const leap = Number(year) % 4 === 0 && (Number(year) % 100 !== 0 || Number(year) % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Number(month) - 1] ?? 0;
  return Number(day) >= 1 && Number(day) <= days;
}

/** In UTC with milliseconds, so that two of them compare as texts. */
function timestamp(value: Json): Json | undefined {
  if (typeof value !== 'string' || value.length > 40) return undefined;
  const day = TIMESTAMP.exec(value)?.[1];
  if (day === undefined || !isDay(day)) return undefined;
  const ms = Date.parse(value.toUpperCase());
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

const only =
  (is: (value: Json) => boolean) =>
  (value: Json): Json | undefined =>
    is(value) ? value : undefined;

export const SCALARS: Readonly<Record<ScalarType, Scalar>> = {
  text: { says: 'a text', take: only((value) => typeof value === 'string') },
  number: { says: 'a number', take: only((value) => typeof value === 'number' && Number.isFinite(value)) },
  integer: { says: 'a whole number', take: only((value) => typeof value === 'number' && Number.isSafeInteger(value)) },
  boolean: { says: 'true or false', take: only((value) => typeof value === 'boolean') },
  binary: { says: 'bytes in base64', take: only((value) => typeof value === 'string' && BASE64.test(value)) },
  date: { says: 'a date, such as "2026-11-26"', take: only((value) => typeof value === 'string' && isDay(value)) },
  timestamp: { says: 'a time with its zone, such as "2026-11-26T15:00:00Z"', take: timestamp },
  any: { says: 'a value', take: (value) => value },
};
