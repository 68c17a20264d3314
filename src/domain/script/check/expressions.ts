/** Checks that every name of an expression is known where it stands, and every function has what it takes. */
import { nearest } from '../../nearest';
import { RESERVED_NAMES } from '../ir/names';
import type { Argument, Expression } from '../syntax/ast';
import type { Problems } from '../syntax/problem';
import { FUNCTIONS, isFunction } from './functions';
import type { Scope } from './scope';

export class ExpressionCheck {
  constructor(private readonly problems: Problems) {}

  check(expression: Expression, scope: Scope): void {
    switch (expression.kind) {
      case 'number':
      case 'boolean':
      case 'null':
        return;
      case 'text':
        return expression.parts.forEach((part) => typeof part !== 'string' && this.check(part, scope));
      case 'name':
        return this.#name(expression, scope);
      case 'field':
        return this.check(expression.of, scope);
      case 'index':
        this.check(expression.of, scope);
        return this.check(expression.index, scope);
      case 'call':
        return this.#call(expression, scope);
      case 'list':
        return expression.items.forEach((item) => this.check(item, scope));
      case 'object':
        return this.arguments(expression.fields, scope);
      case 'unary':
        return this.check(expression.of, scope);
      case 'binary':
        this.check(expression.left, scope);
        return this.check(expression.right, scope);
      case 'lambda':
        return this.#lambda(expression, scope);
    }
  }

  arguments(args: readonly Argument[], scope: Scope): void {
    for (const { value } of args) this.check(value, scope);
  }

  #name({ name, at }: Extract<Expression, { kind: 'name' }>, scope: Scope): void {
    if (scope.has(name)) return;
    this.problems.add(at, `\`${name}\` is not known here.`, () =>
      isFunction(name) ? `\`${name}\` is a function: write ${name}(…).` : nearest(name, scope.all).trim() || 'Names are known below the step that binds them.',
    );
  }

  #call({ name, args, at }: Extract<Expression, { kind: 'call' }>, scope: Scope): void {
    for (const arg of args) this.check(arg, scope);
    this.#lambdas(name, args);
    const known = isFunction(name) ? FUNCTIONS[name] : undefined;
    if (!known) return this.problems.add(at, `There is no function \`${name}\`.`, () => nearest(name, Object.keys(FUNCTIONS)).trim());
    if (args.length >= known.min && args.length <= known.max) return;
    const wanted = known.min === known.max ? String(known.min) : `${known.min} or ${known.max}`;
    this.problems.add(at, `\`${name}\` takes ${wanted} ${known.max === 1 ? 'value' : 'values'}, ${args.length} ${args.length === 1 ? 'is' : 'are'} given.`);
  }

  /** Where a function takes a lambda it takes nothing else, and elsewhere none. */
  #lambdas(name: string, args: readonly Expression[]): void {
    if (!isFunction(name)) return;
    for (const [index, arg] of args.entries()) {
      if ((arg.kind === 'lambda') === (FUNCTIONS[name]?.lambda === index)) continue;
      const message = arg.kind === 'lambda' ? `\`${name}\` takes no lambda here.` : `\`${name}\` takes a lambda here.`;
      this.problems.add(arg.at, message, arg.kind === 'lambda' ? null : `For example: ${name}(items, item => item.name).`);
    }
  }

  #lambda({ parameters, body, at }: Extract<Expression, { kind: 'lambda' }>, scope: Scope): void {
    const inner = scope.inner();
    for (const name of parameters)
      if (RESERVED_NAMES.has(name) || !inner.bind(name))
        this.problems.add(at, `\`${name}\` is the name of something else already.`, 'Choose another name for the parameter.');
    this.check(body, inner);
  }
}
