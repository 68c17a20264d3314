/**
 * What a value must look like: the input of a pattern, and a result that `validation.schema` checks. A subset of JSON Schema, with the words of the seeds' input
 * fields. `src/domain/pattern/schema/check-input.ts` applies it; plain JSON.
 */
import { z } from 'zod';
import { ENTRIES_MAX, NAME_MAX, REGEXP_MAX, TEXT_MAX } from './bounds';
import { Json } from './json';

export const VALUE_TYPES = ['string', 'number', 'integer', 'boolean', 'array', 'object', 'any'] as const;
export const STRING_FORMATS = ['email', 'uri', 'date', 'date-time', 'uuid'] as const;

const count = z.number().int().min(0).max(10_000_000);
const leaf = {
  type: z.enum(VALUE_TYPES),
  description: z.string().max(TEXT_MAX).optional(),
  /** Taken when the value is not given. */
  default: Json.optional(),
  enum: z.array(Json).min(1).max(ENTRIES_MAX).optional(),
  minLength: count.optional(),
  maxLength: count.optional(),
  /** A regular expression in RE2's syntax that must match somewhere in the text. */
  pattern: z.string().max(REGEXP_MAX).optional(),
  format: z.enum(STRING_FORMATS).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  multipleOf: z.number().positive().optional(),
  minItems: count.optional(),
  maxItems: count.optional(),
  uniqueItems: z.boolean().optional(),
};
type Leaf = z.output<z.ZodObject<typeof leaf>>;

export type ValueSchema = Readonly<Leaf> & {
  readonly items?: ValueSchema | undefined;
  readonly properties?: { readonly [name: string]: ValueSchema } | undefined;
  /** Names of the properties that must be there. */
  readonly required?: readonly string[] | undefined;
  /** false: only the properties named. */
  readonly additionalProperties?: boolean | undefined;
};

const inner = z.lazy((): z.ZodType<ValueSchema> => ValueSchema);

export const ValueSchema: z.ZodType<ValueSchema> = z.strictObject({
  ...leaf,
  items: inner.optional(),
  properties: z.record(z.string().min(1).max(NAME_MAX), inner).optional(),
  required: z.array(z.string().min(1).max(NAME_MAX)).max(ENTRIES_MAX).optional(),
  additionalProperties: z.boolean().optional(),
});
