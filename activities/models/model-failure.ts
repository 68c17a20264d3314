/** Why a model did not answer, as the one fault that runs and scripts tell. */
import { APICallError } from 'ai';
import type { Fault } from '../../src/errors/fault';
import { failureOf } from '../../src/domain/run/cognition/failures';

/** `timedOut`: it was ours to end it. */
export function modelFailure(problem: unknown, timedOut: boolean): Fault {
  const api = APICallError.isInstance(problem) ? problem : null;
  const status = api?.statusCode ?? null;
  return failureOf(
    {
      ...{ status, timedOut, headers: api?.responseHeaders ?? {} },
      text: timedOut ? '' : (api?.responseBody ?? textOf(problem)),
      unreadable: api ? status !== null && status < 400 : (problem as Partial<Error> | undefined)?.name !== 'TypeError',
    },
    Date.now(),
  );
}

function textOf(problem: unknown): string {
  if (problem === undefined) return 'The answer broke off.';
  if (problem instanceof Error) return problem.cause instanceof Error ? `${problem.message}: ${problem.cause.message}` : problem.message;
  return typeof problem === 'string' ? problem : JSON.stringify(problem);
}
