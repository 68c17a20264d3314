/**
 * Regular expressions that a definition brings along: RE2, in time linear to the text. The engine of the language itself can be made to run for years by
 * twenty characters, and these run in workflows.
 */
import { RE2JS } from 're2js';
import { Fault } from '../../errors/fault';

/** Instructions of a compiled expression: `a{1000}` has a thousand. */
const PROGRAM_MAX = 2_000;
/** Instructions times characters: about a second at worst. */
const WORK_MAX = 10_000_000;

/** Why `pattern` cannot be used; null: it can. */
export function regexpProblem(pattern: string): string | null {
  try {
    const size = RE2JS.compile(pattern).programSize();
    return size > PROGRAM_MAX ? `is too large (${size} instructions, at most ${PROGRAM_MAX})` : null;
  } catch (problem) {
    return problem instanceof Error ? problem.message : String(problem);
  }
}

/** True when `pattern` is found anywhere in `text`. A pattern that cannot be used and a text that is too long for it are faults. */
export function matches(pattern: string, text: string): boolean {
  const problem = regexpProblem(pattern);
  if (problem !== null) throw new Fault('invalid', 'expression.regexp', `The regular expression ${pattern} cannot be used: ${problem}.`, { pattern });
  const compiled = RE2JS.compile(pattern);
  const longest = Math.floor(WORK_MAX / compiled.programSize());
  if (text.length > longest) {
    throw new Fault('invalid', 'expression.too_large', `A text of ${text.length} characters is too long for the regular expression ${pattern}.`, { longest });
  }
  return compiled.matcher(text).find();
}

/** Matches that are gone through for the last one. */
const MATCHES_MAX = 10_000;

/** The groups of the last match of `pattern` in `text`, of which only the end is looked at where it is too long; null: there is none. */
export function lastGroups(pattern: string, text: string): readonly string[] | null {
  if (regexpProblem(pattern) !== null) return null;
  const compiled = RE2JS.compile(pattern);
  const matcher = compiled.matcher(text.slice(-Math.floor(WORK_MAX / compiled.programSize())));
  let found: readonly string[] | null = null;
  for (let count = 0; count < MATCHES_MAX && matcher.find(); count++)
    found = Array.from({ length: matcher.groupCount() }, (_, at) => matcher.group(at + 1) ?? '');
  return found;
}
