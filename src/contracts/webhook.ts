/** Webhooks and their deliveries, as they are said between processes (seed 001, digest 2.11). A delivery is one event for one webhook, and one workflow. */

export const DELIVERY_KIND = 'webhook-delivery';
export const DELIVER_WORKFLOW = 'deliverWebhook';
/** The signal that makes a delivery try now instead of waiting. */
export const DELIVER_NOW_SIGNAL = 'deliverNow';

/** Id of the workflow of a delivery. */
export const deliveryAddress = (tenant: string, id: string): string => `${DELIVERY_KIND}/${tenant}/${id}`;

/** Webhooks that one tenant may have. */
export const WEBHOOKS_MAX = 100;
/** Deliveries of one webhook that are kept once they are over; older ones are forgotten. */
export const DELIVERIES_KEPT = 1_000;
/** Tries of a delivery that are shown; of more the first ones are left out. */
export const TRIES_KEPT = 20;

/** A condition on one field: a value that it must be, values of which it must be one, or operators. */
export type Condition = Scalar | readonly Scalar[] | { readonly [O in Operator]?: Scalar | readonly Scalar[] | undefined };
export type Scalar = string | number | boolean | null;
export const OPERATORS = ['$eq', '$ne', '$gt', '$gte', '$lt', '$lte', '$in', '$nin', '$exists'] as const;
export type Operator = (typeof OPERATORS)[number];
/** By the dotted path of a field of the event. All must hold. */
export type Filters = Readonly<Record<string, Condition>>;

/** How `X-Parallax-Signature` is made: over `timestamp.body`, or over the body alone, as the peer's code does. */
export const SIGNATURE_SCHEMES = ['timestamped', 'body'] as const;
export type SignatureScheme = (typeof SIGNATURE_SCHEMES)[number];

/** `event`: the event as all webhooks are told it. `execution`: how an execution ended, in the words of the peer's code (digest 2.11 [C]). */
export const BODY_FORMATS = ['event', 'execution'] as const;
export type BodyFormat = (typeof BODY_FORMATS)[number];

/** What somebody wants to be told, and where. */
export interface WebhookDefinition {
  readonly url: string;
  readonly description: string | null;
  /** Names (`thread.started`), prefixes (`thread.*`) or `*`. */
  readonly events: readonly string[];
  readonly filters: Filters;
  readonly enabled: boolean;
  /** Events of one actor are delivered one after the other. */
  readonly ordered: boolean;
  readonly timeoutMs: number;
  /** Tries after the first. */
  readonly retries: number;
  readonly signatureScheme: SignatureScheme;
  readonly format: BodyFormat;
  readonly headerNames: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** A secret that may be being replaced: `previous` counts beside it until its time. */
export interface RotatingSecret {
  readonly secret: string;
  readonly previous: { readonly secret: string; readonly until: string } | null;
  /** The rotation that made it, so that a repeated request knows its own. Null or absent: no rotation did. */
  readonly rotation?: string | null;
}

/** What is sealed of a webhook. */
export interface WebhookSecrets extends RotatingSecret {
  readonly headers: Readonly<Record<string, string>>;
}

export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed', 'cancelled'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** One try. `status` is the receiver's, null when there was no answer. */
export interface DeliveryTry {
  readonly at: string;
  readonly status: number | null;
  readonly error: string | null;
  readonly durationMs: number;
}

/** A webhook without its secrets. Times are ISO 8601. */
export interface WebhookRecord {
  readonly id: string;
  readonly definition: WebhookDefinition;
  /** The secret's end, to tell secrets apart by. */
  readonly secretHint: string;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly delivered: number;
  readonly failed: number;
  /** Milliseconds of all answered tries together. */
  readonly latencyMs: number;
}

/** A delivery as it is known afterwards. Times are ISO 8601. */
export interface DeliveryRecord {
  readonly id: string;
  readonly webhookId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly executionId: string | null;
  readonly status: DeliveryStatus;
  /** The newest tries, oldest first. */
  readonly tries: readonly DeliveryTry[];
  readonly tried: number;
  readonly body: string;
  readonly createdAt: string;
  readonly nextAt: string | null;
  readonly completedAt: string | null;
}

/** What a try came to. `retry` says whether another one makes sense. */
export interface TryOutcome {
  readonly delivered: boolean;
  readonly retry: boolean;
}

/** Argument of the workflow: which delivery, and the waits before its further tries. */
export interface Delivery {
  readonly tenant: string;
  readonly deliveryId: string;
  readonly delaysMs: readonly number[];
  /** Somebody wants it sent, whatever came of it before. */
  readonly asked?: true;
}

/** The activities of a delivery, on the worker's task queue. */
export interface WebhookActivities {
  /**
   * One try, and its record. At least once: a try whose answer was lost is made again. A delivery that is over is tried only when somebody `asked` for it; one whose webhook is gone or
   * disabled is not.
   */
  tryDelivery(request: {
    readonly tenant: string;
    readonly deliveryId: string;
    readonly nextInMs: number | null;
    readonly asked: boolean;
  }): Promise<TryOutcome>;
}
