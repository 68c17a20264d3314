/**
 * Expressions of the pattern language, parsed: what a plan holds wherever a definition says `$vote.result`, `${input.task}`, `{{confidence}}`,
 * `$score >= 0.8` or an operator such as `$filter`. Plain JSON. `src/domain/pattern/expression/evaluate.ts` gives them their values, in the workflow too.
 *
 * A constant is an expression as well (`literal`, `list`, `object`), so that a reader of the plan has one way to get at any value.
 */
import { z } from 'zod';
import { ENTRIES_MAX, EXPRESSION_DEPTH_MAX, NAME_MAX, REGEXP_MAX, TEXT_MAX } from './bounds';

export const BINARY_OPERATORS = ['||', '&&', '??', '==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%', 'in', 'contains'] as const;
export type BinaryOperator = (typeof BINARY_OPERATORS)[number];

/** The functions that expressions may call, each with the fewest and the most arguments it takes. docs/patterns.md says what they give. */
export const FUNCTIONS = {
  min: [1, 50],
  max: [1, 50],
  sum: [1, 50],
  average: [1, 50],
  count: [1, 1],
  all: [1, 50],
  any: [1, 50],
  abs: [1, 1],
  round: [1, 2],
  floor: [1, 1],
  ceil: [1, 1],
  sqrt: [1, 1],
  pow: [2, 2],
  lower: [1, 1],
  upper: [1, 1],
  trim: [1, 1],
  starts_with: [2, 2],
  ends_with: [2, 2],
  join: [1, 2],
  split: [2, 2],
  first: [1, 1],
  last: [1, 1],
  keys: [1, 1],
  values: [1, 1],
  unique: [1, 1],
  flatten: [1, 1],
  concat: [1, 50],
  coalesce: [1, 50],
  exists: [1, 1],
  string: [1, 1],
  number: [1, 1],
  cosine_similarity: [2, 2],
  similarity: [2, 2],
} as const satisfies Record<string, readonly [number, number]>;
export type FunctionName = keyof typeof FUNCTIONS;

export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  /** `$name`: a variable. */
  | { readonly kind: 'name'; readonly name: string }
  /** A name without `$`: a field of the item at hand, of the object that is being put together, of the input, or of the result; in this order. */
  | { readonly kind: 'word'; readonly name: string }
  | { readonly kind: 'member'; readonly of: Expression; readonly key: string }
  | { readonly kind: 'index'; readonly of: Expression; readonly at: Expression }
  /** `.*`: what follows is taken of each entry. */
  | { readonly kind: 'each'; readonly of: Expression; readonly take: Expression | null }
  /** The entry at hand inside the `take` of an `each`. */
  | { readonly kind: 'entry' }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'negative'; readonly of: Expression }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'matches'; readonly of: Expression; readonly pattern: string }
  | { readonly kind: 'choice'; readonly when: Expression; readonly then: Expression; readonly otherwise: Expression }
  | { readonly kind: 'call'; readonly function: FunctionName; readonly arguments: readonly Expression[] }
  /** Parts joined to one text: `Design: ${input.task}`. */
  | { readonly kind: 'text'; readonly parts: readonly Expression[] }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'object'; readonly fields: readonly { readonly name: string; readonly value: Expression }[] }
  | { readonly kind: 'filter'; readonly items: Expression; readonly condition: Expression }
  | { readonly kind: 'map'; readonly items: Expression; readonly transform: Expression }
  | {
      readonly kind: 'switch';
      readonly value: Expression;
      readonly cases: readonly { readonly name: string; readonly value: Expression }[];
      readonly otherwise: Expression;
    };

const text = z.string().max(TEXT_MAX);
const name = z.string().min(1).max(NAME_MAX);
const inner = z.lazy((): z.ZodType<Expression> => node);
const named = z.array(z.strictObject({ name, value: inner })).max(ENTRIES_MAX);

const node: z.ZodType<Expression> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('literal'), value: z.union([text, z.number(), z.boolean(), z.null()]) }),
  z.strictObject({ kind: z.literal('name'), name }),
  z.strictObject({ kind: z.literal('word'), name }),
  z.strictObject({ kind: z.literal('member'), of: inner, key: name }),
  z.strictObject({ kind: z.literal('index'), of: inner, at: inner }),
  z.strictObject({ kind: z.literal('each'), of: inner, take: inner.nullable() }),
  z.strictObject({ kind: z.literal('entry') }),
  z.strictObject({ kind: z.literal('not'), of: inner }),
  z.strictObject({ kind: z.literal('negative'), of: inner }),
  z.strictObject({ kind: z.literal('binary'), operator: z.enum(BINARY_OPERATORS), left: inner, right: inner }),
  z.strictObject({ kind: z.literal('matches'), of: inner, pattern: z.string().max(REGEXP_MAX) }),
  z.strictObject({ kind: z.literal('choice'), when: inner, then: inner, otherwise: inner }),
  z.strictObject({ kind: z.literal('call'), function: z.enum(Object.keys(FUNCTIONS) as [FunctionName]), arguments: z.array(inner).max(ENTRIES_MAX) }),
  z.strictObject({ kind: z.literal('text'), parts: z.array(inner).max(ENTRIES_MAX) }),
  z.strictObject({ kind: z.literal('list'), items: z.array(inner).max(ENTRIES_MAX) }),
  z.strictObject({ kind: z.literal('object'), fields: named }),
  z.strictObject({ kind: z.literal('filter'), items: inner, condition: inner }),
  z.strictObject({ kind: z.literal('map'), items: inner, transform: inner }),
  z.strictObject({ kind: z.literal('switch'), value: inner, cases: named, otherwise: inner }),
]);

/** How deep the parts of an expression stand in each other. */
export function depthOf(expression: unknown, limit = EXPRESSION_DEPTH_MAX * 3): number {
  if (limit === 0 || expression === null || typeof expression !== 'object') return 0;
  return 1 + Math.max(0, ...Object.values(expression).map((part) => depthOf(part, limit - 1)));
}

/** Lists and fields count as a level of JSON each, hence the factor. */
export const Expression: z.ZodType<Expression> = z
  .unknown()
  .refine((value) => depthOf(value) < EXPRESSION_DEPTH_MAX * 3, 'is nested too deep')
  .pipe(node);
