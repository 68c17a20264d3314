/**
 * What a model is told of a run: the task with its history, then for each of its answers one turn with its calls and one with what came of them. Made from the ledger alone, so a run
 * resumes when nothing else is left; bounded, the oldest results first.
 */
import type { ThinkingRequest } from '../../../contracts/run/ports';
import type { SaidTurn } from '../../../contracts/run/said';
import { taskWithHistory } from './history';
import { tell, type Outcome, type Told } from './told';
import { cut, shortened, sizeOf } from './turn-size';

export const CONVERSATION_LIMITS = {
  /** Characters of one result. */
  result: 16_000,
  /** Characters of the whole conversation, the task not counted. */
  all: 200_000,
} as const;

/** `calls`: one answer of the model, with the results of its calls. */
export type Turn = SaidTurn;

type Asked = Pick<ThinkingRequest, 'task' | 'history' | 'turns' | 'lineage' | 'intents'>;

export function conversation({ task, history, turns = [], lineage, intents }: Asked): readonly Turn[] {
  const told = [...tell(lineage, intents)];
  const current = told.findLastIndex(({ type }) => type === 'task');
  const now: Told = { type: 'task', text: taskWithHistory(task, history) };
  if (current < 0) told.unshift(now);
  else told[current] = now;
  // What was said before was bounded where it was gathered.
  const own = bounded(turnsOf(told));
  return turns.length === 0 ? own : joined([...turns, ...own]);
}

function turnsOf(told: readonly Told[]): Turn[] {
  const turns: Turn[] = [];
  let open: Outcome[] = [];
  const close = (): void => {
    if (open.length > 0) turns.push(answerOf(open));
    open = [];
  };
  for (const item of told) {
    if (item.type === 'outcome') {
      if (open[0] && open[0].turn !== item.turn) close();
      open.push(item);
      continue;
    }
    close();
    turns.push({ role: item.type === 'answer' ? 'assistant' : 'user', text: item.text });
  }
  close();
  return joined(turns);
}

/** Some servers refuse two turns of the same side. */
const joined = (turns: readonly Turn[]): Turn[] =>
  turns.reduce<Turn[]>((all, turn) => {
    const before = all.at(-1);
    if (turn.role === 'calls' || before?.role !== turn.role) return [...all, turn];
    return [...all.slice(0, -1), { role: turn.role, text: `${before.text}\n\n${turn.text}` }];
  }, []);

const answerOf = (outcomes: readonly Outcome[]): Turn => ({
  role: 'calls',
  text: [...new Set(outcomes.map(({ rationale }) => rationale).filter(Boolean))].join('\n'),
  calls: outcomes.map(({ callId, tool, args, text, remarks }) => ({
    id: callId,
    tool,
    args,
    result: cut([text, ...remarks].join(' '), CONVERSATION_LIMITS.result),
  })),
});

/** Room is made by shortening results and arguments, the oldest first, and when that is not enough by leaving out the oldest answers; the last one stays as it is. */
function bounded(turns: readonly Turn[]): readonly Turn[] {
  const sizes = turns.map(sizeOf);
  let all = sizes.reduce((sum, size) => sum + size, 0);
  const fitted = turns.map((turn, at): Turn => {
    if (all <= CONVERSATION_LIMITS.all || turn.role !== 'calls' || at === turns.length - 1) return turn;
    const short = shortened(turn);
    all -= sizeOf(turn) - sizeOf(short);
    return short;
  });
  let left = 0;
  const kept = fitted.filter((turn, at) => {
    if (all <= CONVERSATION_LIMITS.all || turn.role === 'user' || at === fitted.length - 1) return true;
    all -= sizeOf(turn);
    left += 1;
    return false;
  });
  if (left === 0) return kept;
  const [first, ...rest] = kept;
  const note = `(${left} earlier answers and their results are left out; the world holds what they changed.)`;
  return first?.role === 'user' ? [{ role: 'user', text: `${first.text}\n\n${note}` }, ...rest] : [{ role: 'user', text: note }, ...kept];
}

/** The same in words alone, for models that want more back of their own calls than their arguments. */
export const asText = (turns: readonly Turn[]): readonly Turn[] =>
  joined(
    turns.map((turn) => {
      if (turn.role !== 'calls') return turn;
      const calls = turn.calls.map(({ tool, args, result }) => `You called ${tool} with ${JSON.stringify(args)}.\n${result}`);
      return { role: 'user', text: [...(turn.text ? [`You said: ${turn.text}`] : []), ...calls].join('\n\n') };
    }),
  );
