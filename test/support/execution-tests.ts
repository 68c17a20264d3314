/** What every actor test of executions begins with: a real Temporal server, workers anew for each test, agents and stores that exist only here, and the recording of what was begun. */
import type { Client, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { executionAddress } from '../../src/contracts/execution/commands';
import type { ExecutionOutcome, ExecutionStart } from '../../src/contracts/execution/start';
import { startActorWorld, type ActorWorld } from './actor-world';
import { FakeStores } from './execution-starts';
import { FakeAgents } from './fake-agents';
import { recordHistories } from './record-histories';

type Handle = WorkflowHandleWithFirstExecutionRunId;
type Data = Readonly<Record<string, unknown>>;

export interface ExecutionTests {
  readonly world: ActorWorld;
  readonly client: Client;
  /** Empty at the beginning of every test. */
  readonly agents: FakeAgents;
  readonly stores: FakeStores;
  begin(start: ExecutionStart): Promise<BegunExecution>;
  /** Its history is kept when histories are recorded. */
  note(handle: Handle): void;
}

export interface BegunExecution {
  readonly start: ExecutionStart;
  readonly handle: Handle;
  readonly address: string;
  readonly events: () => ReturnType<ActorWorld['journal']['of']>;
  readonly types: () => readonly string[];
  /** The data of the events of one type, in order. */
  readonly of: (type: string) => readonly Data[];
  readonly result: () => Promise<ExecutionOutcome>;
}

interface More {
  /** Of the main worker, beside those of agents and stores. */
  readonly activities?: () => object;
  /** Workers of other queues. */
  readonly workers?: (world: ActorWorld) => Promise<void>;
}

/** Declares the hooks, so call it where a test file begins. `more` is asked at the beginning of every test, after agents and stores were emptied. */
export function executionTests(more: More = {}): ExecutionTests {
  const agents = new FakeAgents();
  const stores = new FakeStores();
  const begun: Handle[] = [];
  let world: ActorWorld;

  beforeAll(async () => void (world = await startActorWorld()), 120_000);
  beforeEach(async () => {
    agents.clear();
    stores.clear();
    await world.work({ activities: { ...agents.activities, ...stores.activities, ...more.activities?.() } });
    await more.workers?.(world);
  });
  afterEach(async () => {
    await recordHistories(expect.getState().currentTestName ?? '', begun.splice(0));
    await world.rest();
  });
  afterAll(() => world.stop());

  return {
    ...{ agents, stores },
    get world() {
      return world;
    },
    get client() {
      return world.environment.client;
    },
    note: (handle) => void begun.push(handle),
    async begin(start) {
      const address = executionAddress(start.tenant, start.id);
      const handle = await world.environment.client.workflow.start('patternExecution', { workflowId: address, taskQueue: 'everthread', args: [start] });
      begun.push(handle);
      const events = () => world.journal.of(address);
      return {
        ...{ start, handle, address, events },
        types: () => events().map(({ type }) => type),
        of: (wanted) =>
          events()
            .filter(({ type }) => type === wanted)
            .map(({ data }) => data),
        result: () => handle.result() as Promise<ExecutionOutcome>,
      };
    },
  };
}
