/** Executions and batches over the gateways and the store: what the control plane is given, and the activities of their workflows. */
import type { Client } from '@temporalio/client';
import { createHash } from 'node:crypto';
import { executionActivities } from '../../activities/execution/activities';
import type { FindEnd } from '../../activities/journal/commit-unless-ended';
import { batchAddress } from '../contracts/execution/batch';
import type { ExecutionActivities } from '../contracts/execution/activities';
import { executionAddress } from '../contracts/execution/commands';
import { endsExecution } from '../contracts/execution/events';
import type { InputSource } from '../contracts/execution/start';
import { hasEnded } from '../contracts/execution/status';
import { TERMINAL_STATUSES, THREAD_STATUSES } from '../contracts/managed-thread/status';
import { canonicalJson } from '../domain/canonical-json';
import { Fault } from '../errors/fault';
import { Batches } from '../gateway/batches';
import { Executions } from '../gateway/executions';
import type { ManagedThreads } from '../gateway/managed-threads';
import type { Patterns } from '../gateway/patterns';
import type { BatchRow } from '../store/batches';
import type { ExecutionRow } from '../store/execution-row';
import { PAGE_MAX, type JournalRow } from '../store/journal-reads';
import type { Store } from '../store/store';
import type { ThreadRow } from '../store/thread-row';
import type { BatchPorts } from '../surfaces/control-plane/batches';
import type { EventRow, ExecutionPorts } from '../surfaces/control-plane/execution-ports';
import { executionPrincipal } from './org-charts';

interface Wanted {
  readonly patterns: Pick<Patterns, 'get'>;
  readonly syncWaitMs: number;
}

/** Claims a key for a body; values are compared whatever the order of their members. */
const claimKey =
  ({ idempotency }: Pick<Store, 'idempotency'>) =>
  ({ body, ...request }: { tenant: string; route: string; key: string; body: unknown; resultId: string }) =>
    idempotency.claim({ ...request, bodyHash: createHash('sha256').update(canonicalJson(body)).digest('hex') });

export const executionGateway = (client: Client, store: Store, patterns: Pick<Patterns, 'get'>): Executions<ExecutionRow> =>
  new Executions(client, {
    findPattern: (tenant, name, range) => patterns.get(tenant, name, range),
    get: (tenant, id) => store.executions.get(tenant, id),
    pendingRow: ({ id, tenant, address }, projection) => ({ ...projection, id, tenant, address, lastSeq: 0 }),
    insertPending: (actor, projection) => store.executions.insertPending(actor, projection),
    claimKey: claimKey(store),
    putBlob: (tenant, value) => store.blobs.put(tenant, value),
    select: (wanted) => store.agents.select(wanted),
    waitForSeq: (address, seq, timeoutMs) => store.feed.waitForSeq(address, seq, timeoutMs),
  });

export function executionPorts(
  client: Client,
  store: Store,
  { patterns, syncWaitMs }: Wanted,
): { readonly gateway: Executions<ExecutionRow>; readonly ports: ExecutionPorts; readonly batches: BatchPorts } {
  const gateway = executionGateway(client, store, patterns);
  const value = (tenant: string, stored: InputSource): Promise<unknown> => valueOf(store, tenant, stored);
  const ports: ExecutionPorts = {
    gateway,
    syncWaitMs,
    reads: {
      get: (tenant, id) => store.executions.get(tenant, id),
      tasks: (tenant, id) => store.executions.tasks(tenant, id),
      list: (tenant, filter) => store.executions.list(tenant, filter),
      summary: (tenant, pattern) => store.executions.summary(tenant, pattern),
      periods: (tenant, unit, count) => store.executions.periods(tenant, unit, count),
      value,
      events: (tenant, id, page) => eventsOf(store, executionAddress(tenant, id), page),
      follow: (tenant, id, after, signal) => store.feed.subscribeActor(executionAddress(tenant, id), after, { signal }),
      ending: (tenant, id) => store.feed.hear(executionAddress(tenant, id), ({ events }) => !events || events.some(({ type }) => endsExecution(type))),
    },
  };
  return { gateway, ports, batches: batchPorts(client, store, gateway) };
}

function batchPorts(client: Client, store: Store, executions: Executions<ExecutionRow>): BatchPorts {
  const gateway = new Batches<BatchRow>(
    client,
    {
      get: (tenant, id) => store.batches.get(tenant, id),
      insertInputs: (tenant, id, inputs) => store.batches.insertInputs(tenant, id, inputs),
      insertPending: (actor, projection) => store.batches.insertPending(actor, projection),
      claimKey: claimKey(store),
      waitForSeq: (address, seq, timeoutMs) => store.feed.waitForSeq(address, seq, timeoutMs),
    },
    executions,
  );
  return {
    start: (principal, request, keyed) => gateway.start(principal, request, keyed),
    cancel: (principal, id, input, request) => gateway.cancel(principal, id, input, request),
    get: (tenant, id) => store.batches.get(tenant, id),
    items: (tenant, batch, page) => store.batches.items(tenant, batch, page),
    value: (tenant, stored) => valueOf(store, tenant, stored),
    events: (tenant, id, page) => eventsOf(store, batchAddress(tenant, id), page),
    follow: (tenant, id, after, signal) => store.feed.subscribeActor(batchAddress(tenant, id), after, { signal }),
  };
}

async function valueOf({ blobs, batches }: Store, tenant: string, stored: InputSource): Promise<unknown> {
  if ('value' in stored) return stored.value;
  if ('batchId' in stored) return batches.input(tenant, stored.batchId, stored.index);
  const text = await blobs.get(tenant, stored.ref);
  return text === null ? null : (JSON.parse(text) as unknown);
}

/** The store bounds a page; a surface asks for one row more to know whether there is another page. */
async function eventsOf(
  store: Store,
  address: string,
  { after, limit, types }: { readonly after: number; readonly limit: number; readonly types: readonly string[] },
): Promise<readonly EventRow[]> {
  const rows: JournalRow[] = [];
  while (rows.length < limit) {
    const wanted = Math.min(PAGE_MAX, limit - rows.length);
    const page = await store.readEvents(address, { after: rows.at(-1)?.seq ?? after, limit: wanted, types });
    rows.push(...page);
    if (page.length < wanted) break;
  }
  return rows;
}

/** How an execution has ended, as its row tells. */
export const executionEnd =
  ({ executions }: Pick<Store, 'executions'>): FindEnd =>
  async (actor) => {
    const row = await executions.get(actor.tenant, actor.id);
    if (!row || !hasEnded(row.status)) return null;
    const { id, tenant, address, lastSeq, ...projection } = row;
    return { projection, lastSeq };
  };

const LIVING = THREAD_STATUSES.filter((status) => !TERMINAL_STATUSES.includes(status));
/** Threads of one execution that are stopped in one pass. */
const STOPPED_AT_ONCE = 500;

/** For the worker. */
export function executionWork(
  client: Client,
  store: Store,
  { patterns, threads }: { readonly patterns: Pick<Patterns, 'get'>; readonly threads: ManagedThreads<ThreadRow> },
): ExecutionActivities {
  const gateway = executionGateway(client, store, patterns);
  return executionActivities({
    blobs: store.blobs,
    agents: store.agents,
    patterns: {
      async resolve(tenant, name, range) {
        const { name: found, version, plan } = await patterns.get(tenant, name, range);
        return { name: found, version, ...(await gateway.planOf(tenant, plan)) };
      },
    },
    inputs: {
      ofBatch: (tenant, batchId, index) => store.batches.input(tenant, batchId, index),
      goodResult: (request) => store.executions.goodResult(request),
    },
    threads: {
      async stopAll(tenant, executionId, reason) {
        const principal = executionPrincipal(tenant, executionId);
        const { threads: found } = await store.threads.listThreads(tenant, { executionId, statuses: LIVING, limit: STOPPED_AT_ONCE });
        const stop = async ({ id }: ThreadRow): Promise<void> => {
          try {
            await threads.stop(principal, id, { reason }, { requestId: `cancel:${executionId}` });
          } catch (thrown) {
            // It ended in the same moment.
            if (!(thrown instanceof Fault) || thrown.kind !== 'conflict') throw thrown;
          }
        };
        await Promise.all(found.map(stop));
        return found.length;
      },
    },
  });
}
