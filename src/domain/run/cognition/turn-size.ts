/** How large turns are that a model is told, and how they are shortened to make room. Pure. */
import type { SaidCall, SaidTurn } from '../../../contracts/run/said';

/** What is left of a result, or of arguments, that had to make room. */
export const SHORTENED = 200;

export const cut = (text: string, max: number): string =>
  text.length <= max ? text : `${text.slice(0, max)} (${text.length - max} characters are left out here)`;

const callSize = ({ tool, args, result }: SaidCall): number => tool.length + JSON.stringify(args).length + result.length;

export const sizeOf = (turn: SaidTurn): number => turn.text.length + (turn.role === 'calls' ? turn.calls.reduce((sum, call) => sum + callSize(call), 0) : 0);

/** Arguments that are longer than this in JSON are left out. */
export function withArguments(args: SaidCall['args'], max: number): SaidCall['args'] {
  const { length } = JSON.stringify(args);
  return length <= max ? args : { left_out: `${length} characters of arguments` };
}

export const shortened = <T extends SaidTurn>(turn: T): T =>
  turn.role === 'calls'
    ? {
        ...turn,
        calls: turn.calls.map((call) => ({ ...call, args: withArguments(call.args, 2 * SHORTENED), result: cut(call.result, SHORTENED) })),
      }
    : turn;
