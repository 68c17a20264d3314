/** Patterns with blanks: one function that makes a definition, and what it must be given. */
import { checkInput } from '../domain/pattern/schema/check-value';
import { Reading } from '../domain/pattern/definition/reading';
import { readInput } from '../domain/pattern/definition/value-schemas';
import { Fault } from '../errors/fault';
import type { Json } from '../contracts/pattern/json';
import type { Field, PatternDefinition } from './definition';

export interface TemplateSettings<P> {
  readonly name: string;
  /** As the `input` of a pattern. */
  readonly parameters: { readonly [name: string]: Field };
  readonly build: (parameters: P) => PatternDefinition;
}

/** `create` checks the parameters, fills in their defaults and builds. A Fault `pattern.parameters` names what is wrong. */
export class PatternTemplate<P extends { readonly [name: string]: Json }> {
  constructor(private readonly settings: TemplateSettings<P>) {}

  create(parameters: Partial<P>): PatternDefinition {
    const reading = new Reading({ place: () => ({ line: 1, column: 1 }) });
    const schema = readInput(reading, this.settings.parameters, ['parameters']);
    const [mistake] = reading.errors;
    if (mistake)
      throw new Fault('invalid', 'pattern.parameters', `${mistake.path}: ${mistake.message} Expected: ${mistake.expected}.`, { errors: reading.errors });
    const { value, problems } = checkInput({ ...schema, additionalProperties: false }, parameters as Json);
    const [first] = problems;
    if (first)
      throw new Fault('invalid', 'pattern.parameters', `${this.settings.name}, ${first.path}: ${first.message} Expected: ${first.expected}.`, {
        errors: problems,
      });
    return this.settings.build(value as P);
  }
}
