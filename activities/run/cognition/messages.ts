/** A run's conversation in the words of the `ai` package. */
import { jsonSchema, tool, type ModelMessage, type SystemModelMessage, type ToolSet } from 'ai';
import type { ThinkingRequest } from '../../../src/contracts/run/ports';
import { asText, conversation, type Turn } from '../../../src/domain/run/cognition/conversation';
import { standingPrompt, stepPrompt } from '../../../src/domain/run/cognition/prompt';
import type { ChosenModel } from '../../../src/domain/run/cognition/model-choice';
import type { WireNames } from '../../models/tool-names';

type Cached = Pick<SystemModelMessage, 'providerOptions'>;
/** Everything up to here is the same in the next step. */
const CACHED: Cached = { providerOptions: { anthropic: { cacheControl: { type: 'ephemeral' } } } };

export interface Words {
  readonly system: string | SystemModelMessage[];
  readonly messages: ModelMessage[];
  readonly tools: ToolSet;
}

export function wordsFor(request: ThinkingRequest, { provider }: ChosenModel, names: WireNames): Words {
  const anthropic = provider.protocol === 'anthropic';
  // Calls can be shown as such only beside the tools; with thinking, or signatures, the provider wants more of them than the ledger holds.
  const told = provider.toldAsText || request.tools.length === 0 || (anthropic && request.choice.thinking_budget_tokens !== null);
  const turns = told ? asText(conversation(request)) : conversation(request);
  const marked = anthropic && request.choice.cache_prefix;
  const [standing, now] = [standingPrompt(request), stepPrompt(request)];
  return {
    // Templates of many local models take one system message only.
    system: anthropic
      ? [
          { role: 'system', content: standing, ...(marked && CACHED) },
          { role: 'system', content: now },
        ]
      : `${standing}\n\n${now}`,
    messages: turns.flatMap((turn, at) => messagesOf(turn, names, marked && at === turns.length - 1 ? CACHED : {})),
    tools: Object.fromEntries(
      request.tools.map(({ name, description, input_schema }) => [
        names.toWire(name),
        tool({ description, inputSchema: jsonSchema(input_schema as Parameters<typeof jsonSchema>[0]) }),
      ]),
    ),
  };
}

function messagesOf(turn: Turn, names: WireNames, cached: Cached): ModelMessage[] {
  if (turn.role === 'user') return [{ role: 'user', content: turn.text, ...cached }];
  if (turn.role === 'assistant') return [{ role: 'assistant', content: turn.text, ...cached }];
  const called = turn.calls.map(({ id, tool: name, args }) => ({
    type: 'tool-call' as const,
    toolCallId: id,
    toolName: names.toWire(name),
    input: objectOf(args),
  }));
  return [
    { role: 'assistant', content: [...(turn.text ? [{ type: 'text' as const, text: turn.text }] : []), ...called] },
    {
      role: 'tool',
      content: turn.calls.map(({ id, tool: name, result }) => ({
        ...{ type: 'tool-result' as const, toolCallId: id, toolName: names.toWire(name) },
        output: { type: 'text' as const, value: result },
      })),
      ...cached,
    },
  ];
}

/** Providers take objects only; what a model wrote instead was rejected, and is shown under a name. */
const objectOf = (args: unknown): unknown => (typeof args === 'object' && args !== null && !Array.isArray(args) ? args : { written: args });
