/** Which model a run's choice means, with its address and key; and every reason why it cannot be had. */
import type { CognitionChoice } from '../../../contracts/run/ports';
import { Fault } from '../../../errors/fault';
import { ANTHROPIC_MODELS, findProvider, OFFLINE_PROVIDERS, PROVIDER_NAMES, type ProviderPreset } from './providers';

export interface ModelSettings {
  /** EVERTHREAD_DEFAULT_PROVIDER; null: the one whose key is there, else `mock`. */
  readonly defaultProvider: string | null;
  /** For the default provider, where a run names no model. */
  readonly defaultModel: string | null;
  /** Addresses that a request may name, beside those of the providers themselves. */
  readonly baseUrls: readonly string[];
  /** Where keys, addresses and models of providers stand: the environment of the process. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface ChosenModel {
  readonly provider: ProviderPreset;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** Null: the call goes without one. */
  readonly apiKey: string | null;
  readonly model: string;
}
export type Chosen = { readonly offline: 'mock' | 'scripted' } | ChosenModel;

/** Below it Anthropic refuses. */
const THINKING_MIN = 1_024;
const MODEL = /^[\x21-\x7e]{1,200}$/;

const refused = (code: string, field: string, reason: string, facts: Readonly<Record<string, unknown>> = {}): Fault =>
  new Fault('invalid', code, `cognition.${field}: ${reason}`, { field: `cognition.${field}`, reason, ...facts });

const given = (env: ModelSettings['env'], ...names: readonly string[]): string | null => names.map((name) => env[name]).find(Boolean) ?? null;

/** The address in one spelling, or null for what is none: http or https, no user, no query. */
export function plainBaseUrl(text: string): string | null {
  if (text.length > 2_048 || !URL.canParse(text)) return null;
  const { protocol, username, password, search, hash, origin, pathname } = new URL(text);
  if (!/^https?:$/.test(protocol) || username !== '' || password !== '' || search !== '' || hash !== '') return null;
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}

/** What thinks when a run does not say: EVERTHREAD_DEFAULT_PROVIDER, else Anthropic or OpenAI where a key is there, else `mock`. */
export function defaultProvider({ defaultProvider: configured, env }: ModelSettings): string {
  if (configured !== null) return findProvider(configured)?.name ?? configured;
  if (given(env, 'ANTHROPIC_API_KEY')) return 'anthropic';
  return given(env, 'OPENAI_API_KEY') ? 'openai' : 'mock';
}

/**
 * Faults, all invalid and with the `field`: `cognition.provider_unknown`, `cognition.script_missing`, `cognition.base_url_refused`, `cognition.key_missing`, `cognition.model_missing`,
 * `cognition.choice_invalid`.
 */
export function chooseModel(choice: CognitionChoice, settings: ModelSettings): Chosen {
  const offline = OFFLINE_PROVIDERS.find((name) => name === choice.provider);
  if (offline === 'scripted' && choice.script === null)
    throw refused('cognition.script_missing', 'script', 'expected with the provider scripted: a list of steps');
  if (offline) return { offline };
  const provider = findProvider(choice.provider);
  if (!provider) {
    const reason = `expected one of ${PROVIDER_NAMES.join(', ')}`;
    throw refused('cognition.provider_unknown', 'provider', reason, { known: PROVIDER_NAMES });
  }
  const model = modelOf(choice, provider, settings);
  const { baseUrl, own } = addressOf(choice, provider, settings);
  if (provider.protocol === 'anthropic') checkThinking(choice);
  return { provider, model, baseUrl, apiKey: keyOf(provider, settings, own) };
}

function checkThinking({ thinking_budget_tokens: budget, max_tokens: max }: CognitionChoice): void {
  if (budget === null) return;
  if (budget < THINKING_MIN) throw refused('cognition.choice_invalid', 'thinking_budget_tokens', `expected at least ${THINKING_MIN}`);
  if (max !== null && max <= budget) throw refused('cognition.choice_invalid', 'max_tokens', 'expected more than thinking_budget_tokens');
}

function modelOf(choice: CognitionChoice, provider: ProviderPreset, settings: ModelSettings): string {
  const byDefault = defaultProvider(settings) === provider.name ? settings.defaultModel : null;
  const variable = `${provider.prefix}_MODEL`;
  const model = choice.model ?? byDefault ?? given(settings.env, variable) ?? provider.model;
  if (model === null) throw refused('cognition.model_missing', 'model', `expected the name of a model of ${provider.name}: the server has none in ${variable}`);
  if (!MODEL.test(model)) throw refused('cognition.choice_invalid', 'model', 'expected 1 to 200 printable characters without blanks');
  return provider.protocol === 'anthropic' ? (ANTHROPIC_MODELS[model] ?? model) : model;
}

/** `own`: the address is the provider's by the server's word, so the server's key may go there. */
function addressOf(choice: CognitionChoice, provider: ProviderPreset, settings: ModelSettings): { readonly baseUrl: string; readonly own: boolean } {
  const variable = `${provider.prefix}_BASE_URL`;
  const configured = given(settings.env, variable) ?? provider.baseUrl;
  const ownUrl = configured === null ? null : plainBaseUrl(configured);
  if (configured !== null && ownUrl === null) {
    throw refused(
      'cognition.base_url_refused',
      'provider',
      `the server's ${variable} is not a URL that starts with https:// or http:// and has no user and no query`,
    );
  }
  if (choice.base_url === null) {
    if (ownUrl === null) throw refused('cognition.base_url_refused', 'base_url', `expected: the server has none for ${provider.name} in ${variable}`);
    return { baseUrl: ownUrl, own: true };
  }
  const wanted = plainBaseUrl(choice.base_url);
  if (wanted === null)
    throw refused('cognition.base_url_refused', 'base_url', 'expected a URL that starts with https:// or http:// and has no user and no query');
  if (wanted === ownUrl) return { baseUrl: ownUrl, own: true };
  if (settings.baseUrls.some((allowed) => plainBaseUrl(allowed) === wanted)) return { baseUrl: wanted, own: false };
  throw refused('cognition.base_url_refused', 'base_url', 'expected an address that the server allows (EVERTHREAD_MODEL_BASE_URLS)');
}

/** A key goes to the address that the server has for its provider, and to no other. */
function keyOf(provider: ProviderPreset, { env }: ModelSettings, own: boolean): string | null {
  if (!own) return null;
  const variables = [`${provider.prefix}_API_KEY`, ...provider.keyVariables];
  const key = given(env, ...variables);
  if (key === null && provider.needsKey)
    throw refused('cognition.key_missing', 'provider', `the server has no key for ${provider.name} (${variables.join(' or ')})`);
  return key;
}

/** Every key of a provider that this environment holds: values that must not show up anywhere else. */
export const providerKeys = (env: ModelSettings['env'], providers: readonly ProviderPreset[]): readonly string[] =>
  providers.flatMap(({ prefix, keyVariables }) => [`${prefix}_API_KEY`, ...keyVariables].flatMap((name) => env[name] || []));
