/**
 * Packages of the marketplace (seed 003 "Marketplace"; digest §2.26): a tool as a manifest, or an MCP server as a command, published by name and version, and installed into
 * a tenant's registry. Fields and words are the peer's; what is ours beside them is only ever added.
 */
import { z } from 'zod';

/** Packages that one tenant may have, versions that one of them may have, and packages that one tenant may have installed. */
export const PACKAGES_MAX = 1_000;
export const PACKAGE_VERSIONS_MAX = 200;
export const INSTALLS_MAX = 200;
/** Bytes of the kind as it is hashed. */
export const KIND_BYTES_MAX = 65_536;

const hasNoNul = (value: string): boolean => !value.includes('\0');
const text = (max: number) => z.string().max(max).refine(hasNoNul, 'expected text without NUL characters');

/** May hold slashes: `team/word-count`. */
export const PackageName = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9@][A-Za-z0-9._@/-]*$/, 'expected letters, digits, dots, dashes, underscores, @ and slashes, beginning with a letter, a digit or @');

const NUMBER = '(?:0|[1-9][0-9]{0,14})';
const PRERELEASE = `(?:${NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)`;
const VERSION = new RegExp(`^${NUMBER}(?:\\.${NUMBER}){0,2}(?:-${PRERELEASE}(?:\\.${PRERELEASE})*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`);
/** A semantic version whose last zeros may be missing: `1`, `1.2`, `1.2.3-rc.1`. */
export const PackageVersion = z.string().max(128).regex(VERSION, 'expected a semantic version such as 1.2.0; zeros at its end may be missing');

/** A tool's manifest (digest §5.1) as it came: whether it is one is asked when it is installed. */
const ManifestKind = z.object({ type: z.literal('manifest'), manifest: z.record(z.string(), z.json()) });
/** A server that speaks MCP over its standard streams. Nothing in `env` is secret: it is read by whoever reads the package. */
const McpServerKind = z.object({
  type: z.literal('mcp_server'),
  command: text(4_096).min(1),
  args: z.array(text(4_096)).max(100).default([]),
  env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'expected the name of a variable'), text(4_096)).default({}),
});
export const PACKAGE_KINDS = ['manifest', 'mcp_server'] as const;
export const PackageKind = z.discriminatedUnion('type', [ManifestKind, McpServerKind]);
export type PackageKind = z.output<typeof PackageKind>;

/** What somebody publishes. An empty `content_hash`, `signature` or `publisher_pubkey` counts as not given. */
export const PackageInput = z.object({
  name: PackageName,
  version: PackageVersion,
  description: text(4_000),
  author: text(200),
  tags: z.array(text(64).min(1)).max(50).default([]),
  kind: PackageKind,
  content_hash: text(128).default(''),
  signature: text(256).default(''),
  publisher_pubkey: text(128).default(''),
});
export type PackageInput = z.output<typeof PackageInput>;

/** A published version. It never changes. */
export interface PackageRecord {
  readonly name: string;
  /** As it was written: `1` stays `1`. */
  readonly version: string;
  readonly description: string;
  readonly author: string;
  readonly tags: readonly string[];
  readonly kind: PackageKind;
  /** BLAKE3-256 of the kind, 64 hex digits (src/domain/run/package.ts). */
  readonly content_hash: string;
  /** ISO 8601. */
  readonly published_at: string;
  /** Ed25519 over the ASCII of `content_hash`, 128 hex digits, with the key behind `publisher_pubkey`, 64 hex digits; both empty where it is not signed. */
  readonly signature: string;
  readonly publisher_pubkey: string;
  /** Whether the signature was checked and is good. */
  readonly signed: boolean;
  readonly published_by: string;
}

/** `precedence` is the version as a full semantic version: what is equal by it is the same version. */
export type NewPackage = Omit<PackageRecord, 'published_at'> & { readonly precedence: string };

export type PackagePublished = 'published' | 'version_exists' | 'too_many_packages' | 'too_many_versions';

export interface PackageFilter {
  /** Text in the name, the description or a tag, whatever its case. */
  readonly q?: string | undefined;
  readonly tag?: string | undefined;
  readonly kind?: PackageKind['type'] | undefined;
  readonly author?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

/**
 * A package in a tenant's registry: a copy, so that what is installed stays what was looked at, whatever happens to the published version. At most one version of a name.
 * The worker makes tools of it.
 */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  readonly kind: PackageKind;
  readonly content_hash: string;
  readonly signed: boolean;
  /** What it adds: the tool's name, or for a server what its tools' names begin with, `mcp_<server>_`. No two installed packages of a tenant add the same. */
  readonly provides: string;
  readonly installed_by: string;
  /** ISO 8601. */
  readonly installed_at: string;
}
export type NewInstall = Omit<InstalledPackage, 'installed_at'>;
export type PackageInstalled = 'installed' | 'same' | 'replaced' | 'name_taken' | 'too_many_installs';

/** What the registry of tools asks of the marketplace. */
export interface InstalledPackages {
  /** By name; at most {@link INSTALLS_MAX}. */
  installed(tenant: string): Promise<readonly InstalledPackage[]>;
  /** Changes whenever `installed` would answer something else. Cheap: asked before every use. */
  revision(tenant: string): Promise<string>;
  /** Tenants that have installed a server, with their revisions; at most 1,000. */
  serving(): Promise<readonly { readonly tenant: string; readonly revision: string }[]>;
}
