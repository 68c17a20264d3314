/** Signatures of commits: ed25519 over the canonical body with a null where the signature goes. The id of the commit is taken over the body with it. */
import type { KeyObject } from 'node:crypto';
import type { CommitBody } from '../../../contracts/run/protocol';
import { isSignedBy, signText } from '../../ed25519';
import { ledgerJson } from './hash';

const signedText = (body: Omit<CommitBody, 'signature'>): string => ledgerJson({ ...body, signature: null });

export const signCommit = (key: KeyObject, body: Omit<CommitBody, 'signature'>): CommitBody => ({ ...body, signature: signText(key, signedText(body)) });

/** The key that signed the body, of those given; null when none of them did. */
export const signerOf = (body: CommitBody, publicKeys: readonly string[]): string | null =>
  publicKeys.find((key) => body.signature !== null && isSignedBy(key, signedText(body), body.signature)) ?? null;
