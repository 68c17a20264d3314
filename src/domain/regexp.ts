/**
 * Regular expressions that a definition or a script brings along: RE2, in time linear to the text. The engine of the language itself can be made to run for years by
 * twenty characters, and these run in workflows.
 */
import { RE2JS } from 're2js';
import { Fault } from '../errors/fault';

/** Instructions of a compiled expression: `a{1000}` has a thousand. */
const PROGRAM_MAX = 2_000;
/** Instructions times characters: about a second at worst. */
export const REGEXP_WORK_MAX = 10_000_000;

/** Why `pattern` cannot be used; null: it can. */
export function regexpProblem(pattern: string): string | null {
  const compiled = compile(pattern);
  return typeof compiled === 'string' ? compiled : null;
}

function compile(pattern: string): RE2JS | string {
  try {
    const compiled = RE2JS.compile(pattern);
    const size = compiled.programSize();
    return size > PROGRAM_MAX ? `is too large (${size} instructions, at most ${PROGRAM_MAX})` : compiled;
  } catch (problem) {
    return problem instanceof Error ? problem.message : String(problem);
  }
}

/** One that is used for several texts: compiled once. */
export interface Regexp {
  /** What looking at `text` costs at worst, to be kept below {@link REGEXP_WORK_MAX} together. */
  work(text: string): number;
  /** Whether it is found anywhere in `text`. */
  test(text: string): boolean;
}

/** A pattern that cannot be used is a fault. */
export function regexpOf(pattern: string): Regexp {
  const compiled = compile(pattern);
  if (typeof compiled === 'string')
    throw new Fault('invalid', 'expression.regexp', `The regular expression ${pattern} cannot be used: ${compiled}.`, { pattern });
  return { work: (text) => text.length * compiled.programSize(), test: (text) => compiled.matcher(text).find() };
}

/** True when `pattern` is found anywhere in `text`. A pattern that cannot be used and a text that is too long for it are faults. */
export function matches(pattern: string, text: string): boolean {
  const regexp = regexpOf(pattern);
  if (regexp.work(text) > REGEXP_WORK_MAX) {
    const longest = Math.floor(REGEXP_WORK_MAX / Math.max(1, regexp.work('x')));
    throw new Fault('invalid', 'expression.too_large', `A text of ${text.length} characters is too long for the regular expression ${pattern}.`, { longest });
  }
  return regexp.test(text);
}

/** Matches that are gone through for the last one. */
const MATCHES_MAX = 10_000;

/** The groups of the last match of `pattern` in `text`, of which only the end is looked at where it is too long; null: there is none. */
export function lastGroups(pattern: string, text: string): readonly string[] | null {
  const compiled = compile(pattern);
  if (typeof compiled === 'string') return null;
  const matcher = compiled.matcher(text.slice(-Math.floor(REGEXP_WORK_MAX / compiled.programSize())));
  let found: readonly string[] | null = null;
  for (let count = 0; count < MATCHES_MAX && matcher.find(); count++)
    found = Array.from({ length: matcher.groupCount() }, (_, at) => matcher.group(at + 1) ?? '');
  return found;
}
