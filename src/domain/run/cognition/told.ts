/** What came of each intent, in words for the model, from the entries of the ledger alone. */
import type { z } from 'zod';
import type { EntryPayload, LedgerEntry, RejectionReason } from '../../../contracts/run/protocol';
import type { ThinkingRequest } from '../../../contracts/run/ports';

type Json = z.core.util.JSONType;
type KnownIntent = ThinkingRequest['intents'] extends ReadonlyMap<string, infer I> ? I : never;

/** One thing that the model did, and what came of it. */
export interface Outcome {
  readonly type: 'outcome';
  /** Unique in the conversation. */
  readonly callId: string;
  readonly tool: string;
  readonly args: Json;
  readonly rationale: string;
  /** Outcomes of one answer of the model stand next to one another and have the same. */
  readonly turn: string;
  readonly text: string;
  /** What people said about it. */
  readonly remarks: readonly string[];
}
export type Told = Outcome | { readonly type: 'task' | 'note' | 'answer'; readonly text: string };

type Growing = Omit<Outcome, 'text' | 'remarks'> & { text: string; readonly remarks: string[] };

/** The trajectory as a list of what was asked, done and said, oldest first. */
export function tell(lineage: readonly LedgerEntry[], intents: ThinkingRequest['intents']): readonly Told[] {
  const teller = new Teller(intents);
  for (const { payload } of lineage) teller.add(payload);
  return teller.told;
}

class Teller {
  readonly told: Told[] = [];
  readonly #outcomes = new Map<string, Growing>();
  readonly #ofProposal = new Map<string, string>();
  readonly #delegated = new Set<string>();
  /** Steps count from 0 again in every run of a trajectory. */
  #segment = 0;

  constructor(private readonly intents: ThinkingRequest['intents']) {}

  add(payload: EntryPayload): void {
    switch (payload.type) {
      case 'root':
        return this.#task(payload.note);
      case 'branch':
        return this.#task(payload.note, 'From here on this is a branch of the work above.');
      case 'resume':
        return this.#task(payload.task, 'The run was resumed.');
      case 'commit': {
        this.#ofProposal.set(payload.body.proposal_id, payload.body.intent_id);
        const results = payload.body.observations.map(({ output }) => JSON.stringify(output));
        const tool = payload.body.observations[0]?.tool ?? payload.body.delta[0]?.kind ?? 'tool';
        return this.#outcome(payload.body.intent_id, tool, `Committed as entry ${payload.body.seq}. Result: ${results.join('\n') || 'none'}`);
      }
      case 'rejection':
        return this.#outcome(payload.intent_id, 'tool', rejected(payload.reason));
      case 'delegation':
        return this.#delegation(payload);
      case 'final_answer':
        if (payload.text !== null && payload.text !== '') this.told.push({ type: 'answer', text: payload.text });
        return;
      case 'cancel':
        return void this.told.push({ type: 'note', text: `The run was cancelled here${payload.reason === null ? '' : `: ${payload.reason}`}.` });
      case 'usage':
      case 'skill_bound':
        return;
      default:
        return this.#byProposal(payload);
    }
  }

  #byProposal(payload: Extract<EntryPayload, { readonly type: 'pending_approval' | 'approval' | 'execution_failed' | 'effect_resolved' }>): void {
    switch (payload.type) {
      case 'pending_approval': {
        const { id, body } = payload.proposal;
        this.#ofProposal.set(id, body.intent_id);
        return this.#outcome(body.intent_id, body.plan.tool, `Waits for a person (${payload.channel}): ${payload.reason} It has not run.`);
      }
      case 'execution_failed': {
        this.#ofProposal.set(payload.proposal_id, payload.intent_id);
        const text =
          payload.outcome === 'failed'
            ? `Execution failed: ${payload.error}`
            : `Execution began, and nobody knows how it ended: ${payload.error} Look at what it may have done before you try it again.`;
        return this.#outcome(payload.intent_id, payload.tool, text);
      }
      case 'approval': {
        const said = `A person ${payload.approved ? 'approved' : 'refused'} it${payload.comment ? `: ${payload.comment}` : '.'}`;
        return this.#remark(payload.proposal_id, said);
      }
      case 'effect_resolved': {
        const done = payload.outcome === 'done';
        return this.#remark(
          payload.proposal_id,
          done ? `A person found out that it was done. Result: ${JSON.stringify(payload.output)}` : 'A person found out that it was not done.',
        );
      }
    }
  }

  #task(text: string, before?: string): void {
    this.#segment += 1;
    if (before !== undefined) this.told.push({ type: 'note', text: before });
    this.told.push({ type: 'task', text });
  }

  /** The last word on an intent stands. */
  #outcome(intentId: string, tool: string, text: string): void {
    const known = this.#outcomes.get(intentId);
    if (known) {
      known.text = text;
      return;
    }
    const intent: KnownIntent | undefined = this.intents.get(intentId);
    const outcome: Growing = {
      ...{ type: 'outcome', callId: `call_${intentId.slice(0, 24)}`, text, remarks: [], turn: `${this.#segment}.${intent?.step ?? intentId}` },
      ...{ tool: intent?.tool ?? tool, args: intent?.args ?? {}, rationale: intent?.rationale ?? '' },
    };
    this.#outcomes.set(intentId, outcome);
    this.told.push(outcome);
  }

  #remark(proposalId: string, text: string): void {
    const outcome = this.#outcomes.get(this.#ofProposal.get(proposalId) ?? '');
    if (outcome) outcome.remarks.push(text);
    else this.told.push({ type: 'note', text });
  }

  /** The entry does not name its intent: it is the first delegation of this task that has no end yet. */
  #delegation({ task, child_trajectory_id: child, final_answer: answer }: Extract<EntryPayload, { readonly type: 'delegation' }>): void {
    const found = [...this.intents].find(([id, { tool, args }]) => tool === 'delegate' && taskOf(args) === task && !this.#delegated.has(id));
    const id = found?.[0] ?? child;
    this.#delegated.add(id);
    this.#outcome(id, 'delegate', answer === null ? 'The delegated run ended without an answer.' : `The delegated run answered: ${answer}`);
  }
}

const taskOf = (args: Json): unknown => (typeof args === 'object' && args !== null && !Array.isArray(args) ? args['task'] : undefined);

const REASONS: Readonly<Record<RejectionReason['kind'], string>> = {
  authority_void: 'it is outside of what this run may do',
  policy_denied: 'a policy or a person refused it',
  budget_exhausted: 'what is left of the budget does not cover it',
  precondition_failed: 'the world is not as it has to be',
  unknown_tool: 'there is no such tool',
  type_mismatch: 'its arguments are not what the tool takes',
};
function rejected(reason: RejectionReason): string {
  const detail = typeof reason.detail === 'string' ? reason.detail : reason.detail.detail;
  return `Rejected before it ran: ${REASONS[reason.kind]} (${detail}). Nothing was changed.`;
}
