/**
 * Writs: what a run may do, signed by the server (digest §4.4). The id is the hash of the body, so nobody can widen a writ and keep its id; the signature is over the same text.
 *
 * The server's key acts for the runs too: a writ's subject key is the key that signed it, and with that key the writs of its children are signed.
 */
import type { KeyObject } from 'node:crypto';
import type { Writ, WritBody } from '../../contracts/run/protocol';
import { isSignedBy, publicKeyHex, signText } from '../ed25519';
import { BUDGET_FIELDS } from './authority/budget';
import type { Grant } from './authority/grant';
import { CEILING_BITS, coveredBy, scopeNames } from './authority/scope';
import { ledgerJson } from './ledger/hash';
import { writId } from './ledger/ids';

export const WRIT_ISSUER = 'everthread';

export interface WritRequest {
  readonly tenant: string;
  readonly runId: string;
  /** Who asked for the run; null where nobody has a name. */
  readonly userId: string | null;
  readonly grant: Grant;
  /** Sixteen random bytes. */
  readonly nonce: readonly number[];
  /** Of a delegated run. */
  readonly parent: Writ | null;
}

export const writSubject = (runId: string, userId: string | null): string => (userId === null ? `run-${runId}` : `user-${userId}-run-${runId}`);

/** `key`: of a child, the one whose public half is the parent's subject key. */
export function mintWrit(key: KeyObject, { tenant, runId, userId, grant, nonce, parent }: WritRequest): Writ {
  const publicKey = publicKeyHex(key);
  const body: WritBody = {
    issuer: parent?.body.subject ?? WRIT_ISSUER,
    issuer_pubkey: publicKey,
    subject: writSubject(runId, userId),
    subject_pubkey: publicKey,
    nonce: [...nonce],
    parent: parent?.id ?? null,
    tenant_id: tenant,
    tool_scopes: grant.tool_scopes.map(({ tool }) => ({ tool })),
    budget: grant.budget,
    effect_ceiling: grant.effect_ceiling,
    time_window: grant.time_window,
    delegation: grant.delegation,
  };
  return { id: writId(body), body, signature: signText(key, ledgerJson(body)) };
}

/** Whether the id is that of the body, and the issuer's key signed it. Whether that key is to be believed is another question: see `issuers`. */
export function isWritSigned({ id, body, signature }: Writ, issuers?: readonly string[]): boolean {
  if (issuers && !issuers.includes(body.issuer_pubkey)) return false;
  return id === writId(body) && isSignedBy(body.issuer_pubkey, ledgerJson(body), signature);
}

/** Why a writ is not narrower than its parent; null: it is, in every respect. */
export function narrowingProblem(child: Writ, parent: Writ): string | null {
  const [inner, outer] = [child.body, parent.body];
  if (inner.parent !== parent.id) return 'it does not name this parent';
  if (inner.issuer_pubkey !== outer.subject_pubkey) return "its issuer is not the parent's subject";
  if (inner.tenant_id !== outer.tenant_id) return 'it is of another tenant';
  if (!outer.delegation.may_subdivide) return 'the parent may not be divided';
  if (inner.delegation.max_depth + 1 > outer.delegation.max_depth) {
    return `it may delegate ${inner.delegation.max_depth} deep, the parent ${outer.delegation.max_depth}`;
  }
  return beyond(inner, outer);
}

function beyond(inner: WritBody, outer: WritBody): string | null {
  const scope = scopeNames(inner.tool_scopes).find((name) => !coveredBy(scopeNames(outer.tool_scopes), name));
  if (scope !== undefined) return `the parent's scopes do not cover ${scope}`;
  const field = BUDGET_FIELDS.find((name) => inner.budget[name] > outer.budget[name]);
  if (field !== undefined) return `its budget of ${field} is ${inner.budget[field]}, the parent's ${outer.budget[field]}`;
  const bit = CEILING_BITS.find((name) => inner.effect_ceiling[name] && !outer.effect_ceiling[name]);
  if (bit !== undefined) return `the parent has no ${bit} effects`;
  if (inner.time_window.not_before < outer.time_window.not_before) return "its window begins before the parent's";
  return inner.time_window.expires_at > outer.time_window.expires_at ? "its window ends after the parent's" : null;
}

export const isNarrower = (child: Writ, parent: Writ): boolean => narrowingProblem(child, parent) === null;
