/**
 * What a run says as the stream of the Agent Protocol's clients: `metadata` first, then what the modes that were asked for show of it. What is kept has ids: the sequence of its
 * event for the last message that shows it, with the number of the message behind a dot for those before. So a client that comes back with `Last-Event-ID` misses nothing and
 * hears nothing twice. What is live has none.
 */
import { z } from 'zod';
import type { KeptMessage, Question, RunEnd, Said } from '../../domain/conversation/clients/said';
import { Fault } from '../../errors/fault';
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

/** Where a stream goes on: after this event, or after so many messages of it. */
export interface Place {
  readonly sequence: number;
  /** 0: after all of them. */
  readonly parts: number;
}

const PLACE = /^(\d{1,15})(?:\.(\d{1,2}))?$/;

/** `Last-Event-ID`; null without one. Fault `request.invalid`. */
export function placeOf(lastEventId: string | undefined): Place | null {
  if (lastEventId === undefined || lastEventId === '') return null;
  const [, sequence, parts = '0'] = PLACE.exec(lastEventId) ?? [];
  if (sequence !== undefined) return { sequence: Number(sequence), parts: Number(parts) };
  const reason = 'expected the id of an event of this stream';
  throw new Fault('invalid', 'request.invalid', `Last-Event-ID: ${reason}`, { field: 'Last-Event-ID', reason, in: 'header' });
}

interface Of {
  readonly threadId: string;
  readonly runId: string;
  readonly assistantId: string;
  readonly modes: readonly StreamMode[];
  /** The first message that is told is of this event, whose first `parts` are not told again. */
  readonly from?: Place | null;
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
        yield* this.#numbered(said.sequence, [...this.#message(said.message)]);
        return;
      case 'asked':
        yield* this.#asked(said.questions);
        return;
      case 'ended':
        yield* this.#numbered(said.sequence, this.#ended(said.end));
    }
  }

  *#numbered(sequence: number, messages: readonly SseMessage[]): Generator<SseMessage, void, void> {
    const { from } = this.of;
    const told = from?.sequence === sequence ? from.parts : 0;
    for (const [at, message] of messages.entries())
      if (at >= told) yield { ...message, id: at === messages.length - 1 ? String(sequence) : `${sequence}.${at + 1}` };
  }

  #ended({ status, error }: RunEnd): readonly SseMessage[] {
    if (status !== 'failed') return this.#has('values') ? [{ event: 'values', data: { messages: this.#messages } }] : [];
    const { code, message } = error ?? { code: 'run.failed', message: 'The run failed.' };
    return [{ event: 'error', data: { error: code, message } }];
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

  *#message(message: KeptMessage): Generator<SseMessage, void, void> {
    const view = messageView(message);
    const heard = this.#partial?.id === message.id ? this.#partial.text : '';
    this.#partial = null;
    if (message.role === 'user' || message.role === 'system') {
      this.#messages.push(view);
      if (this.#has('values')) yield { event: 'values', data: { messages: this.#messages } };
      return;
    }
    this.#keep(view, heard);
    const node = message.role === 'tool' ? TOOLS_NODE : NODE;
    // What was not heard live; a client adds pieces up by the id of their message.
    if (this.#has('messages-tuple')) {
      const rest = message.role === 'assistant' ? { ...view, type: 'AIMessageChunk', content: restOf(heard, message.text) } : view;
      yield { event: 'messages', data: [rest, this.#metadata(node)] };
    }
    if (this.#has('messages')) {
      if (heard === '') yield { event: 'messages/metadata', data: { [view.id]: { metadata: this.#metadata(node) } } };
      yield { event: 'messages/complete', data: [view] };
    }
    if (this.#has('updates')) yield { event: 'updates', data: { [node]: { messages: [view] } } };
    if (this.#has('values')) yield { event: 'values', data: { messages: this.#messages } };
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
