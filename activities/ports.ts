/**
 * What the world must supply to activities. The store (Postgres) and ptyd implement these; composition roots in src/main hand them
 * over. Each port has one conformance suite in test/conformance.
 */
import type { ActorRef, CommitBatch } from '../src/contracts/actor';
import type { ThreadSpec, Environment } from '../src/contracts/managed-thread/spawn';
import type { z } from 'zod';

export interface Journal {
  /**
   * Writes the events, their hashes, the actor's projection and the notification in one transaction. Idempotent on (actor, seq): events that
   * are already there are skipped when equal. Fault `journal.conflict` (conflict) when one is there with other content, `journal.gap`
   * (conflict) when the batch does not follow on the last seq.
   */
  commit(batch: CommitBatch): Promise<void>;
}

/** How far an effect on the world got, as far as anybody can prove. */
export type EffectState = { readonly state: 'new' } | { readonly state: 'claimed' } | { readonly state: 'done'; readonly receipt: unknown };

/** Claims and receipts (design: effects have three outcomes). One row per effect id; ids are unique per actor. */
export interface Effects {
  /** Claims before acting. `new`: the caller holds the claim and may act. `claimed`: somebody claimed and left no receipt. `done`: with its receipt. */
  claim(actor: ActorRef, effectId: string, kind: string): Promise<EffectState>;
  /** The receipt, written once; later receipts for the same effect are ignored. */
  settle(actor: ActorRef, effectId: string, receipt: unknown): Promise<void>;
  /** Gives a claim back when it is certain that nothing was done. */
  release(actor: ActorRef, effectId: string): Promise<void>;
}

/** Content-addressed values: the name is the SHA-256 of the bytes, hex. Writing twice is a no-op. */
export interface Blobs {
  put(tenant: string, value: string): Promise<string>;
  /** The value, or null when there is none for this tenant. */
  get(tenant: string, ref: string): Promise<string | null>;
}

/** Thread specs (behind blobs) and their sealed environment. */
export interface ThreadSpecs {
  read(tenant: string, specRef: string): Promise<ThreadSpec>;
  /** Values of the variables that the spawn gave; sealed at rest. Empty when there are none. */
  environment(actor: ActorRef): Promise<z.output<typeof Environment>>;
}

export interface HostRecord {
  readonly hostId: string;
  /** Where the host's relay listens, as a URL (`http://127.0.0.1:40123`), and the token that it asks for. */
  readonly relayUrl: string;
  readonly relayToken: string;
  readonly sessions: number;
  readonly capacity: number;
  readonly agentTypes: readonly string[];
  readonly lastSeenAt: string;
}

/** The registry of hosts. A host renews its row every few seconds; one that is silent for `goneAfterMs` counts as gone. */
export interface Hosts {
  renew(host: Omit<HostRecord, 'lastSeenAt'>): Promise<void>;
  find(hostId: string): Promise<HostRecord | null>;
  live(withinMs: number): Promise<readonly HostRecord[]>;
  retire(hostId: string): Promise<void>;
}

/** Frames: live-only messages to whoever watches now. Never stored, may be dropped, never block. */
export interface Frames {
  send(actor: ActorRef, frame: Readonly<Record<string, unknown>>): void;
}
