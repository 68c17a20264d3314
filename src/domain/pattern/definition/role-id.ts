/** References to the roles of an org chart. */
import { nearest } from '../../nearest';
import { shown, type Reading } from './reading';
import type { Path } from '../../yaml/source';

/** The id of a role that is there. */
export function readRoleId(reading: Reading, value: unknown, path: Path, ids: readonly string[]): string {
  if (typeof value === 'string' && ids.includes(value)) return value;
  const hint = typeof value === 'string' ? nearest(value, ids) : '';
  reading.report(path, value === undefined ? 'It is missing.' : `There is no role ${shown(value)}.${hint}`, `one of ${ids.join(', ')}`);
  return ids[0] ?? '';
}

/** One that is not there is told once, and stands for none, so that nothing else is found wrong because of it. */
export function readOptionalRoleId(reading: Reading, value: unknown, path: Path, ids: readonly string[]): string | null {
  if (value === undefined || value === null) return null;
  const id = readRoleId(reading, value, path, ids);
  return id === value ? id : null;
}
