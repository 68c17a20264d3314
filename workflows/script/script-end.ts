/** The whole of a script: its names, its steps, its handler of errors, and what it ends with. */
import * as wf from '@temporalio/workflow';
import type { Json } from '../../src/contracts/pattern/json';
import type { StoredValue } from '../../src/contracts/execution/value';
import type { ScriptError } from '../../src/contracts/script/start';
import { evaluate } from '../../src/domain/script/evaluate/evaluate';
import { failureIn, stepFault } from '../../src/domain/script/thread/failure';
import { Names } from '../../src/domain/script/thread/names';
import type { ScriptShell } from './shell';
import { walk } from './walk';

export type ScriptEnd = { readonly status: 'COMPLETED'; readonly output: StoredValue | null } | { readonly status: 'FAILED'; readonly error: ScriptError };

/** Throws only what a cancellation throws. */
export async function performScript(shell: ScriptShell): Promise<ScriptEnd> {
  let names = new Names();
  try {
    names = await declared(shell);
    if (!shell.progress.failing) return await completed(shell, names);
  } catch (thrown) {
    if (wf.isCancellation(thrown) || shell.scope.consideredCancelled) throw thrown;
    shell.progress.failing = failureIn(thrown).error;
  }
  const error = shell.progress.failing;
  return (await handled(shell, names, error)) ?? { status: 'FAILED', error };
}

async function completed(shell: ScriptShell, names: Names): Promise<ScriptEnd> {
  const flow = await walk(shell, shell.ir.steps, { names: names.inner(), prefix: '', floor: 0, wanted: false });
  if (flow.kind === 'emit') return { status: 'COMPLETED', output: shell.emitted };
  if (shell.ir.output.some(({ optional, default: otherwise }) => !optional && otherwise === undefined))
    return { status: 'FAILED', error: { code: 'thread.no_output', message: 'The script declares an output, and ended without `emit`.' } };
  return { status: 'COMPLETED', output: null };
}

/** A handler may emit: then that is the result. Its own errors end it. */
async function handled(shell: ScriptShell, names: Names, error: ScriptError): Promise<ScriptEnd | null> {
  const { ir, start } = shell;
  if (!ir.on_error) return null;
  shell.handling = true;
  const inner = names.inner();
  const { code, message, step = null, label = null, tool = null } = error;
  inner.set('error', { value: { code, message, step, label, tool } });
  inner.set('thread', { value: { id: start.id, status: 'FAILED', script: start.scriptName } });
  try {
    const flow = await walk(shell, ir.on_error, { names: inner, prefix: 'error.', floor: 0, wanted: false });
    return flow.kind === 'emit' ? { status: 'COMPLETED', output: shell.emitted } : null;
  } catch (thrown) {
    if (wf.isCancellation(thrown) || shell.scope.consideredCancelled) throw thrown;
    return null;
  }
}

/** Constants, and the fields of the input, which are in the way of constants. */
async function declared(shell: ScriptShell): Promise<Names> {
  const constants = new Names();
  for (const { name, value } of shell.ir.constants) constants.set(name, { value: evaluate(shell.texts.expression(value), () => undefined) });
  const names = constants.inner();
  for (const [name, value] of Object.entries(await inputs(shell))) names.set(name, value);
  return names.inner();
}

/** Of an input that is too large to travel each field becomes a value of its own. */
async function inputs(shell: ScriptShell): Promise<Readonly<Record<string, StoredValue>>> {
  const { ir, start, thread } = shell;
  const { input } = start;
  if ('value' in input) {
    const given = input.value as { readonly [name: string]: Json } | null;
    return Object.fromEntries(ir.input.map(({ name }) => [name, { value: given?.[name] ?? null }]));
  }
  const expressions = Object.fromEntries(ir.input.map(({ name }) => [name, `input.${name} ?? null`]));
  const told = await shell.call(() =>
    shell.short('fields of the input').evaluateStep({ thread, path: 'input', scope: { input }, expressions, override: null }),
  );
  if (told.outcome === 'failed') throw stepFault(told.error);
  return told.values;
}
