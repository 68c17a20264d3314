/** The words that begin a line of a script. */

export const VERBS = [
  ...['do', 'let', 'each', 'decide', 'check', 'together', 'pipe', 'repeat', 'wait'],
  ...['agent', 'ask', 'plan', 'run', 'emit', 'yield', 'send'],
] as const;

export const DECLARATIONS = ['version', 'input', 'output', 'stream', 'env', 'import', 'enum', 'const'] as const;

/** Beginnings of lines that are neither a declaration nor a step. */
const MARKS = ['script', 'section', 'on'] as const;

export const LINE_BEGINNINGS: readonly string[] = [...VERBS, ...DECLARATIONS, ...MARKS];
const BEGINNINGS: ReadonlySet<string> = new Set(LINE_BEGINNINGS);

export const beginsLine = (word: string): boolean => BEGINNINGS.has(word);

/** Words of expressions, and what an object of JavaScript keeps for itself; no name may be one of them. */
export const EXPRESSION_WORDS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'true', 'false', 'null', '__proto__']);
