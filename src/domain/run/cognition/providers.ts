/**
 * The providers of models that a run may name (digest §6): how each is spoken to, where it is by default, and which variables of the server's environment say otherwise. Keys come
 * from the environment alone, never from a request.
 */
export interface ProviderPreset {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly protocol: 'openai' | 'anthropic';
  /** Null: only where its variable or the request says. */
  readonly baseUrl: string | null;
  /** `<prefix>_BASE_URL`, `<prefix>_API_KEY`, `<prefix>_MODEL`. */
  readonly prefix: string;
  /** Further variables that may hold the key. */
  readonly keyVariables: readonly string[];
  readonly needsKey: boolean;
  /** Null: has to be said. */
  readonly model: string | null;
  /**
   * Earlier calls of tools are told as text. Needed where a model wants more back of its calls than their arguments (signatures of its thoughts), which the ledger does not hold.
   */
  readonly toldAsText: boolean;
}

interface Special {
  readonly aliases?: readonly string[];
  readonly prefix?: string;
  readonly keyVariables?: readonly string[];
  readonly toldAsText?: boolean;
}
const made = (
  name: string,
  baseUrl: string | null,
  needsKey: boolean,
  { aliases = [], prefix, keyVariables = [], toldAsText = false }: Special,
): ProviderPreset => ({
  ...{ name, aliases, protocol: 'openai', baseUrl, needsKey, keyVariables, toldAsText },
  prefix: prefix ?? name.toUpperCase(),
  model: null,
});
const hosted = (name: string, baseUrl: string, special: Special = {}): ProviderPreset => made(name, baseUrl, true, special);
const local = (name: string, baseUrl: string | null, special: Special = {}): ProviderPreset => made(name, baseUrl, false, special);

export const PROVIDERS: readonly ProviderPreset[] = [
  {
    ...{ name: 'anthropic', aliases: [], protocol: 'anthropic', baseUrl: 'https://api.anthropic.com', prefix: 'ANTHROPIC', keyVariables: [] },
    ...{ needsKey: true, model: 'sonnet', toldAsText: false },
  },
  hosted('openai', 'https://api.openai.com/v1', { aliases: ['gpt'] }),
  hosted('groq', 'https://api.groq.com/openai/v1'),
  hosted('openrouter', 'https://openrouter.ai/api/v1', { aliases: ['or'] }),
  hosted('together', 'https://api.together.xyz/v1', { aliases: ['togetherai'] }),
  hosted('deepseek', 'https://api.deepseek.com/v1'),
  hosted('mistral', 'https://api.mistral.ai/v1'),
  hosted('xai', 'https://api.x.ai/v1', { aliases: ['grok'] }),
  hosted('fireworks', 'https://api.fireworks.ai/inference/v1'),
  hosted('nvidia', 'https://integrate.api.nvidia.com/v1', { aliases: ['nim'] }),
  hosted('cerebras', 'https://api.cerebras.ai/v1'),
  hosted('gemini', 'https://generativelanguage.googleapis.com/v1beta/openai', { aliases: ['google'], keyVariables: ['GOOGLE_API_KEY'], toldAsText: true }),
  hosted('perplexity', 'https://api.perplexity.ai', { aliases: ['pplx'] }),
  hosted('huggingface', 'https://router.huggingface.co/v1', { aliases: ['hf'], prefix: 'HF', keyVariables: ['HF_TOKEN'] }),
  local('ollama', 'http://127.0.0.1:11434/v1'),
  local('lmstudio', 'http://127.0.0.1:1234/v1', { aliases: ['lm-studio'] }),
  local('vllm', 'http://127.0.0.1:8000/v1'),
  local('llamacpp', 'http://127.0.0.1:8080/v1', { aliases: ['llama-cpp'] }),
  local('localai', 'http://127.0.0.1:8080/v1'),
  local('local', null),
];

/** Short names of Anthropic's models, to the newest of each kind. */
export const ANTHROPIC_MODELS: Readonly<Record<string, string>> = { opus: 'claude-opus-5-5', sonnet: 'claude-sonnet-5-5', haiku: 'claude-haiku-5-5' };

/** Without a network: `mock` answers at once and proposes nothing; `scripted` says what the request gives it. */
export const OFFLINE_PROVIDERS = ['mock', 'scripted'] as const;
export const isOffline = (name: string): boolean => OFFLINE_PROVIDERS.some((offline) => offline === name);

export const findProvider = (name: string): ProviderPreset | null => PROVIDERS.find((preset) => preset.name === name || preset.aliases.includes(name)) ?? null;

export const PROVIDER_NAMES: readonly string[] = [...OFFLINE_PROVIDERS, ...PROVIDERS.map(({ name }) => name)];
