/**
 * What an adapter itself knows when it starts a CLI, kept as the first record of the session, where its reader finds it.
 *
 * CLIs that take an id for a new conversation are given one. It is kept beside the session, so that a repeated launch of the same session (which
 * finds the CLI running already) names the same conversation.
 */
import { randomUUID } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LaunchContext, SessionView } from './adapter';

export interface LaunchFacts {
  readonly cwd: string;
  readonly conversationId: string | null;
}

/** The conversation's id: the one to resume, or the one that a new conversation of this session has. A UUID. */
export function conversationOf({ conversationId, sessionDir }: Pick<LaunchContext, 'conversationId' | 'sessionDir'>): string {
  if (conversationId !== null) return conversationId;
  const file = join(sessionDir, 'conversation-id');
  try {
    writeFileSync(file, randomUUID(), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(file, 'utf8');
}

export function recordLaunch({ recordsFile, cwd }: Pick<LaunchContext, 'recordsFile' | 'cwd'>, conversationId: string | null): void {
  const data: LaunchFacts = { cwd, conversationId };
  appendFileSync(recordsFile, `${JSON.stringify({ source: 'launch', at: Date.now(), data })}\n`, { mode: 0o600 });
}

export function launchFacts({ records }: Pick<SessionView, 'records'>): LaunchFacts | null {
  const data = records.findLast(({ source }) => source === 'launch')?.data;
  if (typeof data?.cwd !== 'string') return null;
  return { cwd: data.cwd, conversationId: typeof data.conversationId === 'string' ? data.conversationId : null };
}
