import { placementActivities } from '../../activities/placement/hosts';
import type { WorkspaceRecord } from '../../activities/ports';
import type { ActorRef } from '../../src/contracts/actor';
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

describe('threads that are placed', () => {
  const place = (actor: string, agentType: string, keep: string | null = null) =>
    placementActivities({ hosts: world.store.hosts, silentAfterMs: 60_000, goneAfterMs: 120_000 })
      .chooseHost({ actor: { address: actor } as ActorRef, agentType, keep })
      .then((chosen) => chosen?.hostId ?? null);
  /** Hosts of an agent type that no other test has. */
  const able = async (agentType: string, capacity: number, names: readonly string[]): Promise<void> => {
    for (const name of names) await world.store.hosts.renew({ ...host(`${agentType}-${name}`), capacity, agentTypes: [agentType] });
  };
  const spread = (chosen: readonly (string | null)[]): Record<string, number> => {
    const counted: Record<string, number> = {};
    for (const name of chosen) counted[String(name)] = (counted[String(name)] ?? 0) + 1;
    return counted;
  };

  it('at one moment spread over the hosts, by their room, and fill none beyond it', async () => {
    await able('even', 10, ['a', 'b', 'c']);
    expect(spread(await Promise.all(Array.from({ length: 12 }, (_, n) => place(`even/${n}`, 'even'))))).toEqual({ 'even-a': 4, 'even-b': 4, 'even-c': 4 });

    await able('narrow', 3, ['a', 'b']);
    expect(spread(await Promise.all(Array.from({ length: 8 }, (_, n) => place(`narrow/${n}`, 'narrow'))))).toEqual({ 'narrow-a': 3, 'narrow-b': 3, null: 2 });
  });

  it('count once, however often they are placed, and no more once they are over', async () => {
    await able('once', 2, ['a']);
    expect([await place('once/1', 'once'), await place('once/1', 'once'), await place('once/2', 'once'), await place('once/3', 'once')]).toEqual([
      ...['once-a', 'once-a', 'once-a'],
      null,
    ]);
    await world.pool.query(
      `insert into threads (tenant, id, address, spec_ref, execution_id, name, agent_type, objective, context_files, approval_preset, policy, metadata, env_names, created_at, status, queued, turns, updated_at)
       values ('t', 'once1', 'once/1', 'r', 'e', 'n', 'once', 'o', '[]', 'standard', '{}', '{}', '{}', now(), 'failed', 0, 0, now())`,
    );
    expect(await place('once/3', 'once')).toBe('once-a');
  });

  it('are handed over to the count of their host when their session has begun', async () => {
    await able('begun', 2, ['a']);
    await place('begun/1', 'begun');
    await world.store.hosts.started('begun/1');
    // The host may not have told of it yet.
    expect([await place('begun/2', 'begun'), await place('begun/3', 'begun')]).toEqual(['begun-a', null]);

    await world.pool.query(`update host_placements set started_at = now() - interval '1 minute' where actor = 'begun/1'`);
    expect(await place('begun/3', 'begun')).toBe('begun-a');
    await world.store.hosts.renew({ ...host('begun-a', 1), capacity: 2, agentTypes: ['begun'] });
    expect(await place('begun/4', 'begun')).toBeNull();
  });

  it('stay with the host that they are on, full or not', async () => {
    await able('kept', 1, ['a', 'b']);
    await place('kept/1', 'kept');

    expect(await place('kept/2', 'kept', 'kept-a')).toBe('kept-a');
    expect(await place('kept/3', 'kept')).toBe('kept-b');
  });

  it('and never began are forgotten', async () => {
    await able('never', 1, ['a']);
    await place('never/1', 'never');
    await world.pool.query(`update host_placements set placed_at = now() - interval '1 hour' where actor = 'never/1'`);

    expect(await place('never/2', 'never')).toBe('never-a');
    expect(await world.store.hosts.forgetPlaces()).toBeGreaterThanOrEqual(1);
    expect((await world.pool.query(`select 1 from host_placements where actor = any('{never/1}')`)).rowCount).toBe(0);
    expect((await world.pool.query(`select 1 from host_placements where actor = any('{never/2}')`)).rowCount).toBe(1);
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
