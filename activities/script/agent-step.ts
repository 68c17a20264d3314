/**
 * An agent: a model that calls tools until it is done. Each question and each call is claimed and leaves a receipt, so an agent whose worker was lost goes through what it has come to without asking or
 * acting again, and goes on from there.
 */
import type { Json } from '../../src/contracts/pattern/json';
import type { AgentStepInput, KeptArtifact, StepOutput } from '../../src/contracts/script/activities';
import type { IrTool } from '../../src/contracts/script/ir';
import type { TalkCall, TalkRequest, TalkTurn } from '../../src/contracts/script/talk';
import type { ScriptTool } from '../../src/contracts/script/tools';
import { toolNamed } from '../../src/domain/script/ir/tool-names';
import { toolNamesIn } from '../../src/domain/script/tool-names';
import { Fault } from '../../src/errors/fault';
import { actOnce, keyOf, type Failure } from './acting';
import { requiredText, StepModel, talkSettings, toldText, wholeNumber } from './ask-model';
import type { ScriptDependencies } from './dependencies';
import { contextOf, misfit } from './execute-step';
import { failedStep, misused, settledStep, StepArtifacts, type Told } from './step-outputs';
import { StepScope, type Values } from './step-scope';

const ITERATIONS = { fallback: 10, max: 100 } as const;
/** Calls that one answer may ask for; more are told to be too many. */
const CALLS_AT_ONCE = 32;
/** Characters of what a tool gave that the model is told. */
const RESULT_MAX = 20_000;
/** Characters of a whole conversation. */
const TALK_MAX = 2_000_000;
/** Calls that the output lists, and characters of the arguments of one. */
const LISTED_MAX = 200;
const LISTED_CHARS = 2_000;

interface OwnTool {
  readonly name: string;
  readonly tool: ScriptTool;
}
interface CallReceipt {
  readonly text: string;
  readonly error: string | null;
  readonly artifacts: readonly KeptArtifact[];
}

export async function agentStep(deps: ScriptDependencies, input: AgentStepInput): Promise<StepOutput> {
  const scope = new StepScope(deps, input);
  const at = { path: input.path, tool: input.tool.name };
  const { tools: named, ...expressions } = input.args;
  let args: Values;
  let work: { readonly request: TalkRequest; readonly tools: readonly OwnTool[]; readonly iterations: number };
  try {
    const given = await scope.givenOutput();
    if (given) return settledStep(given);
    assertModelTool(input.tool, 'agent');
    args = await scope.resolve(expressions);
    const tools = await ownTools(deps, input, named ?? '[]');
    work = { request: requestOf(args, tools), tools, iterations: wholeNumber(args, 'max_iterations', ITERATIONS) };
  } catch (thrown) {
    return failedStep(misused(thrown), at);
  }
  const [shown, redact] = await Promise.all([scope.shown(args), scope.redactor()]);
  return new Agent(deps, input, { ...work, scope, redact }).work(at, shown);
}

export function assertModelTool({ tool, name }: IrTool, verb: string): void {
  if (tool === 'llm' || tool === 'infer') return;
  throw new Fault('invalid', 'script_tool.arguments', `\`${verb}\` works with llm, not with \`${name}\`.`, {});
}

/** Those that `tools = […]` names, as the script imports them. */
async function ownTools({ tools }: ScriptDependencies, { thread, tools: imported }: AgentStepInput, named: string): Promise<readonly OwnTool[]> {
  const names = toolNamesIn(named);
  return Promise.all(
    names.map(async (name) => {
      const found = toolNamed({ tools: imported }, name);
      if (!found) throw new Fault('not_found', 'script_tool.unknown', `The script imports no tool \`${name}\`.`, { name });
      return { name, tool: await tools.find(thread.tenant, found) };
    }),
  );
}

const requestOf = (args: Values, tools: readonly OwnTool[]): TalkRequest => ({
  ...talkSettings(args),
  turns: [{ role: 'user', text: requiredText(args, 'task') }],
  tools: tools.map(({ name, tool: { definition } }) => ({ name, description: definition.description, inputSchema: definition.inputSchema })),
  mock: { kind: 'work' },
});

class Agent {
  readonly #model: StepModel;
  readonly #artifacts: KeptArtifact[] = [];
  readonly #calls: Json[] = [];
  #called = 0;
  #iteration = 0;

  constructor(
    private readonly deps: ScriptDependencies,
    private readonly input: AgentStepInput,
    private readonly of: {
      readonly request: TalkRequest;
      readonly tools: readonly OwnTool[];
      readonly iterations: number;
      readonly scope: StepScope;
      readonly redact: <T>(value: T) => T;
    },
  ) {
    this.#model = new StepModel(deps, { thread: input.thread, scope: of.scope, redact: of.redact });
  }

  async work(at: { readonly path: string; readonly tool: string }, shown: Told['input']): Promise<StepOutput> {
    const { request, iterations, scope } = this.of;
    const told = (): Told => ({ input: shown, models: this.#model.used, artifacts: this.#artifacts, executionId: null });
    let turns: readonly TalkTurn[] = request.turns;
    let text = '';
    for (this.#iteration = 1; this.#iteration <= iterations; this.#iteration++) {
      const asked = await this.#model.ask(`agent-${this.#key()}`, { ...request, turns }, () => this.#progress());
      if ('failure' in asked) return failedStep(asked.failure, at, told());
      const { answer } = asked;
      text = answer.text;
      if (answer.calls.length === 0) return { outcome: 'done', output: await scope.keep(this.#output(text, false)), ...told() };
      const results = await this.#perform(answer.calls);
      turns = [...turns, { role: 'assistant', text, calls: answer.calls }, { role: 'tools', results }];
      if (JSON.stringify(turns).length > TALK_MAX) break;
    }
    return { outcome: 'done', output: await scope.keep(this.#output(text, true)), ...told() };
  }

  #key(): string {
    return `${keyOf(this.input)}.${this.#iteration}`;
  }

  #progress(): Json {
    return { iteration: this.#iteration, tool_calls: this.#called };
  }

  #output(text: string, exhausted: boolean): Json {
    return { text, iterations: Math.min(this.#iteration, this.of.iterations), tool_calls: this.#calls, exhausted };
  }

  /** One after the other, as they stand there: the next may need what the one before did. */
  async #perform(calls: readonly TalkCall[]): Promise<Extract<TalkTurn, { readonly role: 'tools' }>['results']> {
    const results: { readonly id: string; readonly tool: string; readonly text: string }[] = [];
    for (const [index, { id, tool, args }] of calls.entries()) {
      const receipt =
        index < CALLS_AT_ONCE ? await this.#call(tool, args, index) : failure(`At most ${CALLS_AT_ONCE} calls are made at once; it was not made.`);
      results.push({ id, tool, text: receipt.text });
      this.#called += 1;
      this.#artifacts.push(...receipt.artifacts);
      if (this.#calls.length < LISTED_MAX) this.#calls.push({ tool, arguments: listed(args), error: receipt.error });
    }
    return results;
  }

  async #call(name: string, args: Json, index: number): Promise<CallReceipt> {
    const { tools, redact } = this.of;
    const own = tools.find((each) => each.name === name);
    if (!own) return failure(`There is no tool ${name}. There are ${tools.map((each) => each.name).join(', ') || 'none'}.`);
    const problem = own.tool.misfit(args);
    if (problem !== null) return failure(misfit({ name }, problem).error.message);
    const key = `${this.#key()}.${index}`;
    const artifacts = new StepArtifacts(this.deps, { thread: this.input.thread, key });
    return actOnce<CallReceipt>(this.deps, {
      ...{ thread: this.input.thread, effectId: `call-${key}`, twice: own.tool.twice(args), progress: () => this.#progress() },
      perform: async (signal) => {
        const { output } = await own.tool.perform(args, contextOf(this.deps, this.input, { artifacts, signal, key }));
        return { text: bounded(toldText(output)), error: null, artifacts: artifacts.kept };
      },
      failed: (failed) => Promise.resolve({ ...failure(redact(wordsOf(failed))), artifacts: artifacts.kept }),
    });
  }
}

const wordsOf = ({ error, unknown }: Failure): string =>
  unknown ? `${error.message} Nobody can tell whether it was done: find out before you do it again.` : error.message;
const failure = (message: string): CallReceipt => ({ text: `It failed: ${message}`, error: message.slice(0, LISTED_CHARS), artifacts: [] });
const bounded = (text: string): string =>
  text.length <= RESULT_MAX ? text : `${text.slice(0, RESULT_MAX)}\n[… ${text.length - RESULT_MAX} characters left out …]`;

function listed(args: Json): Json {
  const text = JSON.stringify(args);
  return text.length <= LISTED_CHARS ? args : `${text.slice(0, LISTED_CHARS)}…`;
}
