/** How long the journal of an execution waits for more of the answers that come at about the same time. */
import type { RecordedEvent } from '../../contracts/actor';
import type { ExecutionEventData } from '../../contracts/execution/events';
import { hasEnded } from '../../contracts/execution/status';
import type { ExecutionState } from './state';

/** Agents that answer within this are quick: the others of their step are likely to be about to answer too. */
const QUICK_MS = 2_000;
const PATIENCE_MS = 100;

/** Milliseconds. Only for answers of quick agents while others of the step are still asked; whoever watches slow ones hears of each answer at once. */
export function patience({ status }: Pick<ExecutionState, 'status'>, waiting: readonly RecordedEvent[]): number {
  const last = waiting.at(-1);
  if (hasEnded(status) || last?.type !== 'progress') return 0;
  const { total, completed, failed } = last.data as ExecutionEventData<'progress'>;
  return completed + failed < total && !waiting.some(isSlow) ? PATIENCE_MS : 0;
}

const isSlow = ({ type, data }: RecordedEvent): boolean => type === 'agent_failed' || (type === 'agent_result' && Number(data['durationMs']) > QUICK_MS);
