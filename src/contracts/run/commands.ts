/** What may be said to a run, and its address. Each command is an Update and a Signal of the same name. */
import { z } from 'zod';
import { command, type ActorRef } from '../actor';
import { cancel, REASON_MAX } from '../cancel';
import { Hash } from './protocol';

export { cancel, REASON_MAX };

export const RUN_KIND = 'run';
export const RUN_WORKFLOW = 'run';

/** Workflow id of a run: `run/<run_id>`; other tenants than the default one stand in it, so ids never collide. */
export const runAddress = (tenant: string, id: string): string => (tenant === 'default' ? `${RUN_KIND}/${id}` : `${RUN_KIND}/${tenant}/${id}`);
export const runRef = (tenant: string, id: string): ActorRef => ({ address: runAddress(tenant, id), kind: RUN_KIND, tenant, id });

export const COMMENT_MAX = 2_000;
export const CHANNEL_MAX = 128;
const Receipt = z.object({ seq: z.int().min(0) });

/** One person's verdict on what waits on a channel. Several may have to agree (`quorum` of the policy); one denial denies. */
export const approve = command(
  'approve',
  z.strictObject({
    channel: z.string().min(1).max(CHANNEL_MAX),
    /** Bare hex. Without it, what waits on the channel. */
    proposal_id: Hash.optional(),
    approve: z.boolean(),
    comment: z.string().max(COMMENT_MAX).optional(),
  }),
  Receipt.extend({
    channel: z.string(),
    proposal_id: Hash,
    approved: z.boolean(),
    approver: z.string(),
    at: z.string(),
    /** Approvals that are still missing; 0 when the matter is settled. */
    missing: z.int().min(0),
    /** True when this had been answered before: nothing was done, and the first answer is shown. */
    repeated: z.boolean(),
  }),
);

/** Tells a run that goes on what a person found out about an effect that nobody could prove. The ledger has the entry already. */
export const resolveEffect = command(
  'resolveEffect',
  z.strictObject({ proposal_id: Hash, outcome: z.enum(['done', 'not_done']) }),
  Receipt.extend({ proposal_id: Hash }),
);

export const RUN_COMMANDS = [cancel, approve, resolveEffect] as const;
