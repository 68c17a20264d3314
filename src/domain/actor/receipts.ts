/**
 * What an actor remembers of the commands it took: request id → reply. Temporal forgets update ids when a workflow continues as
 * new, so the memory is part of the carried state. Bounded: the oldest receipts go first.
 */
import { LIMITS } from '../../contracts/actor';

export type Reply = Readonly<Record<string, unknown>>;
/** Oldest first. Plain JSON, so that it survives continue-as-new. */
export type Receipts = readonly (readonly [requestId: string, reply: Reply])[];

/** Lookup beside the list; rebuilt from it, never carried. */
export class ReceiptBook {
  private readonly byId: Map<string, Reply>;

  constructor(carried: Receipts = []) {
    this.byId = new Map(carried);
  }

  get(requestId: string): Reply | undefined {
    return this.byId.get(requestId);
  }

  keep(requestId: string, reply: Reply): void {
    this.byId.set(requestId, reply);
    // A Map iterates in insertion order: its first key is the oldest receipt.
    while (this.byId.size > LIMITS.receipts) this.byId.delete(this.byId.keys().next().value as string);
  }

  carry(): Receipts {
    return [...this.byId];
  }
}
