/** Entry of a bundle whose one workflow uses the pattern language as executions do: inside the sandbox, with the pure modules shared. */
import type { Expression } from '../../src/contracts/pattern/expression';
import type { Json } from '../../src/contracts/pattern/json';
import type { ValueSchema } from '../../src/contracts/pattern/value-schema';
import { evaluate } from '../../src/domain/pattern/expression/evaluate';
import { checkValue, type CheckedValue } from '../../src/domain/pattern/schema/check-value';

export interface LanguageTask {
  readonly expressions: readonly Expression[];
  readonly variables: { readonly [name: string]: Json };
  readonly schema: ValueSchema;
  readonly value: Json;
}

export function useLanguage({
  expressions,
  variables,
  schema,
  value,
}: LanguageTask): Promise<{ readonly values: readonly Json[]; readonly checked: CheckedValue }> {
  return Promise.resolve({ values: expressions.map((each) => evaluate(each, variables)), checked: checkValue(schema, value, '') });
}
