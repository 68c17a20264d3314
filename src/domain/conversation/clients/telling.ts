/**
 * From what a thread tells (contracts/conversation/events.ts) to what its run says. What a local run publishes has any fields beside the known ones, and may lack those; so
 * everything here is read with care, and nothing fails.
 *
 * A message of the agent is named for its run and the calls of tools before it. So text that is heard live has the name that its message will be kept under, whoever listens.
 */
import { MessagePayload, PublishedEnd, type ThreadEvent, type ThreadFrame } from '../../../contracts/conversation/events';
import type { Json } from '../../../contracts/pattern/json';
import type { KeptMessage, Question, RunEnd, Said } from './said';

const field = (payload: unknown, name: string): unknown =>
  typeof payload === 'object' && payload !== null ? (payload as Readonly<Record<string, unknown>>)[name] : undefined;
const textIn = (payload: unknown, ...names: readonly string[]): string => {
  const found = names.map((name) => field(payload, name)).find((value) => typeof value === 'string');
  return typeof found === 'string' ? found : '';
};

/** The text of a message, as we write it or as clients of models do. */
function messageText(payload: unknown): string {
  const { success, data } = MessagePayload.safeParse(payload);
  if (!success) return '';
  if (data.text !== undefined) return data.text;
  return typeof data.content === 'string' ? data.content : (data.content ?? []).map((part) => part.text ?? '').join('');
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));

/** Reads the events of one thread in their order. */
export class Telling {
  #run = '';
  #calls = 0;
  #answer: string | null = null;
  /** Of calls whose question may come. Those of one step. */
  readonly #args = new Map<string, Json>();
  readonly #pending = new Map<string, Question>();

  /** The questions that wait after the events so far. */
  get questions(): readonly Question[] {
    return [...this.#pending.values()];
  }

  /** Of what the run says next. */
  get messageId(): string {
    return `msg_${this.#run}_${this.#calls}`;
  }

  event(event: ThreadEvent): Said | null {
    const { type, sequence } = event;
    this.#in(event.runId ?? '');
    if (type === 'run_completed') {
      const end = endOf(event.payload, this.#answer);
      this.#in('');
      return { type: 'ended', sequence, end };
    }
    const message = this.#message(event);
    return message && { type: 'message', sequence, message };
  }

  frame(frame: ThreadFrame): Said | null {
    if (frame.type !== 'assistant_message_delta' && frame.type !== 'assistant_thinking_delta') return null;
    const delta = textIn(frame.payload, 'text', 'delta', 'content');
    if (delta === '') return null;
    this.#in(frame.runId);
    return { type: frame.type === 'assistant_message_delta' ? 'text' : 'thinking', messageId: this.messageId, delta };
  }

  #in(runId: string): void {
    if (runId === this.#run) return;
    this.#run = runId;
    this.#calls = 0;
    this.#answer = null;
    this.#args.clear();
    this.#pending.clear();
  }

  #message(event: ThreadEvent): KeptMessage | null {
    const { payload, sequence } = event;
    const id = `msg_${sequence}`;
    switch (event.type) {
      case 'user_message':
        return { role: 'user', id, text: messageText(payload) };
      case 'assistant_message': {
        const text = (this.#answer = messageText(payload));
        return { role: 'assistant', id: this.messageId, text, calls: [] };
      }
      case 'tool_call':
        return this.#call(payload);
      case 'tool_result': {
        const failed = textIn(payload, 'status') !== 'done' && (textIn(payload, 'status') !== '' || field(payload, 'error') != null);
        const text = failed ? textIn(payload, 'error') || shown(field(payload, 'output')) : shown(field(payload, 'output'));
        return { role: 'tool', id, callId: textIn(payload, 'callId'), tool: textIn(payload, 'tool'), text, failed };
      }
      case 'compaction_completed': {
        const summary = textIn(payload, 'summary');
        return summary === '' ? null : { role: 'system', id, text: summary };
      }
      case 'approval_requested':
        this.#asked(event);
        return null;
      case 'approval_resolved':
        this.#pending.delete(textIn(payload, 'proposalId'));
        return null;
      default:
        return null;
    }
  }

  #call(payload: unknown): KeptMessage {
    const call = { id: textIn(payload, 'callId'), tool: textIn(payload, 'tool'), args: (field(payload, 'arguments') ?? {}) as Json };
    const message = { role: 'assistant' as const, id: this.messageId, text: '', calls: [call] };
    this.#calls += 1;
    this.#args.set(call.id, call.args);
    if (this.#args.size > ARGS_MAX) this.#args.delete(this.#args.keys().next().value as string);
    return message;
  }

  #asked({ payload, createdAt, runId }: ThreadEvent): void {
    const callId = textIn(payload, 'callId');
    this.#pending.set(textIn(payload, 'proposalId'), {
      ...{ id: textIn(payload, 'proposalId'), runId: runId ?? '', callId, channel: textIn(payload, 'channel') },
      ...{ tool: textIn(payload, 'tool'), args: this.#args.get(callId) ?? {}, reason: textIn(payload, 'reason'), askedAt: createdAt },
    });
  }
}

/** Calls of one step. */
const ARGS_MAX = 64;

function endOf(payload: unknown, answer: string | null): RunEnd {
  const { success, data } = PublishedEnd.safeParse(payload);
  if (!success) return { status: 'failed', answer, error: { code: 'run.failed', message: 'The run ended, and did not say how.' }, spent: null };
  const { status, error, usage } = data;
  const spent =
    usage?.inputTokens === undefined && usage?.outputTokens === undefined
      ? null
      : { inputTokens: usage.inputTokens ?? 0, outputTokens: usage.outputTokens ?? 0 };
  return { status, answer, error: error ?? null, spent };
}
