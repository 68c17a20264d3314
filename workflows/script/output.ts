/** What a thread gives: its result, and what it yields on the way, as the script declares them. */
import type { Json } from '../../src/contracts/pattern/json';
import type { StoredValue } from '../../src/contracts/execution/value';
import type { IrArguments, IrField } from '../../src/contracts/script/ir';
import { TEXT_MAX } from '../../src/contracts/script/events';
import { fitFields } from '../../src/domain/script/fit/fits';
import { stepFault } from '../../src/domain/script/thread/failure';
import { labelOf } from '../../src/domain/script/thread/outline';
import type { Performed, Performing, StepOf } from './performing';
import { literalOf, objectText, overridden, valueOf } from './values';

const MISFITS = { emit: 'emit.misfit', yield: 'yield.misfit' } as const;

async function given(at: Performing<StepOf<'emit' | 'yield'>>): Promise<StoredValue> {
  const { step } = at;
  if (step.value !== undefined) return valueOf(at, 'value', step.value);
  const whole = overridden(at, 'value');
  if (whole !== undefined) return at.shell.stored(whole);
  const args = Object.entries(step.args ?? {}).map(([name, text]) => {
    const given = overridden(at, name);
    return [name, given === undefined ? text : literalOf(given)];
  });
  return valueOf(at, 'value', objectText(Object.fromEntries(args) as IrArguments));
}

/** The value with its defaults. */
async function fitted({ shell }: Pick<Performing, 'shell'>, value: StoredValue, fields: readonly IrField[], what: 'emit' | 'yield'): Promise<StoredValue> {
  if (fields.length === 0) return value;
  const { enums } = shell.ir;
  const fit =
    'value' in value
      ? fitFields(value.value as Json, fields, { enums, texts: shell.texts })
      : await shell.call(() =>
          shell.short(`check what is ${what === 'emit' ? 'emitted' : 'yielded'}`).checkFit({ tenant: shell.start.tenant, value, fields, enums }),
        );
  if (fit.misfit !== null) throw stepFault({ code: MISFITS[what], message: fit.misfit });
  return 'value' in value ? shell.stored(fit.value as Json) : (fit.value as StoredValue);
}

export async function performEmit(at: Performing<StepOf<'emit' | 'yield'>>): Promise<Performed> {
  const value = await given(at);
  at.shell.emitted = await fitted(at, value, at.shell.ir.output, 'emit');
  return { value: at.shell.emitted, flow: { kind: 'emit' } };
}

/** It gives no value of its own: it has given it away. */
export async function performYield(at: Performing<StepOf<'emit' | 'yield'>>): Promise<Performed> {
  const value = await given(at);
  await yieldValue(at, value);
  return { value: null };
}

export async function yieldValue(at: Pick<Performing, 'shell' | 'step' | 'path'>, value: StoredValue): Promise<void> {
  const { shell, step, path } = at;
  const told = await fitted(at, value, shell.ir.stream ?? [], 'yield');
  const label = labelOf(step)?.slice(0, TEXT_MAX) ?? null;
  shell.record({ type: 'value_yielded', data: { path, label, index: shell.state.yielded, value: told } });
}
