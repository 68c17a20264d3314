/** LangGraph's dev server with an agent that repeats what it hears (bench/langgraph), in an environment of Python of its own. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, cpSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../src/embedded/ports';
import { Fault } from '../src/errors/fault';
import { until } from './waiting';

const ROOT = join(__dirname, '..', '..');
const INSTALL_MS = 15 * 60_000;
const UP_MS = 120_000;
const END_MS = 10_000;

export class LangGraphServer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    readonly url: string,
  ) {
    process.once('exit', this.onExit);
  }

  /** Null where this machine has no Python that it runs on. */
  static async start(say: (line: string) => void): Promise<LangGraphServer | null> {
    const installer = join(ROOT, 'scripts', 'python-environment.mjs');
    const found = await promisify(execFile)(process.execPath, [installer, 'langgraph'], { timeout: INSTALL_MS }).catch((problem: unknown) => {
      if ((problem as { readonly code?: unknown }).code !== 3) throw problem;
      say(`  ${String((problem as { readonly stderr?: unknown }).stderr)}`);
      return null;
    });
    if (!found) return null;
    // It writes beside its configuration.
    const folder = mkdtempSync(join(tmpdir(), 'everthread-bench-langgraph-'));
    cpSync(join(ROOT, 'bench', 'langgraph'), folder, { recursive: true });
    const port = await freePort(0, 'none');
    const python = found.stdout.trim();
    const args = ['-m', 'langgraph_cli', 'dev', '--no-browser', '--no-reload', '--host', '127.0.0.1', '--port', String(port), '--config', 'langgraph.json'];
    const env = {
      ...{ PATH: `${dirname(python)}:${process.env['PATH'] ?? '/usr/bin:/bin'}`, HOME: folder, LANG: 'C.UTF-8', LOG_LEVEL: 'ERROR' },
      ...{ LANGSMITH_TRACING: 'false', LANGGRAPH_CLI_NO_ANALYTICS: '1', N_JOBS_PER_WORKER: '20' },
    };
    const child = spawn(python, args, { cwd: folder, env, stdio: 'ignore', detached: true });
    const server = new LangGraphServer(child, folder, `http://127.0.0.1:${port}`);
    try {
      await until(UP_MS, 'the LangGraph dev server', () => server.isUp(), 250);
      return server;
    } catch (problem) {
      await server.stop();
      throw problem;
    }
  }

  private async isUp(): Promise<true | null> {
    if (this.child.exitCode !== null) throw new Fault('internal', 'bench.helper', `the LangGraph dev server ended with ${this.child.exitCode}`);
    const answer = await fetch(`${this.url}/ok`).catch(() => null);
    return answer?.ok ? true : null;
  }

  /** It starts processes of its own: the whole group ends. */
  private end(how: NodeJS.Signals): void {
    try {
      if (this.child.pid !== undefined) process.kill(-this.child.pid, how);
    } catch {
      // It has ended.
    }
  }
  private readonly onExit = (): void => this.end('SIGKILL');

  async stop(): Promise<void> {
    process.off('exit', this.onExit);
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exited = once(this.child, 'exit');
      this.end('SIGTERM');
      await Promise.race([exited, delay(END_MS, undefined, { ref: false })]);
    }
    this.end('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
