/** Everything that may be said to a managed thread, and its address. Each command is an Update and a Signal of the same name. */
import { z } from 'zod';
import { command, type ActorRef } from '../actor';
import { Answer } from './ask';
import { Observation, SessionReport } from './terminal';

export const THREAD_KIND = 'managed-thread';
export const THREAD_WORKFLOW = 'managedThread';
/** Gives a finished thread's workspace back; its id is the thread's address and `/release`. */
export const RELEASE_WORKFLOW = 'releaseThread';

/** Workflow id of a thread. The default tenant's read `managed-thread/<id>`; others carry their tenant, so ids never collide. */
export const threadAddress = (tenant: string, id: string): string => (tenant === 'default' ? `${THREAD_KIND}/${id}` : `${THREAD_KIND}/${tenant}/${id}`);
export const threadRef = (tenant: string, id: string): ActorRef => ({ address: threadAddress(tenant, id), kind: THREAD_KIND, tenant, id });

/** Name of a thread's session; unique on a host over all tenants. Generations count 1, 2, 3 … */
export const sessionIdOf = (tenant: string, id: string, generation: number): string => `${tenant === 'default' ? id : `${tenant}:${id}`}.${generation}`;

/** Messages that may wait in one thread; the next one is refused with `thread.queue_full`. */
export const QUEUE_MAX = 100;
/** Characters of a message that travel inline; longer ones are stored first and travel by reference. */
export const MESSAGE_INLINE_MAX = 4_000;
export const MESSAGE_MAX = 200_000;

/** A text: inline, or by reference to the blob store with its first characters for people to read. */
export const TextValue = z.union([
  z.strictObject({ text: z.string().min(1).max(MESSAGE_INLINE_MAX) }),
  z.strictObject({ ref: z.string().regex(/^[0-9a-f]{64}$/), preview: z.string().max(500), length: z.int().min(1).max(MESSAGE_MAX) }),
]);
export type TextValue = z.output<typeof TextValue>;

/** Exactly one of message, raw, keys. Keys are checked by name before they come here (src/domain/managed-thread/keys.ts). */
export const SendInput = z.union([
  z.strictObject({ message: TextValue }),
  z.strictObject({ raw: z.string().min(1).max(8_192) }),
  z.strictObject({ keys: z.array(z.string().min(1).max(32)).min(1).max(100) }),
]);
export type SendInput = z.output<typeof SendInput>;

/** The journal's number after the command: a read that waits for this seq sees what the command did. */
const Receipt = z.object({ seq: z.int().min(0) });

export const send = command('send', SendInput, Receipt.extend({ position: z.int().min(0) }));
export const approve = command(
  'approve',
  z.union([
    z.strictObject({ approve: z.boolean(), askId: z.string().max(256).optional() }),
    z.strictObject({ option: z.int().min(1).max(50), askId: z.string().max(256).optional() }),
    z.strictObject({ text: z.string().min(1).max(8_000), askId: z.string().max(256).optional() }),
  ]),
  Receipt.extend({
    askId: z.string(),
    answer: Answer,
    answeredBy: z.string(),
    answeredAt: z.string(),
    /** True when the ask had been answered before: nothing was done, and the first answer is shown. */
    repeated: z.boolean(),
  }),
);
/** Ends the turn in progress (the CLI's interrupt) and drops the messages that wait. The thread lives on. */
export const cancel = command('cancel', z.strictObject({ reason: z.string().max(500).optional() }), Receipt.extend({ dropped: z.int().min(0) }));
/** Wakes an idle thread without a message: the session is opened again. */
export const resume = command('resume', z.strictObject({}), Receipt);
export const stop = command(
  'stop',
  z.strictObject({
    force: z.boolean().optional(),
    /** How long the CLI may take to end by itself before its processes are killed. */
    timeoutMs: z.int().min(0).max(600_000).optional(),
    reason: z.string().max(500).optional(),
  }),
  Receipt,
);
/** A fact that a running watch saw (host only). */
export const observe = command('observe', Observation, Receipt);
/** A session ended, was lost, or was typed into outside a watch (host only). */
export const report = command('report', SessionReport, Receipt);

export const THREAD_COMMANDS = [send, approve, cancel, resume, stop, observe, report] as const;
