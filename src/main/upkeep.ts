/** What a worker does now and then, besides its tasks: tells the end of actors that were ended from outside and of agents that are missing, and forgets old idempotency keys, minutes, audit entries, and tasks of agents. Any number of workers may do so at once. */
import type { Client } from '@temporalio/client';
import { resumeConversations, tellUnheardEnds } from '../gateway/conversation-upkeep';
import { eraseHistories } from '../gateway/history-erasure';
import { tellEndedActors } from '../gateway/ended-actors';
import { startOverdueRuns } from '../gateway/run-launch';
import { startOverdueScriptThreads } from '../gateway/script-launch';
import type { Store } from '../store/store';
import type { Log } from '../surfaces/http/log';

const EVERY_MS = 15_000;
/** How far back ends are looked for: a worker that was away for a weekend still tells of Friday's. */
const ENDS_WITHIN_MS = 7 * 86_400_000;
const KEYS_KEPT_MS = 7 * 86_400_000;
const TASK_OVERDUE_MS = 60_000;
const TASKS_KEPT_MS = 7 * 86_400_000;
/** Agents that connected once and did not come again. */
const AGENTS_KEPT_MS = 30 * 86_400_000;
/** What models said, for those who come late to a stream. */
const DELTAS_KEPT_MS = 86_400_000;
/** A deleted thread that its own workflow has not erased by then. */
const ERASED_AFTER_MS = 10 * 60_000;

/** Threads that others were to run, between their row and their start. */
const ORPHANS_MS = 60_000;
/** The environment of a thread of a script after its end: what is read of the thread meanwhile is shown without its secrets, later what holds one is not shown at all. */
const ENVIRONMENTS_KEPT_MS = 30 * 86_400_000;

interface Kept {
  readonly auditKeptMs: number;
  readonly scriptLimits: { readonly keptMs: number | null };
}

/** Returns the function that stops it and waits for what is under way. */
export function startUpkeep(client: Client, store: Store, log: Log, { auditKeptMs, scriptLimits }: Kept): () => Promise<void> {
  let under: Promise<void> | null = null;
  const parts = {
    isOver: async (address: string) =>
      (await store.threads.isOver(address)) ||
      (await store.executions.isOver(address)) ||
      (await store.runs.isOver(address)) ||
      (await store.scriptThreads.isOver(address)),
    lastSeq: (address: string) => store.lastSeq(address),
    commit: store.journal.commit.bind(store.journal),
    ledger: store.ledger,
    findEffect: store.findEffect.bind(store),
    admittedScript: (address: string) => store.scriptThreads.admitted(address),
  };
  const pass = async (): Promise<void> => {
    await store.agents.tellMissing();
    const told = await tellEndedActors(client, parts, ENDS_WITHIN_MS, () => new Date());
    if (told.length > 0) log.warn({ actors: told }, 'actors whose workflow was ended from outside');
    const started = await startOverdueRuns(client, store.runs);
    if (started.length > 0) log.warn({ runs: started }, 'runs that were admitted and never started');
    await threadsUpkeep(client, store, log);
    await scriptsUpkeep(client, store, log, scriptLimits.keptMs);
    await store.idempotency.forget(KEYS_KEPT_MS);
    await store.webhooks.forgetSpent();
    await store.forgetMinutes();
    await store.hosts.forgetPlaces();
    await store.audit.forget(auditKeptMs);
    await store.agentTasks.tidy(TASK_OVERDUE_MS, TASKS_KEPT_MS);
    await store.agents.forget(AGENTS_KEPT_MS);
    await store.runDeltas.forget(DELTAS_KEPT_MS);
  };
  const timer = setInterval(() => {
    under ??= pass()
      .catch((problem: unknown) => log.debug({ err: problem }, 'upkeep failed; it is tried again'))
      .finally(() => (under = null));
  }, EVERY_MS);
  return async () => {
    clearInterval(timer);
    await under;
  };
}

/** Threads that were left in the middle of something. */
async function threadsUpkeep(client: Client, { conversations }: Store, log: Log): Promise<void> {
  const left = {
    atWork: (addresses: readonly string[]) => conversations.threads.atWork(addresses),
    unheardEnds: () => conversations.publishing.unheardEnds(),
  };
  const resumed = await resumeConversations(client, left, ENDS_WITHIN_MS, () => new Date());
  if (resumed.length > 0) log.warn({ threads: resumed }, 'threads whose workflow was ended from outside go on');
  await tellUnheardEnds(client, left);
  await conversations.eraseOverdue(ERASED_AFTER_MS);
  // A server that does not allow it is no reason to leave out the rest.
  await eraseHistories(client, conversations.histories).catch((problem: unknown) =>
    log.warn({ err: problem }, 'histories of deleted threads could not be removed'),
  );
}

/** Threads of scripts that were never started, and those whose time is over. */
async function scriptsUpkeep(client: Client, { scriptThreads }: Store, log: Log, keptMs: number | null): Promise<void> {
  const started = await startOverdueScriptThreads(client, scriptThreads);
  if (started.length > 0) log.warn({ threads: started }, 'threads of scripts that were admitted and never started');
  const orphans = await scriptThreads.dismissOrphans(ORPHANS_MS);
  if (orphans.length > 0) log.warn({ threads: orphans }, 'threads of scripts whose parents ended before they started them');
  await scriptThreads.forgetEnvironments(ENVIRONMENTS_KEPT_MS);
  if (keptMs !== null) await scriptThreads.forget(keptMs);
}
