/** What an agent sends and hears, by the types of the protocol (src/contracts/agent/protocol.ts). Types only: this package runs without Everthread. */
import type { ToAgent } from '../contracts/agent/protocol';

export type Heard = { [T in keyof ToAgent]: { readonly type: T; readonly id: string; readonly payload: ToAgent[T] } }[keyof ToAgent];

/** The task as the agent gets it. `timeout` is in milliseconds. */
export type Task = ToAgent['task'];

export interface Said {
  readonly type: 'register' | 'task_result' | 'task_error' | 'heartbeat' | 'status_update' | 'disconnect';
  readonly payload: object;
}

const KNOWN: Readonly<Record<keyof ToAgent, true>> = {
  registered: true,
  task: true,
  task_cancelled: true,
  heartbeat_ack: true,
  config_update: true,
  error: true,
};

/** Null for what this version does not know. */
export function hear(text: string): Heard | null {
  try {
    const message = JSON.parse(text) as { readonly type?: unknown; readonly payload?: unknown } | null;
    const known = typeof message?.type === 'string' && Object.hasOwn(KNOWN, message.type) && typeof message.payload === 'object' && message.payload !== null;
    return known ? (message as unknown as Heard) : null;
  } catch {
    return null;
  }
}
