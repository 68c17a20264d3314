/**
 * The error body of this surface (digest §2): the text under `error`, as the peer has it, and beside it what is ours: `code`, `requestId`, and the facts of the fault, in
 * snake_case. Statuses are the peer's too: a body that is JSON and not what the route takes is 422, what is wrong with a value of the right type is 400.
 */
import { z } from 'zod';
import type { Fault } from '../../errors/fault';
import type { FaultBody } from '../http/surface';

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export const faultBody: FaultBody = (fault, requestId) => {
  const facts = Object.fromEntries(Object.entries(fault.facts).map(([name, value]) => [snake(name), value]));
  const { retry_after_seconds: seconds } = facts;
  return { ...facts, ...(typeof seconds === 'number' && { retry_after_secs: seconds }), error: fault.message, code: fault.code, requestId };
};

/** Statuses that the peer's clients look at and that no kind of fault has. */
const BY_CODE: Readonly<Record<string, number>> = { 'run.approvals_over': 410, 'run.tool_failed': 422, 'run.replay_broken': 422 };

export const faultStatus = (fault: Fault): number | undefined =>
  BY_CODE[fault.code] ?? (fault.kind === 'invalid' && fault.facts.in === 'body' ? 422 : undefined);

export const faultSchema = z
  .looseObject({
    error: z.string().describe('What is wrong, for people.'),
    code: z.string().describe('What exactly; docs/errors.md lists the codes.'),
    requestId: z.string(),
    field: z.string().optional(),
    reason: z.string().optional(),
    run_id: z.string().optional(),
    channel: z.string().optional(),
    retry_after_secs: z.number().optional(),
  })
  .meta({ id: 'RunFault' });
