/** Several questions at once: their answers in the order in which they come, until there are enough, nobody is left to answer, or the time is up. */
import * as wf from '@temporalio/workflow';
import { faultFrom, type Fault } from '../../src/errors/fault';
import { within } from './run';

export interface Gathered<T> {
  readonly answers: readonly T[];
  readonly failures: readonly Fault[];
  readonly timedOut: boolean;
}

/** Those who are not waited for any longer are cancelled. Throws only when the caller itself is cancelled. */
export async function gather<T>(
  questions: readonly (() => Promise<T>)[],
  { enough, timeoutMs, heard }: { readonly enough: (answers: readonly T[]) => boolean; readonly timeoutMs: number | null; readonly heard: (gathered: Omit<Gathered<T>, 'timedOut'>) => void },
): Promise<Gathered<T>> {
  const answers: T[] = [];
  const failures: Fault[] = [];
  let open = questions.length;
  let over = false;
  const scope = new wf.CancellationScope();
  const all = questions.map(async (question) => {
    try {
      const answer = await scope.run(question);
      if (!over) answers.push(answer);
    } catch (thrown) {
      if (!over) failures.push(faultFrom(thrown));
    } finally {
      open -= 1;
      if (!over) heard({ answers, failures });
    }
  });
  try {
    const done = () => open === 0 || enough(answers);
    const timedOut = !(await within(done, timeoutMs, 'wait for the agents'));
    return { answers: [...answers], failures: [...failures], timedOut };
  } finally {
    over = true;
    scope.cancel();
    void Promise.all(all);
  }
}
