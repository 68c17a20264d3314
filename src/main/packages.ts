/** The marketplace over the store. */
import type { Config } from '../config/config';
import { ToolManifest } from '../contracts/run/manifest';
import { Packages, type PackageRules } from '../gateway/packages';
import { readManifest } from '../run-tools/manifest/manifest-tool';
import { makeOnce } from '../store/idempotent-row';
import type { Store } from '../store/store';

type Stores = Pick<Store, 'packages' | 'idempotency' | 'runTools'>;

export const marketplace = ({ packages, idempotency, runTools }: Stores, rules: PackageRules): Packages =>
  new Packages(
    {
      store: packages,
      makeOnce: (request, id, making) => makeOnce(idempotency, request, id, making),
      manifestProblem,
      globalTools: async () => (await runTools.list('', null)).map(({ name }) => name),
    },
    rules,
  );

export const packageRules = ({ packages, runTools }: Pick<Config, 'packages' | 'runTools'>): PackageRules => ({
  ...packages,
  programs: runTools.packagePrograms,
});

/** The first thing that keeps a manifest from being a tool. Whether it may start programs is another question. */
export function manifestProblem(manifest: Readonly<Record<string, unknown>>): { readonly field: string; readonly reason: string } | null {
  const issue = ToolManifest.safeParse(manifest).error?.issues[0];
  if (!issue) {
    const read = readManifest(manifest, true);
    return 'problem' in read ? { field: read.problem.startsWith('executor') ? 'executor' : 'input_schema', reason: read.problem } : null;
  }
  const field = issue.path.map(String).join('.');
  const given = issue.path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    manifest,
  );
  return { field, reason: given === undefined ? 'is required' : issue.message };
}
