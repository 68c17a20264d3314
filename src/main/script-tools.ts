/** The tools of scripts over what this process has: the gateways, the models, the tools of runs. */
import type { Cause } from '../contracts/actor';
import type { Config } from '../config/config';
import { executionAddress } from '../contracts/execution/commands';
import { endsExecution } from '../contracts/execution/events';
import { hasEnded } from '../contracts/execution/status';
import { threadAddress } from '../contracts/managed-thread/commands';
import type { Json } from '../contracts/pattern/json';
import type { Principal } from '../contracts/principal';
import type { Tools } from '../contracts/run/ports';
import type { EffectClass } from '../contracts/run/protocol';
import type { ScriptModels } from '../contracts/script/talk';
import type { ScriptTool, ScriptToolCatalogue } from '../contracts/script/tools';
import { Fault } from '../errors/fault';
import type { Executions } from '../gateway/executions';
import type { ManagedThreads } from '../gateway/managed-threads';
import type { Patterns } from '../gateway/patterns';
import { httpTool } from '../script-tools/native/http';
import { meaningTools } from '../script-tools/native/meaning';
import { talkTools } from '../script-tools/native/talk';
import { valueTools } from '../script-tools/native/values';
import type { RunToolRules } from '../script-tools/from-runs';
import type { EndedExecution, PatternsOfScripts } from '../script-tools/patterns';
import { scriptToolCatalogue, ScriptToolRegistry } from '../script-tools/registry';
import { threadTools, type ThreadsOfScripts } from '../script-tools/threads';
import type { ExecutionRow } from '../store/execution-row';
import type { Store } from '../store/store';
import type { ThreadRow } from '../store/thread-row';

export interface ScriptToolGateways {
  readonly threads: ManagedThreads<ThreadRow>;
  readonly executions: Executions<ExecutionRow>;
  readonly patterns: Patterns;
}

interface Given {
  readonly config: Pick<Config, 'outgoing' | 'scripts' | 'runAuthority'>;
  readonly store: Store;
  readonly models: ScriptModels;
  readonly gateways: ScriptToolGateways;
}

/** For whoever performs them. */
export const scriptTools = (given: Given, runs: Tools): ScriptToolRegistry => new ScriptToolRegistry({ ...sourcesOf(given), runs });

/** For API processes, by what workers said of the tools of runs. */
export const scriptCatalogue = (given: Given, runs: Pick<Tools, 'list'>): ScriptToolCatalogue => scriptToolCatalogue({ ...sourcesOf(given), runs });

function sourcesOf({ config, store, models, gateways }: Given) {
  return {
    native: nativeTools(config, models),
    threads: threadTools(threadsOfScripts(store, gateways.threads)),
    patterns: patternsOfScripts(store, gateways),
    rules: rulesOf(config),
  };
}

const nativeTools = ({ outgoing }: Pick<Config, 'outgoing'>, models: ScriptModels): readonly ScriptTool[] => [
  ...[...valueTools, ...talkTools(models), ...meaningTools(models)],
  httpTool(outgoing),
];

const rulesOf = ({ scripts, runAuthority }: Given['config']): RunToolRules => {
  const { max } = runAuthority.grants.ceiling;
  const allowed = (['read', 'write', 'external', 'irreversible'] as const).filter((effect) => max[effect]);
  return { risk: scripts.toolRisk, effects: ['pure', ...allowed] satisfies readonly EffectClass[] };
};

/** A script acts for who started its thread; what they may do was looked at then. */
const principalOf = ({ tenant, by }: { readonly tenant: string; readonly by: Cause }): Principal => ({
  ...{ tenant, subject: by.subject, scopes: [], keyId: null, operator: false, via: by.via },
});

function threadsOfScripts(store: Store, gateway: ManagedThreads<ThreadRow>): ThreadsOfScripts {
  return {
    async spawn(owner, key, spawn) {
      const { thread } = await gateway.spawn(principalOf(owner), spawn, { idempotencyKey: key, requestId: key });
      return thread.id;
    },
    async send(owner, threadId, { message, requestId }) {
      await gateway.send(principalOf(owner), threadId, { message }, { requestId });
    },
    async answer(owner, threadId, answer, requestId) {
      await gateway.approve(principalOf(owner), threadId, answer, { requestId });
    },
    async interrupt(owner, threadId, reason, requestId) {
      await gateway.cancel(principalOf(owner), threadId, { reason }, { requestId });
    },
    async stop(owner, threadId, reason, requestId) {
      await gateway.stop(principalOf(owner), threadId, { reason }, { requestId });
    },
    async find(tenant, threadId) {
      const row = await store.threads.getThread(tenant, threadId);
      if (!row) throw new Fault('not_found', 'thread.not_found', 'Thread not found', { id: threadId });
      return { status: row.status };
    },
    follow: (tenant, threadId, after, signal) => store.feed.subscribeActor(threadAddress(tenant, threadId), after, { signal }),
  };
}

const LISTED_MAX = 500;

function patternsOfScripts(store: Store, { executions, patterns }: ScriptToolGateways): PatternsOfScripts {
  return {
    async start(owner, key, { pattern, version, input, timeoutMs }) {
      const request = { pattern, version, input, timeoutMs, priority: 'normal' as const, metadata: { script_thread: owner.threadId } };
      const { execution } = await executions.start(principalOf(owner), request, { idempotencyKey: key, requestId: key });
      return execution.id;
    },
    end: (tenant, executionId, signal) => executionEnd(store, tenant, executionId, signal),
    async cancel(owner, executionId, reason, requestId) {
      await executions.cancel(principalOf(owner), executionId, { reason }, { requestId });
    },
    async list(tenant) {
      const { patterns: found } = await patterns.list(tenant, { search: null, limit: LISTED_MAX, offset: 0 });
      return found.map(({ name, description }) => ({ name, description: description ?? '' }));
    },
  };
}

/** By its journal, from the beginning: most have ended by the time that they are asked about. */
async function executionEnd(store: Store, tenant: string, executionId: string, signal: AbortSignal): Promise<EndedExecution> {
  const row = async (): Promise<ExecutionRow | null> => store.executions.get(tenant, executionId);
  if (!hasEndedRow(await row())) {
    for await (const { type } of store.feed.subscribeActor(executionAddress(tenant, executionId), 0, { signal })) if (endsExecution(type)) break;
    signal.throwIfAborted();
  }
  const ended = await row();
  if (!ended || !hasEndedRow(ended)) throw new Fault('unavailable', 'feed.ended', 'The events of the execution ended before it did.', { executionId });
  const { result, confidence, error } = ended;
  return { status: statusOf(ended), result: await valueOf(store, tenant, result), confidence, error: error && error.message };
}

const hasEndedRow = (row: ExecutionRow | null): boolean => row !== null && hasEnded(row.status);
const statusOf = ({ status }: ExecutionRow): EndedExecution['status'] =>
  status === 'completed' ? 'completed' : status === 'cancelled' ? 'cancelled' : 'failed';

async function valueOf({ blobs }: Store, tenant: string, stored: ExecutionRow['result']): Promise<Json> {
  if (stored === null) return null;
  if ('value' in stored) return stored.value as Json;
  const text = await blobs.get(tenant, stored.ref);
  return text === null ? null : (JSON.parse(text) as Json);
}
