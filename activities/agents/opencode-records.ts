/** What OpenCode's plugin told (./opencode-plugin.ts). Pure. */
import type { AskAction } from '../../src/contracts/managed-thread/ask';
import type { z } from 'zod';
import type { SessionRecord, SessionView } from './adapter';
import { launchFacts } from './launch-record';

export interface OpenCodeRecords {
  readonly conversationId?: string;
  readonly worked: boolean;
  /** Busy by the plugin's last word; null when it has said nothing. */
  readonly busy: boolean | null;
  /** The turn ended since the watch began. */
  readonly ended: boolean;
  readonly message?: string;
  readonly tool?: { readonly name: string; readonly description?: string };
  /** The permission that waits for an answer: with several, the one that OpenCode shows first. */
  readonly permission?: z.output<typeof AskAction>;
}

type Data = SessionRecord['data'];

const MESSAGE_MAX = 8_000;
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

export function readOpenCodeRecords(view: Pick<SessionView, 'records' | 'recordsBefore'>): OpenCodeRecords {
  const all = view.records.flatMap(({ source, data }) => (source === 'plugin' ? [data] : []));
  const main = mainSession(view, all);
  const since = view.records.slice(view.recordsBefore).flatMap(({ source, data }) => (source === 'plugin' ? [data] : []));
  const ours = since.filter(({ sessionID }) => sessionID === main);
  const last = all.findLast(({ event, sessionID }) => event === 'status' && sessionID === main);
  const worked = ours.some(({ event, status }) => event === 'status' && status !== 'idle');
  const ended = worked && last?.status === 'idle';
  const tool = toolOf(ours.at(-1));
  const permission = openPermission(all);
  const message = messageOf(ours);
  return {
    ...(main !== undefined && { conversationId: main }),
    worked,
    busy: last ? last.status !== 'idle' : null,
    ended,
    ...(message !== undefined && { message }),
    ...(tool && { tool }),
    ...(permission && { permission }),
  };
}

/** The conversation: the last that was begun by a person, or the one that was resumed. Sub-agents' have a parent. */
function mainSession(view: Pick<SessionView, 'records'>, all: readonly Data[]): string | undefined {
  const children = new Set(all.filter(({ event, parentID }) => event === 'session' && parentID !== undefined).map(({ sessionID }) => sessionID));
  const begun = all.findLast(({ event, parentID }) => event === 'session' && parentID === undefined);
  return (
    text(begun?.sessionID) ??
    launchFacts(view)?.conversationId ??
    text(all.find(({ event, sessionID }) => event === 'status' && !children.has(sessionID))?.sessionID)
  );
}

/** The pieces of the model's last message, joined. */
function messageOf(ours: readonly Data[]): string | undefined {
  const id = ours.findLast(({ event }) => event === 'text')?.messageID;
  const pieces = ours.filter(({ event, messageID }) => event === 'text' && messageID === id).map((data) => text(data.text) ?? '');
  return pieces.length > 0 ? pieces.join('\n').slice(-MESSAGE_MAX) : undefined;
}

function toolOf(last: Data | undefined): OpenCodeRecords['tool'] {
  const name = last?.event === 'tool' && last.status === 'running' ? text(last.tool) : undefined;
  if (name === undefined) return undefined;
  const description = text(last?.title);
  return { name, ...(description !== undefined && { description }) };
}

const CATEGORIES: Readonly<Record<string, z.output<typeof AskAction>['category']>> = {
  bash: 'shell',
  edit: 'file_write',
  webfetch: 'web',
  websearch: 'web',
  codesearch: 'web',
  task: 'agent',
  read: 'file_read',
  glob: 'file_read',
  grep: 'file_read',
  list: 'file_read',
};

function openPermission(all: readonly Data[]): z.output<typeof AskAction> | undefined {
  const answered = new Set(all.filter(({ event }) => event === 'replied').map(({ requestID }) => requestID));
  const asked = all.find(({ event, requestID }) => event === 'asked' && !answered.has(requestID));
  if (!asked) return undefined;
  const name = text(asked.permission) ?? '';
  const patterns = Array.isArray(asked.patterns) ? asked.patterns.filter((pattern): pattern is string => typeof pattern === 'string') : [];
  const command = text(asked.command) ?? (name === 'bash' ? patterns.join('\n') : undefined);
  const path = text(asked.path) ?? (name === 'external_directory' ? patterns[0]?.replace(/\/\*+$/, '') : undefined);
  return {
    category: CATEGORIES[name] ?? 'unknown',
    ...(command && { command: command.slice(0, 4_000) }),
    ...(path && { path: path.slice(0, 4_096) }),
  };
}
