/** Ids in requests of this surface: bare hex, or with the prefix of their kind, which every answer shows. */
import { bareId, ID_PREFIXES, type IdKind } from '../../domain/run/ledger/ids';
import { Fault } from '../../errors/fault';

/** The bare hex. Fault `run.invalid` (400) with the peer's text. */
export function requiredId(kind: IdKind, field: string, given: string, text: string): string {
  const bare = bareId(kind, given);
  if (bare !== null) return bare;
  throw new Fault('invalid', 'run.invalid', text, { field, reason: `expected 64 hex digits, with or without ${ID_PREFIXES[kind]} before them` });
}
