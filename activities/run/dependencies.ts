/** What the activities of runs need of the world. */
import type { ActorRef } from '../../src/contracts/actor';
import type { Ledger, Tools } from '../../src/contracts/run/ports';
import type { LedgerEntry, Writ, WritBody } from '../../src/contracts/run/protocol';
import type { Gates } from '../../src/domain/run/authority/compile';
import type { PolicySet } from '../../src/domain/run/authority/policies';
import type { Blobs, Effects } from '../ports';

/** The ledger, with what makes an entry and the receipt of what it tells of one fact. */
export interface SettlingLedger extends Ledger {
  /** Appends and settles in one transaction. When the effect has a receipt, or the entry stands, the first ones stay. */
  appendAndSettle(
    request: Parameters<Ledger['append']>[0] & {
      readonly effect: { readonly actor: ActorRef; readonly effectId: string; readonly receipt: (entry: LedgerEntry) => unknown };
    },
  ): Promise<LedgerEntry>;
}

export interface Writs {
  /** Null: no such writ of this tenant. `revoked`: of this one and of those it descends from, the ids of those that are revoked now. */
  find(tenant: string, writId: string): Promise<{ readonly writ: Writ; readonly revoked: readonly string[] } | null>;
  isSigned(writ: Writ): boolean;
  /** Signs a writ by the server's key and keeps it. */
  mint(body: Omit<WritBody, 'issuer' | 'issuer_pubkey' | 'subject_pubkey' | 'nonce'>): Promise<Writ>;
}

export interface RunDependencies {
  readonly ledger: SettlingLedger;
  readonly blobs: Blobs;
  readonly effects: Effects;
  readonly tools: Tools;
  readonly writs: Writs;
  /** In force now. */
  readonly policies: () => PolicySet;
  readonly gates: Gates;
  /** Takes secrets out of what goes into the ledger, to the model and to people. Pure. */
  readonly redact: <T>(value: T) => T;
}
