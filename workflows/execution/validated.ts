/** Results that must be good enough: tried again, replaced, or failed, as the validation says. */
import * as wf from '@temporalio/workflow';
import type { Fallback, Validation } from '../../src/contracts/pattern/agents-step';
import type { Json } from '../../src/contracts/pattern/json';
import type { Outcome } from '../../src/contracts/pattern/outcome';
import type { Frame } from '../../src/domain/execution/frame';
import { outcomeFrom, outcomeOf } from '../../src/domain/pattern/expression/outcome';
import { judge, type Failure, type Verdict } from '../../src/domain/pattern/validation/judge';
import { Fault } from '../../src/errors/fault';
import { ask } from './approval';
import type { Run } from './run';
import { isTrue, problemsOf, valueOf } from './values';

export interface Attempted {
  readonly outcome: Outcome;
  readonly latencyMs: number;
  /** The agents came to no decision: why, and whether asking again was wanted for this. */
  readonly undecided: { readonly code: string; readonly message: string; readonly retry: boolean } | null;
}

export interface Judged {
  readonly step: string;
  /** Of the attempt in hand. */
  readonly frame: () => Frame;
  /** What the agents were asked about: `cached` results are kept by it. */
  readonly input: Json;
  readonly validation: Validation | null;
  readonly attempt: () => Promise<Attempted>;
}

/** Where the validation says nothing about it: an undecided vote with `retry` is taken once more. */
const UNDECIDED_RETRIES = 1;

/** Faults: `execution.validation_failed`, `execution.undecided`, `execution.rejected`, `execution.approval_timeout`, and what an attempt throws. */
export async function untilGood(run: Run, judged: Judged): Promise<Outcome> {
  const { step, validation } = judged;
  for (let retries = 0; ; retries++) {
    const attempted = await judged.attempt();
    const frame = judged.frame();
    frame.set('result', attempted.outcome as unknown as Json);
    const verdict = verdictOf(attempted, judged, retries);
    switch (verdict.state) {
      case 'passed': {
        const outcome =
          verdict.source === 'custom' ? outcomeFrom(verdict.result as Json, attempted.outcome) : { ...attempted.outcome, result: verdict.result as Json };
        note(frame, { retryCount: retries, passed: true, source: verdict.source });
        if (keepsResults(validation)) await remember(run, judged, outcome);
        return outcome;
      }
      case 'retry':
        run.record({
          type: 'retrying',
          data: { step, attempt: retries + 2, reason: reasonOf(verdict.failures), confidence: attempted.outcome.confidence },
        });
        if (verdict.delayMs > 0) await wf.sleep(verdict.delayMs, { summary: `before ${step} is tried again` });
        break;
      case 'fallback':
        note(frame, { retryCount: retries, passed: false, source: verdict.fallback.type });
        return fallBack(run, judged, verdict.fallback, attempted, verdict.failures);
      case 'failed':
        note(frame, { retryCount: retries, passed: false, source: null });
        throw failed(attempted, verdict.failures);
    }
  }
}

const note = (frame: Frame, validation: { readonly [name: string]: Json }): void => frame.set('validation', validation);
const reasonOf = (failures: readonly Failure[]): string =>
  failures
    .map(({ message }) => message)
    .join(' ')
    .slice(0, 1_000);

function verdictOf({ outcome, latencyMs, undecided }: Attempted, { validation, frame: frameNow }: Judged, retries: number): Verdict {
  const frame = frameNow();
  const { result, confidence } = outcome;
  if (undecided) {
    const failures = [{ check: 'aggregation', message: undecided.message }];
    if (undecided.retry && retries < (validation?.maxRetries ?? UNDECIDED_RETRIES)) return { state: 'retry', delayMs: validation?.retryDelayMs ?? 0, failures };
    if (validation?.fallback && validation.onFailure !== 'fail') return { state: 'fallback', fallback: validation.fallback, failures };
    return { state: 'failed', failures, body: { error: 'ValidationFailed', message: undecided.message, confidence } };
  }
  if (!validation) return { state: 'passed', result, source: 'result' };
  return judge({ result, confidence, latencyMs, retries }, validation, {
    problems: problemsOf,
    isTrue: (condition) => isTrue(condition, frame),
    valueOf: (value) => valueOf(value, frame),
  });
}

function failed({ outcome, undecided }: Attempted, failures: readonly Failure[]): Fault {
  const message = failures[0]?.message ?? 'The result is not good enough.';
  if (undecided) return new Fault('conflict', 'execution.undecided', message, { reason: undecided.code, confidence: outcome.confidence });
  return new Fault('conflict', 'execution.validation_failed', message, { error: 'ValidationFailed', confidence: outcome.confidence, failures });
}

const keepsResults = (validation: Validation | null): boolean => validation?.fallback?.type === 'previous' || validation?.fallback?.type === 'cached';

async function remember(run: Run, { step, input }: Judged, { result, confidence }: Outcome): Promise<void> {
  run.record({ type: 'result_kept', data: { step, input: await run.stored(input), result: await run.stored(result), confidence } });
}

async function fallBack(run: Run, judged: Judged, fallback: Fallback, attempted: Attempted, failures: readonly Failure[]): Promise<Outcome> {
  const { step, input } = judged;
  const frame = judged.frame();
  run.warn(`${step}: fallback ${fallback.type}: ${reasonOf(failures)}`);
  switch (fallback.type) {
    case 'default':
      return outcomeFrom(valueOf(fallback.value, frame), { source: step, confidence: attempted.outcome.confidence });
    case 'escalate':
      return escalate(run, judged, fallback, attempted, failures);
    case 'previous':
    case 'cached': {
      const asked = { tenant: run.start.tenant, patternName: run.start.patternName, step, maxAgeMs: fallback.maxAgeMs };
      const wanted = { ...asked, input: fallback.type === 'cached' ? await run.stored(input) : null };
      const found = await run.outside(() => run.calls(`an earlier result of ${step}`).findGoodResult(wanted));
      if (!found) throw failed(attempted, [...failures, { check: fallback.type, message: 'There is no earlier result that could take its place.' }]);
      return { ...outcomeOf(await run.read(found.result), { source: step }), confidence: found.confidence };
    }
  }
}

/** A person decides: what they give is the result; a plain yes takes the result as it is, a no fails the step. */
async function escalate(
  run: Run,
  { step, frame: frameNow }: Judged,
  fallback: Extract<Fallback, { type: 'escalate' }>,
  { outcome }: Attempted,
  failures: readonly Failure[],
): Promise<Outcome> {
  const shown = fallback.context.flatMap((name) => {
    const value = frameNow().get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const answer = await ask(run, {
    ...{ step, to: fallback.to, message: reasonOf(failures) },
    context: { result: outcome.result, confidence: outcome.confidence, ...Object.fromEntries(shown) },
    timeoutMs: fallback.timeoutMs,
  });
  if (!answer) throw new Fault('deadline', 'execution.approval_timeout', `Nobody decided about ${step} in time.`, { step });
  if (!answer.approve)
    throw new Fault('conflict', 'execution.rejected', `${answer.answeredBy} rejected the result of ${step}.`, { step, comment: answer.comment });
  return outcomeOf(answer.value === undefined ? outcome.result : (answer.value as Json), {
    source: step,
    confidence: answer.value === undefined ? outcome.confidence : 1,
  });
}
