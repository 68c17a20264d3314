/**
 * Managed threads as tools: a coding agent is started, told something, answered, stopped, and its turn waited for. Everything is done under the key of the call, so a call that was lost goes on where it
 * was instead of starting a second agent.
 */
import { z } from 'zod';
import type { Cause, RecordedEvent } from '../contracts/actor';
import type { TurnNews } from '../contracts/execution/org';
import type { Json } from '../contracts/pattern/json';
import { MESSAGE_MAX } from '../contracts/managed-thread/commands';
import { ApprovalPreset, ContextFile, ThreadId, WorkspaceSpec, type SpawnThread } from '../contracts/managed-thread/spawn';
import type { ThreadStatus } from '../contracts/managed-thread/status';
import type { ScriptTool, ScriptToolContext, ScriptToolOutcome } from '../contracts/script/tools';
import { seeEvent, watchTurn } from '../domain/org/turn';
import { Fault } from '../errors/fault';
import { isCancelled, scriptTool } from './script-tool';

/** Who acts: the script's thread, for whoever started it. */
export interface ToolOwner {
  readonly tenant: string;
  readonly threadId: string;
  readonly by: Cause;
}

type Answer = { readonly approve: boolean } | { readonly option: number } | { readonly text: string };

/** What is needed of managed threads. */
export interface ThreadsOfScripts {
  /** Once for each key. */
  spawn(owner: ToolOwner, key: string, spawn: SpawnThread): Promise<string>;
  /** Once for each request id. */
  send(owner: ToolOwner, threadId: string, message: { readonly message: string; readonly requestId: string }): Promise<void>;
  answer(owner: ToolOwner, threadId: string, answer: Answer & { readonly askId?: string }, requestId: string): Promise<void>;
  /** Ends the turn in progress. */
  interrupt(owner: ToolOwner, threadId: string, reason: string, requestId: string): Promise<void>;
  stop(owner: ToolOwner, threadId: string, reason: string, requestId: string): Promise<void>;
  /** Fault `thread.not_found`. */
  find(tenant: string, threadId: string): Promise<{ readonly status: ThreadStatus }>;
  /** Events after the seq: those that are there, then those that come, until the signal aborts. */
  follow(tenant: string, threadId: string, after: number, signal: AbortSignal): AsyncIterable<RecordedEvent>;
}

const SOURCE = 'threads';
const Wait = z.boolean().default(true).describe('Whether to wait for the end of its turn, or for a question of its.');
const Thread = ThreadId.describe('The `thread_id` that start gave.');

/** Which turn is waited for, from where on. Given back by a call whose turn waits for an answer. */
const Turn = z.strictObject({ request_id: z.string().max(128).nullable(), after: z.int().min(0), ask_id: z.string().max(256).nullable() });
type Turn = z.output<typeof Turn>;

export function threadTools(threads: ThreadsOfScripts): readonly ScriptTool[] {
  return [startTool(threads), sendTool(threads), answerTool(threads), stopTool(threads), statusTool(threads)];
}

const startTool = (threads: ThreadsOfScripts): ScriptTool =>
  scriptTool({
    ...{ name: 'start', source: SOURCE, effect: 'external', twice: 'harmless' },
    description:
      'Starts a coding agent with an objective, and waits for its turn: `thread_id`, `status` (complete, blocked, ended, …), `text`, and `ask` where it asks something.',
    args: z.strictObject({
      agent_type: z.string().min(1).max(64),
      objective: z.string().min(1).max(100_000),
      name: z.string().min(1).max(200).optional(),
      role: z.string().min(1).max(128).optional(),
      workspace: WorkspaceSpec.optional(),
      approval_preset: ApprovalPreset.optional(),
      context_files: z.array(ContextFile).max(100).optional(),
      wait: Wait,
    }),
    async perform(args, context) {
      const owner = ownerOf(context);
      const { workspace, approval_preset: approvalPreset, context_files: contextFiles } = args;
      const threadId = await threads.spawn(owner, context.key, {
        ...{ executionId: context.threadId, agentType: args.agent_type, objective: args.objective, name: args.name ?? 'agent of a script' },
        ...(args.role !== undefined && { role: args.role }),
        preparation: { ...(workspace && { workspace }), ...(approvalPreset && { approvalPreset }), ...(contextFiles && { contextFiles }) },
      });
      if (!args.wait) return told(threadId, { status: 'started' });
      const end = (): Promise<void> => threads.stop(owner, threadId, 'The script was cancelled.', `${context.key}-stop`);
      return turnOf(threads, threadId, { turn: { request_id: null, after: 0, ask_id: null }, context, end });
    },
  });

const sendTool = (threads: ThreadsOfScripts): ScriptTool =>
  scriptTool({
    ...{ name: 'send', source: SOURCE, effect: 'external', twice: 'harmless' },
    description: 'Sends a message to a coding agent and waits for its turn; answers as start does.',
    args: z.strictObject({ thread_id: Thread, message: z.string().min(1).max(MESSAGE_MAX), wait: Wait }),
    async perform({ thread_id: threadId, message, wait }, context) {
      const owner = ownerOf(context);
      await threads.send(owner, threadId, { message, requestId: context.key });
      if (!wait) return told(threadId, { status: 'started' });
      const end = (): Promise<void> => threads.interrupt(owner, threadId, 'The script was cancelled.', `${context.key}-stop`);
      return turnOf(threads, threadId, { turn: { request_id: context.key, after: 0, ask_id: null }, context, end });
    },
  });

const answerTool = (threads: ThreadsOfScripts): ScriptTool =>
  scriptTool({
    ...{ name: 'answer', source: SOURCE, effect: 'external', twice: 'harmless' },
    description:
      'Answers a question of a coding agent by `text`, `option` or `approve`; with the `turn` that was told beside the question, it waits for the rest of the turn.',
    args: z
      .strictObject({
        thread_id: Thread,
        ask_id: z.string().min(1).max(256).optional(),
        text: z.string().min(1).max(8_000).optional(),
        option: z.int().min(1).max(50).optional(),
        approve: z.boolean().optional(),
        turn: Turn.optional(),
      })
      .refine(
        ({ text, option, approve }) => [text, option, approve].filter((each) => each !== undefined).length === 1,
        'expected one of text, option and approve',
      ),
    async perform({ thread_id: threadId, ask_id: askId, text, option, approve, turn }, context) {
      const owner = ownerOf(context);
      const answer: Answer = text !== undefined ? { text } : option !== undefined ? { option } : { approve: approve ?? false };
      const asked = askId ?? turn?.ask_id ?? undefined;
      await threads.answer(owner, threadId, { ...answer, ...(asked !== undefined && { askId: asked }) }, context.key);
      if (!turn) return told(threadId, { status: 'answered' });
      const end = (): Promise<void> => threads.interrupt(owner, threadId, 'The script was cancelled.', `${context.key}-stop`);
      return turnOf(threads, threadId, { turn, context, end });
    },
  });

const ENDS: ReadonlySet<string> = new Set(['thread_stopped', 'thread_completed', 'thread_failed']);

const stopTool = (threads: ThreadsOfScripts): ScriptTool =>
  scriptTool({
    ...{ name: 'stop', source: SOURCE, effect: 'external', twice: 'harmless' },
    description: 'Stops a coding agent, gives its workspace back, and waits until that is done.',
    args: z.strictObject({ thread_id: Thread, reason: z.string().min(1).max(500).default('A script stopped it.') }),
    async perform({ thread_id: threadId, reason }, context) {
      await threads.stop(ownerOf(context), threadId, reason, context.key);
      for await (const { type } of threads.follow(context.tenant, threadId, 0, context.signal)) if (ENDS.has(type)) break;
      context.signal.throwIfAborted();
      const { status } = await threads.find(context.tenant, threadId);
      return told(threadId, { status });
    },
  });

const statusTool = (threads: ThreadsOfScripts): ScriptTool =>
  scriptTool({
    ...{ name: 'status', source: SOURCE, effect: 'read' },
    description: 'The status of a coding agent.',
    args: z.strictObject({ thread_id: Thread }),
    async perform({ thread_id: threadId }, { tenant }) {
      const { status } = await threads.find(tenant, threadId);
      return told(threadId, { status });
    },
  });

const ownerOf = ({ tenant, threadId, by }: ScriptToolContext): ToolOwner => ({ tenant, threadId, by });

const told = (threadId: string, output: { readonly [key: string]: Json }): ScriptToolOutcome => ({
  output: { thread_id: threadId, ...output },
  executionId: threadId,
});

interface Waiting {
  readonly turn: Turn;
  readonly context: ScriptToolContext;
  /** When the script is cancelled meanwhile. */
  readonly end: () => Promise<void>;
}

async function turnOf(threads: ThreadsOfScripts, threadId: string, { turn, context, end }: Waiting): Promise<ScriptToolOutcome> {
  const { tenant, signal } = context;
  try {
    const news = await newsOf(threads.follow(tenant, threadId, turn.after, signal), turn);
    if (news) return told(threadId, outputOf(news, turn));
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
  if (isCancelled(signal)) await end().catch(() => undefined);
  signal.throwIfAborted();
  throw new Fault('unavailable', 'feed.ended', 'The events of the thread ended before its turn did.', { threadId });
}

/** Null when the signal ended it. */
async function newsOf(events: AsyncIterable<RecordedEvent>, { request_id: requestId, after, ask_id: askId }: Turn): Promise<TurnNews | null> {
  let seen = watchTurn(requestId, askId);
  // What was before the message was there says nothing of its turn.
  let queued = requestId === null || after > 0;
  for await (const event of events) {
    queued ||= event.type === 'thread_input_queued' && event.data['requestId'] === requestId;
    if (!queued) continue;
    const next = seeEvent(seen, event);
    seen = next.seen;
    if (next.news && next.news.kind !== 'unblocked') return { ...next.news, after: event.seq };
  }
  return null;
}

function outputOf(news: TurnNews, { request_id }: Turn): { readonly [key: string]: Json } {
  switch (news.kind) {
    case 'complete':
      return { status: 'complete', text: news.output, summary: news.summary, confidence: news.confidence };
    case 'blocked':
      return { status: 'blocked', text: news.ask.text, ask: { ...news.ask }, turn: { request_id, after: news.after, ask_id: news.ask.id } };
    case 'ended':
      return { status: 'ended', text: news.reason, ended: news.status };
    case 'unknown':
    case 'dropped':
    case 'cancelled':
      return { status: news.kind, text: news.reason };
    case 'unblocked':
      return { status: news.kind, text: '' };
  }
}
