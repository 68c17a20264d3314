/** What preparation needs from the composition root. */
import type { ActorRef } from '../../src/contracts/actor';
import type { Memory, ThreadSpecs, Workspaces } from '../ports';
import type { Git } from './git';

export interface PreparationDependencies {
  readonly hostId: string;
  /** Absolute. Worktrees, directories without a repository and the caches of clones live below it; nothing else should. */
  readonly workspacesDir: string;
  readonly git: Git;
  readonly workspaces: Workspaces;
  readonly memory: Memory;
  readonly specs: Pick<ThreadSpecs, 'read'>;
  /** Replaces the secrets of a thread in anything; what an activity returns is kept by Temporal. */
  redactionFor(actor: ActorRef): Promise<<T>(value: T) => T>;
  /** Directories of this host below which `workspace.path` and local repositories may lie; null: anywhere. */
  readonly localRoots: readonly string[] | null;
  /** What `owner/name` stands for; a URL that ends with a slash. */
  readonly shorthandBase: string;
  /** The clock, for the age of experiences. */
  readonly now: () => Date;
}

export const GITHUB = 'https://github.com/';
