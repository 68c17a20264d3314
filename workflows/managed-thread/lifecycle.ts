/** A thread's way from a spawn to a session, into rest, and to its end. */
import { sessionIdOf } from '../../src/contracts/managed-thread/commands';
import type { ReleasedWorkspace } from '../../src/contracts/managed-thread/terminal';
import { nextStep } from '../../src/domain/managed-thread/next-step';
import { faultFrom } from '../../src/errors/fault';
import { chooseHost } from './host-calls';
import type { ThreadCalls } from './thread-calls';

const PREPARE_MAX_MS = 30 * 60_000;
/** Pause between looks for a host when none is alive. */
const NO_HOST_PAUSE_MS = 2_000;

export class Lifecycle {
  /** Somebody asked for the session while it was being released. */
  wakeAgain = false;
  /** Idle checks in a row that found the thread quiet. */
  quietChecks = 0;

  constructor(private readonly calls: ThreadCalls) {}

  async prepare(): Promise<void> {
    const chosen = await chooseHost(this.calls.ref, this.calls.state.start.agentType, this.calls.state.hostId);
    if (this.calls.state.stop) return;
    if (!chosen) {
      if (this.calls.state.status !== 'waiting') this.calls.record({ type: 'thread_status', data: { status: 'waiting', reason: 'no host is alive' } });
      await this.calls.actor.until(() => this.calls.state.stop !== null, NO_HOST_PAUSE_MS, 'look for a host');
      return;
    }
    if (this.calls.state.status !== 'preparing' || this.calls.state.hostId !== chosen.hostId) {
      this.calls.record({ type: 'thread_status', data: { status: 'preparing', hostId: chosen.hostId } });
    }
    const input = { actor: this.calls.ref, specRef: this.calls.state.start.specRef };
    const prepared = await this.calls.call(
      'prepareThread',
      input,
      `prepare-${this.calls.state.generation + 1}`,
      'prepare workspace and memory',
      PREPARE_MAX_MS,
    );
    this.calls.record({
      type: 'thread_prepared',
      data: { workspace: prepared.workspace, memoryContext: prepared.memoryContext, contextFiles: [...prepared.contextFiles] },
    });
  }

  async open(): Promise<void> {
    if (this.calls.state.status !== 'starting') this.calls.record({ type: 'thread_status', data: { status: 'starting' } });
    const generation = this.calls.state.generation + 1;
    const sessionId = sessionIdOf(this.calls.ref.tenant, this.calls.ref.id, generation);
    const { workspace, contextFiles, conversationId, start } = this.calls.state;
    const started = await this.calls.call(
      'startSession',
      { actor: this.calls.ref, specRef: start.specRef, sessionId, workspacePath: workspace?.path ?? null, contextFiles, conversationId },
      `start-${sessionId}`,
      `start ${start.agentType}`,
      60_000,
    );
    const hostId = this.calls.state.hostId as string;
    const session = { sessionId, hostId, generation, pid: started.pid, resumed: started.resumed, conversationId };
    this.calls.record(
      generation === 1 ? { type: 'thread_started', data: { ...session, agentType: start.agentType } } : { type: 'thread_session_resumed', data: session },
    );
  }

  async checkIdle(): Promise<void> {
    const session = this.calls.state.session;
    if (!session) return;
    const { start } = this.calls.state;
    const check = await this.calls.call(
      'checkIdle',
      { actor: this.calls.ref, sessionId: session.sessionId },
      `idle-${this.calls.actor.lastSeq}-${this.quietChecks}`,
      'idle check',
      10_000,
    );
    if (this.calls.state.status !== 'ready' || nextStep(this.calls.state).do !== 'rest') return;
    if (!check.exists) return this.calls.lost();
    // Quiet for at least most of the time since the last check: people may have typed in an attached terminal.
    this.quietChecks = check.quietMs >= start.policy.idleTimeoutMs * 0.9 ? this.quietChecks + 1 : 0;
    if (this.quietChecks < start.policy.maxIdleChecks) return;
    const checks = this.quietChecks;
    this.quietChecks = 0;
    this.wakeAgain = false;
    await this.calls.call(
      'endSession',
      { actor: this.calls.ref, agentType: start.agentType, sessionId: session.sessionId, graceMs: 5_000 },
      `release-${session.sessionId}`,
      'release the idle session',
      30_000,
    );
    this.calls.record({ type: 'thread_idle', data: { reason: 'idle_timeout', checks } });
    if (this.wakeAgain) this.calls.record({ type: 'thread_resume_requested', data: {} });
  }

  async end(): Promise<void> {
    const { session, stop, start } = this.calls.state;
    let exit: { exitCode: number | null; signal: string | null } = { exitCode: null, signal: null };
    // A start that was under way may have opened the next session already; ending what is not there is a no-op.
    const sessionId =
      session?.sessionId ?? (this.calls.state.status === 'starting' ? sessionIdOf(start.tenant, start.id, this.calls.state.generation + 1) : null);
    if (sessionId && this.calls.state.hostId) {
      try {
        exit = await this.calls.call(
          'endSession',
          { actor: this.calls.ref, agentType: start.agentType, sessionId, graceMs: stop?.timeoutMs ?? 0 },
          `end-${sessionId}-${stop?.force ? 'force' : 'grace'}`,
          'end the session',
          (stop?.timeoutMs ?? 0) + 30_000,
        );
      } catch (thrown) {
        // A host that is gone has no sessions; one that comes back ends those of stopped threads itself.
        if (!['host.gone', 'host.unreachable'].includes(faultFrom(thrown).code)) throw thrown;
      }
    }
    const workspace = await this.release();
    this.calls.record({
      type: 'thread_stopped',
      data: {
        reason: stop?.reason ?? 'stop_requested',
        force: stop?.force ?? false,
        exitCode: exit.exitCode,
        signal: exit.signal,
        ...(workspace && { workspace }),
      },
    });
  }

  /** Gives back the workspace that was made for the thread. What cannot be given back is kept, and said so. */
  private async release(): Promise<ReleasedWorkspace | null> {
    const { workspace, hostId, start } = this.calls.state;
    if (!workspace?.workspaceId || !hostId) return null;
    try {
      return await this.calls.call(
        'releaseWorkspace',
        { actor: this.calls.ref, specRef: start.specRef, workspace },
        'release-workspace',
        'give the workspace back',
        120_000,
      );
    } catch (thrown) {
      return { removed: false, reason: faultFrom(thrown).message, path: workspace.path };
    }
  }
}
