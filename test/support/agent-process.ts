/** An agent as a program of its own, written as its users write one: on `everthread/agent`, in a process that a test may kill. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { rememberUntilExit } from './processes';

const MODULE = join(__dirname, '..', '..', 'dist', 'src', 'agent-sdk', 'agent.js');

/** Answers what it is told to: `{"echo": …}`, `{"sleepMs": …}`, `{"fail": {…}}`. Says on its standard output what it is asked and what is cancelled. */
const PROGRAM = `
const { runAgent, TaskError } = require(${JSON.stringify(MODULE)});
const say = (fact) => process.stdout.write(JSON.stringify(fact) + '\\n');
const options = JSON.parse(process.argv[1]);
const agent = runAgent({
  ...options,
  log: (message, facts) => say({ log: message, ...facts }),
  perform: async ({ taskId, input }, { signal }) => {
    say({ asked: taskId, input });
    if (input && input.sleepMs) await new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, input.sleepMs);
      signal.addEventListener('abort', () => { clearTimeout(timer); say({ cancelled: taskId, reason: signal.reason.message }); reject(signal.reason); });
    });
    if (input && input.fail) throw new TaskError(input.fail.code, input.fail.message, { retryable: input.fail.retryable });
    return { result: { by: options.id, echo: input && input.echo }, confidence: 0.9, reasoning: 'because' };
  },
});
agent.registered.then((id) => say({ registered: id }));
agent.ended.then(() => say({ ended: 'stopped' }), (problem) => say({ ended: problem.reason }));
process.on('message', (message) => message === 'stop' && agent.stop().then(() => process.disconnect()));
`;

export interface AgentProcess {
  /** What it said so far. */
  readonly said: readonly Readonly<Record<string, any>>[];
  kill(signal?: NodeJS.Signals): void;
  /** Ends it as its owner would. */
  stop(): Promise<void>;
}

export interface AgentProcessOptions {
  readonly url: string;
  readonly id: string;
  readonly capabilities: readonly string[];
  readonly credential?: string;
  readonly maxConcurrentTasks?: number;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

const running = new Set<ChildProcess>();

export function agentProcess(options: AgentProcessOptions): AgentProcess {
  const child = spawn(process.execPath, ['-e', PROGRAM, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { PATH: process.env['PATH'] },
  });
  running.add(child);
  rememberUntilExit(child);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  void exited.then(() => running.delete(child));
  const said: Readonly<Record<string, unknown>>[] = [];
  let rest = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) said.push(JSON.parse(line) as Readonly<Record<string, unknown>>);
  });
  return {
    said,
    kill: (signal = 'SIGKILL') => void child.kill(signal),
    async stop() {
      if (child.exitCode === null && child.connected) child.send('stop');
      await exited;
    },
  };
}

/** Kills those that a test left running. */
export function endAgentProcesses(): void {
  for (const child of running) child.kill('SIGKILL');
}
