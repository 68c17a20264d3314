/** An org chart: from its fields to the plan. Digest of seed 001, §2.4. */
import type { OrgChartPlan } from '../../../contracts/pattern/org-chart';
import { BRANCH_STRATEGIES, type BranchStrategy } from '../../../contracts/managed-thread/spawn';
import { PLAN_FORMAT } from '../../../contracts/pattern/plan';
import { HEAD_FIELDS, readHead } from './head';
import { checkUses } from './names';
import { readEscalation, readRouting } from './org-lines';
import { readRoles } from './org-roles';
import { readOrgSteps } from './org-steps';
import type { Fields, Reading } from './reading';
import { readInput } from './value-schemas';
import { readOptionalValue, readValue } from './values';

export const ORG_CHART_FIELDS = [...HEAD_FIELDS, 'structure', 'workflow', 'workspace'];
const BUILT_IN = ['input', 'context', 'execution', 'workspace'];

export function readOrgChart(reading: Reading, value: unknown): OrgChartPlan {
  const fields = reading.object(value, [], ORG_CHART_FIELDS);
  const { name, version } = readHead(reading, fields);
  const structure = reading.object(fields['structure'], ['structure'], ['name', 'description', 'roles', 'routing', 'escalation']);
  if (fields['structure'] === undefined) reading.report(['structure'], 'It is missing.', 'the roles of the org chart');
  if (fields['workflow'] === undefined) reading.report(['workflow'], 'It is missing.', 'the steps of the work');
  const roles = readRoles(reading, structure['roles'], ['structure', 'roles']);
  const ids = roles.map(({ id }) => id);
  const workflow = reading.object(fields['workflow'], ['workflow'], ['name', 'description', 'input', 'steps', 'output']);
  const input = readInput(reading, workflow['input'], ['workflow', 'input']);
  const { steps, names } = readOrgSteps(reading, workflow['steps'], ['workflow', 'steps'], ids);
  const output = readOutput(reading, workflow['output']);
  const workspace = readWorkspace(reading, fields['workspace'], input.properties?.['repo'] !== undefined);
  const known = new Set([...BUILT_IN, ...names]);
  checkUses(reading, known, input);
  return {
    format: PLAN_FORMAT,
    kind: 'org-chart',
    name,
    version,
    input,
    structure: {
      name: reading.optionalText(structure['name'], ['structure', 'name']) ?? (name || 'structure'),
      roles,
      routing: readRouting(reading, structure['routing'], ['structure', 'routing'], ids),
      escalation: readEscalation(reading, structure['escalation'], ['structure', 'escalation'], ids),
    },
    steps,
    output,
    workspace,
  };
}

/** A name alone is a variable, with `$` or without. */
function readOutput(reading: Reading, value: unknown): OrgChartPlan['output'] {
  const path = ['workflow', 'output'];
  if (typeof value !== 'string' || !/^[A-Za-z_]\w*$/.test(value)) return readOptionalValue(reading, value, path, 'variables');
  return readValue(reading, `$${value}`, path, 'variables');
}

/** Without a word about it there is a workspace when the input has a `repo`. */
function readWorkspace(reading: Reading, value: unknown, hasRepo: boolean): OrgChartPlan['workspace'] {
  if (value === undefined && !hasRepo) return null;
  const path = ['workspace'];
  const fields = reading.object(value ?? {}, path, ['enabled', 'repo', 'baseBranch', 'branchStrategy', 'fork', 'createPr', 'pr']);
  const pr = reading.object(fields['pr'] ?? {}, [...path, 'pr'], ['draft', 'labels', 'reviewers']);
  const branchStrategy = reading.oneOf(fields['branchStrategy'], [...path, 'branchStrategy'], BRANCH_STRATEGIES, 'feature_branch');
  const fork = readFork(reading, fields, branchStrategy);
  const createPr = reading.boolean(fields['createPr'], [...path, 'createPr'], false);
  if (createPr && branchStrategy === 'direct')
    reading.report([...path, 'createPr'], 'Work that goes to the base branch itself has no pull request.', 'createPr: false, or another branchStrategy');
  const inputRepo = hasRepo ? readValue(reading, '$input.repo', path) : null;
  return {
    enabled: reading.boolean(fields['enabled'], [...path, 'enabled'], true),
    repo: readOptionalValue(reading, fields['repo'], [...path, 'repo'], 'variables') ?? inputRepo,
    baseBranch: readOptionalValue(reading, fields['baseBranch'], [...path, 'baseBranch'], 'variables'),
    ...{ branchStrategy, createPr },
    ...(fork && { fork }),
    pr: {
      draft: reading.boolean(pr['draft'], [...path, 'pr', 'draft'], false),
      labels: reading.texts(pr['labels'], [...path, 'pr', 'labels']),
      reviewers: reading.texts(pr['reviewers'], [...path, 'pr', 'reviewers']),
    },
  };
}

/** The repository that branches are pushed to: with the strategy `fork`, and with no other. */
function readFork(reading: Reading, { fork }: Fields, strategy: BranchStrategy) {
  const path = ['workspace', 'fork'];
  if (strategy === 'fork' && fork === undefined) reading.report(path, 'It is missing.', 'the repository that the branches are pushed to');
  if (strategy !== 'fork' && fork !== undefined)
    reading.report(path, `With the branchStrategy ${strategy} nothing is pushed to a fork.`, 'branchStrategy: fork');
  return readOptionalValue(reading, fork, path, 'variables');
}
