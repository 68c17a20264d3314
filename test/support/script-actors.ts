/** One actor world for tests of scripts: workers of both queues over fake activities, and threads that are begun, looked at and spoken to. */
import type { Client, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { Json } from '../../src/contracts/pattern/json';
import { SCRIPTS_QUEUE } from '../../src/contracts/script/activities';
import { cancel, resume, scriptAddress } from '../../src/contracts/script/commands';
import type { ScriptEvent, ScriptEventType } from '../../src/contracts/script/events';
import type { ScriptOutcome, ScriptStart, ScriptThreadProjection } from '../../src/contracts/script/start';
import { Doors } from '../../src/gateway/doors';
import { startActorWorld, type ActorWorld } from './actor-world';
import { until } from './eventually';
import { FakeScripts, scriptStart } from './fake-script-activities';
import { recordHistories } from './record-histories';

export interface ScriptActors {
  readonly world: ActorWorld;
  readonly client: Client;
  fake: FakeScripts;
  work(): Promise<void>;
  begin(source: string, input?: Json, more?: Partial<ScriptStart> & BeginOptions): Promise<BegunThread>;
}
interface BeginOptions {
  /** Events after which the workflow continues as new. */
  readonly historyMax?: number;
  /** False: its history is too large to be kept with the tests. */
  readonly isKept?: boolean;
}
export interface BegunThread {
  readonly start: ScriptStart;
  readonly address: string;
  readonly handle: WorkflowHandleWithFirstExecutionRunId;
  events(): readonly (ScriptEvent & { readonly seq: number })[];
  of<T extends ScriptEventType>(type: T): readonly Extract<ScriptEvent, { readonly type: T }>['data'][];
  row(): ScriptThreadProjection | undefined;
  result(): Promise<ScriptOutcome>;
  /** Waits until so many steps wait for people. */
  paused(count?: number): Promise<ScriptThreadProjection>;
  resume(override?: Json, path?: string, requestId?: string): ReturnType<Doors['send']>;
  cancel(reason?: string): ReturnType<Doors['send']>;
}

const by = { subject: 'ada', via: 'api' } as const;

/** Sets the world up and down for the tests of a file. */
export function scriptActors(): ScriptActors {
  const begun: WorkflowHandleWithFirstExecutionRunId[] = [];
  let world: ActorWorld | null = null;
  let requests = 0;
  const there = (): ActorWorld => world as ActorWorld;
  const actors: ScriptActors = {
    get world() {
      return there();
    },
    get client() {
      return there().environment.client;
    },
    fake: new FakeScripts(),
    async work() {
      await there().work({ activities: { ...actors.fake.activities } });
      await there().work({ activities: { ...actors.fake.activities }, workflows: false, taskQueue: SCRIPTS_QUEUE });
    },
    async begin(source, input = {}, { historyMax, isKept = true, ...more } = {}) {
      const start = scriptStart(source, input, more);
      const address = scriptAddress(start.tenant, start.id);
      const args = historyMax === undefined ? [start] : [start, undefined, historyMax];
      const handle = await actors.client.workflow.start('script', { workflowId: address, taskQueue: 'everthread', args });
      if (isKept) begun.push(handle);
      // A machine that is busy answers late, and tests want to hear the answer.
      const doors = new Doors(actors.client, { updateDeadlineMs: 20_000, signalDeadlineMs: 5_000 });
      const events = () => there().journal.of(address) as unknown as readonly (ScriptEvent & { readonly seq: number })[];
      const row = () => there().journal.projections.get(address) as unknown as ScriptThreadProjection | undefined;
      return {
        ...{ start, address, handle, events, row },
        of: (type) => events().flatMap((event) => (event.type === type ? [event.data as never] : [])),
        result: () => handle.result() as Promise<ScriptOutcome>,
        async paused(count = 1) {
          return (await until('steps wait for people', () => ((row()?.pauses.length ?? 0) === count ? row() : null), 20_000)) as ScriptThreadProjection;
        },
        resume: (override, path, requestId = `r-${++requests}`) =>
          doors.send(address, resume, {
            input: { ...(path !== undefined && { step_path: path }), ...(override !== undefined && { override: override as never }) },
            requestId,
            by,
          }),
        cancel: (reason = 'enough') => doors.send(address, cancel, { input: { reason }, requestId: `c-${++requests}`, by }),
      };
    },
  };
  beforeAll(async () => {
    world = await startActorWorld();
  });
  beforeEach(async () => {
    actors.fake = new FakeScripts();
    await actors.work();
  });
  afterEach(async () => {
    await recordHistories(expect.getState().currentTestName ?? '', begun.splice(0));
    await there().rest();
  });
  afterAll(() => there().stop());
  return actors;
}
