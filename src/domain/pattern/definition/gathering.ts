/** What is gathered on the way through all steps of a definition, and how a step gets at the steps inside of it. */
import { STEPS_MAX } from '../../../contracts/pattern/bounds';
import { RESERVED_NAMES } from '../../../contracts/pattern/plan';
import type { Step } from '../../../contracts/pattern/step';
import type { Defaults } from './agents';
import type { Fields, Reading } from './reading';
import type { Place } from './routes';
import type { Path } from '../../yaml/source';

export interface Gathering {
  readonly reading: Reading;
  readonly defaults: Defaults;
  readonly ids: Set<string>;
  /** Variables that steps and assignments give. */
  readonly names: Set<string>;
  /** A list of steps; and one step, which has the id `otherwise` when it says none. */
  readonly steps: (value: unknown, path: Path, depth: number) => Step[];
  readonly step: (value: unknown, path: Path, depth: number, otherwise?: string) => Step;
}

/** One step as it is being read. */
export interface StepAt {
  readonly gathering: Gathering;
  readonly id: string;
  readonly fields: Fields;
  readonly path: Path;
  readonly place: Place;
  readonly depth: number;
}

export function noteName({ reading, names }: Pick<Gathering, 'reading' | 'names'>, name: string, path: Path): void {
  if ((RESERVED_NAMES as readonly string[]).includes(name)) {
    reading.report(path, `${name} has a meaning of its own.`, `a name other than ${RESERVED_NAMES.join(', ')}`);
  }
  names.add(name);
}

/** The id of a step or a branch: a variable, and unique in the whole pattern. */
export function readId(gathering: Gathering, value: unknown, path: Path, otherwise?: string): string {
  const { reading, ids } = gathering;
  const id = value === undefined && otherwise !== undefined ? otherwise : reading.name(value, path);
  noteName(gathering, id, path);
  if (ids.has(id)) reading.report(path, `There is another step ${id}.`, 'an id that no other step of the pattern has');
  ids.add(id);
  if (ids.size > STEPS_MAX) reading.report(path, 'The pattern has too many steps.', `at most ${STEPS_MAX}, with those inside of others`);
  return id;
}
