/** What the arguments of a step come to: kept values and the environment are read here, so that neither travels through a history. One for each activity. */
import type { StoredValue } from '../../src/contracts/execution/value';
import type { Json } from '../../src/contracts/pattern/json';
import type { ScopePart, ScriptIdentity } from '../../src/contracts/script/activities';
import type { IrArguments } from '../../src/contracts/script/ir';
import { evaluate } from '../../src/domain/script/evaluate/evaluate';
import { namesIn, type Mentioned } from '../../src/domain/script/ir/names';
import { parseExpression } from '../../src/domain/script/ir/texts';
import { KeptValues } from '../../src/domain/script/kept-values';
import { Fault } from '../../src/errors/fault';
import type { ScriptDependencies, ThreadEnvironment } from './dependencies';

/** Of corrected input: no name of the language begins so. */
const GIVEN_OUTPUT = '$output';

/** Characters of what is shown of arguments. */
const SHOWN_MAX = 8_000;

interface Scoped {
  readonly thread: ScriptIdentity;
  readonly scope: ScopePart;
  readonly override: StoredValue | null;
}

export type Values = Readonly<Record<string, Json>>;

export class StepScope {
  readonly values: KeptValues;
  readonly #environment: Promise<ThreadEnvironment>;
  readonly #read = new Map<string, Promise<{ readonly value: Json; readonly secret: boolean }>>();

  /** The environment of a thread that has one is always read: to know the secrets of what comes back. */
  constructor(
    deps: Pick<ScriptDependencies, 'blobs' | 'environmentOf' | 'redact'>,
    private readonly scoped: Scoped,
  ) {
    const { tenant, threadId, hasEnv } = scoped.thread;
    this.values = new KeptValues(deps.blobs, tenant);
    this.#environment = hasEnv ? deps.environmentOf(tenant, threadId) : Promise.resolve({ values: {}, redact: deps.redact });
    // Whoever needs it hears of a failure.
    this.#environment.catch(() => undefined);
  }

  /** Faults `expression.*`, `script.value_missing`, `script.override` (all but the second invalid). */
  async resolve(expressions: IrArguments): Promise<Values> {
    const override = await this.#override();
    const told = await Promise.all(
      Object.entries(expressions).map(
        async ([name, text]) => [name, Object.hasOwn(override, name) ? (override[name] as Json) : (await this.#value(text)).value] as const,
      ),
    );
    // What a person adds counts as well: a tool may take more than the script gives.
    return { ...Object.fromEntries(told), ...override };
  }

  /** Each by itself, and whether it may hold a secret. */
  async resolveEach(expressions: IrArguments): Promise<Readonly<Record<string, { readonly value: Json; readonly secret: boolean }>>> {
    const override = await this.#override();
    const told = Object.entries(expressions).map(
      async ([name, text]) => [name, Object.hasOwn(override, name) ? { value: override[name] as Json, secret: false } : await this.#value(text)] as const,
    );
    return Object.fromEntries(await Promise.all(told));
  }

  async #value(text: string): Promise<{ readonly value: Json; readonly secret: boolean }> {
    const expression = parseExpression(text);
    const mentioned = namesIn(expression);
    const known = await this.#known(mentioned);
    const env = mentioned.env ? ((await this.#environment).values as Json) : undefined;
    const value = evaluate(expression, (name) => (name === 'env' ? env : known.get(name)?.value));
    return { value, secret: mentioned.env || [...known.values()].some(({ secret }) => secret) };
  }

  async #known({ names, input }: Mentioned): Promise<ReadonlyMap<string, { readonly value: Json; readonly secret: boolean }>> {
    const wanted = [...names, ...(input ? ['input'] : [])].filter((name) => Object.hasOwn(this.scoped.scope, name));
    return new Map(await Promise.all(wanted.map(async (name) => [name, await this.#stored(name)] as const)));
  }

  #stored(name: string): Promise<{ readonly value: Json; readonly secret: boolean }> {
    const known = this.#read.get(name) ?? this.values.read(this.scoped.scope[name] as StoredValue);
    this.#read.set(name, known);
    return known;
  }

  /** What a person says that the step has come to, so that it is not done again; undefined: nobody has. */
  async givenOutput(): Promise<StoredValue | undefined> {
    const override = await this.#override();
    return Object.hasOwn(override, GIVEN_OUTPUT) ? this.keep(override[GIVEN_OUTPUT] as Json) : undefined;
  }

  async #override(): Promise<Values> {
    const { override } = this.scoped;
    if (!override) return {};
    const { value } = await this.values.read(override);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Values;
    throw new Fault('invalid', 'script.override', 'Expected an object of the arguments that are corrected, by their names.', {});
  }

  /** Takes out the secrets of the thread and of the process. */
  async redactor(): Promise<<T>(value: T) => T> {
    return (await this.#environment).redact;
  }

  /** What is shown of arguments. */
  async shown(args: Values): Promise<StoredValue> {
    const value = (await this.redactor())(args);
    const text = JSON.stringify(value);
    return text.length <= SHOWN_MAX ? { value } : { value: { truncated: true, characters: text.length, beginning: text.slice(0, SHOWN_MAX / 2) } };
  }

  /** A value that came back: what holds a secret is kept as one. */
  async keep(value: Json): Promise<StoredValue> {
    const { redact } = await this.#environment;
    return this.values.keep(value, { secret: JSON.stringify(redact(value)) !== JSON.stringify(value) });
  }
}
