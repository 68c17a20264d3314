/** Entries of ledgers for tests: those that a peer made, and chains of our own. */
import { z } from 'zod';
import { IntentBody, LedgerEntry, ProposalBody, type DeltaOp, type EntryPayload } from '../../src/contracts/run/protocol';
import { commitId, entryId, AUTHORITY_POLICY, policySetHash } from '../../src/domain/run/ledger/ids';
import { hashOfText } from '../../src/domain/run/ledger/hash';
import type { EntryDraft } from '../../src/contracts/run/ports';
import vectors from '../unit/run/ledger-vectors.json';

/** What a peer wrote and showed: a run of six commits, and the ids that belong to it. */
export const peer = {
  ...vectors,
  entries: z.array(LedgerEntry).parse(vectors.entries),
  intent: { ...vectors.intent, body: IntentBody.omit({ nonce: true }).parse(vectors.intent.body) },
  proposal: { ...vectors.proposal, body: ProposalBody.parse(vectors.proposal.body) },
};

let made = 0;
/** A hash that no other call gave. */
export const newHash = (): string => hashOfText(`test ${process.pid} ${(made += 1)} ${process.hrtime.bigint()}`);

/** The draft of a commit that follows on a head. */
export function commitDraft(trajectory: string, head: { readonly id: string; readonly seq: number }, delta: readonly DeltaOp[] = []): EntryDraft {
  return {
    type: 'commit',
    body: {
      parent: [head.id],
      ...{ trajectory_id: trajectory, proposal_id: newHash(), intent_id: newHash(), writ_id: newHash(), seq: head.seq + 1, delta: [...delta] },
      observations: [{ tool: 'kv_set', output: { wrote: true }, latency_ms: 1 }],
      policy_trace: { rules_evaluated: ['writ.authority'], decision: { kind: 'permit' } },
      compiler_version: 'everthread-compiler/1',
      policy_set_hash: policySetHash([AUTHORITY_POLICY]),
      budget_cost: { tokens: 0, tool_calls: 1, wall_clock_ms: 1, usd_millicents: 0 },
    },
  };
}

/** The entry that a payload makes after another. */
export function entryAfter(before: LedgerEntry | null, trajectory: string, payload: EntryPayload): LedgerEntry {
  const place = { parent: before?.id ?? null, seq: (before?.seq ?? -1) + 1 };
  return { id: entryId(payload), trajectory_id: trajectory, ...place, kind: payload.type, payload, created_at: 1_700_000_000 };
}

export function payloadOf(draft: EntryDraft, signature: string | null = null): EntryPayload {
  if (draft.type !== 'commit') return draft;
  const body = { ...draft.body, signature };
  return { type: 'commit', id: commitId(body), body };
}

/** A whole trajectory: a root, then one commit for each delta. */
export function chainOf(trajectory: string, deltas: readonly (readonly DeltaOp[])[]): LedgerEntry[] {
  const entries = [entryAfter(null, trajectory, { type: 'root', trajectory_id: trajectory, note: 'a test' })];
  for (const delta of deltas) {
    const last = entries.at(-1) as LedgerEntry;
    entries.push(entryAfter(last, trajectory, payloadOf(commitDraft(trajectory, last, delta))));
  }
  return entries;
}
