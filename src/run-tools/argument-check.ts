/**
 * Checks of arguments against JSON Schemas that others wrote: manifests, packages, MCP servers. Their regular expressions run as RE2, so none of them can take longer than its text,
 * and schemas refer to nothing outside of themselves.
 */
import { Ajv, type Options, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020';
import { matches, regexpProblem } from '../domain/regexp';
import { faultFrom } from '../errors/fault';
import { misfitText, type Json } from './tool';

/** Characters of a schema. */
const SCHEMA_MAX = 64 * 1_024;

const engine = (pattern: string): { test(text: string): boolean; toString(): string } => {
  const problem = regexpProblem(pattern);
  // ajv takes it for a mistake of the schema.
  if (problem !== null) throw new SyntaxError(`the regular expression ${pattern} ${problem}`);
  // ajv tells expressions apart by this text.
  return { test: (text) => matches(pattern, text), toString: () => `RE2:${pattern}` };
};

const OPTIONS: Options = {
  ...{ strict: false, allErrors: false, validateFormats: false, addUsedSchema: false, logger: false, ownProperties: true },
  code: { regExp: Object.assign(engine, { code: 'RE2' }) },
};

export type ArgumentCheck = (args: Json) => string | null;

/** A check, or why the schema cannot be used. Draft 2020-12, or draft 7 where the schema says so. */
export function argumentCheck(schema: Readonly<Record<string, Json>>): { readonly check: ArgumentCheck } | { readonly problem: string } {
  const text = JSON.stringify(schema);
  if (text.length > SCHEMA_MAX) return { problem: `input_schema: expected at most ${SCHEMA_MAX} characters` };
  const { $schema: dialect, ...rest } = schema;
  if (rest['type'] !== undefined && rest['type'] !== 'object') return { problem: 'input_schema: expected the schema of an object' };
  let valid: ValidateFunction;
  try {
    const ajv = typeof dialect === 'string' && dialect.includes('draft-07') ? new Ajv(OPTIONS) : new Ajv2020(OPTIONS);
    valid = ajv.compile({ type: 'object', ...rest });
  } catch (problem) {
    return { problem: `input_schema: ${problem instanceof Error ? problem.message : String(problem)}`.slice(0, 500) };
  }
  return { check: (args) => misfitOf(valid, args) };
}

function misfitOf(valid: ValidateFunction, args: Json): string | null {
  try {
    if (valid(args)) return null;
  } catch (thrown) {
    return misfitText('', faultFrom(thrown).message);
  }
  const [first] = valid.errors ?? [];
  const path = (first?.instancePath ?? '').slice(1).replaceAll('/', '.');
  const facts = Object.entries(first?.params ?? {}).flatMap(([name, value]) =>
    ['allowedValues', 'allowedValue', 'additionalProperty'].includes(name) ? [`: ${JSON.stringify(value)}`] : [],
  );
  return misfitText(path, `${first?.message ?? 'is not valid'}${facts.join('')}`);
}
