/** What this surface answers: the objects of the seed, with what we add to them. Absent values are absent. */
import { z } from 'zod';
import { Answer, Ask } from '../../contracts/managed-thread/ask';
import { Completion } from '../../contracts/managed-thread/events';
import { ApprovalPreset, ContextFile, Metadata, ThreadPolicy, WorkspaceSpec } from '../../contracts/managed-thread/spawn';
import { ThreadStatus } from '../../contracts/managed-thread/status';
import { PAGE_FIELDS } from '../http/paging';

const time = z.string().describe('ISO 8601, UTC.');
const count = z.int().min(0);
const details = z.record(z.string(), z.unknown()).nullable();
const Cause = z.object({ subject: z.string(), via: z.string() });

export const Thread = z
  .object({
    id: z.string(),
    executionId: z.string(),
    name: z.string(),
    runtimeName: z.string().describe('The host that runs the agent; `everthread` while there is none.'),
    agentId: z.string().optional().describe('The terminal session that the agent runs in.'),
    agentType: z.string(),
    role: z.string().optional(),
    status: ThreadStatus,
    statusReason: z.string().optional(),
    workspace: z.object(WorkspaceSpec.shape).optional(),
    objective: z.string(),
    approvalPreset: ApprovalPreset,
    policy: z.object(ThreadPolicy.shape).optional(),
    ask: Ask.optional().describe('The prompt that waits for a person. Present exactly while the status is blocked.'),
    session: z.object({ sessionId: z.string(), hostId: z.string(), conversationId: z.string().optional() }).optional(),
    turns: count.describe('Turns that the agent has finished.'),
    queued: count.describe('Messages that wait for their turn.'),
    lastSeq: count.describe('The last event that this answer contains; a stream from here misses nothing.'),
    createdAt: time,
    updatedAt: time,
    lastActivityAt: time.optional(),
    summary: z.string().optional(),
    completion: Completion.optional(),
    metadata: z.record(z.string(), z.unknown()).optional().describe("The caller's own, and `memoryContext` once the thread was prepared with memory."),
  })
  .meta({ id: 'Thread' });
export type Thread = z.output<typeof Thread>;

export const ThreadList = z.object({
  threads: z.array(Thread),
  count: count.describe('Threads in this answer.'),
  ...PAGE_FIELDS,
});

export const ThreadEvent = z
  .object({
    id: z.string().describe('`<threadId>/<seq>`'),
    seq: z.int().min(1).describe('Counts 1, 2, 3 … in each thread, without gaps; the `id` of the stream.'),
    threadId: z.string(),
    executionId: z.string(),
    time,
    type: z.string(),
    data: z.record(z.string(), z.unknown()).describe('By type: docs/managed-threads.md has the fields. `runtimeName` is added to each.'),
    by: Cause.describe('Who caused it, and how it came in.'),
    requestId: z.string().optional(),
  })
  .meta({ id: 'ThreadEvent' });
export type ThreadEvent = z.output<typeof ThreadEvent>;

export const EventList = z.object({
  events: z.array(ThreadEvent),
  count,
  ...PAGE_FIELDS,
  nextAfter: count.describe('Ask with this as `after` for what comes next.'),
});

const accepted = z.literal(true).optional().describe('Present when no worker answered in time: the command is on its way and will be done once.');

export const Sent = z.object({ sent: z.literal(true), seq: count.optional(), position: count.optional().describe('Messages before this one.'), accepted });
export const Approved = z.object({
  askId: z.string(),
  answer: Answer,
  answeredBy: z.string(),
  answeredAt: time,
  repeated: z.boolean().describe('The ask had been answered before: nothing was done, and this is the first answer.'),
  seq: count,
});
export const Accepted = z.object({ accepted: z.literal(true) });
export const Cancelled = z.object({
  cancelled: z.literal(true),
  seq: count.optional(),
  dropped: count.optional().describe('Messages that waited and were dropped.'),
  accepted,
});
export const Resumed = z.object({ resumed: z.literal(true), seq: count.optional(), accepted });
export const Stopping = z.object({ id: z.string(), stopping: z.literal(true) });

export const Prepared = z
  .object({
    executionId: z.string(),
    name: z.string(),
    objective: z.string(),
    role: z.string().optional(),
    preparation: z.object({
      workspace: z.object(WorkspaceSpec.shape).optional(),
      env: z.record(z.string(), z.string()).optional(),
      contextFiles: z.array(ContextFile).optional(),
      approvalPreset: ApprovalPreset,
    }),
    metadata: Metadata,
  })
  .meta({ id: 'PreparedThread' });

export const Screen = z.object({
  text: z.string().describe('The lines, joined by line breaks.'),
  lines: z.array(z.string()),
  cursor: z.object({ x: count, y: count, visible: z.boolean() }),
  size: z.object({ cols: count, rows: count }),
  title: z.string(),
  alternate: z.boolean(),
  sessionId: z.string(),
});

export const Decision = z
  .object({ id: z.string(), executionId: z.string(), threadId: z.string().nullable(), category: z.string(), summary: z.string(), details, createdAt: time })
  .meta({ id: 'SharedDecision' });
export const DecisionList = z.object({ decisions: z.array(Decision), count, ...PAGE_FIELDS });

export const Experience = z
  .object({
    id: z.string(),
    executionId: z.string(),
    threadId: z.string().nullable(),
    role: z.string().nullable(),
    repo: z.string().nullable(),
    objective: z.string(),
    summary: z.string(),
    outcome: z.string(),
    details,
    createdAt: time,
  })
  .meta({ id: 'Experience' });
export const ExperienceList = z.object({ experiences: z.array(Experience), count, ...PAGE_FIELDS });

export const AgentTypeList = z.object({
  agentTypes: z.array(z.object({ type: z.string(), description: z.string(), available: z.boolean().optional() })),
  count,
  ...PAGE_FIELDS,
});

/** Flat, as the seed's server has it, with the code and the facts beside the text. */
export const FaultWire = z.looseObject({ error: z.string(), code: z.string(), requestId: z.string(), field: z.string().optional() }).meta({ id: 'Fault' });
