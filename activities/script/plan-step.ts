/** A model writes a script: it is compiled and held to what it may do; told of mistakes, the model writes it again. */
import type { Json } from '../../src/contracts/pattern/json';
import type { AgentStepInput, ScriptPlan, StepOutput } from '../../src/contracts/script/activities';
import type { IrTool, ScriptIr } from '../../src/contracts/script/ir';
import type { TalkRequest, TalkTurn } from '../../src/contracts/script/talk';
import { stepsOf } from '../../src/domain/script/count-steps';
import { planMistakes, planSystem, scriptIn, type PlanWords } from '../../src/domain/script/plan-prompt';
import { toolNamed } from '../../src/domain/script/ir/tool-names';
import { toolNamesIn } from '../../src/domain/script/tool-names';
import { Fault } from '../../src/errors/fault';
import { keyOf } from './acting';
import { assertModelTool } from './agent-step';
import { requiredText, StepModel, talkSettings } from './ask-model';
import type { ScriptDependencies } from './dependencies';
import { failedStep, misused, type Told } from './step-outputs';
import { StepScope, type Values } from './step-scope';

/** Scripts that are asked for. */
const TRIES = 3;

type PlanInput = AgentStepInput & { readonly maxSteps: number };

export async function planStep(deps: ScriptDependencies, input: PlanInput): Promise<StepOutput> {
  const scope = new StepScope(deps, input);
  const at = { path: input.path, tool: input.tool.name };
  const { tools: named, ...expressions } = input.args;
  let args: Values;
  let offered: readonly IrTool[];
  let request: TalkRequest;
  try {
    assertModelTool(input.tool, 'plan');
    [args, offered] = [await scope.resolve(expressions), offeredTools(input, named)];
    request = requestOf(args, await wordsOf(deps, input, offered));
  } catch (thrown) {
    return failedStep(misused(thrown), at);
  }
  const [shown, redact] = await Promise.all([scope.shown(args), scope.redactor()]);
  const model = new StepModel(deps, { thread: input.thread, scope, redact });
  const told = (): Told => ({ input: shown, models: model.used, artifacts: [], executionId: null });
  const tries = args['validate'] === false ? 1 : TRIES;
  let turns: readonly TalkTurn[] = request.turns;
  let mistakes = '';
  for (let attempt = 1; attempt <= tries; attempt++) {
    const asked = await model.ask(`plan-${keyOf(input)}.${attempt}`, { ...request, turns });
    if ('failure' in asked) return failedStep(asked.failure, at, told());
    const { text } = asked.answer;
    const written = planOf(deps, scriptIn(text), { offered, maxSteps: input.maxSteps });
    if ('plan' in written) return { outcome: 'done', output: await scope.keep(written.plan as unknown as Json), ...told() };
    mistakes = written.mistakes;
    turns = [...turns, { role: 'assistant', text, calls: [] }, { role: 'user', text: mistakes }];
  }
  const message = `No script came of it, written ${tries} ${tries === 1 ? 'time' : 'times'}. ${redact(mistakes)}`;
  return failedStep({ error: { code: 'plan.invalid', message: message.slice(0, 2_000) }, unknown: false, retry: true }, at, told());
}

/** Those that `tools = […]` names; without it, all that the script imports. */
function offeredTools({ tools }: PlanInput, named: string | undefined): readonly IrTool[] {
  if (named === undefined) return tools;
  return toolNamesIn(named).map((name) => {
    const found = toolNamed({ tools }, name);
    if (!found) throw new Fault('not_found', 'script_tool.unknown', `The script imports no tool \`${name}\`.`, { name });
    return found;
  });
}

async function wordsOf({ tools }: ScriptDependencies, { thread, maxSteps }: PlanInput, offered: readonly IrTool[]): Promise<PlanWords> {
  const definitions = await Promise.all(
    offered.map(async (tool) => ({ ...(await tools.find(thread.tenant, tool)).definition, name: tool.tool, source: tool.source, as: tool.name })),
  );
  return { tools: definitions, maxSteps };
}

function requestOf(args: Values, words: PlanWords): TalkRequest {
  const { system, ...settings } = talkSettings(args);
  const rules = planSystem(words);
  return {
    ...settings,
    system: system === null ? rules : `${system}\n\n${rules}`,
    turns: [{ role: 'user', text: requiredText(args, 'task') }],
    ...{ tools: [], mock: { kind: 'script' } },
  };
}

function planOf(
  { compile }: ScriptDependencies,
  source: string,
  { offered, maxSteps }: { readonly offered: readonly IrTool[]; readonly maxSteps: number },
): { readonly plan: ScriptPlan } | { readonly mistakes: string } {
  const { ir, contract, diagnostics } = compile(source);
  const others = ir ? breaches(ir, offered, maxSteps) : [];
  if (!ir || !contract || others.length > 0) return { mistakes: planMistakes(diagnostics, others) };
  return { plan: { name: ir.name, source, ir, contract, steps: stepsOf(ir) } };
}

/** A plan has the tools of the script that made it, and no others; its input would come from nobody. */
function breaches(ir: ScriptIr, offered: readonly IrTool[], maxSteps: number): readonly string[] {
  const foreign = ir.tools.filter(({ tool, source }) => !offered.some((each) => each.tool === tool && each.source === source));
  const steps = stepsOf(ir);
  return [
    ...foreign.map(({ tool, source }) => `The tool ${tool} from ${source} is not one that may be imported.`),
    ...(steps > maxSteps ? [`It has ${steps} steps; at most ${maxSteps} are allowed.`] : []),
    ...(ir.env.length > 0 ? ['It declares env, which a plan has not.'] : []),
  ];
}
