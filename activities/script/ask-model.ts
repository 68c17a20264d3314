/** Calls of models inside of a step: each claimed by itself, so that what was paid for is not asked for again. */
import type { StoredValue } from '../../src/contracts/execution/value';
import type { Json } from '../../src/contracts/pattern/json';
import type { ModelUse, ScriptIdentity } from '../../src/contracts/script/activities';
import type { TalkAnswer, TalkRequest } from '../../src/contracts/script/talk';
import { Fault } from '../../src/errors/fault';
import { actOnce, type Failure } from './acting';
import type { ScriptDependencies } from './dependencies';
import type { StepScope, Values } from './step-scope';

/** The answer of a model, or why there is none. */
export type Asked = { readonly answer: TalkAnswer } | { readonly failure: Failure };

/** Receipts of claims are small: an answer that is not is kept beside. */
type Receipt = { readonly failure: Failure } | { readonly kept: StoredValue; readonly use: ModelUse };

export class StepModel {
  /** What this step has asked so far. */
  readonly used: ModelUse[] = [];

  constructor(
    private readonly deps: Pick<ScriptDependencies, 'effects' | 'models'>,
    private readonly of: { readonly thread: ScriptIdentity; readonly scope: StepScope; readonly redact: <T>(value: T) => T },
  ) {}

  /** `effectId`: the same in each try. Faults of the store leave. */
  async ask(effectId: string, request: TalkRequest, progress?: () => unknown): Promise<Asked> {
    const { thread, scope, redact } = this.of;
    const receipt = await actOnce<Receipt>(this.deps, {
      ...{ thread, effectId, twice: 'paid', ...(progress && { progress }) },
      perform: async (signal) => {
        const { text, calls, use } = await this.deps.models.talk(request, signal);
        return { kept: await scope.keep({ text, calls } as unknown as Json), use };
      },
      failed: (failure) => Promise.resolve({ failure: redact(failure) }),
    });
    if ('failure' in receipt) return receipt;
    this.used.push(receipt.use);
    const { value } = await scope.values.read(receipt.kept);
    return { answer: { ...(value as unknown as Omit<TalkAnswer, 'use'>), use: receipt.use } };
  }
}

const refused = (field: string, expected: string): Fault =>
  new Fault('invalid', 'script_tool.arguments', `${field}: expected ${expected}`, { field, expected });

/** What steps that speak with a model have in common. Fault `script_tool.arguments` (invalid) names the argument. */
export function talkSettings(args: Values): Pick<TalkRequest, 'model' | 'system' | 'temperature' | 'maxTokens'> {
  const text = (name: string): string | null => {
    const value = args[name] ?? null;
    if (value !== null && typeof value !== 'string') throw refused(name, 'a text');
    return value;
  };
  const number = (name: string, { min, max, whole = false }: { readonly min: number; readonly max: number; readonly whole?: boolean }): number | null => {
    const value = args[name] ?? null;
    if (value === null) return null;
    if (typeof value !== 'number' || value < min || value > max || (whole && !Number.isInteger(value)))
      throw refused(name, `a${whole ? ' whole' : ''} number from ${min} to ${max}`);
    return value;
  };
  return {
    ...{ model: text('model'), system: text('system') },
    ...{ temperature: number('temperature', { min: 0, max: 2 }), maxTokens: number('max_tokens', { min: 1, max: 1_000_000, whole: true }) },
  };
}

/** A number of an argument, or what stands for none. */
export function wholeNumber(args: Values, name: string, { fallback, max }: { readonly fallback: number; readonly max: number }): number {
  const value = args[name] ?? fallback;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > max) throw refused(name, `a whole number from 1 to ${max}`);
  return value;
}

export function requiredText(args: Values, name: string): string {
  const value = args[name];
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw refused(name, value === undefined ? 'a text, and it is missing' : 'a text that says something');
}

/** Characters of a value that a model is told. */
const TOLD_MAX = 200_000;

/** A value as a model reads it. */
export function toldText(value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 1);
  return text.length <= TOLD_MAX ? text : `${text.slice(0, TOLD_MAX)}\n[… ${text.length - TOLD_MAX} characters left out …]`;
}
