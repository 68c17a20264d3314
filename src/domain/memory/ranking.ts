/**
 * Which memories a new thread is given (docs/memory.md has the formula in words). Pure: the clock is a parameter, so the same
 * rows at the same moment always give the same memory.
 */
import { unorderedFingerprint, words } from './fingerprint';
import type { Decision, Experience } from './records';

/** `considered` newest rows are looked at, the best `kept` are given. */
export const DECISIONS = { considered: 12, kept: 5 } as const;
export const EXPERIENCES = { considered: 12, kept: 4 } as const;

/** What the new thread is about. */
export interface Wanted {
  readonly repo: string | null;
  readonly role: string | null;
  readonly objective: string;
}

const CATEGORY_WEIGHT: Readonly<Record<string, number>> = { completion_outcome: 4, failure_recovery: 3, thread_summary: 2 };
const OUTCOME_SCORE = { successful: 4, partial: 2, failed: -2 } as const;
const HOUR_MS = 3_600_000;

const time = (row: { readonly createdAt: string }): number => {
  const at = Date.parse(row.createdAt);
  return Number.isNaN(at) ? 0 : at;
};
/** Newest first; rows of one moment by id, so that the order never depends on how they were read. */
const newestFirst = (a: { createdAt: string; id: string }, b: { createdAt: string; id: string }): number =>
  time(b) - time(a) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

const weight = (decision: Decision): number => (Object.hasOwn(CATEGORY_WEIGHT, decision.category) ? CATEGORY_WEIGHT[decision.category]! : 0);

/** The newest 12 decisions of an execution, heaviest category first, then newest; at most 5. */
export function rankDecisions(decisions: readonly Decision[]): Decision[] {
  return [...decisions]
    .sort(newestFirst)
    .slice(0, DECISIONS.considered)
    .sort((a, b) => weight(b) - weight(a) || newestFirst(a, b))
    .slice(0, DECISIONS.kept);
}

/**
 * +8 same repository, +5 same role, +4 successful, +2 partial, -2 failed, +1 for each word of the wanted objective that the
 * experience's objective or summary has, and 1 divided by its age in hours (an hour at least, so at most 1).
 */
export function experienceScore(experience: Experience, wanted: Wanted, now: Date): number {
  const had = words(`${experience.objective} ${experience.summary}`);
  let shared = 0;
  for (const word of words(wanted.objective)) if (had.has(word)) shared += 1;
  const ageHours = Math.max(1, (now.getTime() - time(experience)) / HOUR_MS);
  return (
    (wanted.repo !== null && experience.repo === wanted.repo ? 8 : 0) +
    (wanted.role !== null && experience.role === wanted.role ? 5 : 0) +
    OUTCOME_SCORE[experience.outcome] +
    shared +
    1 / ageHours
  );
}

/**
 * Of the experiences with the wanted repository and role (each only when given), the newest 12, without those that say the same
 * as a newer one, best score first, then newest; at most 4.
 */
export function rankExperiences(experiences: readonly Experience[], wanted: Wanted, now: Date): Experience[] {
  const seen = new Set<string>();
  return experiences
    .filter((it) => (wanted.repo === null || it.repo === wanted.repo) && (wanted.role === null || it.role === wanted.role))
    .sort(newestFirst)
    .slice(0, EXPERIENCES.considered)
    .filter((it) => {
      const fingerprint = unorderedFingerprint(it.summary);
      return seen.has(fingerprint) ? false : seen.add(fingerprint);
    })
    .map((it) => ({ it, score: experienceScore(it, wanted, now) }))
    .sort((a, b) => b.score - a.score || newestFirst(a.it, b.it))
    .slice(0, EXPERIENCES.kept)
    .map(({ it }) => it);
}
