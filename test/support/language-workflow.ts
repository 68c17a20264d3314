/** Entry of a bundle with a workflow that uses the language of patterns as executions do, and one that uses the language of scripts as their threads do: inside the sandbox, with the pure modules shared. */
import type { Expression } from '../../src/contracts/pattern/expression';
import type { Json } from '../../src/contracts/pattern/json';
import type { IrExpression, IrField } from '../../src/contracts/script/ir';
import type { ValueSchema } from '../../src/contracts/pattern/value-schema';
import { evaluate } from '../../src/domain/pattern/expression/evaluate';
import { checkValue, type CheckedValue } from '../../src/domain/pattern/schema/check-value';
import { evaluate as evaluateOfScript } from '../../src/domain/script/evaluate/evaluate';
import { fitFields, type Fit } from '../../src/domain/script/fit/fits';
import { namesIn } from '../../src/domain/script/ir/names';
import { ScriptTexts } from '../../src/domain/script/ir/texts';
import { faultFrom } from '../../src/errors/fault';

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

export interface ScriptLanguageTask {
  readonly expressions: readonly IrExpression[];
  readonly scope: { readonly [name: string]: Json };
  readonly fields: readonly IrField[];
  readonly value: Json;
}

/** What each expression gives, or the fault that it is refused with. */
export interface ScriptLanguageUse {
  readonly values: readonly (Json | { readonly code: string; readonly message: string })[];
  readonly names: readonly string[];
  readonly fit: Fit;
}

export const useScriptLanguage = (task: ScriptLanguageTask): Promise<ScriptLanguageUse> => Promise.resolve(scriptLanguage(task));

export function scriptLanguage({ expressions, scope, fields, value }: ScriptLanguageTask): ScriptLanguageUse {
  const texts = new ScriptTexts();
  const valueOf = (text: IrExpression): ScriptLanguageUse['values'][number] => {
    try {
      return evaluateOfScript(texts.expression(text), (name) => scope[name]);
    } catch (thrown) {
      const { code, message } = faultFrom(thrown);
      return { code, message };
    }
  };
  return {
    values: expressions.map(valueOf),
    names: namesIn(...expressions.map((text) => texts.expression(text))).names,
    fit: fitFields(value, fields, { enums: {}, texts }),
  };
}
