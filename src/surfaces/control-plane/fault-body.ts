/** The error body of the control plane (seed 001 "Error Responses"): one of nine codes, the text, and details; our own code is among the details. */
import { z } from 'zod';
import type { Kind } from '../../errors/fault';
import type { FaultBody } from '../http/surface';

/** The seed's words by kind of fault. What the seed has no word for is spoken by the nearest: the status says the rest. */
const CODES: Readonly<Record<Kind, string>> = {
  invalid: 'VALIDATION_ERROR',
  unauthenticated: 'UNAUTHORIZED',
  forbidden: 'FORBIDDEN',
  not_found: 'NOT_FOUND',
  conflict: 'CONFLICT',
  deadline: 'TIMEOUT',
  exhausted: 'RATE_LIMITED',
  internal: 'INTERNAL_ERROR',
  unsupported: 'NOT_IMPLEMENTED',
  unavailable: 'UNAVAILABLE',
};

/** Faults whose code decides, not their kind. */
const BY_CODE: Readonly<Record<string, string>> = { 'agents.none': 'NO_AGENTS' };

export const faultBody: FaultBody = (fault, requestId) => ({
  error: { code: BY_CODE[fault.code] ?? CODES[fault.kind], message: fault.message, details: { ...fault.facts, code: fault.code } },
  requestId,
});

export const faultSchema = z
  .object({
    error: z.object({
      code: z.string().describe('One of the codes of the control plane, such as VALIDATION_ERROR.'),
      message: z.string(),
      details: z.record(z.string(), z.unknown()).describe('`code` is the precise one of docs/errors.md; `field`, `reason` and other facts stand beside it.'),
    }),
    requestId: z.string(),
  })
  .meta({ id: 'Fault' });
