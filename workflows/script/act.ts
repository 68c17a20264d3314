/** Steps that act on the world, each one activity: tools, agents, plans, messages, and what a model decides. */
import * as wf from '@temporalio/workflow';
import type { Brings, CommitBatch } from '../../src/contracts/actor';
import { QUICK_STEP, QUICK_TOOLS, type ScriptActivities, type StepInput, type StepOutput } from '../../src/contracts/script/activities';
import { TEXT_MAX, type ScriptEvent } from '../../src/contracts/script/events';
import type { IrArguments, IrStep, IrTool } from '../../src/contracts/script/ir';
import { toolNamed } from '../../src/domain/script/ir/tool-names';
import { stepFault } from '../../src/domain/script/thread/failure';
import { labelOf, nameOf } from '../../src/domain/script/thread/outline';
import type { Performed, Performing, StepOf } from './performing';
import type { ScriptShell } from './shell';
import { countOf, scopeOf } from './values';

type Acting = ReturnType<ScriptShell['acting']>;

/** Steps that a plan may have unless it says otherwise, and at most. */
const PLAN_STEPS = 12;
const PLAN_STEPS_MAX = 200;

function inputOf(at: Performing, args: IrArguments): StepInput {
  const { shell, path, begun } = at;
  const { attempt, override } = begun;
  return { thread: shell.thread, path, attempt, scope: scopeOf(at, Object.values(args)), args, override, enums: shell.ir.enums };
}

/** A script was checked before; one that was made by hand may still name a tool that there is not. */
function toolOf({ ir }: ScriptShell, name: string): IrTool {
  const tool = toolNamed(ir, name);
  if (!tool) throw stepFault({ code: 'step.no_tool', message: `The script imports no tool \`${name}\`.` });
  return tool;
}

/** The activity of the step, by an id and a summary that people recognise: `0 do "Fetch" with http`. */
function call<T extends StepOutput & Brings>(
  { shell, path, begun, step }: Performing,
  perform: (acting: Acting, entrusted: readonly [] | readonly [CommitBatch]) => Promise<T>,
  tool?: IrTool,
): Promise<T> {
  const id = begun.attempt === 1 ? `step ${path}` : `step ${path} attempt ${begun.attempt}`;
  return shell.act((...entrusted) => perform(shell.acting(id, summaryOf(path, step, tool), isQuick(tool)), entrusted));
}

const summaryOf = (path: string, step: IrStep, tool?: IrTool): string => `${path} ${nameOf(step, tool?.name)}`;

const isQuick = (tool?: IrTool): boolean => tool?.source === 'native' && QUICK_TOOLS.includes(tool.tool);

/** Within the task at hand: a marker of the history, with a summary as the activity would have it. */
const here = (summary: string) => wf.proxyLocalActivities<Pick<ScriptActivities, 'executeStep'>>({ ...QUICK_STEP, summary });

/** Told at once, also of a try that failed: it was paid for. */
function tellUse({ shell, step, path, begun }: Performing, { models, artifacts }: StepOutput): void {
  const at = { path, label: labelOf(step)?.slice(0, TEXT_MAX) ?? null };
  for (const use of models) {
    begun.tokensIn = (begun.tokensIn ?? 0) + use.tokensIn;
    begun.tokensOut = (begun.tokensOut ?? 0) + use.tokensOut;
  }
  shell.record(
    ...models.map((use): ScriptEvent => ({ type: 'model_called', data: { ...at, ...use } })),
    ...artifacts.map((artifact): ScriptEvent => ({ type: 'artifact_kept', data: { ...at, ...artifact } })),
  );
}

function performed(at: Performing, output: StepOutput, tool: string | null = null): Performed {
  tellUse(at, output);
  if (output.outcome === 'failed')
    throw stepFault({ ...output.error, ...(tool !== null && { tool }) }, { unknown: output.unknown, retry: output.retry, input: output.input });
  return { value: output.output, input: output.input, executionId: output.executionId };
}

export async function performDo(at: Performing<StepOf<'execute'>>): Promise<Performed> {
  const { step, path, begun, shell } = at;
  const { then } = step.on_error ?? {};
  const { tool: name, args } = begun.fallback && typeof then === 'object' ? then : step;
  const tool = toolOf(shell, name);
  const input = { ...inputOf(at, args), tool };
  const told = isQuick(tool) ? await shell.atOnce(() => here(summaryOf(path, step, tool)).executeStep(input)) : null;
  return performed(at, told ?? (await call(at, (acting, entrusted) => acting.executeStep(input, ...entrusted), tool)), name);
}

export async function performAgent(at: Performing<StepOf<'agent'>>): Promise<Performed> {
  const { step, shell } = at;
  const input = { ...inputOf(at, step.args), tool: toolOf(shell, step.tool), tools: shell.ir.tools };
  return performed(at, await call(at, (acting, entrusted) => acting.agentStep(input, ...entrusted)), step.tool);
}

export async function performPlan(at: Performing<StepOf<'plan'>>): Promise<Performed> {
  const { step, shell } = at;
  const maxSteps = await countOf(at, 'max_steps', step.args['max_steps'], { min: 1, max: PLAN_STEPS_MAX, otherwise: PLAN_STEPS });
  const input = { ...inputOf(at, step.args), tool: toolOf(shell, step.tool), tools: shell.ir.tools, maxSteps };
  return performed(at, await call(at, (acting, entrusted) => acting.planStep(input, ...entrusted)), step.tool);
}

export async function performSend(at: Performing<StepOf<'send'>>): Promise<Performed> {
  const { step } = at;
  const input = { ...inputOf(at, step.args), channel: step.channel };
  return performed(at, await call(at, (acting, entrusted) => acting.sendStep(input, ...entrusted)));
}

/** The branch that a model chose, and its words for it. */
export async function chosenByModel(
  at: Performing,
  { question, args, branches }: { readonly question: string; readonly args: IrArguments; readonly branches: readonly string[] },
): Promise<{ readonly choice: string; readonly reason: string | null; readonly done: Performed }> {
  const told: Awaited<ReturnType<ScriptActivities['decideStep']>> = await call(at, (acting, entrusted) =>
    acting.decideStep({ ...inputOf(at, args), question, branches }, ...entrusted),
  );
  const done = performed(at, told);
  if (told.choice === null || !branches.includes(told.choice))
    throw stepFault(
      { code: 'decide.no_choice', message: `The model chose none of ${branches.map((name) => JSON.stringify(name)).join(', ')}.` },
      { retry: true },
    );
  return { choice: told.choice, reason: told.reason, done };
}

export const questionOf = (at: Performing): string => labelOf(at.step) ?? 'Does this hold?';
