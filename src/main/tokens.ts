/**
 * JSON Web Tokens as credentials, verified by `jose`: RS256, ES256 and EdDSA against a JWKS or one public key, HS256 against a shared secret. Each source
 * admits its own algorithms only, so that a public key is never taken for a secret and `none` for an answer.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FetchImplementation, JWTPayload, JWTVerifyOptions } from 'jose' with { 'resolution-mode': 'import' };
import type { Config } from '../config/config';
import { grantOf, type TokenGrant } from '../domain/access/claims';
import { Fault } from '../errors/fault';
import { GRANTABLE_SCOPES } from '../surfaces/http/scope';

type TokenConfig = Config['auth']['jwt'];
type Verify = (token: string, options: JWTVerifyOptions) => Promise<{ readonly payload: JWTPayload }>;

/** Patience with an issuer that publishes its keys. All in milliseconds. */
export interface Patience {
  /** How long its answer may take. */
  readonly answerMs: number;
  /** How long its keys are believed without asking again. */
  readonly believedMs: number;
  /** A token with a key that nobody knows makes us ask again, after this at the earliest. */
  readonly unknownKeyMs: number;
  /** After a failure nobody asks again for so long: tokens must not hammer an issuer that is down. */
  readonly failedMs: number;
  readonly now: () => number;
}
const PATIENCE: Patience = { answerMs: 5_000, believedMs: 10 * 60_000, unknownKeyMs: 30_000, failedMs: 5_000, now: () => performance.now() };
/** Clocks of issuers may differ by so much. */
const CLOCK_TOLERANCE_S = 30;
const PUBLIC_ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];

export const acceptsTokens = (jwt: TokenConfig): boolean => jwt.jwksUrl !== null || jwt.publicKeyFile !== null || jwt.secret !== null;

/** Verifies tokens as the configuration says. Fault `config.jwt_key` (invalid) when the key file cannot be used. */
export async function tokenVerifier(jwt: TokenConfig, patience: Partial<Patience> = {}): Promise<(token: string) => Promise<TokenGrant>> {
  // Loaded when it is needed: the package is an ES module.
  const jose = await import('jose');
  const options: JWTVerifyOptions = {
    requiredClaims: ['exp'],
    clockTolerance: CLOCK_TOLERANCE_S,
    ...(jwt.issuer !== null && { issuer: jwt.issuer }),
    ...(jwt.audience !== null && { audience: jwt.audience }),
  };
  const ways = new Map<string, Verify>();
  if (jwt.secret !== null) {
    const secret = new TextEncoder().encode(jwt.secret);
    ways.set('HS256', (token, more) => jose.jwtVerify(token, secret, { ...more, algorithms: ['HS256'] }));
  }
  if (jwt.publicKeyFile !== null) {
    const key = readPublicKey(jwt.publicKeyFile);
    const algorithm = algorithmOf(key, jwt.publicKeyFile);
    ways.set(algorithm, (token, more) => jose.jwtVerify(token, key, { ...more, algorithms: [algorithm] }));
  }
  if (jwt.jwksUrl !== null) {
    const { answerMs, believedMs, unknownKeyMs, ...rest } = { ...PATIENCE, ...patience };
    const keys = jose.createRemoteJWKSet(new URL(jwt.jwksUrl), {
      ...{ timeoutDuration: answerMs, cacheMaxAge: believedMs, cooldownDuration: unknownKeyMs },
      [jose.customFetch]: patientFetch(rest),
    });
    for (const algorithm of PUBLIC_ALGORITHMS) ways.set(algorithm, (token, more) => jose.jwtVerify(token, keys, { ...more, algorithms: PUBLIC_ALGORITHMS }));
  }
  return async (token) => {
    try {
      const way = ways.get(algorithmIn(token, jose.decodeProtectedHeader));
      if (!way)
        throw new Fault('unauthenticated', 'access.token_invalid', 'The token is signed in a way that is not accepted.', { accepted: [...ways.keys()] });
      const { payload } = await way(token, options);
      return grantOf(payload, { tenantClaims: jwt.tenantClaims, tenant: jwt.tenant, knownScopes: GRANTABLE_SCOPES });
    } catch (problem) {
      throw refusalOf(problem);
    }
  };
}

/** What the token says it is signed by. What is no token at all says nothing, and is its sender's fault. */
function algorithmIn(token: string, decode: (token: string) => { readonly alg?: unknown }): string {
  try {
    return String(decode(token).alg);
  } catch {
    throw refused('access.token_invalid', 'This is not a token.');
  }
}

const unreachable = (cause?: Error): Fault =>
  new Fault('unavailable', 'access.issuer_unreachable', 'The keys of the token’s issuer cannot be had at the moment.', {}, cause);

/** Asks the issuer, unless it failed a moment ago. What it answers counts as had once it was read and is a set of keys. */
function patientFetch({ failedMs, now }: Pick<Patience, 'failedMs' | 'now'>): FetchImplementation {
  let notBefore = -Infinity;
  return async (url, options) => {
    if (now() < notBefore) throw unreachable();
    try {
      const response = await fetch(url, options);
      const published: unknown = response.status === 200 ? await response.json() : null;
      if (!Array.isArray((published as { readonly keys?: unknown } | null)?.keys)) throw unreachable();
      return Response.json(published);
    } catch (problem) {
      notBefore = now() + failedMs;
      throw problem instanceof Fault ? problem : unreachable(problem as Error);
    }
  };
}

const refused = (code: string, message: string): Fault => new Fault('unauthenticated', code, message);

/** What `jose` throws, in our words. An issuer that cannot be reached is not the caller's fault, and never opens the door. */
function refusalOf(problem: unknown): Fault {
  if (problem instanceof Fault) return problem;
  const { code, claim } = problem as { readonly code?: string; readonly claim?: string };
  if (code === 'ERR_JWT_EXPIRED') return refused('access.token_expired', 'The token has expired.');
  if (code === 'ERR_JWT_CLAIM_VALIDATION_FAILED')
    return refused('access.token_invalid', `The token's claim ${claim ?? ''} is missing or not the one expected.`);
  if (code === 'ERR_JWKS_NO_MATCHING_KEY') return refused('access.token_invalid', 'The token is signed with a key that its issuer does not publish.');
  if (code === 'ERR_JWKS_INVALID' || !code?.startsWith('ERR_J')) return unreachable(problem as Error);
  return refused('access.token_invalid', 'The token is not valid.');
}

function readPublicKey(path: string): KeyObject {
  try {
    return createPublicKey(readFileSync(path));
  } catch (problem) {
    throw new Fault('invalid', 'config.jwt_key', `EVERTHREAD_JWT_PUBLIC_KEY_FILE: ${path} holds no public key in PEM.`, { path }, problem as Error);
  }
}

function algorithmOf(key: KeyObject, path: string): string {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'rsa' && (details?.modulusLength ?? 0) >= 2048) return 'RS256';
  if (type === 'ec' && details?.namedCurve === 'prime256v1') return 'ES256';
  if (type === 'ed25519') return 'EdDSA';
  const message = `EVERTHREAD_JWT_PUBLIC_KEY_FILE: expected an RSA key of at least 2048 bits, a P-256 key or an Ed25519 key in ${path}.`;
  throw new Fault('invalid', 'config.jwt_key', message, { path });
}
