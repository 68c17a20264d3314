/**
 * How sure an agent says it is, in its text (digest of seed 001, §2.6): `CONFIDENCE: 0.8` anywhere in it, the last one counts. Reviewers say a verdict too: `VERDICT: approve`,
 * `revise` or `reject`.
 */
import { confidenceIn } from '../aggregation/answer';

export const VERDICTS = ['approve', 'revise', 'reject'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What a verdict is worth: without a marker `alone`, with one at most `most`. */
const WORTH: Readonly<Record<Verdict, { readonly alone: number; readonly most: number }>> = {
  approve: { alone: 0.9, most: 1 },
  revise: { alone: 0.5, most: 0.6 },
  reject: { alone: 0.1, most: 0.3 },
};

/** Characters at the end of a text that are looked at: markers close an answer. */
const TAIL = 64 * 1024;

/** From 0 to 1; `85%` is 0.85. Null without a marker. */
export function markedConfidence(text: string): number | null {
  const last = [...text.slice(-TAIL).matchAll(/\bCONFIDENCE[*_`]{0,3}[ \t]{0,8}:[ \t*_`]{0,8}(-?\d{1,9}(?:\.\d{1,18})?|-?\.\d{1,18})(%?)/gi)].at(-1);
  return last ? confidenceIn(Number(last[1]) / (last[2] === '%' ? 100 : 1)) : null;
}

/** Null without one. */
export function markedVerdict(text: string): Verdict | null {
  const last = [...text.slice(-TAIL).matchAll(/\bVERDICT[*_`]{0,3}[ \t]{0,8}:[ \t*_`]{0,8}(approve|revise|reject)\b/gi)].at(-1);
  const word = last?.[1]?.toLowerCase();
  return VERDICTS.find((verdict) => verdict === word) ?? null;
}

/** What a reviewer's text comes to: approve is its marker or 0.9, revise at most 0.6 (0.5 without a marker), reject at most 0.3 (0.1). Without a verdict the marker, or null. */
export function reviewed(text: string): { readonly verdict: Verdict | null; readonly confidence: number | null } {
  const verdict = markedVerdict(text);
  const marker = markedConfidence(text);
  if (verdict === null) return { verdict, confidence: marker };
  const { alone, most } = WORTH[verdict];
  return { verdict, confidence: Math.min(marker ?? alone, most) };
}
