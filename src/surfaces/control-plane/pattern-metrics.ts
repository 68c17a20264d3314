/** What became of the executions of one pattern (digest §2.2). */
import { route } from '../http/route';
import type { ExecutionPorts } from './execution-ports';
import { PatternMetrics, summaryView } from './execution-views';
import { PatternParams } from './pattern-bodies';
import type { PatternPorts } from './patterns';

interface Port {
  readonly patterns: Pick<PatternPorts, 'get'>;
  readonly executions: Pick<ExecutionPorts, 'reads'>;
}

export const getPatternMetrics = route({
  method: 'get',
  path: '/api/patterns/:name/metrics',
  summary: 'Count the executions of a pattern',
  operationId: 'getPatternMetrics',
  scope: 'executions:read',
  params: PatternParams,
  reply: { status: 200, description: 'Over all executions of the pattern that are kept, in any of its versions.', body: PatternMetrics },
  handle: async ({ params: { name }, principal: { tenant } }, { patterns, executions }: Port) => {
    await patterns.get(tenant, name, null);
    return { body: { pattern: name, ...summaryView(await executions.reads.summary(tenant, name)) } };
  },
});
