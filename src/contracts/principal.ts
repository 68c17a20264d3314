import type { Cause } from './actor';

/** Who calls: a tenant, a subject, scopes. Every route, stream and socket is checked against one of these. */
export interface Principal {
  readonly tenant: string;
  readonly subject: string;
  /** Names such as `threads:read`; `*` allows everything (open mode on loopback). */
  readonly scopes: readonly string[];
  /** Id of the API key that was sent; null for a token, and in open mode. Rate limits and the audit log tell callers apart by it. */
  readonly keyId: string | null;
  /** Holds `*` as its tenant: it may act in any, one at a time, and manage keys for all of them. */
  readonly operator: boolean;
  /** By which way, where it is not the API: what a schedule starts has no caller. */
  readonly via?: Cause['via'];
  /** Came in without a credential, while none was asked for. */
  readonly open?: true;
  /** Aborted when the key is revoked or expires: what is still open by then is closed. */
  readonly valid?: AbortSignal;
  /** When the token expires, in milliseconds since 1970; the same is closed then. */
  readonly expiresAt?: number;
}

/** The subject of whoever has not said, or not proved, who they are. */
export const ANONYMOUS = 'anonymous';

/** The principal of open mode: loopback only, no keys configured. */
export const OPEN_PRINCIPAL: Principal = { tenant: 'default', subject: 'local', scopes: ['*'], keyId: null, operator: true, open: true };
