/**
 * Schemas of messages as JSON, made from their descriptors: for descriptions of the API, and so that what is wrong with a request is told with the name of its field. The forms are those of proto3 JSON: names in
 * lowerCamelCase, 64-bit integers as text, bytes in base64, enums by name; null stands for a field that is not there.
 */
import { ScalarType, type DescEnum, type DescField, type DescMessage } from '@bufbuild/protobuf';
import { z } from 'zod';

const INT32_MAX = 2 ** 31 - 1;
const digits = (most: number): z.ZodString => z.string().regex(new RegExp(`^\\d{1,${most}}$`), 'expected digits');
/** No number of this interface is negative. */
const int32 = z.int('expected a whole number').min(0).max(INT32_MAX);
const anInt32 = z.union([int32, digits(10)], 'expected a whole number from 0 to 2147483647');
const anInt64 = z.union([digits(18), z.int().min(0)], 'expected a whole number, as text');
const text = z
  .string('expected text')
  .refine((value) => !value.includes('\0') && !/\p{Surrogate}/u.test(value), 'expected text without NUL and half characters');
const base64 = z.base64('expected base64');

/** Where the JSON is: an integer of a query is text, and a boolean is a word there. */
type Place = 'body' | 'query';

const named = ({ values }: DescEnum): [string, ...string[]] => values.map(({ name }) => name) as [string, ...string[]];

function scalarIn(scalar: ScalarType, place: Place): z.ZodType {
  if (scalar === ScalarType.BOOL) return place === 'query' ? z.enum(['true', 'false']) : z.boolean('expected true or false');
  if (scalar === ScalarType.INT32) return place === 'query' ? digits(10) : anInt32;
  if (scalar === ScalarType.INT64) return place === 'query' ? digits(18) : anInt64;
  return scalar === ScalarType.BYTES ? base64 : text;
}

function enumIn(of: DescEnum, place: Place): z.ZodType {
  const names = z.enum(named(of), `expected one of ${named(of).join(', ')}`);
  return place === 'query' ? names : z.union([names, z.literal(of.values.map(({ number }) => number))], `expected one of ${named(of).join(', ')}`);
}

function elementIn(field: DescField, place: Place): z.ZodType {
  if (field.message) return requestSchema(field.message);
  return field.enum ? enumIn(field.enum, place) : scalarIn(field.scalar as ScalarType, place);
}

function fieldIn(field: DescField, place: Place): z.ZodType {
  if (field.fieldKind === 'map') return z.record(z.string(), elementIn(field, place), 'expected an object of texts').nullish();
  if (field.fieldKind === 'list') return place === 'query' ? z.array(elementIn(field, place)).optional() : z.array(elementIn(field, place)).nullish();
  return place === 'query' ? elementIn(field, place).optional() : elementIn(field, place).nullish();
}

const object = (fields: readonly (readonly [string, z.ZodType])[]): z.ZodObject => z.strictObject(Object.fromEntries(fields));

/** The body of a request: every field but those that are in its address. */
export const requestSchema = (message: DescMessage, without: readonly string[] = []): z.ZodObject =>
  object(message.fields.filter(({ name }) => !without.includes(name)).map((field) => [field.jsonName, fieldIn(field, 'body')] as const));

export const querySchema = (message: DescMessage, without: readonly string[]): z.ZodObject =>
  object(message.fields.filter(({ name }) => !without.includes(name)).map((field) => [field.jsonName, fieldIn(field, 'query')] as const));

/** `names`: of the message's fields that the address holds. Texts have no end in an address; the longest that means something is a path of a step. */
export const pathSchema = (message: DescMessage, names: readonly string[]): z.ZodObject =>
  object(
    names.map((name) => {
      const field = message.fields.find((one) => one.name === name);
      return [field?.jsonName ?? name, field?.scalar === ScalarType.INT32 ? digits(10) : z.string().min(1).max(1_000)] as const;
    }),
  );

function scalarOut(scalar: ScalarType): z.ZodType {
  if (scalar === ScalarType.BOOL) return z.boolean();
  if (scalar === ScalarType.INT32) return z.int();
  if (scalar === ScalarType.INT64) return z.string().regex(/^\d+$/);
  return scalar === ScalarType.BYTES ? z.string().meta({ contentEncoding: 'base64' }) : z.string();
}

function elementOut(field: DescField): z.ZodType {
  if (field.message) return responseSchema(field.message);
  return field.enum ? z.enum(named(field.enum)) : scalarOut(field.scalar as ScalarType);
}

function fieldOut(field: DescField): z.ZodType {
  if (field.fieldKind === 'map') return z.record(z.string(), elementOut(field));
  if (field.fieldKind === 'list') return z.array(elementOut(field));
  const isThere = field.fieldKind !== 'message' && field.oneof === undefined && !field.proto.proto3Optional;
  return isThere ? elementOut(field) : elementOut(field).optional();
}

const answers = new Map<string, z.ZodObject>();

/** What is answered: one schema for each message, which the description names. */
export function responseSchema(message: DescMessage): z.ZodObject {
  let found = answers.get(message.typeName);
  if (!found) {
    found = z.object(Object.fromEntries(message.fields.map((field) => [field.jsonName, fieldOut(field)] as const))).meta({ id: `Scriptum${message.name}` });
    answers.set(message.typeName, found);
  }
  return found;
}
