/** A wait: for a duration, or until a time. */
import { durationIn, timeIn, WAIT_MAX_MS } from '../../src/domain/script/thread/durations';
import { stepFault } from '../../src/domain/script/thread/failure';
import type { Performed, Performing, StepOf } from './performing';
import { plainOf } from './values';

export async function performWait(at: Performing<StepOf<'wait'>>): Promise<Performed> {
  const { shell, begun, path } = at;
  begun.until ??= await untilOf(at);
  await shell.sleepUntil(begun.until, `${path} wait until ${new Date(begun.until).toISOString()}`);
  return { value: null };
}

async function untilOf(at: Performing<StepOf<'wait'>>): Promise<number> {
  const { step } = at;
  const now = Date.now();
  if (step.for !== undefined) {
    const value = await plainOf(at, 'for', step.for);
    const ms = durationIn(value);
    if (ms === null)
      throw stepFault({ code: 'step.argument', message: `for: expected a duration such as "5m", found ${JSON.stringify(value).slice(0, 100)}.` });
    return now + ms;
  }
  const value = await plainOf(at, 'until', step.until ?? 'null');
  const time = timeIn(value);
  if (time === null || time > now + WAIT_MAX_MS)
    throw stepFault({ code: 'step.argument', message: `until: expected a time such as "2027-01-01T00:00:00Z", found ${JSON.stringify(value).slice(0, 100)}.` });
  return time;
}
