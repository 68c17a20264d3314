/** The execution session of a run and what a model says meanwhile (digest §2.7, §2.9), as clients see them. */
import { z } from 'zod';
import { RUN_PHASES, RunStatus } from '../../contracts/run/status';

const count = z.int().min(0);
const phase = z.enum(RUN_PHASES);

const LogEntry = z
  .object({
    idx: z.int().min(1),
    timestamp_ms: count,
    phase,
    level: z.enum(['info', 'success', 'warning', 'error']),
    title: z.string(),
    detail: z.string(),
    step_index: count.optional().describe('From 0.'),
    tool: z.string().optional(),
    intent_id: z.string().optional(),
    proposal_id: z.string().optional(),
    commit_id: z.string().optional(),
    seq: count.optional().describe('Of the ledger.'),
  })
  .meta({ id: 'RunLogEntry' });

export const Session = z
  .object({
    run_id: z.string(),
    task: z.string(),
    trajectory_id: z.string().optional(),
    status: RunStatus,
    phase,
    operator_state: z.string(),
    current_step: count,
    max_steps: count,
    active_tool: z.string().optional(),
    final_answer: z.string().optional(),
    pending_channel: z.string().optional(),
    partial_answer: z.string().optional().describe('What the model has said so far in this step.'),
    tokens_in: count,
    tokens_out: count,
    counters: z.object({
      ...{ steps_started: count, intents_declared: count, proposals_staged: count, commits: count, rejections: count },
      ...{ failures: count, recoveries: count, retries: count, approvals_pending: count },
    }),
    updated_at_ms: count,
    log: z.array(LogEntry).readonly().describe('The newest 400.'),
  })
  .meta({ id: 'RunSession' });
export type Session = z.output<typeof Session>;

export const CognitionEvent = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('token'), text: z.string() }),
    z.object({ type: z.literal('tool_use_start'), tool: z.string(), id: z.string() }),
    z.object({ type: z.literal('tool_use_arg_delta'), id: z.string(), delta: z.string() }),
    z.object({ type: z.literal('tool_use_done'), id: z.string() }),
    z.object({ type: z.literal('turn_complete'), intents_count: count, final_answer: z.string().nullable() }),
    z.object({ type: z.literal('error'), message: z.string() }),
  ])
  .meta({ id: 'RunCognitionEvent' });
export type CognitionEvent = z.output<typeof CognitionEvent>;
