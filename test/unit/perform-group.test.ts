/** One activity for several tasks: what it claims, calls, writes and tells. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { setTimeout as delay } from 'node:timers/promises';
import type { Call } from '../../activities/agent-tasks/perform-called';
import { QuickCalls } from '../../activities/agent-tasks/quick-calls';
import { quickActivities } from '../../activities/agent-tasks/perform-quickly';
import { groupActivities, type ClaimedMember, type GroupDependencies } from '../../activities/agent-tasks/perform-group';
import type { SettledTask } from '../../activities/agent-tasks/outcomes-in-hand';
import type { TaskOutcome } from '../../src/contracts/agent/outcome';
import { until } from '../support/eventually';
import { GROUP_TOLD_MAX, QUICK_TOLD_MAX, type TaskGroup, type ToldOutcome } from '../../src/contracts/agent/task-group';

const GROUP: TaskGroup = {
  ...{ tenant: 't', executionId: 'exec_1', patternName: 'p', patternVersion: '1.0.0', capability: 'vote', input: {} },
  ...{ timeoutMs: 60_000, priority: 'normal', context: { stepIndex: 0, totalSteps: 1 } },
  members: ['ada', 'ben', 'cyd'].map((agentId) => ({ taskId: `task-${agentId}`, agentId })),
};

interface World {
  readonly receipts: (readonly SettledTask[])[];
  readonly signals: (readonly ToldOutcome[])[];
  readonly environment: MockActivityEnvironment;
  perform(): Promise<readonly ToldOutcome[]>;
  /** As a local activity. */
  performQuickly(): Promise<readonly ToldOutcome[]>;
  /** Ids of tasks that go on after it. */
  goingOn(): readonly string[];
  leave(...agentIds: readonly string[]): Promise<number>;
}

function world({ call, claims = {}, settle, known, tell, attempt = 1 }: WorldOptions): World {
  const receipts: (readonly SettledTask[])[] = [];
  const signals: (readonly ToldOutcome[])[] = [];
  const signal = async (_name: string, { outcomes }: { outcomes: readonly ToldOutcome[] }): Promise<void> => {
    await tell?.();
    signals.push(outcomes);
  };
  const client = { workflow: { getHandle: () => ({ signal }) }, withAbortSignal: (_signal: AbortSignal, work: () => unknown) => work() };
  const environment = new MockActivityEnvironment({ workflowExecution: { workflowId: 'w', runId: 'r' }, attempt }, { client: client as never });
  const seen = new Set<string>();
  const dependencies: GroupDependencies = {
    groups: {
      claim: ({ members }) =>
        Promise.resolve(
          new Map(
            members.flatMap(({ taskId, agentId }) => {
              const claimed: ClaimedMember = { agent: { tenant: 't', id: agentId }, kind: 'in-process', url: null, secret: null, fresh: !seen.has(taskId) };
              seen.add(taskId);
              const how = claims[agentId];
              return how === 'gone' ? [] : [[taskId, how === 'before' ? { ...claimed, fresh: false } : claimed]];
            }),
          ),
        ),
      settle: async (_tenant, tasks) => {
        await settle?.();
        receipts.push(tasks);
      },
    },
    tasks: {
      claim: ({ task: { taskId } }) => {
        const settled = known ?? receipts.flat().find((receipt) => receipt.taskId === taskId)?.outcome;
        return Promise.resolve(settled ? { state: 'settled', outcome: settled } : { state: 'open' });
      },
    },
    calls: { 'in-process': call },
    quick: new QuickCalls(),
  };
  const activities = { ...groupActivities(dependencies), ...quickActivities(dependencies) };
  let goingOn: readonly string[] = [];
  return {
    ...{ receipts, signals, environment },
    perform: () => environment.run(async () => (await activities.performAgentTasks(GROUP)).outcomes),
    performQuickly: () =>
      environment.run(async () => {
        const { outcomes, underWay = [] } = await activities.performQuickTasks(GROUP);
        goingOn = underWay;
        return outcomes;
      }),
    goingOn: () => goingOn,
    leave: async (...agentIds) => (await activities.leaveQuickTasks({ tenant: 't', taskIds: agentIds.map((id) => `task-${id}`) })).count,
  };
}

interface WorldOptions {
  readonly call: Call;
  /** By agent. */
  readonly claims?: Readonly<Record<string, 'gone' | 'before'>>;
  readonly known?: TaskOutcome;
  readonly attempt?: number;
  readonly settle?: () => Promise<void>;
  readonly tell?: () => Promise<void>;
}

const at = (outcomes: readonly ToldOutcome[], agentId: string): ToldOutcome | undefined => outcomes.find(({ taskId }) => taskId === `task-${agentId}`);
const category: Call = () => Promise.resolve({ result: { category: 'a' }, confidence: 0.9 });

/** Resolves when it is told to. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

it('answers that come at once have their receipts in one statement, and are told by the activity itself', async () => {
  const { perform, receipts, signals } = world({ call: category });

  expect((await perform()).map(({ outcome }) => outcome?.state)).toEqual(['completed', 'completed', 'completed']);
  expect(receipts.map((tasks) => tasks.length)).toEqual([3]);
  expect(signals).toEqual([]);
});

it('answers that are there while another lets wait are told early, with their receipts, and not again', async () => {
  const slow = gate();
  const { perform, receipts, signals } = world({
    call: async (task, agent, signal) => {
      if (agent.agent.id === 'cyd') await slow.opened;
      return category(task, agent, signal);
    },
    tell: () => {
      expect(receipts.flat().map(({ taskId }) => taskId)).toEqual(['task-ada', 'task-ben']);
      slow.open();
      return Promise.resolve();
    },
  });

  const outcomes = await perform();
  expect(signals.flat().map(({ taskId }) => taskId)).toEqual(['task-ada', 'task-ben']);
  expect(outcomes.map(({ taskId }) => taskId)).toEqual(['task-cyd']);
});

it('what could not be told early is told at the end', async () => {
  const slow = gate();
  const { perform } = world({
    call: async (task, agent, signal) => {
      if (agent.agent.id === 'cyd') await slow.opened;
      return category(task, agent, signal);
    },
    tell: () => {
      slow.open();
      return Promise.reject(new Error('Temporal is away'));
    },
  });

  expect((await perform()).map(({ taskId }) => taskId)).toEqual(['task-ada', 'task-ben', 'task-cyd']);
});

it('a failure is an outcome of its task alone, and so is an agent that is not there', async () => {
  const { perform, receipts } = world({
    claims: { ben: 'gone' },
    call: (task, agent, signal) => (agent.agent.id === 'ada' ? Promise.reject(new Error('broken')) : category(task, agent, signal)),
  });

  const outcomes = await perform();
  expect(at(outcomes, 'ada')?.outcome).toMatchObject({ state: 'failed', fault: { code: 'agent.task_failed', message: 'broken' } });
  expect(at(outcomes, 'ben')?.outcome).toMatchObject({ state: 'failed', fault: { code: 'agent.lost' } });
  expect(at(outcomes, 'cyd')?.outcome).toMatchObject({ state: 'completed' });
  expect(receipts.flat().map(({ taskId }) => taskId)).toEqual(['task-ada', 'task-cyd']);
});

it('a task that was claimed before is not given again: its receipt says what became of it, or nobody knows', async () => {
  const asked: string[] = [];
  const call: Call = (task, agent, signal) => {
    asked.push(agent.agent.id);
    return category(task, agent, signal);
  };
  const known: TaskOutcome = { state: 'completed', result: { agentId: 'ada', result: 1, durationMs: 5 } };

  expect(at(await world({ call, claims: { ada: 'before' }, known }).perform(), 'ada')?.outcome).toEqual(known);
  expect(at(await world({ call, claims: { ada: 'before' }, attempt: 2 }).perform(), 'ada')?.outcome).toMatchObject({
    fault: { code: 'agent.outcome_unknown' },
  });
  expect(asked).not.toContain('ada');
});

it('an answer counts also where its receipt could not be written', async () => {
  const { perform } = world({ call: category, settle: () => Promise.reject(new Error('the database is away')) });

  expect((await perform()).map(({ outcome }) => outcome?.state)).toEqual(['completed', 'completed', 'completed']);
});

it('an answer for which there is no room is said to be there', async () => {
  const { perform } = world({ call: () => Promise.resolve({ result: 'x'.repeat(GROUP_TOLD_MAX / 2 - 1_000) }) });

  expect((await perform()).map(({ outcome }) => outcome?.state ?? null)).toEqual(['completed', 'completed', null]);
});

it('a cancellation ends all calls, writes what came of them, and is what the activity says', async () => {
  const begun: string[] = [];
  const { perform, environment, receipts } = world({
    call: (_task, { agent }, signal) => {
      if (begun.push(agent.id) === 3) setImmediate(() => environment.cancel('TIMED_OUT'));
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true }));
    },
  });

  await expect(perform()).rejects.toThrow(/cancelled/);
  expect(receipts.flat().map(({ outcome }) => outcome.state)).toEqual(['cancelled', 'cancelled', 'cancelled']);
});

type Claims = GroupDependencies['tasks']['claim'];
it('claims again under the activity that waits now', async () => {
  const waiting: Parameters<Claims>[0]['waiting'][] = [];
  const activities = groupActivities({
    groups: {
      claim: ({ members }) =>
        Promise.resolve(
          new Map(
            members.map(({ taskId, agentId }) => [taskId, { agent: { tenant: 't', id: agentId }, kind: 'in-process', url: null, secret: null, fresh: false }]),
          ),
        ),
      settle: () => Promise.resolve(),
    },
    tasks: {
      claim: (claim) => {
        waiting.push(claim.waiting);
        return Promise.resolve({ state: 'open' });
      },
    },
    calls: {},
    quick: new QuickCalls(),
  });
  const environment = new MockActivityEnvironment({ attempt: 2, workflowExecution: { workflowId: 'w', runId: 'r' }, activityId: 'agent-tasks/x' });
  await environment.run(activities.performAgentTasks, GROUP);

  expect(waiting).toEqual(Array.from({ length: 3 }, () => ({ workflowId: 'w', runId: 'r', activityId: 'agent-tasks/x' })));
});

describe('asked within the task of the workflow', () => {
  it('agents who answer at once are claimed, have their receipts, and are told of', async () => {
    const { performQuickly, receipts, signals } = world({ call: category });

    expect((await performQuickly()).map(({ outcome }) => outcome?.state)).toEqual(['completed', 'completed', 'completed']);
    expect(receipts.map((tasks) => tasks.length)).toEqual([3]);
    expect(signals).toEqual([]);
  });

  it('a call that takes longer goes on, and whoever asks for its task waits for it: nobody is asked twice', async () => {
    const slow = gate();
    const asked: string[] = [];
    const { performQuickly, perform, receipts } = world({
      call: async (task, agent, signal) => {
        asked.push(agent.agent.id);
        if (agent.agent.id === 'cyd') await slow.opened;
        return category(task, agent, signal);
      },
    });

    expect((await performQuickly()).map(({ taskId }) => taskId)).toEqual(['task-ada', 'task-ben']);
    const rest = perform();
    slow.open();
    expect(at(await rest, 'cyd')?.outcome).toMatchObject({ state: 'completed' });
    expect(asked).toEqual(['ada', 'ben', 'cyd']);
    expect(receipts.flat().map(({ taskId }) => taskId)).toEqual(['task-ada', 'task-ben', 'task-cyd']);
  });

  it('an agent that took long is not asked so again before it was quick once', async () => {
    const { performQuickly, perform } = world({ call: (task, agent, signal) => delay(150).then(() => category(task, agent, signal)) });

    expect(await performQuickly()).toEqual([]);
    await perform();
    const began = performance.now();
    expect(await performQuickly()).toEqual([]);
    expect(performance.now() - began).toBeLessThan(100);
  });

  it('a cancellation of the activity that waits reaches a call that began before it', async () => {
    const { performQuickly, perform, environment } = world({
      call: (_task, _agent, signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true })),
    });

    await performQuickly();
    setImmediate(() => environment.cancel('CANCELLED'));
    await expect(perform()).rejects.toThrow(/cancelled/);
  });

  it('a call that nobody wants any more is ended and has its receipt; one that is over, or was never made, is left alone', async () => {
    const { performQuickly, goingOn, leave, receipts } = world({
      call: (task, agent, signal) =>
        agent.agent.id === 'ada'
          ? category(task, agent, signal)
          : new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true })),
    });

    await performQuickly();
    expect(goingOn()).toEqual(['task-ben', 'task-cyd']);
    expect(await leave('ada', 'ben', 'nobody')).toBe(1);
    await until('it has its receipt', () => receipts.flat().find(({ taskId }) => taskId === 'task-ben'));
    expect(receipts.flat().map(({ taskId, outcome }) => [taskId, outcome.state])).toEqual([
      ['task-ada', 'completed'],
      ['task-ben', 'cancelled'],
    ]);
    expect(await leave('cyd')).toBe(1);
  });

  it('answers that are large together are not all told within the task: who asks for the others finds their receipts', async () => {
    const { performQuickly, perform } = world({ call: () => Promise.resolve({ result: 'x'.repeat(QUICK_TOLD_MAX / 2 - 1_000) }) });

    expect((await performQuickly()).map(({ outcome }) => outcome?.state ?? null)).toEqual(['completed', 'completed', null]);
    expect((await perform()).map(({ outcome }) => outcome?.state)).toEqual(['completed', 'completed', 'completed']);
  });

  it('a task that another worker may have in hand is waited for, and its receipt counts', async () => {
    const claims = { ada: 'before' } as const;
    const { perform, receipts } = world({ call: category, claims });
    const outcome: TaskOutcome = { state: 'completed', result: { agentId: 'ada', result: 1, durationMs: 5 } };
    setTimeout(() => receipts.push([{ taskId: 'task-ada', agent: { tenant: 't', id: 'ada' }, outcome, text: '' }]), 200);

    expect(at(await perform(), 'ada')?.outcome).toEqual(outcome);
  });

  it('an answer of another agent than the one that was asked is nobody’s', async () => {
    const known: TaskOutcome = { state: 'completed', result: { agentId: 'dan', result: 1, durationMs: 5 } };

    expect(at(await world({ call: category, claims: { ada: 'before' }, known }).performQuickly(), 'ada')?.outcome).toMatchObject({
      fault: { code: 'agent.outcome_unknown' },
    });
  });
});
