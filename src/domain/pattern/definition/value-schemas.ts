/** `input` and `validation.schema`: fields in the short form (`text: string`) or the long one → a ValueSchema. */
import { ENTRIES_MAX } from '../../../contracts/pattern/bounds';
import { STRING_FORMATS, VALUE_TYPES, type ValueSchema } from '../../../contracts/pattern/value-schema';
import { regexpProblem } from '../../regexp';
import { checkValue } from '../schema/check-value';
import { shown, type Fields, type Reading } from './reading';
import type { Path } from '../../yaml/source';

const SIZE_MAX = 10_000_000;
/** The fields that go with each type; `type`, `description`, `default`, `enum` and `required` go with all. */
const FIELDS = {
  string: ['minLength', 'maxLength', 'pattern', 'format'],
  number: ['minimum', 'maximum', 'multipleOf'],
  integer: ['minimum', 'maximum', 'multipleOf'],
  boolean: [],
  array: ['items', 'minItems', 'maxItems', 'uniqueItems'],
  object: ['properties', 'additionalProperties'],
  any: [],
} as const satisfies Record<ValueSchema['type'], readonly string[]>;
const ALWAYS = ['type', 'description', 'default', 'enum', 'required'];
const ANYTHING: ValueSchema = { type: 'any' };

/** The input of a pattern: a field is required unless it says `required: false` or has a default. Without any field everything is taken. */
export function readInput(reading: Reading, value: unknown, path: Path): ValueSchema {
  const properties = readProperties(reading, value ?? {}, path, 4);
  const isRequired = (name: string): boolean => {
    const field = (value as Fields)[name];
    const own = typeof field === 'object' && field !== null ? (field as Fields)['required'] : undefined;
    return own !== false && properties[name]?.default === undefined;
  };
  const required = Object.keys(properties).filter(isRequired);
  return { type: 'object', properties, ...(required.length > 0 ? { required } : {}) };
}

function readProperties(reading: Reading, value: unknown, path: Path, depth: number): { readonly [name: string]: ValueSchema } {
  return Object.fromEntries(Object.entries(reading.map(value, path)).map(([name, field]) => [name, readSchema(reading, field, [...path, name], depth)]));
}

/** One schema: the name of a type, or an object. */
export function readSchema(reading: Reading, value: unknown, path: Path, depth = 5): ValueSchema {
  if (typeof value === 'string') return { type: reading.oneOf(value, path, VALUE_TYPES, 'any') };
  if (depth === 0) {
    reading.report(path, 'The schema is nested too deep.', 'at most 5 levels');
    return ANYTHING;
  }
  const fields = reading.map(value, path);
  const type = reading.oneOf(fields['type'], [...path, 'type'], VALUE_TYPES, impliedType(fields));
  reading.object(value, path, [...ALWAYS, ...FIELDS[type]]);
  const schema: ValueSchema = { type, ...generalOf(reading, fields, path), ...boundsOf(reading, fields, path), ...partsOf(reading, fields, path, depth) };
  checkExamples(reading, schema, path);
  return schema;
}

const impliedType = (fields: Fields): ValueSchema['type'] => (fields['properties'] !== undefined ? 'object' : fields['items'] !== undefined ? 'array' : 'any');

function generalOf(reading: Reading, fields: Fields, path: Path): Partial<ValueSchema> {
  const { description, default: otherwise, enum: allowed } = fields;
  return {
    ...(description === undefined ? {} : { description: reading.text(description, [...path, 'description']) }),
    ...(otherwise === undefined ? {} : { default: reading.json(otherwise, [...path, 'default']) }),
    ...(allowed === undefined ? {} : { enum: reading.list(allowed, [...path, 'enum']).map((each, at) => reading.json(each, [...path, 'enum', at])) }),
  };
}

function boundsOf(reading: Reading, fields: Fields, path: Path): Partial<ValueSchema> {
  const bounds: Record<string, unknown> = {};
  const put = (names: readonly string[], read: (name: string) => unknown): void => {
    for (const name of names) if (fields[name] !== undefined) bounds[name] = read(name);
  };
  put(['minLength', 'maxLength', 'minItems', 'maxItems'], (name) => reading.number(fields[name], [...path, name], { max: SIZE_MAX, integer: true }));
  put(['minimum', 'maximum'], (name) => reading.number(fields[name], [...path, name], { min: -Number.MAX_VALUE, max: Number.MAX_VALUE }));
  put(['multipleOf'], (name) => reading.number(fields[name], [...path, name], { min: Number.MIN_VALUE, max: Number.MAX_VALUE }));
  put(['uniqueItems'], (name) => reading.boolean(fields[name], [...path, name], false));
  put(['format'], (name) => reading.oneOf(fields[name], [...path, name], STRING_FORMATS, 'email'));
  put(['pattern'], (name) => regexpOf(reading, fields[name], [...path, name]));
  for (const [low, high] of [
    ['minLength', 'maxLength'],
    ['minItems', 'maxItems'],
    ['minimum', 'maximum'],
  ] as const) {
    // prettier-ignore
    if (Number(bounds[low] ?? -Infinity) > Number(bounds[high] ?? Infinity)) reading.report([...path, low], `${low} is above ${high}.`, `at most ${String(bounds[high])}`);
  }
  return bounds as Partial<ValueSchema>;
}

function regexpOf(reading: Reading, value: unknown, path: Path): string {
  const pattern = reading.text(value, path, { max: 500 });
  const problem = regexpProblem(pattern);
  if (problem !== null)
    reading.report(path, `The regular expression ${shown(pattern)} cannot be used: ${problem}.`, 'a regular expression in the syntax of RE2');
  return pattern;
}

function partsOf(reading: Reading, fields: Fields, path: Path, depth: number): Partial<ValueSchema> {
  const { items, properties, required, additionalProperties } = fields;
  const inner = properties === undefined ? undefined : readProperties(reading, properties, [...path, 'properties'], depth - 1);
  const own = inner === undefined ? [] : Object.keys(inner).filter((name) => ((properties as Fields)[name] as Fields | null)?.['required'] === true);
  const named = Array.isArray(required) ? reading.texts(required, [...path, 'required']) : [];
  if (required !== undefined && !Array.isArray(required) && typeof required !== 'boolean') {
    reading.report([...path, 'required'], `${shown(required)} does not fit.`, 'true or false; of an object also the list of the properties that must be there');
  }
  const needed = [...new Set([...named, ...own])].slice(0, ENTRIES_MAX);
  return {
    ...(items === undefined ? {} : { items: readSchema(reading, items, [...path, 'items'], depth - 1) }),
    ...(inner === undefined ? {} : { properties: inner }),
    ...(needed.length > 0 ? { required: needed } : {}),
    ...(additionalProperties === undefined ? {} : { additionalProperties: reading.boolean(additionalProperties, [...path, 'additionalProperties'], true) }),
  };
}

/** A default that its own field refuses would fail each execution. */
function checkExamples(reading: Reading, schema: ValueSchema, path: Path): void {
  if (schema.default === undefined || reading.errors.length > 0) return;
  const [problem] = checkValue({ ...schema, default: undefined }, schema.default, '').problems;
  if (problem) reading.report([...path, 'default'], `The default does not fit its own field: ${problem.message}`, problem.expected);
}
