/** What a process needs that performs the steps of scripts: their tools, their models, the queue on which they act. */
import { Worker, type WorkerOptions } from '@temporalio/worker';
import type { ChildRequest, ThreadEnvironment } from '../../activities/script/dependencies';
import { scriptActivities } from '../../activities/script/activities';
import type { Config } from '../config/config';
import type { Tools } from '../contracts/run/ports';
import { SCRIPTS_QUEUE, type ScriptActivities } from '../contracts/script/activities';
import type { Compiled } from '../contracts/script/ports';
import type { ScriptStart } from '../contracts/script/start';
import { scriptChannels } from '../script-tools/channels';
import type { Store } from '../store/store';
import type { RunModels } from './run-models';
import { scriptTools, type ScriptToolGateways } from './script-tools';

/** Steps of this process at once; more wait for another worker, or for the end of one of these. */
const AT_WORK_MAX = 200;
const HEARTBEAT_MS = 500;

export interface ScriptWork {
  readonly models: Pick<RunModels, 'scripts' | 'redact'>;
  /** Those of runs. */
  readonly tools: Tools;
  readonly gateways: ScriptToolGateways;
  readonly environmentOf: (tenant: string, threadId: string) => Promise<ThreadEnvironment>;
  readonly prepareChild: (request: ChildRequest) => Promise<ScriptStart>;
  readonly compile: (source: string) => Compiled;
}

export function scriptWork(config: Config, store: Store, { models, tools, gateways, ...given }: ScriptWork): ScriptActivities {
  const { channels, channelSecret: secret } = config.scripts;
  return scriptActivities(
    {
      ...{ blobs: store.blobs, effects: store.effects, models: models.scripts, redact: models.redact, ...given },
      tools: scriptTools({ config, store, models: models.scripts, gateways }, tools),
      channels: scriptChannels({ channels, secret, rule: config.outgoing }),
    },
    store,
  );
}

/** The worker of {@link SCRIPTS_QUEUE}. */
export const pollScripts = (
  activities: ScriptActivities,
  options: Pick<WorkerOptions, 'connection' | 'namespace' | 'interceptors' | 'shutdownGraceTime' | 'shutdownForceTime'>,
): Promise<Worker> =>
  Worker.create({
    ...options,
    taskQueue: SCRIPTS_QUEUE,
    activities: { ...activities },
    maxConcurrentActivityTaskExecutions: AT_WORK_MAX,
    // A cancelled call hears of it with its next heartbeat.
    maxHeartbeatThrottleInterval: HEARTBEAT_MS,
    defaultHeartbeatThrottleInterval: HEARTBEAT_MS,
  });
