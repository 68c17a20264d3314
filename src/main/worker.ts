/** `everthread worker`: runs the workflows, and the activities that any worker can run. */
import { Worker } from '@temporalio/worker';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { journalActivities } from '../../activities/journal/commit-journal';
import { endingActivities } from '../../activities/journal/commit-unless-ended';
import { carriers } from '../../activities/journal/entrusted';
import { placementActivities, SILENT_AFTER_MS } from '../../activities/placement/hosts';
import type { Config } from '../config/config';
import { ORCHESTRATION_QUEUE } from '../contracts/actor';
import { Fault } from '../errors/fault';
import type { Log } from '../surfaces/http/log';
import { calledAgents } from './called-agents';
import { openStore, temporalClient } from './connections';
import { executionEnd, executionWork } from './executions';
import { metricsPage } from './metrics-page';
import { orgChartWork, turnFollower } from './org-charts';
import type { Role } from './role';
import { runWorker } from './run-worker';
import { scheduledStarts } from './schedules';
import { pollScripts, scriptWork } from './script-worker';
import { scriptWorld } from './scripts';
import { startedWork } from './started-work';
import { subscriptions } from './webhooks';
import { startTracing } from './tracing';
import { startUpkeep } from './upkeep';
import { nativeConnection } from './worker-connection';

/** Made by scripts/build.mjs, beside the compiled sources. */
const BUNDLE = join(__dirname, '..', '..', 'workflow-bundle.js');
const CONNECTIONS = 16;
const HEARTBEAT_MS = 500;

export async function startWorker(config: Config, log: Log): Promise<Role> {
  if (!existsSync(BUNDLE)) throw new Fault('internal', 'worker.not_built', `${BUNDLE} does not exist: run npm run build.`);
  const opened = openStore(config, log, { role: 'worker', connections: CONNECTIONS });
  const tracing = await startTracing(config, 'worker', log);
  const page = await metricsPage(config);
  const connection = await nativeConnection(config, log, page.runtimeAddress);
  const { journal, hosts } = opened.store;
  const temporal = temporalClient(config, tracing.client);
  const work = startedWork(config, temporal.client, opened.store);
  const told = subscriptions(config, temporal.client, opened.store, work.targets, log);
  const agents = await calledAgents(config, opened.store, log);
  const runs = await runWorker(config, opened.store, log);
  const shared = { connection, namespace: config.temporal.namespace, interceptors: { activity: [...tracing.activity] } };
  const ends = { shutdownGraceTime: config.drainMs, shutdownForceTime: config.drainMs + 2_000 };
  const executions = executionWork(temporal.client, opened.store, work);
  const scripts = scriptWork(config, opened.store, { ...scriptWorld(opened.store, config), models: runs.models, tools: runs.tools, gateways: work });
  const worker = await Worker.create({
    ...{ ...shared, ...ends, taskQueue: ORCHESTRATION_QUEUE, workflowBundle: { codePath: BUNDLE }, sinks: tracing.sinks },
    activities: {
      ...journalActivities({ journal }),
      ...endingActivities({ journal, findEnd: executionEnd(opened.store) }),
      ...placementActivities({ hosts, silentAfterMs: SILENT_AFTER_MS, goneAfterMs: config.host.goneAfterMs }),
      ...scheduledStarts(opened.store, work.targets),
      ...executions,
      ...carriers({ journal }, { prepareExecution: executions.prepareExecution, ...agents.activities }),
      ...orgChartWork(work, config.forge),
      ...told.activities,
      ...runs.activities,
      ...scripts,
    },
    // What waits for a worker that was killed goes to another one after this: sooner than a command's caller gives up on an answer. The default is 10 s.
    stickyQueueScheduleToStartTimeout: '2s',
    // A cancelled call hears of it with its next heartbeat.
    maxHeartbeatThrottleInterval: HEARTBEAT_MS,
    defaultHeartbeatThrottleInterval: HEARTBEAT_MS,
  });
  const workers = [worker, await turnFollower(work, shared), await runs.poll({ ...shared, ...ends }), await pollScripts(scripts, { ...shared, ...ends })];
  const over = Promise.all(workers.map((each) => each.run())).then(() => undefined);
  const stopTelling = told.start();
  const stopUpkeep = startUpkeep(temporal.client, opened.store, log, config);
  over.catch((problem: unknown) => log.error({ err: problem }, 'the worker failed'));
  return {
    facts: { taskQueue: ORCHESTRATION_QUEUE, namespace: config.temporal.namespace, ...page.facts },
    over,
    stop: async () => {
      await Promise.all([stopUpkeep(), stopTelling(), agents.stop()]);
      for (const each of workers) if (each.getState() === 'RUNNING') each.shutdown();
      await over.catch(() => undefined);
      await agents.end();
      await runs.stop();
      await temporal.close();
      await connection.close();
      await opened.close();
      await page.close();
      await tracing.close();
    },
  };
}
