/** Threads of scripts: started, read, answered, cancelled. */
import type { ScriptExecutionMode, ScriptThreadStatus } from '../../contracts/script/status';
import { ExecutionMode, Thread_Status } from './generated/dodil/scriptum/v1/threads_pb';
import type { Methods } from './methods';
import { keyOf, pageOf, required, valueByKey } from './requests';
import { threadView } from './thread-views';

const read = { scope: 'scripts:read', resource: 'script-thread' } as const;
const write = { scope: 'scripts:write', resource: 'script-thread' } as const;

export const threadMethods = {
  createThread: {
    ...write,
    summary: 'Start a thread: one execution of a published script',
    limit: 'execute',
    idempotent: true,
    examples: { bodies: { invoice: { scriptName: 'invoice-parser', inputJson: '{"invoice_id":"INV-42"}', metadata: { source: 'scheduler' } } } },
    handle: async (input, call, { threads }) => {
      const { version, inputJson, timeout, metadata, callbackUrl, loadEnv, hostId } = input;
      const executionMode: ScriptExecutionMode = input.executionMode === ExecutionMode.LOCAL ? 'LOCAL' : 'CLOUD';
      const request = { scriptName: required('scriptName', input.scriptName), version, inputJson, executionMode, timeout, metadata, callbackUrl, loadEnv };
      return threadView(await threads.create(call.principal, { ...request, hostId: hostId === '' ? null : hostId }, keyOf(call)));
    },
  },
  getThread: {
    ...read,
    summary: 'Read a thread: its status, its live step, what it waits for',
    handle: async ({ threadId }, { principal }, { threads }) => threadView(await threads.get(principal, required('threadId', threadId))),
  },
  listThreads: {
    ...read,
    summary: 'List threads, newest first',
    handle: async (input, { principal }, { threads }) => {
      const status = input.statusFilter === Thread_Status.STATUS_UNSPECIFIED ? null : (Thread_Status[input.statusFilter] as ScriptThreadStatus);
      const filter = {
        status,
        scriptName: input.scriptNameFilter,
        metadata: valueByKey('metadataFilter', input.metadataFilter),
        version: input.versionFilter ?? null,
      };
      const { items, nextPageToken } = await threads.list(principal, filter, pageOf(input));
      return { threads: items.map(threadView), nextPageToken };
    },
  },
  cancelThread: {
    ...write,
    summary: 'Cancel a thread; what it does is interrupted',
    idempotent: true,
    examples: { bodies: { said: { reason: 'a duplicate' } } },
    handle: async ({ threadId, reason }, call, { threads }) =>
      threadView(await threads.cancel(call.principal, required('threadId', threadId), reason === '' ? null : reason, keyOf(call))),
  },
  resumeThread: {
    ...write,
    summary: 'Answer what a thread asks, or correct the input of the step that failed',
    idempotent: true,
    examples: { bodies: { answer: { stepInputOverrideJson: '{"value":"approve"}' } } },
    handle: async ({ threadId, stepPath, stepInputOverrideJson }, call, { threads }) => {
      const request = { stepPath, overrideJson: stepInputOverrideJson };
      return threadView(await threads.resume(call.principal, required('threadId', threadId), request, keyOf(call)));
    },
  },
} satisfies Partial<Methods>;
