/** Did you mean: the known word that an unknown one was probably meant to be. */
import { distance } from 'fastest-levenshtein';

/** ` Did you mean x?`, or nothing when no word is near (a third of its letters may differ). */
export function nearest(word: string, known: readonly string[]): string {
  const near = known
    .slice(0, 1_000)
    .map((each) => ({ each, away: distance(word.slice(0, 128).toLowerCase(), each.toLowerCase()) }))
    .filter(({ each, away }) => away <= Math.max(1, Math.floor(each.length / 3)))
    .sort((a, b) => a.away - b.away)[0];
  return near ? ` Did you mean ${near.each}?` : '';
}
