/** A real Temporal server of one's own and real workers, with a journal in memory that is as strict as the one in Postgres. For actor tests. */
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { endingActivities } from '../../activities/journal/commit-unless-ended';
import { carriers } from '../../activities/journal/entrusted';
import { ORCHESTRATION_QUEUE, SEARCH_ATTRIBUTES, type ActorRef, type CommitBatch, type RecordedEvent } from '../../src/contracts/actor';
import { hasEnded, type ExecutionStatus } from '../../src/contracts/execution/status';
import { Fault } from '../../src/errors/fault';
import { findTemporalCli } from '../../src/embedded/temporal-cli';
import { builtWorkflows, bundleOf } from './built';
import { until } from './eventually';

Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });

/** Refuses gaps and contradictions, as the real one does. */
export class StrictJournal {
  readonly actors = new Map<string, RecordedEvent[]>();
  readonly projections = new Map<string, Readonly<Record<string, unknown>>>();
  commits = 0;
  /** Set to make commits fail for a while. */
  broken: Error | null = null;
  /** Runs after each commit, before whoever committed hears of it. */
  committed: ((actor: ActorRef) => Promise<void>) | null = null;

  commitJournal = (batch: CommitBatch): Promise<void> => {
    if (this.broken) return Promise.reject(this.broken);
    this.commits += 1;
    const events = this.actors.get(batch.actor.address) ?? [];
    this.actors.set(batch.actor.address, events);
    for (const event of batch.events) {
      const there = events[event.seq - 1];
      if (there) {
        if (JSON.stringify(there) !== JSON.stringify(event)) throw new Fault('conflict', 'journal.conflict', `seq ${event.seq} is there already`);
        continue;
      }
      if (event.seq !== events.length + 1) throw new Fault('conflict', 'journal.gap', `seq ${event.seq} does not follow ${events.length}`);
      events.push(event);
    }
    // A repetition that comes late knows less than the row that is there.
    if ((batch.events.at(-1)?.seq ?? 0) >= events.length) this.projections.set(batch.actor.address, batch.projection);
    return this.committed?.(batch.actor) ?? Promise.resolve();
  };

  /** The commit of actors that may find an end they do not know of. */
  readonly ending = endingActivities({
    journal: { commit: (batch) => this.commitJournal(batch) },
    findEnd: ({ address }) => {
      const projection = this.projections.get(address);
      return Promise.resolve(projection && hasEnded(projection['status'] as ExecutionStatus) ? { projection, lastSeq: this.of(address).length } : null);
    },
  });

  of(address: string): readonly RecordedEvent[] {
    return this.actors.get(address) ?? [];
  }
}

export interface ActorWorld {
  readonly environment: TestWorkflowEnvironment;
  readonly journal: StrictJournal;
  /** A running worker on a queue; stop it by the returned function, or leave it to `stop`. */
  work(options: {
    readonly activities?: object;
    readonly workflows?: boolean;
    readonly taskQueue?: string;
    readonly maxCachedWorkflows?: number;
  }): Promise<() => Promise<void>>;
  /** Stops all workers. */
  rest(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * The server keeps everything in SQLite in its memory. A call that is cut off, as the polls of a worker that stops are, may leave a connection there which answers `interrupted` for some
 * seconds on a busy machine; a worker of the product is then started again.
 */
const createdWorker = (options: WorkerOptions): Promise<Worker> =>
  until(
    'the server lets a worker in',
    () =>
      Worker.create(options).catch((problem: Error) => {
        if (problem.message.includes('interrupted (9)')) return null;
        throw problem;
      }),
    30_000,
  );

/** `workflows`: path of the bundle's entry, relative to the repository; default: the product's own. */
export async function startActorWorld(workflows?: string): Promise<ActorWorld> {
  const [environment, workflowBundle] = await Promise.all([
    TestWorkflowEnvironment.createLocal({
      server: {
        executable: { type: 'existing-path', path: await findTemporalCli() },
        ui: false,
        log: { level: 'never', format: 'pretty' },
        extraArgs: [
          ...SEARCH_ATTRIBUTES.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
          ...['history.transferProcessorMaxPollRPS', 'history.timerProcessorMaxPollRPS', 'history.visibilityProcessorMaxPollRPS'].flatMap((key) => [
            '--dynamic-config-value',
            `${key}=2000`,
          ]),
        ],
      },
    }),
    workflows === undefined ? builtWorkflows() : bundleOf(workflows),
  ]);
  const journal = new StrictJournal();
  const stops = new Set<() => Promise<void>>();
  return {
    environment,
    journal,
    async work({ activities = {}, workflows: orchestrates = true, taskQueue = ORCHESTRATION_QUEUE, maxCachedWorkflows }) {
      const connection = await NativeConnection.connect({ address: environment.address });
      const worker = await createdWorker({
        connection,
        taskQueue,
        activities: orchestrates
          ? { commitJournal: journal.commitJournal, ...journal.ending, ...carrying(journal, activities) }
          : carrying(journal, activities),
        ...(orchestrates ? { workflowBundle } : {}),
        ...(maxCachedWorkflows === undefined ? {} : { maxCachedWorkflows }),
        maxHeartbeatThrottleInterval: 200,
        defaultHeartbeatThrottleInterval: 200,
        shutdownGraceTime: 0,
      });
      const running = worker.run();
      const stop = async (): Promise<void> => {
        if (!stops.delete(stop)) return;
        worker.shutdown();
        await running;
        await connection.close();
      };
      stops.add(stop);
      return stop;
    },
    rest: async () => {
      for (const end of [...stops]) await end();
    },
    async stop() {
      for (const end of [...stops]) await end();
      await environment.teardown();
    },
  };
}

/** As the worker has them: these take events along. Whoever brings a journal of its own has seen to that. */
function carrying(journal: StrictJournal, activities: object): object {
  if ('commitJournal' in activities) return activities;
  const names = [
    ...['selectAgents', 'performAgentTask', 'performAgentTasks', 'prepareExecution'],
    ...['executeStep', 'agentStep', 'decideStep', 'planStep', 'sendStep', 'evaluateStep'],
  ];
  const able = Object.entries(activities).filter(([name]) => names.includes(name)) as [string, (request: never) => Promise<object>][];
  return { ...activities, ...carriers({ journal: { commit: journal.commitJournal } }, Object.fromEntries(able)) };
}
