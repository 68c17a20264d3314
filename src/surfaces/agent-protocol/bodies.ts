/** What clients of the Agent Protocol send. Fields that change nothing here are passed over; those that ask for what there is not are refused. */
import { z } from 'zod';
import { TITLE_MAX } from '../../contracts/conversation/commands';
import { MESSAGES_MAX } from '../../contracts/conversation/start';
import { THREAD_NAME_MAX } from '../../domain/conversation/clients/thread-name';
import { queryInt } from '../http/paging';
import { storable } from '../http/stored-json';
import { STREAM_MODES } from './stream';

export const ThreadName = z.string().min(1).max(THREAD_NAME_MAX).describe('The id of a thread; a name of the client’s own stands for one too.');
export const ThreadParams = z.object({ id: ThreadName });
const RunId = z.string().min(1).max(64);
export const RunParams = z.object({ id: ThreadName, run: RunId });
export const AssistantParams = z.object({ id: z.string().min(1).max(64) });

export const Metadata = z.record(z.string().max(200), z.json());

const TextPart = z.object({ type: z.literal('text'), text: z.string() });
const InputMessage = z
  .object({
    type: z.enum(['human', 'user', 'ai', 'assistant']).optional(),
    role: z.enum(['human', 'user', 'ai', 'assistant']).optional(),
    content: z.union([z.string(), z.array(TextPart).min(1).max(100)], 'expected text, or parts {"type": "text", "text"}'),
  })
  .refine(({ type, role }) => type !== undefined || role !== undefined, { message: 'expected a type or a role: human, user, ai, assistant', path: ['role'] });
export type InputMessage = z.output<typeof InputMessage>;

const messages = z.array(InputMessage).min(1).max(MESSAGES_MAX);
/** The last message is the user's. */
const Input = z.union([z.object({ messages: z.union([messages, z.string().min(1)]) }), messages], 'expected {"messages": [{"role": "user", "content": "…"}]}');

const nothing = (what: string) => z.union([z.null(), z.array(z.never()).max(0)], `${what} is not served: expected none`).optional();
const StreamModeName = z.enum(STREAM_MODES, `expected ${STREAM_MODES.join(', ')}`);

export const RunCreate = storable(
  z.object({
    assistant_id: z.string().min(1).max(64).describe('Slug or id of an agent.'),
    input: Input.nullish(),
    command: z
      .object({ resume: z.json().optional(), goto: nothing('goto'), update: nothing('update') })
      .nullish()
      .describe('`resume` answers what the run asks: one value for the only question, or an object by the ids of interrupts.'),
    metadata: Metadata.nullish(),
    config: z.object({ recursion_limit: z.int().min(1).max(10_000).optional() }).nullish(),
    multitask_strategy: z
      .enum(['reject', 'enqueue', 'interrupt'], 'expected reject, enqueue or interrupt; a rollback is not served')
      .nullish()
      .describe('While something else holds the thread. Default: reject, which is answered 409.'),
    if_not_exists: z.enum(['reject', 'create']).nullish(),
    on_disconnect: z.enum(['cancel', 'continue']).nullish().describe('What becomes of the run when the reader of its stream goes. Default: continue.'),
    stream_mode: z
      .union([StreamModeName, z.array(StreamModeName).min(1).max(STREAM_MODES.length)], `expected one or several of ${STREAM_MODES.join(', ')}`)
      .nullish(),
    interrupt_before: nothing('interrupt_before'),
    interrupt_after: nothing('interrupt_after'),
    checkpoint: z.null('a run begins at the end of its thread: expected none').optional(),
    checkpoint_id: z.null('a run begins at the end of its thread: expected none').optional(),
    webhook: z.null('webhooks have a surface of their own: expected none').optional(),
    after_seconds: z.literal(0, 'schedules have a surface of their own: expected none').nullish(),
  }),
).meta({ id: 'AgentProtocolRunCreate' });
export type RunCreate = z.output<typeof RunCreate>;

export const ThreadCreate = storable(
  z.object({
    thread_id: ThreadName.nullish(),
    metadata: Metadata.nullish().describe(
      '`graph_id` names the agent of the thread; without it the tenant’s first agent is its own until a run names another. `title` is its title.',
    ),
    if_exists: z.enum(['raise', 'do_nothing']).nullish(),
    supersteps: nothing('supersteps'),
    ttl: z.null('threads stay until they are deleted: expected none').optional(),
  }),
).meta({ id: 'AgentProtocolThreadCreate' });

export const ThreadPatch = storable(z.object({ metadata: Metadata.nullish(), ttl: z.null('threads stay until they are deleted: expected none').optional() }));

export const THREAD_STATUSES = ['idle', 'busy', 'interrupted', 'error'] as const;
export const SEARCH_MAX = 100;
const found = {
  metadata: Metadata.nullish().describe('Those that have these at least.'),
  status: z.enum(THREAD_STATUSES).nullish(),
};
export const ThreadSearch = z.object({
  ...found,
  ids: z.array(ThreadName).max(SEARCH_MAX).nullish(),
  limit: z.int().min(1).max(1_000).default(10).describe(`Clamped at ${SEARCH_MAX}.`),
  offset: z.int().min(0).max(10_000).default(0),
  sort_by: z.literal('created_at', 'expected created_at').nullish(),
  sort_order: z.literal('desc', 'expected desc').nullish(),
  select: z.array(z.string().max(100)).max(20).nullish().describe('With `values` each thread has its messages too.'),
});
export const ThreadCount = z.object(found);

export const HistoryBody = z.object({
  limit: z.int().min(1).max(1_000).default(10),
  before: z.json().nullish(),
  metadata: Metadata.nullish(),
});

export const AssistantSearch = z.object({
  graph_id: z.string().max(64).nullish(),
  name: z.string().max(200).nullish(),
  limit: z.int().min(1).max(1_000).default(10),
  offset: z.int().min(0).max(1_000).default(0),
});

export const RUN_STATUSES = ['pending', 'running', 'error', 'success', 'timeout', 'interrupted'] as const;
export const RunListQuery = z.object({
  limit: queryInt(1, 1_000).default(10),
  offset: queryInt(0, 10_000).default(0),
  status: z.enum(RUN_STATUSES).optional(),
});
const flag = z.enum(['0', '1', 'true', 'false']).transform((value) => value === '1' || value === 'true');
export const JoinQuery = z.object({
  cancel_on_disconnect: flag.optional(),
  stream_mode: z.array(StreamModeName).max(STREAM_MODES.length).optional(),
});
export const CancelQuery = z.object({
  wait: flag.optional().describe('Answer once it has ended.'),
  action: z.literal('interrupt', 'expected interrupt; a rollback is not served').default('interrupt'),
});

/** The title that metadata name, and the rest. */
export function titleIn(metadata: Readonly<Record<string, unknown>>): { readonly title: string | null; readonly rest: Readonly<Record<string, unknown>> } {
  const { title, ...rest } = metadata;
  return typeof title === 'string' && title.length <= TITLE_MAX ? { title, rest } : { title: null, rest: metadata };
}
