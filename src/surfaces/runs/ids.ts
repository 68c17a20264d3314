/** Ids as clients of this surface write them: bare hex, or with the prefix of their kind, which every answer shows. */
import { Fault } from '../../errors/fault';

type IdKind = 'intent' | 'proposal' | 'commit' | 'traj' | 'writ' | 'skill';

const HASH = /^[0-9a-f]{64}$/;

/** The bare hex of an id given either way; null for anything else. */
export function bareId(kind: IdKind, given: string): string | null {
  const bare = given.startsWith(`${kind}:`) ? given.slice(kind.length + 1) : given;
  return HASH.test(bare) ? bare : null;
}

/** `commit:<hex>`. */
export const shownId = (kind: IdKind, hex: string): string => `${kind}:${hex}`;

/** Fault `run.invalid` (400) with the peer's text. */
export function requiredId(kind: IdKind, field: string, given: string, text: string): string {
  const bare = bareId(kind, given);
  if (bare !== null) return bare;
  throw new Fault('invalid', 'run.invalid', text, { field, reason: `expected 64 hex digits, with or without ${kind}: before them` });
}
