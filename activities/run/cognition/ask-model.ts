/** One call of a model over the network, streamed; its answer as intents or as the run's answer. */
import type { CognitionDelta, Thought, ThinkingRequest } from '../../../src/contracts/run/ports';
import { costMillicents, type ModelPrices } from '../../../src/domain/run/cognition/price';
import type { ChosenModel } from '../../../src/domain/run/cognition/model-choice';
import { streamedAnswer, type CollectedAnswer } from '../../models/streamed-answer';
import { wireNames } from '../../models/tool-names';
import { wordsFor } from './messages';

export interface AskSettings {
  readonly prices: ModelPrices;
  /** For one whole call. */
  readonly timeoutMs: number;
}

/** Of what a model says beside its calls. */
const RATIONALE_CHARS = 2_000;
/** With more left than this, the limit of the model itself comes first. */
const NEAR_THE_END = 16_000;

export async function askModel(
  request: ThinkingRequest,
  chosen: ChosenModel,
  { prices, timeoutMs }: AskSettings,
  { signal, onDelta }: { readonly signal: AbortSignal; readonly onDelta: (delta: CognitionDelta) => void },
): Promise<Thought> {
  const names = wireNames(request.tools.map(({ name }) => name));
  const words = wordsFor(request, chosen, names);
  const answer = await streamedAnswer(chosen, words, { names, limits: limitsOf(request, chosen), timeoutMs, signal, onDelta });
  return thoughtOf(answer, chosen, prices);
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

function thoughtOf({ text, calls, tokensIn, tokensOut }: CollectedAnswer, { provider, model }: ChosenModel, prices: ModelPrices): Thought {
  const said = text.trim();
  const cost = costMillicents(prices, { provider: provider.name, model, tokensIn, tokensOut });
  return {
    intents: calls.map((call) => ({ ...call, rationale: said.slice(0, RATIONALE_CHARS) })),
    final_answer: calls.length === 0 && said !== '' ? said : null,
    usage: { tokens_in: tokensIn, tokens_out: tokensOut, usd_millicents: cost ?? 0, cost_known: cost !== null },
    author: `${provider.name}:${model}`,
  };
}
