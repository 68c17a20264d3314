/** Secrets of the process itself: whatever shows them to a model, a tool or a person, they stand in no journal, ledger, row, frame or stream. */
import { providerKeys } from '../domain/run/cognition/model-choice';
import { PROVIDERS } from '../domain/run/cognition/providers';
import { isSecretKey } from '../domain/redaction';

type Environment = Readonly<Record<string, string | undefined>>;

/** Values of variables whose names say that they are secrets, keys of providers among them. */
export function knownSecrets(env: Environment = process.env): readonly string[] {
  const named = Object.entries(env).flatMap(([name, value]) => (value && isSecretKey(name) ? [value] : []));
  return [...new Set([...providerKeys(env, PROVIDERS), ...named])];
}
