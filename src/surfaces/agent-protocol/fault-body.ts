/** The error body of the Agent Protocol (digest §5.1): `{code, message, metadata}`; `detail` too, which its clients show. */
import { z } from 'zod';
import type { Fault } from '../../errors/fault';
import type { FaultBody } from '../http/surface';

export const faultBody: FaultBody = (fault, requestId) => ({
  code: fault.code,
  message: fault.message,
  detail: fault.message,
  requestId,
  metadata: fault.facts,
});

/** A body that is JSON and not what the route takes. */
export const faultStatus = (fault: Fault): number | undefined => (fault.kind === 'invalid' && fault.facts.in === 'body' ? 422 : undefined);

export const faultSchema = z
  .object({
    code: z.string().describe('What exactly; docs/errors.md lists the codes.'),
    message: z.string().describe('What is wrong, for people.'),
    detail: z.string().describe('The same.'),
    requestId: z.string(),
    metadata: z.looseObject({}).describe('The facts, such as the field.'),
  })
  .meta({ id: 'AgentProtocolFault' });
