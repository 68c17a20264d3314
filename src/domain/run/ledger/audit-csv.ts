/** Entries as CSV (RFC 4180, with line feeds), in the columns of digest §2.20. The payload is the very text whose hash is the id, so an export can be checked by itself. */
import type { LedgerEntry } from '../../../contracts/run/protocol';
import { ledgerJson } from './hash';

const COLUMNS = ['id', 'trajectory_id', 'seq', 'kind', 'created_at', 'payload'] as const;

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

const rowOf = ({ id, trajectory_id, seq, kind, created_at, payload }: LedgerEntry): string =>
  [id, trajectory_id, seq, kind, created_at, quoted(ledgerJson(payload))].join(',');

export const auditCsv = (entries: readonly LedgerEntry[]): string => [COLUMNS.join(','), ...entries.map(rowOf)].map((line) => `${line}\n`).join('');
