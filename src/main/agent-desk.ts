/** The desk of an api process, and the small worker by which workflows reach it. The worker starts with the first agent: a process without agents has none. */
import type { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { randomBytes } from 'node:crypto';
import { deskActivities } from '../../activities/agent-tasks/perform-by-desk';
import { AgentDesk } from '../agent-desk/desk';
import type { Config } from '../config/config';
import { AgentReports } from '../gateway/agent-reports';
import type { Store } from '../store/store';
import type { Log } from '../surfaces/http/log';
import { nativeConnection } from './worker-connection';

/** Tasks that are handed to agents at the same moment; one that is handed over takes no place. */
const HANDOVERS = 100;

interface RunningWorker {
  stop(): Promise<void>;
}

export function openDesk(config: Config, client: Client, store: Store, log: Log): { readonly desk: AgentDesk; stop(): Promise<void> } {
  const processId = randomBytes(6).toString('hex');
  let worker: Promise<RunningWorker> | null = null;
  let stopping = false;
  const desk: AgentDesk = new AgentDesk({
    ...{ processId, log, reports: new AgentReports(client), heartbeatMs: config.patternAgents.heartbeatMs },
    tasks: store.agentTasks,
    registry: {
      connect: (asked) => store.agentConnections.connect(asked),
      renew: (beats, aliveForMs) => store.agentConnections.renew(beats, aliveForMs),
      describe: (agent, connectionId, said) => store.agentConnections.describe(agent, connectionId, said),
      release: (agent, connectionId) => store.agentConnections.release(agent, connectionId),
      queueOf: (agent) => store.agents.queueOf(agent),
    },
    async ready() {
      if (stopping) return;
      worker ??= startWorker(config, desk, log);
      // One that could not be started is tried anew by the next agent.
      await worker.catch((problem: unknown) => {
        worker = null;
        throw problem;
      });
    },
  });
  return {
    desk,
    async stop() {
      stopping = true;
      await desk.stop();
      await (await worker?.catch(() => null))?.stop();
    },
  };
}

async function startWorker(config: Config, desk: AgentDesk, log: Log): Promise<RunningWorker> {
  const connection = await nativeConnection(config, log);
  const worker = await Worker.create({
    ...{ connection, namespace: config.temporal.namespace, taskQueue: desk.queue, activities: deskActivities(desk) },
    maxConcurrentActivityTaskExecutions: HANDOVERS,
    shutdownGraceTime: config.drainMs,
    shutdownForceTime: config.drainMs + 2_000,
  });
  const over = worker.run();
  over.catch((problem: unknown) => log.error({ err: problem, taskQueue: desk.queue }, 'the worker of agents failed'));
  log.info({ taskQueue: desk.queue }, 'tasks for agents are taken');
  return {
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await over.catch(() => undefined);
      await connection.close();
    },
  };
}
