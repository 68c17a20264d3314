/** One call of a model over the network, streamed; its answer as intents or as the run's answer. */
import { APICallError, streamText, type LanguageModelUsage, type TextStreamPart, type ToolSet } from 'ai';
import type { z } from 'zod';
import type { CognitionDelta, ModelSource, Thought, ThinkingRequest } from '../../../src/contracts/run/ports';
import type { Fault } from '../../../src/errors/fault';
import { failureOf } from '../../../src/domain/run/cognition/failures';
import { costMillicents, type ModelPrices } from '../../../src/domain/run/cognition/price';
import type { ChosenModel } from '../../../src/domain/run/cognition/model-choice';
import { remoteModel } from '../../models/remote-model';
import { wordsFor, type Words } from './messages';
import { wireNames, type WireNames } from './tool-names';

export interface AskSettings {
  readonly prices: ModelPrices;
  /** For one whole call. */
  readonly timeoutMs: number;
}

// The package prints advice otherwise, past the log.
globalThis.AI_SDK_LOG_WARNINGS = false;

/** Of what a model says beside its calls. */
const RATIONALE_CHARS = 2_000;
/** Characters of one answer, its calls included. */
const ANSWER_CHARS = 1_000_000;
const CALLS_MAX = 128;
/** Sources of one answer that are told, and characters of the address and the title of one. */
const SOURCES_MAX = 100;
const SOURCE_CHARS = 2_000;
/** With more left than this, the limit of the model itself comes first. */
const NEAR_THE_END = 16_000;

export async function askModel(
  request: ThinkingRequest,
  chosen: ChosenModel,
  settings: AskSettings,
  { signal, onDelta }: { readonly signal: AbortSignal; readonly onDelta: (delta: CognitionDelta) => void },
): Promise<Thought> {
  const { provider, baseUrl, apiKey, model } = chosen;
  const names = wireNames(request.tools.map(({ name }) => name));
  const words = wordsFor(request, chosen, names);
  const late = AbortSignal.timeout(settings.timeoutMs);
  const answer = new Answer(names, onDelta);
  try {
    const { fullStream } = streamText({
      ...{ ...words, model: remoteModel({ name: provider.name, protocol: provider.protocol, baseUrl, apiKey, model }) },
      ...{ maxRetries: 0, abortSignal: AbortSignal.any([signal, late]), ...limitsOf(request, chosen) },
      // Errors come with the stream; without this they are printed too.
      onError: () => undefined,
    });
    for await (const part of fullStream) answer.take(part);
  } catch (problem) {
    answer.problem ??= problem;
  }
  signal.throwIfAborted();
  if (late.aborted) throw failed(null, true);
  if (answer.problem !== undefined || !answer.complete) throw failed(answer.problem, false);
  return thoughtOf(answer, words, chosen, settings.prices);
}

function limitsOf({ choice, budgetLeft }: ThinkingRequest, { provider }: ChosenModel) {
  const left = budgetLeft.tokens > 0 && budgetLeft.tokens < NEAR_THE_END ? budgetLeft.tokens : Infinity;
  const max = Math.min(choice.max_tokens ?? Infinity, left);
  const thinking = provider.protocol === 'anthropic' ? choice.thinking_budget_tokens : null;
  const { temperature = null, top_p: topP = null, top_k: topK = null } = choice;
  return {
    ...(Number.isFinite(max) && { maxOutputTokens: max }),
    ...(temperature !== null && { temperature }),
    ...(topP !== null && { topP }),
    ...(topK !== null && { topK }),
    ...(thinking !== null && { providerOptions: { anthropic: { thinking: { type: 'enabled' as const, budgetTokens: thinking } } } }),
  };
}

type Call = Thought['intents'][number];

/** Collects what comes, and passes it on as it comes. */
class Answer {
  text = '';
  readonly calls: Omit<Call, 'rationale'>[] = [];
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
        return this.#call(part.toolCallId, this.names.fromWire(part.toolName), part.input as Call['args']);
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

  #call(callId: string, tool: string, args: Call['args']): void {
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

function thoughtOf({ text, calls, usage }: Answer, words: Words, { provider, model }: ChosenModel, prices: ModelPrices): Thought {
  const said = text.trim();
  const tokensIn = usage?.inputTokens ?? estimated(JSON.stringify([words.system, words.messages]));
  const tokensOut = usage?.outputTokens ?? estimated(text + JSON.stringify(calls));
  const cost = costMillicents(prices, { provider: provider.name, model, tokensIn, tokensOut });
  return {
    intents: calls.map((call) => ({ ...call, rationale: said.slice(0, RATIONALE_CHARS) })),
    final_answer: calls.length === 0 && said !== '' ? said : null,
    usage: { tokens_in: tokensIn, tokens_out: tokensOut, usd_millicents: cost ?? 0, cost_known: cost !== null },
    author: `${provider.name}:${model}`,
  };
}

/** For servers that do not count: four characters a token, so that a budget holds. */
const estimated = (text: string): number => Math.ceil(text.length / 4);

function failed(problem: unknown, timedOut: boolean): Fault {
  const api = APICallError.isInstance(problem) ? problem : null;
  const status = api?.statusCode ?? null;
  return failureOf(
    {
      ...{ status, timedOut, headers: api?.responseHeaders ?? {} },
      text: timedOut ? '' : (api?.responseBody ?? textOf(problem)),
      unreadable: api ? status !== null && status < 400 : (problem as Partial<Error> | undefined)?.name !== 'TypeError',
    },
    Date.now(),
  );
}

function textOf(problem: unknown): string {
  if (problem === undefined) return 'The answer broke off.';
  if (problem instanceof Error) return problem.cause instanceof Error ? `${problem.message}: ${problem.cause.message}` : problem.message;
  return typeof problem === 'string' ? problem : JSON.stringify(problem);
}
