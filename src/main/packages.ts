/** The marketplace over the store. */
import { ToolManifest } from '../contracts/run/manifest';
import { Packages, type PackageRules } from '../gateway/packages';
import { makeOnce } from '../store/idempotent-row';
import type { Store } from '../store/store';

/** `isTaken`: names that tools of every tenant have, so that no package may bring them. */
export const marketplace = (
  { packages, idempotency }: Pick<Store, 'packages' | 'idempotency'>,
  rules: PackageRules,
  isTaken: (tool: string) => boolean,
): Packages =>
  new Packages(
    {
      store: packages,
      makeOnce: (request, id, making) => makeOnce(idempotency, request, id, making),
      manifestProblem,
      isTaken,
    },
    rules,
  );

/** The first thing that keeps a manifest from being a tool. */
export function manifestProblem(manifest: Readonly<Record<string, unknown>>): { readonly field: string; readonly reason: string } | null {
  const issue = ToolManifest.safeParse(manifest).error?.issues[0];
  if (!issue) return null;
  const field = issue.path.map(String).join('.');
  const given = issue.path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    manifest,
  );
  return { field, reason: given === undefined ? 'is required' : issue.message };
}
