/** A marketplace in memory that takes whatever fits its schema: its rules are tested over the real store. */
import type { InstalledPackage, PackageRecord } from '../../src/contracts/run/package';
import { kindHash } from '../../src/domain/run/package';
import { Fault } from '../../src/errors/fault';
import type { MarketplacePorts } from '../../src/surfaces/runs/marketplace';

interface Kept {
  readonly tenant: string;
  readonly record: PackageRecord;
}

export class FakePackages implements MarketplacePorts {
  private kept: Kept[] = [];
  private installs: { readonly tenant: string; readonly install: InstalledPackage }[] = [];

  private of(tenant: string): readonly PackageRecord[] {
    return this.kept.filter((one) => one.tenant === tenant).map(({ record }) => record);
  }

  publish: MarketplacePorts['publish'] = ({ tenant, subject }, input) => {
    const { name, version, description, author, tags, kind, signature, publisher_pubkey } = input;
    const about = { name, version, description, author, tags, kind, signature, publisher_pubkey };
    const record = { ...about, content_hash: kindHash(kind), published_at: '2026-03-01T08:00:00.000Z', signed: false, published_by: subject };
    this.kept.push({ tenant, record });
    return Promise.resolve({ made: record, replayed: false });
  };
  find: MarketplacePorts['find'] = (tenant) => Promise.resolve({ packages: this.of(tenant), total: this.of(tenant).length });
  get: MarketplacePorts['get'] = async (tenant, name) => Promise.resolve(this.known(tenant, name));
  versions: MarketplacePorts['versions'] = async (tenant, name) => Promise.resolve([this.known(tenant, name)]);
  unpublish: MarketplacePorts['unpublish'] = async (tenant, name, version) => {
    this.known(tenant, name);
    this.kept = this.kept.filter(({ tenant: owner, record }) => owner !== tenant || record.name !== name || record.version !== version);
    return Promise.resolve();
  };
  install: MarketplacePorts['install'] = async ({ tenant, subject }, name) => {
    const { version, kind, content_hash, signed } = this.known(tenant, name);
    const install = { name, version, kind, content_hash, signed, provides: name, installed_by: subject };
    this.installs.push({ tenant, install: { ...install, installed_at: '2026-03-01T08:00:00.000Z' } });
    return Promise.resolve({ install, outcome: 'installed' as const });
  };
  uninstall: MarketplacePorts['uninstall'] = async (tenant, name) => {
    const at = this.installs.findIndex((one) => one.tenant === tenant && one.install.name === name);
    if (at < 0) throw new Fault('not_found', 'package.not_installed', `package not installed: ${name}`, { package: name });
    return Promise.resolve(this.installs.splice(at, 1)[0]!.install);
  };
  installed: MarketplacePorts['installed'] = (tenant) => Promise.resolve(this.installs.filter((one) => one.tenant === tenant).map(({ install }) => install));

  private known(tenant: string, name: string): PackageRecord {
    const found = this.of(tenant).find((record) => record.name === name);
    if (!found) throw new Fault('not_found', 'package.not_found', `package not found: ${name}`, { package: name, version: null });
    return found;
  }
}
