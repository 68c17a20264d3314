import { parsePattern } from '../../../src/domain/pattern/parse-pattern';
import { holds } from '../../../src/domain/pattern/expression/evaluate';
import type { OrgChartPlan } from '../../../src/contracts/pattern/org-chart';

const chart = (steps: string, roles = '    a: {}\n    b: {reportsTo: a}\n', rest = ''): string =>
  `name: o\nversion: 1.0.0\nstructure:\n  roles:\n${roles}${rest}workflow:\n  input: {task: string}\n  steps:\n${steps}`;

function planOf(text: string): OrgChartPlan {
  const parsed = parsePattern(text);
  if (!parsed.ok || parsed.kind !== 'org-chart') throw new TypeError(JSON.stringify(parsed, null, 2));
  return parsed.plan as OrgChartPlan;
}

const errorsOf = (text: string): readonly unknown[] => {
  const parsed = parsePattern(text);
  return parsed.ok ? [] : parsed.errors;
};

const ASSIGN = '    - {type: assign, role: a, task: "Do ${input.task}"}\n';

it('fills in every default', () => {
  expect(planOf(chart(ASSIGN))).toEqual({
    format: 1,
    kind: 'org-chart',
    name: 'o',
    version: '1.0.0',
    input: { type: 'object', properties: { task: { type: 'string' } }, required: ['task'] },
    structure: {
      name: 'o',
      roles: ['a', 'b'].map((id) => ({
        ...{ id, name: id, description: null, agentTypes: [], capabilities: [], expertise: [], reportsTo: id === 'b' ? 'a' : null },
        ...{ minInstances: 1, maxInstances: 1, agentConfig: null, thread: null, confidence: null, verify: null },
      })),
      routing: [],
      escalation: { defaultBehavior: 'route_to_reports_to', topicRoutes: {}, timeoutMs: 30_000, maxDepth: 5, onMaxDepth: 'surface_to_user' },
    },
    steps: [
      {
        ...{ id: '0', name: null, type: 'assign', role: 'a', input: null },
        task: {
          kind: 'text',
          parts: [
            { kind: 'literal', value: 'Do ' },
            { kind: 'member', of: { kind: 'name', name: 'input' }, key: 'task' },
          ],
        },
      },
    ],
    output: null,
    workspace: null,
  });
});

it('has conditions that are conditions, with $ and without', () => {
  const checks = [
    '!step_0_result.approved',
    'step_0_result.confidence < 0.7',
    '${step_0_result.approved}',
    '$step_0_result.approved == true && first.confidence >= 0.5',
  ];
  const verdict = (approved: boolean, confidence: number) => ({ step_0_result: { approved, confidence }, first: { confidence } });
  const results = checks.map((check) => {
    const plan = planOf(
      chart(
        `    - {type: review, id: first, reviewer: a, subject: $input.task}\n    - {type: condition, check: "${check}", then: {type: assign, role: b, task: again}}\n`,
      ),
    );
    const step = plan.steps[1];
    if (step?.type !== 'condition') throw new TypeError('no condition');
    return [verdict(true, 0.9), verdict(false, 0.2)].map((variables) => holds(step.check, variables));
  });

  expect(results).toEqual([[false, true], [false, true], [true, false], [true, false]]); // prettier-ignore
});

it('numbers steps and those inside of them, and knows each result by its number', () => {
  const plan = planOf(
    chart(`${ASSIGN}    - type: parallel
      steps:
        - {type: assign, role: a, task: one}
        - {type: sequential, steps: [{type: assign, role: b, task: '\${step_1_0_result}'}]}
    - {type: condition, check: step_1_1_0_result.done, then: {type: assign, role: a, task: x}, else: [{type: assign, role: b, task: y}]}
    - {type: aggregate, method: all, inputs: [$step_2_then_result, $step_2_else_0_result]}
  output: step_3_result\n`),
  );

  expect(JSON.stringify(plan.steps).match(/"id":"[^"]+"/g)).toEqual(
    ['0', '1', '1_0', '1_1', '1_1_0', '2', '2_then', '2_else_0', '3'].map((id) => `"id":"${id}"`),
  );
  expect(plan.output).toEqual({ kind: 'name', name: 'step_3_result' });
});

it('takes one oracle, a list of them, and a combination', () => {
  const verifyOf = (verify: string) => planOf(chart(ASSIGN, `    a: {verify: ${verify}}\n`)).structure.roles[0];

  expect(verifyOf('{type: command, run: npm test}')).toMatchObject({
    verify: {
      combine: 'min',
      oracles: [{ weight: 1, oracle: { type: 'command', timeoutMs: 120_000, passConfidence: 1, failConfidence: 0, scorePattern: null } }],
    },
    confidence: { accept: 0.8, retryBelow: 0.6, escalateBelow: 0.4 },
  });
  expect(verifyOf('[{type: agent}, {type: history}]')).toMatchObject({
    verify: { oracles: [{ oracle: { role: null } }, { oracle: { halfLifeDays: 30, minRuns: 3, saturationRuns: 10, maxRuns: 200 } }] },
  });
  expect(verifyOf('{oracles: [{type: human, timeoutMs: 0}, {type: checklist, criteria: [done], weight: 2}], combine: weighted}')).toMatchObject({
    verify: {
      combine: 'weighted',
      oracles: [{ oracle: { timeoutMs: null, onTimeout: 'surface' } }, { weight: 2, oracle: { criteria: [{ run: null }], weighting: 'equal' } }],
    },
  });
});

it('has a workspace when the input has a repo', () => {
  expect(planOf(chart(ASSIGN).replace('{task: string}', '{task: string, repo: string}')).workspace).toMatchObject({
    enabled: true,
    branchStrategy: 'feature_branch',
    repo: { key: 'repo' },
  });
});

it('knows where branches are pushed to, and asks for no more than the strategy needs', () => {
  const workspace = (lines: string) => planOf(`${chart(ASSIGN)}workspace: { repo: acme/x, ${lines} }\n`).workspace;

  expect(workspace('branchStrategy: fork, fork: robot/x, createPr: true')).toMatchObject({
    branchStrategy: 'fork',
    fork: { value: 'robot/x' },
    createPr: true,
  });
  expect(workspace('branchStrategy: direct')).toMatchObject({ branchStrategy: 'direct', createPr: false });
  expect(workspace('createPr: false')).not.toHaveProperty('fork');
});

describe('tells what is wrong', () => {
  it.each<[string, string, object]>([
    ['an unknown role', chart('    - {type: assign, role: aa, task: x}\n'), { line: 10, path: 'workflow.steps[0].role', message: 'There is no role "aa". Did you mean a?' }],
    ['a superior that is not there', chart(ASSIGN, '    a: {reportsTo: chief}\n'), { path: 'structure.roles.a.reportsTo' }],
    ['a circle of superiors', chart(ASSIGN, '    a: {reportsTo: b}\n    b: {reportsTo: a}\n'), { message: 'a reports to itself in the end.' }],
    ['an unknown result', chart('    - {type: assign, role: a, task: "${step_4_result}"}\n'), { message: 'There is no variable $step_4_result. Did you mean $step_0_result?' }],
    ['an unknown field of the input', chart('    - {type: assign, role: a, task: "${input.tsk}"}\n'), { message: 'The input has no field tsk. Did you mean task?' }],
    ['an unknown name in a check', chart(`${ASSIGN}    - {type: condition, check: review_approved, then: {type: assign, role: a, task: x}}\n`), { path: 'workflow.steps[1].check' }],
    ['a step without a type', chart('    - {role: a, task: x}\n'), { message: 'The step has no type.' }],
    ['a singleton of two', chart(ASSIGN, '    a: {singleton: true, maxInstances: 2}\n'), { path: 'structure.roles.a.singleton' }],
    ['a routing to nobody', chart(ASSIGN, undefined, '  routing: [{from: "*", to: c}]\n'), { path: 'structure.routing[0].to' }],
    ['an unknown oracle', chart(ASSIGN, '    a: {verify: {type: comand, run: x}}\n'), { message: '"comand" does not fit. Did you mean command?' }],
    ['no roles', 'name: o\nversion: 1.0.0\nworkflow: {steps: []}', { path: 'structure', message: 'It is missing.' }],
    ['a fork that is not named', `${chart(ASSIGN)}workspace: { repo: acme/x, branchStrategy: fork }\n`, { path: 'workspace.fork', message: 'It is missing.' }],
    ['a fork that nothing goes to', `${chart(ASSIGN)}workspace: { repo: acme/x, fork: robot/x }\n`, { path: 'workspace.fork', expected: 'branchStrategy: fork' }],
    ['a pull request from the base branch to itself', `${chart(ASSIGN)}workspace: { repo: acme/x, branchStrategy: direct, createPr: true }\n`, { path: 'workspace.createPr' }],
    ['a field of patterns', `${chart(ASSIGN)}agents: {}\n`, { path: 'agents' }],
  ])('%s', (_what, text, expected) => expect(errorsOf(text)).toContainEqual(expect.objectContaining(expected))); // prettier-ignore

  it('once for one mistake', () => {
    expect(errorsOf(chart(ASSIGN, '    a: {reportsTo: chief}\n'))).toHaveLength(1);
  });
});
