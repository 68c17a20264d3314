/** The end of a run: the last entries of the ledger, then the one event that says so. */
import type { RunOutcome } from '../../src/contracts/run/start';
import { CANCELLED, ENDED_BY_ERROR, type End } from '../../src/domain/run/ends';
import type { Told } from '../../src/domain/run/log-lines';
import { left } from '../../src/domain/run/authority/budget';
import type { RunState } from '../../src/domain/run/state';
import { faultFrom } from '../../src/errors/fault';
import type { RunShell } from './shell';

export async function finish(shell: RunShell, end: End): Promise<void> {
  try {
    await close(shell, end);
  } catch (thrown) {
    // The ledger refuses: the run has failed, whatever it had come to.
    const { code, message } = faultFrom(thrown);
    shell.record(endEvent(shell.state, { terminatedBy: ENDED_BY_ERROR, finalAnswer: end.finalAnswer, error: { code, message } }));
    return;
  }
  shell.record(endEvent(shell.state, end));
}

async function close(shell: RunShell, end: End): Promise<void> {
  const { state, identity, start } = shell;
  const { attempt } = start;
  if (end === CANCELLED && state.cancel) {
    const { by, reason, at } = state.cancel;
    await shell.calls('cancellation').appendEntry({ run: identity, requestId: `cancel:${attempt}`, payload: { type: 'cancel', by, reason, at } });
  }
  const { tokensIn, tokensOut, used, usedByChildren, costKnown = true } = shell.state;
  await shell.calls('the end of the run').closeTrajectory({
    run: identity,
    ...{ attempt, finalAnswer: end.finalAnswer, terminatedBy: end.terminatedBy, usage: { tokensIn, tokensOut, costKnown, used: left(used, usedByChildren) } },
  });
}

function endEvent(state: RunState, { terminatedBy, finalAnswer, error }: End): Told {
  if (terminatedBy === 'CognitionDone') return { type: 'run_completed', data: { status: 'completed', terminatedBy, finalAnswer } };
  if (terminatedBy === 'Cancelled') {
    const { by, reason } = state.cancel ?? { by: 'everthread', reason: null };
    return { type: 'run_cancelled', data: { status: 'cancelled', terminatedBy, by, reason } };
  }
  return { type: 'run_failed', data: { status: 'failed', terminatedBy, finalAnswer, error } };
}

export const outcomeOf = ({ status, terminatedBy, finalAnswer, used }: RunState): RunOutcome => ({
  status: status as RunOutcome['status'],
  terminatedBy: terminatedBy ?? ENDED_BY_ERROR,
  finalAnswer,
  used,
});
