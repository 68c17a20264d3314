/** Commands of `everthread script` for threads: started, followed, answered, over the HTTP API. */
import { Command, Option } from 'commander';
import type { Scripts, ScriptThread, ScriptThreadEvent } from '../client/client';
import { jsonOf } from './json-argument';

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));

type Client = () => Scripts;

interface Running {
  readonly version: string;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly timeout?: string;
  readonly local?: boolean;
  readonly env?: boolean;
  readonly callback?: string;
  readonly detach?: boolean;
  readonly key?: string;
}

const runCommand = (client: Client): Command =>
  new Command('run')
    .description('start a thread of a script, and follow it until it has ended or asks')
    .argument('<name>')
    .option('--input <json>', 'an object, or @file', jsonOf)
    .option('--version <n>', '0: the active one', '0')
    .option('--timeout <time>', '90s, 5m, 1h, 2d')
    .option('--local', 'on the host that asks, instead of on the workers')
    .option('--env', 'with the environment of the tenant and the script')
    .option('--callback <url>', 'told when it has ended')
    .option('--detach', 'print its id and leave it')
    .option('--key <key>', 'Idempotency-Key: repeat it safely')
    .action(async (scriptName: string, { version, input, timeout, local, env, callback, detach, key }: Running) => {
      const body = {
        ...{ scriptName, version: Number(version), loadEnv: env === true, executionMode: local ? ('LOCAL' as const) : ('CLOUD' as const) },
        ...(input !== undefined && { inputJson: JSON.stringify(input) }),
        ...(timeout !== undefined && { timeout }),
        ...(callback !== undefined && { callbackUrl: callback }),
      };
      const { threadId } = await client().start(body, key === undefined ? {} : { idempotencyKey: key });
      print(threadId);
      if (!detach) await followed(client(), threadId);
    });

/** `3  step_completed  1.0.2 "Fetch"`. */
function lineOf(event: ScriptThreadEvent): string {
  const { sequence, atMs: _at, threadId: _id, ...cases } = event;
  const [name, data] = Object.entries(cases).find(([, value]) => value !== undefined) ?? ['event', {}];
  const { stepPath, label, pause, error } = data as {
    stepPath?: string;
    label?: string;
    pause?: { stepPath: string; prompt: string };
    error?: { message: string };
  };
  const said = pause ? `${pause.stepPath} ${pause.prompt}` : [stepPath, label && JSON.stringify(label), error?.message].filter(Boolean).join(' ');
  return `${sequence.padStart(5)}  ${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).padEnd(18)}  ${said}`;
}

/** Until it has ended, or waits for a person: then what to say to it is printed. */
async function followed(scripts: Scripts, threadId: string): Promise<void> {
  for await (const event of scripts.follow(threadId)) {
    print(lineOf(event));
    if (event.threadPaused && !(await goesOn(scripts, threadId))) return;
  }
  ended(await scripts.get(threadId), await scripts.output(threadId));
}

async function goesOn(scripts: Scripts, threadId: string): Promise<boolean> {
  const { status, pauses } = await scripts.get(threadId);
  if (status !== 'PAUSED') return true;
  for (const { stepPath, prompt, optionsJson, error } of pauses)
    print(
      `waits at ${stepPath}: ${prompt || (error?.message ?? '')}${optionsJson === '' ? '' : ` ${optionsJson}`}\n  everthread script resume ${threadId} '${error ? '{"<argument>": …}' : '{"value": …}'}' --step ${stepPath}`,
    );
  return false;
}

function ended({ status, error }: ScriptThread, output: unknown): void {
  print(status === 'COMPLETED' ? JSON.stringify(output ?? null, null, 2) : `${status}: ${error}`);
  if (status !== 'COMPLETED') process.exitCode = 1;
}

const STATUSES = ['PENDING', 'RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED'] as const;

const threadsCommand = (client: Client): Command =>
  new Command('threads')
    .description('list threads, newest first')
    .addOption(new Option('--status <word>').choices(STATUSES))
    .option('--script <name>')
    .option('--limit <n>', 'at most so many', '50')
    .option('--json', 'print the whole answer')
    .action(async ({ status, script, limit, json }: { status?: (typeof STATUSES)[number]; script?: string; limit: string; json?: boolean }) => {
      const query = { pageSize: limit, ...(status && { statusFilter: status }), ...(script !== undefined && { scriptNameFilter: script }) };
      const { data } = await client().api.GET('/v1/scriptum/threads', { params: { query } });
      if (json) return printJson(data);
      for (const { threadId, status: now, scriptName, version, currentStepPath, currentStepName } of data?.threads ?? [])
        print(`${threadId}  ${now.padEnd(9)}  ${scriptName} v${version}  ${currentStepPath} ${currentStepName}`.trimEnd());
    });

const threadCommand = (client: Client): Command =>
  new Command('thread')
    .description('print the record of a thread')
    .argument('<thread>')
    .action(async (threadId: string) => printJson(await client().get(threadId)));

const watchCommand = (client: Client): Command =>
  new Command('watch')
    .description('print what happens to a thread, or to one of its steps, until it has ended')
    .argument('<thread>')
    .option('--step <path>')
    .option('--json', 'print each event as it comes')
    .action(async (threadId: string, { step, json }: { step?: string; json?: boolean }) => {
      const scripts = client();
      if (step !== undefined) for await (const event of scripts.followStep(threadId, step)) print(JSON.stringify(event));
      else for await (const event of scripts.follow(threadId)) print(json ? JSON.stringify(event) : lineOf(event));
    });

const resumeCommand = (client: Client): Command =>
  new Command('resume')
    .description('answer what a thread asks, or correct the input of the step that failed')
    .argument('<thread>')
    .argument('[json]', '{"value": …, "comment": …}, or arguments by name, or @file', jsonOf)
    .option('--step <path>', 'where several steps wait')
    .option('--key <key>', 'Idempotency-Key: repeat it safely')
    .action(async (threadId: string, override: Record<string, unknown> | undefined, { step, key }: { step?: string; key?: string }) => {
      const options = { ...(step !== undefined && { stepPath: step }), ...(key !== undefined && { idempotencyKey: key }) };
      print(`${threadId} ${(await client().resume(threadId, override ?? {}, options)).status}`);
    });

const cancelCommand = (client: Client): Command =>
  new Command('cancel')
    .description('cancel a thread: what it does is interrupted')
    .argument('<thread>')
    .option('--reason <text>')
    .action(async (threadId: string, { reason }: { reason?: string }) => {
      print(`${threadId} ${(await client().cancel(threadId, reason === undefined ? {} : { reason })).status}`);
    });

const resultCommand = (client: Client): Command =>
  new Command('result')
    .description('print what a thread, or one of its steps, has come to')
    .argument('<thread>')
    .option('--step <path>')
    .action(async (threadId: string, { step }: { step?: string }) =>
      printJson((await client().output(threadId, step === undefined ? {} : { stepPath: step })) ?? null),
    );

export const THREAD_COMMANDS = [runCommand, threadsCommand, threadCommand, watchCommand, resumeCommand, cancelCommand, resultCommand];
