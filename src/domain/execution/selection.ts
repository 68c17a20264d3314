/** Which agents a step asks for. */
import type { ReadySelection, SelectAgents, SelectedAgent } from '../../contracts/agent/task';
import type { AgentsRequirement } from '../../contracts/pattern/agents-step';
import type { Json } from '../../contracts/pattern/json';
import type { Plan } from '../../contracts/pattern/plan';
import { canonicalJson } from '../canonical-json';
import { faultFrom } from '../../errors/fault';
import { Frame } from './frame';
import { inputFor } from './input';
import { textsOf } from './texts';

type Whose = Pick<SelectAgents, 'tenant' | 'executionId'>;

/** What one selection of a step asks for. `avoid`: ids that are not wanted beside those that the step excludes. */
export function selectionOf(
  { prefer, exclude }: AgentsRequirement,
  frame: Frame,
  wanted: Whose & Pick<SelectAgents, 'capabilities' | 'min' | 'max'>,
  avoid: Iterable<string> = [],
): SelectAgents {
  return { ...wanted, prefer: textsOf(prefer, frame), exclude: [...textsOf(exclude, frame), ...avoid] };
}

/** So many that a step without an own list of tasks asks at once or in turn. */
export const allOf = ({ capabilities, min, max }: AgentsRequirement, frame: Frame): Pick<SelectAgents, 'capabilities' | 'min' | 'max'> => ({
  ...{ capabilities: textsOf(capabilities, frame), min, max: Math.max(min, max ?? min) },
});

/** What the first step of a plan will ask for, as far as the input tells; null when that step asks for no agents, or not for all of them at once. */
export function firstSelection(plan: Plan, input: Json, whose: Whose): SelectAgents | null {
  const step = plan.kind === 'pattern' ? plan.steps[0] : undefined;
  if (step?.type !== 'agents' || step.condition !== null) return null;
  const { agents, execution } = step.work;
  if (execution.strategy === 'sequential' && execution.tasks.length > 0) return null;
  const frame = new Frame();
  frame.set('input', input);
  return selectionOf(agents, frame, { ...whose, ...allOf(agents, frame) });
}

/** Whoever knows which agents there are. Fault `agents.none`. */
interface AgentChoice {
  select(wanted: SelectAgents): Promise<readonly SelectedAgent[]>;
}

/**
 * The agents of a plan's first step, before its workflow asks. Null where they cannot be known yet, or are not there: the workflow asks when it is so far, and says what came of
 * it. `at`: now, ISO 8601.
 */
export async function readySelection(
  agents: AgentChoice,
  { plan, input, at, ...whose }: Whose & { readonly plan: Plan; readonly input: Json; readonly at: string },
): Promise<ReadySelection | null> {
  try {
    const wanted = firstSelection(plan, inputFor(plan, input), whose);
    return wanted && { wanted, agents: await agents.select(wanted), at };
  } catch (thrown) {
    const fault = faultFrom(thrown);
    if (fault.code === 'agents.none' || fault.kind === 'invalid') return null;
    throw fault;
  }
}

/** After so long an answer is asked for anew: agents may have gone since. */
const FRESH_MS = 5_000;

/** Whether this is the answer to that very question, and still holds. */
export const answers = ({ wanted, at }: ReadySelection, asked: SelectAgents, now: number): boolean =>
  Math.abs(now - Date.parse(at)) < FRESH_MS && canonicalJson(wanted) === canonicalJson(asked);
