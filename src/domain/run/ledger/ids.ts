/** Ids of what a run's protocol speaks of: hashes of their content (digest §4.1). In ledger payloads they are bare hex, elsewhere they carry a prefix. */
import { utf8ToBytes } from '@noble/hashes/utils';
import type { CommitBody, EntryPayload, Intent, Proposal, Writ } from '../../../contracts/run/protocol';
import { contentHash, hashOfHex, hashOfText } from './hash';

export const intentId = (body: Intent['body']): string => contentHash(body);
export const proposalId = (body: Proposal['body']): string => contentHash(body);
/** Over the body with its signature: a commit that is signed anew is another commit. */
export const commitId = (body: CommitBody): string => contentHash(body);
/** Over the payload with its type: so the entry of a commit has another id than the commit. */
export const entryId = (payload: EntryPayload): string => contentHash(payload);
export const writId = (body: Writ['body']): string => contentHash(body);
export const skillId = (skill: unknown): string => contentHash(skill);
/** The trajectory of a run that starts from nothing: the hash of its writ id's 32 bytes. */
export const trajectoryId = (writ: string): string => hashOfHex(writ);
export const childTrajectoryId = (task: string, proposal: string): string => hashOfText(`delegate-${task}-proposal:${proposal}`);

/** The trajectory of a branch. The same commit may be branched again: every time but the first says by `run` whose branch it is. */
export const branchTrajectoryId = (source: string, commit: string, run?: string): string =>
  hashOfText(`branch-traj:${source}-commit:${commit}${run === undefined ? '' : `-run:${run}`}`);

const NONCE_BYTES = 16;

/** The nonce of an intent: the first sixteen bytes of the model's id of the call, filled up with zeros. */
export function nonceOf(callId: string): number[] {
  const bytes = utf8ToBytes(callId).slice(0, NONCE_BYTES);
  return [...bytes, ...Array.from({ length: NONCE_BYTES - bytes.length }, () => 0)];
}

/** Hash of the names and versions of the policies that were in force, in their order; `["writ.authority@1"]` is what a peer without further policies has. */
export const policySetHash = (policies: readonly string[]): string => contentHash(policies);
export const AUTHORITY_POLICY = 'writ.authority@1';

export const ID_PREFIXES = { intent: 'intent:', proposal: 'proposal:', commit: 'commit:', trajectory: 'traj:', writ: 'writ:', skill: 'skill:' } as const;
export type IdKind = keyof typeof ID_PREFIXES;

/** As sessions, reports and streams show it. */
export const prefixedId = (kind: IdKind, hex: string): string => `${ID_PREFIXES[kind]}${hex}`;

const HEX = /^[0-9a-f]{64}$/;

/** The bare hex of an id with or without its prefix, in lower case; null when it is neither. */
export function bareId(kind: IdKind, text: string): string | null {
  const prefix = ID_PREFIXES[kind];
  const hex = (text.startsWith(prefix) ? text.slice(prefix.length) : text).toLowerCase();
  return HEX.test(hex) ? hex : null;
}
