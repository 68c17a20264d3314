import type { Grant } from '../../src/domain/run/authority/grant';
import type { Writ } from '../../src/contracts/run/protocol';
import { isWritSigned } from '../../src/domain/run/writ';
import { openPool } from '../../src/store/database';
import { SigningKeys } from '../../src/store/signing-keys';
import { TEST_SEALING, testStore, type TestStore } from '../support/database';
import { newHash } from '../support/ledger';

let world: TestStore;
beforeEach(async () => void (world = await testStore()));
afterEach(() => world.close());

const GRANT: Grant = {
  tool_scopes: [{ tool: '*' }],
  budget: { tokens: 1_000, tool_calls: 10, wall_clock_ms: 5_000, usd_millicents: 50 },
  effect_ceiling: { read: true, write: true, external: false, irreversible: false },
  time_window: { not_before: 0, expires_at: Number.MAX_SAFE_INTEGER },
  delegation: { max_depth: 3, may_subdivide: true },
};
const kept = async (runId: string, parent: Writ | null = null, grant: Partial<Grant> = {}): Promise<Writ> => {
  const depth = (parent?.body.delegation.max_depth ?? 4) - 1;
  const delegation = { max_depth: depth, may_subdivide: depth > 0 };
  const writ = await world.store.writs.mint({ tenant: 'default', runId, userId: null, parent, grant: { ...GRANT, delegation, ...grant } });
  await world.store.writs.keep(runId, writ);
  return writ;
};

describe('writs', () => {
  it('are kept as they were signed, with the key of the server', async () => {
    const writ = await kept('r-1');

    const row = await world.store.writs.find('default', writ.id);

    expect(row).toMatchObject({ writ, runId: 'r-1', revokedAt: null, revokedBy: null });
    const keys = (await world.store.signingKeys.publicKeys()).map(({ publicKey }) => publicKey);
    expect(row && isWritSigned(row.writ, keys)).toBe(true);
    await world.store.writs.keep('r-1', writ);
    expect(await world.store.writs.ofRun('default', 'r-1')).toHaveLength(1);
  });

  it('are never made twice the same, and are not there for another tenant', async () => {
    const [one, two] = [await kept('r-1'), await kept('r-1')];

    expect(one.id).not.toBe(two.id);
    expect(await world.store.writs.ofRun('default', 'r-1')).toHaveLength(2);
    expect(await world.store.writs.find('other', one.id)).toBeNull();
    expect(await world.store.writs.revoke('other', one.id, 'me')).toBeNull();
    expect(await world.store.writs.revoke('default', newHash(), 'me')).toBeNull();
    expect(await world.store.writs.restore('default', newHash())).toBeNull();
  });

  it('do not hold while one that they descend from is revoked, however far up', async () => {
    const parent = await kept('r-1');
    const child = await kept('r-2', parent);
    const grandchild = await kept('r-3', child);
    const revoked = (writ: Writ) => world.store.writs.revoked('default', writ.id);
    expect(await revoked(grandchild)).toEqual([]);

    const first = await world.store.writs.revoke('default', parent.id, 'ada');
    expect(await world.store.writs.revoke('default', parent.id, 'bob')).toEqual(first);
    expect(first).toMatchObject({ revokedBy: 'ada', revokedAt: expect.any(String) as string });
    expect(await revoked(grandchild)).toEqual([parent.id]);
    await world.store.writs.revoke('default', grandchild.id, 'ada');
    expect(await revoked(grandchild)).toEqual([grandchild.id, parent.id]);
    expect(await revoked(child)).toEqual([parent.id]);

    expect(await world.store.writs.restore('default', parent.id)).toMatchObject({ revokedAt: null, revokedBy: null });
    expect(await revoked(child)).toEqual([]);
    expect(await revoked(grandchild)).toEqual([grandchild.id]);
  });

  it('of children are refused where they are wider, and signed by the key of their parent after a rotation too', async () => {
    const parent = await kept('r-1');
    await world.store.signingKeys.rotate();

    const child = await kept('r-2', parent);

    expect(child.body.issuer_pubkey).toBe(parent.body.subject_pubkey);
    expect(isWritSigned(child)).toBe(true);
    expect((await kept('r-3')).body.issuer_pubkey).not.toBe(parent.body.issuer_pubkey);
    await expect(kept('r-4', parent, { budget: { ...GRANT.budget, tokens: 2_000 } })).rejects.toMatchObject({
      code: 'run.writ_not_narrower',
      kind: 'forbidden',
    });
  });
});

describe('signing keys', () => {
  it('are made once, whoever asks first, and are the same after a restart', async () => {
    const pools = Array.from({ length: 6 }, () => openPool({ url: world.url, max: 2 }));
    const made = await Promise.all(pools.map((pool) => new SigningKeys(pool, TEST_SEALING).current()));
    await Promise.all(pools.map((pool) => pool.end()));

    expect(new Set(made.map(({ publicKey }) => publicKey)).size).toBe(1);
    expect(await world.store.signingKeys.publicKeys()).toEqual([{ publicKey: made[0]?.publicKey, createdAt: expect.any(String) as string, retiredAt: null }]);
    expect((await new SigningKeys(world.pool, TEST_SEALING).current()).publicKey).toBe(made[0]?.publicKey);
  });

  it('stay readable when they are retired, and one signs at a time', async () => {
    const before = await world.store.signingKeys.current();

    const next = await world.store.signingKeys.rotate();

    expect((await world.store.signingKeys.current()).publicKey).toBe(next.publicKey);
    expect(await world.store.signingKeys.publicKeys()).toMatchObject([
      { publicKey: before.publicKey, retiredAt: expect.any(String) as string },
      { publicKey: next.publicKey, retiredAt: null },
    ]);
    expect((await new SigningKeys(world.pool, TEST_SEALING).byPublic(before.publicKey)).publicKey).toBe(before.publicKey);
    await expect(world.store.signingKeys.byPublic(newHash())).rejects.toMatchObject({ code: 'ledger.signing_key_unknown' });
    await Promise.all([world.store.signingKeys.rotate(), world.store.signingKeys.rotate()]);
    expect((await world.store.signingKeys.publicKeys()).filter(({ retiredAt }) => retiredAt === null)).toHaveLength(1);
  });

  it('lie sealed: a copy of the database signs nothing', async () => {
    const { publicKey } = await world.store.signingKeys.current();
    const { rows } = await world.pool.query<{ text: string }>(`select encode(sealed, 'escape') as text from signing_keys`);
    expect(rows[0]?.text).not.toContain('PRIVATE KEY');

    const strangers = { current: 'test', keys: { test: Buffer.alloc(32, 9) } };
    await expect(new SigningKeys(world.pool, strangers).current()).rejects.toMatchObject({ code: 'store.unsealing_failed' });

    const next = { current: 'next', keys: { ...TEST_SEALING.keys, next: Buffer.alloc(32, 8) } };
    expect(await new SigningKeys(world.pool, next).reseal()).toBe(1);
    expect(await new SigningKeys(world.pool, next).reseal()).toBe(0);
    expect((await new SigningKeys(world.pool, { current: 'next', keys: { next: Buffer.alloc(32, 8) } }).current()).publicKey).toBe(publicKey);
  });
});
