/** Models without a network: one that answers from its input alone, one that replays given answers. For trying things out, and for tests of every behaviour. */
import type { LanguageModel } from 'ai';
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { CallFailed } from './perform-called';

type Model = Extract<LanguageModel, { readonly specificationVersion: 'v3' }>;
type Asked = Parameters<Model['doGenerate']>[0];
type Answer = Awaited<ReturnType<Model['doGenerate']>>;

export const ScriptedAnswer = z.strictObject({
  /** The answer: a text as it is, everything else as JSON. */
  answer: z.unknown().optional(),
  /** Instead of an answer. */
  error: z.strictObject({ message: z.string().min(1).max(1_000), retryable: z.boolean().default(false) }).optional(),
  /** Only for prompts that contain this; the first answer in order that fits is given. Those with a condition are not used up. */
  when: z.string().min(1).max(1_000).optional(),
  delayMs: z.int().min(0).max(600_000).default(0),
});
export type ScriptedAnswer = z.output<typeof ScriptedAnswer>;

/** The text of what people and agents asked, without what the model was told before. */
const promptOf = ({ prompt }: Asked): string =>
  prompt
    .filter(({ role }) => role === 'user')
    .map(({ content }) => (typeof content === 'string' ? content : content.map((part) => (part.type === 'text' ? part.text : '')).join('')))
    .join('\n');

/** Four characters a token: nobody is charged. */
const tokens = (text: string): number => Math.ceil(text.length / 4);

const spoken = (asked: Asked, text: string): Answer => ({
  content: [{ type: 'text', text }],
  finishReason: { unified: 'stop', raw: undefined },
  usage: {
    inputTokens: { total: tokens(promptOf(asked)), noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: tokens(text), text: undefined, reasoning: undefined },
  },
  warnings: [],
});

const model = (name: string, answer: (asked: Asked) => Promise<string>): Model => ({
  specificationVersion: 'v3',
  provider: 'everthread',
  modelId: name,
  supportedUrls: {},
  doGenerate: async (asked) => spoken(asked, await answer(asked)),
  doStream: () => Promise.reject(new CallFailed('UNSUPPORTED', 'Offline models do not stream.', { retryable: false })),
});

type Schema = Readonly<Record<string, unknown>>;

/** A number of 0 to 1 that depends on the seed alone. */
const fraction = (seed: string): number => createHash('sha256').update(seed).digest().readUInt32BE(0) / 2 ** 32;
const DEPTH = 8;

/** A value that fits the usual kinds of schema. */
function made(schema: Schema, seed: string, depth = 0): unknown {
  if ('const' in schema) return schema['const'];
  const choices = schema['enum'] ?? undefined;
  if (Array.isArray(choices)) return choices[Math.floor(fraction(seed) * choices.length)];
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  const { minimum = 0, maximum = 1 } = schema as { readonly minimum?: number; readonly maximum?: number };
  switch (type) {
    case 'object': {
      const fields = Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, Schema>>);
      return depth >= DEPTH ? {} : Object.fromEntries(fields.map(([name, field]) => [name, made(field, `${seed}.${name}`, depth + 1)]));
    }
    case 'array':
      return depth >= DEPTH ? [] : [made((schema['items'] ?? {}) as Schema, `${seed}[]`, depth + 1)];
    case 'number':
      return Math.round((minimum + fraction(seed) * (maximum - minimum)) * 100) / 100;
    case 'integer':
      return Math.floor(minimum + fraction(seed) * (Math.max(maximum, minimum) - minimum + 1));
    case 'boolean':
      return fraction(seed) < 0.5;
    case 'null':
      return null;
    default:
      return `mock-${Math.floor(fraction(seed) * 1e6)}`;
  }
}

export function mockModel(): Model {
  return model('mock', (asked) => {
    const prompt = promptOf(asked);
    const schema = asked.responseFormat?.type === 'json' ? asked.responseFormat.schema : undefined;
    return Promise.resolve(
      JSON.stringify(schema ? made(schema as Schema, prompt) : { answer: made({}, prompt), confidence: Math.round((0.5 + fraction(prompt) / 2) * 100) / 100 }),
    );
  });
}

export function scriptedModel(answers: readonly ScriptedAnswer[]): Model {
  const inTurn = answers.filter(({ when }) => when === undefined);
  let turn = 0;
  return model('scripted', async (asked) => {
    const prompt = promptOf(asked);
    const chosen = answers.find(({ when }) => when !== undefined && prompt.includes(when)) ?? (inTurn.length > 0 ? inTurn[turn++ % inTurn.length] : undefined);
    if (!chosen) throw new CallFailed('NO_ANSWER', 'The script has no answer for this prompt.', { retryable: false });
    if (chosen.delayMs > 0) await delay(chosen.delayMs, undefined, { signal: asked.abortSignal });
    if (chosen.error) throw new CallFailed('SCRIPTED', chosen.error.message, { retryable: chosen.error.retryable });
    return typeof chosen.answer === 'string' ? chosen.answer : JSON.stringify(chosen.answer ?? null);
  });
}
