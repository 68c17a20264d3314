/** What clients send about threads (digest §1.2, §1.4, §1.5). Fields that nobody knows are refused, by name. */
import { z } from 'zod';
import { COMMENT_MAX, CHANNEL_MAX } from '../../contracts/run/commands';
import { REASON_MAX } from '../../contracts/cancel';
import { TITLE_MAX, WHEN_BUSY } from '../../contracts/conversation/commands';
import { PUBLISHED_MAX, PUBLISHED_TYPES, TRANSIENT_TYPES, PublishedEvent } from '../../contracts/conversation/events';
import { METADATA_BYTES_MAX } from '../../contracts/conversation/ports';
import { MESSAGES_CHARS_MAX, MESSAGES_MAX, RunConfig } from '../../contracts/conversation/start';
import { CURSOR_MAX } from '../http/cursor';
import { cappedLimit, queryFlag, queryInt } from '../http/paging';
import { boundedJson, storable } from '../http/stored-json';

const NAME_MAX = 200;
const id = (what: string) => z.string().min(1).max(NAME_MAX).describe(what);

export const ThreadParams = z.object({ id: id('Of the thread.') });
export const RolloutParams = ThreadParams.extend({ rolloutId: id('Of the rollout.') });
export const RunParams = z.object({ id: id('Of the run.') });

const cursor = z.string().max(CURSOR_MAX).optional().describe('`nextCursor` of the page before.');
const include = z.enum(['all_rollouts']).optional().describe('`all_rollouts`: also what was before the last compaction.');

export const ListQuery = z.object({
  limit: cappedLimit(50, 100),
  cursor,
  archived: queryFlag.optional().describe('Only those that are archived, or only those that are not; without it: those that are not.'),
  all: queryFlag.optional().describe('Threads of everybody in the tenant; for administrators.'),
  agent: z.string().max(NAME_MAX).optional().describe('The id of an agent.'),
});

export const EVENTS_MAX = 500;
export const SnapshotQuery = z.object({ limit: cappedLimit(100, EVENTS_MAX), include });
const sequence = queryInt(0, Number.MAX_SAFE_INTEGER);
/** Longer ones fit into headers only: all of an address and its headers has 16 KiB. */
const credential = z.string().max(6_000).optional();
/** Read before the rest of the query (../http/query-credential.ts). */
const credentialShape = {
  api_key: credential.describe('The credential of a WebSocket or a stream, where no header can be sent; exactly one of `api_key` and `token`.'),
  token: credential,
};
export const EventsQuery = z.object({
  ...{ limit: cappedLimit(100, EVENTS_MAX), cursor, include },
  rollout_id: z.string().max(NAME_MAX).optional().describe('Only of this rollout; without it: of the active one.'),
  after: sequence.optional().describe('Only events with a greater sequence.'),
  before: sequence.optional().describe('The newest events with a lesser sequence, told oldest first.'),
  ...credentialShape,
});
export const ActivityQuery = z.object({ limit: cappedLimit(50, 100), cursor });

/** Of the socket and of the stream. */
export const watchShape = {
  limit: cappedLimit(100, EVENTS_MAX).describe('Events in the snapshot, the newest of the active rollout; 500 at most.'),
  after: sequence.optional().describe('The last sequence that was seen: what came after it is told in full, and the snapshot has no events.'),
};
export const SocketQuery = z.object({ ...watchShape, ...credentialShape });

const metadata = z
  .record(z.string().max(128), z.json())
  .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= METADATA_BYTES_MAX, `expected at most ${METADATA_BYTES_MAX} bytes of JSON`);

export const PatchBody = storable(z.strictObject({ title: z.string().max(TITLE_MAX).optional(), archived: z.boolean().optional() })).meta({
  id: 'ChangeThread',
});

export const AnswerBody = storable(
  z.strictObject({
    approve: z.boolean(),
    runId: z.string().max(NAME_MAX).nullish().describe('Without it: the run that holds the thread.'),
    channel: z.string().max(CHANNEL_MAX).nullish().describe('Without it: the one on which it waits now.'),
    proposalId: z.string().max(NAME_MAX).nullish(),
    comment: z.string().max(COMMENT_MAX).nullish(),
  }),
).meta({ id: 'AnswerThreadApproval' });

export const CancelBody = storable(z.strictObject({ reason: z.string().max(REASON_MAX).nullish() })).meta({ id: 'CancelThreadRun' });

const payload = boundedJson.default({});
export const AppendBody = storable(
  z.strictObject({
    runId: id('The local run that holds the thread.'),
    rolloutId: id('The active rollout.'),
    events: z.array(PublishedEvent.extend({ payload })).min(1).max(PUBLISHED_MAX),
  }),
).meta({ id: 'AppendThreadEvents' });

const frame = { threadId: id('The thread.'), runId: id('The local run that holds it.'), rolloutId: id('Its active rollout.'), payload };
export const FrameBody = storable(
  z.discriminatedUnion('type', [
    z.strictObject({ ...frame, type: z.enum(PUBLISHED_TYPES) }).meta({ id: 'DurableThreadFrame' }),
    z
      .strictObject({
        ...frame,
        type: z.enum(TRANSIENT_TYPES),
        sequenceNumber: z.int().min(1).describe('Grows within the run; what does not grow is dropped.'),
      })
      .meta({ id: 'TransientThreadFrame' }),
  ]),
);

const text = z.string().min(1).max(MESSAGES_CHARS_MAX);
const Message = z.strictObject({
  role: z.enum(['user', 'assistant']),
  content: text.optional(),
  parts: z
    .array(z.strictObject({ type: z.literal('text'), text }))
    .min(1)
    .max(MESSAGES_MAX)
    .optional(),
});

/** Which of the two and how much of it is checked where the message is made (./runs.ts). */
export const RunBody = storable(
  z.strictObject({
    agent: z.string().min(1).max(NAME_MAX).optional().describe('Slug or id. May be left out for a thread, which has one.'),
    prompt: text.optional().describe('What the user says; in place of `messages`.'),
    messages: z.array(Message).min(1).max(MESSAGES_MAX).optional().describe('The last one is the user’s.'),
    threadId: z.string().min(1).max(NAME_MAX).optional().describe('Without it a thread is opened.'),
    stream: z.boolean().default(true),
    config: RunConfig.default({}),
    metadata: metadata.default({}),
    whenBusy: z
      .enum(WHEN_BUSY)
      .default('refuse')
      .describe('When something else holds the thread: 409 `THREAD_BUSY`, wait for the turn, or cancel what runs and be the next.'),
  }),
).meta({ id: 'StartThreadRun' });
export type RunBody = z.output<typeof RunBody>;

export const RunsQuery = z.object({
  ...{ limit: cappedLimit(50, 100), cursor },
  agent: z.string().max(NAME_MAX).optional().describe('Slug or id.'),
  thread: z.string().max(NAME_MAX).optional().describe('Of this thread.'),
  status: z.enum(['queued', 'running', 'waiting_approval', 'completed', 'failed', 'cancelled']).optional(),
  all: queryFlag.optional().describe('Of everybody in the tenant; for administrators.'),
});
