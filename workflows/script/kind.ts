/** The thread of a script as a kind of actor: its pure functions, put together for the kernel. */
import { SCRIPT_COMMANDS } from '../../src/contracts/script/commands';
import { threadHasEnded } from '../../src/contracts/script/status';
import { decideScriptThread } from '../../src/domain/script/thread/decide';
import { evolveScriptThread } from '../../src/domain/script/thread/evolve';
import { describeScriptThread, projectScriptThread, scriptAttributes } from '../../src/domain/script/thread/project';
import type { ScriptThreadState } from '../../src/domain/script/thread/state';
import type { ActorKind } from '../kernel/actor';

export const scriptKind: ActorKind<ScriptThreadState> = {
  commands: SCRIPT_COMMANDS,
  decide: decideScriptThread,
  evolve: evolveScriptThread,
  project: (state) => ({ ...projectScriptThread(state) }),
  describe: describeScriptThread,
  attributes: ({ start, status }) => scriptAttributes(start, status),
  refused: (command, fault) => ({
    type: 'command_refused',
    data: { command: command.name, requestId: command.requestId, code: fault.code, message: fault.message },
  }),
  // Nothing waits for more of its kind; but what one task of the workflow records goes out together, most of it with an activity that goes out anyway.
  patience: () => 0,
  isEnding: ({ status }) => threadHasEnded(status),
};
