/**
 * Calls of tools in a thread, as a model is told of them: each answer of the agent with its calls, and what came of them in words. What a local run publishes may lack any field, so
 * everything is read with care and nothing fails. Pure.
 */
import type { ThreadEvent, ThreadEventType } from '../../contracts/conversation/events';
import type { SaidCall, SaidTurn } from '../../contracts/run/said';
import { cut, withArguments } from '../run/cognition/turn-size';

export const CALL_TYPES: readonly ThreadEventType[] = ['tool_call', 'tool_result'];

/** Characters of one result, and of the arguments of one call in JSON; less than in the run itself, for there were others since. */
const RESULT_MAX = 4_000;
const ARGUMENTS_MAX = 2_000;
const RATIONALE_MAX = 2_000;
const NO_RESULT = 'Nothing is known of how it ended.';

type Told = Pick<ThreadEvent, 'type' | 'payload' | 'sequence'>;
type Growing = { -readonly [K in keyof SaidCall]: SaidCall[K] };

const fieldOf = (payload: unknown, name: string): unknown =>
  typeof payload === 'object' && payload !== null ? (payload as Readonly<Record<string, unknown>>)[name] : undefined;
const textIn = (payload: unknown, name: string): string => {
  const value = fieldOf(payload, name);
  return typeof value === 'string' ? value : '';
};
const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));

/** An id that providers take, whoever made the call. */
const idOf = (callId: string, sequence: number): string => (/^[0-9a-f]{64}$/.test(callId) ? `call_${callId.slice(0, 24)}` : `call_${sequence}`);

export class SaidCalls {
  readonly #open = new Map<string, Growing>();
  #last: { readonly rationale: string; readonly calls: Growing[] } | null = null;

  /** `add` takes the turns that begin with a call; later calls and results are put into them. */
  constructor(private readonly add: (turn: SaidTurn) => void) {}

  /** Whether the event was a call, or what came of one. */
  take(event: Told): boolean {
    if (event.type === 'tool_call') this.#begin(event);
    else if (event.type === 'tool_result') this.#end(event);
    else {
      // Whatever else is said ends the answer that the calls were part of.
      if (event.type !== 'approval_requested' && event.type !== 'approval_resolved') this.#last = null;
      return false;
    }
    return true;
  }

  #begin({ payload, sequence }: Told): void {
    const callId = textIn(payload, 'callId');
    const args = (fieldOf(payload, 'arguments') ?? {}) as SaidCall['args'];
    const call = { id: idOf(callId, sequence), tool: textIn(payload, 'tool') || 'tool', args: withArguments(args, ARGUMENTS_MAX), result: NO_RESULT };
    const rationale = textIn(payload, 'rationale').slice(0, RATIONALE_MAX);
    // Calls of one answer come one after the other, each with the words of that answer.
    if (this.#last && rationale !== '' && this.#last.rationale === rationale) this.#last.calls.push(call);
    else {
      this.#last = { rationale, calls: [call] };
      this.add({ role: 'calls', text: rationale, calls: this.#last.calls });
    }
    if (callId !== '') this.#open.set(callId, call);
  }

  #end({ payload, sequence }: Told): void {
    const callId = textIn(payload, 'callId');
    const known = this.#open.get(callId);
    this.#open.delete(callId);
    const result = cut(resultOf(payload), RESULT_MAX);
    if (known) known.result = result;
    else this.add({ role: 'calls', text: '', calls: [{ id: idOf(callId, sequence), tool: textIn(payload, 'tool') || 'tool', args: {}, result }] });
  }
}

/** In the words that the run itself was told. */
function resultOf(payload: unknown): string {
  const [status, error] = [textIn(payload, 'status'), textIn(payload, 'error')];
  if (status === 'rejected') return `Rejected before it ran (${error || 'no reason is known'}). Nothing was changed.`;
  if (status === 'unknown') return `Execution began, and nobody knows how it ended: ${error}`;
  if (status === 'failed' || (status !== 'done' && error !== '')) return `Execution failed: ${error || shown(fieldOf(payload, 'output'))}`;
  return `Result: ${shown(fieldOf(payload, 'output'))}`;
}
