/** Numbers the lines of a run's log. */
import type { RunEvent, RunEventData, RunEventType } from '../../contracts/run/events';
import { LOG_EVENT_TYPES } from '../../contracts/run/events';

type Unnumbered<D> = D extends { readonly idx: number } ? Omit<D, 'idx'> : D;
/** An event before its line has a number. */
export type Told = { [T in RunEventType]: { readonly type: T; readonly data: Unnumbered<RunEventData<T>> } }[RunEventType];

const isLine = ({ type, data }: Told): boolean => LOG_EVENT_TYPES.includes(type) && !(type === 'run_failed' && data.terminatedBy !== 'Error');

/** `logged`: lines so far. */
export function numbered(logged: number, told: readonly Told[]): readonly RunEvent[] {
  let idx = logged;
  return told.map((event) => (isLine(event) ? { ...event, data: { ...event.data, idx: ++idx } } : event) as RunEvent);
}
