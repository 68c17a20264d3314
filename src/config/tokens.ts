/** What the settings of tokens must be together, which none of them can say alone. */

interface TokenSettings {
  readonly EVERTHREAD_JWT_JWKS_URL?: string | undefined;
  readonly EVERTHREAD_JWT_PUBLIC_KEY_FILE?: string | undefined;
  readonly EVERTHREAD_JWT_ISSUER?: string | undefined;
  readonly EVERTHREAD_JWT_AUDIENCE?: string | undefined;
}

interface Issue {
  readonly variable: string;
  readonly reason: string;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * A public key is the issuer's for whatever it signs: without `iss` and `aud` a token that was made for another program would be one for us. Keys that
 * come without TLS could be anybody's.
 */
export function tokenIssues(settings: TokenSettings): readonly Issue[] {
  const { EVERTHREAD_JWT_JWKS_URL: jwks, EVERTHREAD_JWT_PUBLIC_KEY_FILE: file } = settings;
  const source = jwks ? 'EVERTHREAD_JWT_JWKS_URL' : file ? 'EVERTHREAD_JWT_PUBLIC_KEY_FILE' : null;
  if (source === null) return [];
  const issues: Issue[] = (['EVERTHREAD_JWT_ISSUER', 'EVERTHREAD_JWT_AUDIENCE'] as const)
    .filter((variable) => !settings[variable])
    .map((variable) => ({ variable, reason: `expected with ${source}` }));
  if (jwks && file) issues.push({ variable: 'EVERTHREAD_JWT_PUBLIC_KEY_FILE', reason: 'expected without EVERTHREAD_JWT_JWKS_URL' });
  if (jwks && new URL(jwks).protocol === 'http:' && !LOOPBACK.test(new URL(jwks).hostname))
    issues.push({ variable: 'EVERTHREAD_JWT_JWKS_URL', reason: 'expected https:, or an address of this machine' });
  return issues;
}
