/**
 * Everything that is kept in Postgres, gathered: the ports that activities need, the reads that surfaces need, and the live feed.
 *
 * One per process. Nothing connects before it is used; `close` ends what this made, and the pool stays the caller's.
 */
import type { Pool } from 'pg';
import { BATCH_KIND } from '../contracts/execution/batch';
import type { Ledger } from '../contracts/run/ports';
import { CONVERSATION_KIND } from '../contracts/conversation/commands';
import { EXECUTION_KIND } from '../contracts/execution/commands';
import type { Blobs, ByteBlobs, Deliveries, Effects, EffectState, Frames, Hosts, Journal, Workspaces } from '../../activities/ports';
import { THREAD_KIND } from '../contracts/managed-thread/commands';
import { RUN_KIND } from '../contracts/run/commands';
import { SCRIPT_KIND } from '../contracts/script/commands';
import { memoryRows } from '../domain/memory/rows';
import { redactor, secretsOf, SHORTEST_NAMED } from '../domain/redaction';
import { blobs } from './blobs';
import { CONVERSATIONS_CHANNEL } from './conversation-events';
import { ConversationHubs } from './conversation-feed';
import { conversationProjector } from './conversation-projector';
import { conversationStores, type ConversationStores } from './conversation-stores';
import { SILENT, type StoreLog } from './database';
import { AgentConnections } from './agent-connections';
import { AgentGroupsStore } from './agent-groups';
import { AgentTasksStore } from './agent-tasks';
import { AgentsStore } from './agents';
import { ApiKeys, KEYS_CHANNEL } from './api-keys';
import { AuditStore } from './audit';
import { effects, findEffect } from './effects';
import { BatchesStore, batchProjector } from './batches';
import { executionProjector } from './execution-projector';
import { ExecutionsStore } from './executions';
import { Feed } from './feed';
import { FrameReader, FrameSender } from './frames';
import { hosts } from './hosts';
import { Idempotency } from './idempotency';
import { journal } from './journal';
import { ledger } from './ledger';
import { LEDGER_CHANNEL, LedgerFeed } from './ledger-feed';
import { LedgerReads } from './ledger-reads';
import { countEvents, lastSeq, newestEvents, readEvents, verifyChain, type ChainReport, type EventPage, type JournalRow } from './journal-reads';
import { Listener } from './listener';
import { MemoryStore } from './memory';
import { FRAMES_CHANNEL, JOURNAL_CHANNEL, readNotice, type Notice } from './notice';
import { PatternsStore } from './patterns';
import type { Projector } from './projector';
import { forgetMinutes, minuteLimit, usedMinutes, type MinuteLimit } from './rate-limits';
import { runProjector } from './run-projector';
import { runStores, type RunStores } from './run-stores';
import { scriptProjector } from './script-projector';
import { scriptStores, type ScriptStores } from './script-stores';
import { SchedulesStore } from './schedules';
import { WritsStore } from './run-writs';
import type { SealingKeys } from './sealing';
import { Secrets } from './secrets';
import { SigningKeys } from './signing-keys';
import { Statistics } from './statistics';
import { Subscriptions } from './subscriptions';
import { threadProjector } from './thread-projector';
import { ThreadReads } from './thread-reads';
import { SpecStore } from './thread-specs';
import { FiringsStore } from './trigger-firings';
import { TriggersStore } from './triggers';
import { DeliveriesStore } from './webhook-deliveries';
import { webhookOrders } from './webhook-orders';
import { WebhooksStore } from './webhooks';
import { workspaces } from './workspaces';

export interface StoreOptions {
  /** The URL of the pool's database, for the one connection that listens. */
  readonly url: string;
  readonly sealing: SealingKeys;
  readonly log?: StoreLog;
  /** Secrets of the process, which nothing that is recorded or sent may hold. */
  readonly knownSecrets?: readonly string[];
  /** Projectors of further kinds of actor. */
  readonly projectors?: Readonly<Record<string, Projector>>;
  /** Told of every commit that this process hears of. */
  readonly onHeard?: (notice: Notice) => void;
}

export interface Store extends RunStores, ScriptStores {
  readonly journal: Journal;
  readonly effects: Effects;
  /** What is known of an effect, without claiming it; null: nobody has. */
  findEffect(address: string, effectId: string): Promise<EffectState | null>;
  readonly blobs: Blobs & ByteBlobs;
  readonly specs: SpecStore;
  readonly secrets: Secrets;
  readonly hosts: Hosts;
  readonly keys: ApiKeys;
  readonly audit: AuditStore;
  /** A limit of requests a minute that all processes count together. */
  minuteLimit(name: string, max: number): MinuteLimit;
  forgetMinutes(): Promise<void>;
  usedMinutes(names: readonly string[], callers: readonly string[]): ReturnType<typeof usedMinutes>;
  readonly workspaces: Workspaces;
  readonly memory: MemoryStore;
  readonly threads: ThreadReads;
  readonly statistics: Statistics;
  readonly idempotency: Idempotency;
  readonly schedules: SchedulesStore;
  readonly executions: ExecutionsStore;
  readonly batches: BatchesStore;
  readonly conversations: ConversationStores;
  readonly agents: AgentsStore;
  readonly agentConnections: AgentConnections;
  readonly agentGroups: AgentGroupsStore;
  readonly agentTasks: AgentTasksStore;
  readonly patterns: PatternsStore;
  readonly webhooks: WebhooksStore;
  readonly deliveries: DeliveriesStore;
  readonly orders: Deliveries;
  readonly triggers: TriggersStore;
  readonly firings: FiringsStore;
  readonly subscriptions: Subscriptions;
  readonly frames: Frames & { settled(): Promise<void> };
  readonly ledger: Ledger;
  readonly ledgerReads: LedgerReads;
  readonly signingKeys: SigningKeys;
  readonly writs: WritsStore;
  readonly feed: Feed;
  readonly frameReader: FrameReader;
  readEvents(address: string, page?: EventPage): Promise<readonly JournalRow[]>;
  /** The newest events of these types, oldest first. */
  newestEvents(address: string, page: { readonly types: readonly string[]; readonly limit: number }): Promise<readonly JournalRow[]>;
  countEvents(address: string, page: Pick<EventPage, 'after' | 'types'>): Promise<number>;
  lastSeq(address: string): Promise<number>;
  verifyChain(address: string): Promise<ChainReport>;
  /** Tells of every change of an API key, and whenever such changes may have been missed; `hears` says whether it would tell now. Starts to listen. */
  watchKeys(changed: () => void): Promise<{ readonly hears: () => boolean }>;
  /** Tells of every commit that is heard of, and whenever some may have been missed. Starts to listen. */
  watchCommits(heard: () => void): Promise<void>;
  /** Whether the database answers, and whether this process hears commits (null: nobody has asked it to listen). */
  health(): Promise<{ readonly reachable: boolean; readonly listening: boolean | null }>;
  /** Stops listening and sends what frames still wait. Subscriptions must have been aborted. */
  close(): Promise<void>;
}

const projectors = (specs: SpecStore): Readonly<Record<string, Projector>> => ({
  [THREAD_KIND]: threadProjector(specs, memoryRows),
  [EXECUTION_KIND]: executionProjector,
  [BATCH_KIND]: batchProjector,
  [RUN_KIND]: runProjector,
  [CONVERSATION_KIND]: conversationProjector,
  [SCRIPT_KIND]: scriptProjector,
});

export function store(pool: Pool, options: StoreOptions): Store {
  const log = options.log ?? SILENT;
  const secrets = secretsOver(pool, options);
  const specs = new SpecStore(pool, secrets);
  const frames = new FrameSender(pool, secrets, log);
  const live = liveSide(pool, options, log);
  const told = subscribers(pool, options.sealing);
  return {
    journal: journal({ pool, secrets, projectors: { ...options.projectors, ...projectors(specs) } }),
    ...told,
    ...ledgers(pool, options.sealing, live.ledgerFeed),
    effects: effects(pool),
    findEffect: (address, effectId) => findEffect(pool, address, effectId),
    blobs: blobs(pool),
    specs,
    secrets,
    hosts: hosts(pool, options.sealing),
    keys: new ApiKeys(pool),
    audit: new AuditStore(pool),
    minuteLimit: (name, max) => minuteLimit(pool, name, max),
    forgetMinutes: () => forgetMinutes(pool),
    usedMinutes: (names, callers) => usedMinutes(pool, names, callers),
    workspaces: workspaces(pool),
    memory: new MemoryStore(pool),
    threads: new ThreadReads(pool, specs, secrets),
    statistics: new Statistics(pool),
    idempotency: new Idempotency(pool),
    schedules: new SchedulesStore(pool, options.sealing, blobs(pool)),
    executions: new ExecutionsStore(pool, secrets),
    batches: new BatchesStore(pool, secrets),
    agents: new AgentsStore(pool, options.sealing),
    agentConnections: new AgentConnections(pool),
    agentGroups: new AgentGroupsStore(pool, options.sealing),
    agentTasks: new AgentTasksStore(pool),
    patterns: new PatternsStore(pool),
    ...runStores(pool, secrets),
    ...scriptStores(pool, secrets, options.sealing),
    conversations: conversationStores(pool, secrets, live.conversationHubs),
    frames,
    feed: live.feed,
    frameReader: live.frameReader,
    readEvents: (address, page) => readEvents(pool, address, page),
    newestEvents: (address, page) => newestEvents(pool, address, page),
    countEvents: (address, page) => countEvents(pool, address, page),
    lastSeq: (address) => lastSeq(pool, address),
    verifyChain: (address) => verifyChain(pool, address),
    watchKeys: (changed) => live.watchKeys(changed),
    watchCommits: (heard) => live.watchCommits(heard),
    async health() {
      return { reachable: await answers(pool), listening: live.listening() };
    },
    async close() {
      await frames.settled();
      await live.stop();
    },
  };
}

const answers = (pool: Pool): Promise<boolean> =>
  pool.query('select 1').then(
    () => true,
    () => false,
  );

function secretsOver(pool: Pool, { sealing, knownSecrets = [] }: StoreOptions): Secrets {
  return new Secrets(
    pool,
    sealing,
    (environment) => redactor([...knownSecrets, ...secretsOf(environment)]),
    (values) => redactor([...knownSecrets, ...values], { shortest: SHORTEST_NAMED }),
  );
}

/** Webhooks and triggers, and who reads the journal for them. */
function subscribers(pool: Pool, keys: SealingKeys) {
  const [webhooks, deliveries] = [new WebhooksStore(pool, keys), new DeliveriesStore(pool)];
  const [triggers, firings] = [new TriggersStore(pool, keys), new FiringsStore(pool, keys)];
  const orders = webhookOrders(webhooks, deliveries);
  return { webhooks, deliveries, orders, triggers, firings, subscriptions: new Subscriptions(pool, triggers, firings) };
}

/** What runs may do and did, and the keys that sign it. */
function ledgers(pool: Pool, sealing: SealingKeys, feed: LedgerFeed) {
  const signingKeys = new SigningKeys(pool, sealing);
  const kept = ledger(pool, signingKeys);
  return { ledger: kept, ledgerReads: new LedgerReads(pool, kept, feed, signingKeys), signingKeys, writs: new WritsStore(pool, signingKeys) };
}

/** The listening connection and those who hear by it; it is made when the first of them subscribes. */
function liveSide(pool: Pool, { url, onHeard }: Pick<StoreOptions, 'url' | 'onHeard'>, log: StoreLog) {
  let started: Promise<void> | null = null;
  let stopped = false;
  const start = (): Promise<void> => {
    if (stopped) return Promise.resolve();
    return (started ??= listener.start());
  };
  const keyWatchers = new Set<() => void>();
  const commitWatchers = new Set<() => void>();
  const feed = new Feed(pool, start);
  const frameReader = new FrameReader(start);
  const ledgerFeed = new LedgerFeed(pool, start);
  const conversationHubs = new ConversationHubs(pool, start);
  const listener = new Listener(
    url,
    [JOURNAL_CHANNEL, FRAMES_CHANNEL, KEYS_CHANNEL, LEDGER_CHANNEL, CONVERSATIONS_CHANNEL],
    {
      onNotice: (channel, payload) => {
        if (channel === FRAMES_CHANNEL) return frameReader.onPayload(payload);
        if (channel === LEDGER_CHANNEL) return ledgerFeed.onPayload(payload);
        if (channel === CONVERSATIONS_CHANNEL) return conversationHubs.onPayload(payload);
        if (channel === KEYS_CHANNEL) return keyWatchers.forEach((changed) => changed());
        const notice = readNotice(payload);
        if (!notice) return;
        onHeard?.(notice);
        feed.onNotice(notice);
        commitWatchers.forEach((heard) => heard());
      },
      onConnected: () => {
        feed.onConnected();
        frameReader.onConnected();
        ledgerFeed.onConnected();
        conversationHubs.onConnected();
        keyWatchers.forEach((changed) => changed());
        commitWatchers.forEach((heard) => heard());
      },
    },
    log,
  );
  return {
    feed,
    frameReader,
    ledgerFeed,
    conversationHubs,
    async watchKeys(changed: () => void) {
      keyWatchers.add(changed);
      await start();
      return { hears: () => listener.connected };
    },
    async watchCommits(heard: () => void) {
      commitWatchers.add(heard);
      await start();
    },
    listening: (): boolean | null => (started ? listener.connected : null),
    async stop(): Promise<void> {
      stopped = true;
      await listener.stop();
    },
  };
}
