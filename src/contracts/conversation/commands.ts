/** What may be said to a conversation, and its address. Each command is an Update and a Signal of the same name. Callers go through the gateway, which stores what is said first. */
import { z } from 'zod';
import { command, type ActorRef } from '../actor';
import { REASON_MAX } from '../cancel';
import { ExecutionMode } from './agent';
import { RolloutId, ThreadRunId } from './ids';

export const CONVERSATION_KIND = 'conversation';
export const CONVERSATION_WORKFLOW = 'conversation';

/** Workflow id of a conversation: `conversation/<thread id>`; other tenants than the default one stand in it, so ids never collide. */
export const conversationAddress = (tenant: string, id: string): string =>
  tenant === 'default' ? `${CONVERSATION_KIND}/${id}` : `${CONVERSATION_KIND}/${tenant}/${id}`;
export const conversationRef = (tenant: string, id: string): ActorRef => ({
  address: conversationAddress(tenant, id),
  kind: CONVERSATION_KIND,
  tenant,
  id,
});

export const TITLE_MAX = 200;
/** Runs that wait for their turn. */
export const QUEUE_MAX = 20;

const Receipt = z.object({ seq: z.int().min(0) });

/** What the caller wants when something else holds the thread. `interrupt`: what runs is cancelled, and this one is the next. */
export const WHEN_BUSY = ['refuse', 'queue', 'interrupt'] as const;
export const WhenBusy = z.enum(WHEN_BUSY);
export type WhenBusy = z.output<typeof WhenBusy>;

/** `inputRef`: a blob, JSON of a `RunInput` (start.ts). Faults: `conversation.busy`, `conversation.deleted` (conflict), `conversation.queue_full` (exhausted). */
export const startRun = command(
  'startRun',
  z.strictObject({
    runId: ThreadRunId,
    inputRef: z.string().regex(/^[0-9a-f]{64}$/),
    agent: z.strictObject({ id: z.string().min(1).max(64), slug: z.string().max(64), version: z.int().min(1) }),
    executionMode: ExecutionMode,
    autoCompactTokens: z.int().min(1).nullable(),
    whenBusy: WhenBusy.default('refuse'),
    keyId: z.string().max(200).nullable().default(null),
  }),
  Receipt.extend({
    runId: z.string(),
    rolloutId: z.string(),
    /** 0: it has begun; 1: it is the next. */
    position: z.int().min(0),
  }),
);

/** Without `runId`: what runs now. One that waits is taken out of the queue. Twice is a no-op. Fault `conversation.run_not_active` (conflict). */
export const cancelRun = command(
  'cancelRun',
  z.strictObject({ runId: ThreadRunId.optional(), reason: z.string().max(REASON_MAX).optional() }),
  Receipt.extend({ runId: z.string(), repeated: z.boolean() }),
);

/** The publisher of a local run has said how it ended. */
export const endLocalRun = command(
  'endLocalRun',
  z.strictObject({ runId: ThreadRunId, status: z.enum(['completed', 'failed', 'cancelled']) }),
  Receipt.extend({ runId: z.string() }),
);

/** Faults: `conversation.busy` (conflict), `conversation.nothing_to_compact` (conflict). */
export const compact = command('compact', z.strictObject({}), Receipt.extend({ compactionId: z.string(), rolloutId: RolloutId }));

/** `title` without secrets. */
export const rename = command('rename', z.strictObject({ title: z.string().max(TITLE_MAX) }), Receipt);
export const archive = command('archive', z.strictObject({ archived: z.boolean() }), Receipt);
/** Ends what runs, and takes nothing more. */
export const deleteThread = command('delete', z.strictObject({}), Receipt);

export const CONVERSATION_COMMANDS = [startRun, cancelRun, endLocalRun, compact, rename, archive, deleteThread] as const;
