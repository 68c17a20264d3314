/** The events of a managed thread and its status machine in words, made from their schemas. docs/managed-threads.md holds both; a test compares. */
import { z } from 'zod';
import { Answer, Ask } from '../../contracts/managed-thread/ask';
import { SendInput } from '../../contracts/managed-thread/commands';
import { Completion, THREAD_EVENTS, type ThreadEventType } from '../../contracts/managed-thread/events';
import { ThreadStatus } from '../../contracts/managed-thread/status';

const WHEN: Readonly<Record<ThreadEventType, string>> = {
  thread_started: "The CLI's process runs in a terminal of a host.",
  thread_ready: 'The CLI shows its prompt.',
  thread_blocked: 'A prompt of the CLI came up. With `autoResponded` the preset lets Everthread answer; else it waits for a person.',
  thread_tool_running: 'The CLI runs a tool.',
  thread_turn_complete: 'A turn ended and the CLI waits for input. `output` holds at most 8,000 characters.',
  thread_idle: 'The session was released; the conversation is kept, and the next send wakes the thread.',
  thread_summary_updated: 'The summary was renewed (`policy.summarizeAfterTurns`).',
  thread_completed: 'The CLI ended by itself, successfully. The last event.',
  thread_failed: 'The CLI or its preparation failed for good. The last event.',
  thread_stopped: 'Somebody stopped the thread and its processes are gone. The last event.',
  thread_output: 'A piece of what the agent said, while the turn goes on.',
  thread_auth_required: 'The CLI wants a login; the thread is blocked until a person has done it.',
  thread_input: 'Something was typed into the terminal. With `outcome` `unknown` it may or may not have been, and is not typed again.',
  thread_session_lost: 'The terminal is gone without an exit of the CLI.',
  thread_session_resumed: "A new session took over; `resumed` says whether the CLI's own conversation came back with it.",
  thread_status: 'The status changed in a way that no other event tells.',
  thread_prepared: 'Workspace, memory and context files are in place.',
  thread_input_queued: 'A send was accepted. A message waits at `position`; raw input and keys go in at once.',
  thread_turn_started: 'A turn began.',
  thread_conversation: 'The CLI told its own conversation id.',
  thread_answered: 'An answer was accepted; it is typed next.',
  thread_ask_closed: 'A prompt disappeared without an answer that was given here.',
  thread_cancelled: 'The turn was cancelled; `dropped` names the sends that waited.',
  thread_stop_requested: 'Somebody asked for the end.',
  thread_resume_requested: 'Somebody asked to wake the thread.',
  command_refused: 'A command that came by signal could not be done; through HTTP the caller hears it instead.',
};

/** Schemas that have a section of their own on the page. */
const NAMED = new Map<z.core.$ZodType, string>([
  [Ask, 'ask'],
  [Answer, 'answer'],
  [Completion, 'completion'],
  [SendInput, 'input'],
  [ThreadStatus, 'status'],
]);

/** A type in one short phrase, such as `string`, `number or null`, `"a" or "b"`, `{ x: number }`. */
function phrase(schema: z.core.$ZodType): string {
  const name = NAMED.get(schema);
  if (name !== undefined) return name;
  if (schema instanceof z.ZodNullable) return `${phrase(schema.unwrap())} or null`;
  if (schema instanceof z.ZodOptional) return phrase(schema.unwrap());
  if (schema instanceof z.ZodArray) return `list of ${phrase(schema.element)}`;
  if (schema instanceof z.ZodObject) return `{ ${fields(schema)} }`;
  if (schema instanceof z.ZodEnum) return schema.options.map((option) => `"${option}"`).join(' or ');
  return schema instanceof z.ZodType ? (schema.type === 'int' ? 'number' : schema.type) : 'value';
}

function fields(schema: z.ZodObject): string {
  const shape = schema.shape as Readonly<Record<string, z.core.$ZodType>>;
  return Object.entries(shape)
    .map(([name, field]) => `${name}${field instanceof z.ZodOptional ? '?' : ''}: ${phrase(field)}`)
    .join(', ');
}

export function eventTable(): string {
  const rows = Object.entries(THREAD_EVENTS).map(([type, schema]) => {
    const data = fields(schema);
    return `| \`${type}\` | ${WHEN[type as ThreadEventType]} | ${data === '' ? '' : `\`${data}\``} |`;
  });
  return ['| type | when | data |', '| --- | --- | --- |', ...rows].join('\n');
}
