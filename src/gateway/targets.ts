/**
 * What schedules and triggers start, by the same ways as clients do: a thread is spawned under an `Idempotency-Key`, a message is sent under a request id, and so the
 * same key starts once, however often and from wherever it is asked.
 */
import type { Cause } from '../contracts/actor';
import { parse } from '../contracts/parse';
import type { Principal } from '../contracts/principal';
import type { CreateThreadRequest } from '../contracts/script/ports';
import { isTerminal, type ThreadStatus } from '../contracts/managed-thread/status';
import type { SpawnThread } from '../contracts/managed-thread/spawn';
import { isServed, TARGET_INPUTS, type ServedKind, type StartedTarget, type Target } from '../contracts/target';
import { inputFor } from '../domain/execution/input';
import { Fault } from '../errors/fault';
import type { ExecuteRequest, FoundPattern } from './executions';
import { defaultChoice, type RunRequest } from './run-start';
import { specOf } from './thread-start';

/** What this needs of the gateway of managed threads. */
interface Threads {
  spawn(
    principal: Principal,
    body: SpawnThread,
    options: { readonly idempotencyKey: string; readonly requestId: string },
  ): Promise<{ readonly thread: { readonly id: string } }>;
  send(principal: Principal, id: string, input: { readonly message: string }, request: { readonly requestId: string }): Promise<unknown>;
}

/** What this needs of the gateway of executions. */
interface Executed {
  patternOf(principal: Principal, name: string, range: string | null): Promise<FoundPattern>;
  start(
    principal: Principal,
    request: ExecuteRequest,
    options: { readonly idempotencyKey: string; readonly requestId: string },
  ): Promise<{ readonly execution: { readonly id: string } }>;
}

/** What this needs of the gateway of runs. */
interface Run {
  checkRequest(principal: Principal, request: RunRequest): Promise<void>;
  create(
    principal: Principal,
    request: RunRequest,
    options: { readonly idempotencyKey: string; readonly requestId: string },
  ): Promise<{ readonly run: { readonly id: string } }>;
}

/** What this needs of the gateway of threads of scripts. */
interface ScriptThread {
  check(principal: Principal, request: CreateThreadRequest): Promise<void>;
  create(
    principal: Principal,
    request: CreateThreadRequest,
    options: { readonly idempotencyKey: string; readonly requestId: string },
  ): Promise<{ readonly id: string }>;
}

export interface TargetDependencies {
  readonly scripts: ScriptThread;
  readonly runs: Run;
  readonly threads: Threads;
  readonly executions: Executed;
  findThread(tenant: string, id: string): Promise<{ readonly status: ThreadStatus } | null>;
  /** Types of agents that this process and the living hosts know. */
  agentTypes(): Promise<readonly string[]>;
}

export interface StartRequest {
  readonly tenant: string;
  readonly target: Target;
  readonly key: string;
  readonly by: Cause;
}

export class Targets {
  constructor(private readonly deps: TargetDependencies) {}

  /**
   * Throws what a start would be refused with for ever, naming the field below `target`. Faults: `target.unsupported` (unsupported), `target.invalid` (invalid), and
   * those of the work itself (`thread.unknown_agent_type`, `thread.workspace_required`, …).
   */
  async check(tenant: string, target: Target): Promise<void> {
    try {
      const known = inputOf(target);
      if (known.kind === 'managed-thread') {
        await this.assertAgentType(known.input.agentType);
        specOf(tenant, 'thr_checked', known.input, '');
        return;
      }
      if (known.kind === 'pattern') {
        const { plan } = await this.deps.executions.patternOf(checker(tenant), known.input.patternName, known.input.version ?? null);
        inputFor(plan, known.input.input, 'input');
        return;
      }
      if (known.kind === 'run') return await this.deps.runs.checkRequest(checker(tenant), runRequestOf(known.input));
      if (known.kind === 'script') return await this.deps.scripts.check(checker(tenant), scriptRequestOf(known.input));
      const thread = await this.deps.findThread(tenant, known.input.threadId);
      if (!thread) throw refused('threadId', 'there is no thread of this id');
      if (isTerminal(thread.status)) throw refused('threadId', `the thread is ${thread.status} and takes no messages`);
    } catch (thrown) {
      throw below(thrown);
    }
  }

  /** Starts once for each key; a repetition answers as the first time. Faults as in {@link check}, and whatever the work's own route would say. */
  async start({ tenant, target, key, by }: StartRequest): Promise<StartedTarget> {
    const known = inputOf(target);
    const principal: Principal = { tenant, subject: by.subject, scopes: [], keyId: null, operator: false, via: by.via };
    if (known.kind === 'managed-thread') {
      await this.assertAgentType(known.input.agentType);
      const { thread } = await this.deps.threads.spawn(principal, known.input, { idempotencyKey: key, requestId: key });
      return { kind: known.kind, id: thread.id };
    }
    if (known.kind === 'pattern') {
      const { execution } = await this.deps.executions.start(principal, requestOf(known.input), { idempotencyKey: key, requestId: key });
      return { kind: known.kind, id: execution.id };
    }
    if (known.kind === 'run') {
      const { run } = await this.deps.runs.create(principal, runRequestOf(known.input), { idempotencyKey: key, requestId: key });
      return { kind: known.kind, id: run.id };
    }
    if (known.kind === 'script') {
      const { id } = await this.deps.scripts.create(principal, scriptRequestOf(known.input), { idempotencyKey: key, requestId: key });
      return { kind: known.kind, id };
    }
    await this.deps.threads.send(principal, known.input.threadId, { message: known.input.message }, { requestId: key });
    return { kind: known.kind, id: known.input.threadId };
  }

  private async assertAgentType(type: string): Promise<void> {
    const known = await this.deps.agentTypes();
    if (known.includes(type)) return;
    throw new Fault('invalid', 'thread.unknown_agent_type', `agentType: ${type} is not known; known are ${known.join(', ')}`, { field: 'agentType', known });
  }
}

type Known = { [K in ServedKind]: { readonly kind: K; readonly input: ReturnType<(typeof TARGET_INPUTS)[K]['parse']> } }[ServedKind];

/** A schedule and a trigger are nobody: a pattern that names who may start it cannot be their target. */
const checker = (tenant: string): Principal => ({ tenant, subject: 'everthread', scopes: [], keyId: null, operator: false });

const requestOf = ({ patternName, version, input, options }: ReturnType<(typeof TARGET_INPUTS)['pattern']['parse']>): ExecuteRequest => ({
  ...{ pattern: patternName, version: version ?? null, input, timeoutMs: options.timeout ?? null },
  ...{ priority: options.priority ?? 'normal', metadata: options.metadata ?? {} },
});

const runRequestOf = ({ cognition, ...input }: ReturnType<(typeof TARGET_INPUTS)['run']['parse']>): RunRequest => ({
  ...{ task: input.task, maxSteps: input.max_steps, toolScopes: input.tool_scopes, model: input.model ?? null, skills: input.skills },
  cognition: cognition
    ? {
        ...defaultChoice(cognition.provider),
        ...{ model: cognition.model ?? null, max_tokens: cognition.max_tokens ?? null, base_url: cognition.base_url ?? null },
      }
    : null,
  ...{ skillParams: input.skill_params, history: [], effectCeiling: input.effect_ceiling ?? null, budget: input.budget ?? null },
  ...{ timeWindow: input.time_window ?? null, maxDelegationDepth: input.max_delegation_depth ?? null },
});

const scriptRequestOf = (input: ReturnType<(typeof TARGET_INPUTS)['script']['parse']>): CreateThreadRequest => ({
  ...{ scriptName: input.script_name, version: input.version, inputJson: JSON.stringify(input.input), executionMode: 'CLOUD', hostId: null },
  ...{ timeout: input.timeout, metadata: input.metadata, callbackUrl: input.callback_url, loadEnv: input.load_env },
});

function inputOf({ kind, input }: Target): Known {
  if (!isServed(kind))
    throw new Fault('unsupported', 'target.unsupported', `A target of the kind ${kind} is not served yet.`, {
      field: 'target.kind',
      kind,
      served: Object.keys(TARGET_INPUTS),
    });
  return { kind, input: parse<(typeof TARGET_INPUTS)[ServedKind]>(TARGET_INPUTS[kind], input, 'target.invalid') } as Known;
}

const refused = (field: string, reason: string): Fault => new Fault('invalid', 'target.invalid', `${field}: ${reason}`, { field, reason });

/** A fault about a field of the input, as one about a field of the target. */
function below(thrown: unknown): unknown {
  if (!(thrown instanceof Fault) || thrown.kind !== 'invalid' || typeof thrown.facts['field'] !== 'string') return thrown;
  const field = thrown.facts['field'];
  const message = thrown.message.startsWith(field) ? thrown.message.slice(field.length).replace(/^: /, '') : thrown.message;
  return new Fault(thrown.kind, thrown.code, `target.input.${field}: ${message}`, { ...thrown.facts, field: `target.input.${field}` });
}
