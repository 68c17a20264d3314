/** Thinking without a network: `mock`, which proposes nothing, and `scripted`, which says what the request gives it, so that every behaviour of a run can be had offline. */
import { setTimeout as delay } from 'node:timers/promises';
import type { CognitionDelta, ThinkingRequest, Thought } from '../../../src/contracts/run/ports';
import { wholeCall } from '../../models/streamed-answer';

const NOTHING = { tokens_in: 0, tokens_out: 0, usd_millicents: 0, cost_known: true } as const;
const DELAY_MAX_MS = 600_000;

export function mockThought(onDelta: (delta: CognitionDelta) => void): Thought {
  const text = 'mock cognition';
  onDelta({ type: 'token', text });
  return { intents: [], final_answer: text, usage: NOTHING, author: 'mock' };
}

/** The step of the script with the number of the run's step; after the last one the run is done. */
export async function scriptedThought({ choice, step }: ThinkingRequest, signal: AbortSignal, onDelta: (delta: CognitionDelta) => void): Promise<Thought> {
  const { intents = [], final_answer = null, thinking, sources = [], delay_ms = 0 } = choice.script?.[step] ?? {};
  if (delay_ms > 0) await delay(Math.min(delay_ms, DELAY_MAX_MS), undefined, { signal });
  const calls = intents.map(({ tool, args, rationale = '' }, at) => ({ callId: `script-${step}-${at}`, tool, args, rationale }));
  if (thinking !== undefined) onDelta({ type: 'thinking', text: thinking });
  for (const source of sources) onDelta({ type: 'source', source: { url: source.url ?? null, title: source.title ?? null } });
  for (const { callId, tool, args } of calls) for (const delta of wholeCall(callId, tool, args)) onDelta(delta);
  if (calls.length === 0 && final_answer !== null) onDelta({ type: 'token', text: final_answer });
  return { intents: calls, final_answer: calls.length === 0 ? final_answer : null, usage: NOTHING, author: 'scripted' };
}
