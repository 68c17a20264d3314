/** Public names of what actors record: `thread.turn_complete` for `thread_turn_complete` of a managed thread. Webhooks and event triggers speak of events by these names. */
import { CONVERSATION_KIND } from '../../contracts/conversation/commands';
import { CONVERSATION_EVENTS } from '../../contracts/conversation/journal';
import { BATCH_EVENT_TYPES, BATCH_KIND } from '../../contracts/execution/batch';
import { EXECUTION_KIND } from '../../contracts/execution/commands';
import { EXECUTION_EVENT_TYPES } from '../../contracts/execution/events';
import { THREAD_EVENT_TYPES } from '../../contracts/managed-thread/events';
import { THREAD_KIND } from '../../contracts/managed-thread/commands';
import { AGENT_EVENTS, AGENT_KIND, PATTERN_EVENTS, PATTERN_KIND } from '../../contracts/row-events';
import { RUN_KIND } from '../../contracts/run/commands';
import { RUN_EVENT_TYPES } from '../../contracts/run/events';
import { SCRIPT_KIND } from '../../contracts/script/commands';
import { SCRIPT_EVENTS } from '../../contracts/script/events';

interface Kind {
  /** First word of the name. */
  readonly word: string;
  readonly types: readonly string[];
}

/** Kinds of actor by the names that are kept in the journal. */
const KINDS: Readonly<Record<string, Kind>> = {
  [THREAD_KIND]: { word: 'thread', types: THREAD_EVENT_TYPES },
  [EXECUTION_KIND]: { word: 'execution', types: EXECUTION_EVENT_TYPES },
  [BATCH_KIND]: { word: 'batch', types: BATCH_EVENT_TYPES },
  [PATTERN_KIND]: { word: 'pattern', types: Object.keys(PATTERN_EVENTS) },
  [AGENT_KIND]: { word: 'agent', types: Object.keys(AGENT_EVENTS) },
  [RUN_KIND]: { word: 'run', types: RUN_EVENT_TYPES },
  [CONVERSATION_KIND]: { word: 'conversation', types: Object.keys(CONVERSATION_EVENTS) },
  [SCRIPT_KIND]: { word: 'script', types: Object.keys(SCRIPT_EVENTS) },
};

const nameIn = ({ word }: Kind, type: string): string => `${word}.${type.startsWith(`${word}_`) ? type.slice(word.length + 1) : type}`;

/** The public name of an event, or null for a kind of actor that has none. */
export function eventName(kind: string, type: string): string | null {
  const known = KINDS[kind];
  return known ? nameIn(known, type) : null;
}

/** Every name, in the order of the kinds and of their types. */
export const EVENT_NAMES: readonly string[] = Object.values(KINDS).flatMap((kind) => kind.types.map((type) => nameIn(kind, type)));
const WORDS: readonly string[] = Object.values(KINDS).map(({ word }) => word);

/** Why this is not a name, a prefix with `*` or `*` alone; null when it is. */
export function eventPatternProblem(pattern: string): string | null {
  if (pattern === '*' || EVENT_NAMES.includes(pattern)) return null;
  const prefix = /^([a-z_]+(?:\.[a-z_]+)*)\.\*$/.exec(pattern)?.[1];
  if (prefix !== undefined && WORDS.includes(prefix)) return null;
  return `expected *, ${WORDS.map((word) => `${word}.*`).join(', ')} or the name of an event such as ${EVENT_NAMES[0] ?? ''}`;
}

/** Whether one of the patterns means this name. */
export const isMeant = (patterns: readonly string[], name: string): boolean =>
  patterns.some((pattern) => pattern === '*' || pattern === name || (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -1))));
