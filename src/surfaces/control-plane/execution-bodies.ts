/** What clients send to have patterns executed. */
import { z } from 'zod';
import { REASON_MAX } from '../../contracts/execution/commands';
import { ExecutionId, approve } from '../../contracts/execution/commands';
import { TIMEOUT_MAX_MS } from '../../contracts/execution/start';
import { EXECUTION_STATUSES, PRIORITIES, type ExecutionPriority } from '../../contracts/execution/status';
import { EXECUTION_EVENT_TYPES, type ExecutionEventType } from '../../contracts/execution/events';
import { NAME_MAX } from '../../contracts/pattern/bounds';
import { pageShape, queryInt } from '../http/paging';
import { eventPage } from '../http/resume';

const METADATA_MAX = 16 * 1024;

export const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
const time = z.iso.datetime({ offset: true, error: 'expected a time such as 2026-03-01T09:00:00Z' }).transform((given) => new Date(given).toISOString());

export const PatternParams = z.object({ name: z.string().min(1).max(NAME_MAX) });
export const ExecutionParams = z.object({ id: ExecutionId });

export const timeoutField = z.int().min(100).max(TIMEOUT_MAX_MS);
export const priorityField = z.enum(Object.keys(PRIORITIES) as [ExecutionPriority, ...ExecutionPriority[]]);
export const metadataField = z
  .record(z.string().max(128), z.json())
  .refine((value) => JSON.stringify(value).length <= METADATA_MAX, 'expected at most 16 KiB of JSON')
  .describe("The caller's own; shown with the execution.");
export const inputField = z
  .record(z.string(), z.json())
  .describe('What the pattern asks for; `POST /api/patterns/{name}/validate` checks it without executing.');

const Options = z
  .strictObject({
    timeout: timeoutField
      .optional()
      .describe('Milliseconds after which the execution fails with `execution.timeout`; the time in which it waits for a person does not count.'),
    priority: priorityField.optional(),
    metadata: metadataField.optional(),
  })
  .meta({ id: 'ExecutionOptions' });

export const ExecuteBody = z.strictObject({ input: inputField.default({}), options: Options.default({}) }).meta({ id: 'ExecuteInput' });
export type ExecuteBody = z.output<typeof ExecuteBody>;

/** As the peer's server takes it (digest §2.3). */
export const CreateBody = z
  .strictObject({
    patternName: z.string().min(1).max(NAME_MAX),
    version: z.string().min(1).max(NAME_MAX).optional().describe('A version or a range.'),
    input: inputField.default({}),
    options: Options.extend({ stream: z.boolean().optional().describe('Answer with the address of the stream.') }).default({}),
    webhook: z
      .strictObject({
        url: z.url().max(2_048),
        secret: z.string().min(1).max(512).optional(),
        events: z
          .array(z.enum(['completed', 'failed', 'cancelled']))
          .min(1)
          .max(3)
          .default(['completed', 'failed', 'cancelled']),
      })
      .optional()
      .describe('Is told how the execution ended; `X-Parallax-Signature` is over the body alone.'),
  })
  .meta({ id: 'CreateExecution' });

const version = z.string().min(1).max(NAME_MAX).optional().describe('A version such as `1.2.0` or a range such as `1.x`; without it the newest.');
export const ExecuteQuery = z.object({ version, async: flag.optional().describe('Answer at once with the address to ask.') });
export const StreamQuery = z.object({
  version,
  events: z.enum(['all']).optional().describe('`all`: every event of the journal instead of started, agent_result and the end alone.'),
});

export const ExecutionQuery = z.object({
  pattern: z.string().max(NAME_MAX).optional(),
  status: z.enum(EXECUTION_STATUSES).optional(),
  since: time.optional().describe('Accepted at or after.'),
  until: time.optional().describe('Accepted before.'),
  batch: z.string().max(128).optional().describe('Those of this batch.'),
  parent: z.string().max(128).optional().describe('Sub-patterns of this execution.'),
  ...pageShape(),
});

export const EventsQuery = z.object({
  ...eventPage,
  type: z
    .array(z.enum(EXECUTION_EVENT_TYPES as [ExecutionEventType, ...ExecutionEventType[]]))
    .max(50)
    .optional()
    .describe('Only these types. May be given several times.'),
});

export const CancelBody = z.strictObject({ reason: z.string().max(REASON_MAX).optional() }).meta({ id: 'CancelExecution' });
export const ApproveBody = approve.input.meta({ id: 'ApproveExecution' });
export const HoursQuery = z.object({ hours: queryInt(1, 24 * 31).default(24) });
export const DaysQuery = z.object({ days: queryInt(1, 366).default(7) });
