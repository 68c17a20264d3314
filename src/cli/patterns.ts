/** `everthread pattern …`: definitions from a shell. `validate` needs no server; the rest speaks HTTP. */
import { Command, Option } from 'commander';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { EverthreadClient, EverthreadError, type ControlPlane } from '../client/client';
import { jsonOf } from './json-argument';
import { readText } from './text-file';

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));

type Api = () => ControlPlane['api'];

/** The command with all of its subcommands. `defaultUrl` is where the API of this machine would be. */
export function patternCommand(defaultUrl: string): Command {
  const pattern = new Command('pattern').description('work with patterns').option('--url <url>', 'address of the API', defaultUrl);
  const api: Api = () =>
    new EverthreadClient({ baseUrl: pattern.opts<{ url: string }>().url, apiKey: process.env.EVERTHREAD_API_KEY || undefined }).controlPlane.api;
  for (const command of [validateCommand(), pushCommand(api), runCommand(api), listCommand(api), showCommand(api), deleteCommand(api)])
    pattern.addCommand(command);
  return pattern;
}

interface Shown {
  readonly line?: number;
  readonly column?: number;
  readonly path: string;
  readonly message: string;
  readonly expected: string;
}

/** `review.yaml:4:3 aggregation.method: … (expected …)`, as editors understand it. */
const lineOf = (file: string, { line, column, path, message, expected }: Shown): string =>
  `${file}:${line ?? 1}:${column ?? 1} ${path === '' ? '' : `${path}: `}${message} (expected ${expected})`;

const validateCommand = (): Command =>
  new Command('validate')
    .description('check definitions on this machine; exits with 1 when one is not valid')
    .argument('<file...>', 'YAML files; - is the standard input')
    .action(async (files: string[]) => {
      const { parsePattern } = await import('../domain/pattern/parse-pattern.js');
      for (const file of files) {
        const parsed = parsePattern(readText(file));
        if (parsed.ok) print(`${file}: ${parsed.plan.name} ${parsed.plan.version} is valid`);
        else {
          for (const error of parsed.errors) print(lineOf(file, error));
          process.exitCode = 1;
        }
      }
    });

const pushCommand = (api: Api): Command =>
  new Command('push')
    .description('publish definitions; a version that is there and says the same stays as it is')
    .argument('<file...>', 'YAML files; - is the standard input')
    .action(async (files: string[]) => {
      for (const file of files) {
        try {
          const { data } = await api().POST('/api/patterns', { body: { definition: readText(file) } });
          print(`${data?.name} ${data?.version}`);
        } catch (problem) {
          const errors = problem instanceof EverthreadError ? problem.facts['errors'] : undefined;
          if (!Array.isArray(errors)) throw problem;
          for (const error of errors as Shown[]) print(lineOf(file, error));
          process.exitCode = 1;
        }
      }
    });

interface RunOptions {
  readonly input?: Record<string, unknown>;
  readonly timeout?: string;
  readonly priority?: 'low' | 'normal' | 'high' | 'critical';
  readonly async?: boolean;
  readonly key?: string;
}

/** A path or a file that is there is published first; anything else is the name of a pattern. */
const isFile = (text: string): boolean => text === '-' || /\.ya?ml$/i.test(text) || existsSync(text);

const runCommand = (api: Api): Command =>
  new Command('run')
    .description('execute a pattern and print what comes of it; exits with 1 when it fails')
    .argument('<pattern>', 'its name, name@range, or a file, which is published first')
    .option('--input <json>', 'its input, as JSON or @file', jsonOf)
    .option('--timeout <ms>', 'fail after so long')
    .addOption(new Option('--priority <word>').choices(['low', 'normal', 'high', 'critical']))
    .option('--async', 'print the id and do not wait')
    .option('--key <key>', 'Idempotency-Key: repeat it safely')
    .action(async (pattern: string, { input = {}, timeout, priority, async: noWait, key }: RunOptions) => {
      let address = addressOf(pattern);
      if (isFile(pattern)) {
        const { data } = await api().POST('/api/patterns', { body: { definition: readText(pattern) } });
        address = { path: { name: data?.name ?? '' }, query: { version: data?.version ?? '' } };
      }
      const { data } = await api().POST('/api/patterns/{name}/execute', {
        params: {
          path: address.path,
          query: { ...address.query, ...(noWait === true && { async: 'true' }) },
          header: { 'Idempotency-Key': key ?? randomUUID() },
        },
        body: { input: input as never, options: { ...(timeout !== undefined && { timeout: Number(timeout) }), ...(priority && { priority }) } },
      });
      if (noWait === true) return print(data?.executionId ?? '');
      printJson(data);
      if (data?.status !== 'completed') process.exitCode = 1;
    });

const listCommand = (api: Api): Command =>
  new Command('list')
    .description('list patterns by name')
    .option('--search <text>', 'a part of the name or of the description')
    .option('--limit <n>', 'at most so many', '100')
    .option('--json', 'print the whole answer')
    .action(async ({ search, limit, json }: { search?: string; limit: string; json?: boolean }) => {
      const { data } = await api().GET('/api/patterns', { params: { query: { limit: Number(limit), ...(search !== undefined && { search }) } } });
      if (json) return printJson(data);
      for (const { name, version, description } of data?.patterns ?? []) print(`${name}  ${version}  ${description}`);
    });

/** `review@1.x`, as a pattern calls another one. */
const addressOf = (text: string) => {
  const [name = '', version] = text.split('@', 2);
  return { path: { name }, query: version ? { version } : {} };
};

const showCommand = (api: Api): Command =>
  new Command('show')
    .description('print the definition of a pattern')
    .argument('<pattern>', 'its name, or name@range: review@1.x; the newest version without it')
    .option('--versions', 'list its versions instead')
    .option('--json', 'print the whole answer')
    .action(async (pattern: string, { versions, json }: { versions?: boolean; json?: boolean }) => {
      const params = addressOf(pattern);
      if (versions) {
        const { data } = await api().GET('/api/patterns/{name}/versions', { params: { path: params.path } });
        if (json) return printJson(data);
        for (const each of data?.versions ?? []) print(`${each.version}  ${each.createdAt}  ${each.createdBy}`);
        return;
      }
      const { data } = await api().GET('/api/patterns/{name}', { params });
      if (json) return printJson(data);
      process.stdout.write(data?.source ?? '');
    });

const deleteCommand = (api: Api): Command =>
  new Command('delete')
    .description('delete a pattern, or one version of it')
    .argument('<pattern>', 'its name for all of it, or name@version for exactly that version')
    .action(async (pattern: string) => {
      const { data } = await api().DELETE('/api/patterns/{name}', { params: addressOf(pattern) });
      print(`${pattern}: ${data?.versionsRemoved} deleted`);
    });
