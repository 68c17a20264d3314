/** The streams of what happens: to a thread, and to one step of it. */
import type { ScriptThreads } from '../../contracts/script/ports';
import type { Principal } from '../../contracts/principal';
import { snapshotView, stepEventView, threadEventView } from './event-views';
import type { Methods } from './methods';
import { required } from './requests';

const read = { scope: 'scripts:read', resource: 'script-thread' } as const;

export const watchMethods = {
  watchThread: {
    ...read,
    summary: 'Follow a thread: everything that happened, then what happens, until it has ended',
    handle: async ({ threadId, afterSequence }, { principal, resumeAfter }, { threads }) => {
      await threads.get(principal, required('threadId', threadId));
      const after = resumeAfter ?? Number(afterSequence);
      return (signal) => threadEvents(threads, principal, { threadId, after }, signal);
    },
  },
  watchStep: {
    ...read,
    summary: 'Follow one step of a thread: a snapshot, then what happens, until it has ended',
    handle: async ({ threadId, stepPath }, { principal }, { threads }) => {
      await threads.get(principal, required('threadId', threadId));
      required('stepPath', stepPath);
      return (signal) => stepEvents(threads, principal, { threadId, stepPath }, signal);
    },
  },
} satisfies Partial<Methods>;

async function* threadEvents(threads: ScriptThreads, principal: Principal, { threadId, after }: { threadId: string; after: number }, signal: AbortSignal) {
  for await (const event of threads.watch(principal, threadId, after, signal))
    yield { message: threadEventView(threadId, event), sequence: event.seq, event: event.type };
}

async function* stepEvents(threads: ScriptThreads, principal: Principal, { threadId, stepPath }: { threadId: string; stepPath: string }, signal: AbortSignal) {
  for await (const told of threads.watchStep(principal, threadId, stepPath, signal)) {
    if ('snapshot' in told) {
      yield { message: snapshotView(threadId, told.snapshot), sequence: null, event: 'snapshot' };
      continue;
    }
    const message = stepEventView(threadId, stepPath, told);
    if (message) yield { message, sequence: told.seq, event: told.type };
  }
}
