/** The run as a kind of actor: its pure functions, put together for the kernel. */
import { RUN_COMMANDS, RUN_KIND } from '../../src/contracts/run/commands';
import { decideRun } from '../../src/domain/run/decide';
import { evolveRun } from '../../src/domain/run/evolve';
import { describeRun, projectRun } from '../../src/domain/run/project';
import type { RunState } from '../../src/domain/run/state';
import type { ActorKind } from '../kernel/actor';

export const runKind: ActorKind<RunState> = {
  commands: RUN_COMMANDS,
  decide: decideRun,
  evolve: evolveRun,
  project: (state) => ({ ...projectRun(state) }),
  describe: describeRun,
  attributes: ({ start, status }) => ({ EverthreadKind: RUN_KIND, EverthreadTenant: start.tenant, EverthreadStatus: status, EverthreadExecution: start.id }),
  refused: (command, fault) => ({
    type: 'command_refused',
    data: { command: command.name, requestId: command.requestId, code: fault.code, message: fault.message },
  }),
};
