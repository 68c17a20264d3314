/** Where weak work goes. Pure. */
import type { OrgChartPlan, Role } from '../../contracts/pattern/org-chart';
import { isAbout, rulesOf } from './routing';

export type Route = { readonly kind: 'role'; readonly role: string } | { readonly kind: 'everybody' | 'person' | 'nobody' };

/** Roles that are asked at once when everybody is. */
const LISTENERS_MAX = 10;

function topicRole({ structure }: Pick<OrgChartPlan, 'structure'>, role: Role, task: string): string | null {
  for (const [topic, to] of Object.entries(structure.escalation.topicRoutes)) {
    if (to !== role.id && isAbout(topic, role, task)) return to;
  }
  return null;
}

/** The role of the first topic that fits, else what `defaultBehavior` says. */
export function escalationRoute(plan: Pick<OrgChartPlan, 'structure'>, role: Role, task: string): Route {
  const byTopic = topicRole(plan, role, task);
  if (byTopic !== null) return { kind: 'role', role: byTopic };
  switch (plan.structure.escalation.defaultBehavior) {
    case 'surface_to_user':
      return { kind: 'person' };
    case 'broadcast':
      return { kind: 'everybody' };
    case 'route_to_reports_to':
      return role.reportsTo === null ? { kind: 'nobody' } : { kind: 'role', role: role.reportsTo };
  }
}

/** Roles that a rule lets this one escalate to, by priority; without any such rule all others. */
export function listenersOf(plan: Pick<OrgChartPlan, 'structure'>, role: Role): readonly string[] {
  const named = rulesOf(plan, role, ['escalation']).flatMap(({ to }) => to);
  const all = named.length > 0 ? named : plan.structure.roles.map(({ id }) => id);
  return [...new Set(all)].filter((id) => id !== role.id).slice(0, LISTENERS_MAX);
}
