/** One step from its beginning to its end: its tries, its errors, what a person corrects, and all that is told of it. */
import * as wf from '@temporalio/workflow';
import type { ScriptEvent } from '../../src/contracts/script/events';
import { TEXT_MAX } from '../../src/contracts/script/events';
import type { ScriptError } from '../../src/contracts/script/start';
import { failureIn, stepFault, type StepFailure } from '../../src/domain/script/thread/failure';
import { nextAfter } from '../../src/domain/script/thread/next-after';
import { labelOf, toolOf } from '../../src/domain/script/thread/outline';
import type { Begun } from '../../src/domain/script/thread/progress';
import type { Flow, Performed, Performing } from './performing';
import { yieldValue } from './output';
import { hasRoom, roomFor } from './room';

type Next = Extract<ScriptEvent, { readonly type: 'step_failed' }>['data']['next'];

/** `perform`: what the step itself does. */
export async function performStep(at: Performing, perform: (at: Performing) => Promise<Performed>): Promise<Flow> {
  const { shell, begun } = at;
  for (;;) {
    try {
      await shell.mayGoOn();
      if (begun.phase === 'paused') await corrected(at);
      if (begun.phase === 'waiting') await rested(at);
      if (begun.phase === 'ready') await begin(at);
      const performed = begun.performed ?? (await perform(at));
      if (at.step.stream === true && performed.value !== null) {
        begun.performed = performed;
        await yieldValue(at, performed.value);
      }
      return finish(at, performed);
    } catch (thrown) {
      const ended = await failed(at, thrown);
      if (ended) return ended;
    }
  }
}

async function begin({ shell, step, path, begun }: Performing): Promise<void> {
  await shell.mayBegin();
  const tool = begun.fallback && step.primitive === 'execute' && typeof step.on_error?.then === 'object' ? step.on_error.then.tool : toolOf(step);
  shell.record({ type: 'step_started', data: { path, label: cut(labelOf(step)), primitive: step.primitive, tool, attempt: begun.attempt } });
  begun.startedAt = Date.now();
  begun.phase = 'working';
}

function finish({ shell, step, path, names, begun, wanted }: Performing, performed: Performed): Flow {
  const { value, flow, binds = {}, input = null, executionId = null } = performed;
  const at = { path, label: cut(labelOf(step)) };
  const { startedAt, tokensIn = 0, tokensOut = 0 } = begun;
  const durationMs = Math.max(0, Date.now() - startedAt);
  shell.record({ type: 'step_completed', data: { ...at, input, output: value, durationMs, executionId, tokensIn, tokensOut } });
  const bound = step.primitive === 'let' ? step.name : step.bind;
  shell.progress.finish(path, {
    value: bound !== undefined || wanted ? value : null,
    ...(Object.keys(binds).length > 0 && { binds }),
    ...(flow?.kind === 'goto' && { goto: flow.label }),
  });
  if (bound !== undefined) names.set(bound, value ?? { value: null });
  for (const [name, known] of Object.entries(binds)) names.set(name, known);
  return flow ?? { kind: 'next', value };
}

/** The flow that goes on without it, or null: it is performed again. */
async function failed(at: Performing, thrown: unknown): Promise<Flow | null> {
  const { shell, step, begun } = at;
  if (wf.isCancellation(thrown) || wf.CancellationScope.current().consideredCancelled) {
    if (begun.phase !== 'ready')
      tell(at, { error: { code: 'step.cancelled', message: 'The step was cancelled.' }, unknown: unknownOf(thrown), input: null }, 'cancel');
    // Where it is performed again after all, it is anew.
    shell.progress.close(at.path);
    throw wf.isCancellation(thrown) ? thrown : new wf.CancelledFailure('The work was cancelled.');
  }
  const failure = failureIn(thrown);
  const next = nextAfter(step, begun, failure, { handled: shell.ir.on_error !== undefined, handling: shell.handling });
  if (failure.error.code === 'internal') wf.log.error('a step failed by an error of ours', { path: at.path, cause: String((thrown as Error).stack) });
  while (next === 'pause' && !hasRoom(shell)) await roomFor(shell);
  tell(at, failure, next);
  switch (next) {
    case 'retry':
      begun.tries += 1;
      begun.phase = 'waiting';
      begun.until = Date.now() + Math.min(500 * 2 ** (begun.tries - 1), 30_000);
      return null;
    case 'fallback':
      begun.fallback = true;
      again(at);
      return null;
    case 'pause':
      pause(at, failure);
      return null;
    case 'ignore':
      shell.progress.finish(at.path, { value: null });
      if (step.bind !== undefined) at.names.set(step.bind, { value: null });
      return { kind: 'next', value: null };
    default:
      shell.progress.close(at.path);
      throw stepFault(placed(at, failure), { ...failure, fatal: true, passed: true, input: null });
  }
}

const unknownOf = (thrown: unknown): boolean => !wf.isCancellation(thrown) && failureIn(thrown).unknown;

/** With the place where it began, which those around it keep. */
function placed({ step, path }: Performing, { error }: Pick<StepFailure, 'error'>): ScriptError {
  if (error.step !== undefined) return error;
  const [label, tool] = [labelOf(step), toolOf(step)];
  return { ...error, message: error.message.slice(0, TEXT_MAX), step: path, ...(label !== null && { label }), ...(tool !== null && { tool }) };
}

function tell(at: Performing, failure: Pick<StepFailure, 'error' | 'unknown' | 'input'>, next: Next): void {
  const { shell, step, path, begun } = at;
  const durationMs = Math.max(0, Date.now() - begun.startedAt);
  const data = { path, label: cut(labelOf(step)), input: failure.input, error: placed(at, failure), unknown: failure.unknown, durationMs, next };
  shell.record({ type: 'step_failed', data });
}

/** The next attempt; steps inside may have been tried more often. */
function again({ shell, path, begun }: Performing): void {
  begun.attempt = shell.progress.attemptsUsed(path) + 1;
  delete begun.performed;
  begun.phase = 'ready';
}

async function rested(at: Performing): Promise<void> {
  await at.shell.sleepUntil(at.begun.until ?? 0, `${at.path} next try`);
  again(at);
}

function pause(at: Performing, failure: StepFailure): void {
  const { shell, step, path, begun } = at;
  const label = cut(labelOf(step));
  const since = new Date(Date.now()).toISOString();
  const data = { path, label, kind: 'error' as const, pause: { path, label, since, kind: 'error', primitive: step.primitive, error: placed(at, failure) } };
  shell.record({ type: 'thread_paused', data });
  begun.phase = 'paused';
}

/** Waits for corrected input; what a person gave before stays where it is not given anew. */
async function corrected(at: Performing): Promise<void> {
  const { shell, path, begun } = at;
  await shell.actor.until(() => shell.state.settled[path] !== undefined);
  await shell.mayGoOn();
  const settled = shell.state.settled[path];
  if (settled?.kind === 'given' && settled.override) begun.override = merged(begun, settled.override);
  begun.tries = 0;
  begun.fallback = false;
  again(at);
}

const merged = ({ override }: Begun, given: NonNullable<Begun['override']>): Begun['override'] =>
  override && 'value' in override && 'value' in given ? { value: { ...(override.value as object), ...(given.value as object) } } : given;

const cut = (label: string | null): string | null => label?.slice(0, TEXT_MAX) ?? null;
