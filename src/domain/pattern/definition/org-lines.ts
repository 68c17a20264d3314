/** Who speaks to whom in an org chart: routing and escalation. */
import { DURATION_MAX } from '../../../contracts/pattern/bounds';
import { MESSAGE_TYPES, type OrgEscalation, type RoutingRule } from '../../../contracts/pattern/org-chart';
import type { Reading } from './reading';
import { readRoleId } from './role-id';
import type { Path } from '../../yaml/source';

const FIELDS = ['from', 'to', 'topics', 'messageTypes', 'priority', 'broadcast'];

export const readRouting = (reading: Reading, value: unknown, path: Path, ids: readonly string[]): RoutingRule[] =>
  reading.list(value, path).map((each, at) => readRule(reading, each, [...path, at], ids));

function readRule(reading: Reading, value: unknown, path: Path, ids: readonly string[]): RoutingRule {
  const fields = reading.object(value, path, FIELDS);
  const at = (name: string): Path => [...path, name];
  return {
    from: readEnds(reading, fields['from'], at('from'), ['*', ...ids]),
    to: readEnds(reading, fields['to'], at('to'), ids),
    topics: reading.texts(fields['topics'], at('topics')),
    messageTypes: reading
      .list(fields['messageTypes'], at('messageTypes'))
      .map((each, index) => reading.oneOf(each, [...at('messageTypes'), index], MESSAGE_TYPES, 'task')),
    priority: reading.optionalNumber(fields['priority'], at('priority'), { min: -1_000_000, max: 1_000_000 }) ?? 0,
    broadcast: reading.boolean(fields['broadcast'], at('broadcast'), false),
  };
}

const readEnds = (reading: Reading, value: unknown, path: Path, ids: readonly string[]): string[] =>
  Array.isArray(value) ? reading.list(value, path).map((each, at) => readRoleId(reading, each, [...path, at], ids)) : [readRoleId(reading, value, path, ids)];

export function readEscalation(reading: Reading, value: unknown, path: Path, ids: readonly string[]): OrgEscalation {
  const fields = reading.object(value ?? {}, path, ['defaultBehavior', 'topicRoutes', 'timeoutMs', 'maxDepth', 'onMaxDepth']);
  const at = (name: string): Path => [...path, name];
  const routes = reading.map(fields['topicRoutes'] ?? {}, at('topicRoutes'));
  return {
    defaultBehavior: reading.oneOf(
      fields['defaultBehavior'],
      at('defaultBehavior'),
      ['route_to_reports_to', 'broadcast', 'surface_to_user'],
      'route_to_reports_to',
    ),
    topicRoutes: Object.fromEntries(Object.entries(routes).map(([topic, each]) => [topic, readRoleId(reading, each, [...at('topicRoutes'), topic], ids)])),
    timeoutMs: reading.optionalNumber(fields['timeoutMs'], at('timeoutMs'), { min: 1, max: DURATION_MAX, integer: true }) ?? 30_000,
    maxDepth: reading.optionalNumber(fields['maxDepth'], at('maxDepth'), { min: 1, max: 20, integer: true }) ?? 5,
    onMaxDepth: reading.oneOf(fields['onMaxDepth'], at('onMaxDepth'), ['surface_to_user', 'fail', 'return_best_effort'], 'surface_to_user'),
  };
}
