import { setTimeout as delay } from 'node:timers/promises';
import type { ActorRef } from '../../src/contracts/actor';
import { openPool } from '../../src/store/database';
import type { Frame } from '../../src/store/frame-parts';
import { UNREAD_MAX, type Gap } from '../../src/store/frames';
import { store, type Store } from '../../src/store/store';
import { TEST_SEALING, testStore, type TestStore } from '../support/database';

let world: TestStore;
let sender: Store;
let senderPool: ReturnType<typeof openPool>;
beforeAll(async () => {
  world = await testStore();
  senderPool = openPool({ url: world.url });
  sender = store(senderPool, { url: world.url, sealing: TEST_SEALING });
});
afterAll(async () => {
  await sender.close();
  await senderPool.end();
  await world.close();
});

let actors = 0;
const newActor = (): ActorRef => ({ address: `probe/${(actors += 1)}`, kind: 'probe', tenant: 'default', id: String(actors) });

/** A subscription that certainly hears from now on. */
async function watch(actor: ActorRef): Promise<{ frames: AsyncGenerator<Frame | Gap>; abort: AbortController }> {
  const abort = new AbortController();
  const frames = world.store.frameReader.subscribeFrames(actor.address, { signal: abort.signal });
  const first = frames.next();
  for (let heard = false; !heard;) {
    sender.frames.send(actor, { type: 'hello' });
    heard = await Promise.race([first.then(() => true), delay(50, false)]);
  }
  await sender.frames.settled();
  return { frames, abort };
}
async function take(frames: AsyncGenerator<Frame | Gap>, count: number): Promise<(Frame | Gap)[]> {
  const taken: (Frame | Gap)[] = [];
  while (taken.length < count) {
    const { value, done } = await frames.next();
    if (done) break;
    if ((value as { type?: string }).type !== 'hello') taken.push(value);
  }
  return taken;
}

describe('frames', () => {
  it('reach whoever watches, in order, whole, whatever their size', async () => {
    const actor = newActor();
    const { frames, abort } = await watch(actor);
    const sizes = [1, 100, 7_150, 7_199, 7_200, 7_201, 20_000, 120_000];
    for (const size of sizes) sender.frames.send(actor, { type: 'output', data: '€\u0000'.repeat(size / 4) + 'x'.repeat(size % 4), size });

    const got = await take(frames, sizes.length);

    expect(got.map((frame) => (frame as { size?: number }).size)).toEqual(sizes);
    expect((got[7] as { data: string }).data).toHaveLength(60_000);
    abort.abort();
  });

  it('reach every watcher of that actor and no other', async () => {
    const [one, two] = [newActor(), newActor()];
    const watchers = [await watch(one), await watch(one)];
    const other = await watch(two);
    sender.frames.send(one, { n: 1 });
    sender.frames.send(two, { n: 2 });

    for (const { frames } of watchers) expect(await take(frames, 1)).toEqual([{ n: 1 }]);
    expect(await take(other.frames, 1)).toEqual([{ n: 2 }]);
    for (const { abort } of [...watchers, other]) abort.abort();
  });

  it('carry no secret', async () => {
    const actor = newActor();
    await sender.secrets.sealEnvironment(actor, { API_TOKEN: 'val-ue-1234567890' });
    const { frames, abort } = await watch(actor);
    sender.frames.send(actor, { data: 'echo val-ue-1234567890', token: 'abcdefgh12345' });

    expect(JSON.stringify(await take(frames, 1))).not.toMatch(/val-ue|abcdefgh/);
    abort.abort();
  });

  it('are dropped and counted, never waited for, when more are sent at once than fit', async () => {
    const actor = newActor();
    const { frames, abort } = await watch(actor);
    for (let n = 0; n < 5_000; n++) sender.frames.send(actor, { n });
    const settled = sender.frames.settled().then(() => sender.frames.send(actor, { last: true }));

    const got: (Frame | Gap)[] = [];
    while (!(got.at(-1) as { last?: boolean } | undefined)?.last && got.length < 6_000) got.push(...(await take(frames, 1)));
    await settled;

    const gaps = got.filter((frame): frame is Gap => (frame as Gap).type === 'gap');
    const frameCount = got.length - gaps.length;
    expect(gaps.length).toBeGreaterThan(0);
    expect(frameCount + gaps.reduce((sum, gap) => sum + (gap.dropped ?? 0), 0)).toBe(5_001);
    abort.abort();
  });

  it('tell a watcher that reads too slowly how many it missed, and go on', async () => {
    const actor = newActor();
    const { frames, abort } = await watch(actor);
    const quick = await watch(actor);
    const sent = UNREAD_MAX + 500;
    for (let n = 0; n < sent; n += 100) {
      for (let k = n; k < n + 100; k++) sender.frames.send(actor, { n: k });
      expect(await take(quick.frames, 100)).toHaveLength(100);
    }

    const got: (Frame | Gap)[] = [];
    while ((got.at(-1) as Gap | undefined)?.type !== 'gap') got.push(...(await take(frames, 1)));
    const kept = got.length - 1;
    expect(got.slice(0, -1)).toEqual(Array.from({ length: kept }, (_, n) => ({ n })));
    expect(got.at(-1)).toEqual({ type: 'gap', dropped: sent - kept });
    sender.frames.send(actor, { n: 'after' });
    expect(await take(frames, 1)).toEqual([{ n: 'after' }]);
    abort.abort();
    quick.abort.abort();
  });

  it('tell of a loss that nobody can count when the connection was lost', async () => {
    const actor = newActor();
    const { frames, abort } = await watch(actor);
    await world.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'everthread listener' and datname = current_database()`,
    );

    expect(await take(frames, 1)).toEqual([{ type: 'gap', dropped: null }]);
    sender.frames.send(actor, { n: 1 });
    expect(await take(frames, 1)).toEqual([{ n: 1 }]);
    abort.abort();
  });
});
