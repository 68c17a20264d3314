/** What a client of AG-UI sends to run an agent: `RunAgentInput` of the protocol, as far as it means something here. */
import { z } from 'zod';
import { THREAD_NAME_MAX } from '../../domain/conversation/clients/thread-name';
import { storable } from '../http/stored-json';

const TextPart = z.looseObject({ type: z.literal('text'), text: z.string() });
const OtherPart = z.looseObject({ type: z.string() });

const InputMessage = z.looseObject({
  id: z.string().max(500).optional(),
  role: z.string().max(50),
  content: z.unknown().optional(),
});

const Resume = z.object({
  interruptId: z.string().min(1).max(200),
  status: z.enum(['resolved', 'cancelled']),
  payload: z.json().optional().describe('Of one that is resolved: `{"approved": true|false, "comment"}`, or true or false.'),
});
export type Resume = z.output<typeof Resume>;

export const MESSAGES_MAX = 2_000;

export const RunAgentInput = storable(
  z.object({
    threadId: z.string().min(1).max(THREAD_NAME_MAX).describe('A name of the client’s own, mostly a UUID; the same name is the same thread.'),
    runId: z.string().min(1).max(200).describe('A name of the client’s own; the same one again follows what it began.'),
    messages: z
      .array(InputMessage)
      .max(MESSAGES_MAX)
      .describe('Those of the user after everything else are what is said now. What comes before is the client’s memory; the thread has its own.'),
    resume: z.array(Resume).max(100).optional().describe('Answers to what the run asks; it goes on with them.'),
    protocolVersion: z.string().max(50).optional(),
    parentRunId: z.string().max(200).optional(),
    state: z.json().optional().describe('Not used.'),
    tools: z.array(z.json()).max(1_000).optional().describe('Not used: an agent has the tools of its definition.'),
    context: z.array(z.json()).max(1_000).optional().describe('Not used.'),
    forwardedProps: z.json().optional().describe('Not used.'),
  }),
).meta({ id: 'AgUiRunAgentInput' });
export type RunAgentInput = z.output<typeof RunAgentInput>;

export const AgentParams = z.object({ slug: z.string().min(1).max(64) });

export const Parts = z.array(z.union([TextPart, OtherPart])).max(1_000);
export const Payload = z.union([z.boolean(), z.looseObject({ approved: z.boolean(), comment: z.string().max(2_000).optional() })]);
