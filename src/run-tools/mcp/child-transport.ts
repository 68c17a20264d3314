/**
 * An MCP server as a child process: JSON-RPC over its standard input and output, what it says on the third one in the log. Unlike the SDK's own transport it gives an explicit
 * environment, and ends everything that the server started, also when this process is killed.
 */
import { ReadBuffer, serializeMessage } from '@modelcontextprotocol/sdk/shared/stdio.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { redactor, secretsOf } from '../../domain/redaction';
import { Fault } from '../../errors/fault';
import { endProcesses, MARK, processesOf } from '../../ptyd/processes';
import { programPath, type ProcessRules } from '../process/run-pipeline';
import { memoryWatch } from '../process/memory-watch';
import type { ToolLog } from '../tool-source';
import type { McpServerSpec } from './mcp-config';

/** Bytes of one message. */
const MESSAGE_MAX = 8 * 1_024 * 1_024;
const LINE_MAX = 500;
const LINE_READ_MAX = 8_192;
/** Lines of a server that are logged; the further ones are read and dropped. */
const LINES_MAX = 1_000;
/** For a server to leave by itself once its input has ended. */
const GRACE_MS = 500;

export interface ServerWorld {
  readonly rules: ProcessRules;
  /** Where servers run that say nothing else. */
  readonly cwd: string;
  /** For `env_from`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: ToolLog;
}

/** The variables of a server, besides those that every program has. */
export function givenTo({ env, env_from }: Pick<McpServerSpec, 'env' | 'env_from'>, { rules, env: own }: ServerWorld): Record<string, string> {
  const from = env_from.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]] as const]));
  return { ...rules.env, ...Object.fromEntries(from), ...env };
}

export class ChildTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;

  private readonly mark = `mcp-${randomUUID()}`;
  private readonly buffer = new ReadBuffer({ maxBufferSize: MESSAGE_MAX });
  private child: ChildProcessWithoutNullStreams | null = null;
  private unwatch: () => void = () => undefined;
  private folder: string | null = null;
  private ending: Promise<void> | null = null;

  constructor(
    private readonly name: string,
    private readonly spec: McpServerSpec,
    private readonly world: ServerWorld,
  ) {}

  async start(): Promise<void> {
    const { rules, cwd } = this.world;
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'everthread-mcp-')));
    this.folder = folder;
    for (const name of ['home', 'tmp', 'stash']) await mkdir(join(folder, name));
    const argv = [await programPath(this.spec.command, rules.path), ...this.spec.args];
    const at = this.spec.cwd ?? cwd;
    const wanted = { network: this.spec.network, cwd: at, workspace: at, hidden: rules.hidden, stash: join(folder, 'stash') };
    const [program = '', ...args] = rules.sandbox.wrap(argv, { ...wanted, memoryBytes: rules.memoryBytes, timeoutMs: Infinity });
    const child = spawn(program, args, { cwd: at, env: this.environment(folder), stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    this.child = child;
    this.listen(child);
    if (child.pid !== undefined) this.watchMemory(child.pid);
    await new Promise<void>((ready, fail) => {
      child.once('spawn', () => ready());
      child.once('error', fail);
    });
  }

  private environment(folder: string): Record<string, string> {
    const always = { PATH: this.world.rules.path, HOME: join(folder, 'home'), TMPDIR: join(folder, 'tmp'), LANG: 'C.UTF-8' };
    return { ...always, ...givenTo(this.spec, this.world), [MARK]: this.mark };
  }

  private watchMemory(root: number): void {
    const session = { root, mark: this.mark, seen: new Map<number, string>() };
    const maxBytes = this.world.rules.memoryBytes;
    this.unwatch = memoryWatch.add({
      ...{ session, maxBytes },
      onOver: (bytes) => {
        this.world.log.warn({ server: this.name, bytes, maxBytes }, 'an MCP server holds more memory than it may, and is ended');
        void this.close();
      },
    });
  }

  private listen(child: ChildProcessWithoutNullStreams): void {
    child.on('error', (problem) => this.onerror?.(problem));
    child.on('exit', () => void this.close());
    child.stdin.on('error', (problem) => this.onerror?.(problem));
    child.stdout.on('error', (problem) => this.onerror?.(problem));
    child.stdout.on('data', (chunk: Buffer) => this.take(chunk));
    child.stderr.on('error', () => undefined);
    const clean = redactor(secretsOf(givenTo(this.spec, this.world)));
    let lines = 0;
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (++lines <= LINES_MAX) this.world.log.info({ server: this.name, line: clean(line.slice(0, LINE_READ_MAX)).slice(0, LINE_MAX) }, 'an MCP server says');
    });
  }

  private take(chunk: Buffer): void {
    try {
      this.buffer.append(chunk);
      for (let message = this.buffer.readMessage(); message !== null; message = this.buffer.readMessage()) this.onmessage?.(message);
    } catch (problem) {
      // Not JSON-RPC, or a message without an end: there is no place to go on from.
      this.onerror?.(problem instanceof Error ? problem : new Fault('unavailable', 'tool.mcp_unavailable', String(problem)));
      void this.close();
    }
  }

  send(message: JSONRPCMessage): Promise<void> {
    const { child } = this;
    if (!child?.stdin.writable) return Promise.reject(new Fault('unavailable', 'tool.mcp_unavailable', `The MCP server ${this.name} is not connected.`));
    return new Promise((sent, fail) => {
      child.stdin.write(serializeMessage(message), (problem) => (problem ? fail(problem) : sent()));
    });
  }

  /** Ends the server and whatever it started. Twice is once. */
  close(): Promise<void> {
    return (this.ending ??= this.end());
  }

  private async end(): Promise<void> {
    const { child, folder, mark } = this;
    this.unwatch();
    const pid = child?.pid;
    if (child && pid !== undefined) {
      child.stdin.end();
      const session = { root: pid, mark, seen: new Map<number, string>() };
      const left = await endProcesses((all) => processesOf(session, all), GRACE_MS);
      if (left.length > 0) this.world.log.error({ server: this.name, pids: left }, 'processes of an MCP server could not be ended');
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    }
    if (folder !== null) await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
    this.buffer.clear();
    this.onclose?.();
  }
}
