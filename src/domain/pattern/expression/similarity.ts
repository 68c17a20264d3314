/** How alike two values are, from 0 to 1. docs/patterns.md gives the formulas. */
import type { Json } from '../../../contracts/pattern/json';

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
const mean = (numbers: readonly number[]): number => (numbers.length === 0 ? 1 : numbers.reduce((sum, each) => sum + each, 0) / numbers.length);

/** Words that two texts share, by Dice: twice the shared ones over all. */
function textSimilarity(left: string, right: string): number {
  const words = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const [a, b] = [words(left), words(right)];
  if (a.length + b.length === 0) return left === right ? 1 : 0;
  const counts = new Map<string, number>();
  for (const word of a) counts.set(word, (counts.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of b) {
    const left = counts.get(word) ?? 0;
    if (left > 0) shared++;
    counts.set(word, left - 1);
  }
  return (2 * shared) / (a.length + b.length);
}

function numberSimilarity(left: number, right: number): number {
  const largest = Math.max(Math.abs(left), Math.abs(right));
  return largest === 0 ? 1 : Math.max(0, 1 - Math.abs(left - right) / largest);
}

/** Texts by their words, numbers by their distance, lists entry by entry, objects field by field; values of two kinds are not alike. */
export function similarityOf(left: Json, right: Json, depth = 20): number {
  if (typeof left === 'string' && typeof right === 'string') return left === right ? 1 : textSimilarity(left, right);
  if (typeof left === 'number' && typeof right === 'number') return numberSimilarity(left, right);
  if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object') return left === right ? 1 : 0;
  if (isList(left) !== isList(right) || depth === 0) return 0;
  if (isList(left) && isList(right)) {
    const longest = Math.max(left.length, right.length);
    return mean(Array.from({ length: longest }, (_, at) => pair(left[at], right[at], depth)));
  }
  const [a, b] = [left as { readonly [key: string]: Json }, right as { readonly [key: string]: Json }];
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return mean(keys.map((key) => pair(a[key], b[key], depth)));
}

const pair = (left: Json | undefined, right: Json | undefined, depth: number): number =>
  left === undefined || right === undefined ? 0 : similarityOf(left, right, depth - 1);

/** The cosine of the angle between two lists of numbers; null when they are not that, or of different lengths. */
export function cosineSimilarity(left: Json, right: Json): number | null {
  if (!isList(left) || !isList(right) || left.length !== right.length || left.length === 0) return null;
  let [dot, a, b] = [0, 0, 0];
  for (const [at, x] of left.entries()) {
    const y = right[at];
    if (typeof x !== 'number' || typeof y !== 'number') return null;
    dot += x * y;
    a += x * x;
    b += y * y;
  }
  return a === 0 || b === 0 ? null : dot / Math.sqrt(a * b);
}
