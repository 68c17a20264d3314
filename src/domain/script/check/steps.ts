/** Checks steps in their order: what they use must be known above them, and what they bind is known below. */
import { nearest } from '../../nearest';
import { RESERVED_NAMES } from '../ir/names';
import { toolNameOf } from '../ir/tool-names';
import type { ArgumentLine, CheckAction, Expression, NamedBlock, Script, Step } from '../syntax/ast';
import type { Place, Problems } from '../syntax/problem';
import { twice, type Declared } from './declarations';
import type { ExpressionCheck } from './expressions';
import type { Scope } from './scope';
import { Labels } from './labels';
import { checkArguments, DURATION_SAYS, mayBeDuration } from './step-arguments';

interface Parts {
  readonly script: Script;
  readonly problems: Problems;
  readonly expressions: ExpressionCheck;
  readonly declared: Declared;
}

type Of<V extends Step['verb']> = Extract<Step, { readonly verb: V }>;

export class StepCheck {
  /** Tools that steps use, by their names in `import tools` or without an import. */
  readonly used = new Set<string>();
  /** Plans are run, and nothing else is. */
  readonly #plans = new Set<string>();

  constructor(private readonly parts: Parts) {}

  /** Leaves in `scope` what the steps bound. `labels`: those that a `goto` of an outer block can reach. */
  steps(steps: readonly Step[], scope: Scope, labels: Labels | null = null): void {
    const { problems } = this.parts;
    const named = steps.filter(({ label, verb }) => label !== null && verb !== 'section');
    twice(
      named,
      ({ label }) => label as string,
      ({ label, at, verb }) => {
        // Two steps of one name can be told apart by people, but not by a goto.
        if (verb !== 'decide') problems.add(at, `Another step of this block is called "${label}".`, 'Labels are unique in their block.', 'warning');
      },
    );
    const reachable = new Labels(new Set(named.map(({ label }) => label as string)), labels);
    for (const step of steps) this.#step(step, scope, reachable);
    const end = steps.findIndex(({ verb }) => verb === 'emit');
    const after = end < 0 ? undefined : steps.slice(end + 1).find(({ verb }) => verb !== 'section');
    if (after) problems.add(after.at, 'This step is never reached: `emit` ends the script.', null, 'warning');
  }

  #step(step: Step, scope: Scope, labels: Labels): void {
    this.#inside(step, scope, labels);
    const { binding } = step;
    if (!binding) return;
    if (binding.stream) {
      if (binding.name !== 'stream') this.parts.problems.add(binding.at, 'Values flow only into the stream of the script.', 'Write ->> stream.');
      return;
    }
    this.#bind(binding.name, binding.at, scope);
    if (step.verb === 'plan') this.#plans.add(binding.name);
  }

  #bind(name: string, at: Place, scope: Scope): void {
    if (RESERVED_NAMES.has(name) || !scope.bind(name))
      this.parts.problems.add(at, `\`${name}\` is the name of something else already.`, 'A name means one thing; choose another one.');
  }

  #inside(step: Step, scope: Scope, labels: Labels): void {
    const { expressions, problems, declared } = this.parts;
    switch (step.verb) {
      case 'section':
        return;
      case 'let':
        expressions.check(step.value, scope);
        return this.#bind(step.name, step.at, scope);
      case 'wait':
        expressions.check(step.value, scope);
        if (!step.until && !mayBeDuration(step.value)) problems.add(step.value.at, `\`wait\` takes ${DURATION_SAYS}.`);
        return;
      case 'do':
        return this.#do(step, scope);
      case 'agent':
      case 'plan':
        this.#tool(step.tool, step.at);
        this.#toolList(step.args);
        return this.#arguments(step.verb, step.args, step.at, scope);
      case 'ask':
        if (step.type) declared.types.type(step.type);
        return this.#arguments('ask', step.args, step.at, scope);
      case 'send':
        return this.#lines(step.args, scope);
      case 'emit':
      case 'yield':
        return this.#emit(step, scope);
      case 'run':
        if (step.plan !== null && !this.#plans.has(step.plan))
          problems.add(step.at, `\`${step.plan}\` is no plan.`, 'A plan is made by `plan … -> name`; scripts are run by `run script "name"`.');
        return this.#lines(step.args, scope);
      default:
        return this.#block(step, scope, labels);
    }
  }

  #lines(args: readonly ArgumentLine[], scope: Scope): void {
    twice(
      args,
      ({ name }) => name,
      ({ name, at }) => this.parts.problems.add(at, `\`${name}\` is given twice.`),
    );
    this.parts.expressions.arguments(args, scope);
  }

  #arguments(verb: 'ask' | 'agent' | 'plan' | 'decide', args: readonly ArgumentLine[], at: Place, scope: Scope): void {
    checkArguments(verb, args, at, this.parts.problems);
    // The tools of an agent are names of tools, not of values.
    this.parts.expressions.arguments(
      args.filter(({ name }) => name !== 'tools'),
      scope,
    );
  }

  #toolList(args: readonly ArgumentLine[]): void {
    const value = args.find(({ name }) => name === 'tools')?.value;
    if (value === undefined) return;
    if (value.kind !== 'list') return this.parts.problems.add(value.at, '`tools` is a list of tools: [web_search, read_file].');
    for (const item of value.items) {
      const name = toolNameOf(item);
      if (name === null) this.parts.problems.add(item.at, 'Expected the name of a tool.');
      else this.#tool(name, item.at);
    }
  }

  #tool(name: string, at: Place): void {
    this.used.add(name);
    const known = this.parts.declared.tools;
    if (known.has(name)) return;
    const hint = (): string => nearest(name, [...known.keys()]).trim() || `Import it: import tools, and below it ${name} from native.`;
    this.parts.problems.add(at, `There is no tool \`${name}\` in this script.`, hint);
  }

  #do({ tool, args, onError, at }: Of<'do'>, scope: Scope): void {
    this.#tool(tool, at);
    this.#lines(args, scope);
    if (!onError || typeof onError.then === 'string') return;
    this.#tool(onError.then.tool, onError.at);
    this.parts.expressions.arguments(onError.then.args, scope);
  }

  /** Against what the script declares, as far as the fields stand there. */
  #emit({ verb, value, args, at }: Of<'emit' | 'yield'>, scope: Scope): void {
    if (value) this.parts.expressions.check(value, scope);
    this.#lines(args, scope);
    const { script, problems } = this.parts;
    const declared = verb === 'emit' ? script.output : (script.stream ?? []);
    const given = value ? (value.kind === 'object' ? value.fields : null) : args;
    if (declared.length === 0 || !given) return;
    const block = verb === 'emit' ? 'output' : 'stream';
    const names = new Set(declared.map((field) => field.name));
    for (const { name, at: place } of given)
      if (!names.has(name)) problems.add(place, `\`${block}\` has no field \`${name}\`.`, () => nearest(name, [...names]).trim());
    const said = new Set(given.map(({ name }) => name));
    const missing = declared.find((field) => !field.optional && !field.value && !said.has(field.name));
    if (missing) problems.add(at, `\`${verb}\` gives no \`${missing.name}\`, which \`${block}\` declares.`, `Write ${missing.name} = … in a line below.`);
  }

  #block(step: Of<'each' | 'pipe' | 'repeat' | 'decide' | 'check' | 'together'>, scope: Scope, labels: Labels): void {
    const { expressions } = this.parts;
    const each = (...values: readonly (Expression | null)[]): void => values.forEach((value) => value && expressions.check(value, scope));
    switch (step.verb) {
      case 'each': {
        each(step.list, step.parallel, step.sleep);
        const names = [step.item, ...(step.index === null ? [] : [step.index])];
        return this.#body(step.steps, { names, at: step.at, scope, labels });
      }
      case 'pipe':
        each(step.source, step.batch, step.parallel);
        return this.#body(step.steps, { names: [step.item], at: step.at, scope, labels });
      case 'repeat': {
        each(step.max, step.sleep);
        const inner = scope.inner();
        this.#some(step.steps, step.at);
        this.steps(step.steps, inner, labels);
        // Asked after each round, so it sees what the round bound.
        return expressions.check(step.until, inner);
      }
      case 'together':
        return void this.#named(step.lanes, 'lane', { scope, labels });
      case 'check':
        expressions.check('question' in step.condition ? step.condition.question : step.condition, scope);
        return [step.onPass, step.onFail].forEach((action) => action && this.#action(action, scope, labels));
      case 'decide':
        return this.#decide(step, scope, labels);
    }
  }

  #body(
    steps: readonly Step[],
    { names, at, scope, labels }: { readonly names: readonly string[]; readonly at: Place; readonly scope: Scope; readonly labels: Labels },
  ): void {
    const inner = scope.inner();
    for (const name of names) this.#bind(name, at, inner);
    this.#some(steps, at);
    this.steps(steps, inner, labels);
  }

  /** Headings are no steps. */
  #some(steps: readonly Step[], at: Place): void {
    if (steps.every(({ verb }) => verb === 'section')) this.parts.problems.add(at, 'Nothing is done in this block.');
  }

  #named(blocks: readonly NamedBlock[], what: string, { scope, labels }: { readonly scope: Scope; readonly labels: Labels }): readonly Scope[] {
    twice(
      blocks,
      ({ name }) => name,
      ({ name, at }) => this.parts.problems.add(at, `There is a ${what} "${name}" already.`),
    );
    return blocks.map(({ steps, at }) => {
      this.#some(steps, at);
      const inner = scope.inner();
      this.steps(steps, inner, labels);
      return inner;
    });
  }

  #action(action: CheckAction, scope: Scope, labels: Labels): void {
    const { problems, expressions } = this.parts;
    if (action.kind === 'fail') expressions.check(action.message, scope);
    if (action.kind === 'goto' && !labels.has(action.label))
      problems.add(
        action.at,
        `No step that can be reached from here is called "${action.label.slice(0, 100)}".`,
        () => nearest(action.label, labels.all).trim() || 'It must stand in this block or in one around it.',
      );
  }

  #decide(step: Of<'decide'>, scope: Scope, labels: Labels): void {
    const { problems, expressions } = this.parts;
    for (const { when } of step.rules) expressions.check(when, scope);
    this.#arguments('decide', step.args, step.at, scope);
    const names = new Set(step.branches.map(({ name }) => name));
    if (step.by === 'rules' && step.args[0]) problems.add(step.args[0].at, 'Rules take no arguments.', 'What a rule looks at stands behind `when`.');
    if (step.by === 'rules' && step.rules.length === 0) problems.add(step.at, 'Nothing decides here.', 'Write a line `when condition -> "Branch"`.');
    if (step.by === 'llm' && (step.rules.length > 0 || step.otherwise))
      problems.add(step.at, 'A model decides by the names of the branches, not by rules.', 'Write `with rules`, or leave `when` and `otherwise` out.');
    if (step.by === 'llm' && names.size < 2) problems.add(step.at, 'A model needs at least two branches to decide between.');
    const chosen = [...step.rules, ...(step.otherwise ? [step.otherwise] : [])];
    for (const { branch, at } of chosen)
      if (!names.has(branch))
        problems.add(
          at,
          `There is no branch "${branch.slice(0, 100)}".`,
          () => nearest(branch, [...names]).trim() || `Write "${branch}": with its steps below.`,
        );
    const taken = new Set(chosen.map(({ branch }) => branch));
    if (step.by === 'rules')
      for (const { name, at } of step.branches) if (!taken.has(name)) problems.add(at, `Nothing leads to the branch "${name}".`, null, 'warning');
    const scopes = this.#named(step.branches, 'branch', { scope, labels });
    this.#shared(scopes, step.by === 'llm' || step.otherwise !== null, scope);
  }

  /** What every branch binds is known after it, where one of them is certain to be taken. */
  #shared(scopes: readonly Scope[], certain: boolean, scope: Scope): void {
    const [first, ...others] = scopes;
    if (!certain || !first) return;
    for (const name of first.own) if (others.every(({ own }) => own.has(name))) scope.bind(name);
  }
}
