/**
 * A short text that may not travel as it is, because it holds a secret: it is stored beside the journal, and this mark stands for it in commands,
 * histories and events until it is typed.
 */
const MARK = /^\[stored:([0-9a-f]{64})\]$/;

export const storedMark = (ref: string): string => `[stored:${ref}]`;

/** The reference in a mark; null for any other text. */
export const storedRef = (text: string): string | null => MARK.exec(text)?.[1] ?? null;
