/** Threads, runs, states and assistants in the words of the Agent Protocol. */
import { z } from 'zod';
import type { AgentRecord } from '../../contracts/conversation/agent';
import type { Thread, ThreadRun, ThreadRunStatus } from '../../contracts/conversation/ports';
import type { ThreadNow } from '../../gateway/conversation-following';
import { Metadata, RUN_STATUSES, THREAD_STATUSES } from './bodies';
import { Interrupt, interruptView } from './interrupts';
import { messageView } from './messages';
import { MESSAGES_MAX, NODE, Values } from './stream';

const time = z.iso.datetime();

export const ThreadView = z
  .object({
    thread_id: z.string(),
    ...{ created_at: time, updated_at: time, state_updated_at: time },
    metadata: Metadata,
    status: z.enum(THREAD_STATUSES).describe('`interrupted`: its run asks a person. How runs end is told by the runs: no thread has `error`.'),
    values: Values.nullable(),
    interrupts: z.record(z.string(), z.array(Interrupt)).describe('By the id of the run.'),
    config: z.object({}),
  })
  .meta({ id: 'AgentProtocolThread' });

const STATUS = { idle: 'idle', running: 'busy', compacting: 'busy', waiting_approval: 'interrupted' } as const;

export const statusOf = ({ status }: Thread) => STATUS[status];

export const metadataOf = ({ metadata, title }: Thread): z.output<typeof Metadata> => ({
  ...(metadata as z.output<typeof Metadata>),
  ...(title !== '' && { title }),
});

export const valuesOf = ({ messages, questions }: Pick<ThreadNow, 'messages' | 'questions'>): z.output<typeof Values> => ({
  messages: messages.slice(-MESSAGES_MAX).map(({ message }) => messageView(message)),
  ...(questions.length > 0 && { __interrupt__: questions.map(interruptView) }),
});

export function threadView(thread: Thread, now: ThreadNow | null): z.output<typeof ThreadView> {
  const [first] = now?.questions ?? [];
  return {
    ...{ thread_id: thread.id, created_at: thread.createdAt, updated_at: thread.updatedAt, state_updated_at: thread.updatedAt },
    ...{ metadata: metadataOf(thread), status: statusOf(thread), values: now && valuesOf(now), config: {} },
    interrupts: first && now ? { [first.runId]: now.questions.map(interruptView) } : {},
  };
}

export const RunView = z
  .object({
    ...{ run_id: z.string(), thread_id: z.string(), assistant_id: z.string(), created_at: time, updated_at: time },
    status: z.enum(RUN_STATUSES).describe('`interrupted`: it asks a person, or was cancelled.'),
    metadata: Metadata,
    kwargs: z.object({}),
    multitask_strategy: z.enum(['reject', 'enqueue', 'interrupt']),
  })
  .meta({ id: 'AgentProtocolRun' });

const RUN_STATUS = {
  ...{ queued: 'pending', running: 'running', waiting_approval: 'interrupted' },
  ...{ completed: 'success', failed: 'error', cancelled: 'interrupted' },
} as const satisfies Record<ThreadRunStatus, (typeof RUN_STATUSES)[number]>;

/** Those of ours that clients call so; none: no run is ever so. */
export const statusesOf = (shown: (typeof RUN_STATUSES)[number]): readonly ThreadRunStatus[] =>
  (Object.keys(RUN_STATUS) as ThreadRunStatus[]).filter((status) => RUN_STATUS[status] === shown);

export const runView = (run: ThreadRun): z.output<typeof RunView> => ({
  ...{ run_id: run.runId, thread_id: run.threadId, assistant_id: run.agentId },
  ...{ created_at: run.createdAt, updated_at: run.endedAt ?? run.startedAt ?? run.createdAt },
  ...{ status: RUN_STATUS[run.status], metadata: run.metadata as z.output<typeof Metadata>, kwargs: {}, multitask_strategy: 'reject' },
});

const Checkpoint = z.object({ thread_id: z.string(), checkpoint_ns: z.literal(''), checkpoint_id: z.string(), checkpoint_map: z.null() });

export const StateView = z
  .object({
    values: Values,
    next: z.array(z.string()).describe('Empty while nothing runs.'),
    tasks: z.array(z.object({ id: z.string(), name: z.string(), error: z.null(), interrupts: z.array(Interrupt), checkpoint: z.null(), state: z.null() })),
    checkpoint: Checkpoint,
    metadata: z.object({ step: z.int(), source: z.literal('loop'), writes: z.null(), parents: z.object({}) }),
    created_at: time,
    parent_checkpoint: z.null(),
  })
  .meta({ id: 'AgentProtocolState' });

/** A thread has the state that it has now; its checkpoint is named for the last event. */
export function stateView(now: ThreadNow): z.output<typeof StateView> {
  const { thread, questions, sequence } = now;
  const { holder } = thread;
  const busy = holder !== null && holder.kind !== 'compaction' ? holder : null;
  return {
    ...{ values: valuesOf(now), next: busy ? [NODE] : [], created_at: thread.updatedAt, parent_checkpoint: null },
    tasks: busy ? [{ id: busy.id, name: NODE, error: null, interrupts: questions.map(interruptView), checkpoint: null, state: null }] : [],
    checkpoint: { thread_id: thread.id, checkpoint_ns: '', checkpoint_id: `${thread.activeRolloutId}.${sequence}`, checkpoint_map: null },
    metadata: { step: sequence, source: 'loop', writes: null, parents: {} },
  };
}

export const AssistantView = z
  .object({
    ...{ assistant_id: z.string(), graph_id: z.string(), name: z.string(), description: z.string(), version: z.int() },
    ...{ created_at: time, updated_at: time, metadata: z.object({}), config: z.object({}), context: z.object({}) },
  })
  .meta({ id: 'AgentProtocolAssistant' });

export const assistantView = ({ id, definition, version, createdAt, updatedAt }: AgentRecord): z.output<typeof AssistantView> => ({
  ...{ assistant_id: id, graph_id: definition.slug, name: definition.name, description: definition.description, version },
  ...{ created_at: createdAt, updated_at: updatedAt, metadata: {}, config: {}, context: {} },
});
