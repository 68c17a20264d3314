import type { WorkspaceRecord, Workspaces } from '../../activities/ports';
import { testStore } from '../support/database';
import { workspacesInMemory } from '../support/preparation-world';

const record = (workspaceId: string, thread: string, more: Partial<WorkspaceRecord> = {}): WorkspaceRecord => ({
  ...{
    tenant: 'default',
    workspaceId,
    thread,
    hostId: 'host-a',
    path: `/workspaces/${workspaceId}`,
    repo: 'acme/auth',
    branch: 'main',
    worktreeId: `everthread/x/${thread}`,
  },
  ...more,
});

const IMPLEMENTATIONS: readonly [string, () => Promise<{ workspaces: Workspaces; close(): Promise<void> }>][] = [
  ['in memory', async () => ({ workspaces: workspacesInMemory(), close: async () => undefined })],
  [
    'in Postgres',
    async () => {
      const world = await testStore();
      return { workspaces: world.store.workspaces, close: () => world.close() };
    },
  ],
];

describe.each(IMPLEMENTATIONS)('workspaces %s', (_where, open) => {
  let workspaces: Workspaces;
  let close: () => Promise<void>;
  beforeAll(async () => ({ workspaces, close } = await open()));
  afterAll(() => close());

  it('belong to the thread that claims first; a repeated claim by the same thread updates', async () => {
    const first = record('ws_claim', 't1');

    expect(await workspaces.claim(first)).toEqual(first);
    expect(await workspaces.claim(record('ws_claim', 't2'))).toEqual(first);
    const moved = { ...first, hostId: 'host-b', path: '/elsewhere', worktreeId: null };
    expect(await workspaces.claim(moved)).toEqual(moved);
    expect(await workspaces.find('default', 'ws_claim')).toEqual(moved);
    expect(await workspaces.madeFor('default', 't1')).toEqual(moved);
    expect(await workspaces.madeFor('default', 't2')).toBeNull();
  });

  it('are claimed by exactly one of many threads at once', async () => {
    const threads = Array.from({ length: 10 }, (_, n) => `racer${n}`);

    const standing = await Promise.all(threads.map((thread) => workspaces.claim(record('ws_race', thread))));

    expect(new Set(standing.map(({ thread }) => thread)).size).toBe(1);
  });

  it('are apart by tenant', async () => {
    await workspaces.claim(record('ws_tenant', 'ta'));
    const other = record('ws_tenant', 'tb', { tenant: 'acme' });

    expect(await workspaces.claim(other)).toEqual(other);
    expect(await workspaces.find('nobody', 'ws_tenant')).toBeNull();
    expect(await workspaces.madeFor('acme', 'ta')).toBeNull();
    expect(await workspaces.share('nobody', 'ws_tenant', 'tc')).toBe(false);
  });

  it('know who works in them, and are free again once forgotten', async () => {
    await workspaces.claim(record('ws_share', 's1'));
    expect(await workspaces.share('default', 'ws_share', 's2')).toBe(true);
    expect(await workspaces.share('default', 'ws_share', 's2')).toBe(true);

    expect(await workspaces.leave('default', 'ws_share', 's1')).toEqual(['s2']);
    expect(await workspaces.leave('default', 'ws_share', 's1')).toEqual(['s2']);
    expect(await workspaces.leave('default', 'ws_share', 's2')).toEqual([]);
    expect(await workspaces.find('default', 'ws_share')).not.toBeNull();

    await workspaces.forget('default', 'ws_share');
    await workspaces.forget('default', 'ws_share');
    expect(await workspaces.find('default', 'ws_share')).toBeNull();
    expect(await workspaces.claim(record('ws_share', 's3'))).toEqual(record('ws_share', 's3'));
  });
});
