/** The tools that every run has (digest §5). */
import type { Tool } from '../../contracts/run/ports';
import type { AddressRule } from '../../outgoing/address-rule';
import { shellTool, type ProcessTools } from '../shell/shell';
import type { Workspace } from '../workspace/confined-path';
import { delegateTool } from './delegate';
import { fsPatch } from './fs-patch';
import { fsRead } from './fs-read';
import { grep } from './grep';
import { httpTool } from './http';
import { kvTools } from './kv';
import { listFiles, repoMap } from './look-around';
import { memoryTools } from './memory';
import { testRun } from './test-run';

export interface BuiltInWorld {
  readonly processes: ProcessTools;
  readonly rule: AddressRule;
  readonly workspaceOf: (root: string) => Workspace;
}

export const builtInTools = ({ processes, rule, workspaceOf }: BuiltInWorld): readonly Tool[] => [
  ...kvTools,
  ...memoryTools,
  delegateTool,
  ...[fsRead, fsPatch, listFiles, repoMap, grep].map((tool) => tool(workspaceOf)),
  testRun(processes),
  shellTool(processes, workspaceOf),
  httpTool(rule),
];
