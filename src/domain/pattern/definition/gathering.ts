/** What is gathered on the way through all steps of a definition, and how a step gets at the steps inside of it. */
import { RESERVED_NAMES } from '../../../contracts/pattern/plan';
import type { Step } from '../../../contracts/pattern/step';
import type { Defaults } from './agents';
import type { Fields, Reading } from './reading';
import type { Place } from './routes';
import type { Path } from './source';

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
