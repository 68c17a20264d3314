/** Starting an agent's CLI in a session of ptyd, or finding that an earlier attempt did. */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ActorRef } from '../../src/contracts/actor';
import type { ThreadSpec } from '../../src/contracts/managed-thread/spawn';
import type { StartedSession, StartSessionInput } from '../../src/contracts/managed-thread/terminal';
import { agentEnvironment } from '../../src/domain/managed-thread/agent-env';
import { MEMORY_FILE_PATH } from '../../src/domain/memory/memory-file';
import { Fault } from '../../src/errors/fault';
import type { TerminalDependencies } from './dependencies';
import { labelsOf, ownedSession } from './owned-session';
import { blankScreen } from './screen-text';
import { SessionFiles } from './session-files';

const SIZE = { cols: 120, rows: 40 } as const;

export async function startSession(deps: TerminalDependencies, input: StartSessionInput): Promise<StartedSession> {
  const { actor, specRef, sessionId, workspacePath, contextFiles, conversationId } = input;
  const existing = await ownedSession(deps.ptyd, actor, sessionId);
  if (existing) {
    await counted(deps, actor);
    return { pid: existing.pid, adopted: true, resumed: existing.labels.resumed === 'yes' };
  }

  const spec = await deps.specs.read(actor.tenant, specRef);
  const adapter = deps.adapters.get(spec.agentType);
  const cwd = workspacePath ?? scratchDirectory(deps.sessionsDir, actor);
  const env = await environment(deps, spec, input, cwd);
  const missing = await adapter.missing(env);
  if (missing !== null) throw new Fault('unsupported', 'thread.agent_missing', missing, { agentType: spec.agentType });

  const files = new SessionFiles(deps.sessionsDir, sessionId);
  // What an attempt left whose terminal is gone is not this session's.
  files.remove();
  files.create();
  const launch = await adapter.launch({
    sessionId,
    threadId: actor.id,
    cwd,
    preset: spec.approvalPreset,
    requireWorkspaceBoundary: spec.policy.requireWorkspaceBoundary ?? false,
    sessionDir: files.settings,
    recordsFile: files.recordsFile,
    recordCommand: [...deps.recordProgram, files.recordsFile],
    env,
    conversationId,
    contextFiles,
  });
  files.keepBaseline({ id: 'start', screen: blankScreen(launch.cols ?? SIZE.cols, launch.rows ?? SIZE.rows), recordsBytes: 0 }, true);
  const { pid, adopted } = await deps.ptyd.start({
    session: sessionId,
    command: launch.command,
    args: [...launch.args],
    cwd,
    env: { ...env, ...launch.env },
    cols: launch.cols ?? SIZE.cols,
    rows: launch.rows ?? SIZE.rows,
    labels: { ...labelsOf(actor), agentType: spec.agentType, resumed: launch.resumes ? 'yes' : 'no' },
  });
  await counted(deps, actor);
  return { pid, adopted, resumed: launch.resumes };
}

/** From now on this host counts the session itself. A place that stays noted is only counted for longer than it should be, so that is no reason to fail. */
const counted = (deps: TerminalDependencies, actor: ActorRef): Promise<void> => deps.hosts.started(actor.address).catch(() => undefined);

async function environment(
  deps: TerminalDependencies,
  spec: ThreadSpec,
  { actor, contextFiles }: StartSessionInput,
  cwd: string,
): Promise<Record<string, string>> {
  const memoryFile = contextFiles.includes(MEMORY_FILE_PATH) ? join(cwd, MEMORY_FILE_PATH) : null;
  const given = { ...deps.agentEnv, ...(await deps.specs.environment(actor)) };
  return {
    ...agentEnvironment({ host: deps.hostEnv, given, spec, memoryFile }),
    EVERTHREAD_THREAD_ID: spec.id,
    EVERTHREAD_EXECUTION_ID: spec.executionId,
    EVERTHREAD_THREAD_MEMORY_FILE: memoryFile ?? '',
  };
}

/** Where a thread without a workspace works: private, and kept over its sessions. */
function scratchDirectory(sessionsDir: string, actor: ActorRef): string {
  // Session ids start with a letter or digit, so no session has this folder.
  const path = join(sessionsDir, '.scratch', `${actor.id.slice(0, 80)}-${createHash('sha256').update(actor.address).digest('hex').slice(0, 12)}`);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}
