/** One call of a model over the network, streamed, collected as it comes: what runs and scripts make of it is theirs. */
import { streamText, type LanguageModelUsage, type ModelMessage, type SystemModelMessage, type TextStreamPart, type ToolSet } from 'ai';
import type { z } from 'zod';
import type { CognitionDelta, ModelSource } from '../../src/contracts/run/ports';
import type { ChosenModel } from '../../src/domain/run/cognition/model-choice';
import { modelFailure } from './model-failure';
import { remoteModel } from './remote-model';
import type { WireNames } from './tool-names';

// The package prints advice otherwise, past the log.
globalThis.AI_SDK_LOG_WARNINGS = false;

/** Characters of one answer, its calls included. */
const ANSWER_CHARS = 1_000_000;
const CALLS_MAX = 128;
/** Sources of one answer that are told, and characters of the address and the title of one. */
const SOURCES_MAX = 100;
const SOURCE_CHARS = 2_000;

/** What is said to it, in the words of the `ai` package. */
export interface ModelWords {
  readonly system?: string | SystemModelMessage[];
  readonly messages: ModelMessage[];
  readonly tools: ToolSet;
}

type Limits = Partial<Pick<Parameters<typeof streamText>[0], 'maxOutputTokens' | 'temperature' | 'topP' | 'topK' | 'providerOptions'>>;

export interface Streaming {
  readonly names: WireNames;
  readonly limits: Limits;
  /** For the whole call. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onDelta: (delta: CognitionDelta) => void;
}

export interface CollectedAnswer {
  readonly text: string;
  readonly calls: readonly CollectedCall[];
  readonly tokensIn: number;
  readonly tokensOut: number;
}
export interface CollectedCall {
  readonly callId: string;
  readonly tool: string;
  readonly args: z.core.util.JSONType;
}

/** Faults `cognition.*`; rejects with the signal's reason when that fires. */
export async function streamedAnswer(
  { provider, baseUrl, apiKey, model }: ChosenModel,
  words: ModelWords,
  { names, limits, timeoutMs, signal, onDelta }: Streaming,
): Promise<CollectedAnswer> {
  const late = AbortSignal.timeout(timeoutMs);
  const answer = new Answer(names, onDelta);
  try {
    const { fullStream } = streamText({
      ...{ ...words, model: remoteModel({ name: provider.name, protocol: provider.protocol, baseUrl, apiKey, model }) },
      ...{ maxRetries: 0, abortSignal: AbortSignal.any([signal, late]), ...limits },
      // Errors come with the stream; without this they are printed too.
      onError: () => undefined,
    });
    for await (const part of fullStream) answer.take(part);
  } catch (problem) {
    answer.problem ??= problem;
  }
  signal.throwIfAborted();
  if (late.aborted) throw modelFailure(null, true);
  if (answer.problem !== undefined || !answer.complete) throw modelFailure(answer.problem, false);
  const { text, calls, usage } = answer;
  return {
    ...{ text, calls },
    tokensIn: usage?.inputTokens ?? estimatedTokens(JSON.stringify([words.system, words.messages])),
    tokensOut: usage?.outputTokens ?? estimatedTokens(text + JSON.stringify(calls)),
  };
}

/** For servers that do not count: four characters a token, so that a budget holds. */
export const estimatedTokens = (text: string): number => Math.ceil(text.length / 4);

/** Collects what comes, and passes it on as it comes. */
class Answer {
  text = '';
  readonly calls: CollectedCall[] = [];
  usage: LanguageModelUsage | null = null;
  problem: unknown;
  #chars = 0;
  #sources = 0;
  readonly #started = new Set<string>();

  constructor(
    private readonly names: WireNames,
    private readonly onDelta: (delta: CognitionDelta) => void,
  ) {}

  /** The provider ended its answer by itself. */
  get complete(): boolean {
    return this.usage !== null;
  }

  take(part: TextStreamPart<ToolSet>): void {
    switch (part.type) {
      case 'text-delta':
        this.#count(part.text);
        this.text += part.text;
        return this.onDelta({ type: 'token', text: part.text });
      case 'reasoning-delta':
        this.#count(part.text);
        return this.onDelta({ type: 'thinking', text: part.text });
      case 'source':
        return this.#source(part);
      case 'tool-input-start':
        this.#started.add(part.id);
        return this.onDelta({ type: 'tool_use_start', tool: this.names.fromWire(part.toolName), id: part.id });
      case 'tool-input-delta':
        this.#count(part.delta);
        return this.onDelta({ type: 'tool_use_arg_delta', id: part.id, delta: part.delta });
      case 'tool-input-end':
        return this.onDelta({ type: 'tool_use_done', id: part.id });
      case 'tool-call':
        return this.#call(part.toolCallId, this.names.fromWire(part.toolName), part.input as CollectedCall['args']);
      case 'finish':
        // Where the stream just ends, no reason was given.
        if (part.finishReason !== 'error' && part.rawFinishReason !== undefined) this.usage = part.totalUsage;
        return;
      case 'error':
        this.problem ??= part.error;
        return;
      default:
        return;
    }
  }

  #source(part: Extract<TextStreamPart<ToolSet>, { readonly type: 'source' }>): void {
    if (++this.#sources > SOURCES_MAX) return;
    const text = (value: string | undefined): string | null => value?.slice(0, SOURCE_CHARS) ?? null;
    const source: ModelSource = { url: part.sourceType === 'url' ? text(part.url) : null, title: text(part.title) };
    this.onDelta({ type: 'source', source });
  }

  #call(callId: string, tool: string, args: CollectedCall['args']): void {
    if (this.calls.length >= CALLS_MAX) throw new AnswerTooLong(`more than ${CALLS_MAX} calls of tools`);
    this.calls.push({ callId, tool, args: args ?? {} });
    if (this.#started.has(callId)) return;
    for (const delta of wholeCall(callId, tool, args)) this.onDelta(delta);
  }

  #count(text: string): void {
    this.#chars += text.length;
    if (this.#chars > ANSWER_CHARS) throw new AnswerTooLong(`more than ${ANSWER_CHARS} characters`);
  }
}

class AnswerTooLong extends Error {}

/** A call that came in one piece, as deltas. */
export const wholeCall = (id: string, tool: string, args: z.core.util.JSONType): readonly CognitionDelta[] => [
  { type: 'tool_use_start', tool, id },
  { type: 'tool_use_arg_delta', id, delta: JSON.stringify(args) },
  { type: 'tool_use_done', id },
];
