/** The activities of runs but for thinking, put together. Whatever fails leaves as a fault: its kind says whether Temporal tries again. */
import { CancelledFailure } from '@temporalio/activity';
import type { RunActivities } from '../../src/contracts/run/activities';
import { faultFrom } from '../../src/errors/fault';
import { compileIntent } from './compile-intent';
import type { RunDependencies } from './dependencies';
import { entryActivities } from './entries';
import { executeProposal } from './execute-proposal';
import { prepareDelegation } from './prepare-delegation';

async function declared<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw thrown instanceof CancelledFailure ? thrown : faultFrom(thrown);
  }
}

export function runActivities(deps: RunDependencies): Omit<RunActivities, 'think'> {
  const entries = entryActivities(deps);
  return {
    compileIntent: (input) => declared(() => compileIntent(deps, input)),
    executeProposal: (input) => declared(() => executeProposal(deps, input)),
    prepareDelegation: (input) => declared(() => prepareDelegation(deps, input)),
    appendEntry: (input) => declared(() => entries.appendEntry(input)),
    endDelegation: (input) => declared(() => entries.endDelegation(input)),
    closeTrajectory: (input) => declared(() => entries.closeTrajectory(input)),
  };
}
