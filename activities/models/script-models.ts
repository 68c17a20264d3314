/** The models of scripts: the port `ScriptModels` over the providers of the configuration. */
import { embedMany, jsonSchema, tool, type ModelMessage, type ToolSet } from 'ai';
import type { ModelUse } from '../../src/contracts/script/activities';
import type { ScriptModels, TalkAnswer, TalkRequest, TalkTurn } from '../../src/contracts/script/talk';
import type { ChosenModel, ModelSettings } from '../../src/domain/run/cognition/model-choice';
import { specialModel, talkingModel, type SpecialModel } from '../../src/domain/script/named-model';
import { Fault } from '../../src/errors/fault';
import { modelFailure } from './model-failure';
import { MOCK, offlineTalk, offlineVector } from './offline-talk';
import { callRerank, callTranscribe } from './provider-call';
import { remoteEmbedding } from './remote-model';
import { streamedAnswer } from './streamed-answer';
import { wireNames, type WireNames } from './tool-names';

export interface ScriptModelSettings extends ModelSettings {
  /** For one whole call. */
  readonly timeoutMs: number;
}

export const scriptModels = (settings: ScriptModelSettings): ScriptModels => ({
  async talk(request, signal) {
    signal.throwIfAborted();
    const model = talkingModel(request.model, settings);
    return model === 'mock' ? offlineTalk(request) : talk(model, request, { signal, timeoutMs: settings.timeoutMs });
  },
  async embed({ model: named, texts }, signal) {
    const model = needed('EMBED', specialModel('EMBED', named, settings));
    if (model === 'mock') return { vectors: texts.map(offlineVector), use: use(MOCK) };
    return measured(model, settings.timeoutMs, signal, async (until) => {
      const { embeddings, usage } = await embedMany({
        model: remoteEmbedding({ ...model, name: model.provider.name }),
        values: [...texts],
        maxRetries: 0,
        abortSignal: until,
      });
      return { told: { vectors: embeddings }, tokensIn: usage.tokens, tokensOut: 0 };
    });
  },
  async rerank({ model: named, ...request }, signal) {
    const model = specialModel('RERANK', named, settings);
    if (model === null || model === 'mock') return null;
    return measured(model, settings.timeoutMs, signal, async (until) => {
      const { ranking, tokens } = await callRerank(model, request, until);
      return { told: { ranking }, tokensIn: tokens, tokensOut: 0 };
    });
  },
  async transcribe({ model: named, ...request }, signal) {
    const model = needed('TRANSCRIBE', specialModel('TRANSCRIBE', named, settings));
    if (model === 'mock')
      return { text: `mock: ${request.audio.length} bytes of ${request.mediaType}`, language: request.language, seconds: null, use: use(MOCK) };
    return measured(model, settings.timeoutMs, signal, async (until) => {
      const { text, language = request.language, duration = null, usage } = await callTranscribe(model, request, until);
      return { told: { text, language, seconds: duration }, tokensIn: usage?.input_tokens ?? 0, tokensOut: usage?.output_tokens ?? 0 };
    });
  },
});

const use = (model: string, counted: Partial<ModelUse> = {}): ModelUse => ({ model, tokensIn: 0, tokensOut: 0, latencyMs: 0, ...counted });

function needed<M>(kind: SpecialModel, model: M | null): M {
  if (model !== null) return model;
  const message = `model: expected "<provider>:<model>": the server names none; its operator does in <PROVIDER>_${kind}_MODEL`;
  throw new Fault('invalid', 'cognition.model_missing', message, { field: 'model' });
}

/** With its end in time, and what it took. */
async function measured<T>(
  { provider, model }: ChosenModel,
  timeoutMs: number,
  signal: AbortSignal,
  call: (until: AbortSignal) => Promise<{ readonly told: T; readonly tokensIn: number; readonly tokensOut: number }>,
): Promise<T & { readonly use: ModelUse }> {
  const late = AbortSignal.timeout(timeoutMs);
  const began = performance.now();
  try {
    const { told, tokensIn, tokensOut } = await call(AbortSignal.any([signal, late]));
    return { ...told, use: use(`${provider.name}:${model}`, { tokensIn, tokensOut, latencyMs: Math.round(performance.now() - began) }) };
  } catch (problem) {
    signal.throwIfAborted();
    if (late.aborted) throw modelFailure(null, true);
    throw problem instanceof Fault ? problem : modelFailure(problem, false);
  }
}

async function talk(
  chosen: ChosenModel,
  request: TalkRequest,
  { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<TalkAnswer> {
  const { system, temperature, maxTokens } = request;
  const names = wireNames(request.tools.map(({ name }) => name));
  const began = performance.now();
  // Calls can be shown as such only beside the tools, and not to models that want signatures of their thoughts back.
  const asText = chosen.provider.toldAsText || request.tools.length === 0;
  const words = {
    ...(system !== null && { system }),
    messages: request.turns.flatMap((turn) => (asText ? textMessage(turn) : messagesOf(turn, names))),
    tools: toolsOf(request, names),
  };
  const limits = { ...(temperature !== null && { temperature }), ...(maxTokens !== null && { maxOutputTokens: maxTokens }) };
  const answer = await streamedAnswer(chosen, words, { names, limits, timeoutMs, signal, onDelta: () => undefined });
  return {
    text: answer.text.trim(),
    calls: answer.calls.map(({ callId: id, tool: name, args }) => ({ id, tool: name, args })),
    use: use(`${chosen.provider.name}:${chosen.model}`, {
      ...{ tokensIn: answer.tokensIn, tokensOut: answer.tokensOut, latencyMs: Math.round(performance.now() - began) },
    }),
  };
}

const toolsOf = ({ tools }: TalkRequest, names: WireNames): ToolSet =>
  Object.fromEntries(
    tools.map(({ name, description, inputSchema }) => [
      names.toWire(name),
      tool({ description, inputSchema: jsonSchema(inputSchema as Parameters<typeof jsonSchema>[0]) }),
    ]),
  );

function messagesOf(turn: TalkTurn, names: WireNames): ModelMessage[] {
  if (turn.role === 'user') return [{ role: 'user', content: turn.text }];
  if (turn.role === 'tools') {
    const results = turn.results.map(({ id, tool: name, text }) => ({
      ...{ type: 'tool-result' as const, toolCallId: id, toolName: names.toWire(name), output: { type: 'text' as const, value: text } },
    }));
    return [{ role: 'tool', content: results }];
  }
  const calls = turn.calls.map(({ id, tool: name, args: input }) => ({ type: 'tool-call' as const, toolCallId: id, toolName: names.toWire(name), input }));
  return [{ role: 'assistant', content: [...(turn.text ? [{ type: 'text' as const, text: turn.text }] : []), ...calls] }];
}

function textMessage(turn: TalkTurn): ModelMessage[] {
  if (turn.role === 'user') return [{ role: 'user', content: turn.text }];
  if (turn.role === 'tools') return [{ role: 'user', content: turn.results.map(({ tool: name, text }) => `What ${name} gave:\n${text}`).join('\n\n') }];
  const calls = turn.calls.map(({ tool: name, args }) => `[I call ${name} with ${JSON.stringify(args)}]`);
  return [{ role: 'assistant', content: [turn.text, ...calls].filter(Boolean).join('\n') }];
}
