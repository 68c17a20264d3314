/** What every actor test of org charts begins with: as for executions, and the threads of roles, which exist only here and do what a test says. */
import { hostQueue } from '../../src/contracts/actor';
import { FOLLOW_QUEUE } from '../../src/contracts/execution/org';
import type { ExecutionStart } from '../../src/contracts/execution/start';
import type { Json } from '../../src/contracts/pattern/json';
import { startOf } from './execution-starts';
import { executionTests, type BegunExecution, type ExecutionTests } from './execution-tests';
import { FakeRoleThreads, type GivenTask, type Said } from './fake-role-threads';
import { orgChartOf } from './pattern-plans';

interface OrgChartTests extends Omit<ExecutionTests, 'begin'> {
  readonly threads: FakeRoleThreads;
  /** What a role does with a task; at the beginning of a test it repeats it. */
  does: (task: GivenTask, nth: number) => Said | Promise<Said>;
  beginWith(start: ExecutionStart): Promise<BegunExecution>;
  begin(yaml: string, input?: Json, more?: Partial<ExecutionStart>): Promise<BegunExecution>;
}

/** Declares the hooks, so call it where a test file begins. */
export function orgChartTests(): OrgChartTests {
  let threads: FakeRoleThreads;
  const tests = executionTests({
    activities() {
      office.does = ({ role, message }) => ({ output: `${role}: ${message}` });
      threads = new FakeRoleThreads((task, nth) => office.does(task, nth), tests.stores);
      return threads.activities();
    },
    async workers(world) {
      await world.work({ activities: threads.following(), taskQueue: FOLLOW_QUEUE, workflows: false });
      await world.work({ activities: threads.host, taskQueue: hostQueue('host-a'), workflows: false });
    },
  });
  const office: OrgChartTests = {
    ...{ agents: tests.agents, stores: tests.stores, note: tests.note, does: () => ({ says: 'nothing' }) },
    get world() {
      return tests.world;
    },
    get client() {
      return tests.client;
    },
    get threads() {
      return threads;
    },
    beginWith: (start) => tests.begin(start),
    begin: (yaml, input = {}, more = {}) => tests.begin(startOf(orgChartOf(yaml), input, more)),
  };
  return office;
}

/** The definition of an org chart with these lines of roles and of steps. */
export const chart = (roles: readonly string[], steps: string, more = ''): string =>
  `structure:\n  roles:\n${roles.map((role) => `    ${role}`).join('\n')}\n${more}workflow:\n  input: { task: { type: string, default: build it } }\n${steps}`;

/** The fields of a role that is a thread. */
export const THREAD = 'agentType: scripted, threadConfig: { enabled: true }';
