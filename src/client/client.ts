/**
 * `everthread/client`: a client of all surfaces, for Node 20 and newer and for browsers. It needs `fetch` and nothing else of its surroundings; docs/client.md
 * has examples.
 */
import { ControlPlane } from './control-plane';
import { InvalidError } from './errors';
import { ManagedThreads } from './managed-threads';
import { Runs } from './runs';
import { Scripts } from './scripts';
import { Threads } from './threads';
import { Transport, type ClientOptions } from './transport';

export {
  ConflictError,
  EverthreadError,
  ForbiddenError,
  InternalError,
  InvalidError,
  NotFoundError,
  RateLimitedError,
  TimeoutError,
  UnauthenticatedError,
  UnavailableError,
  UnsupportedError,
} from './errors';
export type { ErrorDetails } from './errors';
export type {
  ExecutionMessage,
  FollowThread,
  ManagedThreads,
  NewDecision,
  PrepareThread,
  SpawnThread,
  Thread,
  ThreadAnswer,
  ThreadEvent,
  ThreadInput,
  ThreadMessage,
} from './managed-threads';
export type { ControlPlane } from './control-plane';
export type { LedgerEntryEvent, Runs, RunSession, StartRun } from './runs';
export type { ConversationAgent, ConversationEvent, ConversationThread, StartThreadRun, ThreadFrame, Threads } from './threads';
export type { Scripts, ScriptStepEvent, ScriptThread, ScriptThreadEvent, StartScriptThread } from './scripts';
export type { CallOptions, CommandOptions } from './surface-client';
export type { ClientOptions } from './transport';

export class EverthreadClient {
  readonly managedThreads: ManagedThreads;
  readonly controlPlane: ControlPlane;
  readonly runs: Runs;
  readonly threads: Threads;
  readonly scripts: Scripts;

  constructor(options: ClientOptions) {
    if (!/^https?:\/\//.test(options.baseUrl)) throw misused('baseUrl: expected an address that begins with http:// or https://', 'baseUrl');
    if (options.apiKey !== undefined && options.token !== undefined) throw misused('apiKey and token: expected one of them', 'token');
    const transport = new Transport(options);
    this.managedThreads = new ManagedThreads(transport);
    this.controlPlane = new ControlPlane(transport);
    this.runs = new Runs(transport);
    this.threads = new Threads(transport);
    this.scripts = new Scripts(transport);
  }
}

const misused = (message: string, field: string): InvalidError =>
  new InvalidError(message, { status: 0, code: 'client.options', facts: { field }, requestId: null, retryAfterMs: null });
