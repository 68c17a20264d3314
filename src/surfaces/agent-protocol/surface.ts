/** The threads and runs of `/v1` for clients of LangChain's Agent Protocol (digest §5.1), below a prefix of its own: its client takes the address of that. */
import type { ConversationPorts } from '../../gateway/conversation-following';
import type { SurfaceDefinition } from '../http/surface';
import { getAssistant, searchAssistants } from './assistants';
import { faultBody, faultSchema, faultStatus } from './fault-body';
import * as joins from './joins';
import * as runs from './runs';
import * as threads from './threads';

export const agentProtocol: SurfaceDefinition<ConversationPorts> = {
  name: 'agent-protocol',
  title: 'Everthread for clients of the Agent Protocol',
  description: 'Threads and their runs, as clients of LangGraph create, follow, cancel and resume them.',
  prefixes: ['/agent-protocol'],
  faultBody,
  faultStatus,
  faultSchema,
  routes: [
    ...[searchAssistants, getAssistant],
    // Before `/:id`, of which these paths would be examples.
    ...[threads.searchThreads, threads.countThreads, threads.createThread, threads.getThread, threads.patchThread, threads.deleteThread],
    ...[threads.getState, threads.listHistory],
    ...[joins.streamRun, joins.waitRun, runs.createRun, runs.listRuns, runs.getRun],
    ...[joins.joinRun, joins.joinStream, joins.cancelRun],
    ...[joins.streamOwnRun, joins.waitOwnRun, runs.createOwnRun],
  ],
};
