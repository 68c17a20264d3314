/** The end of a run: the last entries of the ledger, then the one event that says so. */
import type { RunOutcome } from '../../src/contracts/run/start';
import { CANCELLED, ENDED_BY_ERROR, endEvent, type End } from '../../src/domain/run/ends';
import { cancellation, ownUse } from '../../src/domain/run/ledger/closing';
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
  const cancelled = end === CANCELLED ? cancellation(state) : null;
  if (cancelled) await shell.calls('cancellation').appendEntry({ run: identity, ...cancelled });
  await shell.calls('the end of the run').closeTrajectory({
    run: identity,
    ...{ attempt: start.attempt, finalAnswer: end.finalAnswer, terminatedBy: end.terminatedBy, usage: ownUse(shell.state) },
  });
}

export const outcomeOf = ({ status, terminatedBy, finalAnswer, used }: RunState): RunOutcome => ({
  status: status as RunOutcome['status'],
  terminatedBy: terminatedBy ?? ENDED_BY_ERROR,
  finalAnswer,
  used,
});
