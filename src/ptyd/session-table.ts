/** All sessions of one daemon, by id: starting or adopting, ending, and remembering those that ended until they are forgotten. */
import { randomUUID } from 'node:crypto';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import type { z } from 'zod';
import { Fault } from '../errors/fault';
import { MARK, ProcessTracker } from './processes';
import { PTYD_LIMITS, type PtydRequest as Request } from './protocol';
import { PtySession } from './session';

type StartRequest = Extract<z.output<typeof Request>, { op: 'start' }>;

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

/** The program's absolute path: as given, below `cwd` when it names a directory, or looked up on the PATH of `env`. */
export function resolveCommand(command: string, cwd: string, env: Readonly<Record<string, string>>): string {
  const candidates = command.includes('/')
    ? [isAbsolute(command) ? command : resolve(cwd, command)]
    : (env.PATH ?? '').split(delimiter).flatMap((folder) => (isAbsolute(folder) ? [join(folder, command)] : []));
  const found = candidates.find(isExecutable);
  if (!found) throw new Fault('invalid', 'ptyd.no_command', `${command} is not an executable on this host.`, { command });
  return found;
}

const assertDirectory = (cwd: string): void => {
  try {
    if (statSync(cwd).isDirectory()) return;
  } catch {
    // Told below.
  }
  throw new Fault('invalid', 'ptyd.no_directory', `${cwd} is not a directory on this host.`, { cwd });
};

export class SessionTable {
  private readonly sessions = new Map<string, PtySession>();
  private readonly tracker = new ProcessTracker();
  private closing = false;

  /** `markPrefix` starts the mark of every session of this daemon and of no other. */
  constructor(
    private readonly markPrefix: string,
    private readonly log: (message: string, facts?: object) => void,
  ) {}

  start({ session, command, args, cwd, env, cols, rows, labels }: StartRequest): { pid: number; adopted: boolean } {
    const existing = this.sessions.get(session);
    if (existing) return { pid: existing.pid, adopted: true };
    if (this.closing) throw new Fault('unavailable', 'ptyd.closing', 'The terminal daemon is shutting down.');
    if (this.live().length >= PTYD_LIMITS.sessions)
      throw new Fault('exhausted', 'ptyd.too_many_sessions', `This host runs ${PTYD_LIMITS.sessions} sessions already.`, { max: PTYD_LIMITS.sessions });
    assertDirectory(cwd);
    const mark = `${this.markPrefix}.${randomUUID()}`;
    const program = resolveCommand(command, cwd, env);
    const marked = { ...env, EVERTHREAD_SESSION: session, [MARK]: mark };
    const started = new PtySession({ session, command: program, args, cwd, env: marked, cols, rows, labels, mark }, this.tracker, this.log);
    this.sessions.set(session, started);
    this.dropOldEnded();
    return { pid: started.pid, adopted: false };
  }

  /** The session, alive or ended and not forgotten. Fault `ptyd.no_session` (not_found). */
  get(session: string): PtySession {
    const found = this.sessions.get(session);
    if (!found) throw new Fault('not_found', 'ptyd.no_session', `There is no session ${session}.`, { session });
    return found;
  }

  find(session: string): PtySession | null {
    return this.sessions.get(session) ?? null;
  }

  list(): PtySession[] {
    return [...this.sessions.values()];
  }

  /** Drops an ended session; one that lives stays. */
  forget(session: string): void {
    if (this.sessions.get(session)?.isLive === false) this.sessions.delete(session);
  }

  /** Ends every session and admits no other. */
  async endAll(graceMs: number): Promise<void> {
    this.closing = true;
    await Promise.all(this.list().map((session) => session.end(graceMs)));
  }

  private live(): PtySession[] {
    return this.list().filter(({ isLive }) => isLive);
  }

  private dropOldEnded(): void {
    const ended = [...this.sessions].filter(([, session]) => !session.isLive);
    for (const [id] of ended.slice(0, Math.max(0, ended.length - PTYD_LIMITS.ended))) this.sessions.delete(id);
  }
}
