/** Whether a script means something: all names, tools, branches and labels are there, and what it emits is what it declares. */
import type { Step, Script } from '../syntax/ast';
import { parseScript, type Parsed } from '../syntax/parse';
import { Problems } from '../syntax/problem';
import { checkDeclarations } from './declarations';
import { ExpressionCheck } from './expressions';
import { StepCheck } from './steps';

export interface CheckedScript extends Parsed {
  /** Tools that its steps use, with where they come from, in order of their names. Those of models are `native`. */
  readonly tools: readonly { readonly name: string; readonly source: string }[];
}

/** Reads a script and checks it. What cannot be read is told first; the rest is checked when everything can be read. */
export function checkScript(source: string): CheckedScript {
  const parsed = parseScript(source);
  if (parsed.diagnostics.some(({ severity }) => severity === 'error')) return { ...parsed, tools: [] };
  const problems = new Problems(parsed.diagnostics);
  const tools = checkRead(parsed.script, problems);
  return { script: parsed.script, diagnostics: problems.all, tools };
}

/** Checks a script that was read, from whatever it was read. */
export function checkRead(script: Script, problems: Problems): CheckedScript['tools'] {
  const expressions = new ExpressionCheck(problems);
  const declared = checkDeclarations(script, problems, expressions);
  const steps = new StepCheck({ script, problems, expressions, declared });
  steps.steps(script.steps, declared.scope.inner());
  if (script.onError) {
    const scope = declared.scope.inner();
    scope.bind('error');
    scope.bind('thread');
    if (script.onError.every(({ verb }) => verb === 'section')) problems.add({ line: 1, column: 1 }, 'Nothing is done `on thread error`.');
    steps.steps(script.onError, scope);
  }
  if (script.output.length > 0 && !emits(script.steps)) {
    const at = script.output[0]?.at ?? { line: 1, column: 1 };
    problems.add(at, 'The script declares an output and never emits one.', 'End it with `emit`.', 'warning');
  }
  return [...steps.used].sort().flatMap((name) => {
    const from = declared.tools.get(name);
    return from === undefined ? [] : [{ name, source: from }];
  });
}

function emits(steps: readonly Step[]): boolean {
  return steps.some((step) => {
    if (step.verb === 'emit') return true;
    if (step.verb === 'decide') return step.branches.some((branch) => emits(branch.steps));
    if (step.verb === 'together') return step.lanes.some((lane) => emits(lane.steps));
    return 'steps' in step && emits(step.steps);
  });
}
