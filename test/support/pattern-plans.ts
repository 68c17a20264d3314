/** Plans for tests, from definitions in YAML. */
import type { OrgChartPlan } from '../../src/contracts/pattern/org-chart';
import type { PatternPlan, Plan } from '../../src/contracts/pattern/plan';
import { parsePattern } from '../../src/domain/pattern/parse-pattern';

/** The plan of a definition; `name` and `version` may be left away. */
export function planOf(yaml: string): PatternPlan {
  const plan = anyPlanOf(yaml);
  if (plan.kind !== 'pattern') throw new Error('This is no pattern with steps.');
  return plan;
}

export function orgChartOf(yaml: string): OrgChartPlan {
  const plan = anyPlanOf(yaml);
  if (plan.kind !== 'org-chart') throw new Error('This is no org chart.');
  return plan;
}

function anyPlanOf(yaml: string): Plan {
  const head = /^name:/m.test(yaml) ? '' : 'name: tried\nversion: 1.0.0\n';
  const parsed = parsePattern(`${head}${yaml}`);
  if (!parsed.ok) throw new Error(parsed.errors.map(({ line, path, message, expected }) => `${line} ${path}: ${message} (${expected})`).join('\n'));
  return parsed.plan;
}
