/** Servers of packages are started once when they have been installed, by the first worker that looks, so that their tools can be named before a run has asked for them. */
import type { InstalledTools } from '../run-tools/packages';
import type { Log } from '../surfaces/http/log';
import { lookAgain, type Watching } from './watched-folders';

const LOOK_MS = 5_000;

interface Given {
  readonly packages: Pick<InstalledTools, 'serving'>;
  /** Whether a worker has told the tools of this revision already. */
  readonly told: { hasSaid(tenant: string, revision: string): Promise<boolean> };
  /** Finds out what tools the tenant has, and tells. */
  readonly look: (tenant: string) => Promise<unknown>;
  readonly log: Log;
  readonly everyMs?: number;
}

/** Looks at once and then again and again. What fails is logged and tried again. */
export function watchPackageServers({ packages, told, look, log, everyMs = LOOK_MS }: Given): Watching {
  const known = new Map<string, string>();
  let failing = false;
  const all = async (): Promise<void> => {
    const serving = await packages.serving();
    const tenants = new Set(serving.map(({ tenant }) => tenant));
    for (const tenant of known.keys()) if (!tenants.has(tenant)) known.delete(tenant);
    for (const { tenant, revision } of serving) {
      if (known.get(tenant) === revision) continue;
      if (!(await told.hasSaid(tenant, revision))) await look(tenant);
      known.set(tenant, revision);
    }
  };
  const tolerant = async (): Promise<void> => {
    try {
      await all();
      failing = false;
    } catch (problem) {
      if (!failing) log.warn({ err: problem }, 'the servers of packages could not be looked at; it is tried again');
      failing = true;
    }
  };
  return lookAgain(everyMs, tolerant, true);
}
