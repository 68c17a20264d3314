/** The marketplace (seed 003 "Marketplace"; digest §2.26): publish and find packages of tools, and install them into the tenant's registry. All of it belongs to one tenant. */
import type { InstalledPackage, NewInstall, PackageFilter, PackageInput, PackageRecord } from '../../contracts/run/package';
import type { Principal } from '../../contracts/principal';
import { replayedHeader } from '../http/keyed';
import { route, type Route } from '../http/route';
import * as bodies from './marketplace-bodies';

/** Faults `package.*` (docs/errors.md). */
export interface MarketplacePorts {
  publish(principal: Principal, input: PackageInput, idempotencyKey: string | null): Promise<{ readonly made: PackageRecord; readonly replayed: boolean }>;
  find(tenant: string, filter: PackageFilter): Promise<{ readonly packages: readonly PackageRecord[]; readonly total: number }>;
  get(tenant: string, name: string, asked: string | null): Promise<PackageRecord>;
  versions(tenant: string, name: string): Promise<readonly PackageRecord[]>;
  unpublish(tenant: string, name: string, version: string): Promise<void>;
  install(
    principal: Principal,
    name: string,
    asked: string | null,
  ): Promise<{ readonly install: NewInstall; readonly outcome: 'installed' | 'same' | 'replaced' }>;
  uninstall(tenant: string, name: string): Promise<InstalledPackage>;
  installed(tenant: string): Promise<readonly InstalledPackage[]>;
}

interface Port {
  readonly marketplace: MarketplacePorts;
}

const resource = 'package';
const EXAMPLE = {
  ...{ name: 'wc', version: '0.1.0', description: 'Counts words', author: 'Ada', tags: ['text'] },
  kind: {
    type: 'manifest',
    manifest: {
      ...{ name: 'word_count', version: '1.0.0', description: 'Counts the words of a text', effect_class: 'read', risk_class: 'low' },
      input_schema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
      executor: { kind: 'shell', command_template: 'wc -w {path}' },
    },
  },
};

const listPackages = route({
  method: 'get',
  path: '/marketplace/packages',
  summary: 'List packages by name, each with its newest version',
  operationId: 'listPackages',
  scope: 'runs:read',
  query: bodies.PackageListQuery,
  reply: { status: 200, description: 'A page of packages.', body: bodies.PackageList },
  handle: async ({ query, principal }, { marketplace }: Port) => {
    const { packages, total } = await marketplace.find(principal.tenant, query);
    return { body: { packages: packages.map(bodies.packageView), total, ...query } };
  },
});

const publishPackage = route({
  method: 'post',
  path: '/marketplace/packages',
  summary: 'Publish a version of a package',
  operationId: 'publishPackage',
  resource,
  scope: 'runs:write',
  idempotent: true,
  bodyRequired: true,
  body: bodies.PackageBody,
  examples: { bodies: { manifest: EXAMPLE } },
  faults: [422],
  reply: { status: 201, description: 'It is published, once and for good: a version never changes.', body: bodies.PublishedPackage },
  handle: async ({ body, principal, idempotencyKey }, { marketplace }: Port) => {
    const { made, replayed } = await marketplace.publish(principal, body, idempotencyKey);
    const { name, version, content_hash, signed } = made;
    return {
      body: { status: 'published' as const, name, version, content_hash, signed },
      headers: { Location: `/marketplace/packages/${encodeURIComponent(name)}`, ...replayedHeader(replayed) },
    };
  },
});

const searchPackages = route({
  method: 'get',
  path: '/marketplace/search',
  summary: 'Search the newest versions of packages',
  operationId: 'searchPackages',
  scope: 'runs:read',
  query: bodies.PackageSearchQuery,
  reply: { status: 200, description: 'Packages to which all that is asked for applies, by name.', body: bodies.PackageResults },
  handle: async ({ query, principal }, { marketplace }: Port) => {
    const { packages, total } = await marketplace.find(principal.tenant, query);
    const { limit, offset } = query;
    return { body: { results: packages.map(bodies.packageView), count: packages.length, total, limit, offset } };
  },
});

const listInstalls = route({
  method: 'get',
  path: '/marketplace/installs',
  summary: 'List what is installed',
  operationId: 'listPackageInstalls',
  scope: 'runs:read',
  reply: { status: 200, description: 'Every installed package, by name; at most 200.', body: bodies.InstallList },
  handle: async ({ principal }, { marketplace }: Port) => {
    const installs = await marketplace.installed(principal.tenant);
    return { body: { installs: installs.map(bodies.installView), total: installs.length } };
  },
});

const getPackage = route({
  method: 'get',
  path: '/marketplace/packages/:name',
  summary: 'Read a package',
  operationId: 'getPackage',
  scope: 'runs:read',
  params: bodies.PackageParams,
  query: bodies.PackageQuery,
  reply: {
    status: 200,
    description: 'The version that was asked for; of a range the highest. Slashes in the name are written `%2F`.',
    body: bodies.FoundPackage,
  },
  handle: async ({ params, query, principal }, { marketplace }: Port) => ({
    body: bodies.packageView(await marketplace.get(principal.tenant, params.name, query.version ?? null)),
  }),
});

const listPackageVersions = route({
  method: 'get',
  path: '/marketplace/packages/:name/versions',
  summary: 'List the versions of a package, oldest first',
  operationId: 'listPackageVersions',
  scope: 'runs:read',
  params: bodies.PackageParams,
  reply: { status: 200, description: 'All of its versions, in the order of semantic versions; at most 200.', body: bodies.PackageVersions },
  handle: async ({ params, principal }, { marketplace }: Port) => ({
    body: { name: params.name, versions: (await marketplace.versions(principal.tenant, params.name)).map(bodies.packageView) },
  }),
});

const installPackage = route({
  method: 'post',
  path: '/marketplace/packages/:name/install',
  summary: "Install a version of a package into the tenant's registry",
  operationId: 'installPackage',
  resource,
  scope: 'admin',
  params: bodies.PackageParams,
  body: bodies.InstallBody,
  faults: [422],
  reply: {
    status: 200,
    description: 'Its tools are there for the runs that begin from now on. Another version of it that was installed is replaced.',
    body: bodies.InstalledReply,
  },
  handle: async ({ params, body, principal }, { marketplace }: Port) => {
    const { install, outcome } = await marketplace.install(principal, params.name, body.version ?? null);
    const { name, version, content_hash, signed, provides } = install;
    return { body: { status: 'installed' as const, name, version, content_hash, signed, provides, changed: outcome !== 'same' } };
  },
});

const uninstallPackage = route({
  method: 'delete',
  path: '/marketplace/packages/:name/install',
  summary: "Take a package out of the tenant's registry",
  operationId: 'uninstallPackage',
  resource,
  scope: 'admin',
  params: bodies.PackageParams,
  reply: { status: 200, description: 'Its tools are gone for the calls that begin from now on.', body: bodies.UninstalledReply },
  handle: async ({ params, principal }, { marketplace }: Port) => {
    const { name, version } = await marketplace.uninstall(principal.tenant, params.name);
    return { body: { status: 'uninstalled' as const, name, version } };
  },
});

const unpublishPackage = route({
  method: 'delete',
  path: '/marketplace/packages/:name/:version',
  summary: 'Unpublish a version of a package',
  operationId: 'unpublishPackage',
  resource,
  scope: 'runs:write',
  params: bodies.VersionParams,
  reply: { status: 200, description: 'It is not published any more. Where it is installed it stays installed.', body: bodies.UnpublishedPackage },
  handle: async ({ params: { name, version }, principal }, { marketplace }: Port) => {
    await marketplace.unpublish(principal.tenant, name, version);
    return { body: { status: 'unpublished' as const, name, version } };
  },
});

/** Paths that a parameter would take come before it. */
export const marketplaceRoutes: readonly Route<Port>[] = [
  ...[listPackages, publishPackage, searchPackages, listInstalls, getPackage, listPackageVersions],
  ...[installPackage, uninstallPackage, unpublishPackage],
];
