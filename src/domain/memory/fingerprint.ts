/**
 * When two texts count as the same: by their words, not their letters. Case, punctuation, spacing and words of one or two
 * characters make no difference.
 */

const tokens = (text: string): string[] => (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter((token) => token.length > 2);

/** The different words of a text, lower case, longer than two characters, in order of first appearance. */
export const words = (text: string): ReadonlySet<string> => new Set(tokens(text));

/** For ranking: the different words, sorted, first 24. Order and repetition make no difference. */
export const unorderedFingerprint = (text: string): string => [...words(text)].sort().slice(0, 24).join(' ');

/** For "is this the same decision as the one before": the first 24 words in order. */
export const decisionFingerprint = (text: string): string => tokens(text).slice(0, 24).join(' ');

/** For "is this the same experience as the one before": the first 32 words in order. */
export const experienceFingerprint = (text: string): string => tokens(text).slice(0, 32).join(' ');
