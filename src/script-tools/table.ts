/** The tools that come with the server as a table for docs/script-tools.md. */
import type { ScriptModels } from '../contracts/script/talk';
import type { ScriptTool, ScriptToolDefinition } from '../contracts/script/tools';
import { Fault } from '../errors/fault';
import { httpTool } from './native/http';
import { meaningTools } from './native/meaning';
import { talkTools } from './native/talk';
import { valueTools } from './native/values';
import { executeTool, type PatternsOfScripts } from './patterns';
import { threadTools, type ThreadsOfScripts } from './threads';

/** Definitions alone: nothing is ever performed with these. */
const nobody = (): never => {
  throw new Fault('internal', 'internal', 'These tools are for their descriptions alone.');
};
const MODELS: ScriptModels = { talk: nobody, embed: nobody, rerank: nobody, transcribe: nobody };
const PATTERNS: PatternsOfScripts = { start: nobody, end: nobody, cancel: nobody, list: nobody };
const THREADS: ThreadsOfScripts = { spawn: nobody, send: nobody, answer: nobody, interrupt: nobody, stop: nobody, find: nobody, follow: nobody };

const described: readonly ScriptTool[] = [
  ...[...talkTools(MODELS), ...meaningTools(MODELS)],
  ...[httpTool({ allowPrivate: false }), ...valueTools, ...threadTools(THREADS), executeTool(PATTERNS)],
];

function argumentsOf({ inputSchema }: ScriptToolDefinition): string {
  const required = new Set(inputSchema['required'] as readonly string[] | undefined);
  const names = Object.keys((inputSchema['properties'] ?? {}) as Readonly<Record<string, unknown>>);
  return names.map((name) => (required.has(name) ? `\`${name}\`` : `\`${name}\`?`)).join(', ') || 'none';
}

const row = ({ definition }: ScriptTool): string =>
  `| \`${definition.name}\` from ${definition.source} | ${argumentsOf(definition)} | ${definition.effect} | ${definition.description} |`;

export const scriptToolTable = (): string =>
  ['| tool | arguments | effect | what it does and gives |', '| --- | --- | --- | --- |', ...described.map(row)].join('\n');
