/** A script as it is written, for people and for what is known before it runs: names of steps, how many there are, what branches bind. */
import type { IrStep } from '../../../contracts/script/ir';

const VERBS: Readonly<Record<IrStep['primitive'], string>> = {
  ...{ execute: 'do', let: 'let', iterate: 'each', branch: 'decide', decide: 'decide', evaluate: 'check', parallel: 'together', pipe: 'pipe' },
  ...{ repeat: 'repeat', wait: 'wait', agent: 'agent', ask: 'ask', plan: 'plan', run: 'run', emit: 'emit', yield: 'yield', send: 'send' },
};

/** Characters of a name or a summary. */
const NAME_MAX = 120;

export const labelOf = (step: IrStep): string | null => step.label ?? (step.primitive === 'branch' || step.primitive === 'decide' ? step.question : null);

/** `do "Fetch" with http`: as it begins in the text. `tool`: in place of its own, where another one takes over. */
export function nameOf(step: IrStep, tool: string | null = toolOf(step)): string {
  const label = labelOf(step);
  const what = step.primitive === 'let' ? ` ${step.name}` : step.primitive === 'send' ? ` via "${step.channel}"` : '';
  return `${VERBS[step.primitive]}${label === null ? '' : ` "${label}"`}${what}${tool === null ? '' : ` with ${tool}`}`.slice(0, NAME_MAX);
}

export const toolOf = (step: IrStep): string | null =>
  step.primitive === 'execute' || step.primitive === 'agent' || step.primitive === 'plan' ? step.tool : step.primitive === 'run' ? (step.script ?? null) : null;

/** Names that every branch binds, where one of them is certain to be taken: they are known after the step. */
export function sharedNames(step: Extract<IrStep, { readonly primitive: 'branch' | 'decide' }>): readonly string[] {
  if (step.primitive === 'branch' && step.otherwise === undefined) return [];
  const [first, ...others] = step.branches.map(({ steps }) => boundBy(steps));
  return first === undefined ? [] : [...first].filter((name) => others.every((names) => names.has(name)));
}

function boundBy(steps: readonly IrStep[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const step of steps) {
    if (step.bind !== undefined) names.add(step.bind);
    if (step.primitive === 'let') names.add(step.name);
    if (step.primitive === 'branch' || step.primitive === 'decide') for (const name of sharedNames(step)) names.add(name);
  }
  return names;
}
