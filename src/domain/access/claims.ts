/** From the claims of a verified token to what its bearer may do. */
import { TENANT_FORM, ANY_TENANT } from '../../contracts/tenant';
import { Fault } from '../../errors/fault';

export interface ClaimRules {
  /** Names of the claims that may hold the tenant; the first that is there decides. */
  readonly tenantClaims: readonly string[];
  /** The tenant of tokens that name none; null: they are refused. */
  readonly tenant: string | null;
  /** Names of scopes that mean something here. */
  readonly knownScopes: readonly string[];
}

export interface TokenGrant {
  readonly subject: string;
  readonly tenants: readonly string[];
  readonly scopes: readonly string[];
  /** When the token expires, in milliseconds since 1970. */
  readonly expiresAt: number | null;
}

/** Areas that somebody who builds with agents works in. */
const BUILDING = ['threads', 'patterns', 'executions', 'agents', 'agent', 'runs', 'scripts', 'schedules', 'webhooks'];

/** What a role means in scopes (digest: parallax §2.14). A role that is not named here means nothing. */
export const ROLE_SCOPES: Readonly<Record<string, readonly string[]>> = {
  admin: ['admin'],
  operator: [...BUILDING.map((area) => `${area}:*`), 'metrics:read'],
  developer: BUILDING.map((area) => `${area}:*`),
  viewer: BUILDING.map((area) => `${area}:read`),
};

const words = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return value.split(/[\s,]+/).filter(Boolean);
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
};

const MAX = { tenants: 100, words: 200, subject: 256 };

/** Faults (unauthenticated): `access.token_subject` without a usable `sub`, `access.token_tenant` without a usable tenant. */
export function grantOf(claims: Readonly<Record<string, unknown>>, rules: ClaimRules): TokenGrant {
  const subject = claims.sub;
  if (typeof subject !== 'string' || subject === '' || subject.length > MAX.subject)
    throw new Fault('unauthenticated', 'access.token_subject', 'The token names nobody: a `sub` of 1 to 256 characters is needed.');
  const claim = rules.tenantClaims.find((name) => Object.hasOwn(claims, name));
  const named = claim === undefined ? (rules.tenant === null ? [] : [rules.tenant]) : [...new Set(words(claims[claim]))];
  if (named.length === 0 || named.length > MAX.tenants || !named.every((tenant) => tenant === ANY_TENANT || TENANT_FORM.test(tenant)))
    throw new Fault('unauthenticated', 'access.token_tenant', 'The token names no usable tenant.', { claims: rules.tenantClaims });
  const known = new Set(rules.knownScopes);
  const asked = [...words(claims.scope), ...words(claims.scopes), ...words(claims.scp)].slice(0, MAX.words);
  const roles = [...words(claims.roles), ...words(claims.role)].slice(0, MAX.words);
  const fromRoles = roles.flatMap((role) => (Object.hasOwn(ROLE_SCOPES, role) ? (ROLE_SCOPES[role] as readonly string[]) : []));
  return {
    subject,
    tenants: named,
    scopes: [...new Set([...asked.filter((scope) => known.has(scope)), ...fromRoles])],
    expiresAt: typeof claims.exp === 'number' ? claims.exp * 1_000 : null,
  };
}
