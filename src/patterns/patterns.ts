/**
 * `everthread/patterns`: write patterns and org charts in TypeScript, check them, print them as YAML, read YAML.
 *
 * ```ts
 * import { PatternBuilder, compileToYaml } from 'everthread/patterns';
 *
 * const classifier = new PatternBuilder('content-classifier')
 *   .version('1.0.0')
 *   .input({ content: 'string' })
 *   .agents({ capabilities: ['classification'], min: 3 })
 *   .voting({ method: 'majority' })
 *   .output({ category: '$vote.result', confidence: '$vote.confidence' })
 *   .build();
 * const yaml = compileToYaml(classifier);
 * ```
 */
export { PatternBuilder } from './builder';
export { compileToJson, compileToYaml, literal } from './print';
export { PatternTemplate, type TemplateSettings } from './template';
export { validatePattern } from './validate';
export { parsePattern, type Definition, type ParsedPattern } from '../domain/pattern/parse-pattern';
export type { DefinitionError } from '../domain/pattern/definition/source';
export type {
  Agents,
  Aggregation,
  Condition,
  Consensus,
  Execution,
  Expression,
  Fallback,
  Field,
  FieldDefinition,
  Merge,
  OnError,
  Output,
  PatternDefinition,
  Route,
  Step,
  Task,
  Validation,
  Value,
  Voting,
} from './definition';
export type { Oracle, OrgChartDefinition, OrgStep, Role, Verify } from './org-chart';
