/** Steps that decide: which branch is taken, whether something holds, how often a block is gone through, and blocks that run at one time. */
import type { ScriptEvent } from '../../src/contracts/script/events';
import { TEXT_MAX } from '../../src/contracts/script/events';
import type { IrAction } from '../../src/contracts/script/ir';
import type { Json } from '../../src/contracts/pattern/json';
import type { StoredValue } from '../../src/contracts/execution/value';
import { stepFault } from '../../src/domain/script/thread/failure';
import { labelOf, sharedNames } from '../../src/domain/script/thread/outline';
import { chosenByModel, questionOf } from './act';
import { lanes } from './lanes';
import { innerBlock, type Performed, type Performing, type StepOf } from './performing';
import { conditionOf, objectText, plainOf } from './values';

type By = Extract<ScriptEvent, { readonly type: 'decision_made' }>['data']['by'];

export function decided({ shell, step, path }: Performing, by: By, choice: string, reason: string | null = null): void {
  const label = labelOf(step)?.slice(0, TEXT_MAX) ?? null;
  shell.record({ type: 'decision_made', data: { path, label, by, choice: choice.slice(0, TEXT_MAX), reason: reason?.slice(0, TEXT_MAX) ?? null } });
}

/** No branch: nothing fits, and nothing is said for that. */
const NONE = -1;

/** Its value is the name of the branch that was taken. */
export async function performDecide(at: Performing<StepOf<'branch' | 'decide'>>): Promise<Performed> {
  const { step, begun, names, walk } = at;
  let used: Performed | null = null;
  if (begun.choice === undefined) {
    const found = step.primitive === 'branch' ? await byRules(at as Performing<StepOf<'branch'>>) : await byModel(at as Performing<StepOf<'decide'>>);
    used = found.done;
    begun.choice = step.branches.findIndex(({ name }) => name === found.choice);
  }
  const branch = step.branches[begun.choice];
  const input = used?.input ?? null;
  const value: StoredValue = { value: branch?.name ?? null };
  if (!branch || begun.choice === NONE) return { value, input };
  const inside = names.inner();
  const flow = await walk(branch.steps, innerBlock(at, begun.choice, inside, false));
  const shared = sharedNames(step).flatMap((name): (readonly [string, StoredValue])[] => {
    const known = inside.get(name);
    return known ? [[name, known]] : [];
  });
  return { value, input, binds: Object.fromEntries(shared), ...(flow.kind !== 'next' && { flow }) };
}

async function byRules(at: Performing<StepOf<'branch'>>): Promise<{ readonly choice: string | null; readonly done: null }> {
  const { step } = at;
  for (const [index, { when, branch }] of step.rules.entries())
    if (await conditionOf(at, `rule ${index + 1}`, when)) {
      decided(at, 'rules', branch, `rule ${index + 1}`);
      return { choice: branch, done: null };
    }
  decided(at, 'rules', step.otherwise ?? '', step.otherwise === undefined ? 'no rule holds' : 'otherwise');
  return { choice: step.otherwise ?? null, done: null };
}

async function byModel(at: Performing<StepOf<'decide'>>): Promise<{ readonly choice: string; readonly done: Performed }> {
  const { question, args, branches } = at.step;
  const found = await chosenByModel(at, { question, args, branches: branches.map(({ name }) => name) });
  decided(at, 'llm', found.choice, found.reason);
  return found;
}

/** Its value is whether it holds. */
export async function performCheck(at: Performing<StepOf<'evaluate'>>): Promise<Performed> {
  const { step, shell, path } = at;
  const found = step.ask === undefined ? { holds: await conditionOf(at, 'condition', step.condition ?? 'false'), used: null } : await asked(at, step.ask);
  const { holds, used } = found;
  if (!used) decided(at, 'condition', holds ? 'pass' : 'fail');
  const done: Performed = { value: { value: holds }, input: used?.input ?? null };
  // What nobody looks at and nothing is said about must hold.
  const action: IrAction =
    (holds ? step.on_pass : step.on_fail) ?? (holds || step.bind !== undefined ? { do: 'continue' } : { do: 'fail', message: '"The check did not pass."' });
  switch (action.do) {
    case 'continue':
      shell.progress.countRetries(path, 0);
      return done;
    case 'goto':
      shell.progress.countRetries(path, 0);
      return { ...done, flow: { kind: 'goto', label: action.label } };
    case 'retry': {
      const retries = shell.progress.retriesAt(path) + 1;
      if (retries > action.times)
        throw stepFault({ code: 'check.retries_used_up', message: `The check did not pass after ${action.times} retries.` }, { fatal: true });
      shell.progress.countRetries(path, retries);
      return { ...done, flow: { kind: 'back' } };
    }
    case 'fail': {
      const message = await plainOf(at, 'message', action.message);
      throw stepFault({ code: 'check.failed', message: (typeof message === 'string' ? message : JSON.stringify(message)).slice(0, TEXT_MAX) }, { fatal: true });
    }
  }
}

async function asked(at: Performing<StepOf<'evaluate'>>, ask: string): Promise<{ readonly holds: boolean; readonly used: Performed }> {
  const { choice, reason, done } = await chosenByModel(at, { question: questionOf(at), args: { prompt: ask }, branches: ['pass', 'fail'] });
  decided(at, 'llm', choice, reason);
  return { holds: choice === 'pass', used: done };
}

/** Its value is an object of what the last steps of its lanes gave. */
export async function performTogether(at: Performing<StepOf<'parallel'>>): Promise<Performed> {
  const { step, names, wanted, walk } = at;
  const used = wanted || step.bind !== undefined || step.stream === true;
  const given = new Map<string, StoredValue>();
  const flow = await lanes(
    step.lanes.map((lane, index) => async () => {
      const ended = await walk(lane.steps, innerBlock(at, index, names.inner(), used));
      if (ended.kind === 'next') given.set(lane.name, ended.value ?? { value: null });
      return ended;
    }),
  );
  if (flow) return { value: null, flow };
  return { value: used ? await together(at, given) : null };
}

/** An object of them; where one of them is kept, it is put together there. */
async function together({ shell, step, path }: Performing<StepOf<'parallel'>>, given: ReadonlyMap<string, StoredValue>): Promise<StoredValue> {
  const values = step.lanes.map(({ name }) => [name, given.get(name) ?? { value: null }] as const);
  if (values.every(([, value]) => 'value' in value))
    return shell.stored(Object.fromEntries(values.map(([name, value]) => [name, (value as { readonly value: Json }).value])));
  const scope = Object.fromEntries(values.map(([, value], index) => [`lane_${index}`, value]));
  const text = objectText(Object.fromEntries(values.map(([name], index) => [name, `lane_${index}`])));
  const input = { thread: shell.thread, path, scope, expressions: { value: text }, override: null };
  const told = await shell.call(() => shell.short(`${path} what the lanes gave`).evaluateStep(input));
  if (told.outcome === 'failed') throw stepFault(told.error);
  return told.values['value'] ?? { value: null };
}
