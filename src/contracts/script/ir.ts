/**
 * The intermediate representation of a script: what the text is compiled to, what a script may be written as instead (YAML or JSON), and what a thread carries out. Plain JSON.
 *
 * Values and types stand as texts of the language (docs/scriptum.md): `count(items) + 1`, `"Invoice {id}"`, `list<text(max = 80)>`. Where somebody writes it by hand, a number, a boolean, null, a list or an object
 * stands for itself; reading turns it into such a text.
 */

/** An expression, as its text. */
export type IrExpression = string;
/** A type, as its text. */
export type IrType = string;

export interface IrField {
  readonly name: string;
  readonly type: IrType;
  readonly optional?: true;
  readonly default?: IrExpression;
}

export interface IrTool {
  /** By which steps call it. */
  readonly name: string;
  /** What it is called where it comes from. */
  readonly tool: string;
  /** `native`, `runs`, `mcp.<server>`, `threads`, `patterns`, …. */
  readonly source: string;
}

export type IrArguments = Readonly<Record<string, IrExpression>>;

export interface IrOnError {
  /** Further tries. */
  readonly retry?: number;
  /** After the last try; without it the step fails. */
  readonly then?: 'ignore' | { readonly tool: string; readonly args: IrArguments };
}

export type IrAction =
  | { readonly do: 'continue' }
  | { readonly do: 'goto'; readonly label: string }
  | { readonly do: 'retry'; readonly times: number }
  | { readonly do: 'fail'; readonly message: IrExpression };

export interface IrBlock {
  readonly name: string;
  readonly steps: readonly IrStep[];
}

interface IrCommon {
  readonly label?: string;
  /** Line of the text that it was compiled from. */
  readonly line?: number;
  /** The name that its value is bound to. */
  readonly bind?: string;
  /** Its value goes to the stream of the thread as well. */
  readonly stream?: true;
}

type Of<P extends string, T> = IrCommon & { readonly primitive: P } & T;

export type IrStep =
  | Of<'execute', { readonly tool: string; readonly args: IrArguments; readonly on_error?: IrOnError }>
  | Of<'let', { readonly name: string; readonly value: IrExpression }>
  | Of<
      'iterate',
      {
        readonly item: string;
        readonly index?: string;
        readonly list: IrExpression;
        readonly parallel?: IrExpression;
        readonly sleep?: IrExpression;
        readonly steps: readonly IrStep[];
      }
    >
  /** By rules. */
  | Of<
      'branch',
      {
        readonly question: string;
        readonly rules: readonly { readonly when: IrExpression; readonly branch: string }[];
        readonly otherwise?: string;
        readonly branches: readonly IrBlock[];
      }
    >
  /** By a model. */
  | Of<'decide', { readonly question: string; readonly args: IrArguments; readonly branches: readonly IrBlock[] }>
  | Of<'evaluate', { readonly condition?: IrExpression; readonly ask?: IrExpression; readonly on_pass?: IrAction; readonly on_fail?: IrAction }>
  | Of<'parallel', { readonly lanes: readonly IrBlock[] }>
  | Of<
      'pipe',
      {
        readonly item: string;
        readonly source: IrExpression;
        readonly batch?: IrExpression;
        readonly parallel?: IrExpression;
        readonly steps: readonly IrStep[];
      }
    >
  | Of<'repeat', { readonly until: IrExpression; readonly max?: IrExpression; readonly sleep?: IrExpression; readonly steps: readonly IrStep[] }>
  | Of<'wait', { readonly for?: IrExpression; readonly until?: IrExpression }>
  | Of<'agent', { readonly tool: string; readonly args: IrArguments }>
  | Of<'ask', { readonly type?: IrType; readonly args: IrArguments }>
  | Of<'plan', { readonly tool: string; readonly args: IrArguments }>
  /** `script`: one that is published; `plan`: the name that a plan was bound to. */
  | Of<'run', { readonly script?: string; readonly plan?: string; readonly version?: number; readonly args: IrArguments }>
  | Of<'emit' | 'yield', { readonly value?: IrExpression; readonly args?: IrArguments }>
  | Of<'send', { readonly channel: string; readonly args: IrArguments }>;

export type IrPrimitive = IrStep['primitive'];

export interface ScriptIr {
  /** The edition of this representation. */
  readonly ir: 1;
  readonly name: string;
  readonly description?: string;
  readonly version?: string;
  readonly input: readonly IrField[];
  readonly output: readonly IrField[];
  /** Without it anything may be yielded. */
  readonly stream?: readonly IrField[];
  readonly env: readonly IrField[];
  readonly tools: readonly IrTool[];
  readonly enums: Readonly<Record<string, readonly string[]>>;
  readonly constants: readonly { readonly name: string; readonly value: IrExpression }[];
  readonly steps: readonly IrStep[];
  readonly on_error?: readonly IrStep[];
}

/** Bytes of the representation as compact JSON: it travels with the start of a thread, and is in its history. */
export const IR_BYTES_MAX = 1024 * 1024;
