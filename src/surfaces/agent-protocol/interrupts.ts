/**
 * Approvals of a run as interrupts, and what clients answer as verdicts. A question has the form in which LangChain's clients ask people about tools
 * (`action_requests`, `review_configs`), with what is ours beside it.
 */
import { z } from 'zod';
import type { Answer, Question } from '../../domain/conversation/clients/said';
import { Fault } from '../../errors/fault';

export const Interrupt = z
  .object({
    id: z.string(),
    value: z.object({
      action_requests: z.array(z.object({ name: z.string(), args: z.json(), description: z.string() })).length(1),
      review_configs: z.array(z.object({ action_name: z.string(), allowed_decisions: z.array(z.enum(['approve', 'reject'])) })).length(1),
      channel: z.string(),
      run_id: z.string(),
      requested_at: z.string(),
    }),
  })
  .meta({ id: 'AgentProtocolInterrupt' });
export type Interrupt = z.output<typeof Interrupt>;

export const interruptView = ({ id, runId, channel, tool, args, reason, askedAt }: Question): Interrupt => ({
  id,
  value: {
    action_requests: [{ name: tool, args: args as z.core.util.JSONType, description: reason }],
    review_configs: [{ action_name: tool, allowed_decisions: ['approve', 'reject'] }],
    ...{ channel, run_id: runId, requested_at: askedAt },
  },
});

const comment = z.string().max(2_000);
const Decision = z.strictObject({ type: z.enum(['approve', 'reject', 'accept', 'ignore']), message: comment.optional() });

/** One answer, in any of the forms in which clients give it. */
const Verdict = z.union([
  z.boolean(),
  z.enum(['approve', 'reject', 'accept', 'ignore', 'deny']),
  z.strictObject({ approve: z.boolean(), comment: comment.optional() }),
  z.strictObject({ decisions: z.array(Decision).length(1) }),
  Decision,
  z.array(Decision).length(1),
]);

const EXPECTED =
  'expected true or false, "approve" or "reject", {"approve": true|false, "comment"}, or {"decisions": [{"type": "approve"|"reject", "message"}]}';
const YES: readonly string[] = ['approve', 'accept'];

function answerOf(verdict: z.output<typeof Verdict>): Answer {
  if (typeof verdict === 'boolean') return { approve: verdict, comment: null };
  if (typeof verdict === 'string') return { approve: YES.includes(verdict), comment: null };
  if ('approve' in verdict) return { approve: verdict.approve, comment: verdict.comment ?? null };
  const [decision] = Array.isArray(verdict) ? verdict : 'decisions' in verdict ? verdict.decisions : [verdict];
  return { approve: YES.includes((decision as z.output<typeof Decision>).type), comment: decision?.message ?? null };
}

const misread = (field: string, reason: string): Fault => new Fault('invalid', 'request.invalid', `${field}: ${reason}`, { field, reason, in: 'body' });

function read(field: string, value: unknown): Answer {
  const { success, data } = Verdict.safeParse(value);
  if (!success) throw misread(field, EXPECTED);
  return answerOf(data);
}

/**
 * The answers in `command.resume`, by the question's id: one value answers the only question, an object whose keys are ids of questions answers those. Faults:
 * `request.invalid`, naming the field.
 */
export function answersOf(resume: unknown, questions: readonly Question[]): ReadonlyMap<string, Answer> {
  const [first, ...more] = questions;
  if (!first) return new Map();
  const byId =
    typeof resume === 'object' && resume !== null && Object.keys(resume).length > 0 && Object.keys(resume).every((key) => /^[0-9a-f]{64}$/.test(key));
  if (!byId) {
    if (more.length > 0) throw misread('command.resume', 'several questions wait: expected an object with the ids of interrupts as its keys');
    return new Map([[first.id, read('command.resume', resume)]]);
  }
  const unknown = Object.keys(resume).find((key) => !questions.some(({ id }) => id === key));
  if (unknown !== undefined) throw misread(`command.resume.${unknown}`, 'no interrupt with this id waits');
  return new Map(Object.entries(resume).map(([key, value]) => [key, read(`command.resume.${key}`, value)]));
}
