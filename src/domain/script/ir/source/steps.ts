/** Steps of a representation as steps of a script. */
import type { ArgumentLine, CheckAction, Expression, NamedBlock, OnError, Remarks, Rule, Said, Step } from '../../syntax/ast';
import { EXPRESSION_WORDS } from '../../syntax/words';
import type { Path } from '../../../yaml/source';
import { toolNameOf } from '../tool-names';
import { NO_REMARKS, type Reading } from './reading';
import type { ActionSource, BlockSource, StepSource } from './shape';

type Of<P extends StepSource['primitive']> = Extract<StepSource, { readonly primitive: P }>;
type Decided = Pick<Extract<Step, { readonly verb: 'decide' }>, 'verb' | 'label' | 'branches'>;

/** `sources`: those of a block, which the schema has looked at. */
export const stepsOf = (sources: readonly unknown[], reading: Reading, path: Path): readonly Step[] =>
  (sources as readonly StepSource[]).map((source, at) => stepOf(source, reading, [...path, at]));

function stepOf(source: StepSource, reading: Reading, path: Path): Step {
  const common = {
    label: 'label' in source ? (source.label ?? null) : null,
    binding: bindingOf(source, reading, path),
    at: reading.place(path),
    ...NO_REMARKS,
  };
  return { ...common, ...new StepReading(reading, path).said(source) } as Step;
}

function bindingOf(source: StepSource, reading: Reading, path: Path): Step['binding'] {
  if (!('bind' in source) && !('stream' in source)) return null;
  if (source.bind !== undefined && source.stream) reading.problem([...path, 'stream'], 'What goes to the stream is not bound to a name as well.');
  if (source.stream) return { name: 'stream', stream: true, at: reading.place([...path, 'stream']) };
  return source.bind === undefined ? null : { name: source.bind, stream: false, at: reading.place([...path, 'bind']) };
}

class StepReading {
  constructor(
    private readonly reading: Reading,
    private readonly path: Path,
  ) {}

  said(source: StepSource): Said {
    const expression = (name: string, value: unknown): Expression => this.reading.expression(value, [...this.path, name]);
    switch (source.primitive) {
      case 'execute':
        return { verb: 'do', tool: source.tool, args: this.#lines(source.args), onError: source.on_error ? this.#onError(source.on_error) : null };
      case 'let':
        return { verb: 'let', name: source.name, value: expression('value', source.value) };
      case 'wait': {
        const until = this.#oneOf('for', 'until', source) === 'until';
        return { verb: 'wait', until, value: until ? expression('until', source.until) : expression('for', source.for) };
      }
      case 'agent':
      case 'plan':
        return { verb: source.primitive, tool: source.tool, args: this.#lines(source.args).map(withToolNames) };
      case 'ask': {
        const type = source.type === undefined ? null : this.reading.type(source.type, [...this.path, 'type']);
        return { verb: 'ask', type, args: this.#lines(source.args) };
      }
      case 'run':
        return this.#run(source);
      case 'emit':
      case 'yield':
        return this.#emit(source);
      case 'send':
        return { verb: 'send', channel: source.channel, args: this.#lines(source.args) };
      default:
        return this.#block(source);
    }
  }

  #block(source: Of<'iterate' | 'branch' | 'decide' | 'evaluate' | 'parallel' | 'pipe' | 'repeat'>): Said {
    const given = (name: string, value: unknown): Expression | null => (value === undefined ? null : this.reading.expression(value, [...this.path, name]));
    const expression = (name: string, value: unknown): Expression => this.reading.expression(value, [...this.path, name]);
    const steps = (sources: readonly unknown[]): readonly Step[] => stepsOf(sources, this.reading, [...this.path, 'steps']);
    switch (source.primitive) {
      case 'iterate': {
        const options = { parallel: given('parallel', source.parallel), sleep: given('sleep', source.sleep) };
        return { verb: 'each', item: source.item, index: source.index ?? null, list: expression('list', source.list), ...options, steps: steps(source.steps) };
      }
      case 'pipe': {
        const options = { batch: given('batch', source.batch), parallel: given('parallel', source.parallel) };
        return { verb: 'pipe', item: source.item, source: expression('source', source.source), ...options, steps: steps(source.steps) };
      }
      case 'repeat': {
        const options = { max: given('max', source.max), sleep: given('sleep', source.sleep) };
        return { verb: 'repeat', until: expression('until', source.until), ...options, steps: steps(source.steps) };
      }
      case 'parallel':
        return { verb: 'together', lanes: this.#named('lanes', source.lanes) };
      case 'branch':
        return { ...this.#decide(source), by: 'rules', args: [], ...this.#rules(source) };
      case 'decide':
        return { ...this.#decide(source), by: 'llm', args: this.#lines(source.args), rules: [], otherwise: null };
      case 'evaluate': {
        const asks = this.#oneOf('condition', 'ask', source) === 'ask';
        const condition = asks ? { question: expression('ask', source.ask) } : expression('condition', source.condition);
        return { verb: 'check', condition, onPass: this.#action('on_pass', source.on_pass), onFail: this.#action('on_fail', source.on_fail) };
      }
    }
  }

  /** A `decide` is called by its question. */
  #decide(source: Of<'branch' | 'decide'>): Decided {
    if (source.label !== undefined && source.label !== source.question)
      this.reading.problem([...this.path, 'label'], 'This step is called by its question.', 'Leave `label` out.');
    return { verb: 'decide', label: source.question, branches: this.#named('branches', source.branches) };
  }

  #rules({ rules, otherwise }: Of<'branch'>): {
    readonly rules: readonly Rule[];
    readonly otherwise: (Remarks & { readonly branch: string; readonly at: Rule['at'] }) | null;
  } {
    const { reading, path } = this;
    return {
      rules: rules.map(({ when, branch }, at) => ({
        when: reading.expression(when, [...path, 'rules', at, 'when']),
        branch,
        at: reading.place([...path, 'rules', at, 'branch']),
        ...NO_REMARKS,
      })),
      otherwise: otherwise === undefined ? null : { branch: otherwise, at: reading.place([...path, 'otherwise']), ...NO_REMARKS },
    };
  }

  #run({ script, plan, version, args }: Of<'run'>): Said {
    this.#oneOf('script', 'plan', { script, plan });
    if (version !== undefined && script === undefined) this.reading.problem([...this.path, 'version'], 'Only a script has a version.');
    return { verb: 'run', script: script ?? null, plan: script === undefined ? (plan ?? '') : null, version: version ?? null, args: this.#lines(args) };
  }

  #emit({ primitive, value, args }: Of<'emit' | 'yield'>): Said {
    if (value !== undefined && args && Object.keys(args).length > 0) this.reading.problem([...this.path, 'args'], `\`${primitive}\` has a value already.`);
    const said = value === undefined ? null : this.reading.expression(value, [...this.path, 'value']);
    return { verb: primitive, value: said, args: said ? [] : this.#lines(args ?? {}) };
  }

  /** Which of two is there, where exactly one has to be. */
  #oneOf<A extends string, B extends string>(first: A, second: B, source: { readonly [key in A | B]?: unknown }): A | B {
    const [a, b] = [source[first] !== undefined, source[second] !== undefined];
    if (a === b) this.reading.problem(this.path, `Expected either \`${first}\` or \`${second}\`, found ${a ? 'both' : 'neither'}.`);
    return b ? second : first;
  }

  #lines(args: Readonly<Record<string, unknown>>): readonly ArgumentLine[] {
    return this.reading.lines(args, [...this.path, 'args']);
  }

  #named(list: 'lanes' | 'branches', blocks: readonly BlockSource[]): readonly NamedBlock[] {
    return blocks.map(({ name, steps }, at) => {
      const path = [...this.path, list, at];
      return { name, steps: stepsOf(steps, this.reading, [...path, 'steps']), at: this.reading.place(path), ...NO_REMARKS };
    });
  }

  #onError({ retry, then }: NonNullable<Of<'execute'>['on_error']>): OnError {
    const path = [...this.path, 'on_error'];
    if (retry === undefined && then === undefined) this.reading.problem(path, '`on_error` says nothing.', 'Give `retry`, `then`, or both.');
    const at = this.reading.place(path);
    if (then === undefined || then === 'ignore') return { retry: retry ?? null, then: then ?? 'fail', at };
    return { retry: retry ?? null, then: { tool: then.tool, args: this.reading.arguments(then.args, [...path, 'then', 'args']) }, at };
  }

  #action(name: string, source: ActionSource | undefined): CheckAction | null {
    if (source === undefined) return null;
    const path = [...this.path, name];
    const at = this.reading.place(path);
    switch (source.do) {
      case 'continue':
        return { kind: 'continue', at };
      case 'goto':
        return { kind: 'goto', label: source.label, at };
      case 'retry':
        return { kind: 'retry', times: source.times ?? null, at };
      case 'fail':
        return { kind: 'fail', message: this.reading.expression(source.message, [...path, 'message']), at };
    }
  }
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Tools in a list are written as names where that is possible, as people write them. */
function withToolNames(line: ArgumentLine): ArgumentLine {
  if (line.name !== 'tools' || line.value.kind !== 'list') return line;
  const items = line.value.items.map((item): Expression => {
    const name = toolNameOf(item);
    return name !== null && NAME.test(name) && !EXPRESSION_WORDS.has(name) ? { kind: 'name', name, at: item.at } : item;
  });
  return { ...line, value: { ...line.value, items } };
}
