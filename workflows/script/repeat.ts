/** A block again and again, until a condition holds or there were enough rounds. */
import { durationIn } from '../../src/domain/script/thread/durations';
import { stepFault } from '../../src/domain/script/thread/failure';
import { decided } from './branches';
import { innerBlock, type Performed, type Performing, type StepOf } from './performing';
import { conditionOf, countOf, plainOf } from './values';

/** Rounds where nothing is said: one more fails the step. */
const ROUNDS = 1_000;
const ROUNDS_MAX = 100_000;

/** Its value is what the last step of the last round gave. */
export async function performRepeat(at: Performing<StepOf<'repeat'>>): Promise<Performed> {
  const { step, shell, begun, names, path, walk } = at;
  const max = await countOf(at, 'max', step.max, { min: 1, max: ROUNDS_MAX, otherwise: ROUNDS });
  const sleepMs = step.sleep === undefined ? 0 : durationOf(await plainOf(at, 'sleep', step.sleep));
  const used = at.wanted || step.bind !== undefined || step.stream === true;
  for (begun.round ??= 0; ; begun.round += 1) {
    if (begun.until !== undefined) await shell.sleepUntil(begun.until, `${path} next round`);
    const inside = names.inner();
    const flow = await walk(step.steps, innerBlock(at, begun.round, inside, used));
    if (flow.kind !== 'next') return { value: null, flow };
    const isOver = await conditionOf({ ...at, names: inside }, 'until', step.until);
    const isLast = begun.round + 1 >= max;
    if (!isOver && isLast && step.max === undefined)
      throw stepFault({ code: 'repeat.too_many_rounds', message: `The condition did not come true in ${ROUNDS} rounds; \`max\` allows more.` });
    decided(at, 'condition', isOver ? 'done' : isLast ? 'enough' : 'again');
    shell.progress.closePart(path, begun.round);
    if (isOver || isLast) return { value: flow.value };
    if (sleepMs > 0) begun.until = Date.now() + sleepMs;
  }
}

export function durationOf(value: unknown): number {
  const ms = durationIn(value);
  if (ms !== null) return ms;
  throw stepFault({ code: 'step.argument', message: `sleep: expected a duration such as "100ms", found ${JSON.stringify(value).slice(0, 100)}.` });
}
