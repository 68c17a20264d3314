/** One task of one thread: sent once, and its own turn waited for, also over questions that people take days to answer. */
import type { TurnNews } from '../../../src/contracts/execution/org';
import type { Json } from '../../../src/contracts/pattern/json';
import { Fault } from '../../../src/errors/fault';
import type { Run } from '../run';
import { followCalls, orgCalls } from './org-run';
import type { Member } from './staff';

export interface TurnTask {
  readonly step: string;
  readonly message: string;
  /** Told of every prompt that waits; the turn goes on when it is done, answered or not. */
  readonly onAsk: (ask: Ask) => Promise<void>;
}

export type Ask = Extract<TurnNews, { kind: 'blocked' }>['ask'];
export type Turn = Extract<TurnNews, { kind: 'complete' }>;

/** Faults: `execution.thread_ended` (conflict), `execution.turn_unknown` (conflict), `execution.turn_cancelled` (conflict), `thread.stopped` (conflict). */
export async function performTurn(run: Run, member: Member, { step, message, onAsk }: TurnTask): Promise<Turn> {
  const { tenant, id: executionId } = run.start;
  const { threadId, role } = member;
  const who = { threadId, role: role.id };
  // The same however often the workflow is replayed, and another one for each task.
  const requestId = run.nextTaskId();
  run.record({ type: 'turn_started', data: { ...who, step, requestId } });
  await orgCalls(`task for ${role.id}`).sendTask({ tenant, executionId, threadId, requestId, message: await run.stored(message) });
  let askId: string | null = null;
  for (;;) {
    const news: TurnNews = await followCalls(`turn of ${role.id}`).followTurn({ tenant, threadId, requestId, after: member.after, askId });
    member.after = news.after;
    if (news.kind === 'blocked') {
      askId = news.ask.id;
      run.record({ type: 'thread_blocked', data: { ...who, step, ask: news.ask } });
      await onAsk(news.ask);
      continue;
    }
    if (askId !== null) run.record({ type: 'thread_unblocked', data: { ...who, step } });
    askId = null;
    if (news.kind === 'unblocked') continue;
    if (news.kind !== 'complete') throw failed(news, { ...who, step });
    const result = await run.stored(news.output as Json);
    run.record({ type: 'turn_completed', data: { ...who, step, requestId, result, confidence: news.confidence, durationMs: news.durationMs } });
    return news;
  }
}

type Bad = Exclude<TurnNews, { kind: 'complete' | 'blocked' | 'unblocked' }>;

function failed(news: Bad, who: { readonly threadId: string; readonly role: string; readonly step: string }): Fault {
  switch (news.kind) {
    case 'ended':
      return new Fault('conflict', 'execution.thread_ended', `The thread of ${who.role} is ${news.status}: ${news.reason}`, { ...who, status: news.status });
    case 'unknown':
      return new Fault(
        'conflict',
        'execution.turn_unknown',
        `The terminal of ${who.role} was lost in the middle of its task; nobody knows what was done.`,
        who,
      );
    case 'dropped':
    case 'cancelled':
      return new Fault('conflict', 'execution.turn_cancelled', `Somebody cancelled the task of ${who.role} at its thread: ${news.reason}`, who);
  }
}
