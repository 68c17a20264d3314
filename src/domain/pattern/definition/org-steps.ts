/** The steps of an org chart. Names without `$` are variables here: `check: "!step_3_result.approved"`. */
import { RETRIES_MAX, STEPS_DEPTH_MAX, STEPS_MAX } from '../../../contracts/pattern/bounds';
import { RESERVED_NAMES } from '../../../contracts/pattern/plan';
import type { OrgStep } from '../../../contracts/pattern/org-chart';
import { readVerification } from './oracles';
import type { Fields, Reading } from './reading';
import { readOptionalRoleId, readRoleId } from './role-id';
import type { Path } from '../../yaml/source';
import { readCondition, readOptionalValue, readValue } from './values';

interface OrgGathering {
  readonly reading: Reading;
  readonly roles: readonly string[];
  readonly names: Set<string>;
  count: number;
}

interface OrgStepAt {
  readonly gathering: OrgGathering;
  readonly id: string;
  readonly fields: Fields;
  readonly path: Path;
  readonly depth: number;
}

type Type = OrgStep['type'];
type Rest = OrgStep extends infer S ? (S extends OrgStep ? Omit<S, 'id' | 'name'> : never) : never;

const FIELDS: Readonly<Record<Type, readonly string[]>> = {
  assign: ['role', 'task', 'input'],
  parallel: ['steps'],
  sequential: ['steps'],
  select: ['role', 'criteria'],
  review: ['reviewer', 'subject', 'instructions'],
  approve: ['approver', 'subject', 'required', 'instructions'],
  aggregate: ['method', 'inputs'],
  condition: ['check', 'then', 'else'],
  verify: ['subject', 'role', 'oracle', 'combine', 'onLow'],
};
const TYPES = Object.keys(FIELDS) as Type[];

/** Steps get the ids `0`, `1`, …, those inside of step 1 `1_0`, `1_1`, …; `step_<id>_result` is what each gives. */
export function readOrgSteps(
  reading: Reading,
  value: unknown,
  path: Path,
  roles: readonly string[],
): { readonly steps: OrgStep[]; readonly names: ReadonlySet<string> } {
  const gathering: OrgGathering = { reading, roles, names: new Set(), count: 0 };
  return { steps: readList(gathering, value, path, '', 0), names: gathering.names };
}

function readList(gathering: OrgGathering, value: unknown, path: Path, prefix: string, depth: number): OrgStep[] {
  const list = gathering.reading.list(value, path, STEPS_MAX);
  if (list.length === 0) gathering.reading.report(path, 'There is no step.', 'at least one');
  return list.map((each, at) => readOne(gathering, each, [...path, at], `${prefix}${at}`, depth));
}

function readOne(gathering: OrgGathering, value: unknown, path: Path, id: string, depth: number): OrgStep {
  const { reading, names } = gathering;
  gathering.count++;
  if (gathering.count > STEPS_MAX) reading.report(path, 'There are too many steps.', `at most ${STEPS_MAX}, with those inside of others`);
  const given = reading.map(value, path);
  if (given['type'] === undefined) reading.report(path, 'The step has no type.', `type: one of ${TYPES.join(', ')}`);
  const type = reading.oneOf(given['type'], [...path, 'type'], TYPES, 'parallel');
  const fields = reading.object(value, path, ['type', 'id', 'description', ...FIELDS[type]]);
  const name = fields['id'] === undefined ? null : reading.name(fields['id'], [...path, 'id']);
  if (name !== null && ((RESERVED_NAMES as readonly string[]).includes(name) || names.has(name))) {
    reading.report([...path, 'id'], `The name ${name} is taken.`, 'a name that nothing else in the org chart has');
  }
  names.add(`step_${id}_result`);
  if (name !== null) names.add(name);
  return { id, name, ...restOf(type, { gathering, id, fields, path, depth }) };
}

const inner = ({ gathering, id, depth, fields, path }: OrgStepAt, field: string, prefix: string): OrgStep[] => {
  const at = [...path, field];
  if (depth < STEPS_DEPTH_MAX) return readList(gathering, fields[field], at, `${id}_${prefix}`, depth + 1);
  gathering.reading.report(at, 'The steps are nested too deep.', `at most ${STEPS_DEPTH_MAX} levels`);
  return [];
};

function restOf(type: Type, step: OrgStepAt): Rest {
  const { gathering, fields, path } = step;
  const { reading, roles } = gathering;
  const at = (name: string): Path => [...path, name];
  const value = (name: string) => readValue(reading, fields[name], at(name), 'variables');
  const optional = (name: string) => readOptionalValue(reading, fields[name], at(name), 'variables');
  switch (type) {
    case 'assign':
      return { type, role: readRoleId(reading, fields['role'], at('role'), roles), task: value('task'), input: optional('input') };
    case 'select':
      return {
        type,
        role: readRoleId(reading, fields['role'], at('role'), roles),
        criteria: reading.oneOf(fields['criteria'], at('criteria'), ['availability', 'expertise', 'round_robin', 'best'], 'availability'),
      };
    case 'review':
      return {
        type,
        reviewer: readRoleId(reading, fields['reviewer'], at('reviewer'), roles),
        subject: value('subject'),
        instructions: optional('instructions'),
      };
    case 'approve':
      return {
        type,
        approver: readRoleId(reading, fields['approver'], at('approver'), roles),
        subject: value('subject'),
        required: reading.boolean(fields['required'], at('required'), false),
        instructions: optional('instructions'),
      };
    case 'aggregate':
      return {
        type,
        method: reading.oneOf(fields['method'], at('method'), ['consensus', 'majority', 'merge', 'best', 'all'], 'consensus'),
        inputs: optional('inputs'),
      };
    case 'parallel':
    case 'sequential':
      return { type, steps: inner(step, 'steps', '') };
    case 'condition':
      return conditionOf(step);
    case 'verify':
      return verifyOf(step);
  }
}

/** `then` and `else` are a step or a list of steps. */
function conditionOf(step: OrgStepAt): Rest {
  const { gathering, fields, path } = step;
  const check = readCondition(gathering.reading, fields['check'], [...path, 'check'], 'variables');
  const branch = (field: 'then' | 'else'): OrgStep[] => {
    if (Array.isArray(fields[field])) return inner(step, field, `${field}_`);
    if (step.depth >= STEPS_DEPTH_MAX) return inner(step, field, '');
    return [readOne(gathering, fields[field] ?? {}, [...path, field], `${step.id}_${field}`, step.depth + 1)];
  };
  return { type: 'condition', check, then: branch('then'), otherwise: fields['else'] === undefined ? [] : branch('else') };
}

function verifyOf({ gathering, fields, path }: OrgStepAt): Rest {
  const { reading, roles } = gathering;
  const onLow = fields['onLow'] === undefined ? null : reading.object(fields['onLow'], [...path, 'onLow'], ['threshold', 'action', 'to', 'maxRetries']);
  const verification = readVerification(reading, fields['oracle'], [...path, 'oracle'], roles);
  return {
    type: 'verify',
    subject: readValue(reading, fields['subject'], [...path, 'subject'], 'variables'),
    verification: { ...verification, combine: reading.oneOf(fields['combine'], [...path, 'combine'], ['min', 'weighted', 'product'], verification.combine) },
    role: readOptionalRoleId(reading, fields['role'], [...path, 'role'], roles),
    onLow: onLow && {
      threshold: reading.share(onLow['threshold'], [...path, 'onLow', 'threshold']) ?? 0.6,
      action: reading.oneOf(onLow['action'], [...path, 'onLow', 'action'], ['escalate', 'retry', 'surface', 'fail'], 'escalate'),
      to: readOptionalRoleId(reading, onLow['to'], [...path, 'onLow', 'to'], roles),
      maxRetries: reading.optionalNumber(onLow['maxRetries'], [...path, 'onLow', 'maxRetries'], { min: 1, max: RETRIES_MAX, integer: true }) ?? 1,
    },
  };
}
