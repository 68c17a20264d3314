/** What a person reads in the Temporal UI under "current details": what the thread does now, what it waits for, how to act on it. */
import { threadAddress } from '../../contracts/managed-thread/commands';
import type { ThreadState } from './state';

const quoted = (text: string, max: number): string =>
  text
    .slice(0, max)
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');

export function describeThread(state: ThreadState): string {
  const { start } = state;
  const lines = [
    `**${start.name}** is **${state.status}**${state.statusReason ? ` (${state.statusReason})` : ''}`,
    '',
    `- agent: ${start.agentType}${start.role ? ` as ${start.role}` : ''}, execution ${start.executionId}`,
    `- session: ${state.session ? `${state.session.sessionId} on ${state.session.hostId}` : 'none'}${state.conversationId ? `, conversation ${state.conversationId}` : ''}`,
    `- turns: ${state.turns}, waiting inputs: ${state.queue.length + state.immediate.length}`,
    `- objective: ${start.objectivePreview}`,
  ];
  if (state.turn) lines.push(`- in turn ${state.turn.turnId} since ${state.turn.startedAt}`);
  if (state.ask) {
    lines.push('', `**Waits for an answer** (${state.ask.kind}, \`${state.ask.id}\`):`, quoted(state.ask.text, 1_000));
    for (const { option, label } of state.ask.options) lines.push(`${option}. ${label}`);
    lines.push('', `Answer by signal: \`temporal workflow signal -w ${threadAddress(start.tenant, start.id)} --name approve --input '{"approve":true}'\``);
  }
  return lines.join('\n');
}
