import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import type { Writ } from '../../../src/contracts/run/protocol';
import { isSignedBy, publicKeyHex, signText } from '../../../src/domain/ed25519';
import { delegated, type Grant } from '../../../src/domain/run/authority/grant';
import { writId } from '../../../src/domain/run/ledger/ids';
import { isNarrower, isWritSigned, mintWrit, narrowingProblem, writSubject } from '../../../src/domain/run/writ';

const key = generateKeyPairSync('ed25519').privateKey;
const other = generateKeyPairSync('ed25519').privateKey;
const NONCE = Array.from({ length: 16 }, (_, at) => at);
const GRANT: Grant = {
  tool_scopes: [{ tool: 'kv_*' }, { tool: 'fs_read' }],
  budget: { tokens: 1_000, tool_calls: 10, wall_clock_ms: 5_000, usd_millicents: 50 },
  effect_ceiling: { read: true, write: true, external: false, irreversible: false },
  time_window: { not_before: 100, expires_at: 200 },
  delegation: { max_depth: 2, may_subdivide: true },
};
const mint = (grant: Partial<Grant> = {}, parent: Writ | null = null, tenant = 'default'): Writ =>
  mintWrit(key, { tenant, runId: 'r-1', userId: null, nonce: NONCE, parent, grant: { ...GRANT, ...grant } });
const PARENT = mint();
const deeper = { delegation: { max_depth: 1, may_subdivide: true } };

describe('a writ', () => {
  it('is signed, and has the hash of its body as its id', () => {
    expect(PARENT).toMatchObject({
      id: writId(PARENT.body),
      body: { ...GRANT, tenant_id: 'default', parent: null, subject: 'run-r-1', issuer_pubkey: publicKeyHex(key), nonce: NONCE },
    });
    expect(isWritSigned(PARENT)).toBe(true);
    expect(isWritSigned(PARENT, [publicKeyHex(key)])).toBe(true);
    expect(isWritSigned(PARENT, [publicKeyHex(other)])).toBe(false);
  });

  it('names the user of its run where there is one', () => {
    expect(writSubject('r-1', 'ada')).toBe('user-ada-run-r-1');
    expect(writSubject('r-1', null)).toBe('run-r-1');
  });

  it.each<readonly [string, (writ: Writ) => Writ]>([
    ['a wider budget', (writ) => ({ ...writ, body: { ...writ.body, budget: { ...writ.body.budget, tokens: 1_000_000 } } })],
    ['another id', (writ) => ({ ...writ, id: 'a'.repeat(64) })],
    ['another key', (writ) => ({ ...writ, body: { ...writ.body, issuer_pubkey: publicKeyHex(other) } })],
    ['another signature', (writ) => ({ ...writ, signature: signText(other, 'anything') })],
    ['a signature that is none', (writ) => ({ ...writ, signature: 'zz' })],
    [
      'a wider budget and its own id',
      (writ) => {
        const body = { ...writ.body, budget: { ...writ.body.budget, tokens: 1_000_000 } };
        return { ...writ, body, id: writId(body) };
      },
    ],
  ])('does not hold with %s', (_what, change) => {
    expect(isWritSigned(change(PARENT))).toBe(false);
  });
});

describe('a writ of a delegated run', () => {
  it('is narrower in every respect', () => {
    expect(narrowingProblem(mint({ ...deeper, tool_scopes: [{ tool: 'kv_set' }, { tool: 'fs_read' }] }, PARENT), PARENT)).toBeNull();
    expect(isNarrower(mint(deeper, PARENT), PARENT)).toBe(true);
    expect(mint(deeper, PARENT).body).toMatchObject({ parent: PARENT.id, issuer: PARENT.body.subject, issuer_pubkey: PARENT.body.subject_pubkey });
  });

  it.each<readonly [string, Partial<Grant>]>([
    ["the parent's scopes do not cover *", { tool_scopes: [{ tool: '*' }] }],
    ["the parent's scopes do not cover fs_*", { tool_scopes: [{ tool: 'kv_get' }, { tool: 'fs_*' }] }],
    ["the parent's scopes do not cover kv", { tool_scopes: [{ tool: 'kv' }] }],
    ["its budget of tokens is 1001, the parent's 1000", { budget: { ...GRANT.budget, tokens: 1_001 } }],
    ["its budget of usd_millicents is 51, the parent's 50", { budget: { ...GRANT.budget, usd_millicents: 51 } }],
    ['the parent has no external effects', { effect_ceiling: { ...GRANT.effect_ceiling, external: true } }],
    ['the parent has no irreversible effects', { effect_ceiling: { ...GRANT.effect_ceiling, irreversible: true } }],
    ["its window begins before the parent's", { time_window: { not_before: 99, expires_at: 200 } }],
    ["its window ends after the parent's", { time_window: { not_before: 100, expires_at: 201 } }],
    ['it may delegate 2 deep, the parent 2', { delegation: { max_depth: 2, may_subdivide: true } }],
  ])('is refused because %s', (problem, grant) => {
    expect(narrowingProblem(mint({ ...deeper, ...grant }, PARENT), PARENT)).toBe(problem);
  });

  it('is refused with another parent, another issuer, another tenant, and where nothing may be divided', () => {
    const closed = mint({ delegation: { max_depth: 3, may_subdivide: false } });
    expect(narrowingProblem(mint(deeper), PARENT)).toBe('it does not name this parent');
    expect(narrowingProblem(mint(deeper, PARENT, 'other'), PARENT)).toBe('it is of another tenant');
    expect(narrowingProblem(mint(deeper, closed), closed)).toBe('the parent may not be divided');
    const foreign = mintWrit(other, { tenant: 'default', runId: 'r-2', userId: null, nonce: NONCE, parent: PARENT, grant: { ...GRANT, ...deeper } });
    expect(narrowingProblem(foreign, PARENT)).toBe("its issuer is not the parent's subject");
  });

  it('is always narrower when it comes of a delegation', () => {
    const count = fc.integer({ min: 0, max: 2_000 });
    const budget = fc.record({ tokens: count, tool_calls: count, wall_clock_ms: count, usd_millicents: count });
    const scopes = fc.array(fc.constantFrom('*', 'kv_*', 'kv_set', 'fs_*', 'fs_read', 'http'), { minLength: 1, maxLength: 4 });
    const flags = fc.record({ read: fc.boolean(), write: fc.boolean(), external: fc.boolean(), irreversible: fc.boolean() });
    const seen = { refused: 0, made: 0 };
    fc.assert(
      fc.property(budget, scopes, flags, fc.integer({ min: 0, max: 3 }), budget, scopes, (limit, wide, effect_ceiling, max_depth, left, asked) => {
        const delegation = { max_depth, may_subdivide: max_depth > 0 };
        const parent = mint({ budget: limit, tool_scopes: wide.map((tool) => ({ tool })), effect_ceiling, delegation });
        let grant: Grant;
        try {
          grant = delegated(parent.body, { tool_scopes: asked }, left);
        } catch {
          seen.refused += 1;
          return;
        }
        seen.made += 1;
        expect(narrowingProblem(mint(grant, parent), parent)).toBeNull();
      }),
      { numRuns: 300 },
    );
    expect(seen.made).toBeGreaterThan(20);
    expect(seen.refused).toBeGreaterThan(20);
  });
});

describe('signatures', () => {
  it('hold for the text and the key that they were made with, and say no to what is none', () => {
    const signature = signText(key, 'näme');

    expect(isSignedBy(publicKeyHex(key), 'näme', signature)).toBe(true);
    expect(isSignedBy(publicKeyHex(key).toUpperCase(), 'näme', signature.toUpperCase())).toBe(true);
    expect(isSignedBy(publicKeyHex(key), 'name', signature)).toBe(false);
    expect(isSignedBy(publicKeyHex(other), 'näme', signature)).toBe(false);
    for (const [publicKey, made] of [
      ['', ''],
      ['zz', signature],
      [publicKeyHex(key), 'zz'],
      ['f'.repeat(64), signature],
    ] as const)
      expect(isSignedBy(publicKey, 'näme', made)).toBe(false);
  });

  it('are those of RFC 8032', () => {
    // The second of its test vectors: the text is the one byte 0x72.
    const publicKey = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c';
    const signature = '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00';

    expect(isSignedBy(publicKey, 'r', signature)).toBe(true);
  });
});
