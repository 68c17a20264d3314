/** The managed thread as a kind of actor: its pure functions, put together for the kernel. */
import { THREAD_COMMANDS } from '../../src/contracts/managed-thread/commands';
import { decide } from '../../src/domain/managed-thread/decide';
import { describeThread } from '../../src/domain/managed-thread/describe';
import { evolve } from '../../src/domain/managed-thread/evolve';
import { projectThread } from '../../src/domain/managed-thread/project';
import type { ThreadState } from '../../src/domain/managed-thread/state';
import type { ActorKind } from '../kernel/actor';

export const threadKind: ActorKind<ThreadState> = {
  commands: THREAD_COMMANDS,
  decide,
  evolve,
  project: (state) => ({ ...projectThread(state) }),
  describe: describeThread,
  attributes: ({ start, status }) => ({
    EverthreadKind: 'managed-thread',
    EverthreadTenant: start.tenant,
    EverthreadStatus: status,
    EverthreadExecution: start.executionId,
    EverthreadRole: start.role,
  }),
  refused: (command, fault) => ({
    type: 'command_refused',
    data: { command: command.name, requestId: command.requestId, code: fault.code, message: fault.message },
  }),
};
