/** Steps that hold steps: branches, loops, and the same task for many items. */
import type { Json } from '../../src/contracts/pattern/json';
import type { Outcome } from '../../src/contracts/pattern/outcome';
import type { Step, StepOf } from '../../src/contracts/pattern/step';
import { BATCH_CONCURRENCY_MAX, BATCH_ITEMS_MAX, REPEAT_MAX } from '../../src/contracts/pattern/bounds';
import { failedOutcome } from '../../src/domain/execution/outcome';
import { outcomeOf } from '../../src/domain/pattern/expression/outcome';
import * as wf from '@temporalio/workflow';
import { Fault, faultFrom } from '../../src/errors/fault';
import { isFatal } from './run';
import type { Performing } from './performing';
import { together } from './together';
import { isTrue, itemsOf, numberOf } from './values';

/** Confidence of several outcomes as one: the mean of those that have one. */
function meanOf(outcomes: readonly (Outcome | null)[]): number | null {
  const said = outcomes.flatMap((outcome) => outcome?.confidence ?? []);
  return said.length === 0 ? null : said.reduce((sum, value) => sum + value, 0) / said.length;
}

export async function branches(step: StepOf<'parallel'>, { run, frame, label, walk }: Performing): Promise<Outcome> {
  const opened = step.branches.map((branch) => ({ ...branch, frame: frame.inner() }));
  const outcomes = await together(
    opened.map((branch) => async () => {
      const outcome = await walk(branch.steps, { run, frame: branch.frame, label: `${label}${step.id}/` });
      return { id: branch.id, outcome };
    }),
  );
  for (const branch of opened) frame.adopt(branch.frame, ['result']);
  for (const { id, outcome } of outcomes) if (outcome) frame.set(id, outcome as unknown as Json);
  const result = Object.fromEntries(outcomes.map(({ id, outcome }) => [id, outcome?.result ?? null]));
  return outcomeOf(result, { source: step.id, confidence: meanOf(outcomes.map(({ outcome }) => outcome)) });
}

/** `concurrency` workers take one item after the other. Without `stopOnError` an item that fails has an outcome that says so. */
export async function batch(step: StepOf<'batch'>, at: Performing): Promise<Outcome> {
  const { run, frame, label } = at;
  const items = itemsOf(step.items, frame);
  if (items.length > BATCH_ITEMS_MAX)
    throw new Fault('invalid', 'execution.too_many_items', `A batch step takes at most ${BATCH_ITEMS_MAX} items; there are ${items.length}.`, {
      max: BATCH_ITEMS_MAX,
    });
  const concurrency = Math.min(items.length, numberOf(step.concurrency, frame, { min: 1, max: BATCH_CONCURRENCY_MAX }));
  const outcomes: (Outcome | null)[] = items.map(() => null);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const inner = frame.inner({ item: items[index] ?? null, index });
      outcomes[index] = await task(step.task, step, { ...at, frame: inner, label: `${label}${step.id}#${index}/` });
    }
  };
  await together(Array.from({ length: concurrency }, () => worker));
  run.record({
    type: 'progress',
    data: { step: at.place.step, total: items.length, completed: succeeded(outcomes), failed: items.length - succeeded(outcomes) },
  });
  return outcomeOf(listOf(outcomes), { source: step.id, confidence: meanOf(outcomes) });
}

const succeeded = (outcomes: readonly (Outcome | null)[]): number => outcomes.filter((outcome) => outcome?.success !== false).length;
const listOf = (outcomes: readonly (Outcome | null)[]): Json => outcomes.map((outcome) => outcome as unknown as Json);

async function task(
  steps: readonly Step[],
  { id, stopOnError }: { readonly id: string; readonly stopOnError: boolean },
  at: Performing,
): Promise<Outcome | null> {
  try {
    return await at.walk(steps, at);
  } catch (thrown) {
    if (wf.isCancellation(thrown)) throw thrown;
    const fault = faultFrom(thrown);
    if (stopOnError || isFatal(fault)) throw fault;
    return failedOutcome({ code: fault.code, message: fault.message }, id);
  }
}

export async function repeat(step: StepOf<'repeat'>, at: Performing): Promise<Outcome> {
  const count = numberOf(step.count, at.frame, { min: 0, max: REPEAT_MAX });
  const outcomes: (Outcome | null)[] = [];
  for (let index = 0; index < count; index++)
    outcomes.push(await at.walk(step.task, { run: at.run, frame: at.frame.inner({ index }), label: `${at.label}${step.id}#${index}/` }));
  return outcomeOf(listOf(outcomes), { source: step.id, confidence: meanOf(outcomes) });
}

/** What a round sets is seen by the next one, and after the loop. */
export async function loop(step: StepOf<'loop'>, { run, frame, label, walk }: Performing): Promise<Outcome> {
  let last: Outcome | null = null;
  let iterations = 0;
  do {
    frame.set('index', iterations);
    last = (await walk(step.steps, { run, frame, label: `${label}${step.id}#${iterations}/` })) ?? last;
    iterations += 1;
  } while (iterations < step.maxIterations && isTrue(step.goOn, frame));
  return { ...(last ?? outcomeOf(null, { source: step.id })), source: step.id, iterations };
}
