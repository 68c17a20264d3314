/** Triggers: what is started when a request or an event comes in (digest of seed 001, 2.11). A firing is one start, and one workflow. */
import type { StartedTarget, Target } from './target';
import type { Filters, RotatingSecret, SignatureScheme } from './webhook';

export const FIRING_KIND = 'trigger';
export const FIRE_WORKFLOW = 'fireTrigger';
export const firingAddress = (tenant: string, triggerId: string, id: string): string => `${FIRING_KIND}/${tenant}/${triggerId}/${id}`;

/** Triggers that one tenant may have. */
export const TRIGGERS_MAX = 100;
/** Firings of one trigger that are kept; older ones are forgotten. */
export const FIRINGS_KEPT = 1_000;

export const TRIGGER_TYPES = ['webhook', 'event'] as const;
export type TriggerType = (typeof TRIGGER_TYPES)[number];

/**
 * Fields of the target's input, by dotted path, and where they come from: the dotted path of a field of the request (`body.issue.title`, `headers.x-github-event`, `query.name`) or event
 * (`data.summary`), whose value is taken as it is; or a text with such paths in double braces.
 */
export type InputMapping = Readonly<Record<string, string>>;

export interface TriggerDefinition {
  readonly name: string;
  readonly description: string | null;
  readonly target: Target;
  readonly inputMapping: InputMapping;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Of event triggers: names, prefixes or `*`, as of webhooks. */
  readonly events: readonly string[];
  /** Of event triggers. */
  readonly filters: Filters;
  /** Of inbound webhooks: what is signed. */
  readonly signatureScheme: SignatureScheme;
  /** Of inbound webhooks: how old, or how far ahead, a signed time may be. */
  readonly replayWindowMs: number;
}

/** A trigger as it is kept; surfaces show neither `secrets` nor values of variables. Times are ISO 8601. */
export interface TriggerRecord {
  readonly tenant: string;
  readonly id: string;
  readonly type: TriggerType;
  readonly definition: TriggerDefinition;
  readonly active: boolean;
  /** The end of the address of an inbound webhook. */
  readonly path: string | null;
  readonly secretHint: string | null;
  readonly secrets: RotatingSecret | null;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly fired: number;
  readonly lastFiredAt: string | null;
}

export const FIRING_STATUSES = ['pending', 'started', 'failed'] as const;
export type FiringStatus = (typeof FIRING_STATUSES)[number];

/** One firing as it is known afterwards. Times are ISO 8601. */
export interface FiringRecord {
  readonly id: string;
  readonly status: FiringStatus;
  readonly source: string;
  readonly target: StartedTarget | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly createdAt: string;
  readonly completedAt: string | null;
}

/** Argument of the workflow of a firing. */
export interface Firing {
  readonly tenant: string;
  readonly triggerId: string;
  readonly firingId: string;
}

export type FiringEnd =
  { readonly target: StartedTarget; readonly error: null } | { readonly target: null; readonly error: { readonly code: string; readonly message: string } };

/** The activities of a firing, on the worker's task queue. */
export interface TriggerActivities {
  /** Starts the target, once for each firing however often this is tried, and records it. Null when the firing is gone with its trigger. */
  startTriggeredTarget(firing: Firing): Promise<FiringEnd | null>;
  recordFiring(request: Firing & { readonly end: FiringEnd }): Promise<void>;
}
