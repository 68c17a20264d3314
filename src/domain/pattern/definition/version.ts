/** Versions as definitions write them. */
import * as semver from 'semver';
import { NAME_MAX } from '../../../contracts/pattern/bounds';

export const isVersion = (text: string): boolean => text.length <= NAME_MAX && semver.valid(text) === text;

/** Why `range` is no range of versions; null: it is one. */
export const rangeProblem = (range: string): string | null =>
  range.length <= NAME_MAX && range !== '' && (range === 'latest' || semver.validRange(range) !== null)
    ? null
    : `${JSON.stringify(range.slice(0, 60))} is no range of versions.`;

/** What was probably meant: `1` and `1.2` lack their zeros. */
export const nearestVersion = (text: string): string => semver.coerce(text.slice(0, NAME_MAX))?.version ?? '1.0.0';
