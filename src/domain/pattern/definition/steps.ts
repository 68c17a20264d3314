/** `steps` of a definition → the steps of the plan: the order, the names, and which steps are led to. */
import { STEPS_DEPTH_MAX, STEPS_MAX } from '../../../contracts/pattern/bounds';
import type { Route, Step, StepType } from '../../../contracts/pattern/step';
import type { Defaults } from './agents';
import { noteName, readId, type Gathering } from './gathering';
import { isFields, type Reading } from './reading';
import { readOnError, readRoute, type Place } from './routes';
import type { Path } from '../../yaml/source';
import { KINDS } from './step-kinds';
import { readOptionalCondition } from './values';

export const STEP_TYPES = Object.keys(KINDS) as readonly StepType[];
const COMMON = ['id', 'type', 'description', 'condition', 'output', 'onError', 'then'];

/** All steps of a pattern, the variables they give among them. */
export function readAllSteps(
  reading: Reading,
  defaults: Defaults,
  value: unknown,
  path: Path,
): { readonly steps: Step[]; readonly names: ReadonlySet<string> } {
  const names = new Set<string>();
  const gathering: Gathering = {
    reading,
    defaults,
    ids: new Set(),
    names,
    steps: (...inner) => readSteps(gathering, ...inner),
    step: (inner, at, depth, otherwise) => readStep(gathering, inner, at, { ids: [], decides: null, names }, depth, otherwise),
  };
  return { steps: readSteps(gathering, value, path, 0), names };
}

function readSteps(gathering: Gathering, value: unknown, path: Path, depth: number): Step[] {
  const { reading } = gathering;
  if (depth > STEPS_DEPTH_MAX) {
    reading.report(path, 'The steps are nested too deep.', `at most ${STEPS_DEPTH_MAX} levels`);
    return [];
  }
  const list = reading.list(value, path, STEPS_MAX);
  if (list.length === 0) reading.report(path, 'There is no step.', 'at least one');
  const ids = list.flatMap((step) => (isFields(step) && typeof step['id'] === 'string' ? [step['id']] : []));
  const steps = list.map((step, at) => readStep(gathering, step, [...path, at], { ids, decides: decidesOn(list, at), names: gathering.names }, depth));
  return withLedTo(steps);
}

function readStep(gathering: Gathering, value: unknown, path: Path, place: Place, depth: number, otherwise?: string): Step {
  const { reading } = gathering;
  const given = reading.map(value, path);
  const type = reading.oneOf(given['type'], [...path, 'type'], STEP_TYPES, given['pattern'] === undefined ? 'agents' : 'pattern');
  const kind = KINDS[type];
  const fields = reading.object(value, path, [...COMMON, ...kind.fields]);
  const id = readId(gathering, given['id'], [...path, 'id'], otherwise);
  const output = fields['output'] === undefined ? null : reading.name(fields['output'], [...path, 'output']);
  if (output !== null) noteName(gathering, output, [...path, 'output']);
  const own = kind.usesCondition === true ? undefined : fields['condition'];
  const base = {
    id,
    condition: readOptionalCondition(reading, own, [...path, 'condition']),
    output,
    onError: readOnError(reading, fields['onError'], [...path, 'onError']),
    next: readRoute(reading, fields['then'], [...path, 'then'], place),
    ledTo: false,
  };
  return { ...base, ...kind.read({ gathering, id, fields, path, place, depth }) };
}

/** The step whose outcome a decision is about: the first one in the list before it that the decision names, else the one before it. */
function decidesOn(list: readonly unknown[], at: number): string | null {
  const here = list[at];
  if (!isFields(here)) return null;
  const text = JSON.stringify([here['value'], here['condition'], here['inputs']]);
  const named = new Set([...text.matchAll(/\$([A-Za-z_]\w*(?:-\w+)*)/g)].map(([, name]) => name));
  const before = list.slice(0, at).filter(isFields);
  const about = before.find((step) => named.has(String(step['id'])) || named.has(String(step['output']))) ?? before.at(-1);
  return typeof about?.['id'] === 'string' ? about['id'] : null;
}

/** Steps that a gate or a switch before them leads to run only when it does. */
function withLedTo(steps: readonly Step[]): Step[] {
  const led = new Set<string>();
  for (const [at, step] of steps.entries()) {
    for (const route of routesOf(step)) {
      if (route.kind === 'next' && steps.findIndex(({ id }) => id === route.step) > at) led.add(route.step);
    }
  }
  return steps.map((step) => ({ ...step, ledTo: led.has(step.id) }));
}

function routesOf(step: Step): readonly Route[] {
  if (step.type === 'gate') return [step.onPass, step.onFail];
  if (step.type === 'switch') return [...step.cases.map(({ route }) => route), step.otherwise];
  return step.type === 'compare' ? [step.onInconsistent] : [];
}
