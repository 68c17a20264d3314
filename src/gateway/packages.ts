/** The marketplace, as a caller may use it: packages are checked here before they are kept, and again before a tenant gets their tools. A package is a row and no actor. */
import type { MakeOnce } from '../contracts/idempotency';
import type { Principal } from '../contracts/principal';
import {
  INSTALLS_MAX,
  KIND_BYTES_MAX,
  PACKAGES_MAX,
  PACKAGE_VERSIONS_MAX,
  type InstalledPackage,
  type NewInstall,
  type NewPackage,
  type PackageFilter,
  type PackageInput,
  type PackageInstalled,
  type PackageKind,
  type PackagePublished,
  type PackageRecord,
} from '../contracts/run/package';
import { isSignedBy } from '../domain/ed25519';
import { collide, kindHash, providedBy, serialisedKind, startsProgram } from '../domain/run/package';
import { fullVersion } from '../domain/version';
import { Fault, type Facts } from '../errors/fault';

export interface PackageStore {
  publish(tenant: string, made: NewPackage): Promise<PackagePublished>;
  find(tenant: string, filter: PackageFilter): Promise<{ readonly packages: readonly PackageRecord[]; readonly total: number }>;
  get(tenant: string, name: string, asked: string | null): Promise<PackageRecord | null>;
  versions(tenant: string, name: string): Promise<readonly PackageRecord[]>;
  unpublish(tenant: string, name: string, precedence: string): Promise<boolean>;
  install(tenant: string, made: NewInstall): Promise<PackageInstalled>;
  uninstall(tenant: string, name: string): Promise<InstalledPackage | null>;
  installed(tenant: string): Promise<readonly InstalledPackage[]>;
}

export interface PackagePorts {
  readonly store: PackageStore;
  readonly makeOnce: MakeOnce;
  /** What keeps a manifest from being a tool; null: nothing. */
  readonly manifestProblem: (manifest: Readonly<Record<string, unknown>>) => { readonly field: string; readonly reason: string } | null;
  /** Names of the tools that every tenant has. */
  readonly globalTools: () => Promise<readonly string[]>;
}

/** What the operator allows (src/config/variables.ts). */
export interface PackageRules {
  readonly unsigned: boolean;
  /** Hex of the public keys that may sign; empty: any. */
  readonly publishers: readonly string[];
  /** Whether packages may start programs on the worker. */
  readonly programs: boolean;
}

type Caller = Pick<Principal, 'tenant' | 'subject'>;

export class Packages {
  constructor(
    private readonly ports: PackagePorts,
    private readonly rules: PackageRules,
  ) {}

  /**
   * Publishes a version, once. Faults: `package.hash_mismatch`, `package.version_exists`, `package.too_many`, `package.too_many_versions` (conflict), `package.unsigned`,
   * `package.signature`, `package.publisher`, `package.too_large` (invalid), `idempotency.*`.
   */
  async publish(caller: Caller, input: PackageInput, idempotencyKey: string | null): Promise<{ readonly made: PackageRecord; readonly replayed: boolean }> {
    const made = this.read(caller, input);
    const { tenant } = caller;
    const { name, version } = made;
    const request = { tenant, route: 'POST /marketplace/packages', key: idempotencyKey, body: input };
    const find = async (): Promise<PackageRecord | null> => {
      const there = await this.ports.store.get(tenant, name, version);
      return there?.content_hash === made.content_hash && there.published_by === made.published_by ? there : null;
    };
    const { row, replayed } = await this.ports.makeOnce(request, `${name}@${made.precedence}`, {
      find,
      make: async () => {
        const published = await this.ports.store.publish(tenant, made);
        if (published !== 'published') throw unpublishable(published, made);
        return (await find()) ?? notFound(name, version);
      },
    });
    return { made: row, replayed };
  }

  private read({ subject }: Caller, input: PackageInput): NewPackage {
    const { content_hash: said, signature, publisher_pubkey: key, ...rest } = input;
    const precedence = fullVersion(input.version);
    if (precedence === null) throw invalid('package.version', 'version', 'expected a semantic version');
    const bytes = Buffer.byteLength(serialisedKind(input.kind));
    if (bytes > KIND_BYTES_MAX) throw invalid('package.too_large', 'kind', `expected at most ${KIND_BYTES_MAX} bytes`, { bytes, maxBytes: KIND_BYTES_MAX });
    const hash = kindHash(input.kind);
    if (said !== '' && said !== hash)
      throw new Fault('conflict', 'package.hash_mismatch', `integrity mismatch: expected ${said}, got ${hash}`, {
        field: 'content_hash',
        expected: said,
        got: hash,
      });
    const signed = this.checkSignature(hash, signature.toLowerCase(), key.toLowerCase());
    const signatures = { content_hash: hash, signature: signature.toLowerCase(), publisher_pubkey: key.toLowerCase() };
    return { ...rest, ...signatures, precedence, signed, published_by: subject };
  }

  private checkSignature(hash: string, signature: string, key: string): boolean {
    if (signature === '' && key === '') {
      if (this.rules.unsigned) return false;
      throw invalid('package.unsigned', 'signature', 'expected a signature; packages without one are not taken here');
    }
    if (!isSignedBy(key, hash, signature))
      throw invalid('package.signature', 'signature', 'expected 128 hex digits: Ed25519 over the hex digits of content_hash with the key of publisher_pubkey');
    if (this.rules.publishers.length > 0 && !this.rules.publishers.includes(key))
      throw invalid('package.publisher', 'publisher_pubkey', 'expected a key that is trusted here');
    return true;
  }

  find(tenant: string, filter: PackageFilter): Promise<{ readonly packages: readonly PackageRecord[]; readonly total: number }> {
    return this.ports.store.find(tenant, filter);
  }

  /** The version that `asked` means: as it was written, a full one, or a range; null: the newest. Fault `package.not_found`. */
  async get(tenant: string, name: string, asked: string | null): Promise<PackageRecord> {
    return (await this.ports.store.get(tenant, name, asked)) ?? notFound(name, asked);
  }

  /** Ascending. Fault `package.not_found`. */
  async versions(tenant: string, name: string): Promise<readonly PackageRecord[]> {
    const versions = await this.ports.store.versions(tenant, name);
    return versions.length > 0 ? versions : notFound(name, null);
  }

  /** What is installed of it stays installed. Fault `package.not_found`. */
  async unpublish(tenant: string, name: string, version: string): Promise<void> {
    const precedence = fullVersion(version);
    if (precedence === null || !(await this.ports.store.unpublish(tenant, name, precedence))) notFound(name, version);
  }

  /**
   * Puts a copy of the version into the tenant's registry, in the place of another version of it. Faults: `package.not_found`; `package.not_a_tool` (invalid) for a manifest
   * that is none; `package.unsigned`, `package.publisher` (invalid) where the rules have become stricter; `package.programs` (forbidden); `package.tool_taken`,
   * `package.too_many_installs` (conflict).
   */
  async install(
    { tenant, subject }: Caller,
    name: string,
    asked: string | null,
  ): Promise<{ readonly install: NewInstall; readonly outcome: 'installed' | 'same' | 'replaced' }> {
    const found = await this.get(tenant, name, asked);
    const { version, kind, content_hash, signed } = found;
    this.checkSignature(content_hash, found.signature, found.publisher_pubkey);
    this.checkKind(kind);
    const provides = providedBy(name, kind);
    const install: NewInstall = { name, version, kind, content_hash, signed, provides, installed_by: subject };
    const outcome = (await this.isTaken(install)) ? 'name_taken' : await this.ports.store.install(tenant, install);
    if (outcome === 'name_taken')
      throw new Fault('conflict', 'package.tool_taken', `another tool has the name already: ${provides}`, { package: name, provides });
    if (outcome === 'too_many_installs')
      throw new Fault('conflict', 'package.too_many_installs', `no more than ${INSTALLS_MAX} packages can be installed`, { max: INSTALLS_MAX });
    return { install, outcome };
  }

  private checkKind(kind: PackageKind): void {
    const problem = kind.type === 'manifest' ? this.ports.manifestProblem(kind.manifest) : null;
    if (problem) throw invalid('package.not_a_tool', `kind.manifest.${problem.field}`, problem.reason);
    if (startsProgram(kind) && !this.rules.programs) throw new Fault('forbidden', 'package.programs', 'packages may not start programs here');
  }

  private async isTaken(install: NewInstall): Promise<boolean> {
    const names = await this.ports.globalTools();
    return names.some((name) => collide(install, { kind: { type: 'manifest' }, provides: name }));
  }

  /** Fault `package.not_installed`. */
  async uninstall(tenant: string, name: string): Promise<InstalledPackage> {
    const gone = await this.ports.store.uninstall(tenant, name);
    if (!gone) throw new Fault('not_found', 'package.not_installed', `package not installed: ${name}`, { package: name });
    return gone;
  }

  installed(tenant: string): Promise<readonly InstalledPackage[]> {
    return this.ports.store.installed(tenant);
  }
}

const invalid = (code: string, field: string, reason: string, facts: Facts = {}): Fault =>
  new Fault('invalid', code, `${field}: ${reason}`, { field, reason, in: 'body', ...facts });

function notFound(name: string, version: string | null): never {
  throw new Fault('not_found', 'package.not_found', `package not found: ${version === null ? name : `${name}@${version}`}`, { package: name, version });
}

function unpublishable(why: Exclude<PackagePublished, 'published'>, { name, version }: NewPackage): Fault {
  switch (why) {
    case 'version_exists':
      return new Fault('conflict', 'package.version_exists', `version conflict: ${name}@${version} already exists`, { package: name, version });
    case 'too_many_packages':
      return new Fault('conflict', 'package.too_many', `no more than ${PACKAGES_MAX} packages can be published`, { max: PACKAGES_MAX });
    case 'too_many_versions':
      return new Fault('conflict', 'package.too_many_versions', `no more than ${PACKAGE_VERSIONS_MAX} versions of ${name} can be published`, {
        ...{ package: name, max: PACKAGE_VERSIONS_MAX },
      });
  }
}
