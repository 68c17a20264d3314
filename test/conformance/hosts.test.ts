import type { WorkspaceRecord } from '../../activities/ports';
import { testStore, type TestStore } from '../support/database';

let world: TestStore;
beforeAll(async () => void (world = await testStore()));
afterAll(() => world.close());

const host = (hostId: string, sessions = 0) => ({
  hostId,
  relayUrl: 'http://127.0.0.1:40123',
  relayToken: 'relay-secret-1',
  sessions,
  capacity: 10,
  agentTypes: ['codex', 'shell'],
});

describe('hosts', () => {
  it('are found as they last told about themselves', async () => {
    await world.store.hosts.renew(host('h1'));
    await world.store.hosts.renew(host('h1', 3));

    expect(await world.store.hosts.find('h1')).toMatchObject({ ...host('h1', 3), lastSeenAt: expect.stringMatching(/Z$/) });
    expect(await world.store.hosts.find('nobody')).toBeNull();
    expect((await world.pool.query('select relay_token from hosts')).rows[0].relay_token.toString('latin1')).not.toContain('relay-secret');
  });

  it('are live only as long as they were heard from lately', async () => {
    await world.store.hosts.renew(host('silent'));
    await world.store.hosts.renew(host('lively'));
    await world.pool.query(`update hosts set last_seen_at = now() - interval '1 minute' where host_id = 'silent'`);

    const live = (await world.store.hosts.live(30_000)).map(({ hostId }) => hostId);

    expect(live).toContain('lively');
    expect(live).not.toContain('silent');
  });

  it('are gone after they retire', async () => {
    await world.store.hosts.renew(host('leaving'));
    await world.store.hosts.retire('leaving');

    expect(await world.store.hosts.find('leaving')).toBeNull();
  });
});

describe('workspaces', () => {
  const record = (workspaceId: string, thread: string): WorkspaceRecord => ({
    tenant: 'default',
    workspaceId,
    thread,
    hostId: 'h1',
    path: `/code/${workspaceId}`,
    repo: 'acme/auth',
    branch: 'main',
    worktreeId: `parallax/${thread}`,
  });

  it('belong to the thread that claimed them first, which may claim them again', async () => {
    expect(await world.store.workspaces.claim(record('w1', 't1'))).toEqual(record('w1', 't1'));
    expect(await world.store.workspaces.claim(record('w1', 't2'))).toEqual(record('w1', 't1'));
    const moved = { ...record('w1', 't1'), hostId: 'h2', path: '/elsewhere' };
    expect(await world.store.workspaces.claim(moved)).toEqual(moved);

    expect(await world.store.workspaces.find('default', 'w1')).toEqual(moved);
    expect(await world.store.workspaces.find('other', 'w1')).toBeNull();
    expect(await world.store.workspaces.madeFor('default', 't1')).toEqual(moved);
    expect(await world.store.workspaces.madeFor('default', 't2')).toBeNull();
  });

  it('tell who still works there when one leaves, and only the last leaver hears nobody', async () => {
    await world.store.workspaces.claim(record('w2', 't3'));
    expect(await world.store.workspaces.share('default', 'w2', 't4')).toBe(true);
    expect(await world.store.workspaces.share('default', 'w2', 't4')).toBe(true);
    expect(await world.store.workspaces.share('default', 'none', 't4')).toBe(false);

    expect(await world.store.workspaces.leave('default', 'w2', 't3')).toEqual(['t4']);
    expect(await world.store.workspaces.leave('default', 'w2', 't4')).toEqual([]);

    await world.store.workspaces.forget('default', 'w2');
    expect(await world.store.workspaces.find('default', 'w2')).toBeNull();
  });

  it('let exactly one of two threads that leave at once be the last', async () => {
    for (let round = 0; round < 10; round++) {
      await world.store.workspaces.claim(record(`r${round}`, 'a'));
      await world.store.workspaces.share('default', `r${round}`, 'b');

      const left = await Promise.all([world.store.workspaces.leave('default', `r${round}`, 'a'), world.store.workspaces.leave('default', `r${round}`, 'b')]);

      expect(left.filter((others) => others.length === 0)).toHaveLength(1);
    }
  });
});
