/** What tools of runs are there and what they may do: their variables (docs/run-tools.md) and the values that they make. */
import { z } from 'zod';
import { count, flag, list, path } from './fields';

const FOLDERS_MAX = 20;
const place = path.refine((given) => !given.includes('\0'), 'expected a path');

export const RUN_TOOLS_FIELDS = {
  EVERTHREAD_WORKSPACE: place.optional(),
  EVERTHREAD_TOOL_MANIFEST_DIRS: list
    .refine(
      (folders) => folders.length <= FOLDERS_MAX && folders.every((folder) => !folder.includes('\0')),
      `expected at most ${FOLDERS_MAX} folders, separated by commas`,
    )
    .transform((folders) => folders.map((folder) => path.parse(folder)))
    .default([]),
  EVERTHREAD_MCP_CONFIG: place.optional(),
  EVERTHREAD_PACKAGE_PROGRAMS: flag.default(false),
  EVERTHREAD_TOOL_NETWORK: z.enum(['none', 'open'], 'expected none or open').default('none'),
  EVERTHREAD_TOOL_ISOLATION: z.enum(['auto', 'required'], 'expected auto or required').default('auto'),
  EVERTHREAD_TOOL_ENV: list
    .refine(
      (names) => names.length <= 100 && names.every((name) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !name.startsWith('EVERTHREAD_')),
      'expected at most 100 names of variables, separated by commas, none of them of Everthread itself',
    )
    .default([]),
  EVERTHREAD_TOOL_MEMORY_MB: count(2_048, { min: 64, max: 1_048_576 }),
};

export interface RunToolsConfig {
  /** Where runs of the tenant `default` work; null: where those of other tenants do, in a folder of their own. */
  readonly workspace: string | null;
  readonly manifestFolders: readonly string[];
  /** The file that names MCP servers; null: none. */
  readonly mcpFile: string | null;
  /** Whether packages that tenants installed may start programs. */
  readonly packagePrograms: boolean;
  readonly network: 'none' | 'open';
  readonly isolation: 'auto' | 'required';
  /** Names of variables that programs get. */
  readonly env: readonly string[];
  readonly memoryBytes: number;
}

export const runToolsOf = (values: z.output<z.ZodObject<typeof RUN_TOOLS_FIELDS>>): RunToolsConfig => ({
  workspace: values.EVERTHREAD_WORKSPACE ?? null,
  manifestFolders: values.EVERTHREAD_TOOL_MANIFEST_DIRS,
  mcpFile: values.EVERTHREAD_MCP_CONFIG ?? null,
  packagePrograms: values.EVERTHREAD_PACKAGE_PROGRAMS,
  network: values.EVERTHREAD_TOOL_NETWORK,
  isolation: values.EVERTHREAD_TOOL_ISOLATION,
  env: values.EVERTHREAD_TOOL_ENV,
  memoryBytes: values.EVERTHREAD_TOOL_MEMORY_MB * 1_024 ** 2,
});
