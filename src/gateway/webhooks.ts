/** Webhooks, as a caller may use them. */
import { randomBytes, randomUUID } from 'node:crypto';
import { executionAddress } from '../contracts/execution/commands';
import { scriptAddress } from '../contracts/script/commands';
import type { Principal } from '../contracts/principal';
import {
  WEBHOOKS_MAX,
  type Delivery,
  type DeliveryRecord,
  type DeliveryStatus,
  type WebhookDefinition,
  type WebhookRecord,
  type WebhookSecrets,
} from '../contracts/webhook';
import { Fault } from '../errors/fault';
import { rotateSecret } from './secret-rotation';

interface Page {
  readonly limit: number;
  readonly offset: number;
}

export interface WebhookStore {
  insert(
    webhook: {
      readonly tenant: string;
      readonly id: string;
      readonly by: string;
      readonly definition: WebhookDefinition;
      readonly secrets: WebhookSecrets;
      readonly forActor?: string;
    },
    max: number,
  ): Promise<WebhookRecord | null>;
  get(tenant: string, id: string): Promise<WebhookRecord | null>;
  list(tenant: string, page: Page): Promise<{ readonly webhooks: readonly WebhookRecord[]; readonly total: number }>;
  /** `hint`: only while the secret ends so. */
  replace(tenant: string, id: string, definition: WebhookDefinition, secrets: WebhookSecrets | null, hint?: string): Promise<WebhookRecord | null>;
  remove(tenant: string, id: string): Promise<boolean>;
  secrets(tenant: string, id: string): Promise<WebhookSecrets | null>;
}

export interface DeliveryStore {
  add(delivery: {
    readonly tenant: string;
    readonly id: string;
    readonly webhookId: string;
    readonly eventId: string;
    readonly eventType: string;
    readonly actor: null;
    readonly executionId: null;
    readonly body: string;
    readonly ordered: false;
  }): Promise<void>;
  get(tenant: string, webhookId: string, id: string): Promise<DeliveryRecord | null>;
  list(
    tenant: string,
    webhookId: string,
    page: Page & { readonly status: DeliveryStatus | null },
  ): Promise<{ readonly deliveries: readonly DeliveryRecord[]; readonly total: number }>;
  again(tenant: string, id: string): Promise<boolean>;
  markStarted(tenant: string, id: string): Promise<void>;
}

export interface WebhookDependencies {
  readonly webhooks: WebhookStore;
  readonly deliveries: DeliveryStore;
  /** Makes a row once for each `Idempotency-Key`. */
  once<T>(
    request: { readonly tenant: string; readonly route: string; readonly key: string | null; readonly body: unknown },
    newId: string,
    row: { readonly find: (id: string) => Promise<T | null>; readonly make: (id: string) => Promise<T> },
  ): Promise<{ readonly row: T; readonly replayed: boolean }>;
  /** Tries now, also when it was delivered or given up before. */
  deliverNow(delivery: Delivery, summary: string): Promise<void>;
  /** Why a URL may not be called; null when it may. */
  urlProblem(url: string): string | null;
  /** Waits before the second try and the further ones. */
  readonly delaysMs: readonly number[];
}

/** What a client may say of the secrets. */
export interface GivenSecrets {
  readonly secret?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** What a request to execute a pattern may say of a webhook. */
export interface OfExecution {
  readonly url: string;
  readonly secret?: string | undefined;
  readonly events: readonly ('completed' | 'failed' | 'cancelled')[];
}

interface Keyed {
  readonly idempotencyKey: string | null;
}

const TEST_EVENT = 'webhook.test';

const newSecret = (): string => `whsec_${randomBytes(24).toString('base64url')}`;

export class Webhooks {
  constructor(private readonly deps: WebhookDependencies) {}

  /** The secret is in this answer only; null in the answer to a repeated request. Faults: `webhook.url_refused` (invalid), `webhook.too_many` (conflict). */
  async create(
    { tenant, subject }: Principal,
    definition: WebhookDefinition,
    given: GivenSecrets,
    { idempotencyKey }: Keyed,
  ): Promise<{ readonly webhook: WebhookRecord; readonly secret: string | null }> {
    this.checkUrl(definition);
    const secrets: WebhookSecrets = { secret: given.secret ?? newSecret(), previous: null, headers: given.headers ?? {} };
    const request = { tenant, route: 'POST /api/webhooks', key: idempotencyKey, body: { definition, given } };
    const { row, replayed } = await this.deps.once(request, `wh_${randomUUID().replaceAll('-', '').slice(0, 20)}`, {
      find: (id) => this.deps.webhooks.get(tenant, id),
      make: async (id) => {
        const made = await this.deps.webhooks.insert({ tenant, id, by: subject, definition, secrets }, WEBHOOKS_MAX);
        if (!made) throw new Fault('conflict', 'webhook.too_many', `There are ${WEBHOOKS_MAX} webhooks already; delete one first.`, { max: WEBHOOKS_MAX });
        return made;
      },
    });
    return { webhook: row, secret: replayed ? null : secrets.secret };
  }

  /** Fault `webhook.url_refused` (invalid), whose field is `webhook.url`. */
  checkUrlOf({ url }: OfExecution): void {
    const problem = this.deps.urlProblem(url);
    if (problem !== null) throw new Fault('invalid', 'webhook.url_refused', `webhook.url: ${problem}`, { field: 'webhook.url', reason: problem });
  }

  /** A webhook that is told of the end of one execution. Made before the execution starts; twice is a no-op. */
  async ofExecution(principal: Principal, id: string, { url, secret, events }: OfExecution): Promise<void> {
    const meant = { url, events: events.map((event) => `execution.${event}`), format: 'execution' as const };
    await this.ofActor(principal, { id, address: executionAddress(principal.tenant, id) }, meant, secret);
  }

  /** A webhook that is told of the end of one thread of a script. Made before the thread starts; twice is a no-op. */
  async ofScriptThread(principal: Principal, id: string, url: string): Promise<void> {
    const events = ['completed', 'failed', 'cancelled'].map((end) => `script.thread_${end}`);
    await this.ofActor(principal, { id, address: scriptAddress(principal.tenant, id) }, { url, events, format: 'event' });
  }

  private async ofActor(
    { tenant, subject }: Principal,
    { id, address }: { readonly id: string; readonly address: string },
    meant: Pick<WebhookDefinition, 'url' | 'events' | 'format'>,
    secret?: string,
  ): Promise<void> {
    const definition: WebhookDefinition = {
      ...{ ...meant, description: null, filters: {}, enabled: true, ordered: false, timeoutMs: 10_000 },
      ...{ retries: this.deps.delaysMs.length, signatureScheme: 'body', headerNames: [], metadata: {} },
    };
    const secrets: WebhookSecrets = { secret: secret ?? newSecret(), previous: null, headers: {} };
    await this.deps.webhooks.insert({ tenant, id: `wh_${id}`, by: subject, definition, secrets, forActor: address }, WEBHOOKS_MAX);
  }

  async get(tenant: string, id: string): Promise<WebhookRecord> {
    return (await this.deps.webhooks.get(tenant, id)) ?? absent(id);
  }

  list(tenant: string, page: Page): Promise<{ readonly webhooks: readonly WebhookRecord[]; readonly total: number }> {
    return this.deps.webhooks.list(tenant, page);
  }

  /** Deliveries that are under way go to the new address. */
  async change({ tenant }: Principal, id: string, next: (known: WebhookDefinition) => WebhookDefinition, given: GivenSecrets): Promise<WebhookRecord> {
    const known = await this.get(tenant, id);
    const definition = next(known.definition);
    this.checkUrl(definition);
    const secrets = given.secret === undefined && given.headers === undefined ? null : await this.changedSecrets(tenant, id, given);
    return (await this.deps.webhooks.replace(tenant, id, definition, secrets)) ?? absent(id);
  }

  private async changedSecrets(tenant: string, id: string, { secret, headers }: GivenSecrets): Promise<WebhookSecrets> {
    const known = (await this.deps.webhooks.secrets(tenant, id)) ?? absent(id);
    return { ...known, ...(secret !== undefined && { secret, previous: null, rotation: null }), ...(headers !== undefined && { headers }) };
  }

  /** Its deliveries go with it. */
  async remove({ tenant }: Principal, id: string): Promise<void> {
    if (!(await this.deps.webhooks.remove(tenant, id))) absent(id);
  }

  /** For `graceSeconds` both secrets sign. The new one is in this answer only; null in the answer to a repeated request. Fault `webhook.secret_changed` (conflict). */
  async rotate(
    { tenant }: Principal,
    id: string,
    graceSeconds: number,
    { idempotencyKey }: Keyed,
  ): Promise<{ readonly webhook: WebhookRecord; readonly secret: string | null }> {
    const { secretHint } = await this.get(tenant, id);
    const secrets = async (): Promise<WebhookSecrets> => (await this.deps.webhooks.secrets(tenant, id)) ?? absent(id);
    const request = { tenant, route: 'POST /api/webhooks/:id/rotate-secret', key: idempotencyKey, body: { id, graceSeconds } };
    const { row, secret } = await rotateSecret<WebhookRecord>(this.deps, request, {
      ...{ secrets, newSecret, graceSeconds, get: () => this.get(tenant, id), changed: () => changed(id) },
      replace: async (next) => {
        const [{ definition }, known] = [await this.get(tenant, id), await secrets()];
        return this.deps.webhooks.replace(tenant, id, definition, { ...known, ...next }, secretHint);
      },
    });
    return { webhook: row, secret };
  }

  /** Sends an event that nothing made, without further tries. */
  async test({ tenant, subject }: Principal, id: string, { idempotencyKey }: Keyed): Promise<DeliveryRecord> {
    await this.get(tenant, id);
    const request = { tenant, route: 'POST /api/webhooks/:id/test', key: idempotencyKey, body: { id } };
    const { row } = await this.deps.once(request, `dlv_${randomUUID().replaceAll('-', '')}`, {
      find: (deliveryId) => this.deps.deliveries.get(tenant, id, deliveryId),
      make: (deliveryId) => this.makeTest(tenant, subject, id, deliveryId),
    });
    return row;
  }

  /** Twice under one id sends one event. */
  private async makeTest(tenant: string, subject: string, id: string, deliveryId: string): Promise<DeliveryRecord> {
    const eventId = deliveryId.replace('dlv_', 'evt_test_');
    const body = JSON.stringify({ id: eventId, type: TEST_EVENT, timestamp: new Date().toISOString(), data: { webhookId: id, requestedBy: subject } });
    await this.deps.deliveries.add({
      tenant,
      id: deliveryId,
      webhookId: id,
      eventId,
      eventType: TEST_EVENT,
      actor: null,
      executionId: null,
      body,
      ordered: false,
    });
    await this.deps.deliverNow({ tenant, deliveryId, delaysMs: [] }, `${TEST_EVENT} to ${id}`);
    await this.deps.deliveries.markStarted(tenant, deliveryId);
    return this.delivery(tenant, id, deliveryId);
  }

  async deliveries(
    tenant: string,
    id: string,
    page: Page & { readonly status: DeliveryStatus | null },
  ): Promise<{ readonly deliveries: readonly DeliveryRecord[]; readonly total: number }> {
    await this.get(tenant, id);
    return this.deps.deliveries.list(tenant, id, page);
  }

  async delivery(tenant: string, id: string, deliveryId: string): Promise<DeliveryRecord> {
    const found = await this.deps.deliveries.get(tenant, id, deliveryId);
    if (found) return found;
    throw new Fault('not_found', 'webhook.delivery_not_found', 'There is no such delivery.', { id: deliveryId });
  }

  /** The same event under the same ids, from the first try on. Fault `webhook.disabled` (conflict). */
  async redeliver({ tenant }: Principal, id: string, deliveryId: string, { idempotencyKey }: Keyed): Promise<DeliveryRecord> {
    const { definition } = await this.get(tenant, id);
    const { eventType, tried } = await this.delivery(tenant, id, deliveryId);
    const request = { tenant, route: 'POST /api/webhooks/:id/deliveries/:deliveryId/redeliver', key: idempotencyKey, body: { id, deliveryId } };
    const { row } = await this.deps.once(request, String(tried), {
      // What was asked for has begun when it waits for a try, or there was one since the first request.
      find: async (triedBefore) => {
        const now = await this.delivery(tenant, id, deliveryId);
        return now.status === 'pending' || now.tried > Number(triedBefore) ? now : null;
      },
      make: async () => {
        if (!definition.enabled) throw new Fault('conflict', 'webhook.disabled', 'The webhook is disabled: nothing is delivered to it.', { id });
        await this.deps.deliveries.again(tenant, deliveryId);
        await this.deps.deliverNow({ tenant, deliveryId, delaysMs: this.deps.delaysMs.slice(0, definition.retries) }, `${eventType} to ${id}`);
        return this.delivery(tenant, id, deliveryId);
      },
    });
    return row;
  }

  private checkUrl({ url }: WebhookDefinition): void {
    const problem = this.deps.urlProblem(url);
    if (problem !== null) throw new Fault('invalid', 'webhook.url_refused', `url: ${problem}`, { field: 'url', reason: problem });
  }
}

function changed(id: string): never {
  throw new Fault('conflict', 'webhook.secret_changed', 'Another request replaced the secret at the same time.', { id });
}

function absent(id: string): never {
  throw new Fault('not_found', 'webhook.not_found', 'There is no such webhook.', { id });
}
