/** The managed-threads surface: all of its routes, in the order in which paths are tried. */
import type { SurfaceDefinition } from '../http/surface';
import { listAgentTypes } from './agent-types';
import { answerThread, cancelTurn, resumeThread, sendToThread } from './command-thread';
import { faultBody } from './fault-body';
import { getThread } from './get-thread';
import { listExecutionThreads, listThreads } from './list-threads';
import { listExecutionDecisions, listExperiences, listThreadDecisions, recordDecision } from './memory';
import type { ManagedThreadPorts } from './ports';
import { prepareThread } from './prepare-thread';
import { readEvents } from './read-events';
import { spawnThread } from './spawn-thread';
import { stopThread } from './stop-thread';
import { streamExecution } from './stream-execution';
import { attachTerminal, getScreen } from './terminal';
import { FaultWire } from './wire';

export const managedThreads: SurfaceDefinition<ManagedThreadPorts> = {
  name: 'managed-threads',
  title: 'Everthread managed threads',
  description: 'Coding agents in terminals, each supervised by a durable workflow.',
  prefixes: ['/api/managed-threads', '/api/agent-types', '/api/executions/:id/threads'],
  faultBody,
  faultSchema: FaultWire,
  routes: [
    listThreads,
    spawnThread,
    prepareThread,
    // Before `/:id`, of which these paths would be examples.
    listExperiences,
    listExecutionThreads,
    listExecutionDecisions,
    getThread,
    stopThread,
    sendToThread,
    answerThread,
    cancelTurn,
    resumeThread,
    readEvents,
    getScreen,
    listThreadDecisions,
    recordDecision,
    streamExecution,
    listAgentTypes,
  ],
  sockets: [attachTerminal],
};
