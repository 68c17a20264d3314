/** The conversation as a kind of actor: its pure functions, put together for the kernel. */
import { CONVERSATION_COMMANDS, CONVERSATION_KIND } from '../../src/contracts/conversation/commands';
import { decideConversation } from '../../src/domain/conversation/decide';
import { evolveConversation } from '../../src/domain/conversation/evolve';
import { conversationStatus, describeConversation, projectConversation } from '../../src/domain/conversation/project';
import type { ConversationState } from '../../src/domain/conversation/state';
import type { ActorKind } from '../kernel/actor';

export const conversationKind: ActorKind<ConversationState> = {
  commands: CONVERSATION_COMMANDS,
  decide: decideConversation,
  evolve: evolveConversation,
  project: (state) => ({ ...projectConversation(state) }),
  describe: describeConversation,
  attributes: (state) => ({
    ...{ EverthreadKind: CONVERSATION_KIND, EverthreadTenant: state.start.tenant },
    ...{ EverthreadStatus: conversationStatus(state), EverthreadExecution: state.start.id },
  }),
  refused: (command, fault) => ({
    type: 'command_refused',
    data: { command: command.name, requestId: command.requestId, code: fault.code, message: fault.message },
  }),
};
