/** Versions of patterns: semantic versions in their order, and which of them somebody means. */
import * as semver from 'semver';

/** Ascending. Versions that differ in build metadata only stand in the order of that. */
export const inOrder = (versions: readonly string[]): readonly string[] => [...versions].sort((a, b) => semver.compareBuild(a, b));

/** The highest release, or where there is none the highest prerelease. Undefined for none. */
export function newest(versions: readonly string[]): string | undefined {
  const ascending = inOrder(versions);
  return ascending.filter((version) => semver.prerelease(version) === null).at(-1) ?? ascending.at(-1);
}

/** Characters of a range; nobody needs more, and ranges are compared with every version. */
export const RANGE_MAX = 128;

/** Whether a text is a version or a range of versions: `1.2.0`, `1.x`, `^1`, `>=1 <3`, `latest`, `*`. */
export const isRange = (text: string): boolean => text.length <= RANGE_MAX && (text === 'latest' || semver.validRange(text) !== null);

/** The version itself where it is there; else the highest in the range. Prereleases are meant only where the range names one. `latest` and `*`: the newest. */
export function pick(versions: readonly string[], asked: string): string | undefined {
  if (versions.includes(asked)) return asked;
  if (asked === 'latest' || asked === '*' || asked === '') return newest(versions);
  return inOrder(versions)
    .filter((version) => semver.satisfies(version, asked))
    .at(-1);
}

/** A version as definitions write it: exactly, without a v before it. */
export const isVersion = (text: string): boolean => text.length <= RANGE_MAX && semver.valid(text) === text;

/** What was probably meant: `1` and `1.2` lack their zeros. */
export const nearestVersion = (text: string): string => semver.coerce(text.slice(0, RANGE_MAX))?.version ?? '1.0.0';

/** Of a version whose last zeros may be missing: all three numbers and the prerelease, without build metadata. Equal ones are the same version. Null: it is none. */
export function fullVersion(text: string): string | null {
  const [, numbers = '', rest = ''] = /^([0-9]+(?:\.[0-9]+){0,2})([-+].*)?$/s.exec(text.slice(0, RANGE_MAX + 1)) ?? [];
  const padded = [...numbers.split('.'), '0', '0'].slice(0, 3).join('.');
  return text.length <= RANGE_MAX ? semver.valid(padded + rest) : null;
}
