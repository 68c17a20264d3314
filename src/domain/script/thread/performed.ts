/** What comes of a step that was performed. */
import type { StoredValue } from '../../../contracts/execution/value';

/** How it goes on: with the next step (`value` null: it gives none), at another one, at the one before, or not at all. */
export type Flow =
  | { readonly kind: 'next'; readonly value: StoredValue | null }
  | { readonly kind: 'goto'; readonly label: string }
  | { readonly kind: 'back' }
  | { readonly kind: 'emit' };

export interface Performed {
  /** Null: it gives none. */
  readonly value: StoredValue | null;
  /** Where it does not go on with the next step. */
  readonly flow?: Exclude<Flow, { readonly kind: 'next' }>;
  /** What is known after it beside its own name. */
  readonly binds?: Readonly<Record<string, StoredValue>>;
  readonly input?: StoredValue | null;
  readonly executionId?: string | null;
}
