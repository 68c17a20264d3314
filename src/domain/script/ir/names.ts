/** Which names an expression mentions: what its evaluation needs, and whether it touches the environment. */
import type { Expression } from '../syntax/ast';

export interface Mentioned {
  /** Free names in the order in which they stand there, each once, without `env` and `input`. */
  readonly names: readonly string[];
  /** Whether the environment is mentioned: what comes of it may hold a secret. */
  readonly env: boolean;
  /** Whether the input is mentioned as a whole, or by `input.x`. */
  readonly input: boolean;
}

/** Names that are always the same thing; no step, item or parameter may be called so. The last one means nothing in the language, and something else in the one that it is written in. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set(['env', 'input', '__proto__']);

/** Of several expressions together. */
export function namesIn(...expressions: readonly Expression[]): Mentioned {
  const found = new Set<string>();
  for (const expression of expressions) collect(expression, new Set(), found);
  return { names: [...found].filter((name) => !RESERVED_NAMES.has(name)), env: found.has('env'), input: found.has('input') };
}

function collect(expression: Expression, bound: ReadonlySet<string>, found: Set<string>): void {
  switch (expression.kind) {
    case 'number':
    case 'boolean':
    case 'null':
      return;
    case 'name':
      if (!bound.has(expression.name)) found.add(expression.name);
      return;
    case 'lambda':
      return collect(expression.body, new Set([...bound, ...expression.parameters]), found);
    default:
      for (const part of partsOf(expression)) collect(part, bound, found);
  }
}

type Composed = Exclude<Expression, { readonly kind: 'number' | 'boolean' | 'null' | 'name' | 'lambda' }>;

function partsOf(expression: Composed): readonly Expression[] {
  switch (expression.kind) {
    case 'text':
      return expression.parts.filter((part) => typeof part !== 'string');
    case 'field':
    case 'unary':
      return [expression.of];
    case 'index':
      return [expression.of, expression.index];
    case 'call':
      return expression.args;
    case 'list':
      return expression.items;
    case 'object':
      return expression.fields.map(({ value }) => value);
    case 'binary':
      return [expression.left, expression.right];
  }
}
