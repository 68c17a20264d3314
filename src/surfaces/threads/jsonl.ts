/** Rollouts as lines of JSON: each line is an event exactly as reads have it, so that what was exported is what is imported. */
import { Readable } from 'node:stream';
import { setImmediate as breath } from 'node:timers/promises';
import { z } from 'zod';
import { Fault } from '../../errors/fault';
import { ExportedEvent, PAYLOAD_MAX } from '../../contracts/conversation/events';
import { IMPORT_EVENTS_MAX, type ConversationReads } from '../../contracts/conversation/ports';
import { TITLE_MAX } from '../../contracts/conversation/commands';
import type { Principal } from '../../contracts/principal';
import { ownerOnly } from '../../gateway/conversation-commands';
import { route } from '../http/route';
import { RolloutParams } from './bodies';
import { envelope, enveloped } from './envelope';
import type { ThreadPorts } from './ports';
import { keyed, replayedHeader } from '../http/keyed';
import { eventView, isOwner, ThreadView, threadView } from './views';

export const JSONL_TYPE = 'application/jsonl; charset=utf-8';
/** Bytes of one import. */
const IMPORT_BYTES_MAX = 64 * 1024 * 1024;
/** Events of one read, and lines that are read between two breaths. */
const PAGE = 100;

export const exportRollout = route({
  method: 'get',
  path: '/v1/threads/:id/rollouts/:rolloutId.jsonl',
  summary: 'Export a rollout, an event in each line',
  operationId: 'exportThreadRollout',
  scope: 'agent:read',
  params: RolloutParams,
  reply: { status: 200, description: 'Lines of JSON, oldest first, with the fields of events.', text: JSONL_TYPE, body: z.string() },
  handle: async ({ principal, params }, { reads }: ThreadPorts) => {
    const { thread, rollouts } = await reads.rollouts(principal, params.id);
    if (!isOwner(principal, thread)) throw ownerOnly(params.id);
    if (!rollouts.some(({ rolloutId }) => rolloutId === params.rolloutId))
      throw new Fault('not_found', 'conversation.rollout_not_found', 'The thread has no such rollout.', { rolloutId: params.rolloutId });
    return { body: Readable.from(linesOf(reads, principal, { threadId: params.id, rolloutId: params.rolloutId })) as unknown as string };
  },
});

/** Page by page, as fast as the client takes them; what is appended meanwhile comes too. */
async function* linesOf(
  reads: ConversationReads,
  principal: Principal,
  { threadId, rolloutId }: { threadId: string; rolloutId: string },
): AsyncGenerator<string, void, void> {
  for (let after = 0; ;) {
    const { events, more } = await reads.events(principal, threadId, { rolloutId, after, limit: PAGE });
    const lines = events.map((event) => `${JSON.stringify(eventView(event, true))}\n`);
    if (lines.length > 0) yield lines.join('');
    const last = events.at(-1);
    if (!more || last === undefined) return;
    after = last.sequence;
  }
}

const ImportQuery = z.object({
  agent: z.string().min(1).max(200).describe('Slug or id of the agent that goes on with it.'),
  title: z.string().max(TITLE_MAX).default('Imported'),
});

export const importThread = route({
  method: 'post',
  path: '/v1/thread-imports',
  summary: 'Make a thread of exported rollouts',
  operationId: 'importThread',
  resource: 'thread',
  scope: 'agent:run',
  idempotent: true,
  raw: true,
  bodyMax: IMPORT_BYTES_MAX,
  query: ImportQuery,
  body: z.string(),
  reply: {
    status: 201,
    description: 'Ids are kept where they are free. The last rollout of the lines is the active one.',
    body: enveloped(z.object({ thread: ThreadView, events: z.int().min(0) })).meta({ id: 'ThreadImported' }),
  },
  faults: [404, 413],
  handle: async (request, { conversations }: ThreadPorts) => {
    const { principal, query, bytes } = request;
    const events = await eventsOf(bytes);
    const made = await conversations.import(principal, { ...query, events }, keyed(request));
    return {
      headers: replayedHeader(made.replayed),
      body: envelope(request, { thread: threadView(made.thread, principal), events: made.events }),
    };
  },
});

const misread = (line: number, field: string, reason: string): Fault =>
  new Fault('invalid', 'conversation.import', `line ${line}: ${field}: ${reason}`, { line, field, reason });

function eventOf(text: string, line: number): ExportedEvent {
  if (Buffer.byteLength(text) > 2 * PAYLOAD_MAX) throw misread(line, '(line)', `expected at most ${2 * PAYLOAD_MAX} bytes`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw misread(line, '(line)', 'expected JSON');
  }
  const { success, data, error } = ExportedEvent.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  throw misread(line, issue?.path.join('.') || '(line)', issue?.message ?? 'is not an event');
}

/** Fault `conversation.import` (invalid) with the line. Other requests get their turn while many lines are read. */
async function eventsOf(bytes: Buffer): Promise<readonly ExportedEvent[]> {
  const events: ExportedEvent[] = [];
  for (let from = 0, line = 1; from < bytes.length; line += 1) {
    const end = bytes.indexOf(0x0a, from);
    const text = bytes.toString('utf8', from, end < 0 ? bytes.length : end).trim();
    from = end < 0 ? bytes.length : end + 1;
    if (text === '') continue;
    if (events.length === IMPORT_EVENTS_MAX)
      throw new Fault('invalid', 'conversation.import_too_large', `More than ${IMPORT_EVENTS_MAX} events are not taken at once.`, { max: IMPORT_EVENTS_MAX });
    events.push(eventOf(text, line));
    if (events.length % PAGE === 0) await breath();
  }
  if (events.length === 0) throw misread(1, '(line)', 'expected at least one event');
  return events;
}
