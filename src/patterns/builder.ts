/** Builds definitions in TypeScript, one call for each part (seed 001, Pattern SDK). */
import { Fault } from '../errors/fault';
import type * as d from './definition';
import { compileToYaml } from './print';
import { validatePattern } from './validate';

/**
 * `new PatternBuilder('classifier').version('1.0.0').agents({…}).voting().build()`. Each call gives a new builder, so that a half-built one can be the beginning of
 * several; what is said twice is replaced.
 */
export class PatternBuilder {
  constructor(
    private readonly name: string,
    private readonly parts: Omit<d.PatternDefinition, 'name'> = { version: '1.0.0' },
  ) {}

  private with(parts: Partial<d.PatternDefinition>): PatternBuilder {
    return new PatternBuilder(this.name, { ...this.parts, ...parts });
  }

  /** A semantic version; 1.0.0 where nothing is said. */
  version(version: string): PatternBuilder {
    return this.with({ version });
  }
  description(description: string): PatternBuilder {
    return this.with({ description });
  }
  author(author: string): PatternBuilder {
    return this.with({ author });
  }
  tags(tags: string[]): PatternBuilder {
    return this.with({ tags });
  }
  metadata(metadata: NonNullable<d.PatternDefinition['metadata']>): PatternBuilder {
    return this.with({ metadata });
  }
  security(security: NonNullable<d.PatternDefinition['security']>): PatternBuilder {
    return this.with({ security });
  }
  input(input: { [name: string]: d.Field }): PatternBuilder {
    return this.with({ input });
  }
  agents(agents: d.Agents): PatternBuilder {
    return this.with({ agents });
  }

  /** Any strategy; with steps also `timeout` and `maxSteps` of the whole. */
  execution(execution: NonNullable<d.PatternDefinition['execution']>): PatternBuilder {
    return this.with({ execution });
  }
  parallel(settings: d.Parallel = {}): PatternBuilder {
    return this.execution({ strategy: 'parallel', ...settings });
  }
  sequential(settings: d.Sequential = {}): PatternBuilder {
    return this.execution({ strategy: 'sequential', ...settings });
  }
  race(settings: d.Race = {}): PatternBuilder {
    return this.execution({ strategy: 'race', ...settings });
  }

  aggregation(aggregation: d.Aggregation): PatternBuilder {
    return this.with({ aggregation });
  }
  voting(settings: d.Voting = {}): PatternBuilder {
    return this.aggregation({ strategy: 'voting', ...settings });
  }
  consensus(settings: d.Consensus = {}): PatternBuilder {
    return this.aggregation({ strategy: 'consensus', ...settings });
  }
  merge(settings: d.Merge = {}): PatternBuilder {
    return this.aggregation({ strategy: 'merge', ...settings });
  }
  first(settings: d.First = {}): PatternBuilder {
    return this.aggregation({ strategy: 'first', ...settings });
  }
  best(settings: d.Best = {}): PatternBuilder {
    return this.aggregation({ strategy: 'best', ...settings });
  }
  perField(fields: d.FieldAggregation[]): PatternBuilder {
    return this.aggregation({ fields });
  }

  validation(validation: d.Validation): PatternBuilder {
    return this.with({ validation });
  }
  steps(steps: d.Step[]): PatternBuilder {
    return this.with({ steps });
  }
  /** One more step, after those that are there. */
  step(step: d.Step): PatternBuilder {
    return this.steps([...(this.parts.steps ?? []), step]);
  }
  output(output: d.Output): PatternBuilder {
    return this.with({ output });
  }

  /** The definition. A Fault `pattern.invalid` with `errors` when it does not compile. */
  build(): d.PatternDefinition {
    const definition = { name: this.name, ...this.parts };
    const { valid, errors } = validatePattern(definition);
    if (valid) return definition;
    const [first] = errors;
    throw new Fault('invalid', 'pattern.invalid', `${first?.path || 'The definition'}: ${first?.message ?? ''} Expected: ${first?.expected ?? ''}.`, {
      errors,
    });
  }

  /** The definition as YAML. */
  toYaml(): string {
    return compileToYaml(this.build());
  }
}
