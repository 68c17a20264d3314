/** What a step is given to be performed, and what comes of it. */
import type { Outcome } from '../../src/contracts/pattern/outcome';
import type { Route, Step } from '../../src/contracts/pattern/step';
import type { Frame } from '../../src/domain/execution/frame';
import type { Place } from './ask-agents';
import type { Run } from './run';

/** Where a list of steps is: `label` stands before the ids of its steps in events (`loop#2/`). */
export interface Walk {
  readonly run: Run;
  readonly frame: Frame;
  readonly label: string;
}

export interface Performing {
  readonly run: Run;
  readonly frame: Frame;
  readonly place: Place;
  /** Stands before the ids of steps inside. */
  readonly label: string;
  /** Goes through the steps inside. */
  readonly walk: (steps: readonly Step[], at: Walk) => Promise<Outcome | null>;
}

/** `route`: where the step itself says it goes on; without one `next` of the step counts. */
export interface Performed {
  readonly outcome: Outcome | null;
  readonly route?: Route;
}
