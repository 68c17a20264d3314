/** The tool that a manifest describes (digest §5.1). */
import type { Tool, ToolContext, ToolDefinition, ToolOutcome } from '../../contracts/run/ports';
import { ToolManifest, type ManifestExecutor } from '../../contracts/run/manifest';
import { faultFrom } from '../../errors/fault';
import { assertMayCall, type AddressRule } from '../../outgoing/address-rule';
import { argumentCheck, type ArgumentCheck } from '../argument-check';
import { call } from '../built-in/http';
import { assertInside } from '../shell/argument-paths';
import { receiptOf, run, type ProcessTools } from '../shell/shell';
import { costOf, refused, type Json } from '../tool';
import type { Workspace } from '../workspace/confined-path';
import { commandTemplate, fillBody, fillUrl, placeholdersOf } from './template';

type Arguments = Readonly<Record<string, Json>>;
type Perform = (args: Arguments, context: ToolContext) => Promise<ToolOutcome>;
type Executor<K extends ManifestExecutor['kind']> = Extract<ManifestExecutor, { kind: K }>;

export interface ManifestWorld {
  readonly processes: ProcessTools;
  readonly rule: AddressRule;
  readonly workspaceOf: (root: string) => Workspace;
  /** Whether these manifests may start programs: those of the operator may, those that tenants installed only when he says so. */
  readonly programs: boolean;
}

/** Bytes of each output that are given. */
const KEPT_MAX = 64 * 1_024;

interface ReadManifest {
  readonly definition: ToolDefinition;
  readonly check: ArgumentCheck;
  readonly manifest: ToolManifest;
}

/** What a manifest says, or why it is none. `programs`: whether it may start any. */
export function readManifest(given: unknown, programs: boolean): ReadManifest | { readonly problem: string } {
  const parsed = ToolManifest.safeParse(given);
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    return { problem: `${first?.path.join('.') || '(manifest)'}: ${first?.message ?? 'is not valid'}`.slice(0, 500) };
  }
  const manifest = parsed.data;
  const checked = argumentCheck(manifest.input_schema);
  if ('problem' in checked) return checked;
  const unknown = unknownPlaceholder(manifest);
  if (unknown !== null) return { problem: `executor: {${unknown}} is no property of input_schema` };
  if (manifest.executor.kind === 'shell') {
    if (!programs) return { problem: 'packages may not start programs here (EVERTHREAD_PACKAGE_PROGRAMS)' };
    try {
      commandTemplate(manifest.executor.command_template);
    } catch (problem) {
      return { problem: `executor: ${faultFrom(problem).message}`.slice(0, 500) };
    }
  }
  return { definition: definitionOf(manifest), check: checked.check, manifest };
}

/** The tool, or why there is none. */
export function manifestTool(given: unknown, world: ManifestWorld): { readonly tool: Tool } | { readonly problem: string } {
  const read = readManifest(given, world.programs);
  if ('problem' in read) return read;
  const perform = performing(read.manifest, world);
  return { tool: { definition: read.definition, misfit: read.check, perform: (args, context) => perform(args as Arguments, context) } };
}

function unknownPlaceholder({ executor, input_schema }: ToolManifest): string | null {
  const templates = executor.kind === 'shell' ? [executor.command_template] : executor.kind === 'http' ? [executor.url_template] : [];
  // In a body, `{word}` may be meant as it stands only where it is no property; there it stays.
  const properties = input_schema['properties'];
  const known = typeof properties === 'object' && properties !== null && !Array.isArray(properties) ? properties : {};
  return templates.flatMap(placeholdersOf).find((name) => !Object.hasOwn(known, name)) ?? null;
}

const definitionOf = ({ executor, ...manifest }: ToolManifest): ToolDefinition => ({
  ...manifest,
  idempotent: manifest.effect_class === 'pure' || manifest.effect_class === 'read',
  estimate: costOf(executor.kind === 'noop' ? 0 : executor.timeout_secs * 1_000),
});

function performing({ effect_class, executor }: ToolManifest, world: ManifestWorld): Perform {
  if (executor.kind === 'noop') return () => Promise.resolve({ output: { result: 'noop' }, delta: [] });
  if (executor.kind === 'http') return httpCall(executor, world);
  return program(executor, world, effect_class === 'external' || effect_class === 'irreversible');
}

function program({ command_template, timeout_secs }: Executor<'shell'>, { processes, workspaceOf }: ManifestWorld, external: boolean): Perform {
  const template = commandTemplate(command_template);
  // Only who says that he reaches outside may have the network.
  const network = external ? processes.network : 'none';
  return async (args, context) => {
    const { stages, given } = template.fill(args);
    await assertInside(workspaceOf(context.workspace), context.workspace, given);
    const ended = await run(processes, context, { stages, cwd: context.workspace, network, timeoutMs: timeout_secs * 1_000, keptBytes: KEPT_MAX });
    const { exitCode, stdout, stderr, truncated } = ended;
    return { output: { exit_code: exitCode, stdout, stderr, ...(truncated && { truncated }), receipt: receiptOf(processes, network, ended) }, delta: [] };
  };
}

function httpCall(executor: Executor<'http'>, { rule }: ManifestWorld): Perform {
  const { url_template, method, body_template, allowlist, timeout_secs, block_private_hosts } = executor;
  const allowPrivate = rule.allowPrivate && !block_private_hosts;
  const hosts = new Set(allowlist.map((host) => host.toLowerCase()));
  const json = body_template !== undefined && /^\s*[[{]/.test(body_template);
  return async (args, { signal }) => {
    const url = fillUrl(url_template, args);
    assertMayCall(url, { allowPrivate });
    const { hostname } = new URL(url);
    if (hosts.size > 0 && !hosts.has(hostname.toLowerCase())) throw refused(`${hostname} is not among the hosts of the manifest.`, { url });
    const body = body_template === undefined ? {} : { body: json ? fillBody(body_template, args) : fillUrl(body_template, args) };
    const headers: Record<string, string> =
      body_template === undefined ? {} : { 'Content-Type': json ? 'application/json' : 'application/x-www-form-urlencoded' };
    return { output: await call({ url, method, headers, ...body, timeoutMs: timeout_secs * 1_000, signal }, { allowPrivate }), delta: [] };
  };
}
