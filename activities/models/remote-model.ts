/** Models behind a network, for agents that are a model and for runs: one way to make them, so that one rule says where keys go. */
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { EmbeddingModel, LanguageModel } from 'ai';

export type Model = Extract<LanguageModel, { readonly specificationVersion: 'v3' }>;

export interface RemoteModel {
  /** In errors and in options of the provider. */
  readonly name: string;
  readonly protocol: 'openai' | 'anthropic';
  readonly baseUrl: string;
  /** Null: the call carries none; the packages' own look into the environment is ruled out. */
  readonly apiKey: string | null;
  readonly model: string;
  /** The server takes a JSON Schema for its answer. */
  readonly structuredOutputs?: boolean;
}

/** A redirect could carry the key to another host, so there is none. */
const direct: typeof fetch = (input, init) => fetch(input, { ...init, redirect: 'error' });

export function remoteModel({ name, protocol, baseUrl, apiKey, model, structuredOutputs = false }: RemoteModel): Model {
  if (protocol === 'anthropic') {
    // Its address is given without the version in most environments.
    const baseURL = /\/v\d+$/.test(baseUrl) ? baseUrl : `${baseUrl}/v1`;
    return createAnthropic({ baseURL, apiKey: apiKey ?? 'none', fetch: direct })(model);
  }
  return createOpenAICompatible({
    ...{ name, baseURL: baseUrl, supportsStructuredOutputs: structuredOutputs, includeUsage: true, fetch: direct },
    ...(apiKey !== null && { apiKey }),
  })(model) as Model;
}

/** Of a provider with OpenAI's protocol. */
export const remoteEmbedding = ({ name, baseUrl, apiKey, model }: Pick<RemoteModel, 'name' | 'baseUrl' | 'apiKey' | 'model'>): EmbeddingModel =>
  createOpenAICompatible({ name, baseURL: baseUrl, fetch: direct, ...(apiKey !== null && { apiKey }) }).embeddingModel(model);
