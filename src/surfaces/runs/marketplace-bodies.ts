/** What clients send about packages, and packages as they see them: the peer's fields (digest §2.26), and ours beside them. */
import { z } from 'zod';
import { PACKAGE_KINDS, PackageInput, PackageKind, PackageName, PackageVersion, type InstalledPackage, type PackageRecord } from '../../contracts/run/package';
import { isRange, RANGE_MAX } from '../../domain/version';
import { pageShape } from '../http/paging';

export const PackageBody = PackageInput.meta({ id: 'PackageInput' });

/** Lists hold whole packages, as the peer's do, so a page is small enough to be read at once. */
const page = pageShape({ limit: 100, max: 200 });

const asked = z.string().min(1).max(RANGE_MAX).refine(isRange, 'expected a version, a range such as 1.x or ^1, or latest');

export const PackageParams = z.object({ name: z.string().min(1).max(128) });
export const VersionParams = PackageParams.extend({ version: z.string().min(1).max(128) });
export const PackageQuery = z.object({ version: asked.optional().describe('A version, a range such as `1.x` or `^1`, or `latest`. Without it the newest.') });
export const PackageListQuery = z.object(page);
const word = z.string().max(200).optional();
export const PackageSearchQuery = z.object({
  q: word.describe('A part of the name, of the description or of a tag, whatever its case.'),
  tag: word,
  kind: z.enum(PACKAGE_KINDS).optional(),
  author: word,
  ...page,
});
export const InstallBody = z
  .object({ version: asked.optional().describe('As in reading a package. Without it the newest.') })
  .meta({ id: 'PackageInstallInput' });

const time = z.iso.datetime();
const hash = z.string().describe('BLAKE3-256 of the kind, 64 hex digits.');
const signed = z.boolean().describe('Whether it has a signature that was checked and is good.');

const Package = z
  .object({
    ...{ name: PackageName, version: PackageVersion, description: z.string(), author: z.string(), tags: z.array(z.string()) },
    kind: PackageKind,
    content_hash: hash,
    published_at: time,
    signature: z.string().describe('Ed25519 over the hex digits of `content_hash`, 128 hex digits; empty: not signed.'),
    publisher_pubkey: z.string().describe('64 hex digits; empty: not signed.'),
    ...{ signed, published_by: z.string() },
  })
  .meta({ id: 'Package' });

const PAGE = { total: z.int(), limit: z.int(), offset: z.int() };
export const PackageList = z.object({ packages: z.array(Package), ...PAGE }).meta({ id: 'PackageList' });
export const PackageResults = z.object({ results: z.array(Package), count: z.int().describe('Of this page.'), ...PAGE }).meta({ id: 'PackageResults' });
export const PackageVersions = z.object({ name: z.string(), versions: z.array(Package) }).meta({ id: 'PackageVersions' });
export const FoundPackage = Package;

export const PublishedPackage = z
  .object({ status: z.literal('published'), name: z.string(), version: z.string(), content_hash: hash, signed })
  .meta({ id: 'PackagePublished' });
export const UnpublishedPackage = z.object({ status: z.literal('unpublished'), name: z.string(), version: z.string() }).meta({ id: 'PackageUnpublished' });

const Install = z
  .object({
    ...{ name: z.string(), version: z.string(), kind: PackageKind, content_hash: hash, signed },
    provides: z.string().describe("The tool's name; of a server what the names of its tools begin with."),
    ...{ installed_by: z.string(), installed_at: time },
  })
  .meta({ id: 'PackageInstall' });
export const InstallList = z.object({ installs: z.array(Install), total: z.int() }).meta({ id: 'PackageInstallList' });
export const InstalledReply = z
  .object({
    status: z.literal('installed'),
    ...{ name: z.string(), version: z.string(), content_hash: hash, signed },
    provides: z.string(),
    changed: z.boolean().describe('False: this version was installed already.'),
  })
  .meta({ id: 'PackageInstalled' });
export const UninstalledReply = z.object({ status: z.literal('uninstalled'), name: z.string(), version: z.string() }).meta({ id: 'PackageUninstalled' });

export const packageView = ({ name, version, description, author, tags, kind, content_hash, published_at, ...rest }: PackageRecord) => ({
  ...{ name, version, description, author, tags, kind, content_hash, published_at },
  ...{ signature: rest.signature, publisher_pubkey: rest.publisher_pubkey, signed: rest.signed, published_by: rest.published_by },
});

export const installView = ({ name, version, kind, content_hash, signed: good, provides, installed_by, installed_at }: InstalledPackage) => ({
  ...{ name, version, kind, content_hash, signed: good, provides, installed_by, installed_at },
});
