/** What may be said to an execution of a pattern, and its address. Each command is an Update and a Signal of the same name. */
import { z } from 'zod';
import { command, type ActorRef } from '../actor';
import { cancel, REASON_MAX } from '../cancel';
import { jsonBytes, VALUE_INLINE_MAX } from './value';

export { cancel, REASON_MAX };

export const EXECUTION_KIND = 'execution';
export const EXECUTION_WORKFLOW = 'patternExecution';

/** As the seed's: `exec_` and what the client knows it by. Managed threads carry the same id as their `executionId`. */
export const ExecutionId = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'expected letters, digits, dots, dashes and underscores');

/** Workflow id of an execution: `execution/<id>`; other tenants than the default one stand in it, so ids never collide. */
export const executionAddress = (tenant: string, id: string): string =>
  tenant === 'default' ? `${EXECUTION_KIND}/${id}` : `${EXECUTION_KIND}/${tenant}/${id}`;
export const executionRef = (tenant: string, id: string): ActorRef => ({ address: executionAddress(tenant, id), kind: EXECUTION_KIND, tenant, id });

const Receipt = z.object({ seq: z.int().min(0) });

/** Answers an approval that the execution asked for. `value` stands in for the result in question, where the asker takes one. */
export const approve = command(
  'approve',
  z.strictObject({
    approvalId: z.string().min(1).max(256).optional(),
    approve: z.boolean(),
    value: z
      .json()
      .optional()
      .refine((value) => value === undefined || jsonBytes(value) <= VALUE_INLINE_MAX, `expected at most ${VALUE_INLINE_MAX} bytes of JSON`),
    comment: z.string().max(2_000).optional(),
  }),
  Receipt.extend({
    approvalId: z.string(),
    approve: z.boolean(),
    answeredBy: z.string(),
    answeredAt: z.string(),
    /** True when it had been answered before: nothing was done, and the first answer is shown. */
    repeated: z.boolean(),
  }),
);

export const EXECUTION_COMMANDS = [cancel, approve] as const;
