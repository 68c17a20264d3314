/** The activities of scripts, put together. Whatever fails leaves as a fault: its kind says whether Temporal tries again. */
import { CancelledFailure } from '@temporalio/activity';
import type { ScriptActivities } from '../../src/contracts/script/activities';
import { faultFrom } from '../../src/errors/fault';
import { carriers } from '../journal/entrusted';
import type { Journal } from '../ports';
import { agentStep } from './agent-step';
import { decideStep } from './decide-step';
import type { ScriptDependencies } from './dependencies';
import { evaluateStep, keeping } from './evaluate-step';
import { executeStep } from './execute-step';
import { planStep } from './plan-step';
import { prepareChild } from './prepare-child';
import { sendStep } from './send-step';

async function declared<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw thrown instanceof CancelledFailure ? thrown : faultFrom(thrown);
  }
}

/** Those that events may come along with. */
type Acting = Pick<ScriptActivities, 'executeStep' | 'agentStep' | 'decideStep' | 'planStep' | 'sendStep' | 'evaluateStep'>;

export function scriptActivities(deps: ScriptDependencies, { journal }: { readonly journal: Journal }): ScriptActivities {
  const kept = keeping(deps);
  const acting: Acting = {
    executeStep: (input) => declared(() => executeStep(deps, input)),
    agentStep: (input) => declared(() => agentStep(deps, input)),
    decideStep: (input) => declared(() => decideStep(deps, input)),
    planStep: (input) => declared(() => planStep(deps, input)),
    sendStep: (input) => declared(() => sendStep(deps, input)),
    evaluateStep: (input) => declared(() => evaluateStep(deps, input)),
  };
  return {
    ...carriers<Acting>({ journal }, acting),
    readPage: (input) => declared(() => kept.readPage(input)),
    keepList: (input) => declared(() => kept.keepList(input)),
    keepValue: (input) => declared(() => kept.keepValue(input)),
    checkFit: (input) => declared(() => kept.checkFit(input)),
    prepareChild: (input) => declared(() => prepareChild(deps, input)),
  };
}
