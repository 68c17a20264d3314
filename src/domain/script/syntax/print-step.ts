/** Steps as they are written. */
import type { ArgumentLine, CheckAction, Expression, NamedBlock, OnError, Remarks, Step, Type } from './ast';
import { printArguments, printExpression, printText } from './print-expression';

/** What the printer of the whole script gives to that of a step. */
export interface Around {
  readonly steps: (steps: readonly Step[]) => string[];
  readonly named: (block: NamedBlock) => string[];
  readonly type: (type: Type) => string;
  readonly remarked: (remarks: Remarks, line: string) => string[];
  readonly indented: (lines: readonly string[]) => string[];
}

export function printStep(step: Step, around: Around): string[] {
  const { line, block } = parts(step, around);
  return [...around.remarked(step, line), ...around.indented(block)];
}

interface Parts {
  readonly line: string;
  readonly block: readonly string[];
}

const binding = ({ binding: to }: Step): string => (to ? ` ${to.stream ? '->>' : '->'} ${to.name}` : '');
/** `do "Label"` */
const own = ({ label }: Step): string => (label === null ? '' : ` ${printText(label)}`);
/** `each x in list as "Label"` */
const named = ({ label }: Step): string => (label === null ? '' : ` as ${printText(label)}`);
const option = (name: string, value: Expression | null): string => (value ? ` ${name} ${printExpression(value)}` : '');

function parts(step: Step, around: Around): Parts {
  const lines = (args: readonly ArgumentLine[]): string[] => args.flatMap((arg) => around.remarked(arg, `${arg.name} = ${printExpression(arg.value)}`));
  switch (step.verb) {
    case 'do':
      return { line: `do${own(step)} with ${step.tool}${binding(step)}`, block: [...lines(step.args), ...onErrorLines(step.onError)] };
    case 'agent':
    case 'plan':
      return { line: `${step.verb}${own(step)} with ${step.tool}${binding(step)}`, block: lines(step.args) };
    case 'ask': {
      // Where people write it: behind what is asked.
      const prompt = step.args[0]?.name === 'prompt' ? 1 : 0;
      const type = step.type ? [`type = ${around.type(step.type)}`] : [];
      return { line: `ask${own(step)}${binding(step)}`, block: [...lines(step.args.slice(0, prompt)), ...type, ...lines(step.args.slice(prompt))] };
    }
    case 'send':
      return { line: `send${own(step)} via ${printText(step.channel)}${binding(step)}`, block: lines(step.args) };
    case 'emit':
    case 'yield':
      return { line: step.verb + (step.value ? ` ${printExpression(step.value)}` : ''), block: lines(step.args) };
    case 'run': {
      const what = step.script === null ? step.plan : `script ${printText(step.script)}${step.version === null ? '' : ` version ${step.version}`}`;
      return { line: `run ${what}${named(step)}${binding(step)}`, block: lines(step.args) };
    }
    case 'let':
      return { line: `let ${step.name} = ${printExpression(step.value)}${named(step)}`, block: [] };
    case 'wait':
      return { line: `wait ${step.until ? 'until ' : ''}${printExpression(step.value)}${named(step)}`, block: [] };
    case 'section':
      return { line: `section${own(step)}`, block: [] };
    default:
      return blockParts(step, around, lines);
  }
}

type BlockStep = Extract<Step, { readonly verb: 'each' | 'pipe' | 'repeat' | 'decide' | 'check' | 'together' }>;

function blockParts(step: BlockStep, around: Around, lines: (args: readonly ArgumentLine[]) => string[]): Parts {
  const tail = named(step) + binding(step);
  switch (step.verb) {
    case 'each': {
      const item = step.index === null ? step.item : `${step.item}, ${step.index}`;
      const options = option('parallel', step.parallel) + option('sleep', step.sleep);
      return { line: `each ${item} in ${printExpression(step.list)}${options}${tail}`, block: around.steps(step.steps) };
    }
    case 'pipe': {
      const options = option('batch', step.batch) + option('parallel', step.parallel);
      return { line: `pipe ${step.item} from ${printExpression(step.source)}${options}${tail}`, block: around.steps(step.steps) };
    }
    case 'repeat': {
      const options = option('max', step.max) + option('sleep', step.sleep);
      return { line: `repeat until ${printExpression(step.until)}${options}${tail}`, block: around.steps(step.steps) };
    }
    case 'together':
      return { line: `together${tail}`, block: step.lanes.flatMap(around.named) };
    case 'decide':
      return {
        line: `decide${own(step)} with ${step.by}${binding(step)}`,
        block: [
          ...lines(step.args),
          ...step.rules.flatMap((rule) => around.remarked(rule, `when ${printExpression(rule.when)} -> ${printText(rule.branch)}`)),
          ...(step.otherwise ? around.remarked(step.otherwise, `otherwise -> ${printText(step.otherwise.branch)}`) : []),
          ...step.branches.flatMap(around.named),
        ],
      };
    case 'check': {
      const condition = 'question' in step.condition ? `ask llm ${printExpression(step.condition.question)}` : printExpression(step.condition);
      const actions = [...actionLines('pass', step.onPass), ...actionLines('fail', step.onFail)];
      return { line: `check ${condition}${tail}`, block: actions };
    }
  }
}

function actionLines(on: 'pass' | 'fail', action: CheckAction | null): string[] {
  if (!action) return [];
  return [`on ${on}: ${actionText(action)}`];
}

function actionText(action: CheckAction): string {
  switch (action.kind) {
    case 'continue':
      return 'continue';
    case 'goto':
      return `goto ${printText(action.label)}`;
    case 'retry':
      return action.times === null ? 'retry' : `retry ${action.times}`;
    case 'fail':
      return `fail ${printExpression(action.message)}`;
  }
}

function onErrorLines(onError: OnError | null): string[] {
  if (!onError) return [];
  const { retry, then } = onError;
  const clauses = [...(retry === null ? [] : [`retry ${retry}`]), ...(then === 'fail' ? [] : [then === 'ignore' ? 'ignore' : fallback(then)])];
  return clauses.length === 1 ? [`on error: ${clauses[0]}`] : ['on error:', ...clauses.map((clause) => `  ${clause}`)];
}

const fallback = ({ tool, args }: Exclude<OnError['then'], string>): string =>
  `fallback ${tool}${args.length === 0 ? '' : ` { ${printArguments(args, ': ')} }`}`;
