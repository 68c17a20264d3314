/** Goes through the steps of a block in their order, skips what is done, and follows whoever goes elsewhere. */
import type { IrStep } from '../../src/contracts/script/ir';
import { labelOf } from '../../src/domain/script/thread/outline';
import { performAgent, performDo, performPlan, performSend } from './act';
import { performAsk } from './ask';
import { performCheck, performDecide, performTogether } from './branches';
import { performRun } from './child';
import { performLoop } from './loop';
import { performEmit, performYield } from './output';
import { performStep } from './perform-step';
import type { Block, Flow, Performed, Performing } from './performing';
import { performRepeat } from './repeat';
import type { ScriptShell } from './shell';
import { valueOf } from './values';
import { performWait } from './wait';

/** What the last step gives, or where it goes that is not here. */
export async function walk(shell: ScriptShell, steps: readonly IrStep[], block: Block): Promise<Flow> {
  let last: Flow = { kind: 'next', value: null };
  for (let index = 0; index < steps.length;) {
    const wanted = block.wanted && index === steps.length - 1;
    const flow = await one(shell, steps[index] as IrStep, { ...block, wanted }, `${block.prefix}${index}`);
    if (flow.kind === 'next') {
      last = flow;
      index += 1;
      continue;
    }
    const target = targetOf(flow, steps, index);
    if (target === null) return flow;
    if (target <= index) shell.progress.rewind(block.prefix, target, steps.length);
    index = target;
  }
  return last;
}

/** Where in this block; null: not here. Before the first step is the first step itself. */
function targetOf(flow: Exclude<Flow, { readonly kind: 'next' }>, steps: readonly IrStep[], index: number): number | null {
  if (flow.kind === 'emit') return null;
  if (flow.kind === 'back') return Math.max(0, index - 1);
  const found = steps.findIndex((step) => labelOf(step) === flow.label);
  return found < 0 ? null : found;
}

async function one(shell: ScriptShell, step: IrStep, { names, floor, wanted }: Block, path: string): Promise<Flow> {
  const done = shell.progress.finished(path);
  if (done) {
    const bound = step.primitive === 'let' ? step.name : step.bind;
    if (bound !== undefined) names.set(bound, done.value ?? { value: null });
    for (const [name, value] of Object.entries(done.binds ?? {})) names.set(name, value);
    return done.goto === undefined ? { kind: 'next', value: done.value } : { kind: 'goto', label: done.goto };
  }
  const begun = shell.progress.begun(path) ?? shell.progress.begin(path, { floor, at: Date.now() });
  return performStep({ shell, step, path, names, begun, wanted, walk: (steps, block) => walk(shell, steps, block) }, perform);
}

async function perform(at: Performing): Promise<Performed> {
  const { step } = at;
  switch (step.primitive) {
    case 'execute':
      return performDo({ ...at, step });
    case 'let':
      return { value: await valueOf(at, step.name, step.value) };
    case 'iterate':
    case 'pipe':
      return performLoop({ ...at, step });
    case 'branch':
    case 'decide':
      return performDecide({ ...at, step });
    case 'evaluate':
      return performCheck({ ...at, step });
    case 'parallel':
      return performTogether({ ...at, step });
    case 'repeat':
      return performRepeat({ ...at, step });
    case 'wait':
      return performWait({ ...at, step });
    case 'agent':
      return performAgent({ ...at, step });
    case 'ask':
      return performAsk({ ...at, step });
    case 'plan':
      return performPlan({ ...at, step });
    case 'run':
      return performRun({ ...at, step });
    case 'emit':
      return performEmit({ ...at, step });
    case 'yield':
      return performYield({ ...at, step });
    case 'send':
      return performSend({ ...at, step });
  }
}
