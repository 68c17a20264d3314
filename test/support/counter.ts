/** The smallest actor there is: what the kernel's own tests are about. Pure half; counter-workflow.ts is the shell. */
import { z } from 'zod';
import { command, type ActorRef, type NewEvent, type Received, type RecordedEvent } from '../../src/contracts/actor';
import type { Fault } from '../../src/errors/fault';
import { Fault as FaultClass } from '../../src/errors/fault';

export const add = command('add', z.strictObject({ n: z.int().min(1).max(100) }), z.object({ seq: z.int(), total: z.int() }));
export const finish = command('finish', z.strictObject({}), z.object({ seq: z.int() }));
export const counterRef = (id: string): ActorRef => ({ address: `counter/${id}`, kind: 'counter', tenant: 'default', id });

export interface CounterState {
  readonly total: number;
  readonly finished: boolean;
}

export const counterKind = {
  commands: [add, finish],
  decide(state: CounterState, received: Received): { events: readonly NewEvent[]; reply: Readonly<Record<string, unknown>> } {
    if (state.finished) throw new FaultClass('conflict', 'counter.finished', 'The counter has finished.');
    if (received.name === 'finish') return { events: [{ type: 'finished', data: {} }], reply: {} };
    const { n } = received.input as { n: number };
    return { events: [{ type: 'added', data: { n } }], reply: { total: state.total + n } };
  },
  evolve: (state: CounterState, event: RecordedEvent): CounterState =>
    event.type === 'added'
      ? { ...state, total: state.total + (event.data as { n: number }).n }
      : event.type === 'finished'
        ? { ...state, finished: true }
        : state,
  project: (state: CounterState) => ({ ...state }),
  describe: (state: CounterState) => `total ${state.total}`,
  attributes: () => ({ EverthreadKind: 'counter' }),
  refused: (received: Received, fault: Fault): NewEvent => ({
    type: 'command_refused',
    data: { command: received.name, requestId: received.requestId, code: fault.code },
  }),
};
