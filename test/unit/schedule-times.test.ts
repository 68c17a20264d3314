import fc from 'fast-check';
import { isProblem, rangesOf, readCalendar, type CalendarTimes } from '../../src/domain/schedule/calendar';
import { readCron } from '../../src/domain/schedule/cron';
import { zoneProblem } from '../../src/domain/schedule/zone';

const valuesOf = (ranges: readonly { start: number; end: number; step: number }[]): number[] =>
  ranges.flatMap(({ start, end, step }) => Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, n) => start + n * step));

/** The fields that restrict, as values; one entry for each calendar. */
function shown(expression: string): unknown {
  const read = readCron(expression);
  if (isProblem(read)) return read;
  const all = { second: 60, minute: 60, hour: 24, dayOfMonth: 31, month: 12, dayOfWeek: 7 } as const;
  return read.map((times) =>
    Object.fromEntries(
      Object.entries(all).flatMap(([name, count]) => {
        const values = valuesOf(times[name as keyof typeof all]);
        return values.length === count ? [] : [[name, values]];
      }),
    ),
  );
}

describe('a cron expression', () => {
  it.each([
    ['* * * * *', [{ second: [0] }]],
    ['*/15 9-17 * * MON-FRI', [{ second: [0], minute: [0, 15, 30, 45], hour: [9, 10, 11, 12, 13, 14, 15, 16, 17], dayOfWeek: [1, 2, 3, 4, 5] }]],
    ['30 5 10 * * *', [{ second: [30], minute: [5], hour: [10] }]],
    ['0 0 * * 7', [{ second: [0], minute: [0], hour: [0], dayOfWeek: [0] }]],
    ['0 0 * * 5-7', [{ second: [0], minute: [0], hour: [0], dayOfWeek: [0, 5, 6] }]],
    ['0 0 * * FRI-SUN', [{ second: [0], minute: [0], hour: [0], dayOfWeek: [0, 5, 6] }]],
    ['0 12 1,15 jan,July ?', [{ second: [0], minute: [0], hour: [12], dayOfMonth: [1, 15], month: [1, 7] }]],
    ['5/20 0 * * *', [{ second: [0], minute: [5, 25, 45], hour: [0] }]],
    ['10-20/5 0 * * *', [{ second: [0], minute: [10, 15, 20], hour: [0] }]],
    ['0 0 29 2 *', [{ second: [0], minute: [0], hour: [0], dayOfMonth: [29], month: [2] }]],
    ['@weekly', [{ second: [0], minute: [0], hour: [0], dayOfWeek: [0] }]],
    ['  @Hourly ', [{ second: [0], minute: [0] }]],
  ])('%s is understood', (expression, expected) => {
    expect(shown(expression)).toEqual(expected);
  });

  it('fits either day when both restrict, as every cron does', () => {
    expect(shown('0 0 13 * FRI')).toEqual([
      { second: [0], minute: [0], hour: [0], dayOfMonth: [13] },
      { second: [0], minute: [0], hour: [0], dayOfWeek: [5] },
    ]);
    expect(shown('0 0 31 2 MON')).toEqual([{ second: [0], minute: [0], hour: [0], month: [2], dayOfWeek: [1] }]);
  });

  it.each([
    ['', null, 'expected 5 or 6 fields, found 1'],
    ['* * * *', null, 'found 4'],
    ['* * * * * * *', null, 'found 7'],
    ['@never', null, '@never is not one of'],
    ['@every 5s', null, '@every 5s is not one of'],
    ['60 * * * *', 'minute', '60 is not a minute (0 to 59)'],
    ['* 24 * * *', 'hour', '24'],
    ['* * 0 * *', 'dayOfMonth', '0 is not a day of the month'],
    ['* * 32 * *', 'dayOfMonth', '32'],
    ['* * * 13 *', 'month', '13'],
    ['* * * FOO *', 'month', 'FOO is not a month'],
    ['* * * * 8', 'dayOfWeek', '8'],
    ['* * * * MON-FOO', 'dayOfWeek', 'FOO'],
    ['20-10 * * * *', 'minute', 'ends before it begins'],
    ['*/0 * * * *', 'minute', 'step of 0'],
    ['1, * * * *', 'minute', 'an empty part'],
    ['-5 * * * *', 'minute', '-5'],
    ['5- * * * *', 'minute', '5-'],
    ['1.5 * * * *', 'minute', '1.5'],
    ['L * * * *', 'minute', 'L'],
    ['* * 15W * *', 'dayOfMonth', '15W'],
    ['0 0 31 2,4 *', 'dayOfMonth', 'no month that is meant has such a day'],
    ['60 * * * * *', 'second', '60'],
  ])('%j is refused with its reason', (expression, field, reason) => {
    expect(readCron(expression)).toEqual({ field, problem: expect.stringContaining(reason) });
  });

  it('is never more than refused, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        const read = readCron(text);
        return isProblem(read) ? read.problem.length > 0 : read.length > 0;
      }),
    );
  });
});

describe('a calendar', () => {
  const read = (calendar: Parameters<typeof readCalendar>[0]): CalendarTimes => readCalendar(calendar) as CalendarTimes;

  it('means the full hour of any day when nothing else is said', () => {
    const times = read({ hour: 9 });

    expect([valuesOf(times.second), valuesOf(times.minute), valuesOf(times.hour), valuesOf(times.dayOfMonth).length, times.year]).toEqual([
      [0],
      [0],
      [9],
      31,
      null,
    ]);
  });

  it('takes numbers, names, ranges, steps, lists and stars, as a cron expression does', () => {
    const times = read({ minute: '0-30/10', hour: '*', month: 'march, SEP,12', dayOfWeek: 'MON-WED', year: 2027 });

    expect([valuesOf(times.minute), valuesOf(times.hour).length, valuesOf(times.month), valuesOf(times.dayOfWeek), times.year]).toEqual([
      ...[[0, 10, 20, 30], 24, [3, 9, 12], [1, 2, 3]],
      [{ start: 2027, end: 2027, step: 1 }],
    ]);
  });

  it.each([
    [{ minute: 60 }, 'minute'],
    [{ month: 'FOO' }, 'month'],
    [{ hour: '5-3' }, 'hour'],
    [{ hour: 1.5 }, 'hour'],
    [{ year: 1999 }, 'year'],
    [{ dayOfMonth: 30, month: 'FEBRUARY' }, 'dayOfMonth'],
  ])('%j is refused with its field', (calendar, field) => {
    expect(readCalendar(calendar)).toMatchObject({ field, problem: expect.any(String) });
  });
});

it('ranges hold exactly the values that they are made from', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { minLength: 1 }), (values) => {
      expect(valuesOf(rangesOf(values))).toEqual([...values].sort((a, b) => a - b));
    }),
  );
});

it.each([
  ['UTC', null],
  ['Europe/Berlin', null],
  ['America/Argentina/Buenos_Aires', null],
  ['Asia/Calcutta', null],
  ['Etc/GMT+5', null],
  ['europe/berlin', 'expected Europe/Berlin'],
  ['Mars/Olympus', 'expected the name of a time zone, such as Europe/Berlin'],
  ['+01:00', 'expected the name of a time zone, such as Europe/Berlin'],
  ['', 'expected the name of a time zone, such as Europe/Berlin'],
])('the zone %j: %s', (name, problem) => {
  expect(zoneProblem(name)).toBe(problem);
});
