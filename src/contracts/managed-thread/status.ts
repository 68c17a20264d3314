/** The eleven status words of a managed thread (seed 000; docs/managed-threads.md has the machine that moves between them). */
import { z } from 'zod';

export const THREAD_STATUSES = [
  'pending', // accepted, no worker has taken it up yet
  'preparing', // workspace, memory and context files are being made
  'starting', // the CLI is being started; no prompt seen yet
  'ready', // the CLI shows its prompt, nothing to do
  'running', // a turn is in progress
  'blocked', // a prompt waits for a person
  'idle', // the session was released after the idle timeout; the next send wakes it
  'waiting', // something to do, but no host can be reached to do it
  'completed', // the CLI ended by itself, successfully
  'failed', // the CLI or its preparation failed for good
  'stopped', // a person stopped it
] as const;

export const ThreadStatus = z.enum(THREAD_STATUSES);
export type ThreadStatus = z.output<typeof ThreadStatus>;

export const TERMINAL_STATUSES: readonly ThreadStatus[] = ['completed', 'failed', 'stopped'];
export const isTerminal = (status: ThreadStatus): boolean => TERMINAL_STATUSES.includes(status);
