/**
 * What a run says as the stream of the Agent Protocol's clients: `metadata` first, then what the modes that were asked for show of it. Messages that are kept have the
 * sequence of their event as id, so a client that comes back with `Last-Event-ID` misses nothing; what is live has none.
 */
import { z } from 'zod';
import type { KeptMessage, Question, Said } from '../../domain/conversation/clients/said';
import type { SseMessage } from '../http/sse';
import { Interrupt, interruptView } from './interrupts';
import { Message, messageView } from './messages';

/** `messages-tuple`: live pieces; `messages`: the same, added up. */
export const STREAM_MODES = ['values', 'updates', 'messages', 'messages-tuple'] as const;
export type StreamMode = (typeof STREAM_MODES)[number];

/** The node that everything is said by: a run is one loop. */
export const NODE = 'agent';
const TOOLS_NODE = 'tools';

/** Messages that values hold: the newest of the active rollout. */
export const MESSAGES_MAX = 1_000;

export const Values = z
  .object({
    messages: z.array(Message).describe(`The newest ${MESSAGES_MAX.toLocaleString('en')} at most.`),
    __interrupt__: z.array(Interrupt).optional(),
    __error__: z.object({ error: z.string(), message: z.string() }).optional(),
  })
  .meta({ id: 'AgentProtocolValues' });

interface Of {
  readonly threadId: string;
  readonly runId: string;
  readonly assistantId: string;
  readonly modes: readonly StreamMode[];
}

/** Encodes one run. `before`: the messages that were there when it began, newest last. */
export class RunStream {
  readonly #messages: Message[];
  /** Live text of the message that is being said. */
  #partial: { readonly id: string; text: string } | null = null;

  constructor(
    private readonly of: Of,
    before: readonly KeptMessage[],
  ) {
    this.#messages = before.map(messageView);
  }

  begin(): SseMessage {
    return { event: 'metadata', data: { run_id: this.of.runId, thread_id: this.of.threadId, attempt: 1 } };
  }

  *push(said: Said): Generator<SseMessage, void, void> {
    switch (said.type) {
      case 'text':
        yield* this.#text(said.messageId, said.delta);
        return;
      case 'thinking':
        return;
      case 'message':
        yield* this.#message(said.message, String(said.sequence));
        return;
      case 'asked':
        yield* this.#asked(said.questions);
        return;
      case 'ended': {
        const id = String(said.sequence);
        if (said.end.status === 'failed') {
          const { code, message } = said.end.error ?? { code: 'run.failed', message: 'The run failed.' };
          yield { id, event: 'error', data: { error: code, message } };
        } else if (this.#has('values')) yield { id, event: 'values', data: { messages: this.#messages } };
      }
    }
  }

  #has(mode: StreamMode): boolean {
    return this.of.modes.includes(mode);
  }

  *#text(id: string, delta: string): Generator<SseMessage, void, void> {
    const first = this.#partial?.id !== id;
    if (first) this.#partial = { id, text: '' };
    const partial = this.#partial as { id: string; text: string };
    partial.text += delta;
    if (this.#has('messages-tuple')) yield { event: 'messages', data: [{ ...chunkOf(id, delta) }, this.#metadata(NODE)] };
    if (!this.#has('messages')) return;
    if (first) yield { event: 'messages/metadata', data: { [id]: { metadata: this.#metadata(NODE) } } };
    yield { event: 'messages/partial', data: [messageView({ role: 'assistant', id, text: partial.text, calls: [] })] };
  }

  *#message(message: KeptMessage, id: string): Generator<SseMessage, void, void> {
    const view = messageView(message);
    const heard = this.#partial?.id === message.id ? this.#partial.text : '';
    this.#partial = null;
    if (message.role === 'user' || message.role === 'system') {
      this.#messages.push(view);
      if (this.#has('values')) yield { id, event: 'values', data: { messages: this.#messages } };
      return;
    }
    this.#keep(view, heard);
    const node = message.role === 'tool' ? TOOLS_NODE : NODE;
    // What was not heard live; a client adds pieces up by the id of their message.
    if (this.#has('messages-tuple')) {
      const rest = message.role === 'assistant' ? { ...view, type: 'AIMessageChunk', content: restOf(heard, message.text) } : view;
      yield { id, event: 'messages', data: [rest, this.#metadata(node)] };
    }
    if (this.#has('messages')) {
      if (heard === '') yield { event: 'messages/metadata', data: { [view.id]: { metadata: this.#metadata(node) } } };
      yield { id, event: 'messages/complete', data: [view] };
    }
    if (this.#has('updates')) yield { id, event: 'updates', data: { [node]: { messages: [view] } } };
    if (this.#has('values')) yield { id, event: 'values', data: { messages: this.#messages } };
  }

  #keep(view: Message, heard: string): void {
    // What a model says before it calls a tool is live only; here it is shown as long as the stream lasts.
    this.#messages.push(view.type === 'ai' && view.content === '' && heard !== '' ? { ...view, content: heard } : view);
    if (this.#messages.length > MESSAGES_MAX) this.#messages.splice(0, this.#messages.length - MESSAGES_MAX);
  }

  *#asked(questions: readonly Question[]): Generator<SseMessage, void, void> {
    const interrupts = questions.map(interruptView);
    if (this.#has('updates')) yield { event: 'updates', data: { __interrupt__: interrupts } };
    if (this.#has('values')) yield { event: 'values', data: { messages: this.#messages, __interrupt__: interrupts } };
  }

  #metadata(node: string) {
    const { threadId: thread_id, runId: run_id, assistantId: assistant_id } = this.of;
    return { thread_id, run_id, assistant_id, langgraph_node: node, langgraph_checkpoint_ns: '' };
  }
}

const chunkOf = (id: string, content: string) => ({
  ...{ type: 'AIMessageChunk', id, content, additional_kwargs: {}, response_metadata: {} },
  ...{ tool_calls: [], invalid_tool_calls: [], tool_call_chunks: [] },
});

const restOf = (heard: string, text: string): string => (text.startsWith(heard) ? text.slice(heard.length) : heard === '' ? text : '');
