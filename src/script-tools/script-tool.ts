/** How tools of scripts are made whose arguments are a zod schema. */
import { z } from 'zod';
import type { Json } from '../contracts/pattern/json';
import type { ScriptTool, ScriptToolContext, ScriptToolDefinition, ScriptToolOutcome, ToolEffect, Twice } from '../contracts/script/tools';

/** Characters of what is said about arguments that do not fit. */
const MISFIT_MAX = 500;

interface Described<Args extends z.ZodType> {
  readonly name: string;
  readonly source?: string;
  readonly description: string;
  readonly effect: ToolEffect;
  readonly args: Args;
  /** By default harmless for what is pure or reads, harmful for the rest. */
  readonly twice?: Twice | ((args: z.output<Args>) => Twice);
  readonly perform: (args: z.output<Args>, context: ScriptToolContext) => Promise<ScriptToolOutcome> | ScriptToolOutcome;
}

export function scriptTool<Args extends z.ZodType>(described: Described<Args>): ScriptTool {
  const { name, source = 'native', description, effect, args: schema, twice, perform } = described;
  const otherwise: Twice = effect === 'pure' || effect === 'read' ? 'harmless' : 'harmful';
  return {
    definition: { name, source, description, effect, inputSchema: inputSchemaOf(schema) },
    misfit(given) {
      const parsed = schema.safeParse(present(given));
      if (parsed.success) return null;
      const [first] = parsed.error.issues;
      return misfitText(first?.path.join('.') ?? '', first?.message ?? 'is not valid');
    },
    twice: (given) => (typeof twice === 'function' ? twice(schema.parse(present(given))) : (twice ?? otherwise)),
    perform: async (given, context) => perform(schema.parse(present(given)), context),
  };
}

/** An argument that is null is one that is not given: so a script can hand on what it may not have. */
function present(given: Json): Json {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
  return Object.fromEntries(Object.entries(given as Readonly<Record<string, Json>>).filter(([, value]) => value !== null));
}

function inputSchemaOf(schema: z.ZodType): ScriptToolDefinition['inputSchema'] {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest as ScriptToolDefinition['inputSchema'];
}

export const misfitText = (path: string, message: string): string => `${path === '' ? '(arguments)' : path}: ${message}`.slice(0, MISFIT_MAX);

/** Somebody cancelled; a worker that stops leaves what it started to the next one. */
export const isCancelled = ({ aborted, reason }: AbortSignal): boolean => aborted && !(reason instanceof Error && reason.message === 'WORKER_SHUTDOWN');

/** Names of tools in a script have letters, digits and underscores. */
export const importedAs = (name: string): string => name.replace(/[^A-Za-z0-9_]/g, '_');
