/** References to the roles of an org chart. */
import { nearest } from '../nearest';
import { shown, type Reading } from './reading';
import type { Path } from './source';

/** The id of a role that is there. */
export function readRoleId(reading: Reading, value: unknown, path: Path, ids: readonly string[]): string {
  if (typeof value === 'string' && ids.includes(value)) return value;
  const hint = typeof value === 'string' ? nearest(value, ids) : '';
  reading.report(path, value === undefined ? 'It is missing.' : `There is no role ${shown(value)}.${hint}`, `one of ${ids.join(', ')}`);
  return ids[0] ?? '';
}

export const readOptionalRoleId = (reading: Reading, value: unknown, path: Path, ids: readonly string[]): string | null =>
  value === undefined || value === null ? null : readRoleId(reading, value, path, ids);
