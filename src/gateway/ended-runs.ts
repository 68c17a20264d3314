/**
 * The end of a run whose workflow was ended from outside, told in its ledger as a workflow would have: what became of the tool that was at work, who cancelled it, how it ended, what
 * it used. What the workflow had already written stands.
 */
import type { NewEvent, RecordedEvent } from '../contracts/actor';
import type { ExecuteOutput } from '../contracts/run/activities';
import { runRef } from '../contracts/run/commands';
import type { EntryDraft, Ledger } from '../contracts/run/ports';
import type { LedgerEntry } from '../contracts/run/protocol';
import { NOTHING } from '../domain/run/authority/budget';
import { CANCELLED, endEvent, ENDED_BY_ERROR, type End } from '../domain/run/ends';
import { evolveRun } from '../domain/run/evolve';
import { cancellation, finalAnswer, ownUse, usage } from '../domain/run/ledger/closing';
import { numbered, type Told } from '../domain/run/log-lines';
import { outcomeEvents } from '../domain/run/outcome';
import type { RunState } from '../domain/run/state';
import { Fault } from '../errors/fault';

export interface EndedRunStore {
  readonly ledger: Pick<Ledger, 'append' | 'appendAndSettle'>;
  findEffect(address: string, effectId: string): Promise<{ readonly state: 'new' | 'claimed' } | { readonly state: 'done'; readonly receipt: unknown } | null>;
}

export interface EndedFromOutside {
  readonly code: string;
  /** For people. */
  readonly how: string;
  /** When the workflow ended, and now. */
  readonly closedAt: Date;
  readonly now: Date;
  /** Makes an event of the actor, for folding. */
  recorded(event: NewEvent): RecordedEvent;
}

/** A tool whose worker lives hears within this time that nobody waits for it any more, and leaves its own receipt. */
const TOOLS_END_WITHIN_MS = 15_000;

/** The events that say it; null: ask again later, for a tool may still be at work. */
export async function endedRun(store: EndedRunStore, state: RunState, ended: EndedFromOutside): Promise<readonly NewEvent[] | null> {
  const { code, how } = ended;
  try {
    const executed = await execution(store, state, ended);
    if (executed === null) return null;
    const after = numbered(state.logged, executed).reduce((folded, event) => evolveRun(folded, ended.recorded(event)), state);
    return numbered(state.logged, [...executed, endEvent(state, await close(store, after, ended))]);
  } catch (thrown) {
    // A ledger that takes no more must not keep the run at "running".
    if (!(thrown instanceof Fault) || thrown.kind === 'unavailable') throw thrown;
    const message = `${how} Its ledger could not be closed: ${thrown.message}`;
    return numbered(state.logged, [endEvent(state, { terminatedBy: ENDED_BY_ERROR, finalAnswer: { value: message }, error: { code, message } })]);
  }
}

/** What became of the tool that was at work. */
async function execution(store: EndedRunStore, state: RunState, ended: EndedFromOutside): Promise<readonly Told[] | null> {
  const { executing } = state;
  if (!executing?.key) return [];
  const { key, ...told } = executing;
  const { tenant, id, trajectoryId } = state.start;
  const actor = runRef(tenant, id);
  const effectId = `tool-${key}`;
  const effect = await store.findEffect(actor.address, effectId);
  if (effect?.state === 'done') return outcomeEvents(effect.receipt as ExecuteOutput, told);
  if (ended.now.getTime() - ended.closedAt.getTime() < TOOLS_END_WITHIN_MS) return null;
  if (effect === null) return [];
  const error = `${ended.how} Nobody can say how far this had come.`;
  const failed = { type: 'execution_failed', intent_id: told.intentId, proposal_id: told.proposalId, tool: told.tool, outcome: 'unknown', error } as const;
  const cost = { ...NOTHING, tool_calls: 1 };
  await store.ledger.appendAndSettle({
    ...{ tenant, trajectoryId, runId: id, requestId: `execute:${key}`, build: () => failed },
    effect: { actor, effectId, receipt: ({ seq }): ExecuteOutput => ({ outcome: 'unknown', error, seq, cost }) },
  });
  // Somebody else may have been first: then the receipt that stands says how it ended.
  const settled = await store.findEffect(actor.address, effectId);
  return settled?.state === 'done' ? outcomeEvents(settled.receipt as ExecuteOutput, told) : null;
}

/** The last entries; the end is what they say, which may have been written before the workflow was ended. */
async function close({ ledger }: EndedRunStore, state: RunState, { code, how }: EndedFromOutside): Promise<End> {
  const { tenant, id, trajectoryId, attempt } = state.start;
  const append = ({ requestId, payload }: { readonly requestId: string; readonly payload: EntryDraft }): Promise<LedgerEntry> =>
    ledger.append({ tenant, trajectoryId, runId: id, requestId, build: () => payload });
  const cancelled = cancellation(state);
  if (cancelled) await append(cancelled);
  const { payload } = await append(cancelled ? finalAnswer(attempt, null, CANCELLED.terminatedBy) : finalAnswer(attempt, how, ENDED_BY_ERROR));
  await append(usage(attempt, ownUse(state)));
  if (payload.type !== 'final_answer') throw new Fault('internal', 'run.gone', 'The final answer of the run is not what it was.', {});
  const { text, terminated_by: terminatedBy } = payload;
  const error = terminatedBy === ENDED_BY_ERROR ? { code, message: text ?? how } : null;
  return { terminatedBy: terminatedBy as End['terminatedBy'], finalAnswer: text === null ? null : { value: text }, error };
}
