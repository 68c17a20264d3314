/** The roles of an org chart. */
import { AGENTS_MAX } from '../../../contracts/pattern/bounds';
import type { ConfidencePolicy, Role, ThreadSettings } from '../../../contracts/pattern/org-chart';
import type { Json } from '../../../contracts/pattern/json';
import { readVerification } from './oracles';
import { shown, type Fields, type Reading } from './reading';
import { readOptionalRoleId } from './role-id';
import type { Path } from '../../yaml/source';
import { readOptionalValue, readValue } from './values';

const FIELDS = [
  'id',
  'name',
  'description',
  'agentType',
  'capabilities',
  'reportsTo',
  'minInstances',
  'maxInstances',
  'singleton',
  'expertise',
  'agentConfig',
  'threadConfig',
  'confidence',
  'verify',
];
/** A role that is verified and says nothing else. */
const VERIFIED: ConfidencePolicy = { accept: 0.8, retryBelow: 0.6, escalateBelow: 0.4 };

export function readRoles(reading: Reading, value: unknown, path: Path): Role[] {
  const given = Object.entries(reading.map(value ?? {}, path));
  if (given.length === 0) reading.report(path, 'There is no role.', 'at least one');
  const ids = given.map(([id]) => id);
  const roles = given.map(([id, each]) => readRole(reading, id, each, [...path, id], ids));
  for (const role of roles) checkChain(reading, role, roles, [...path, role.id, 'reportsTo']);
  return roles;
}

/** Whoever follows `reportsTo` must come to an end. */
function checkChain(reading: Reading, role: Role, roles: readonly Role[], path: Path): void {
  const seen = new Set([role.id]);
  for (let at = role.reportsTo; at !== null; at = roles.find(({ id }) => id === at)?.reportsTo ?? null) {
    if (seen.has(at)) return reading.report(path, `${role.id} reports to itself in the end.`, 'a superior that does not report to it');
    seen.add(at);
  }
}

function readRole(reading: Reading, id: string, value: unknown, path: Path, ids: readonly string[]): Role {
  const fields = reading.object(value ?? {}, path, FIELDS);
  const at = (name: string): Path => [...path, name];
  reading.name(id, path);
  if (fields['id'] !== undefined && fields['id'] !== id) reading.report(at('id'), `The id is ${shown(fields['id'])} and the role stands under ${id}.`, id);
  const verify = fields['verify'] === undefined ? null : readVerification(reading, fields['verify'], at('verify'), ids);
  return {
    id,
    name: reading.optionalText(fields['name'], at('name')) ?? id,
    description: reading.optionalText(fields['description'], at('description')),
    agentTypes: textOrTexts(reading, fields['agentType'], at('agentType')),
    capabilities: reading.texts(fields['capabilities'], at('capabilities')),
    expertise: reading.texts(fields['expertise'], at('expertise')),
    reportsTo: readOptionalRoleId(reading, fields['reportsTo'], at('reportsTo'), ids),
    ...readInstances(reading, fields, path),
    agentConfig: readJsonFields(reading, fields['agentConfig'], at('agentConfig')),
    thread: readThread(reading, fields['threadConfig'], at('threadConfig')),
    confidence: readPolicy(reading, fields['confidence'], at('confidence')) ?? (verify === null ? null : VERIFIED),
    verify,
  };
}

const textOrTexts = (reading: Reading, value: unknown, path: Path): string[] =>
  value === undefined ? [] : Array.isArray(value) ? reading.texts(value, path) : [reading.text(value, path, { max: 128 })];

function readInstances(reading: Reading, fields: Fields, path: Path): Pick<Role, 'minInstances' | 'maxInstances'> {
  const amount = { min: 1, max: AGENTS_MAX, integer: true };
  const min = reading.optionalNumber(fields['minInstances'], [...path, 'minInstances'], amount) ?? 1;
  const max = reading.optionalNumber(fields['maxInstances'], [...path, 'maxInstances'], amount) ?? min;
  if (max < min) reading.report([...path, 'maxInstances'], `maxInstances is ${max} and minInstances is ${min}.`, `at least ${min}`);
  const singleton = reading.boolean(fields['singleton'], [...path, 'singleton'], false);
  if (singleton && max > 1)
    reading.report([...path, 'singleton'], `A singleton cannot have ${max} instances.`, 'minInstances and maxInstances of 1, or no singleton');
  return { minInstances: min, maxInstances: max };
}

const readJsonFields = (reading: Reading, value: unknown, path: Path): { [key: string]: Json } | null =>
  value === undefined ? null : (reading.json(reading.map(value, path), path) as { [key: string]: Json });

function readPolicy(reading: Reading, value: unknown, path: Path): ConfidencePolicy | null {
  if (value === undefined) return null;
  const fields = reading.object(value, path, ['accept', 'retryBelow', 'escalateBelow']);
  const share = (name: keyof ConfidencePolicy, otherwise: number): number => reading.share(fields[name], [...path, name]) ?? otherwise;
  const policy = { accept: share('accept', 0.8), retryBelow: share('retryBelow', 0), escalateBelow: share('escalateBelow', 0) };
  if (policy.retryBelow > policy.accept) reading.report([...path, 'retryBelow'], 'retryBelow is above accept.', `at most ${policy.accept}`);
  if (policy.escalateBelow > policy.accept) reading.report([...path, 'escalateBelow'], 'escalateBelow is above accept.', `at most ${policy.accept}`);
  return policy;
}

/** `threadConfig.enabled` makes the role a managed thread. */
function readThread(reading: Reading, value: unknown, path: Path): ThreadSettings | null {
  if (value === undefined) return null;
  const fields = reading.object(value, path, ['enabled', 'objective', 'approvalPreset', 'workspace', 'policy', 'env', 'metadata']);
  const enabled = reading.boolean(fields['enabled'], [...path, 'enabled'], true);
  const preset = fields['approvalPreset'];
  const settings: ThreadSettings = {
    objective: readOptionalValue(reading, fields['objective'], [...path, 'objective'], 'variables'),
    approvalPreset:
      preset === undefined ? null : reading.oneOf(preset, [...path, 'approvalPreset'], ['readonly', 'standard', 'permissive', 'autonomous'], 'standard'),
    workspace: readThreadWorkspace(reading, fields['workspace'], [...path, 'workspace']),
    policy: readJsonFields(reading, fields['policy'], [...path, 'policy']),
    env: expressions(reading, fields['env'] ?? {}, [...path, 'env']),
    metadata: readJsonFields(reading, fields['metadata'], [...path, 'metadata']),
  };
  return enabled ? settings : null;
}

const expressions = (reading: Reading, value: unknown, path: Path): ThreadSettings['env'] =>
  Object.fromEntries(Object.entries(reading.map(value, path)).map(([name, each]) => [name, readValue(reading, each, [...path, name], 'variables')]));

function readThreadWorkspace(reading: Reading, value: unknown, path: Path): ThreadSettings['workspace'] {
  if (value === undefined) return null;
  const { inherit, ...values } = reading.object(value, path, ['inherit', 'workspaceId', 'path', 'repo', 'branch', 'worktreeId', 'branchStrategy', 'fork']);
  return { inherit: reading.boolean(inherit, [...path, 'inherit'], false), values: expressions(reading, values, path) };
}
