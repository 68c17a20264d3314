/** The lines that a program printed, where the terminal had to show them in several rows. */
import type { Screen } from './adapter';

/** Scrollback and screen as one text, a string per printed line. Programs that break lines by themselves keep their breaks. */
export function longLines({ scrollback, lines, cols, wrapped = [] }: Screen): string[] {
  const rows = [...scrollback, ...lines];
  const goesOn = new Set(wrapped);
  const result: string[] = [];
  rows.forEach((row, at) => {
    // A row that goes on is full: what is missing at its end are spaces.
    const whole = goesOn.has(at + 1) ? row.padEnd(cols) : row;
    if (goesOn.has(at) && result.length > 0) result.push(`${result.pop() ?? ''}${whole}`);
    else result.push(whole);
  });
  return result;
}
