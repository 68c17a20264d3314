/** How tools are made: those whose arguments are a zod schema, and what all of them say about failures and costs. */
import { z } from 'zod';
import type { Tool, ToolContext, ToolDefinition, ToolOutcome, World } from '../contracts/run/ports';
import type { Budget, DeltaOp, EffectClass, RiskClass } from '../contracts/run/protocol';
import { Fault, type Facts, type Kind } from '../errors/fault';

export type Json = z.core.util.JSONType;
type InputSchema = ToolDefinition['input_schema'];

/** Characters of a failure's message: it goes to a model and into the ledger. */
const MESSAGE_MAX = 2_000;
/** Characters of what is said about arguments that do not fit. */
const MISFIT_MAX = 500;

/** A failure of a tool. `begun` false: nothing of it was done. */
export const toolFault = (kind: Kind, code: string, message: string, facts: Facts & { readonly begun: boolean }): Fault =>
  new Fault(kind, code, message.length > MESSAGE_MAX ? `${message.slice(0, MESSAGE_MAX)}…` : message, facts);

/** Fault `tool.refused`: what the arguments ask for is not allowed here. Nothing was done. */
export const refused = (message: string, facts: Facts = {}): Fault => toolFault('invalid', 'tool.refused', message, { begun: false, ...facts });

/** One call, and time where the tool waits for others. */
export const costOf = (wallClockMs = 0): Budget => ({ tokens: 0, tool_calls: 1, wall_clock_ms: wallClockMs, usd_millicents: 0 });

interface Described<Args extends z.ZodObject> {
  readonly name: string;
  readonly version?: string;
  readonly description: string;
  readonly effect: EffectClass;
  readonly risk: RiskClass;
  readonly args: Args;
  /** By default, what only reads. */
  readonly idempotent?: boolean;
  readonly verifies?: boolean;
  /** What one call may take, for the budget. */
  readonly wallClockMs?: number;
  readonly precondition?: (args: z.output<Args>, world: World) => string | null;
  readonly perform: (args: z.output<Args>, context: ToolContext) => Promise<ToolOutcome> | ToolOutcome;
}

/** Digest §5: all built-in tools of the peer say this version. */
export const BUILT_IN_VERSION = '0.0.1';

/** A tool whose arguments are a strict zod object, from which its JSON Schema and its check are made. */
export function builtIn<Args extends z.ZodObject>(described: Described<Args>): Tool {
  const { name, description, effect, risk, args: schema, precondition, perform, verifies } = described;
  const definition: ToolDefinition = {
    ...{ name, version: described.version ?? BUILT_IN_VERSION, description, effect_class: effect, risk_class: risk },
    input_schema: inputSchemaOf(schema),
    idempotent: described.idempotent ?? (effect === 'read' || effect === 'pure'),
    estimate: costOf(described.wallClockMs),
  };
  return {
    definition,
    ...(verifies && { verifies }),
    misfit(given) {
      const parsed = schema.safeParse(given);
      if (parsed.success) return null;
      const [first] = parsed.error.issues;
      return misfitText(first?.path.join('.') ?? '', first?.message ?? 'is not valid');
    },
    ...(precondition && { precondition: (given: Json, world: World) => precondition(schema.parse(given), world) }),
    perform: async (given, context) => perform(schema.parse(given), context),
  };
}

function inputSchemaOf(schema: z.ZodObject): InputSchema {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest as InputSchema;
}

export const misfitText = (path: string, message: string): string => `${path === '' ? '(arguments)' : path}: ${message}`.slice(0, MISFIT_MAX);

/** Makes a resource say `value`, whether it is there already or not. */
export function put(world: World, kind: string, id: string, value: Json): DeltaOp {
  const found = world.get(kind, id);
  return found ? { op: 'replace', kind, id, expected_version: found.version, value } : { op: 'create', kind, id, value };
}
