/** Calendars of schedules as numbers: every field a list of ranges, or what is wrong with it. */
import type { Calendar } from '../../contracts/schedule';

/** Inclusive; `step` from 1. */
export interface Range {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

export type FieldName = keyof Calendar;

/** Every field restricts; a time must fit all of them. No year: every year. */
export type CalendarTimes = Readonly<Record<Exclude<FieldName, 'year'>, readonly Range[]>> & { readonly year: readonly Range[] | null };

export const MONTH_NAMES = ['JANUARY', 'FEBRUARY', 'MARCH', 'APRIL', 'MAY', 'JUNE', 'JULY', 'AUGUST', 'SEPTEMBER', 'OCTOBER', 'NOVEMBER', 'DECEMBER'] as const;
export const DAY_NAMES = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'] as const;

interface Field {
  readonly min: number;
  readonly max: number;
  /** The value of the name at index 0, for fields whose values have names. */
  readonly names?: { readonly first: number; readonly list: readonly string[] };
}

export const FIELDS: Readonly<Record<FieldName, Field>> = {
  second: { min: 0, max: 59 },
  minute: { min: 0, max: 59 },
  hour: { min: 0, max: 23 },
  dayOfMonth: { min: 1, max: 31 },
  month: { min: 1, max: 12, names: { first: 1, list: MONTH_NAMES } },
  // 7 is Sunday too, as in cron.
  dayOfWeek: { min: 0, max: 7, names: { first: 0, list: DAY_NAMES } },
  year: { min: 2000, max: 2199 },
};

/** What is wrong, and with which field. */
export interface Problem {
  readonly field: FieldName | null;
  readonly problem: string;
}

export const isProblem = (value: object): value is Problem => 'problem' in value;

/** A value by number or by name (whole, or its first three letters); null when it is neither or out of bounds. */
function valueIn(name: FieldName, given: number | string): number | null {
  const { min, max, names } = FIELDS[name];
  const text = String(given).toUpperCase();
  const named = names ? names.list.findIndex((word) => word === text || word.slice(0, 3) === text) : -1;
  const value = names && named >= 0 ? names.first + named : /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : null;
}

const DAYS_IN = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** True when no month that is meant has a day that is meant: such a schedule would never run. */
export function neverComes({ month, dayOfMonth }: CalendarTimes): boolean {
  const first = Math.min(...dayOfMonth.map(({ start }) => start));
  return !month.some(({ start, end, step }) => {
    for (let at = start; at <= end; at += step) if ((DAYS_IN[at - 1] ?? 0) >= first) return true;
    return false;
  });
}

/** The fewest ranges that hold exactly these values. */
export function rangesOf(values: readonly number[]): Range[] {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  const step = (sorted[1] ?? 0) - (sorted[0] ?? 0);
  if (sorted.length > 2 && sorted.every((value, at) => value === (sorted[0] ?? 0) + at * step))
    return [{ start: sorted[0] ?? 0, end: sorted.at(-1) ?? 0, step }];
  const ranges: Range[] = [];
  for (const value of sorted) {
    const last = ranges.at(-1);
    if (last?.end === value - 1) ranges[ranges.length - 1] = { ...last, end: value };
    else ranges.push({ start: value, end: value, step: 1 });
  }
  return ranges;
}

/** Values of a range, or what is wrong with it. Sunday is 0. */
function expand(name: FieldName, from: number | string, to: number | string, step: number): readonly number[] | Problem {
  const { min, max } = FIELDS[name];
  const wrong = (given: number | string): Problem => ({ field: name, problem: `${String(given)} is not a ${WORDS[name]} (${min} to ${max})` });
  const start = valueIn(name, from);
  if (start === null) return wrong(from);
  let end = valueIn(name, to);
  if (end === null) return wrong(to);
  // By name a week may end with its Sunday.
  if (name === 'dayOfWeek' && end === 0 && start > 0) end = 7;
  if (end < start) return { field: name, problem: `${String(from)}-${String(to)} ends before it begins` };
  const values: number[] = [];
  for (let at = start; at <= end; at += step) values.push(name === 'dayOfWeek' ? at % 7 : at);
  return values;
}

const WORDS: Readonly<Record<FieldName, string>> = {
  ...{ second: 'second', minute: 'minute', hour: 'hour', dayOfMonth: 'day of the month', month: 'month', dayOfWeek: 'day of the week', year: 'year' },
};

export const everyValue = (name: FieldName): readonly Range[] => [{ start: FIELDS[name].min, end: name === 'dayOfWeek' ? 6 : FIELDS[name].max, step: 1 }];

const PART = /^(?:(\*|\?)|([A-Za-z0-9]{1,9})(?:-([A-Za-z0-9]{1,9}))?)(?:\/(\d{1,4}))?$/;

/** One field as in a cron expression: parts such as `1`, `5-10/2`, `MON-FRI` or `*`, with commas between them. */
export function readField(name: FieldName, text: string): readonly Range[] | Problem {
  const values: number[] = [];
  for (const part of text.split(',')) {
    const [whole, any, from, to, step] = PART.exec(part.trim()) ?? [];
    if (whole === undefined) return { field: name, problem: `${part.trim() === '' ? 'an empty part' : part} is not understood` };
    if (step !== undefined && Number(step) === 0) return { field: name, problem: `${part} has a step of 0` };
    const { min, max } = FIELDS[name];
    const last = name === 'dayOfWeek' ? 6 : max;
    // `5/10` means from 5 on, by tens.
    const found = expand(name, any ? min : (from ?? ''), any ? last : (to ?? (step === undefined ? (from ?? '') : last)), Number(step ?? 1));
    if ('problem' in found) return found;
    values.push(...found);
  }
  return rangesOf(values);
}

const ZERO: readonly Range[] = [{ start: 0, end: 0, step: 1 }];

/** Years that are given as any are no restriction to Temporal; all other fields are written out. */
export function readCalendar(calendar: Calendar): CalendarTimes | Problem {
  const found: Partial<Record<FieldName, readonly Range[]>> = {};
  for (const name of Object.keys(FIELDS) as FieldName[]) {
    const given = calendar[name];
    const isTime = name === 'second' || name === 'minute' || name === 'hour';
    const ranges = given === undefined ? (isTime ? ZERO : everyValue(name)) : readField(name, String(given));
    if ('problem' in ranges) return ranges;
    found[name] = ranges;
  }
  const times = found as Record<FieldName, readonly Range[]>;
  const year = calendar.year === undefined || calendar.year === '*' ? null : times.year;
  return neverComes({ ...times, year }) ? { field: 'dayOfMonth', problem: 'no month that is meant has such a day' } : { ...times, year };
}
