/**
 * One run of a thread as other clients follow it: what the thread has of it, then what it says, until it ends or asks a person. Durable events come once and in order; live
 * text may be missing. Over the ports of conversations alone.
 */
import type { ConversationFeed, ConversationReads, Conversations, ConversationAgents, KeyedCall, Thread, ThreadRun } from '../contracts/conversation/ports';
import type { ThreadEvent, ThreadFrame } from '../contracts/conversation/events';
import type { Principal } from '../contracts/principal';
import type { Answer, KeptMessage, Question, RunEnd, Said } from '../domain/conversation/clients/said';
import { Telling } from '../domain/conversation/clients/telling';
import { merged } from '../domain/merged';
import { Fault } from '../errors/fault';
import { ownerOnly } from './conversation-commands';

export interface ConversationPorts {
  readonly conversations: Conversations;
  readonly reads: ConversationReads;
  readonly feed: ConversationFeed;
  readonly agents: ConversationAgents;
}

/** Events of the active rollout that are read, newest first: what clients are shown of a thread at most. */
export const EVENTS_SHOWN = 2_000;
/** And characters of their payloads in JSON, after which no more are read: two thousand of the largest kind would fill the memory of the process. */
const CHARS_SHOWN = 8 * 1024 * 1024;
const PAGE = 100;
/** The row of a run is looked at so often besides: one that was taken out of the queue leaves no event. */
const LOOK_MS = 15_000;
/** How long an answer waits for what comes of it. */
const RESOLVED_MS = 2_000;

interface Placed {
  readonly runId: string | null;
  readonly said: Exclude<Said, { readonly type: 'text' | 'thinking' | 'asked' }>;
}

/** A thread as it is now: its messages, and the questions of its run. */
export interface ThreadNow {
  readonly thread: Thread;
  /** Of the active rollout, oldest first. */
  readonly messages: readonly { readonly sequence: number; readonly message: KeptMessage }[];
  readonly questions: readonly Question[];
  /** The last event that this holds. */
  readonly sequence: number;
}

interface Read extends ThreadNow {
  readonly placed: readonly Placed[];
  readonly telling: Telling;
}

/**
 * What was said in a thread is its owner's alone, and these dialects have no view without it. Faults: `conversation.not_found`; `conversation.owner_only` (forbidden) for others who may see
 * that it is there.
 */
export async function ownThread({ reads }: Pick<ConversationPorts, 'reads'>, principal: Principal, threadId: string): Promise<Thread> {
  const thread = await reads.get(principal, threadId);
  if (thread.ownerUserId !== principal.subject) throw ownerOnly(threadId);
  return thread;
}

async function read({ reads }: Pick<ConversationPorts, 'reads'>, principal: Principal, threadId: string): Promise<Read> {
  const thread = await ownThread({ reads }, principal, threadId);
  const pages: (readonly ThreadEvent[])[] = [];
  let before = thread.lastSequence + 1;
  let chars = 0;
  for (let count = 0, more = thread.lastSequence > 0; more && count < EVENTS_SHOWN && chars < CHARS_SHOWN;) {
    const page = await reads.events(principal, threadId, { rolloutId: thread.activeRolloutId, before, limit: PAGE });
    pages.unshift(page.events);
    count += page.events.length;
    chars += page.events.reduce((sum, { payload }) => sum + JSON.stringify(payload).length, 0);
    before = page.events[0]?.sequence ?? 0;
    more = page.more && page.events.length > 0;
  }
  const telling = new Telling();
  const placed = pages.flat().flatMap((event) => {
    const said = telling.event(event);
    return said?.type === 'message' || said?.type === 'ended' ? [{ runId: event.runId, said }] : [];
  });
  const messages = placed.flatMap(({ said }) => (said.type === 'message' ? [said] : []));
  return { thread, messages, placed, telling, questions: telling.questions, sequence: thread.lastSequence };
}

/** Faults: those of {@link ownThread}. */
export const threadNow = async (ports: Pick<ConversationPorts, 'reads'>, principal: Principal, threadId: string): Promise<ThreadNow> =>
  read(ports, principal, threadId);

/** Of the thread and no other. Faults: those of {@link ownThread}, `conversation.run_not_found`. */
export async function runOf({ reads }: Pick<ConversationPorts, 'reads'>, principal: Principal, threadId: string, runId: string): Promise<ThreadRun> {
  await ownThread({ reads }, principal, threadId);
  const run = await reads.run(principal, runId);
  if (run.threadId === threadId) return run;
  throw new Fault('not_found', 'conversation.run_not_found', 'This thread has no such run.', { threadId, runId });
}

export interface Following {
  readonly threadId: string;
  readonly runId: string;
  /** What is told comes after this event. Null: what of the active rollout is of the run. */
  readonly after: number | null;
  /** Questions that were answered just now, and may still look as if they waited. */
  readonly answered?: ReadonlySet<string>;
}

export interface Followed {
  /** The messages before the first that is told. */
  readonly before: readonly KeptMessage[];
  /** Ends after `ended` or `asked`, when the signal aborts, and when the reader breaks off. */
  says(signal: AbortSignal): AsyncGenerator<Said, void, void>;
}

/** Faults: those of {@link ownThread}; that the run is of the thread was asked before. */
export async function followRun(ports: ConversationPorts, principal: Principal, following: Following): Promise<Followed> {
  const now = await read(ports, principal, following.threadId);
  const mine = now.placed.filter(({ runId, said }) => runId === following.runId && said.sequence > (following.after ?? 0));
  const from = mine[0]?.said.sequence ?? now.sequence + 1;
  return {
    before: now.messages.filter(({ sequence }) => sequence < from).map(({ message }) => message),
    says: (signal) => says(ports, principal, following, { now, mine, signal }),
  };
}

interface Saying {
  readonly now: Read;
  readonly mine: readonly Placed[];
  readonly signal: AbortSignal;
}

async function* says(ports: ConversationPorts, principal: Principal, following: Following, { now, mine, signal }: Saying): AsyncGenerator<Said, void, void> {
  for (const { said } of mine) {
    yield said;
    if (said.type === 'ended') return;
  }
  const open = waiting(now.telling, following);
  if (open.length > 0) return yield { type: 'asked', questions: open };
  if (yield* endOf(ports, principal, following, { telling: now.telling, at: now.sequence })) return;
  yield* live(ports, principal, following, { now, mine, signal });
}

type Heard = { readonly event: ThreadEvent } | { readonly frame: ThreadFrame } | { readonly look: true };

async function* live(ports: ConversationPorts, principal: Principal, following: Following, { now, signal }: Saying): AsyncGenerator<Said, void, void> {
  const { threadId, runId } = following;
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const { telling } = now;
  let at = now.sequence;
  const heard = merged<Heard>([
    mapped(ports.feed.watch(principal.tenant, threadId, now.sequence, until), (event) => ({ event })),
    mapped(ports.feed.frames(principal.tenant, threadId, until), (frame) => ({ frame })),
    looks(until),
  ]);
  try {
    for await (const one of heard) {
      if ('look' in one) {
        if (yield* endOf(ports, principal, following, { telling, at })) return;
        continue;
      }
      if ('event' in one) at = one.event.sequence;
      const said = 'event' in one ? telling.event(one.event) : frameOf(telling, one.frame, runId);
      const about = 'event' in one ? one.event.runId : runId;
      if (said && about === runId) yield said;
      if (said?.type === 'ended' && about === runId) return;
      const open = 'event' in one && about === runId ? waiting(telling, following) : [];
      if (open.length > 0) return yield { type: 'asked', questions: open };
      if ('frame' in one && one.frame.type === 'thread_deleted') return yield DELETED(at);
    }
  } finally {
    over.abort();
    await heard.return();
  }
}

const DELETED = (sequence: number): Said => ({
  ...{ type: 'ended', sequence },
  end: { status: 'cancelled', answer: null, error: { code: 'conversation.deleted', message: 'The thread was deleted.' }, spent: null },
});

const waiting = (telling: Telling, { runId, answered }: Following): readonly Question[] =>
  telling.questions.filter((question) => question.runId === runId && answered?.has(question.id) !== true);

const frameOf = (telling: Telling, frame: ThreadFrame, runId: string): Said | null => ('runId' in frame && frame.runId === runId ? telling.frame(frame) : null);

async function* mapped<A, B>(source: AsyncIterable<A>, change: (value: A) => B): AsyncGenerator<B, void, void> {
  for await (const value of source) yield change(value);
}

async function* looks(signal: AbortSignal): AsyncGenerator<Heard, void, void> {
  while (!signal.aborted) {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, LOOK_MS);
      signal.addEventListener('abort', done, { once: true });
    });
    if (!signal.aborted) yield { look: true };
  }
}

const ENDS: readonly string[] = ['completed', 'failed', 'cancelled'];

/**
 * The end of a run whose row says that it has ended, after what is there of it beyond `at`; whether it has. The row alone knows of runs that left no events, and of those of earlier
 * rollouts.
 */
async function* endOf(
  { reads }: ConversationPorts,
  principal: Principal,
  { threadId, runId }: Following,
  { telling, at }: { readonly telling: Telling; readonly at: number },
): AsyncGenerator<Said, boolean, void> {
  const run = await reads.run(principal, runId).catch((thrown: unknown) => {
    // Not there yet: the command is on its way.
    if (thrown instanceof Fault && thrown.kind === 'not_found') return null;
    throw thrown;
  });
  if (!run || !ENDS.includes(run.status)) return false;
  let after = at;
  for (let more = true; more;) {
    const page = await reads.events(principal, threadId, { rolloutId: null, after, limit: PAGE });
    for (const event of page.events) {
      const said = telling.event(event);
      if (said && event.runId === runId) yield said;
      if (said?.type === 'ended' && event.runId === runId) return true;
    }
    after = page.events.at(-1)?.sequence ?? after;
    more = page.more && page.events.length > 0;
  }
  const { status, result, error, usage } = run;
  yield { type: 'ended', sequence: after, end: { status: status as RunEnd['status'], answer: result, error, spent: usage } };
  return true;
}

export interface Answering {
  readonly threadId: string;
  readonly questions: readonly Question[];
  /** By the question's id. */
  readonly answers: ReadonlyMap<string, Answer>;
}

/** Says each, and waits a moment for what comes of it, so that who looks next does not see them wait. Faults: those of `Conversations.answer`. */
export async function answerQuestions(
  ports: ConversationPorts,
  principal: Principal,
  { threadId, questions, answers }: Answering,
  call: KeyedCall,
): Promise<void> {
  const { lastSequence } = await ports.reads.get(principal, threadId);
  const left = new Set<unknown>();
  for (const { id, runId, channel } of questions) {
    const answer = answers.get(id);
    if (!answer) continue;
    const keyed = { ...call, idempotencyKey: call.idempotencyKey && `${call.idempotencyKey.slice(0, 180)}:${id}` };
    await ports.conversations.answer(principal, threadId, { runId, channel, proposalId: id, ...answer }, keyed);
    left.add(id);
  }
  if (left.size === 0) return;
  for await (const { type, payload } of ports.feed.watch(principal.tenant, threadId, lastSequence, AbortSignal.timeout(RESOLVED_MS))) {
    if (type === 'approval_resolved') left.delete((payload as { readonly proposalId?: unknown }).proposalId);
    if (left.size === 0) return;
  }
}
