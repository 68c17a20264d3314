/** Entries that somebody exported, of this system or of a peer, checked by nothing but themselves and, where they are known, the public keys of who signed them. */
import { z } from 'zod';
import { parse } from '../../../contracts/parse';
import { LedgerEntry } from '../../../contracts/run/protocol';
import { Fault } from '../../../errors/fault';
import { verifyTrajectory, type Pins, type Verdict } from './verify';

/** Of one export. */
export const EXPORT_MAX_ENTRIES = 100_000;

/** As `GET /audit/entries` answers, or a list of entries. Exports do not say the parent; what they do not say is not checked. */
const Exported = z.array(LedgerEntry.omit({ parent: true }).extend({ parent: LedgerEntry.shape.parent.optional() })).max(EXPORT_MAX_ENTRIES);

export interface CheckedTrajectory {
  readonly trajectory_id: string;
  readonly entries: number;
  readonly commits: number;
  readonly verdict: Verdict;
}

/** The entries of an export, unchecked. Faults `ledger.export_invalid` (invalid) for text that is no JSON, and with the `field` for JSON that is no export. */
export function readExport(text: string): readonly LedgerEntry[] {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    throw new Fault('invalid', 'ledger.export_invalid', 'The export is not JSON.', {}, error as Error);
  }
  const entries = Array.isArray(read) ? (read as unknown[]) : (read as { entries?: unknown } | null)?.entries;
  parse(Exported, entries, 'ledger.export_invalid');
  // What was read and not what the schema made of it: the ids are over every field that is there.
  const told = entries as readonly (Omit<LedgerEntry, 'parent'> & { readonly parent?: string | null })[];
  const last = new Map<string, string>();
  return [...told]
    .sort((a, b) => a.seq - b.seq)
    .map((entry) => {
      const before = last.get(entry.trajectory_id) ?? null;
      last.set(entry.trajectory_id, entry.id);
      return { ...entry, parent: entry.parent === undefined ? before : entry.parent };
    });
}

/** Each trajectory by itself, in the order of their first entries; of a branch not the one that it grew from. */
export function checkExport(entries: readonly LedgerEntry[], pins: Pins): readonly CheckedTrajectory[] {
  const trajectories = new Map<string, LedgerEntry[]>();
  for (const entry of entries) {
    const own = trajectories.get(entry.trajectory_id);
    if (own) own.push(entry);
    else trajectories.set(entry.trajectory_id, [entry]);
  }
  return [...trajectories].map(([trajectory_id, own]) => ({
    ...{ trajectory_id, entries: own.length, commits: own.filter(({ kind }) => kind === 'commit').length },
    verdict: verifyTrajectory(own, pins) ?? { status: 'ok' },
  }));
}
