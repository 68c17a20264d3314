/**
 * Which runs a caller may read. A run of a thread is its owner's, as the thread is: to others it is not there. Administrators see that it is there, answer what it waits for and cancel
 * it; what was said and done in it is not shown to them either.
 */
import type { Principal } from '../../contracts/principal';
import { maySee } from '../../domain/conversation/access';
import { bareId } from '../../domain/run/ledger/ids';
import { Fault } from '../../errors/fault';
import type { RunReads, RunRow } from './ports';

type Caller = Pick<Principal, 'tenant' | 'subject' | 'scopes'>;

/** Whether everything of it is shown. */
export const isShown = ({ owner }: Pick<RunRow, 'owner'>, { subject }: Pick<Principal, 'subject'>): boolean => owner === null || owner === subject;

/** Null also for another tenant's run, and for what is somebody else's. For what administrators do too: its record, its approvals, its end. */
export async function findFromOutside(reads: Pick<RunReads, 'find'>, caller: Caller, id: string): Promise<RunRow | null> {
  const row = await reads.find(caller.tenant, bareId('trajectory', id) ?? id);
  return row && (row.owner === null || maySee(caller, { ownerUserId: row.owner })) ? row : null;
}

/** Fault `run.not_found`. */
export async function knownFromOutside(reads: Pick<RunReads, 'find'>, caller: Caller, id: string, text = 'run not found'): Promise<RunRow> {
  const row = await findFromOutside(reads, caller, id);
  if (!row) throw new Fault('not_found', 'run.not_found', text, { runId: id.slice(0, 200) });
  return row;
}

/** Faults: `run.not_found`; `run.owner_only` (forbidden) for administrators where it is somebody else's. */
export async function existing(reads: Pick<RunReads, 'find'>, caller: Caller, id: string, text = 'run not found'): Promise<RunRow> {
  const row = await knownFromOutside(reads, caller, id, text);
  if (!isShown(row, caller)) throw new Fault('forbidden', 'run.owner_only', "what a thread's run says is its owner's alone", { runId: row.runId });
  return row;
}
