/** What thinks in runs, from the configuration and from the keys in the environment; and the activity that asks it. */
import { cognition } from '../../activities/run/cognition/cognition';
import { thinkActivity } from '../../activities/run/think';
import type { Config, ProcessEnvironment } from '../config/config';
import type { RunActivities } from '../contracts/run/activities';
import type { Cognition, Tools } from '../contracts/run/ports';
import { isSecretKey, SHORTEST_KNOWN } from '../domain/redaction';
import { runRedactor } from '../domain/run/redaction';
import { Fault } from '../errors/fault';
import type { Store } from '../store/store';

/** Values of this process's environment that must not show up in a run: those under a secret's name. */
export const knownSecrets = (env: ProcessEnvironment = process.env): readonly string[] =>
  Object.entries(env).flatMap(([name, value]) => (value !== undefined && value.length >= SHORTEST_KNOWN && isSecretKey(name) ? [value] : []));

/** Fault `config.invalid` (invalid) when EVERTHREAD_DEFAULT_PROVIDER cannot be used as it is configured. */
export function runModels({ models }: Pick<Config, 'models'>, env: ProcessEnvironment = process.env): Cognition {
  const made = cognition({ ...models, env });
  if (models.defaultProvider === null) return made;
  try {
    made.check({
      provider: made.defaultProvider,
      model: null,
      max_tokens: null,
      base_url: null,
      thinking_budget_tokens: null,
      cache_prefix: true,
      script: null,
    });
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    const reason = `${models.defaultProvider}: ${String(thrown.facts['reason'])}`;
    throw new Fault('invalid', 'config.invalid', `EVERTHREAD_DEFAULT_PROVIDER: ${reason}`, { issues: [{ variable: 'EVERTHREAD_DEFAULT_PROVIDER', reason }] });
  }
  return made;
}

/** For the worker: thinking, beside the other activities of runs. */
export function runThinking(
  store: Store,
  { tools, cognition: thinks }: { readonly tools: Pick<Tools, 'list'>; readonly cognition: Cognition },
  env: ProcessEnvironment = process.env,
): Pick<RunActivities, 'think'> {
  const secrets = knownSecrets(env);
  const { ledger, blobs, runIntents: intents, effects, runDeltas: deltas, frames, writs } = store;
  return thinkActivity({
    ...{ cognition: thinks, tools, ledger, blobs, intents, effects, deltas, frames },
    ...{ redact: runRedactor(secrets), knownSecrets: secrets },
    findWrit: async (tenant, id) => (await writs.find(tenant, id))?.writ ?? null,
  });
}
