/**
 * What is remembered about work that was done: shared decisions of one execution, and experiences across executions (seed 000,
 * "Shared Decisions and Experiences"). Rows are scoped to a tenant by the store; nothing here knows another tenant's.
 */
import type { Completion } from '../../contracts/managed-thread/events';

/** Characters kept of each text. Longer ones are clipped, and end with an ellipsis. */
export const MEMORY_LIMITS = { summary: 2_000, objective: 2_000, error: 1_000, artifactsNamed: 3 } as const;

export interface Decision {
  readonly id: string;
  readonly executionId: string;
  readonly threadId: string | null;
  /** Free text; {@link AUTOMATIC_CATEGORIES} are the ones that Everthread writes. */
  readonly category: string;
  readonly summary: string;
  readonly details: Readonly<Record<string, unknown>> | null;
  /** ISO 8601. */
  readonly createdAt: string;
}

export type Outcome = 'successful' | 'partial' | 'failed';

export interface Experience {
  readonly id: string;
  readonly executionId: string;
  readonly threadId: string | null;
  readonly role: string | null;
  readonly repo: string | null;
  readonly objective: string;
  readonly summary: string;
  readonly outcome: Outcome;
  readonly details: Readonly<Record<string, unknown>> | null;
  /** ISO 8601. */
  readonly createdAt: string;
}

export const AUTOMATIC_CATEGORIES = ['completion_outcome', 'failure_recovery', 'thread_summary'] as const;
export type AutomaticCategory = (typeof AUTOMATIC_CATEGORIES)[number];

/** `text` with white space folded to single spaces, at most `max` characters. */
export function clip(text: string, max: number): string {
  const folded = text.replace(/\s+/g, ' ').trim();
  return folded.length <= max ? folded : `${folded.slice(0, max - 1).trimEnd()}…`;
}

/** ` Artifacts: pr:https://…, commit:abc1234` with the first three, or nothing. */
export function artifactsSentence(artifacts: Completion['artifacts']): string {
  const named = (artifacts ?? []).slice(0, MEMORY_LIMITS.artifactsNamed).map(({ type, value }) => `${type}:${value}`);
  return named.length === 0 ? '' : ` Artifacts: ${named.join(', ')}`;
}
