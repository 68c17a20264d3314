/** Earlier turns of a conversation that a run was given (digest §3.6): the first one, which says what it is about, and the newest ones that fit. */

export const HISTORY_LIMITS = { turns: 24, turnChars: 1_500, chars: 8_000 } as const;

export interface HistoryTurn {
  readonly role: string;
  readonly text: string;
}

const cut = (text: string): string => (text.length <= HISTORY_LIMITS.turnChars ? text : `${text.slice(0, HISTORY_LIMITS.turnChars - 1)}…`);

/** Those that are told, oldest first, each cut to its limit, and how many between them are not. */
export function keptTurns(history: readonly HistoryTurn[]): { readonly turns: readonly HistoryTurn[]; readonly left: number } {
  const turns = history.map(({ role, text }) => ({ role, text: cut(text.trim()) })).filter(({ text }) => text !== '');
  const [anchor, ...later] = turns;
  if (!anchor) return { turns: [], left: 0 };
  const newest: HistoryTurn[] = [];
  let chars = anchor.text.length;
  for (const turn of later.reverse()) {
    if (newest.length + 1 >= HISTORY_LIMITS.turns || chars + turn.text.length > HISTORY_LIMITS.chars) break;
    chars += turn.text.length;
    newest.push(turn);
  }
  return { turns: [anchor, ...newest.reverse()], left: later.length - newest.length };
}

/** The task with what was said before it: what the root of a trajectory notes, and what the model is told. Without history the task itself. */
export function taskWithHistory(task: string, history: readonly HistoryTurn[]): string {
  const { turns, left } = keptTurns(history);
  const [anchor, ...newest] = turns;
  if (!anchor) return task;
  const line = ({ role, text }: HistoryTurn): string => `${role}: ${text}`;
  const missing = left > 0 ? [`(${left} turns between these are left out.)`] : [];
  return ['## Conversation so far', line(anchor), ...missing, ...newest.map(line), '## Current message', task].join('\n\n');
}
