/**
 * The error body of this surface (digest §1.1): `{error: {code, message, requestId}}`. `error.code` is one of the words of the peer, one for each kind of fault and `THREAD_BUSY` for what
 * holds a thread; `error.details` is ours: the precise code and the facts.
 */
import { z } from 'zod';
import type { Kind } from '../../errors/fault';
import type { FaultBody } from '../http/surface';

const WORDS: Readonly<Record<Kind, string>> = {
  invalid: 'invalid_request',
  unauthenticated: 'unauthorized',
  forbidden: 'forbidden',
  not_found: 'not_found',
  deadline: 'timeout',
  conflict: 'conflict',
  exhausted: 'rate_limited',
  internal: 'internal_error',
  unsupported: 'not_implemented',
  unavailable: 'unavailable',
};

/** Codes with a word of their own. */
const BY_CODE: Readonly<Record<string, string>> = { 'conversation.busy': 'THREAD_BUSY' };

export const faultBody: FaultBody = (fault, requestId) => ({
  error: {
    ...{ code: BY_CODE[fault.code] ?? WORDS[fault.kind], message: fault.message, requestId },
    details: { ...fault.facts, code: fault.code },
  },
});

export const faultSchema = z
  .object({
    error: z.object({
      code: z.enum([...Object.values(WORDS), ...Object.values(BY_CODE)] as [string, ...string[]]),
      message: z.string().describe('What is wrong, for people.'),
      requestId: z.string(),
      details: z.looseObject({
        code: z.string().describe('What exactly; docs/errors.md lists the codes.'),
        field: z.string().optional(),
        reason: z.string().optional(),
      }),
    }),
  })
  .meta({ id: 'ThreadFault' });
