/** Rows of ledger entries as the protocol has them. */
import type { EntryPayload, LedgerEntry } from '../contracts/run/protocol';

export const ENTRY_COLUMNS = 'e.id, e.trajectory_id, e.parent, e.seq, e.payload, e.created_at';

export interface StoredEntry {
  id: string;
  trajectory_id: string;
  parent: string | null;
  seq: string;
  payload: EntryPayload;
  created_at: Date;
}

/** The kind is read from the payload, which is what the id covers. */
export const entryOfRow = (row: StoredEntry): LedgerEntry => ({
  id: row.id,
  trajectory_id: row.trajectory_id,
  parent: row.parent,
  seq: Number(row.seq),
  kind: row.payload.type,
  payload: row.payload,
  created_at: Math.floor(row.created_at.getTime() / 1_000),
});
