/**
 * Which models runs think with (docs/run-models.md). Keys and addresses of providers have names of their own, which src/domain/run/cognition/providers.ts knows; it says too whether the
 * provider that is named here is one.
 */
import { z } from 'zod';
import { count, list, words } from './fields';

const usd = z.number().min(0).max(100_000);
const Prices = z
  .record(z.string().min(1).max(300), z.strictObject({ input: usd, output: usd }))
  .refine((table) => Object.keys(table).length <= 1_000, 'expected at most 1000 models');

const isBaseUrl = (value: string): boolean => {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password, search, hash } = new URL(value);
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === '';
};

function jsonOf(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return null;
  }
}

export const MODEL_FIELDS = {
  EVERTHREAD_DEFAULT_PROVIDER: words.regex(/^[a-z][a-z0-9-]{0,63}$/, 'expected the name of a provider').optional(),
  EVERTHREAD_DEFAULT_MODEL: words.regex(/^\S{1,200}$/, 'expected the name of a model').optional(),
  EVERTHREAD_MODEL_BASE_URLS: list
    .refine((urls) => urls.length <= 100 && urls.every(isBaseUrl), 'expected at most 100 URLs without user and query, separated by commas')
    .default([]),
  EVERTHREAD_MODEL_PRICES: z
    .string()
    .max(64 * 1024)
    .transform((value, context): z.output<typeof Prices> => {
      const read = Prices.safeParse(jsonOf(value));
      if (read.success) return read.data;
      context.addIssue({ code: 'custom', message: 'expected JSON such as {"openai:gpt-x": {"input": 1.25, "output": 10}}: US dollars for a million tokens' });
      return z.NEVER;
    })
    .default({}),
  EVERTHREAD_MODEL_TIMEOUT_MS: count(300_000, { min: 1_000, max: 3_600_000 }),
};

export interface ModelConfig {
  /** Null: the provider whose key is there, else `mock`. */
  readonly defaultProvider: string | null;
  readonly defaultModel: string | null;
  /** Addresses that a request may name, beside those of the providers themselves. */
  readonly baseUrls: readonly string[];
  /** By `<provider>:<model>`, `<model>` or `<provider>:*`; US dollars for a million tokens. */
  readonly prices: Readonly<Record<string, { readonly input: number; readonly output: number }>>;
  /** For one whole call of a model. */
  readonly timeoutMs: number;
}

export const modelsOf = (values: z.output<z.ZodObject<typeof MODEL_FIELDS>>): ModelConfig => ({
  defaultProvider: values.EVERTHREAD_DEFAULT_PROVIDER ?? null,
  defaultModel: values.EVERTHREAD_DEFAULT_MODEL ?? null,
  baseUrls: values.EVERTHREAD_MODEL_BASE_URLS,
  prices: values.EVERTHREAD_MODEL_PRICES,
  timeoutMs: values.EVERTHREAD_MODEL_TIMEOUT_MS,
});
