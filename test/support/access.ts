/** The real authenticator over a real database, with keys and tokens of every kind that must be let in or turned away. */
import { createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KEY_BYTES, newKey } from '../../src/domain/access/api-key';
import { Authenticator } from '../../src/main/authenticator';
import { tokenVerifier } from '../../src/main/tokens';
import { testStore, type TestStore } from './database';

export const ISSUER = 'https://issuer.example';
export const AUDIENCE = 'everthread';
const SECRET = 's'.repeat(40);

export interface AccessWorld {
  readonly authenticator: Authenticator;
  readonly store: TestStore;
  /** A new key. */
  key(tenant: string, scopes: readonly string[]): Promise<{ readonly key: string; readonly id: string }>;
  /** A signed token; by default a good one of the issuer, by ES256. */
  token(claims: Readonly<Record<string, unknown>>, how?: TokenOptions): Promise<string>;
  close(): Promise<void>;
}

export interface TokenOptions {
  readonly by?: 'issuer' | 'secret' | 'stranger' | 'public-key-as-secret' | 'nobody';
  readonly expiresIn?: string;
  readonly issuer?: string;
  readonly audience?: string;
}

export async function accessWorld(): Promise<AccessWorld> {
  const store = await testStore();
  const folder = mkdtempSync(join(process.env['EVERTHREAD_TEST_RUN'] ?? tmpdir(), 'jwt-'));
  const [issuer, stranger] = [generateKeyPairSync('ec', { namedCurve: 'prime256v1' }), generateKeyPairSync('ec', { namedCurve: 'prime256v1' })];
  const publicPem = issuer.publicKey.export({ type: 'spki', format: 'pem' });
  const publicKeyFile = join(folder, 'public.pem');
  writeFileSync(publicKeyFile, publicPem);
  const jwt = { jwksUrl: null, publicKeyFile, secret: SECRET, issuer: ISSUER, audience: AUDIENCE, tenantClaims: ['tenant'], tenant: null };
  const verifyToken = await tokenVerifier(jwt);
  let forget = (): void => undefined;
  const { hears } = await store.store.watchKeys(() => forget());
  const authenticator = new Authenticator({ keys: store.store.keys, hears, verifyToken }, true);
  forget = () => authenticator.forget();
  const { SignJWT, UnsecuredJWT } = await import('jose');
  return {
    authenticator,
    store,
    async key(tenant, scopes) {
      const { key, ...stored } = newKey('pk_live', randomBytes(KEY_BYTES));
      const { id } = await store.store.keys.create({
        ...{ tenant, scopes, name: 'test', createdBy: 'test', expiresAt: null },
        ...stored,
      });
      return { key, id };
    },
    async token(claims, { by = 'issuer', expiresIn = '5m', issuer: iss = ISSUER, audience = AUDIENCE } = {}) {
      if (by === 'nobody') return new UnsecuredJWT(claims).setIssuer(iss).setAudience(audience).setExpirationTime(expiresIn).encode();
      const [algorithm, key] = {
        issuer: ['ES256', issuer.privateKey] as const,
        stranger: ['ES256', stranger.privateKey] as const,
        secret: ['HS256', createSecretKey(SECRET, 'utf8')] as const,
        'public-key-as-secret': ['HS256', createSecretKey(Buffer.from(publicPem))] as const,
      }[by];
      return new SignJWT(claims).setProtectedHeader({ alg: algorithm }).setIssuer(iss).setAudience(audience).setExpirationTime(expiresIn).sign(key);
    },
    async close() {
      await authenticator.stop();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
