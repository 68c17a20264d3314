/** Which model a text of a script means: `<provider>:<model>`, a provider, or a model of the provider that the server has by default; and which one does what is not talking. */
import { chooseModel, defaultProvider, type ChosenModel, type ModelSettings } from '../run/cognition/model-choice';
import { findProvider, isOffline, PROVIDERS, type ProviderPreset } from '../run/cognition/providers';
import type { CognitionChoice } from '../../contracts/run/ports';
import { Fault, faultFrom } from '../../errors/fault';

/** `mock`: without a network. */
export type NamedModel = ChosenModel | 'mock';

/** What a provider may have besides a model that talks; `<prefix>_<this>_MODEL` of the environment names it. */
export const SPECIAL_MODELS = ['EMBED', 'RERANK', 'TRANSCRIBE'] as const;
export type SpecialModel = (typeof SPECIAL_MODELS)[number];

const choice = (provider: string, model: string | null): CognitionChoice => ({
  ...{ provider, model, max_tokens: null, base_url: null, thinking_budget_tokens: null, cache_prefix: false, script: null },
});

/** The text before the first colon, where it is a provider. Models have colons too. */
function partsOf(text: string, settings: ModelSettings): { readonly provider: string; readonly model: string | null } {
  const [head = '', ...rest] = text.split(':');
  if (findProvider(head) || isOffline(head)) return { provider: head, model: rest.join(':') || null };
  return { provider: defaultProvider(settings), model: text };
}

/** Faults `cognition.*` of a choice that cannot be had; the field is `model`. */
export function talkingModel(text: string | null, settings: ModelSettings): NamedModel {
  const { provider, model } = text === null ? { provider: defaultProvider(settings), model: null } : partsOf(text, settings);
  return chosen(provider, model, settings);
}

/** Null: the script names none, and the server has none. Fault `cognition.not_offered` (unsupported) for a provider whose protocol has no such thing. */
export function specialModel(kind: SpecialModel, text: string | null, settings: ModelSettings): NamedModel | null {
  if (text !== null) {
    const { provider, model } = partsOf(text, settings);
    const preset = findProvider(provider);
    if (preset && preset.protocol !== 'openai') throw notOffered(preset.name, kind);
    return chosen(provider, model ?? (preset && given(preset, kind, settings)), settings, kind);
  }
  const ours = defaultProvider(settings);
  const first = findProvider(ours);
  const preset = [...(first ? [first] : []), ...PROVIDERS].find((each) => each.protocol === 'openai' && given(each, kind, settings) !== null);
  if (preset) return chosen(preset.name, given(preset, kind, settings), settings);
  return isOffline(ours) ? 'mock' : null;
}

const given = ({ prefix }: ProviderPreset, kind: SpecialModel, { env }: ModelSettings): string | null => env[`${prefix}_${kind}_MODEL`] || null;

function chosen(provider: string, model: string | null, settings: ModelSettings, kind: SpecialModel | null = null): NamedModel {
  const preset = findProvider(provider);
  if (kind !== null && preset && model === null) {
    const variable = `${preset.prefix}_${kind}_MODEL`;
    throw new Fault(
      'invalid',
      'cognition.model_missing',
      `model: expected the name of a model of ${preset.name}, such as "${preset.name}:<model>": the server has none in ${variable}`,
      {
        ...{ field: 'model', variable },
      },
    );
  }
  try {
    const found = chooseModel(choice(provider, model), settings);
    return 'offline' in found ? 'mock' : found;
  } catch (thrown) {
    const fault = faultFrom(thrown);
    throw new Fault(fault.kind, fault.code, fault.message.replace(/^cognition\.\w+:/, 'model:'), { ...fault.facts, field: 'model' });
  }
}

const WORDS: Readonly<Record<SpecialModel, string>> = { EMBED: 'embeddings', RERANK: 'reranking', TRANSCRIBE: 'transcription' };

const notOffered = (provider: string, kind: SpecialModel): Fault =>
  new Fault('unsupported', 'cognition.not_offered', `model: ${provider} has no ${WORDS[kind]} here; name a model of another provider`, {
    field: 'model',
    provider,
  });
