/** `/ws/agent`: where agents connect (digest of seed 001 §2.9). What is said there is in src/contracts/agent/protocol.ts. */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { AgentId, Capabilities } from '../../contracts/agent/agent';
import { PROTOCOL_LIMITS } from '../../contracts/agent/protocol';
import { readInput } from '../http/input';
import { socketRoute } from '../http/route';
import type { AgentPort } from './agent-ports';

const Headers = z.object({
  'X-Agent-Id': AgentId.optional(),
  'X-Agent-Capabilities': z
    .string()
    .max(8_192)
    .transform((given) =>
      given
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean),
    )
    .pipe(Capabilities)
    .optional(),
});

const headersOf = (headers: IncomingHttpHeaders): z.output<typeof Headers> =>
  readInput(Headers, { 'X-Agent-Id': headers['x-agent-id'], 'X-Agent-Capabilities': headers['x-agent-capabilities'] }, 'header');

const expired = (): string =>
  JSON.stringify({
    ...{ type: 'error', id: randomUUID(), timestamp: new Date().toISOString() },
    payload: { code: 'AUTHENTICATION_EXPIRED', message: 'The credential is no longer valid.', fatal: true },
  });

export const connectAgent = socketRoute({
  operationId: 'connectAgent',
  path: '/ws/agent',
  summary: 'Connect as an agent (WebSocket): JSON messages of one envelope, see docs/pattern-agents.md',
  resource: 'agent',
  scope: 'agents:write',
  messageMax: PROTOCOL_LIMITS.messageBytes,
  lastWords: expired,
  open: ({ principal, headers, connectionId }, { agents }: AgentPort) => {
    const { 'X-Agent-Id': given, 'X-Agent-Capabilities': capabilities = [] } = headersOf(headers);
    const id = given ?? `agent_${randomUUID()}`;
    return Promise.resolve(agents.accept({ agent: { tenant: principal.tenant, id }, connectionId, capabilities, by: principal.subject }));
  },
});
