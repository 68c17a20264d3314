/** What thinks in runs, of the configuration and of the keys that stand in the environment of this process. */
import { scriptModels } from '../../activities/models/script-models';
import { cognition } from '../../activities/run/cognition/cognition';
import { thinkActivity } from '../../activities/run/think';
import type { Config } from '../config/config';
import type { RunActivities } from '../contracts/run/activities';
import type { Cognition, Tools } from '../contracts/run/ports';
import type { ScriptModels } from '../contracts/script/talk';
import { PROVIDERS } from '../domain/run/cognition/providers';
import { runRedactor } from '../domain/run/redaction';
import { SPECIAL_MODELS } from '../domain/script/named-model';
import type { Store } from '../store/store';
import { knownSecrets } from './known-secrets';

type Environment = Readonly<Record<string, string | undefined>>;

/** All variables of providers, for the environments of roles. */
export const PROVIDER_VARIABLES: ReadonlySet<string> = new Set(
  PROVIDERS.flatMap(({ prefix, keyVariables }) => [
    ...[`${prefix}_API_KEY`, `${prefix}_BASE_URL`, `${prefix}_MODEL`, ...keyVariables],
    ...SPECIAL_MODELS.map((kind) => `${prefix}_${kind}_MODEL`),
  ]),
);

export interface RunModels {
  readonly cognition: Cognition;
  /** The same models, as scripts ask them. */
  readonly scripts: ScriptModels;
  readonly knownSecrets: readonly string[];
  /** Takes secrets out of what the ledger notes and people see. */
  readonly redact: <T>(value: T) => T;
}

export function runModels({ models }: Pick<Config, 'models'>, env: Environment = process.env): RunModels {
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => PROVIDER_VARIABLES.has(name)));
  const known = knownSecrets(env);
  const settings = { ...models, env: own };
  return { cognition: cognition(settings), scripts: scriptModels(settings), knownSecrets: known, redact: runRedactor(known) };
}

/** For the worker. */
export const runThinking = (store: Store, { cognition: thinks, knownSecrets, redact }: RunModels, tools: Pick<Tools, 'list'>): Pick<RunActivities, 'think'> =>
  thinkActivity({
    ...{ cognition: thinks, tools, knownSecrets, redact, ledger: store.ledger, blobs: store.blobs, effects: store.effects, frames: store.frames },
    ...{ intents: store.runIntents, deltas: store.runDeltas },
    findWrit: async (tenant, writId) => (await store.writs.find(tenant, writId))?.writ ?? null,
  });
