/** Agents over AG-UI 1.0 (digest §5.2): one address for each agent, which takes what a user says and tells the run as events. The threads are those of `/v1`. */
import { z } from 'zod';
import type { ConversationPorts } from '../../gateway/conversation-following';
import type { Fault } from '../../errors/fault';
import type { SurfaceDefinition } from '../http/surface';
import { runAgent } from './run-agent';

export const agUi: SurfaceDefinition<ConversationPorts> = {
  name: 'ag-ui',
  title: 'Everthread for clients of AG-UI',
  description: 'Agents as endpoints of the Agent-User Interaction Protocol.',
  prefixes: ['/ag-ui'],
  faultBody: (fault, requestId) => ({ ...fault.facts, code: fault.code, message: fault.message, requestId }),
  faultStatus: (fault: Fault) => (fault.kind === 'invalid' && fault.facts.in === 'body' ? 422 : undefined),
  faultSchema: z
    .looseObject({
      code: z.string().describe('What exactly; docs/errors.md lists the codes.'),
      message: z.string().describe('What is wrong, for people.'),
      requestId: z.string(),
    })
    .meta({ id: 'AgUiFault' }),
  routes: [runAgent],
};
