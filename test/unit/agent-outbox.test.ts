import fc from 'fast-check';
import { Outbox } from '../../src/agent-desk/outbox';
import { AGENT_LIMITS } from '../../src/contracts/agent/agent';
import type { HeldTask } from '../../src/contracts/agent/outcome';
import { TASK_PRIORITIES, type AgentTask, type TaskPriority } from '../../src/contracts/agent/task';

const held = (taskId: string, priority: TaskPriority = 'normal'): HeldTask => {
  const task: AgentTask = {
    ...{ tenant: 'acme', taskId, executionId: 'exec_1', agentId: 'ada', patternName: 'p', patternVersion: '1.0.0', capability: 'a', input: 1 },
    ...{ timeoutMs: 30_000, priority, context: { stepIndex: 0, totalSteps: 1 } },
  };
  const waiting = { workflowId: 'w', runId: 'r', activityId: taskId };
  return { task, agent: { tenant: 'acme', id: 'ada' }, waiting, asked: false, claimedAt: 0, askedAt: null };
};

const everyOneOf = (outbox: Outbox): readonly string[] => {
  const ids: string[] = [];
  for (let next = outbox.next(); next; next = outbox.next()) ids.push(next.task.taskId);
  return ids;
};

it('gives the most urgent task first, and of two that are alike the one that came first', () => {
  const outbox = new Outbox();
  const given: readonly (readonly [string, TaskPriority])[] = [
    ...([['n1', 'normal'], ['l1', 'low'], ['c1', 'critical'], ['h1', 'high']] as const), // prettier-ignore
    ...([['c2', 'critical'], ['n2', 'normal'], ['h2', 'high'], ['l2', 'low']] as const), // prettier-ignore
  ];
  for (const [id, priority] of given) expect(outbox.add(held(id, priority))).toBe(true);

  expect(everyOneOf(outbox)).toEqual(['c1', 'c2', 'h1', 'h2', 'n1', 'n2', 'l1', 'l2']);
});

it('does not take back a task that is out for a more urgent one, which is the next when there is room', () => {
  const outbox = new Outbox();
  outbox.limit = 1;
  outbox.add(held('first', 'low'));
  expect(outbox.next()?.task.taskId).toBe('first');
  outbox.add(held('second', 'low'));
  outbox.add(held('urgent', 'critical'));

  expect(outbox.next()).toBeNull();
  expect(outbox.remove('first')).toBe(true);
  expect(outbox.next()?.task.taskId).toBe('urgent');
});

it('keeps every task once, however often it is added, and no more than may wait', () => {
  const outbox = new Outbox();
  for (let n = 0; n < AGENT_LIMITS.waitingTasks; n++) expect(outbox.add(held(`t${n}`))).toBe(true);

  expect(outbox.add(held('t0'))).toBe(true);
  expect(outbox.add(held('one too many', 'critical'))).toBe(false);
  expect(everyOneOf(outbox)).toHaveLength(AGENT_LIMITS.waitingTasks);
});

it('gives any mixture in order of urgency, and in order of coming within one', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...TASK_PRIORITIES), { maxLength: 50 }), (priorities) => {
      const outbox = new Outbox();
      const tasks = priorities.map((priority, n) => held(`t${n}`, priority));
      for (const task of tasks) outbox.add(task);

      const inOrder = [...TASK_PRIORITIES].reverse().flatMap((priority) => tasks.filter(({ task }) => task.priority === priority));
      expect(everyOneOf(outbox)).toEqual(inOrder.map(({ task }) => task.taskId));
    }),
  );
});
