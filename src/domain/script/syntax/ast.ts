/** A script as it was written: what the printer prints, the checker checks and the compiler compiles. Plain data. */
import type { Place } from './problem';

export type BinaryOperator = '==' | '!=' | '<' | '>' | '<=' | '>=' | '+' | '-' | '*' | '/' | '%' | 'and' | 'or' | '??';

export type Expression = { readonly at: Place } & (
  | { readonly kind: 'number'; readonly value: number }
  /** Texts and expressions in turn. */
  | { readonly kind: 'text'; readonly parts: readonly (string | Expression)[] }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'name'; readonly name: string }
  /** `safe`: null where `of` is null (`?.`). */
  | { readonly kind: 'field'; readonly of: Expression; readonly name: string; readonly safe: boolean }
  | { readonly kind: 'index'; readonly of: Expression; readonly index: Expression; readonly safe: boolean }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'object'; readonly fields: readonly Argument[] }
  | { readonly kind: 'unary'; readonly operator: 'not' | '-'; readonly of: Expression }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Expression; readonly right: Expression }
  /** Only as an argument of a function. */
  | { readonly kind: 'lambda'; readonly parameters: readonly string[]; readonly body: Expression }
);

/** `name = value` of a step, `name: value` of an object. */
export interface Argument {
  readonly name: string;
  readonly value: Expression;
  readonly at: Place;
}

/** An argument on a line of its own. */
export type ArgumentLine = Argument & Remarks;

export const SCALAR_TYPES = ['text', 'number', 'integer', 'boolean', 'binary', 'date', 'timestamp', 'any'] as const;
export type ScalarType = (typeof SCALAR_TYPES)[number];

export type Type = { readonly at: Place; readonly constraints: readonly Argument[] } & (
  | { readonly kind: 'scalar'; readonly name: ScalarType }
  | { readonly kind: 'list'; readonly of: Type }
  /** `fields` null: any object. */
  | { readonly kind: 'object'; readonly fields: readonly Field[] | null }
  | { readonly kind: 'enum'; readonly name: string }
);

/** `name: type`, `name?: type` where it may be missing, with a default where it has one. */
export interface Field {
  readonly name: string;
  readonly optional: boolean;
  readonly type: Type;
  readonly value: Expression | null;
  readonly at: Place;
}

/** Comments before a line, and the one at its end. */
export interface Remarks {
  readonly comments: readonly string[];
  readonly comment: string | null;
}

export type FieldLine = Field & Remarks;

export interface Tool extends Remarks {
  readonly name: string;
  /** `native`, `mcp.files`, `run`, …. */
  readonly source: string;
  readonly alias: string | null;
  readonly at: Place;
}

export interface Enum extends Remarks {
  readonly name: string;
  readonly values: readonly (Remarks & { readonly value: string; readonly at: Place })[];
  readonly at: Place;
}

export interface Constant extends Remarks {
  readonly name: string;
  readonly value: Expression;
  readonly at: Place;
}

/** Where the value of a step goes: a name, or the thread's stream (`->>`). */
export interface Binding {
  readonly name: string;
  readonly stream: boolean;
  readonly at: Place;
}

/** What is done about an error of one step: tries, then another tool or nothing. */
export interface OnError {
  readonly retry: number | null;
  readonly then: 'fail' | 'ignore' | { readonly tool: string; readonly args: readonly Argument[] };
  readonly at: Place;
}

export type CheckAction = { readonly at: Place } & (
  | { readonly kind: 'continue' }
  | { readonly kind: 'goto'; readonly label: string }
  | { readonly kind: 'retry'; readonly times: number | null }
  | { readonly kind: 'fail'; readonly message: Expression }
);

/** A block with a name: a branch of `decide`, a lane of `together`. */
export interface NamedBlock extends Remarks {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly at: Place;
}

interface Common extends Remarks {
  readonly at: Place;
  /** What people call the step; `goto` finds it by this. */
  readonly label: string | null;
  readonly binding: Binding | null;
}

type With<K extends string, T> = Common & { readonly verb: K } & T;

export type Step =
  | With<'do', { readonly tool: string; readonly args: readonly ArgumentLine[]; readonly onError: OnError | null }>
  | With<'let', { readonly name: string; readonly value: Expression }>
  | With<
      'each',
      {
        readonly item: string;
        readonly index: string | null;
        readonly list: Expression;
        readonly parallel: Expression | null;
        readonly sleep: Expression | null;
        readonly steps: readonly Step[];
      }
    >
  | With<
      'decide',
      {
        readonly by: 'rules' | 'llm';
        readonly args: readonly ArgumentLine[];
        readonly rules: readonly Rule[];
        readonly otherwise: (Remarks & { readonly branch: string; readonly at: Place }) | null;
        readonly branches: readonly NamedBlock[];
      }
    >
  | With<
      'check',
      { readonly condition: Expression | { readonly question: Expression }; readonly onPass: CheckAction | null; readonly onFail: CheckAction | null }
    >
  | With<'together', { readonly lanes: readonly NamedBlock[] }>
  | With<
      'pipe',
      {
        readonly item: string;
        readonly source: Expression;
        readonly batch: Expression | null;
        readonly parallel: Expression | null;
        readonly steps: readonly Step[];
      }
    >
  | With<'repeat', { readonly until: Expression; readonly max: Expression | null; readonly sleep: Expression | null; readonly steps: readonly Step[] }>
  | With<'wait', { readonly until: boolean; readonly value: Expression }>
  | With<'agent', { readonly tool: string; readonly args: readonly ArgumentLine[] }>
  | With<'ask', { readonly type: Type | null; readonly args: readonly ArgumentLine[] }>
  | With<'plan', { readonly tool: string; readonly args: readonly ArgumentLine[] }>
  /** `script` null: a plan that was made before. */
  | With<'run', { readonly script: string | null; readonly plan: string | null; readonly version: number | null; readonly args: readonly ArgumentLine[] }>
  | With<'emit' | 'yield', { readonly value: Expression | null; readonly args: readonly ArgumentLine[] }>
  | With<'send', { readonly channel: string; readonly args: readonly ArgumentLine[] }>
  /** A heading between steps; nothing is done. */
  | With<'section', object>;

/** What its verb says of a step, before it has its comments and its place. */
export type Said<S = Step> = S extends Step ? Omit<S, 'comments' | 'comment' | 'at' | 'label' | 'binding'> & Partial<Pick<S, 'label' | 'binding'>> : never;

export interface Rule extends Remarks {
  readonly when: Expression;
  readonly branch: string;
  readonly at: Place;
}

export interface Script {
  readonly name: string;
  readonly description: string | null;
  readonly version: string | null;
  readonly input: readonly FieldLine[];
  readonly output: readonly FieldLine[];
  /** Of what it yields; null: anything. */
  readonly stream: readonly FieldLine[] | null;
  readonly env: readonly FieldLine[];
  readonly tools: readonly Tool[];
  readonly enums: readonly Enum[];
  readonly constants: readonly Constant[];
  readonly steps: readonly Step[];
  /** Of the whole thread, where no step has one of its own. */
  readonly onError: readonly Step[] | null;
  /** Before the first line, and after the last. */
  readonly comments: { readonly head: readonly string[]; readonly foot: readonly string[] };
}
