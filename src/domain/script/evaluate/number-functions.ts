/** Functions that work on numbers. */
import { cosineSimilarity } from '../../pattern/expression/similarity';
import type { Json } from '../../../contracts/pattern/json';
import type { Arguments, Implementation } from './arguments';

const PLACES_MAX = 15;

/** Halves go away from zero. The decimal digits are moved in the text of the number, because a product with a power of ten is not exact. */
function round(args: Arguments): Json {
  const value = args.number(0);
  const places = args.has(1) ? args.whole(1) : 0;
  if (places < 0 || places > PLACES_MAX) throw args.refused(1, `a whole number from 0 to ${PLACES_MAX}`, places);
  const moved = (number: number, by: number): number => {
    const [digits, exponent] = String(number).split('e');
    return Number(`${digits}e${Number(exponent ?? 0) + by}`);
  };
  const shifted = moved(Math.abs(value), places);
  // A number that is so large has no digits behind these places.
  const rounded = Number.isSafeInteger(Math.round(shifted)) ? moved(Math.round(shifted), -places) : Math.abs(value);
  return Math.sign(value) * rounded + 0;
}

/** Null where one of them has no direction. */
function cosine(args: Arguments): Json {
  const [left, right] = [args.numbers(0), args.numbers(1)];
  if (left.length !== right.length) throw args.failed(`the vectors have ${left.length} and ${right.length} numbers`);
  const value = cosineSimilarity(left, right);
  return value === null || Number.isFinite(value) ? value : null;
}

export const NUMBERS: Readonly<Record<string, Implementation>> = {
  abs: (args) => Math.abs(args.number(0)),
  round,
  floor: (args) => Math.floor(args.number(0)) + 0,
  ceil: (args) => Math.ceil(args.number(0)) + 0,
  cosine_similarity: cosine,
};
