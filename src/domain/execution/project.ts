/** An execution's row for lists and reads, and what a person reads of it in the Temporal UI. */
import { executionAddress } from '../../contracts/execution/commands';
import type { ExecutionProjection } from '../../contracts/execution/start';
import type { ExecutionState } from './state';

export function projectExecution(state: ExecutionState): ExecutionProjection {
  const { plan, selected, ...start } = state.start;
  return {
    start,
    status: state.status,
    startedAt: state.startedAt,
    completedAt: state.completedAt,
    durationMs: state.durationMs,
    result: state.result,
    confidence: state.confidence,
    error: state.error,
    warnings: state.warnings,
    cancel: state.cancel,
    agentCount: state.agents.length,
    approvals: state.approvals,
    ...(state.threads.length > 0 && { threads: state.threads }),
    ...(state.blocked.length > 0 && { blocked: state.blocked }),
    updatedAt: state.updatedAt,
  };
}

export function describeExecution(state: ExecutionState): string {
  const { start, tasks } = state;
  const lines = [
    `**${start.patternName} ${start.patternVersion}** is **${state.status}**${state.error ? ` (${state.error.code}: ${state.error.message})` : ''}`,
    '',
    `- agents: ${state.agents.length}; tasks: ${tasks.asked} given, ${tasks.answered} answered, ${tasks.failed} failed`,
    ...(state.step === '' ? [] : [`- at ${state.step}`]),
    ...(start.parent ? [`- part of ${start.parent.executionId}, at ${start.parent.step}`] : []),
    ...(start.batch ? [`- input ${start.batch.index} of batch ${start.batch.id}`] : []),
    ...(start.retriedFrom === null ? [] : [`- tries again what ${start.retriedFrom} did`]),
    ...(state.cancel ? [`- cancelled by ${state.cancel.by}${state.cancel.reason === null ? '' : `: ${state.cancel.reason}`}`] : []),
  ];
  if (state.threads.length > 0)
    lines.push(
      `- threads: ${state.threads
        .slice(0, 20)
        .map(({ role, instance, threadId }) => `${role}#${instance} \`${threadId}\``)
        .join(', ')}`,
    );
  for (const { threadId, role, ask } of state.blocked) lines.push('', `**${role} waits for a person** (thread \`${threadId}\`): ${ask.text.slice(0, 500)}`);
  for (const { approvalId, message } of state.approvals) lines.push('', `**Waits for an approval** (\`${approvalId}\`): ${message.slice(0, 1_000)}`);
  if (state.approvals.length > 0)
    lines.push('', `Answer by signal: \`temporal workflow signal -w ${executionAddress(start.tenant, start.id)} --name approve --input '{"approve":true}'\``);
  return lines.join('\n');
}
