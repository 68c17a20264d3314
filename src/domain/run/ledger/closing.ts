/** The entries with which an attempt of a run ends, whoever writes them. Their request ids make the second time a no-op: the entry that stands says how it ended. */
import type { EntryPayload } from '../../../contracts/run/protocol';
import { left } from '../authority/budget';
import type { RunState } from '../state';

type Closing<T extends EntryPayload['type']> = { readonly requestId: string; readonly payload: Extract<EntryPayload, { readonly type: T }> };
type FinalAnswer = Closing<'final_answer'>;
type Usage = Closing<'usage'>;
type Used = Pick<RunState, 'tokensIn' | 'tokensOut' | 'used' | 'costKnown'>;

/** Of the run itself: what delegated runs used stands in their own ledgers. */
export const ownUse = ({ tokensIn, tokensOut, used, usedByChildren, costKnown = true }: RunState): Used => ({
  ...{ tokensIn, tokensOut, costKnown },
  used: left(used, usedByChildren),
});

export const finalAnswer = (attempt: number, text: string | null, terminated_by: FinalAnswer['payload']['terminated_by']): FinalAnswer => ({
  requestId: `final:${attempt}`,
  payload: { type: 'final_answer', text, terminated_by },
});

export const usage = (attempt: number, { tokensIn, tokensOut, costKnown, used: { tool_calls, wall_clock_ms, usd_millicents } }: Used): Usage => ({
  requestId: `usage:${attempt}`,
  payload: {
    ...{ type: 'usage', tokens_in: tokensIn, tokens_out: tokensOut, tool_calls, wall_clock_ms, usd_millicents },
    ...(costKnown !== undefined && { cost_known: costKnown }),
  },
});

/** Null: nobody cancelled it. */
export function cancellation({ start: { attempt }, cancel }: Pick<RunState, 'start' | 'cancel'>): Closing<'cancel'> | null {
  return cancel && { requestId: `cancel:${attempt}`, payload: { type: 'cancel', by: cancel.by, reason: cancel.reason, at: cancel.at } };
}
