/** What tools workers have (migrations 0013, 0020): each worker says it when it starts, when it changes, and every minute. */
import type { Pool } from 'pg';
import type { ToolDefinition } from '../contracts/run/ports';
import { guarded } from './database';

/** What is told of something that should have been a tool. */
export interface ToolProblemRow {
  readonly worker: string;
  readonly source: string;
  readonly reason: string;
}

export interface ToldTools {
  readonly tools: readonly ToolDefinition[];
  readonly problems: readonly { readonly source: string; readonly reason: string }[];
  /** Of the packages that the tenant had installed; none for what every tenant has. */
  readonly revision?: string;
}

/** A worker that was silent for so long is gone, unless no other is there. */
export const LIVE_MS = 180_000;
const FORGOTTEN_AFTER = '7 days';
/** Sets that are read of one tenant. */
const SETS_MAX = 100;

interface StoredSet {
  worker: string;
  tools: ToolDefinition[];
  problems: { source: string; reason: string }[];
  live: boolean;
}

export class RunToolsStore {
  constructor(private readonly pool: Pool) {}

  /** `tenant` null: what every tenant has. */
  async publish(worker: string, tenant: string | null, { tools, problems, revision = '' }: ToldTools): Promise<void> {
    await guarded(() =>
      this.pool.query(
        `insert into run_tool_sets (worker, tenant, tools, problems, revision) values ($1, $2, $3, $4, $5)
         on conflict (worker, tenant) do update set tools = excluded.tools, problems = excluded.problems, revision = excluded.revision, seen_at = now()`,
        [worker, tenant ?? '', JSON.stringify(tools), JSON.stringify(problems), revision],
      ),
    );
  }

  /** Whether a worker has said what tools the packages of the tenant bring at this revision. */
  async hasSaid(tenant: string, revision: string): Promise<boolean> {
    const { rowCount } = await guarded(() => this.pool.query('select 1 from run_tool_sets where tenant = $1 and revision = $2 limit 1', [tenant, revision]));
    return rowCount !== 0;
  }

  /** Of workers that are gone for good; those that nothing newer replaces stay. At most 1,000 at a time. */
  async forget(): Promise<number> {
    const { rowCount } = await guarded(() =>
      this.pool.query(
        `delete from run_tool_sets where (worker, tenant) in (
           select worker, tenant from run_tool_sets old where seen_at < now() - $1::interval
             and exists (select 1 from run_tool_sets newer where newer.tenant = old.tenant and newer.seen_at > old.seen_at) limit 1000)`,
        [FORGOTTEN_AFTER],
      ),
    );
    return rowCount ?? 0;
  }

  /** Of all workers that live; while none does, of the last one that did. `revision`: of the tenant's packages; null: none of their tools are asked for. */
  async list(tenant: string, revision: string | null): Promise<readonly ToolDefinition[]> {
    const known = new Map<string, ToolDefinition>();
    // What every tenant has comes first: a package does not take its name.
    const sets = [...(await this.sets('')), ...(revision === null ? [] : await this.sets(tenant, revision))];
    for (const tool of sets.flatMap(({ tools }) => tools)) if (!known.has(tool.name)) known.set(tool.name, tool);
    return [...known.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** What should have been a tool and is none, for operators; and, with a tenant, of its packages. */
  async problems(of: { readonly tenant: string; readonly revision: string } | null): Promise<readonly ToolProblemRow[]> {
    const sets = [...(await this.sets('')), ...(of === null ? [] : await this.sets(of.tenant, of.revision))];
    return sets.flatMap(({ worker, problems }) => problems.map((problem) => ({ worker, ...problem })));
  }

  private async sets(tenant: string, revision = ''): Promise<readonly StoredSet[]> {
    const { rows } = await guarded(() =>
      this.pool.query<StoredSet>(
        `select worker, tools, problems, seen_at > now() - $2 * interval '1 millisecond' as live from run_tool_sets
         where tenant = $1 and revision = $4 order by seen_at desc, worker limit $3`,
        [tenant, LIVE_MS, SETS_MAX, revision],
      ),
    );
    const live = rows.filter((row) => row.live);
    return live.length > 0 ? live : rows.slice(0, 1);
  }
}
