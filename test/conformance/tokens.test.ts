import { createServer, type Server } from 'node:http';
import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tokenVerifier } from '../../src/main/tokens';

const ISSUER = 'https://issuer.example';
const AUDIENCE = 'everthread';
const SECRET = 's'.repeat(40);
const NONE = { jwksUrl: null, publicKeyFile: null, secret: null, issuer: ISSUER, audience: AUDIENCE, tenantClaims: ['tenant'], tenant: null };

const KINDS = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
};
type Algorithm = keyof typeof KINDS;

interface Pair {
  readonly alg: Algorithm;
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}
const pair = (alg: Algorithm): Pair => ({ alg, kid: randomUUID(), ...KINDS[alg]() });

async function signed(key: KeyObject | Uint8Array, header: { readonly alg: string; readonly kid?: string }): Promise<string> {
  const { SignJWT } = await import('jose');
  return new SignJWT({ sub: 'ada', tenant: 'acme', scope: 'threads:read' })
    .setProtectedHeader(header)
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setExpirationTime('5m')
    .sign(key);
}
const signedBy = ({ alg, kid, privateKey }: Pair): Promise<string> => signed(privateKey, { alg, kid });

/** An issuer on loopback: what it publishes, how it answers, and how often it was asked. */
class Issuer {
  keys: readonly Pair[] = [];
  answer: 'keys' | 'error' | 'nonsense' | 'silence' = 'keys';
  asked = 0;
  private constructor(private readonly server: Server) {}

  static async start(): Promise<Issuer> {
    const server = createServer();
    const issuer = new Issuer(server);
    server.on('request', (_request, response) => {
      issuer.asked += 1;
      if (issuer.answer === 'silence') return;
      response.statusCode = issuer.answer === 'error' ? 500 : 200;
      const keys = issuer.keys.map(({ publicKey, alg, kid }) => ({ ...publicKey.export({ format: 'jwk' }), alg, kid, use: 'sig' }));
      response.end(issuer.answer === 'nonsense' ? '<html>' : JSON.stringify({ keys }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/keys`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

let issuer: Issuer;
let folder: string;
beforeEach(async () => {
  issuer = await Issuer.start();
  folder = mkdtempSync(join(process.env['EVERTHREAD_TEST_RUN'] ?? tmpdir(), 'tokens-'));
});
afterEach(async () => {
  await issuer.stop();
  rmSync(folder, { recursive: true, force: true });
});

const pemOf = ({ publicKey }: Pair): string => {
  const path = join(folder, `${randomUUID()}.pem`);
  writeFileSync(path, publicKey.export({ type: 'spki', format: 'pem' }));
  return path;
};
const grant = { subject: 'ada', tenants: ['acme'], scopes: ['threads:read'] };
const invalid = { kind: 'unauthenticated', code: 'access.token_invalid' };
const unreachable = { kind: 'unavailable', code: 'access.issuer_unreachable' };

describe('a token', () => {
  it.each(Object.keys(KINDS) as Algorithm[])('by %s is taken from its key in a file and from published keys, and nobody else’s is', async (alg) => {
    const [mine, other] = [pair(alg), pair(alg)];
    issuer.keys = [mine];
    for (const source of [{ publicKeyFile: pemOf(mine) }, { jwksUrl: issuer.url }]) {
      const verify = await tokenVerifier({ ...NONE, ...source });

      expect(await verify(await signedBy(mine))).toMatchObject(grant);
      await expect(verify(await signed(other.privateKey, { alg, kid: mine.kid }))).rejects.toMatchObject(invalid);
    }
  });

  it('by HS256 is taken from who knows the secret, and from nobody where a public key decides', async () => {
    const rsa = pair('RS256');
    issuer.keys = [rsa];
    const good = await signed(Buffer.from(SECRET), { alg: 'HS256' });
    const confused = await signed(Buffer.from(rsa.publicKey.export({ type: 'spki', format: 'pem' })), { alg: 'HS256', kid: rsa.kid });

    const bySecret = await tokenVerifier({ ...NONE, secret: SECRET });
    expect(await bySecret(good)).toMatchObject(grant);
    await expect(bySecret(await signedBy(rsa))).rejects.toMatchObject(invalid);
    for (const source of [{ publicKeyFile: pemOf(rsa) }, { jwksUrl: issuer.url }]) {
      const verify = await tokenVerifier({ ...NONE, ...source });
      for (const token of [good, confused]) await expect(verify(token)).rejects.toMatchObject(invalid);
    }
  });

  it.each(['a.b.c', '..', '{}.{}.{}', `${Buffer.from('{"alg":7}').toString('base64url')}.e30.x`])(
    'that is none (%s) is the fault of who sent it, and nobody asks the issuer',
    async (token) => {
      for (const source of [{ jwksUrl: issuer.url }, { secret: SECRET }]) {
        const verify = await tokenVerifier({ ...NONE, ...source });
        await expect(verify(token)).rejects.toMatchObject(invalid);
      }
      expect(issuer.asked).toBe(0);
    },
  );
});

describe('published keys', () => {
  it('are asked for once, however many tokens come', async () => {
    const key = pair('ES256');
    issuer.keys = [key];
    const verify = await tokenVerifier({ ...NONE, jwksUrl: issuer.url });
    const token = await signedBy(key);

    await Promise.all(Array.from({ length: 20 }, () => verify(token)));

    expect(issuer.asked).toBe(1);
  });

  it('are asked for again when a token names one that is new', async () => {
    const [old, next] = [pair('ES256'), pair('ES256')];
    issuer.keys = [old];
    const verify = await tokenVerifier({ ...NONE, jwksUrl: issuer.url }, { unknownKeyMs: 0 });
    await verify(await signedBy(old));
    issuer.keys = [next];

    expect(await verify(await signedBy(next))).toMatchObject(grant);
    await expect(verify(await signedBy(old))).rejects.toMatchObject(invalid);
  });

  it('are not asked for again for every key that nobody knows', async () => {
    const key = pair('ES256');
    issuer.keys = [key];
    const verify = await tokenVerifier({ ...NONE, jwksUrl: issuer.url });
    await verify(await signedBy(key));

    for (let at = 0; at < 5; at++) await expect(verify(await signedBy(pair('ES256')))).rejects.toMatchObject(invalid);

    expect(issuer.asked).toBe(1);
  });

  it.each(['error', 'nonsense', 'silence'] as const)(
    'that cannot be had (%s) let nobody in, are not asked for at once again, and serve when they are back',
    async (how) => {
      const key = pair('ES256');
      issuer.keys = [key];
      issuer.answer = how;
      let now = 0;
      const verify = await tokenVerifier({ ...NONE, jwksUrl: issuer.url }, { answerMs: 300, failedMs: 5_000, now: () => now });
      const token = await signedBy(key);

      for (let at = 0; at < 4; at++) await expect(verify(token)).rejects.toMatchObject(unreachable);
      expect(issuer.asked).toBe(1);
      issuer.answer = 'keys';
      now = 5_001;

      expect(await verify(token)).toMatchObject(grant);
    },
  );

  it('serve on while their issuer is away, until they are too old', async () => {
    const key = pair('ES256');
    issuer.keys = [key];
    const verify = await tokenVerifier({ ...NONE, jwksUrl: issuer.url }, { believedMs: 3_600_000 });
    const brief = await tokenVerifier({ ...NONE, jwksUrl: issuer.url }, { believedMs: 0 });
    const token = await signedBy(key);
    await Promise.all([verify(token), brief(token)]);
    await issuer.stop();

    expect(await verify(token)).toMatchObject(grant);
    await expect(brief(token)).rejects.toMatchObject(unreachable);
    issuer = await Issuer.start();
  });
});
