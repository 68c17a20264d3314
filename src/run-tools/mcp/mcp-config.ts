/** The file that names MCP servers (digest §5.2): `{"servers": {"name": ["program", "argument", …]}}`, or an object where more is to be said. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { EffectClass, RiskClass } from '../../contracts/run/protocol';
import { Fault } from '../../errors/fault';

const SERVERS_MAX = 50;
const Argument = z.string().max(8_192);
const VariableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'expected the name of a variable');

const ServerObject = z.strictObject({
  command: z.string().min(1).max(4_096),
  args: z.array(Argument).max(200).default([]),
  /** Variables of the program. Of Everthread's own environment it gets none but those that `env_from` names. */
  env: z.record(VariableName, z.string().max(32_768)).default({}),
  env_from: z.array(VariableName).max(100).default([]),
  cwd: z.string().min(1).max(4_096).optional(),
  timeout_secs: z.int().min(1).max(600).default(60),
  network: z.enum(['open', 'none']).default('open'),
  /** By the server's own names: what the tool is said to do and to risk, or that it is left out. */
  tools: z
    .record(
      z.string().max(256),
      z.strictObject({ effect_class: EffectClass.optional(), risk_class: RiskClass.optional(), disabled: z.boolean().default(false) }),
    )
    .default({}),
});
export type McpServerSpec = z.output<typeof ServerObject>;

const Server = z.union([
  z
    .array(Argument)
    .min(1)
    .max(201)
    .transform(([command = '', ...args]) => ServerObject.parse({ command, args })),
  ServerObject,
]);
/** What a package says of its server. */
export function serverSpec(given: unknown): { readonly spec: McpServerSpec } | { readonly problem: string } {
  const parsed = ServerObject.safeParse(given);
  if (parsed.success) return { spec: parsed.data };
  const [first] = parsed.error.issues;
  return { problem: `${first?.path.join('.') || '(server)'}: ${first?.message ?? 'is not valid'}` };
}

const ServerName = z.string().regex(/^[A-Za-z0-9_-]{1,48}$/, 'expected 1 to 48 letters, digits, "_" or "-"');
const McpConfig = z.object({
  servers: z.record(ServerName, Server).refine((servers) => Object.keys(servers).length <= SERVERS_MAX, `expected at most ${SERVERS_MAX} servers`),
});
export type McpServers = Readonly<Record<string, McpServerSpec>>;

/** Fault `tool.mcp_config` (invalid): the operator named a file that cannot be used. */
export async function readMcpConfig(path: string): Promise<McpServers> {
  const wrong = (reason: string): Fault => new Fault('invalid', 'tool.mcp_config', `EVERTHREAD_MCP_CONFIG: ${path}: ${reason}`, { path, reason });
  let given: unknown;
  try {
    given = JSON.parse(await readFile(path, 'utf8'));
  } catch (problem) {
    throw wrong(problem instanceof Error ? problem.message : 'it cannot be read');
  }
  const parsed = McpConfig.safeParse(given);
  if (parsed.success) return parsed.data.servers;
  const [first] = parsed.error.issues;
  throw wrong(`${first?.path.join('.') || '(file)'}: ${first?.message ?? 'is not valid'}`);
}
