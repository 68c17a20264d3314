import type { ActorRef } from '../../src/contracts/actor';
import { testStore, type TestStore } from '../support/database';

let world: TestStore;
beforeAll(async () => void (world = await testStore()));
afterAll(() => world.close());

let actors = 0;
const newActor = (): ActorRef => ({ address: `probe/${(actors += 1)}`, kind: 'probe', tenant: 'default', id: String(actors) });

describe('effects', () => {
  it('gives a claim to the first who asks, and says claimed to everybody after', async () => {
    const actor = newActor();

    expect(await world.store.effects.claim(actor, 'type-1', 'type')).toEqual({ state: 'new' });
    expect(await world.store.effects.claim(actor, 'type-1', 'type')).toEqual({ state: 'claimed' });
    expect(await world.store.effects.claim(actor, 'type-2', 'type')).toEqual({ state: 'new' });
    expect(await world.store.effects.claim(newActor(), 'type-1', 'type')).toEqual({ state: 'new' });
  });

  it('lets exactly one of many racing claims act', async () => {
    for (let round = 0; round < 10; round++) {
      const actor = newActor();

      const claims = await Promise.all(Array.from({ length: 20 }, () => world.store.effects.claim(actor, 'pay', 'webhook')));

      expect(claims.filter(({ state }) => state === 'new')).toHaveLength(1);
      expect(claims.filter(({ state }) => state === 'claimed')).toHaveLength(19);
    }
  });

  it('keeps the first receipt and shows it to whoever claims later', async () => {
    const actor = newActor();
    await world.store.effects.claim(actor, 'e', 'type');

    await world.store.effects.settle(actor, 'e', { bytes: 3 });
    await world.store.effects.settle(actor, 'e', { bytes: 4 });

    expect(await world.store.effects.claim(actor, 'e', 'type')).toEqual({ state: 'done', receipt: { bytes: 3 } });
  });

  it('frees a claim that is given back, but never a receipt', async () => {
    const actor = newActor();
    await world.store.effects.claim(actor, 'e', 'type');
    await world.store.effects.release(actor, 'e');
    expect(await world.store.effects.claim(actor, 'e', 'type')).toEqual({ state: 'new' });

    await world.store.effects.settle(actor, 'e', null);
    await world.store.effects.release(actor, 'e');

    expect(await world.store.effects.claim(actor, 'e', 'type')).toEqual({ state: 'done', receipt: null });
  });

  it('refuses a receipt without a claim', async () => {
    await expect(world.store.effects.settle(newActor(), 'never', {})).rejects.toMatchObject({ code: 'effect.not_claimed', kind: 'conflict' });
  });
});
