/**
 * Cron expressions as calendars, or what is wrong with them.
 *
 * Five fields (minute, hour, day of month, month, day of week), six with the second in front, or a word such as `@daily`. Values, ranges, lists, steps and English
 * names. As in every cron, a day need only fit one of the two day fields when both restrict: that makes two calendars, because the fields of a calendar must all fit.
 */
import { everyValue, neverComes, readField, type CalendarTimes, type FieldName, type Problem, type Range } from './calendar';

const SIX: readonly FieldName[] = ['second', 'minute', 'hour', 'dayOfMonth', 'month', 'dayOfWeek'];

const WORDS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

export function readCron(text: string): readonly CalendarTimes[] | Problem {
  const trimmed = text.trim();
  const expression = trimmed.startsWith('@') ? WORDS[trimmed.toLowerCase()] : trimmed;
  if (expression === undefined) return { field: null, problem: `${trimmed} is not one of ${Object.keys(WORDS).join(', ')}` };
  const given = expression.split(/\s+/);
  if (given.length !== 5 && given.length !== 6) return { field: null, problem: `expected 5 or 6 fields, found ${given.length}` };
  const texts = given.length === 5 ? ['0', ...given] : given;
  const found: Partial<Record<FieldName, readonly Range[]>> = {};
  for (const [at, name] of SIX.entries()) {
    const ranges = readField(name, texts[at] ?? '');
    if ('problem' in ranges) return ranges;
    found[name] = ranges;
  }
  const times = { ...(found as Record<Exclude<FieldName, 'year'>, readonly Range[]>), year: null };
  const restricts = (at: number): boolean => !/^[*?]/.test(texts[at] ?? '');
  if (restricts(3) && restricts(5)) {
    const byDate = { ...times, dayOfWeek: everyValue('dayOfWeek') };
    const byDay = { ...times, dayOfMonth: everyValue('dayOfMonth') };
    return neverComes(byDate) ? [byDay] : [byDate, byDay];
  }
  return neverComes(times) ? { field: 'dayOfMonth', problem: 'no month that is meant has such a day' } : [times];
}
