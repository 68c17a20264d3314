/** What of a thread's events was said: the texts that a model is told, and that a summary stands for. Pure. */
import type { z } from 'zod';
import { MessagePayload, type ThreadEvent } from '../../contracts/conversation/events';
import type { SaidTurn } from '../../contracts/run/start';

type Json = z.core.util.JSONType;
type Told = Pick<ThreadEvent, 'type' | 'payload'>;

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

const SUMMARY_HEAD = 'What was said before was summarised:';

function turnOf({ type, payload }: Told): SaidTurn | null {
  const text = saidIn(type, payload);
  if (text === null || text.trim() === '') return null;
  if (type === 'compaction_completed') return { role: 'user', text: `${SUMMARY_HEAD}\n\n${text}` };
  return { role: type === 'user_message' ? 'user' : 'assistant', text };
}

/** Characters of the turns that a model is told; the summary and the newest ones that fit. */
export const TURNS_CHARS_MAX = 150_000;

/** Oldest first. The first turn stays when it is a summary: it stands for all that was before. */
export function turnsOf(events: readonly Told[]): readonly SaidTurn[] {
  const turns = events.map(turnOf).filter((turn) => turn !== null);
  const head = events.find(({ type }) => turnTypes.has(type));
  const summary = head?.type === 'compaction_completed' ? turns[0] : undefined;
  let chars = summary?.text.length ?? 0;
  const kept: SaidTurn[] = [];
  for (const turn of (summary ? turns.slice(1) : turns).reverse()) {
    chars += turn.text.length;
    if (chars > TURNS_CHARS_MAX) break;
    kept.push(turn);
  }
  return summary ? [summary, ...kept.reverse()] : kept.reverse();
}
const turnTypes: ReadonlySet<string> = new Set(['user_message', 'assistant_message', 'compaction_completed']);

const LATE_TURNS = 6;
const TURN_CHARS = 400;
const cut = (text: string): string => (text.length <= TURN_CHARS ? text : `${text.slice(0, TURN_CHARS - 1)}…`);

/** A summary without a model: how much was said, how it began, and how it went on last. The same for the same turns. */
export function plainSummary(turns: readonly SaidTurn[]): string {
  const line = ({ role, text }: SaidTurn): string => `${role}: ${cut(text.trim())}`;
  const [first, ...later] = turns;
  if (!first) return 'Nothing was said.';
  const late = later.slice(-LATE_TURNS);
  const left = later.length - late.length;
  return [
    `${turns.length} messages, ${turns.filter(({ role }) => role === 'user').length} of them from the user.`,
    line(first),
    ...(left > 0 ? [`(${left} messages between these are left out.)`] : []),
    ...late.map(line),
  ].join('\n');
}
