/** What of a thread's events was said and done: what a model is told of earlier runs, and what a summary stands for. Pure. */
import type { z } from 'zod';
import { MessagePayload, type ThreadEvent, type ThreadEventType } from '../../contracts/conversation/events';
import type { SaidTurn } from '../../contracts/run/said';
import { shortened, sizeOf } from '../run/cognition/turn-size';
import { CALL_TYPES, SaidCalls } from './said-calls';

type Json = z.core.util.JSONType;
type Told = Pick<ThreadEvent, 'type' | 'payload' | 'sequence'>;

/** `text`, or `content` as clients of models call it: a text or parts with texts. */
function textOf(payload: Json): string | null {
  const { data } = MessagePayload.safeParse(payload);
  if (!data) return null;
  if (data.text !== undefined) return data.text;
  if (typeof data.content === 'string') return data.content;
  return data.content === undefined ? null : data.content.flatMap(({ text }) => text ?? []).join('\n');
}

/** The text of a message or a summary; null for every other event. */
export function saidIn(type: ThreadEvent['type'], payload: Json): string | null {
  if (type === 'user_message' || type === 'assistant_message') return textOf(payload);
  if (type !== 'compaction_completed') return null;
  const summary = (payload as { readonly summary?: unknown } | null)?.summary;
  return typeof summary === 'string' ? summary : null;
}

/** Events that a model is told of. */
export const TOLD_TYPES: readonly ThreadEventType[] = ['user_message', 'assistant_message', 'compaction_completed', ...CALL_TYPES];
/** A call, or what came of it, counts for no more: longer ones are cut before a model is told. */
const CALL_CHARS_MAX = 4_000;

/** Characters of the event that a model is told, about. */
export function charsTold(type: ThreadEventType, payload: Json): number {
  if (CALL_TYPES.includes(type)) return Math.min(JSON.stringify(payload).length, CALL_CHARS_MAX);
  return saidIn(type, payload)?.length ?? 0;
}

const SUMMARY_HEAD = 'What was said before was summarised:';

function turnOf({ type, payload }: Told): SaidTurn | null {
  const text = saidIn(type, payload);
  if (text === null || text.trim() === '') return null;
  if (type === 'compaction_completed') return { role: 'user', text: `${SUMMARY_HEAD}\n\n${text}` };
  return { role: type === 'user_message' ? 'user' : 'assistant', text };
}

/** Everything, oldest first: each answer of the agent with its calls and what came of them. */
function allTurnsOf(events: readonly Told[]): readonly SaidTurn[] {
  const turns: SaidTurn[] = [];
  const calls = new SaidCalls((turn) => turns.push(turn));
  for (const event of events) {
    if (calls.take(event)) continue;
    const turn = turnOf(event);
    if (turn) turns.push(turn);
  }
  return turns;
}

/** Characters of the turns that a model is told; the summary and the newest ones that fit. */
export const TURNS_CHARS_MAX = 150_000;
/** Of them, of calls as they were; those before are told shortly, so that what tools gave does not drive out what people said. */
const CALLS_CHARS_MAX = TURNS_CHARS_MAX / 2;

/** Oldest first. The first turn stays when it is a summary: it stands for all that was before. What had to be cut begins with words of the user. */
export function turnsOf(events: readonly Told[]): readonly SaidTurn[] {
  const turns = allTurnsOf(events);
  const head = events.find(({ type }) => TOLD_TYPES.includes(type));
  const summary = head?.type === 'compaction_completed' ? turns[0] : undefined;
  const others = summary ? turns.slice(1) : turns;
  let [chars, ofCalls] = [summary?.text.length ?? 0, 0];
  const kept: SaidTurn[] = [];
  for (const turn of [...others].reverse()) {
    const told = ofCalls > CALLS_CHARS_MAX ? shortened(turn) : turn;
    const size = sizeOf(told);
    chars += size;
    if (told.role === 'calls') ofCalls += size;
    if (chars > TURNS_CHARS_MAX) break;
    kept.unshift(told);
  }
  const begin =
    kept.length === others.length
      ? 0
      : Math.max(
          0,
          kept.findIndex(({ role }) => role === 'user'),
        );
  return summary ? [summary, ...kept.slice(begin)] : kept.slice(begin);
}

const LATE_TURNS = 6;
const TURN_CHARS = 400;
const cutShort = (text: string): string => (text.length <= TURN_CHARS ? text : `${text.slice(0, TURN_CHARS - 1)}…`);

/** A summary without a model: how much was said and called, how it began, and how it went on last. The same for the same turns. */
export function plainSummary(turns: readonly SaidTurn[]): string {
  const said = turns.filter(({ role }) => role !== 'calls');
  const calls = turns.reduce((sum, turn) => sum + (turn.role === 'calls' ? turn.calls.length : 0), 0);
  const line = ({ role, text }: SaidTurn): string => `${role}: ${cutShort(text.trim())}`;
  const [first, ...later] = said;
  if (!first && calls === 0) return 'Nothing was said.';
  const late = later.slice(-LATE_TURNS);
  const left = later.length - late.length;
  return [
    `${said.length} messages, ${said.filter(({ role }) => role === 'user').length} of them from the user.`,
    ...(calls > 0 ? [`Tools were called ${calls} times.`] : []),
    ...(first ? [line(first)] : []),
    ...(left > 0 ? [`(${left} messages between these are left out.)`] : []),
    ...late.map(line),
  ].join('\n');
}
