/** What needs kept values or the environment and acts on nothing: expressions, pages of lists, the check of a value. */
import type { StoredValue } from '../../src/contracts/execution/value';
import type { Json } from '../../src/contracts/pattern/json';
import type { EvaluateInput, EvaluateOutput, FitInput, ScriptActivities } from '../../src/contracts/script/activities';
import { fitFields } from '../../src/domain/script/fit/fits';
import { ScriptTexts } from '../../src/domain/script/ir/texts';
import { KeptValues } from '../../src/domain/script/kept-values';
import type { ScriptDependencies } from './dependencies';
import { misused } from './step-outputs';
import { StepScope } from './step-scope';

export async function evaluateStep(deps: ScriptDependencies, input: EvaluateInput): Promise<EvaluateOutput> {
  const scope = new StepScope(deps, input);
  try {
    const resolved = await scope.resolveEach(input.expressions);
    const values: Record<string, StoredValue> = {};
    for (const [name, { value, secret }] of Object.entries(resolved))
      values[name] = await scope.values.keep(value, { secret: secret && !(input.plain === true && tellsLittle(value)) });
    return { outcome: 'done', values };
  } catch (thrown) {
    const redact = await scope.redactor();
    return { outcome: 'failed', error: redact({ ...misused(thrown).error, step: input.path }) };
  }
}

const tellsLittle = (value: Json): boolean => value === null || typeof value === 'boolean' || typeof value === 'number';

type Keeping = Pick<ScriptActivities, 'readPage' | 'keepList' | 'keepValue' | 'checkFit'>;

/** Items of one page. */
const PAGE_MAX = 1_000;

export const keeping = ({ blobs }: Pick<ScriptDependencies, 'blobs'>): Keeping => {
  const of = (tenant: string): KeptValues => new KeptValues(blobs, tenant);
  return {
    readPage: ({ tenant, list, from, count }) => of(tenant).page(list, from, Math.min(count, PAGE_MAX)),
    keepList: ({ tenant, append, items }) => of(tenant).append(append, items),
    keepValue: ({ tenant, value }) => of(tenant).keep(value as Json),
    checkFit: (input) => checkFit(of(input.tenant), input),
  };
};

async function checkFit(values: KeptValues, { value, fields, enums }: FitInput): Promise<{ readonly misfit: string | null; readonly value: StoredValue }> {
  const read = await values.read(value);
  const { misfit, value: fitted } = fitFields(read.value, fields, { enums, texts: new ScriptTexts() });
  return { misfit, value: misfit !== null || fitted === read.value ? value : await values.keep(fitted, { secret: read.secret }) };
}
