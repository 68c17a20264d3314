/** Entries of the ledger beside those of proposals: what people said, what a child answered, how it ended. */
import type { RunActivities, RunIdentity } from '../../src/contracts/run/activities';
import type { StoredValue } from '../../src/contracts/execution/value';
import type { EntryDraft } from '../../src/contracts/run/ports';
import type { LedgerEntry } from '../../src/contracts/run/protocol';
import { finalAnswer, usage as usageEntry } from '../../src/domain/run/ledger/closing';
import { Fault } from '../../src/errors/fault';
import { readProposal } from './compilation';
import type { RunDependencies } from './dependencies';

type Entries = Pick<RunActivities, 'appendEntry' | 'endDelegation' | 'closeTrajectory'>;

const append = ({ ledger }: RunDependencies, { tenant, runId, trajectoryId }: RunIdentity, requestId: string, draft: EntryDraft): Promise<LedgerEntry> =>
  ledger.append({ tenant, trajectoryId, runId, requestId, build: () => draft });

async function textOf({ blobs }: RunDependencies, tenant: string, stored: StoredValue | null): Promise<string | null> {
  if (stored === null) return null;
  if ('value' in stored) return typeof stored.value === 'string' ? stored.value : JSON.stringify(stored.value);
  const text = await blobs.get(tenant, stored.ref);
  if (text === null) throw new Fault('internal', 'run.gone', 'The answer of the run is not stored any more.', {});
  return JSON.parse(text) as string;
}

export const entryActivities = (deps: RunDependencies): Entries => ({
  async appendEntry({ run, requestId, payload }) {
    if (payload.type === 'commit') throw new Fault('invalid', 'run.entry', 'Commits come from executions alone.', {});
    // What people and models said of it.
    const { id, seq } = await append(deps, run, requestId, deps.redact(payload));
    return { id, seq };
  },

  async endDelegation({ run, key, proposalRef, childTrajectoryId, finalAnswer: answer }) {
    const { plan } = (await readProposal(deps, run, proposalRef)).body;
    const { task } = plan.args as { readonly task: string };
    const final_answer = deps.redact(await textOf(deps, run.tenant, answer));
    const { seq } = await append(deps, run, `delegation:${key}`, { type: 'delegation', child_trajectory_id: childTrajectoryId, task, final_answer });
    return { seq };
  },

  async closeTrajectory({ run, attempt, finalAnswer: answer, terminatedBy, usage }) {
    const text = deps.redact(await textOf(deps, run.tenant, answer));
    const [last, used] = [finalAnswer(attempt, text, terminatedBy), usageEntry(attempt, usage)];
    await append(deps, run, last.requestId, last.payload);
    const { seq } = await append(deps, run, used.requestId, used.payload);
    return { seq };
  },
});
