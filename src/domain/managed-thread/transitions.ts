/** The status machine: which status may follow which. docs/managed-threads.md shows this table; a test compares the two. */
import { Fault } from '../../errors/fault';
import type { ThreadStatus } from '../../contracts/managed-thread/status';

const ENDS = ['completed', 'failed', 'stopped'] as const;

export const TRANSITIONS: Readonly<Record<ThreadStatus, readonly ThreadStatus[]>> = {
  pending: ['preparing', 'waiting', 'failed', 'stopped'],
  preparing: ['starting', 'waiting', 'failed', 'stopped'],
  starting: ['preparing', 'ready', 'running', 'blocked', 'waiting', 'idle', ...ENDS],
  ready: ['running', 'blocked', 'idle', 'waiting', 'starting', ...ENDS],
  running: ['ready', 'blocked', 'waiting', 'idle', 'starting', ...ENDS],
  blocked: ['running', 'starting', 'ready', 'waiting', 'idle', ...ENDS],
  idle: ['preparing', 'starting', 'waiting', ...ENDS],
  waiting: ['pending', 'preparing', 'starting', 'ready', 'running', 'blocked', 'idle', ...ENDS],
  completed: [],
  failed: [],
  stopped: [],
};

/** `to` when it may follow `from` (or equals it); Fault internal `thread.illegal_transition` otherwise: that would be a bug of ours. */
export function transition(from: ThreadStatus, to: ThreadStatus): ThreadStatus {
  if (from === to || TRANSITIONS[from].includes(to)) return to;
  throw new Fault('internal', 'thread.illegal_transition', `A thread that is ${from} cannot become ${to}.`, { from, to });
}
