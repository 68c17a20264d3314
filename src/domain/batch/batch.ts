/** What a batch answers and becomes. Pure. The executions in hand are the workflow's code; here are only those that have ended. */
import type { Received, RecordedEvent } from '../../contracts/actor';
import { batchAddress, type BatchEvent, type BatchProjection, type BatchStart } from '../../contracts/execution/batch';
import { hasEnded } from '../../contracts/execution/status';
import { Fault } from '../../errors/fault';
import type { Reply } from '../actor/receipts';

export type BatchState = BatchProjection;

export const openBatch = (start: BatchStart): BatchState => ({
  start,
  status: 'pending',
  ...{ completed: 0, failed: 0, cancelledItems: 0, startedAt: null, completedAt: null, error: null, cancel: null },
  updatedAt: start.createdAt,
});

/** Inputs whose execution has ended; at rest also the index of the next one to be started. */
export const endedItems = ({ completed, failed, cancelledItems }: BatchState): number => completed + failed + cancelledItems;

/** What the last event of a batch tells beside its own. */
export const totals = (state: BatchState, at: string) => ({
  durationMs: Math.max(0, Date.parse(at) - Date.parse(state.startedAt ?? state.start.createdAt)),
  ...{ total: state.start.total, completed: state.completed, failed: state.failed },
});

/** Fault `batch.ended` (conflict). Cancelling twice is a no-op that shows the first cancellation. */
export function decideBatch(state: BatchState, command: Received): { readonly events: readonly BatchEvent[]; readonly reply: Reply } {
  if (command.name !== 'cancel')
    throw new Fault('unsupported', 'actor.unknown_command', `A batch knows no command ${command.name}.`, { command: command.name });
  if (state.cancel) return { events: [], reply: { cancelledAt: state.cancel.at, reason: state.cancel.reason, repeated: true } };
  if (hasEnded(state.status)) throw new Fault('conflict', 'batch.ended', `The batch is ${state.status}; it takes no more commands.`, { status: state.status });
  const reason = (command.input as { readonly reason?: string }).reason ?? null;
  const data = { status: 'cancelled' as const, reason, cancelledBy: command.by.subject, ...totals(state, command.at) };
  return { events: [{ type: 'cancelled', data }], reply: { cancelledAt: command.at, reason, repeated: false } };
}

function change(state: BatchState, event: RecordedEvent & BatchEvent): Partial<BatchState> {
  switch (event.type) {
    case 'started':
      return { status: 'running', startedAt: event.at };
    case 'item_ended':
      if (event.data.status === 'completed') return { completed: state.completed + 1 };
      return event.data.status === 'failed' ? { failed: state.failed + 1 } : { cancelledItems: state.cancelledItems + 1 };
    case 'completed':
      return { status: 'completed', completedAt: event.at };
    case 'failed':
      return { status: 'failed', completedAt: event.at, error: event.data.error };
    case 'cancelled':
      return { status: 'cancelled', completedAt: event.at, cancel: { by: event.data.cancelledBy, reason: event.data.reason, at: event.at } };
    case 'command_refused':
      return {};
  }
}

/** The first end stands; executions that end after it are counted still. */
export function evolveBatch(state: BatchState, event: RecordedEvent): BatchState {
  if (hasEnded(state.status) && event.type !== 'item_ended') return { ...state, updatedAt: event.at };
  return { ...state, ...change(state, event as RecordedEvent & BatchEvent), updatedAt: event.at };
}

/** Watchers hear of inputs that ended at most so much later. */
const PATIENCE_MS = 500;

/** How long the journal of a batch waits for more inputs to end, in milliseconds. */
export const batchPatience = ({ status }: BatchState, waiting: readonly RecordedEvent[]): number =>
  !hasEnded(status) && waiting.every(({ type }) => type === 'item_ended') ? PATIENCE_MS : 0;

export function describeBatch(state: BatchState): string {
  const { start } = state;
  return [
    `**${start.total} × ${start.patternName} ${start.patternVersion}** is **${state.status}**`,
    '',
    `- ended: ${state.completed} completed, ${state.failed} failed, ${state.cancelledItems} cancelled; ${start.concurrency} at a time${start.stopOnError ? ', until one fails' : ''}`,
    ...(state.cancel ? [`- cancelled by ${state.cancel.by}${state.cancel.reason === null ? '' : `: ${state.cancel.reason}`}`] : []),
    `- executions: \`EverthreadPattern = '${start.patternName}'\` with ids that begin with that of the batch (\`${batchAddress(start.tenant, start.id)}\`)`,
  ].join('\n');
}
