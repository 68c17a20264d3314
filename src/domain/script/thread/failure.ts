/** How a step fails. */
import type { StoredValue } from '../../../contracts/execution/value';
import type { ScriptError } from '../../../contracts/script/start';
import { Fault, faultFrom, KINDS } from '../../../errors/fault';

export interface StepFailure {
  readonly error: ScriptError;
  /** Nobody can tell whether it was done. */
  readonly unknown: boolean;
  /** Another try may help. */
  readonly retry: boolean;
  /** Corrected input cannot help: it ends the thread, unless the thread has a handler. */
  readonly fatal: boolean;
  /** A step inside has told of it: those around it end with it. */
  readonly passed: boolean;
  /** What the arguments came to of a step that acted. */
  readonly input: StoredValue | null;
}

const CODE = 'script.step_failed';

export function stepFault(
  error: ScriptError,
  { unknown = false, retry = false, fatal = false, passed = false, input = null }: Partial<Omit<StepFailure, 'error'>> = {},
): Fault {
  return new Fault('conflict', CODE, error.message, { failure: { error, unknown, retry, fatal, passed, input } });
}

/** Of anything that was thrown while a step was performed. */
export function failureIn(thrown: unknown): StepFailure {
  const { kind, code, message, facts } = faultFrom(thrown);
  if (code === CODE) return facts['failure'] as StepFailure;
  return { error: { code, message }, unknown: false, retry: KINDS[kind].retry, fatal: false, passed: false, input: null };
}
