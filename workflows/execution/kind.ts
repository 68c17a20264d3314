/** The execution as a kind of actor: its pure functions, put together for the kernel. */
import { EXECUTION_COMMANDS, EXECUTION_KIND } from '../../src/contracts/execution/commands';
import { decide } from '../../src/domain/execution/decide';
import { adoptEnd, evolve } from '../../src/domain/execution/evolve';
import { describeExecution, projectExecution } from '../../src/domain/execution/project';
import { patience } from '../../src/domain/execution/patience';
import type { ExecutionStart } from '../../src/contracts/execution/start';
import { hasEnded } from '../../src/contracts/execution/status';
import type { ExecutionState } from '../../src/domain/execution/state';
import type { ActorKind } from '../kernel/actor';

const executionKind: ActorKind<ExecutionState> = {
  commands: EXECUTION_COMMANDS,
  decide,
  evolve,
  project: (state) => ({ ...projectExecution(state) }),
  describe: describeExecution,
  attributes: ({ start, status }) => ({
    EverthreadKind: EXECUTION_KIND,
    EverthreadTenant: start.tenant,
    EverthreadStatus: status,
    EverthreadExecution: start.id,
    EverthreadPattern: start.patternName,
  }),
  refused: (command, fault) => ({
    type: 'command_refused',
    data: { command: command.name, requestId: command.requestId, code: fault.code, message: fault.message },
  }),
};

const gatheringKind: ActorKind<ExecutionState> = { ...executionKind, patience };
const groupingKind: ActorKind<ExecutionState> = { ...gatheringKind, isEnding: ({ status }) => hasEnded(status) };
const adoptingKind: ActorKind<ExecutionState> = { ...groupingKind, adopt: adoptEnd };
const KINDS = { 2: gatheringKind, 3: groupingKind, 4: adoptingKind, 5: adoptingKind } as const;

/** By the edition of the start (src/contracts/execution/start.ts). */
export const executionKindOf = ({ edition }: Pick<ExecutionStart, 'edition'>): ActorKind<ExecutionState> =>
  edition === undefined ? executionKind : KINDS[edition];
