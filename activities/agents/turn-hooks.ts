/** What the hooks of Codex and Claude Code told since a watch began: both name their events and fields alike. Pure. */
import type { AskAction } from '../../src/contracts/managed-thread/ask';
import type { z } from 'zod';
import type { Reading, SeenAsk, SessionView } from './adapter';

export interface TurnHooks {
  readonly conversationId?: string;
  /** The CLI was busy since the watch began. */
  readonly worked: boolean;
  /** The turn ended, in the last word of the hooks on it. */
  readonly ended: boolean;
  readonly message?: string;
  readonly tool?: { readonly name: string; readonly description?: string };
  /** What the prompt that is open asks about. */
  readonly permission?: z.output<typeof AskAction>;
}

/** What a reading says whatever its phase is: from the hooks, and from a screen that shows whether the CLI works. */
export const toldBy = ({ conversationId, worked, message }: TurnHooks, showsWork: boolean): Pick<Reading, 'conversationId' | 'message' | 'worked'> => ({
  ...(conversationId !== undefined && { conversationId }),
  ...(message !== undefined && { message }),
  ...((worked || showsWork) && { worked: true }),
});

/** A prompt of the screen; the hooks say what a permission prompt is about, and then it is certain. */
export function blockedOn(ask: SeenAsk, { permission }: TurnHooks): Pick<Reading, 'phase' | 'ask' | 'certain'> {
  const asks = ask.kind === 'permission' && permission !== undefined;
  const action = asks ? { ...ask.action, ...permission } : ask.action;
  return { phase: 'blocked', ask: { ...ask, ...(action && { action }) }, certain: asks };
}

const TURN = new Set(['UserPromptSubmit', 'PreToolUse', 'PermissionRequest', 'PostToolUse', 'Stop', 'StopFailure', 'Interrupt']);
const ENDS = new Set(['Stop', 'StopFailure', 'Interrupt']);

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

export function readTurnHooks({ records, recordsBefore }: Pick<SessionView, 'records' | 'recordsBefore'>): TurnHooks {
  // Agents that the CLI starts by itself report too; their turns are not the thread's.
  const own = records.map(({ data }) => data).filter((data) => text(data.hook_event_name) !== undefined && data.agent_id == null);
  const conversationId = conversationOf(own);
  const since = records
    .slice(recordsBefore)
    .map(({ data }) => data)
    .filter((data) => TURN.has(String(data.hook_event_name)) && data.agent_id == null);
  const last = since.at(-1);
  const named = { ...(conversationId !== undefined && { conversationId }) };
  if (!last) return { ...named, worked: false, ended: false, ...permissionOf(own.at(-1)) };
  const ended = ENDS.has(String(last.hook_event_name));
  const message = last.hook_event_name === 'Stop' ? text(last.last_assistant_message) : undefined;
  return { ...named, worked: true, ended, ...(message !== undefined && { message }), ...toolOf(last), ...permissionOf(last) };
}

/** The last conversation that was begun, once something was said in it: an empty one cannot be resumed. */
function conversationOf(own: readonly Data[]): string | undefined {
  const start = own.findLastIndex((data) => data.hook_event_name === 'SessionStart');
  const said = own.slice(start + 1).some((data) => TURN.has(String(data.hook_event_name)));
  return said || own[start]?.source === 'resume' ? text(own[Math.max(0, start)]?.session_id) : undefined;
}

type Data = Readonly<Record<string, unknown>>;

const inputOf = (data: Data): Data => (typeof data.tool_input === 'object' && data.tool_input !== null ? (data.tool_input as Data) : {});

function toolOf(last: Data): { tool?: { name: string; description?: string } } {
  const name = last.hook_event_name === 'PreToolUse' ? text(last.tool_name) : undefined;
  if (name === undefined) return {};
  const { command, file_path: path } = inputOf(last);
  const description = text(command) ?? text(path);
  return { tool: { name, ...(description !== undefined && { description }) } };
}

const CATEGORIES = [
  { tools: /^(?:Bash|PowerShell)$/, category: 'shell' },
  { tools: /^(?:apply_patch|Edit|MultiEdit|Write|NotebookEdit)$/, category: 'file_write' },
  { tools: /^(?:WebFetch|WebSearch)$/, category: 'web' },
  { tools: /^(?:Agent|Task|Workflow)$/, category: 'agent' },
  { tools: /^(?:Read|Glob|Grep|LS)$/, category: 'file_read' },
] as const;

function permissionOf(last: Data | undefined): { permission?: z.output<typeof AskAction> } {
  if (last?.hook_event_name !== 'PermissionRequest') return {};
  const { command, description, file_path: path } = inputOf(last);
  const name = text(last.tool_name) ?? '';
  const category = CATEGORIES.find(({ tools }) => tools.test(name))?.category ?? 'unknown';
  return {
    permission: {
      category,
      ...(text(command) !== undefined && { command: text(command)!.slice(0, 4_000) }),
      ...(text(path) !== undefined && { path: text(path)!.slice(0, 4_096) }),
      ...(text(description) !== undefined && { reason: text(description)!.slice(0, 2_000) }),
    },
  };
}
