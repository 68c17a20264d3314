/**
 * Anchors: one hash that stands for all entries of a trajectory so far. Noted elsewhere, it shows later that none of them was changed, also where somebody could have
 * written a whole new chain.
 *
 * The root of a Merkle tree over the 32 bytes of the entries' ids in their order: a parent is the BLAKE3 of its two children's bytes one after the other, the last of an odd
 * level is taken twice, and a single id is its own root. Because of the doubling a root says which entries only together with their number.
 */
import type { LedgerEntry } from '../../../contracts/run/protocol';
import { hashOfHex } from './hash';

export interface Anchor {
  readonly trajectory_id: string;
  readonly entries: number;
  /** Seq and id of the last of them. */
  readonly head_seq: number;
  readonly head_id: string;
  readonly root: string;
}

export function merkleRoot(ids: readonly string[]): string | null {
  let level = ids;
  while (level.length > 1) {
    const pairs: string[] = [];
    for (let at = 0; at < level.length; at += 2) pairs.push(hashOfHex(level[at] as string, (level[at + 1] ?? level[at]) as string));
    level = pairs;
  }
  return level[0] ?? null;
}

/** Of the entries of one trajectory from its first; null when there are none. */
export function anchorOf(entries: readonly LedgerEntry[]): Anchor | null {
  const [root, head] = [merkleRoot(entries.map(({ id }) => id)), entries.at(-1)];
  return root && head ? { trajectory_id: head.trajectory_id, entries: entries.length, head_seq: head.seq, head_id: head.id, root } : null;
}
