/** Threads of scripts for actor tests: their start from the text of a script, and the activities over tools, models and kept values that exist only here. What a test does not say goes well. */
import { Context } from '@temporalio/activity';
import { randomUUID } from 'node:crypto';
import type { Json } from '../../src/contracts/pattern/json';
import type { StoredValue } from '../../src/contracts/execution/value';
import type { AgentStepInput, DecideInput, ExecuteStepInput, ScriptActivities, StepInput, StepOutput } from '../../src/contracts/script/activities';
import type { IrArguments, ScriptIr } from '../../src/contracts/script/ir';
import { SCRIPT_EDITION, type ScriptStart } from '../../src/contracts/script/start';
import { checkScript } from '../../src/domain/script/check/check-script';
import { evaluate } from '../../src/domain/script/evaluate/evaluate';
import { fitFields } from '../../src/domain/script/fit/fits';
import { compile } from '../../src/domain/script/ir/compile';
import { parseExpression, ScriptTexts } from '../../src/domain/script/ir/texts';
import { Fault } from '../../src/errors/fault';
import { KeptValues, type TextStore } from '../../src/domain/script/kept-values';

/** Fails where the script has an error: tests are of scripts that can be run. */
export function irOf(source: string): ScriptIr {
  const { script, diagnostics } = checkScript(source);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  expect(errors).toEqual([]);
  return compile(script);
}

/** `source`: the lines below `script "test"`. */
export function scriptStart(source: string, input: Json = {}, more: Partial<ScriptStart> = {}): ScriptStart {
  const ir = irOf(`script "test"\n${source}`);
  const fit = fitFields(input, ir.input, { enums: ir.enums, texts: new ScriptTexts() });
  expect(fit.misfit).toBeNull();
  return {
    ...{ id: `thr_${randomUUID()}`, tenant: 'default', scriptName: 'test', version: 1, ir, input: { value: fit.value }, hasEnv: false },
    ...{ executionMode: 'CLOUD', hostId: null, deadlineAt: null, metadata: {}, parent: null, depth: 0, keyId: null },
    ...{ by: { subject: 'ada', via: 'api' }, createdAt: new Date().toISOString(), edition: SCRIPT_EDITION },
    ...more,
  };
}

export const NATIVE = ['import tools', '  tool from native', '  other from native', ''].join('\n');

type Args = Readonly<Record<string, Json>>;
type Tool = (args: Args, at: { readonly path: string; readonly attempt: number; readonly signal: AbortSignal }) => Json | Promise<Json>;

/** Thrown by a tool of a test: it fails as this says. */
export class ToolFails extends Fault {
  constructor(
    code: string,
    readonly more: { readonly unknown?: boolean; readonly retry?: boolean } = {},
  ) {
    super('conflict', code, `${code} happened`);
  }
}

const USED = { input: null, models: [], artifacts: [], executionId: null } as const;
export const MODEL = { model: 'fake', tokensIn: 10, tokensOut: 2, latencyMs: 1 } as const;

export class FakeScripts {
  readonly executed: (Pick<ExecuteStepInput, 'path' | 'attempt'> & { readonly tool: string; readonly args: Args })[] = [];
  readonly sent: { readonly channel: string; readonly args: Args }[] = [];
  /** How often each activity was called. */
  readonly calls: Record<string, number> = {};
  readonly blobs = new Map<string, string>();
  env: Args = {};
  tool: Tool = (args) => args;
  decide: (input: DecideInput) => string = ({ branches }) => branches[0] ?? '';
  /** Scripts that others run, by their names. */
  readonly scripts = new Map<string, string>();
  plan: string | null = null;

  private readonly store: TextStore = {
    put: (_tenant, value) => {
      const ref = [...this.blobs].find(([, held]) => held === value)?.[0] ?? this.blobs.size.toString(16).padStart(64, '0');
      this.blobs.set(ref, value);
      return Promise.resolve(ref);
    },
    get: (_tenant, ref) => Promise.resolve(this.blobs.get(ref) ?? null),
  };

  private get values(): KeptValues {
    return new KeptValues(this.store, 'default');
  }

  /** What the texts come to, with what they mention read; `secret` where it came of the environment. */
  private async evaluated(texts: IrArguments, { scope, override }: Pick<StepInput, 'scope' | 'override'>) {
    const known = new Map<string, Json>([['env', this.env]]);
    const secrets = new Set<string>();
    for (const [name, stored] of Object.entries(scope)) {
      const { value, secret } = await this.values.read(stored);
      known.set(name, value);
      if (secret) secrets.add(name);
    }
    const given = override && 'value' in override ? (override.value as Args) : {};
    const args: Record<string, { readonly value: Json; readonly secret: boolean }> = {};
    for (const [name, text] of Object.entries(texts)) {
      const isSecret = /\benv\b/.test(text) || [...secrets].some((secret) => text.includes(secret));
      args[name] = { value: evaluate(parseExpression(text), (wanted) => known.get(wanted)), secret: isSecret };
    }
    for (const [name, value] of Object.entries(given)) args[name] = { value, secret: false };
    return args;
  }

  private async args(texts: IrArguments, at: Pick<StepInput, 'scope' | 'override'>): Promise<Args> {
    return Object.fromEntries(Object.entries(await this.evaluated(texts, at)).map(([name, { value }]) => [name, value]));
  }

  private async acted(input: StepInput, work: (args: Args) => Promise<Json>, models: StepOutput['models'] = []): Promise<StepOutput> {
    const beat = setInterval(() => Context.current().heartbeat(), 50);
    try {
      const args = await this.args(input.args, input);
      return { outcome: 'done', output: await this.values.keep(await work(args)), ...USED, models, input: { value: args } };
    } catch (thrown) {
      if (Context.current().cancellationSignal.aborted) throw Context.current().cancellationSignal.reason as Error;
      if (!(thrown instanceof ToolFails)) throw thrown;
      const { unknown = false, retry = false } = thrown.more;
      return {
        outcome: 'failed',
        error: { code: thrown.code, message: thrown.message },
        unknown,
        retry,
        ...USED,
        input: { value: await this.args(input.args, input) },
      };
    } finally {
      clearInterval(beat);
    }
  }

  readonly activities: ScriptActivities = this.counted({
    executeStep: (input) =>
      this.acted(input, async (args) => {
        const { path, attempt } = input;
        this.executed.push({ path, attempt, tool: input.tool.tool, args });
        return this.tool(args, { path, attempt, signal: Context.current().cancellationSignal });
      }),
    agentStep: (input: AgentStepInput) =>
      this.acted(input, ({ task }) => Promise.resolve({ text: `did ${String(task)}`, iterations: 1, tool_calls: 0, exhausted: false }), [MODEL]),
    decideStep: async (input) => {
      const output = await this.acted(input, () => Promise.resolve(this.decide(input)), [MODEL]);
      const choice = output.outcome === 'done' && 'value' in output.output ? String(output.output.value) : null;
      return { ...output, choice, reason: 'because' };
    },
    planStep: (input) => this.acted(input, () => Promise.resolve({ source: this.plan }), [MODEL]),
    sendStep: (input) =>
      this.acted(input, (args) => {
        this.sent.push({ channel: input.channel, args });
        return Promise.resolve({ sent: true });
      }),
    evaluateStep: async ({ expressions, plain, ...input }) => {
      const values: Record<string, StoredValue> = {};
      for (const [name, { value, secret }] of Object.entries(await this.evaluated(expressions, input))) {
        const little = plain === true && (value === null || typeof value === 'boolean' || typeof value === 'number');
        values[name] = await this.values.keep(value, { secret: secret && !little });
      }
      return { outcome: 'done', values };
    },
    readPage: ({ list, from, count }) => this.values.page(list, from, count),
    keepList: ({ append, items }) => this.values.append(append, items),
    keepValue: ({ value }) => this.values.keep(value as Json),
    checkFit: async ({ value, fields, enums }) => {
      const read = await this.values.read(value);
      const { misfit, value: fitted } = fitFields(read.value, fields, { enums, texts: new ScriptTexts() });
      return { misfit, value: await this.values.keep(fitted, { secret: read.secret }) };
    },
    prepareChild: async ({ thread, path, attempt, script, plan, args, parent, ...input }) => {
      const source = script === null ? (plan && 'value' in plan ? (plan.value as { readonly source: string }).source : '') : this.scripts.get(script);
      if (source === undefined) return { outcome: 'failed', error: { code: 'script.not_found', message: `There is no script ${script}.` } };
      const { depth, ...shared } = parent;
      const start = scriptStart(source, await this.args(args, input), {
        ...{ ...shared, id: `${thread.threadId}-${path}-${attempt}`, scriptName: script ?? 'plan' },
        ...{ parent: { threadId: thread.threadId, path }, depth: depth + 1 },
      });
      return { outcome: 'prepared', start };
    },
  });

  private counted(activities: ScriptActivities): ScriptActivities {
    const entries = Object.entries(activities).map(([name, perform]) => [
      name,
      (input: never) => {
        this.calls[name] = (this.calls[name] ?? 0) + 1;
        return (perform as (input: never) => Promise<unknown>)(input);
      },
    ]);
    return Object.fromEntries(entries) as ScriptActivities;
  }

  /** What a stored value is. */
  async read(value: StoredValue | null): Promise<Json> {
    return value === null ? null : (await this.values.read(value)).value;
  }
}

/** A signal that is fired: a tool that was told to stop. */
export const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
