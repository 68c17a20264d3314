/** The file that tells a new thread what is known already, and the counts that `metadata.memoryContext` shows (seed 000). */
import type { MemoryContext } from '../../contracts/managed-thread/terminal';
import { clip, MEMORY_LIMITS, type Decision, type Experience } from './records';
import { rankDecisions, rankExperiences, type Wanted } from './ranking';

/** Relative to the workspace. */
export const MEMORY_FILE_PATH = '.parallax/thread-memory.md';

export interface ThreadMemory {
  readonly path: typeof MEMORY_FILE_PATH;
  readonly content: string;
  readonly context: MemoryContext;
}

/** What a new thread is given of these rows, or null when there is nothing to remember. */
export function threadMemory(rows: { decisions: readonly Decision[]; experiences: readonly Experience[] }, wanted: Wanted, now: Date): ThreadMemory | null {
  const decisions = rankDecisions(rows.decisions);
  const experiences = rankExperiences(rows.experiences, wanted, now);
  if (decisions.length === 0 && experiences.length === 0) return null;
  const objective = clip(wanted.objective, MEMORY_LIMITS.objective);
  return {
    path: MEMORY_FILE_PATH,
    content: memoryText(decisions, experiences, { ...wanted, objective }),
    context: { sharedDecisionCount: decisions.length, episodicExperienceCount: experiences.length, repo: wanted.repo, role: wanted.role, objective },
  };
}

function memoryText(decisions: readonly Decision[], experiences: readonly Experience[], wanted: Wanted): string {
  const lines = ['# Parallax Thread Memory', '', `Objective: ${wanted.objective}`];
  if (wanted.role !== null) lines.push(`Role: ${clip(wanted.role, 200)}`);
  if (wanted.repo !== null) lines.push(`Repository: ${clip(wanted.repo, 500)}`);
  if (decisions.length > 0) {
    lines.push('', '## Current Execution Shared Decisions', '');
    for (const it of decisions) lines.push(`- [${clip(it.category, 100)}] ${clip(it.summary, MEMORY_LIMITS.summary)}`);
  }
  if (experiences.length > 0) {
    lines.push('', '## Relevant Prior Experiences', '');
    for (const it of experiences)
      lines.push(`- [${it.outcome}] ${clip(it.summary, MEMORY_LIMITS.summary)}${it.role === null ? '' : ` (${clip(it.role, 200)})`}`);
  }
  return `${lines.join('\n')}\n`;
}
