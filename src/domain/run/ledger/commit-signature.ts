/** Signatures of commits: ed25519 over the canonical body with a null where the signature goes. The id of the commit is taken over the body with it. */
import type { KeyObject } from 'node:crypto';
import type { CommitBody } from '../../../contracts/run/protocol';
import { isSignedBy, publicKeyOf, signText } from '../../ed25519';
import { ledgerJson } from './hash';

const signedText = (body: Omit<CommitBody, 'signature'>): string => ledgerJson({ ...body, signature: null });

export const signCommit = (key: KeyObject, body: Omit<CommitBody, 'signature'>): CommitBody => ({ ...body, signature: signText(key, signedText(body)) });

/** Says of a body which of the keys signed it; null when none of them did. Each body is looked at once: checks and reports ask both. */
export function signers(publicKeys: readonly string[]): (body: CommitBody) => string | null {
  const keys = publicKeys.flatMap((hex) => {
    const key = publicKeyOf(hex);
    return key ? [{ hex, key }] : [];
  });
  const known = new WeakMap<CommitBody, string | null>();
  return (body) => {
    const { signature } = body;
    if (signature === null) return null;
    const before = known.get(body);
    if (before !== undefined) return before;
    const text = signedText(body);
    // Whoever signed last is likely to be the current one.
    const signer = keys.findLast(({ key }) => isSignedBy(key, text, signature))?.hex ?? null;
    known.set(body, signer);
    return signer;
  };
}
