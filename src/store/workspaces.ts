/** Which workspace is whose, and which threads work there; the port `Workspaces`. */
import type { Pool, PoolClient } from 'pg';
import type { WorkspaceRecord, Workspaces } from '../../activities/ports';
import { guarded, inTransaction } from './database';

interface StoredWorkspace {
  tenant: string;
  workspace_id: string;
  thread: string;
  host_id: string;
  path: string;
  repo: string | null;
  branch: string | null;
  worktree_id: string | null;
}

const workspaceOf = (row: StoredWorkspace): WorkspaceRecord => ({
  tenant: row.tenant,
  workspaceId: row.workspace_id,
  thread: row.thread,
  hostId: row.host_id,
  path: row.path,
  repo: row.repo,
  branch: row.branch,
  worktreeId: row.worktree_id,
});

/** Threads of one workspace that `leave` names at most. */
const MEMBERS_MAX = 1_000;

const JOIN = 'insert into workspace_members (tenant, workspace_id, thread) values ($1, $2, $3) on conflict do nothing';

// Sharing and leaving take turns on the workspace's row, so the last to leave knows that it is the last.
const lock = async (client: PoolClient, tenant: string, workspaceId: string): Promise<boolean> =>
  (await client.query('select 1 from workspaces where tenant = $1 and workspace_id = $2 for update', [tenant, workspaceId])).rowCount === 1;

export const workspaces = (pool: Pool): Workspaces => ({
  find: (tenant, workspaceId) =>
    guarded(async () => {
      const { rows } = await pool.query<StoredWorkspace>('select * from workspaces where tenant = $1 and workspace_id = $2', [tenant, workspaceId]);
      return rows[0] ? workspaceOf(rows[0]) : null;
    }),

  madeFor: (tenant, thread) =>
    guarded(async () => {
      const { rows } = await pool.query<StoredWorkspace>(
        'select * from workspaces where tenant = $1 and thread = $2 order by created_at, workspace_id limit 1',
        [tenant, thread],
      );
      return rows[0] ? workspaceOf(rows[0]) : null;
    }),

  claim: (record) =>
    inTransaction(pool, async (client) => {
      const { rows } = await client.query<StoredWorkspace>(
        `insert into workspaces as w (tenant, workspace_id, thread, host_id, path, repo, branch, worktree_id) values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (tenant, workspace_id) do update set
           host_id = case when w.thread = excluded.thread then excluded.host_id else w.host_id end,
           path = case when w.thread = excluded.thread then excluded.path else w.path end,
           repo = case when w.thread = excluded.thread then excluded.repo else w.repo end,
           branch = case when w.thread = excluded.thread then excluded.branch else w.branch end,
           worktree_id = case when w.thread = excluded.thread then excluded.worktree_id else w.worktree_id end
         returning *`,
        [record.tenant, record.workspaceId, record.thread, record.hostId, record.path, record.repo, record.branch, record.worktreeId],
      );
      const standing = workspaceOf(rows[0] as StoredWorkspace);
      if (standing.thread === record.thread) await client.query(JOIN, [record.tenant, record.workspaceId, record.thread]);
      return standing;
    }),

  share: (tenant, workspaceId, thread) =>
    inTransaction(pool, async (client) => {
      if (!(await lock(client, tenant, workspaceId))) return false;
      await client.query(JOIN, [tenant, workspaceId, thread]);
      return true;
    }),

  leave: (tenant, workspaceId, thread) =>
    inTransaction(pool, async (client) => {
      await lock(client, tenant, workspaceId);
      await client.query('delete from workspace_members where tenant = $1 and workspace_id = $2 and thread = $3', [tenant, workspaceId, thread]);
      const { rows } = await client.query<{ thread: string }>(
        'select thread from workspace_members where tenant = $1 and workspace_id = $2 order by thread limit $3',
        [tenant, workspaceId, MEMBERS_MAX],
      );
      return rows.map((row) => row.thread);
    }),

  forget: (tenant, workspaceId) =>
    guarded(async () => {
      await pool.query('delete from workspaces where tenant = $1 and workspace_id = $2', [tenant, workspaceId]);
    }),
});
