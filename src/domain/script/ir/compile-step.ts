/** One step, and those inside of it. */
import type { IrAction, IrArguments, IrBlock, IrExpression, IrOnError, IrStep } from '../../../contracts/script/ir';
import type { ArgumentLine, CheckAction, Expression, NamedBlock, OnError, Step } from '../syntax/ast';
import { printType } from '../syntax/print';
import { printExpression } from '../syntax/print-expression';
import { asText, toolNameOf } from './tool-names';

/** Tries of `retry` where no number stands. */
export const RETRIES_DEFAULT = 3;

export interface Around {
  readonly steps: (steps: readonly Step[]) => readonly IrStep[];
  readonly named: (block: NamedBlock) => IrBlock;
  readonly args: (lines: readonly Pick<ArgumentLine, 'name' | 'value'>[]) => IrArguments;
}

type Of<V extends Step['verb']> = Extract<Step, { readonly verb: V }>;
type Common = Pick<IrStep, 'label' | 'line' | 'bind' | 'stream'>;

/** Null for a heading, which is no step. */
export function compileStep(step: Step, around: Around): IrStep | null {
  const common = commonOf(step);
  switch (step.verb) {
    case 'section':
      return null;
    case 'do': {
      const onError = step.onError ? { on_error: onErrorOf(step.onError, around) } : {};
      return { primitive: 'execute', ...common, tool: step.tool, args: around.args(step.args), ...onError };
    }
    case 'let':
      return { primitive: 'let', ...common, name: step.name, value: printExpression(step.value) };
    case 'wait':
      return { primitive: 'wait', ...common, [step.until ? 'until' : 'for']: printExpression(step.value) };
    case 'agent':
    case 'plan':
      return { primitive: step.verb, ...common, tool: step.tool, args: around.args(step.args.map(withToolNames)) };
    case 'ask':
      return { primitive: 'ask', ...common, ...(step.type ? { type: printType(step.type) } : {}), args: around.args(step.args) };
    case 'run':
      return { primitive: 'run', ...common, ...ranOf(step), args: around.args(step.args) };
    case 'emit':
    case 'yield':
      return { primitive: step.verb, ...common, ...(step.value ? { value: printExpression(step.value) } : { args: around.args(step.args) }) };
    case 'send':
      return { primitive: 'send', ...common, channel: step.channel, args: around.args(step.args) };
    default:
      return compileBlock(step, common, around);
  }
}

function commonOf({ label, at, binding }: Step): Common {
  return {
    ...(label === null ? {} : { label }),
    line: at.line,
    ...(binding ? (binding.stream ? { stream: true as const } : { bind: binding.name }) : {}),
  };
}

const option = <K extends string>(name: K, value: Expression | null): { readonly [N in K]?: IrExpression } =>
  (value ? { [name]: printExpression(value) } : {}) as { readonly [N in K]?: IrExpression };

function compileBlock(step: Of<'each' | 'decide' | 'check' | 'together' | 'pipe' | 'repeat'>, common: Common, around: Around): IrStep {
  switch (step.verb) {
    case 'each': {
      const index = step.index === null ? {} : { index: step.index };
      const options = { ...option('parallel', step.parallel), ...option('sleep', step.sleep) };
      return { primitive: 'iterate', ...common, item: step.item, ...index, list: printExpression(step.list), ...options, steps: around.steps(step.steps) };
    }
    case 'pipe': {
      const options = { ...option('batch', step.batch), ...option('parallel', step.parallel) };
      return { primitive: 'pipe', ...common, item: step.item, source: printExpression(step.source), ...options, steps: around.steps(step.steps) };
    }
    case 'repeat': {
      const options = { ...option('max', step.max), ...option('sleep', step.sleep) };
      return { primitive: 'repeat', ...common, until: printExpression(step.until), ...options, steps: around.steps(step.steps) };
    }
    case 'together':
      return { primitive: 'parallel', ...common, lanes: step.lanes.map(around.named) };
    case 'decide':
      return decided(step, common, around);
    case 'check': {
      const condition = 'question' in step.condition ? { ask: printExpression(step.condition.question) } : { condition: printExpression(step.condition) };
      const actions = { ...(step.onPass ? { on_pass: actionOf(step.onPass) } : {}), ...(step.onFail ? { on_fail: actionOf(step.onFail) } : {}) };
      return { primitive: 'evaluate', ...common, ...condition, ...actions };
    }
  }
}

/** The question is what the step is called. */
function decided(step: Of<'decide'>, common: Common, around: Around): IrStep {
  const question = step.label ?? '';
  const branches = step.branches.map(around.named);
  if (step.by === 'llm') return { primitive: 'decide', ...common, question, args: around.args(step.args), branches };
  const rules = step.rules.map(({ when, branch }) => ({ when: printExpression(when), branch }));
  return { primitive: 'branch', ...common, question, rules, ...(step.otherwise ? { otherwise: step.otherwise.branch } : {}), branches };
}

function ranOf({ script, plan, version }: Of<'run'>): { readonly script?: string; readonly plan?: string; readonly version?: number } {
  if (script === null) return plan === null ? {} : { plan };
  return { script, ...(version === null ? {} : { version }) };
}

function onErrorOf({ retry, then }: OnError, around: Around): IrOnError {
  const tries = retry === null ? {} : { retry };
  if (then === 'fail') return tries;
  return { ...tries, then: then === 'ignore' ? 'ignore' : { tool: then.tool, args: around.args(then.args) } };
}

function actionOf(action: CheckAction): IrAction {
  switch (action.kind) {
    case 'continue':
      return { do: 'continue' };
    case 'goto':
      return { do: 'goto', label: action.label };
    case 'retry':
      return { do: 'retry', times: action.times ?? RETRIES_DEFAULT };
    case 'fail':
      return { do: 'fail', message: printExpression(action.message) };
  }
}

/** `tools = [web_search]` names tools; in the representation their names are texts, so that an expression mentions values only. */
function withToolNames({ name, value, at }: ArgumentLine): Pick<ArgumentLine, 'name' | 'value'> {
  if (name !== 'tools' || value.kind !== 'list') return { name, value };
  return { name, value: { kind: 'list', at, items: value.items.map((item) => asText(toolNameOf(item) ?? '', item.at)) } };
}
