/** What the activities of runs need of the world. */
import type { Ledger, Tools } from '../../src/contracts/run/ports';
import type { Intents } from '../../src/contracts/run/thinking';
import type { Writ } from '../../src/contracts/run/protocol';
import type { Gates } from '../../src/domain/run/authority/compile';
import type { WritRequest } from '../../src/domain/run/writ';
import type { PolicySet } from '../../src/domain/run/authority/policies';
import type { Blobs, Effects, Frames } from '../ports';

export interface Writs {
  /** Null: no such writ of this tenant. */
  find(tenant: string, writId: string): Promise<{ readonly writ: Writ } | null>;
  /** Of this one and of those it descends from, the ids of those that are revoked now. */
  revoked(tenant: string, writId: string): Promise<readonly string[]>;
  /** Signed by the server's key, not yet kept. Fault `run.writ_not_narrower` (forbidden). */
  mint(request: Omit<WritRequest, 'nonce'>): Promise<Writ>;
  keep(runId: string, writ: Writ): Promise<void>;
}

export interface RunDependencies {
  readonly ledger: Ledger;
  readonly blobs: Blobs;
  readonly intents: Pick<Intents, 'keepProposal'>;
  readonly effects: Effects;
  readonly tools: Tools;
  readonly writs: Writs;
  /** In force now. */
  readonly policies: () => PolicySet;
  readonly gates: Gates;
  /** Takes secrets out of what goes into the ledger, to the model and to people. Pure. */
  readonly redact: <T>(value: T) => T;
  /** The values that `redact` knows. */
  readonly knownSecrets: readonly string[];
  /** For what programs write while they write it. */
  readonly frames: Frames;
}
