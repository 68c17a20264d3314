/** The threads of an org chart: spawned, given tasks and found through the gateway that clients use. */
import { TASK_MAX, type OrgActivities } from '../../src/contracts/execution/org';
import { SpawnThread } from '../../src/contracts/managed-thread/spawn';
import { parse } from '../../src/contracts/parse';
import { Fault, faultFrom } from '../../src/errors/fault';
import type { Blobs, RoleHistory, RoleThreads } from '../ports';
import { openPullRequest, type CallForge } from './pull-requests';

export interface OrgDependencies {
  readonly threads: RoleThreads;
  readonly history: RoleHistory;
  readonly blobs: Pick<Blobs, 'get'>;
  /** Where pull requests are opened; null: nowhere. */
  readonly forge: CallForge | null;
}

async function declared<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw faultFrom(thrown);
  }
}

export const orgActivities = ({ threads, history, blobs, forge }: OrgDependencies): OrgActivities => ({
  chooseAgentType: ({ agentTypes }) =>
    declared(async () => {
      const known = await threads.agentTypes();
      const chosen =
        agentTypes.find((type) => known.some((each) => each.type === type && each.available)) ??
        agentTypes.find((type) => known.some((each) => each.type === type));
      if (chosen !== undefined) return { agentType: chosen };
      const names = known.map(({ type }) => type);
      throw new Fault('invalid', 'execution.no_agent_type', `agentType: expected one of ${names.join(', ')}, found ${agentTypes.join(', ') || 'none'}`, {
        field: 'agentType',
        known: names,
      });
    }),
  spawnRoleThread: ({ tenant, key, spawn }) =>
    declared(async () => ({ threadId: await threads.spawn(tenant, key, parse(SpawnThread, spawn, 'execution.thread_settings')) })),
  sendTask: ({ tenant, executionId, threadId, requestId, message }) =>
    declared(async () => {
      const text = 'value' in message ? message.value : await valueOf(blobs, tenant, message.ref);
      if (typeof text !== 'string' || text === '') throw new Fault('invalid', 'execution.task', 'task: expected a text that is not empty', { field: 'task' });
      if (text.length > TASK_MAX)
        throw new Fault('invalid', 'execution.task', `task: expected at most ${TASK_MAX} characters, found ${text.length}`, { field: 'task', max: TASK_MAX });
      await threads.send(tenant, executionId, { threadId, requestId, message: text });
    }),
  answerQuestion: ({ tenant, executionId, threadId, askId, requestId, text }) =>
    declared(async () => {
      try {
        await threads.answer(tenant, executionId, { threadId, askId, requestId, text });
        return { answered: true };
      } catch (thrown) {
        const { kind } = faultFrom(thrown);
        if (kind === 'conflict' || kind === 'invalid' || kind === 'not_found') return { answered: false };
        throw thrown;
      }
    }),
  findThread: ({ tenant, threadId }) => declared(() => threads.find(tenant, threadId)),
  openPullRequest: (request) => declared(() => openPullRequest(forge, request)),
  roleHistory: (request) => declared(async () => ({ runs: await history.runs(request) })),
});

async function valueOf(blobs: Pick<Blobs, 'get'>, tenant: string, ref: string): Promise<unknown> {
  const text = await blobs.get(tenant, ref);
  if (text === null) throw new Fault('not_found', 'execution.value_missing', 'A value of the execution is not stored any more.', { ref });
  return JSON.parse(text);
}
