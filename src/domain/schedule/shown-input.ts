/** The input of a target as it may be shown: no values of environment variables, only their names, and nothing that looks like a secret. */
import type { Target } from '../../contracts/target';
import { redactor } from '../redaction';

type Values = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value);

function withNames({ env, ...rest }: Values): Values {
  return isRecord(env) ? { ...rest, envNames: Object.keys(env).sort() } : rest;
}

function secretsIn({ env }: Values): readonly string[] {
  return isRecord(env) ? Object.values(env).filter((value): value is string => typeof value === 'string') : [];
}

export function shownInput({ input }: Target): Values {
  const preparation = isRecord(input['preparation']) ? input['preparation'] : null;
  const secrets = [...secretsIn(input), ...(preparation ? secretsIn(preparation) : [])];
  const named = withNames(preparation ? { ...input, preparation: withNames(preparation) } : input);
  return redactor(secrets)(named);
}
