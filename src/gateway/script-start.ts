/** From a request to what the thread of a script is started with. Pure but for the clock and the ids. */
import { VALUE_MAX } from '../contracts/execution/value';
import type { Json } from '../contracts/pattern/json';
import type { IrField, ScriptIr } from '../contracts/script/ir';
import { parse } from '../contracts/parse';
import { fitFields, fits } from '../domain/script/fit/fits';
import { ScriptTexts } from '../domain/script/ir/texts';
import { durationIn } from '../domain/script/thread/durations';
import { Fault } from '../errors/fault';
import type { Effective } from './script-environment';
import { ThreadMetadata } from './script-requests';

/** The longest that a thread may be given. */
const TIMEOUT_MAX_MS = 366 * 86_400_000;

const refused = (code: string, field: string, reason: string): Fault => new Fault('invalid', code, `${field}: ${reason}`, { field, reason });

/** The field that a misfit is about stands in it in backticks, where it is not the value as a whole. */
const misfitOf = (code: string, whole: string, misfit: string): Fault => {
  const [, field] = /^(?:There is no field )?`([^`]+)`/.exec(misfit) ?? [];
  return refused(code, field === undefined ? whole : `${whole}.${field}`, misfit);
};

/** Checked against what the script declares, defaults filled in. Fault `script_thread.input` (invalid). */
export function inputOf({ input, enums }: Pick<ScriptIr, 'input' | 'enums'>, given: Json): Json {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw refused('script_thread.input', 'input', 'expected an object');
  const { misfit, value } = fitFields(given, input, { enums, texts: new ScriptTexts() });
  if (misfit !== null) throw misfitOf('script_thread.input', 'input', misfit);
  return value;
}

/** Empty: `{}`. Fault `script_thread.input` (invalid). */
export function inputFromJson(text: string): Json {
  if (Buffer.byteLength(text) > VALUE_MAX) throw refused('script_thread.input', 'input_json', `expected at most ${VALUE_MAX} bytes`);
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text) as Json;
  } catch (problem) {
    throw refused('script_thread.input', 'input_json', `expected JSON: ${(problem as Error).message}`);
  }
}

/** ISO 8601; null: there is none. Fault `script_thread.timeout` (invalid). */
export function deadlineOf(timeout: string, now: number): string | null {
  if (timeout === '') return null;
  const ms = durationIn(timeout);
  if (ms !== null && ms > 0 && ms <= TIMEOUT_MAX_MS) return new Date(now + ms).toISOString();
  throw refused('script_thread.timeout', 'timeout', 'expected a duration such as 90s, 5m, 1h or 2d, at most 366 days');
}

/** Fault `script_thread.metadata` (invalid). */
export const assertMetadata = (metadata: Readonly<Record<string, string>>): void => void parse(ThreadMetadata, { metadata }, 'script_thread.metadata');

export interface GivenEnvironment {
  /** By name, of the types that the script declares. */
  readonly values: Readonly<Record<string, Json>>;
  readonly publicNames: readonly string[];
}

/**
 * The variables that the script declares, and no others; `effective` null: what is declared has its defaults. Fault `script_thread.env` (invalid), which never tells a value.
 */
export function environmentOf({ env, enums }: Pick<ScriptIr, 'env' | 'enums'>, effective: Effective | null): GivenEnvironment {
  const given: Record<string, Json> = {};
  const texts = new ScriptTexts();
  const options = { enums, texts, convert: true };
  for (const field of env) {
    const variable = effective?.get(field.name);
    const isGiven = variable !== undefined && variable.value !== '';
    given[field.name] = isGiven ? fitted(field, variable.value, options) : missing(field, options);
  }
  const secret = (name: string): boolean => effective?.get(name)?.secret === true;
  return { values: given, publicNames: Object.keys(given).filter((name) => !secret(name)) };
}

type Options = Parameters<typeof fits>[2];

function fitted({ name, type }: IrField, text: string, options: Options): Json {
  const { misfit, value } = fits(text, type, options);
  // What was found would be told with it.
  if (misfit !== null) throw refused('script_thread.env', `env.${name}`, `the variable is no ${type}`);
  return value;
}

function missing(field: IrField, options: Options): Json {
  const { misfit, value } = fitFields({}, [field], options);
  if (misfit !== null) throw refused('script_thread.env', `env.${field.name}`, 'the variable is not set, and the script declares no default');
  return (value as Readonly<Record<string, Json>>)[field.name] ?? null;
}
