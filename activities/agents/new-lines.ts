/** What a terminal shows now that it did not show before. */
import type { Screen } from './adapter';

const allLines = ({ scrollback, lines }: Screen): string[] => {
  const all = [...scrollback, ...lines];
  while (all.length > 0 && all.at(-1) === '') all.pop();
  return all;
};

/**
 * The lines after those that both screens have in common: the old screen's lines are looked for in the new one, from their end, because what
 * scrolled away is gone from the new one's beginning.
 */
export function newLines(before: Screen, now: Screen): string[] {
  const old = allLines(before);
  const all = allLines(now);
  for (let from = 0; from < old.length; from++) {
    const rest = old.slice(from);
    let same = 0;
    while (same < rest.length && rest[same] === all[same]) same++;
    // The last line may have been typed into since.
    if (same >= rest.length - 1 && same > 0) return all.slice(same);
  }
  return all;
}
