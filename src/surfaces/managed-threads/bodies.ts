/** What clients send to this surface: the seed's shapes. Fields stand in the order in which what is missing is named. */
import { z } from 'zod';
import { MESSAGE_MAX } from '../../contracts/managed-thread/commands';
import { SpawnThread, ThreadId } from '../../contracts/managed-thread/spawn';

const { id, executionId, agentType, name, objective, ...rest } = SpawnThread.shape;

/** Words that stand where an id would in a path of this surface. */
const RESERVED_IDS = ['executions', 'experiences', 'prepare'];

const spawnId = id.refine((value) => value === undefined || !RESERVED_IDS.includes(value), `expected an id other than ${RESERVED_IDS.join(', ')}`);

export const SpawnBody = z.strictObject({ executionId, agentType, name, objective, id: spawnId, ...rest }).meta({ id: 'SpawnThread' });
export type SpawnBody = z.output<typeof SpawnBody>;

export const PrepareBody = z
  .strictObject({ executionId, name, objective, agentType: agentType.optional(), id: spawnId, ...rest })
  .meta({ id: 'PrepareThread' });
export type PrepareBody = z.output<typeof PrepareBody>;

export const ThreadParams = z.object({ id: ThreadId });
export const ExecutionParams = z.object({ executionId });

const exactlyOne = (names: readonly string[]) => (body: Readonly<Record<string, unknown>>, context: z.RefinementCtx) => {
  const given = names.filter((name) => body[name] !== undefined);
  if (given.length === 1) return;
  const message = given.length === 0 ? `expected one of ${names.join(', ')}` : `expected exactly one of ${names.join(', ')}, found ${given.join(' and ')}`;
  context.addIssue({ code: 'custom', path: given.slice(1, 2), message });
};

const metadata = SpawnThread.shape.metadata.describe('Accepted for compatibility; it has no effect.');

/** Exactly one of the three. Names of keys are checked by the gateway, which knows them. */
export const SendBody = z
  .strictObject({
    message: z.string().min(1).max(MESSAGE_MAX).optional().describe('Text for the agent. It waits its turn while the agent is busy.'),
    raw: z.string().min(1).max(8_192).optional().describe('Characters for the terminal, as they are, at once.'),
    keys: z.array(z.string().min(1).max(32)).min(1).max(100).optional().describe('Names of keys, such as ENTER, CTRL+C, UP; typed at once.'),
    metadata,
  })
  .superRefine(exactlyOne(['message', 'raw', 'keys']))
  .meta({ id: 'SendToThread' });

/** Exactly one of approve, option, text. */
export const ApprovalBody = z
  .strictObject({
    approve: z.boolean().optional(),
    option: z.int().min(1).max(50).optional().describe('The number of a choice, as the ask lists them.'),
    text: z.string().min(1).max(8_000).optional(),
    askId: z.string().min(1).max(256).optional().describe('The ask that is meant. Given, an answer never reaches a prompt that came up meanwhile.'),
  })
  .superRefine(exactlyOne(['approve', 'option', 'text']))
  .meta({ id: 'AnswerThread' });

export const CancelBody = z.strictObject({ reason: z.string().max(500).optional() });
export const ResumeBody = z.strictObject({});

export const DecisionBody = z
  .strictObject({
    category: z.string().min(1).max(64),
    summary: z.string().min(1).max(2_000),
    details: z
      .record(z.string().max(128), z.json())
      .refine((value) => JSON.stringify(value).length <= 16 * 1024, 'expected at most 16 KiB of JSON')
      .nullish(),
  })
  .meta({ id: 'RecordDecision' });
