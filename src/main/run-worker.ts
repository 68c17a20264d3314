/** What a worker needs for runs: their tools, their rules, what thinks in them, and the queue on which models are asked and tools work. */
import { randomUUID } from 'node:crypto';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import type { Config } from '../config/config';
import type { ConversationActivities } from '../contracts/conversation/activities';
import { RUNS_QUEUE, type RunActivities } from '../contracts/run/activities';
import type { Tools } from '../contracts/run/ports';
import type { ToldPolicies } from '../contracts/run/told-policies';
import type { Store } from '../store/store';
import type { Log } from '../surfaces/http/log';
import { Announcer } from './announcer';
import { conversationWork } from './conversations';
import { runModels, type RunModels } from './run-models';
import { watchPolicies } from './run-policies';
import { runTools } from './run-tools';
import { runWork } from './runs';

/** Model calls and tools of this process at once; more wait for another worker, or for the end of one of these. */
const AT_WORK_MAX = 200;
const HEARTBEAT_MS = 500;

export interface RunWorker {
  /** With those of threads, whose runs they are. */
  readonly activities: RunActivities & ConversationActivities;
  readonly models: RunModels;
  readonly tools: Tools;
  /** The worker of {@link RUNS_QUEUE}. */
  poll(options: Pick<WorkerOptions, 'connection' | 'namespace' | 'interceptors' | 'shutdownGraceTime' | 'shutdownForceTime'>): Promise<Worker>;
  stop(): Promise<void>;
}

/** Faults of what is configured wrong: `policy.*`, `tool.mcp_config`. */
export async function runWorker(config: Config, store: Store, log: Log): Promise<RunWorker> {
  const { folders, trustedKeys } = config.runAuthority.policies;
  const told = policyAnnouncer(store, log);
  const policies = await watchPolicies({ folders, trustedKeys, log, changed: (said) => told.say(null, said) });
  const { tools, stop } = await runTools({ config, store, packages: store.packages, env: process.env, log });
  const models = runModels(config);
  const activities = { ...runWork(store, config, { models, tools, policies }), ...conversationWork(store, config, { models, tools }) };
  return {
    ...{ activities, models, tools },
    poll: (options) =>
      Worker.create({
        ...options,
        taskQueue: RUNS_QUEUE,
        activities: { ...activities },
        maxConcurrentActivityTaskExecutions: AT_WORK_MAX,
        // A cancelled call hears of it with its next heartbeat.
        maxHeartbeatThrottleInterval: HEARTBEAT_MS,
        defaultHeartbeatThrottleInterval: HEARTBEAT_MS,
      }),
    async stop() {
      await Promise.all([policies.stop(), stop()]);
      await told.stop();
    },
  };
}

function policyAnnouncer({ runPolicies }: Pick<Store, 'runPolicies'>, log: Log): Announcer<ToldPolicies> {
  const worker = randomUUID();
  const publish = (_subject: null | string, said: ToldPolicies): Promise<void> => runPolicies.publish(worker, said);
  return new Announcer({ what: 'the policies of runs', publish, forget: () => runPolicies.forget() }, log);
}
