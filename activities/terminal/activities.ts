/** The terminal as activities of a host. Every one is safe to run again; none holds up the cancellation of another. */
import { Context } from '@temporalio/activity';
import type {
  EndedSession,
  EndSessionInput,
  HostActivities,
  IdleCheck,
  IdleCheckInput,
  WatchOutcome,
  WatchSessionInput,
} from '../../src/contracts/managed-thread/terminal';
import { redactor, secretsOf } from '../../src/domain/redaction';
import type { TerminalDependencies } from './dependencies';
import { ownedSession } from './owned-session';
import { SessionFiles } from './session-files';
import { startSession } from './start-session';
import { typeInput } from './type-input';
import { watchSession, type WatchControl } from './watch-loop';

export type TerminalActivities = Pick<HostActivities, 'startSession' | 'typeInput' | 'watchSession' | 'endSession' | 'checkIdle'>;

/** Cancellation reaches an activity with the answer to its heartbeat. */
const HEARTBEAT_MS = 500;

/** Heartbeats while `work` runs. */
async function beating<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { heartbeat, cancellationSignal } = Context.current();
  const timer = setInterval(() => heartbeat(), HEARTBEAT_MS);
  try {
    return await work(cancellationSignal);
  } finally {
    clearInterval(timer);
  }
}

export function terminalActivities(deps: TerminalDependencies): TerminalActivities {
  return {
    startSession: (input) => beating(() => startSession(deps, input)),
    typeInput: (input) => beating((signal) => typeInput(deps, input, signal)),
    watchSession: (input) => watchAsActivity(deps, input),
    endSession: (input) => beating(() => endSession(deps, input)),
    checkIdle: (input) => checkIdle(deps, input),
  };
}

async function watchAsActivity(deps: TerminalDependencies, input: WatchSessionInput): Promise<WatchOutcome> {
  const context = Context.current();
  const { workflowExecution, activityId } = context.info;
  const signal = context.cancellationSignal;
  try {
    return await watch(deps, input, `${workflowExecution?.runId ?? ''}/${activityId}`, { signal, heartbeat: (detail) => context.heartbeat(detail) });
  } catch (error) {
    // The reason that Temporal gives tells a cancelled watch from a worker that shuts down.
    if (signal.aborted) return context.cancelled;
    throw error;
  }
}

/** One watch, named `key` through all its attempts. Exported for tests, which run it without Temporal. */
export async function watch(deps: TerminalDependencies, input: WatchSessionInput, key: string, control: WatchControl): Promise<WatchOutcome> {
  const { actor, sessionId, turnId } = input;
  const session = await ownedSession(deps.ptyd, actor, sessionId);
  if (!session) return { kind: 'lost', reason: 'The terminal daemon has no such session: it was killed, or the host was restarted.' };
  const ofThread = await deps.redactionFor(actor);
  const ofHost = redactor(secretsOf(deps.agentEnv));
  return watchSession(
    {
      ptyd: deps.ptyd,
      adapter: deps.adapters.get(input.agentType),
      files: new SessionFiles(deps.sessionsDir, sessionId),
      redact: (text) => ofThread(ofHost(text)),
      observe: ({ requestId, fact }) =>
        deps.signal(actor.address, 'observe', { requestId, by: { subject: deps.hostId, via: 'host' }, input: { sessionId, turnId, fact } }),
      frame: (frame) => deps.frames.send(actor, { ...frame, ...(frame.type === 'terminal' && { sessionId }) }),
    },
    { ...input, key },
    control,
  );
}

/** Ends the session and forgets it, with its private folder. A session that is not there any more is not an error. */
export async function endSession(deps: TerminalDependencies, { actor, agentType, sessionId, graceMs }: EndSessionInput): Promise<EndedSession> {
  const session = await ownedSession(deps.ptyd, actor, sessionId);
  if (!session) return { existed: false, exitCode: null, signal: null };
  const leave = graceMs > 0 ? deps.adapters.get(agentType).leave() : null;
  const ended = await deps.ptyd.end(sessionId, graceMs, leave ?? undefined);
  new SessionFiles(deps.sessionsDir, sessionId).remove();
  await deps.ptyd.forget(sessionId);
  return ended;
}

export async function checkIdle(deps: TerminalDependencies, { actor, sessionId }: IdleCheckInput): Promise<IdleCheck> {
  const session = await ownedSession(deps.ptyd, actor, sessionId);
  return session ? { exists: true, quietMs: session.quietMs } : { exists: false, quietMs: 0 };
}
