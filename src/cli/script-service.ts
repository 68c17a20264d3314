/** Commands of `everthread script` that speak to a server, over its HTTP API: scripts, their versions, and what is there for them. Threads: ./script-threads.ts. */
import { Command } from 'commander';
import { randomUUID } from 'node:crypto';
import { EverthreadClient, type Scripts } from '../client/client';
import { THREAD_COMMANDS } from './script-threads';
import { readText } from './text-file';

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));

type Client = () => Scripts;
const ofScript = (name: string) => ({ params: { path: { name } } });
const keyed = (given: string | undefined) => ({ 'Idempotency-Key': given ?? randomUUID() });

/** Adds them to `script`, whose option `--url` says where the server is. */
export function servedCommands(script: Command): Command {
  const client: Client = () =>
    new EverthreadClient({ baseUrl: script.opts<{ url: string }>().url, apiKey: process.env.EVERTHREAD_API_KEY || undefined }).scripts;
  const ofScripts = [createCommand, listCommand, showCommand, saveCommand, publishCommand, rollbackCommand, versionsCommand, codeCommand, deleteCommand];
  for (const command of [...ofScripts, ...THREAD_COMMANDS, toolsCommand, templatesCommand, envCommand]) script.addCommand(command(client));
  return script;
}

const createCommand = (client: Client): Command =>
  new Command('create')
    .description('create a script')
    .argument('<name>')
    .option('--description <text>')
    .option('--tags <names>', 'separated by commas')
    .option('--template <name>', 'begin with the draft of a template')
    .option('--key <key>', 'Idempotency-Key: repeat it safely')
    .action(async (name: string, { description, tags, template, key }: { description?: string; tags?: string; template?: string; key?: string }) => {
      const body = {
        ...{ name, ...(description !== undefined && { description }) },
        ...(tags !== undefined && { tags: tags.split(',') }),
        ...(template !== undefined && { fromTemplate: template }),
      };
      await client().api.POST('/v1/scriptum/scripts', { params: { header: keyed(key) }, body });
      print(name);
    });

const listCommand = (client: Client): Command =>
  new Command('list')
    .description('list scripts by name')
    .option('--tags <names>', 'with all of these, separated by commas')
    .option('--json', 'print the whole answer')
    .action(async ({ tags, json }: { tags?: string; json?: boolean }) => {
      const query = { pageSize: '1000', ...(tags !== undefined && { tags: tags.split(',') }) };
      const { data } = await client().api.GET('/v1/scriptum/scripts', { params: { query } });
      if (json) return printJson(data);
      for (const { name, status, activeVersion, description } of data?.scripts ?? [])
        print(`${name.padEnd(32)}  ${status.padEnd(8)}  v${activeVersion}  ${description}`);
    });

const showCommand = (client: Client): Command =>
  new Command('show')
    .description('print the record of a script')
    .argument('<name>')
    .action(async (name: string) => printJson((await client().api.GET('/v1/scriptum/scripts/{name}', ofScript(name))).data));

const saveCommand = (client: Client): Command =>
  new Command('save')
    .description('save a file as the draft of a script, and say what is wrong with it')
    .argument('<name>')
    .argument('<file>', '- is the standard input')
    .action(async (name: string, file: string) => {
      const { api } = client();
      await api.POST('/v1/scriptum/scripts/{name}/draft', { ...ofScript(name), body: { content: readText(file) } });
      await compiled(client, name, file);
    });

async function compiled(client: Client, name: string, file: string): Promise<boolean> {
  const { data } = await client().api.POST('/v1/scriptum/scripts/{name}/draft/compile', { ...ofScript(name), body: {} });
  for (const { line, column, severity, message, hint } of data?.diagnostics ?? [])
    print(`${file}:${line}:${column}: ${severity.toLowerCase()}: ${message}${hint === '' ? '' : ` ${hint}`}`);
  if (data?.ok !== true) process.exitCode = 1;
  return data?.ok === true;
}

const publishCommand = (client: Client): Command =>
  new Command('publish')
    .description('publish the draft of a script, or a file, as its next version')
    .argument('<name>')
    .argument('[file]', 'saved as the draft before; the script is made where there is none; - is the standard input')
    .option('--notes <text>')
    .option('--key <key>', 'Idempotency-Key: repeat it safely')
    .action(async (name: string, file: string | undefined, { notes, key }: { notes?: string; key?: string }) => {
      const { api } = client();
      if (file !== undefined) {
        const content = readText(file);
        await made(client, name);
        await api.POST('/v1/scriptum/scripts/{name}/draft', { ...ofScript(name), body: { content } });
        if (!(await compiled(client, name, file))) return;
      }
      const params = { path: { name }, header: keyed(key) };
      const { data } = await api.POST('/v1/scriptum/scripts/{name}/draft/publish', { params, body: notes === undefined ? {} : { notes } });
      print(`${name} v${data?.version}`);
    });

/** Makes the script; that it is there already is as good. */
async function made(client: Client, name: string): Promise<void> {
  await client()
    .api.POST('/v1/scriptum/scripts', { params: { header: keyed(undefined) }, body: { name } })
    .catch((problem: unknown) => {
      if ((problem as { code?: unknown }).code !== 'script.exists') throw problem;
    });
}

const rollbackCommand = (client: Client): Command =>
  new Command('rollback')
    .description('make a version of a script the active one again')
    .argument('<name>')
    .option('--to <version>', '0: the one that was active before', '0')
    .action(async (name: string, { to }: { to: string }) => {
      const { data } = await client().api.POST('/v1/scriptum/scripts/{name}/rollback', { ...ofScript(name), body: { toVersion: Number(to) } });
      print(`${name} v${data?.version}`);
    });

const versionsCommand = (client: Client): Command =>
  new Command('versions')
    .description('list the versions of a script, newest first')
    .argument('<name>')
    .action(async (name: string) => {
      const { data } = await client().api.GET('/v1/scriptum/scripts/{name}/versions', ofScript(name));
      for (const { version, status, publishedAtMs, publishedBy, notes } of data?.versions ?? [])
        print(`v${version}  ${status.padEnd(10)}  ${new Date(Number(publishedAtMs)).toISOString()}  ${publishedBy}  ${notes}`);
    });

const codeCommand = (client: Client): Command =>
  new Command('code')
    .description('print the text of a version of a script')
    .argument('<name>')
    .option('--version <n>', '0: the active one', '0')
    .action(async (name: string, { version }: { version: string }) => {
      const { data } = await client().api.GET('/v1/scriptum/scripts/{name}/code', { params: { path: { name }, query: { version } } });
      process.stdout.write(data?.content ?? '');
    });

const deleteCommand = (client: Client): Command =>
  new Command('delete')
    .description('delete a script with its versions and its environment; its threads stay')
    .argument('<name>')
    .action(async (name: string) => {
      await client().api.DELETE('/v1/scriptum/scripts/{name}', ofScript(name));
      print(`${name} is deleted`);
    });

const toolsCommand = (client: Client): Command =>
  new Command('tools').description('list the tools that scripts can import').action(async () => {
    const { data } = await client().api.GET('/v1/scriptum/tools', {});
    for (const { name, source, description } of data?.tools ?? []) print(`${name.padEnd(24)}  ${source.padEnd(12)}  ${description.split('\n')[0]}`);
  });

const templatesCommand = (client: Client): Command =>
  new Command('templates')
    .description('list templates, or print one')
    .argument('[name]')
    .action(async (name: string | undefined) => {
      const { api } = client();
      if (name !== undefined) return void process.stdout.write((await api.GET('/v1/scriptum/templates/{name}', ofScript(name))).data?.content ?? '');
      for (const template of (await api.GET('/v1/scriptum/templates', {})).data?.templates ?? []) print(`${template.name.padEnd(24)}  ${template.description}`);
    });

const envCommand = (client: Client): Command =>
  new Command('env')
    .description('list the variables of the tenant, set one (KEY=value), or take one away (KEY=)')
    .argument('[assignment]')
    .option('--secret', 'lists mask its value')
    .action(async (assignment: string | undefined, { secret }: { secret?: boolean }) => {
      const { api } = client();
      const [key = '', value = ''] = assignment === undefined ? [] : [assignment.split('=', 1)[0], assignment.slice(assignment.indexOf('=') + 1)];
      if (assignment !== undefined && value === '') await api.DELETE('/v1/scriptum/env/{key}', { params: { path: { key } } });
      else if (assignment !== undefined) await api.PUT('/v1/scriptum/env', { body: { key, value, secret: secret === true } });
      const { data } = await api.GET('/v1/scriptum/env', { params: { query: { pageSize: '1000' } } });
      for (const variable of data?.variables ?? []) print(`${variable.key}=${variable.secret ? '…' : variable.value}`);
    });
