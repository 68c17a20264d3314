/** What a run says as events of AG-UI 1.0 (digest §5.2): every message and call is opened, filled and closed, and a run ends once. */
import { z } from 'zod';
import type { KeptMessage, Question, RunEnd, Said, ToolCall } from '../../domain/conversation/clients/said';

const id = z.string();
const started = { threadId: id, runId: id };

/** How a person answers whether a tool may act; the schema that goes with each question. */
export const VERDICT_SCHEMA = {
  type: 'object',
  properties: { approved: { type: 'boolean' }, comment: { type: 'string', maxLength: 2_000 } },
  required: ['approved'],
} as const;

const Interrupt = z.object({
  id,
  reason: z.literal('tool_call'),
  message: z.string(),
  toolCallId: id,
  responseSchema: z.record(z.string(), z.unknown()),
  metadata: z.object({ channel: z.string(), tool: z.string() }),
});

const Outcome = z.discriminatedUnion('type', [
  z.object({ type: z.literal('success') }),
  z.object({ type: z.literal('interrupt'), interrupts: z.array(Interrupt).min(1) }),
  z.object({ type: z.literal('cancelled') }),
]);

const Message = z.discriminatedUnion('role', [
  z.object({ role: z.enum(['user', 'system']), id, content: z.string() }),
  z.object({
    ...{ role: z.literal('assistant'), id, content: z.string().optional() },
    toolCalls: z.array(z.object({ id, type: z.literal('function'), function: z.object({ name: z.string(), arguments: z.string() }) })).optional(),
  }),
  z.object({ role: z.literal('tool'), id, toolCallId: id, content: z.string() }),
]);

const TokenUsage = z.object({ inputTokens: z.int(), outputTokens: z.int(), totalTokens: z.int() });

export const Event = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('RUN_STARTED'), ...started, protocolVersion: z.literal('1.0') }),
    z.object({ type: z.literal('MESSAGES_SNAPSHOT'), messages: z.array(Message) }),
    z.object({ type: z.literal('TEXT_MESSAGE_START'), messageId: id, role: z.literal('assistant') }),
    z.object({ type: z.literal('TEXT_MESSAGE_CONTENT'), messageId: id, delta: z.string() }),
    z.object({ type: z.literal('TEXT_MESSAGE_END'), messageId: id }),
    z.object({ type: z.literal('REASONING_START'), messageId: id }),
    z.object({ type: z.literal('REASONING_MESSAGE_START'), messageId: id, role: z.literal('reasoning') }),
    z.object({ type: z.literal('REASONING_MESSAGE_CONTENT'), messageId: id, delta: z.string() }),
    z.object({ type: z.literal('REASONING_MESSAGE_END'), messageId: id }),
    z.object({ type: z.literal('REASONING_END'), messageId: id }),
    z.object({ type: z.literal('TOOL_CALL_START'), toolCallId: id, toolCallName: z.string(), parentMessageId: id }),
    z.object({ type: z.literal('TOOL_CALL_ARGS'), toolCallId: id, delta: z.string() }),
    z.object({ type: z.literal('TOOL_CALL_END'), toolCallId: id }),
    z.object({ type: z.literal('TOOL_CALL_RESULT'), messageId: id, toolCallId: id, content: z.string(), role: z.literal('tool') }),
    z.object({ type: z.literal('RUN_FINISHED'), ...started, result: z.unknown().optional(), outcome: Outcome, usage: z.array(TokenUsage).optional() }),
    z.object({ type: z.literal('RUN_ERROR'), message: z.string(), code: z.string(), usage: z.array(TokenUsage).optional() }),
  ])
  .meta({ id: 'AgUiEvent' });
export type Event = z.output<typeof Event>;

const HEARD_MAX = 64;

interface Of {
  /** As the client names them. */
  readonly threadId: string;
  readonly runId: string;
}

/** Encodes one run. `push` gives the events of what is said, in order; after an end it gives none. */
export class RunEvents {
  #open: { readonly kind: 'text' | 'thinking'; readonly id: string; text: string } | null = null;
  /** Texts that were heard live and closed, by the id of their message, until the kept one comes; those of one step or two. */
  readonly #heard = new Map<string, string>();
  #thoughts = 0;
  #over = false;

  constructor(private readonly of: Of) {}

  /** `before`: what was said until then, for a run that goes on; null: the client has just said something that it has itself. */
  *begin(before: readonly KeptMessage[] | null): Generator<Event, void, void> {
    yield { type: 'RUN_STARTED', ...this.of, protocolVersion: '1.0' };
    if (before) yield { type: 'MESSAGES_SNAPSHOT', messages: before.map(messageView) };
  }

  *push(said: Said): Generator<Event, void, void> {
    if (this.#over) return;
    switch (said.type) {
      case 'text':
      case 'thinking':
        yield* this.#delta(said.type, said.messageId, said.delta);
        return;
      case 'message':
        yield* this.#message(said.message);
        return;
      case 'asked':
        yield* this.#close();
        yield this.#finished({ type: 'interrupt', interrupts: said.questions.map(interruptOf) });
        return;
      case 'ended':
        yield* this.#close();
        yield this.#ended(said.end);
    }
  }

  *#delta(kind: 'text' | 'thinking', messageId: string, delta: string): Generator<Event, void, void> {
    if (this.#open && (this.#open.kind !== kind || (kind === 'text' && this.#open.id !== messageId))) yield* this.#close();
    this.#open ??= yield* this.#opened(kind, messageId);
    this.#open.text += delta;
    yield { type: kind === 'text' ? 'TEXT_MESSAGE_CONTENT' : 'REASONING_MESSAGE_CONTENT', messageId: this.#open.id, delta };
  }

  *#opened(kind: 'text' | 'thinking', messageId: string): Generator<Event, { kind: 'text' | 'thinking'; id: string; text: string }, void> {
    if (kind === 'text') {
      yield { type: 'TEXT_MESSAGE_START', messageId, role: 'assistant' };
      return { kind, id: messageId, text: '' };
    }
    const thought = `${messageId}_thought_${(this.#thoughts += 1)}`;
    yield { type: 'REASONING_START', messageId: thought };
    yield { type: 'REASONING_MESSAGE_START', messageId: thought, role: 'reasoning' };
    return { kind, id: thought, text: '' };
  }

  *#close(): Generator<Event, void, void> {
    const open = this.#open;
    this.#open = null;
    if (!open) return;
    if (open.kind === 'text') {
      this.#heard.set(open.id, open.text);
      if (this.#heard.size > HEARD_MAX) this.#heard.delete(this.#heard.keys().next().value as string);
      yield { type: 'TEXT_MESSAGE_END', messageId: open.id };
    } else {
      yield { type: 'REASONING_MESSAGE_END', messageId: open.id };
      yield { type: 'REASONING_END', messageId: open.id };
    }
  }

  *#message(message: KeptMessage): Generator<Event, void, void> {
    if (message.role === 'assistant') {
      yield* this.#kept(message.id, message.text);
      for (const call of message.calls) yield* callOf(message.id, call);
    } else if (message.role === 'tool') {
      yield* this.#close();
      yield { type: 'TOOL_CALL_RESULT', messageId: message.id, toolCallId: message.callId, content: message.text, role: 'tool' };
    }
  }

  /** The kept text is the truth: what of it was not heard live follows; where something else was heard, it is said again as a whole. */
  *#kept(messageId: string, text: string): Generator<Event, void, void> {
    const live = this.#open?.kind === 'text' && this.#open.id === messageId ? this.#open.text : null;
    if (live !== null && text.length > live.length && text.startsWith(live)) yield* this.#delta('text', messageId, text.slice(live.length));
    yield* this.#close();
    const heard = this.#heard.get(messageId);
    this.#heard.delete(messageId);
    if (text === '' || heard === text) return;
    const again = heard === undefined ? messageId : `${messageId}_kept`;
    yield { type: 'TEXT_MESSAGE_START', messageId: again, role: 'assistant' };
    yield { type: 'TEXT_MESSAGE_CONTENT', messageId: again, delta: text };
    yield { type: 'TEXT_MESSAGE_END', messageId: again };
  }

  #finished(outcome: z.output<typeof Outcome>, end: RunEnd | null = null): Event {
    this.#over = true;
    return { type: 'RUN_FINISHED', ...this.of, ...(end?.answer != null && { result: end.answer }), outcome, ...usageOf(end) };
  }

  #ended(end: RunEnd): Event {
    if (end.status !== 'failed') return this.#finished({ type: end.status === 'completed' ? 'success' : 'cancelled' }, end);
    this.#over = true;
    const { code, message } = end.error ?? { code: 'run.failed', message: 'The run failed.' };
    return { type: 'RUN_ERROR', code, message, ...usageOf(end) };
  }
}

function messageView(message: KeptMessage): z.output<typeof Message> {
  const { role, id: messageId, text } = message;
  if (role === 'tool') return { role, id: messageId, toolCallId: message.callId, content: text };
  if (role !== 'assistant') return { role, id: messageId, content: text };
  const toolCalls = message.calls.map(({ id: call, tool, args }) => ({
    ...{ id: call, type: 'function' as const, function: { name: tool, arguments: JSON.stringify(args) } },
  }));
  return { role, id: messageId, ...(text !== '' && { content: text }), ...(toolCalls.length > 0 && { toolCalls }) };
}

function* callOf(parentMessageId: string, { id: toolCallId, tool, args }: ToolCall): Generator<Event, void, void> {
  yield { type: 'TOOL_CALL_START', toolCallId, toolCallName: tool, parentMessageId };
  yield { type: 'TOOL_CALL_ARGS', toolCallId, delta: JSON.stringify(args) };
  yield { type: 'TOOL_CALL_END', toolCallId };
}

const interruptOf = ({ id: question, callId, tool, reason, channel }: Question): z.output<typeof Interrupt> => ({
  ...{ id: question, reason: 'tool_call', message: `May ${tool} act? ${reason}`.trim(), toolCallId: callId, responseSchema: VERDICT_SCHEMA },
  metadata: { channel, tool },
});

const usageOf = (end: RunEnd | null) => (end?.spent ? { usage: [{ ...end.spent, totalTokens: end.spent.inputTokens + end.spent.outputTokens }] } : {});
