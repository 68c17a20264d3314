/** Threads (seed 002): conversations with agents, their durable events and live frames, rollouts and compaction; in the paths, words and statuses of the peer. */
import type { SurfaceDefinition } from '../http/surface';
import { getAgent, listAgents, upsertAgent } from './agents';
import { listEvents } from './events';
import { faultBody, faultSchema } from './fault-body';
import { exportRollout, importThread } from './jsonl';
import type { ThreadPorts } from './ports';
import { appendEvents, publishFrame } from './publish';
import * as runs from './runs';
import { watchThread } from './sockets';
import * as threads from './threads';

export const threadSurface: SurfaceDefinition<ThreadPorts> = {
  name: 'threads',
  title: 'Everthread threads',
  description: 'Conversations with agents: durable events, live frames, rollouts and compaction.',
  prefixes: ['/v1'],
  faultBody,
  faultSchema,
  routes: [
    ...[threads.listThreads, importThread, threads.getThread, threads.updateThread, threads.deleteThread],
    ...[listEvents, appendEvents, threads.listRollouts, exportRollout, threads.listActivity, threads.compactThread, threads.answerApproval],
    ...[publishFrame, runs.startRun, runs.listRuns, runs.getRun, runs.cancelRun],
    ...[upsertAgent, listAgents, getAgent],
  ],
  sockets: [watchThread],
};
