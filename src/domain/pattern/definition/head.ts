/** What every definition begins with. */
import { NAME_MAX } from '../../../contracts/pattern/bounds';
import { isVersion, nearestVersion } from '../../version';
import { shown, type Fields, type Reading } from './reading';

export const HEAD_FIELDS = ['name', 'version', 'description', 'author', 'tags', 'metadata'];

export interface Head {
  readonly name: string;
  readonly version: string;
}

export function readHead(reading: Reading, fields: Fields): Head {
  const name = reading.text(fields['name'], ['name'], { max: NAME_MAX, expected: 'the name of the pattern' });
  if (name !== '' && !/^[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*$/.test(name)) {
    reading.report(
      ['name'],
      `${shown(name)} is no name of a pattern.`,
      'letters and digits, single hyphens or underscores between them, beginning with a letter',
    );
  }
  const version = fields['version'];
  if (typeof version === 'number') {
    reading.report(['version'], `${version} is a number.`, `a semantic version such as ${nearestVersion(String(version))}`);
  } else if (
    !isVersion(reading.text(version, ['version'], { max: NAME_MAX, expected: 'a semantic version such as 1.0.0' })) &&
    typeof version === 'string' &&
    version !== ''
  ) {
    reading.report(['version'], `${shown(version)} is no semantic version.`, `three numbers, such as ${nearestVersion(version)}`);
  }
  reading.optionalText(fields['description'], ['description']);
  reading.optionalText(fields['author'], ['author']);
  reading.texts(fields['tags'], ['tags']);
  if (fields['metadata'] !== undefined) reading.json(reading.map(fields['metadata'], ['metadata']), ['metadata']);
  return { name, version: typeof version === 'string' ? version : '' };
}
