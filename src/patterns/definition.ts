/**
 * Definitions as authors write them, typed: the same fields as the YAML, which docs/patterns.md explains one by one. An {@link Expression} is a text such as `$vote.result`
 * or `$score >= 0.8`; a {@link Value} is a constant, an expression, an operator (`{$min: […]}`) or an object or list of these.
 */
import type { Json } from '../contracts/pattern/json';

export type Expression = string;
export type Value = Json;
export type Condition = Expression | boolean | { readonly [operator: `$${string}`]: Value };

export type FieldType = 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object' | 'any';
export interface FieldDefinition {
  type?: FieldType;
  /** Of the input: true where nothing else is said. Of an object in a schema also the list of its required properties. */
  required?: boolean | string[];
  default?: Json;
  description?: string;
  enum?: Json[];
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: 'email' | 'uri' | 'date' | 'date-time' | 'uuid';
  minimum?: number;
  maximum?: number;
  multipleOf?: number;
  items?: Field;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  properties?: { [name: string]: Field };
  additionalProperties?: boolean;
}
export type Field = FieldType | FieldDefinition;

export interface Agents {
  capabilities?: Expression[] | Expression;
  min?: number;
  max?: number;
  taskTimeout?: number;
  prefer?: Expression[] | Expression;
  exclude?: Expression[] | Expression;
}

export interface Parallel {
  timeout?: number;
  waitForAll?: boolean;
  minResults?: number;
}
export interface Sequential {
  timeout?: number;
  stopOnError?: boolean;
  steps?: { capability: Expression; input?: Value; output?: string }[];
}
export interface Race {
  timeout?: number;
  minConfidence?: number;
}
export type Execution =
  ({ strategy?: 'parallel' } & Parallel) | ({ strategy: 'sequential' } & Sequential) | ({ strategy: 'race' } & Race) | { strategy: 'first'; timeout?: number };

export interface Voting {
  method?: 'majority' | 'unanimous' | 'weighted' | 'plurality';
  field?: string;
  minVotes?: number;
  weights?: { [agent: string]: number | Expression };
  tieBreaker?: 'first' | 'random' | 'highest-confidence';
  noMajorityBehavior?: 'plurality' | 'fail' | 'retry';
  onInsufficientVotes?: 'fail' | 'proceed';
}
export type ConsensusMethod = 'majority' | 'average' | 'median' | 'min' | 'max' | 'union' | 'intersection' | 'concat' | 'first';
export interface Consensus {
  threshold?: number;
  minVotes?: number;
  conflictResolution?: 'weighted' | 'first' | 'highest-confidence' | 'fail';
  minConfidence?: number;
  fields?: (string | { name: string; threshold?: number; method?: ConsensusMethod })[];
}
export interface Merge {
  method?: 'deep' | 'shallow' | 'concat' | 'union' | 'intersection';
  fields?: string[];
  deduplication?: boolean;
  deduplicationKey?: string;
  arrayStrategy?: 'union' | 'concat' | 'vote';
  conflictResolution?: 'majority' | 'first' | 'last' | 'highest-confidence';
  limit?: number;
  scoring?: { formula?: Expression; minScore?: number };
  mergeFields?: string[];
}
export interface First {
  minConfidence?: number;
}
export interface Best {
  by?: string;
}
type Strategy =
  | ({ strategy: 'voting' } & Voting)
  | ({ strategy: 'consensus' } & Consensus)
  | ({ strategy: 'merge' } & Merge)
  | ({ strategy: 'first' } & First)
  | ({ strategy: 'best' } & Best);
export type FieldAggregation = { name: string } & (Strategy | { strategy: 'average' | 'median' | 'min' | 'max' | 'sum' });
export type Aggregation = Strategy | { fields: FieldAggregation[] };

export type FailureAction = 'fail' | 'retry' | 'fallback';
export type Fallback =
  | { type: 'default'; value: Value }
  | { type: 'escalate'; to: string; includeContext?: boolean | string[]; timeout?: number }
  | { type: 'previous' | 'cached'; maxAge?: number };
export interface Validation {
  minConfidence?: number;
  checks?: { name: string; condition: Condition }[];
  onFailure?: FailureAction;
  schema?: Field;
  onInvalid?: FailureAction;
  maxLatency?: number;
  onTimeout?: FailureAction;
  maxRetries?: number;
  retryDelay?: number;
  fallback?: Fallback;
  $custom?: { condition: Condition; action?: 'override' | FailureAction; value?: Value };
}

/** Where it goes: the id of a step, `output`, `continue`, `fail`, or more in an object. */
export type Route =
  | string
  | { next: string }
  | { output: Value; action?: 'accept' }
  | { action: 'accept' | 'continue' }
  | { action: 'fail'; message?: string }
  | { action: 'retry'; target?: string; maxRetries?: number }
  | { action: 'escalate'; to: string; context?: Value; timeout?: number; onTimeout?: 'fail' | 'continue' }
  | { pattern: string; input?: Value; output?: string };
export type OnError =
  'fail' | 'continue' | { type: 'fail' | 'continue' } | { type: 'default'; value: Value } | { type: 'retry'; maxRetries?: number; delay?: number };

interface StepBase {
  id: string;
  description?: string;
  output?: string;
  onError?: OnError;
  then?: Route;
}
interface Conditional extends StepBase {
  condition?: Condition;
}
export interface AgentsStep extends Conditional {
  type?: 'agents';
  agents?: Agents;
  input?: Value;
  instructions?: Expression;
  execution?: Execution;
  aggregation?: Aggregation;
  validation?: Validation;
}
/** A task needs no id. */
export type Task = DistributiveOptional<Step, 'id'> | { steps: Step[] };
type DistributiveOptional<T, K extends string> = T extends unknown ? Omit<T, K> & Partial<Pick<T, K & keyof T>> : never;

export type Step =
  | AgentsStep
  | (Conditional & { type?: 'pattern'; pattern: string; input?: Value })
  | (Conditional & { type: 'switch'; value: Value; cases: { [name: string]: Route | (Exclude<Route, string> & { condition?: Condition }) }; default?: Route })
  | (StepBase & { type: 'gate'; condition: Condition; onPass?: Route; onFail?: Route })
  | (Conditional & { type: 'parallel'; branches: (Step | { id: string; description?: string; steps: Step[] })[] })
  | (Conditional & { type: 'merge'; inputs: Value } & Merge)
  | (Conditional & { type: 'batch'; items: Value; concurrency?: number | Expression; stopOnError?: boolean; task: Task })
  | (Conditional & { type: 'reduce'; items: Value; operation?: Value } & Merge)
  | (Conditional & { type: 'split'; items: Value; chunkSize: number | Expression })
  | (StepBase & { type: 'loop'; maxIterations?: number; condition: Condition; steps: Step[] })
  | (Conditional & { type: 'repeat'; count: number | Expression; task: Task })
  | (Conditional & { type: 'compare'; inputs: Value; similarity?: number; onInconsistent?: Route; maxRetries?: number; target?: string })
  | (Conditional & { type: 'assign'; values: { [name: string]: Value } })
  | (Conditional & { type: 'compute'; operation?: string; inputs?: Value; value?: Value })
  | (Conditional & { type: 'escalate'; to: string; context?: Value; timeout?: number; onTimeout?: 'fail' | 'continue' })
  | (Conditional & { type: 'default'; value: Value });

export type Output = Value | { [field: string]: Value; $metrics: { name: string; value: Value }[] };

export interface Head {
  name: string;
  version: string;
  description?: string;
  author?: string;
  tags?: string[];
  metadata?: { [name: string]: Json };
}

export interface PatternDefinition extends Head {
  security?: { allowedUsers?: string[]; allowedRoles?: string[] };
  input?: { [name: string]: Field };
  agents?: Agents;
  execution?: Execution & { maxSteps?: number };
  aggregation?: Aggregation;
  validation?: Validation;
  steps?: Step[];
  output?: Output;
}
