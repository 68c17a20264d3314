/** A run's row, and what a person reads of it in the Temporal UI. */
import { runAddress } from '../../contracts/run/commands';
import type { RunState } from './state';

/** The row is the state: a run is resumed from it. */
export const projectRun = (state: RunState): RunState => state;

export function describeRun(state: RunState): string {
  const { start, counters, pending } = state;
  const lines = [
    `**${start.title}**`,
    '',
    `It is **${state.status}**${state.terminatedBy === null ? '' : ` (${state.terminatedBy})`}${state.error ? `: ${state.error.message.slice(0, 500)}` : ''}`,
    '',
    `- step ${state.currentStep} of at most ${state.maxSteps}${state.activeTool === null ? '' : `, at \`${state.activeTool}\``}`,
    `- intents: ${counters.intents_declared}; commits: ${counters.commits}; rejections: ${counters.rejections}; failures: ${counters.failures}`,
    `- tokens: ${state.tokensIn} in, ${state.tokensOut} out; trajectory \`${start.trajectoryId}\``,
    ...(start.parent ? [`- delegated by run ${start.parent.runId}`] : []),
    ...(start.branchOf ? [`- branched from commit \`${start.branchOf.commitId}\``] : []),
    ...(state.cancel ? [`- cancelled by ${state.cancel.by}${state.cancel.reason === null ? '' : `: ${state.cancel.reason}`}`] : []),
  ];
  if (pending) {
    const { channel, proposalId, quorum, verdicts } = pending;
    lines.push(
      '',
      `**Waits for an approval** on channel \`${channel}\` (${verdicts.length} of ${quorum}), proposal \`${proposalId}\`: ${pending.reason.slice(0, 1_000)}`,
      '',
      `Answer by signal: \`temporal workflow signal -w ${runAddress(start.tenant, start.id)} --name approve --input '${JSON.stringify({ channel, approve: true })}'\``,
    );
  }
  return lines.join('\n');
}
