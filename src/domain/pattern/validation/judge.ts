/** Whether a result is good enough, and what follows when it is not: the `validation` of a plan (digest of seed 001, §2.5; cases C7 and C8). */
import type { Fallback, FailureAction, Validation } from '../../../contracts/pattern/agents-step';
import type { Expression } from '../../../contracts/pattern/expression';
import type { ValueSchema } from '../../../contracts/pattern/value-schema';

/** The result that is judged: its confidence (null: nobody said), how long it took, and how many retries there were before it. */
export interface Judged {
  readonly result: unknown;
  readonly confidence: number | null;
  readonly latencyMs: number;
  readonly retries: number;
}

export interface Judging {
  /** What is wrong with a value, as sentences that name the path and what was expected; none: it fits. */
  readonly problems: (schema: ValueSchema, value: unknown) => readonly string[];
  readonly isTrue: (condition: Expression) => boolean;
  readonly valueOf: (value: Expression) => unknown;
}

/** What was not as it has to be. `check`: the name of a check, or `schema`, `minConfidence`, `maxLatency`, `custom`. */
export interface Failure {
  readonly check: string;
  readonly message: string;
}

/** `source`: the agents, or the value of `$custom` that took the result's place. The body of `failed` is that of digest §2.5. */
export type Verdict =
  | { readonly state: 'passed'; readonly result: unknown; readonly source: 'result' | 'custom' }
  | { readonly state: 'retry'; readonly delayMs: number; readonly failures: readonly Failure[] }
  | { readonly state: 'fallback'; readonly fallback: Fallback; readonly failures: readonly Failure[] }
  | {
      readonly state: 'failed';
      readonly failures: readonly Failure[];
      readonly body: { readonly error: 'ValidationFailed'; readonly message: string; readonly confidence: number | null };
    };

type Found = Failure & { readonly action: FailureAction };

/**
 * All that is wrong is told; what follows is decided by the first of it, in this order: schema, confidence, checks, latency, `$custom`. A retry that is not left becomes the
 * fallback where there is one, and a fallback that is not there a failure.
 */
export function judge(judged: Judged, validation: Validation, judging: Judging): Verdict {
  const { custom } = validation;
  const applies = custom !== null && judging.isTrue(custom.condition);
  if (applies && custom.action === 'override')
    return { state: 'passed', result: custom.value === null ? null : judging.valueOf(custom.value), source: 'custom' };
  const found = [...problemsOf(judged, validation, judging)];
  if (applies && custom.action !== 'override') found.push({ check: 'custom', message: 'The condition of $custom is true.', action: custom.action });
  const [first] = found;
  if (!first) return { state: 'passed', result: judged.result, source: 'result' };
  const failures = found.map(({ check, message }) => ({ check, message }));
  const { fallback, maxRetries, retryDelayMs } = validation;
  if (first.action === 'retry' && judged.retries < maxRetries) return { state: 'retry', delayMs: retryDelayMs, failures };
  if (first.action !== 'fail' && fallback !== null) return { state: 'fallback', fallback, failures };
  return { state: 'failed', failures, body: { error: 'ValidationFailed', message: first.message, confidence: judged.confidence } };
}

function problemsOf(judged: Judged, validation: Validation, { problems, isTrue }: Judging): readonly Found[] {
  const { schema, minConfidence, checks, maxLatencyMs, onFailure, onInvalid, onTimeout } = validation;
  const { result, confidence, latencyMs } = judged;
  const wrong = schema === null ? [] : problems(schema, result);
  return [
    ...(wrong.length === 0 ? [] : [{ check: 'schema', message: wrong.slice(0, SHOWN).join('; '), action: onInvalid }]),
    ...(minConfidence === null || (confidence ?? -1) >= minConfidence
      ? []
      : [{ check: 'minConfidence', message: tooUnsure(confidence, minConfidence), action: onFailure }]),
    ...checks
      .filter(({ condition }) => !isTrue(condition))
      .map(({ name }) => ({ check: name, message: `The check ${name} does not hold.`, action: onFailure })),
    ...(maxLatencyMs === null || latencyMs <= maxLatencyMs
      ? []
      : [{ check: 'maxLatency', message: `The result took ${latencyMs} ms, expected at most ${maxLatencyMs} ms.`, action: onTimeout }]),
  ];
}

/** Problems with the schema that are told. */
const SHOWN = 5;

const tooUnsure = (confidence: number | null, minConfidence: number): string =>
  confidence === null
    ? `Result without confidence, threshold (${minConfidence})`
    : `Result confidence (${Math.round(confidence * 1_000) / 1_000}) below threshold (${minConfidence})`;
