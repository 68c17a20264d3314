/** Patterns as the catalogue has them: a name, its versions, and for each version what was written and what it compiled to (seed 001 "Patterns"). */
import type { Json } from './json';
import type { Plan } from './plan';

/** Patterns that one tenant may have, and versions that one of them may have. */
export const PATTERNS_MAX = 5_000;
export const VERSIONS_MAX = 500;

/** A pattern in a list: what its newest version says. Times are ISO 8601; `createdAt` is when its first version came, `updatedAt` when anything of it last changed. */
export interface PatternSummary {
  readonly name: string;
  readonly version: string;
  readonly kind: Plan['kind'];
  readonly description: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** One version of it. `updatedAt` is later than `createdAt` only where an upload replaced it. */
export interface PatternVersion {
  readonly version: string;
  readonly description: string;
  readonly digest: string;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A version with all that is known of it. `source` is the YAML as it came, `definition` the same as JSON. */
export interface PatternRecord extends PatternVersion {
  readonly name: string;
  readonly kind: Plan['kind'];
  readonly source: string;
  readonly definition: { readonly [field: string]: Json };
  readonly plan: Plan;
}

/** What somebody publishes. `digest` is equal for definitions that say the same. */
export type NewPattern = Omit<PatternRecord, 'createdAt' | 'updatedAt'>;

/**
 * What became of it: a version that was not there; one that is there and says the same; one that took the place of another; or nothing, because the version is there and says
 * something else, there is no such pattern to add to, or there is no room.
 */
export type Published = 'created' | 'same' | 'replaced' | 'version_exists' | 'unknown_name' | 'too_many_patterns' | 'too_many_versions';

export interface PublishRules {
  /** Whether a version that says something else may be replaced. */
  readonly overwrite: boolean;
  /** Whether the name must be there already. */
  readonly existing: boolean;
}
