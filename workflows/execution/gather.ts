/** Several questions at once: their answers in the order in which they come, until somebody says that it is over or the time is up. */
import * as wf from '@temporalio/workflow';
import { faultFrom, type Fault } from '../../src/errors/fault';
import { within } from './run';

export interface Heard<T> {
  readonly answers: readonly T[];
  readonly failures: readonly Fault[];
}

interface Listening<T> {
  /** Asked after each answer and each failure. */
  readonly over: (heard: Heard<T>) => boolean;
  readonly heard: (heard: Heard<T>) => void;
  readonly timeoutMs: number | null;
}

/** Those who are not waited for any longer are cancelled. Throws only when the caller itself is cancelled. */
export async function gather<T>(
  questions: readonly (() => Promise<T>)[],
  { over, heard, timeoutMs }: Listening<T>,
): Promise<Heard<T> & { readonly timedOut: boolean }> {
  const answers: T[] = [];
  const failures: Fault[] = [];
  let listens = true;
  const note = (add: () => void): void => {
    if (!listens) return;
    add();
    heard({ answers, failures });
  };
  const scope = new wf.CancellationScope();
  const all = questions.map((question) =>
    scope.run(question).then(
      (answer) => note(() => answers.push(answer)),
      (thrown: unknown) => note(() => failures.push(faultFrom(thrown))),
    ),
  );
  try {
    const inTime = await within(() => over({ answers, failures }), timeoutMs, 'wait for the agents');
    return { answers: [...answers], failures: [...failures], timedOut: !inTime };
  } finally {
    listens = false;
    scope.cancel();
    void Promise.all(all);
  }
}
