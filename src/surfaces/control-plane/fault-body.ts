/** The error body of the control plane (seed 001 "Error Responses"): one of its nine codes or of two of ours, the text, and details; our own precise code is among the details. */
import { z } from 'zod';
import type { Kind } from '../../errors/fault';
import type { FaultBody } from '../http/surface';

/** The nine words of the seed, and two for what it has none: something that is not served (501), and something needed that is down (503). */
const Code = z.enum([
  ...(['VALIDATION_ERROR', 'UNAUTHORIZED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT', 'RATE_LIMITED', 'TIMEOUT', 'NO_AGENTS', 'INTERNAL_ERROR'] as const),
  ...(['NOT_IMPLEMENTED', 'UNAVAILABLE'] as const),
]);
type Code = z.output<typeof Code>;

/** By kind of fault. */
const CODES: Readonly<Record<Kind, Code>> = {
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
const BY_CODE: Readonly<Record<string, Code>> = { 'agents.none': 'NO_AGENTS' };

export const faultBody: FaultBody = (fault, requestId) => ({
  error: { code: BY_CODE[fault.code] ?? CODES[fault.kind], message: fault.message, details: { ...fault.facts, code: fault.code } },
  requestId,
});

export const faultSchema = z
  .object({
    error: z.object({
      code: Code,
      message: z.string(),
      details: z.record(z.string(), z.unknown()).describe('`code` is the precise one of docs/errors.md; `field`, `reason` and other facts stand beside it.'),
    }),
    requestId: z.string(),
  })
  .meta({ id: 'Fault' });
