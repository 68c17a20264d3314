/** Webhooks and triggers in memory, behind their real gateways, for tests of the surface: nothing is sent and nothing is started. */
import type { FiringRecord, TriggerRecord } from '../../src/contracts/trigger';
import { Triggers, type FiringStore, type TriggerStore } from '../../src/gateway/triggers';
import { Webhooks, type DeliveryStore, type WebhookStore } from '../../src/gateway/webhooks';
import { isServed } from '../../src/contracts/target';
import type { DeliveryRecord, WebhookRecord, WebhookSecrets } from '../../src/contracts/webhook';
import { Fault } from '../../src/errors/fault';
import { urlProblem } from '../../src/outgoing/address-rule';
import type { TriggerPorts } from '../../src/surfaces/control-plane/triggers';

const AT = '2026-03-01T08:00:00.000Z';
const pageOf = <T>(all: readonly T[], { limit, offset }: { readonly limit: number; readonly offset: number }): readonly T[] =>
  all.slice(offset, offset + limit);

class FakeWebhookStore implements WebhookStore {
  readonly kept: { readonly tenant: string; row: WebhookRecord; secrets: WebhookSecrets }[] = [];
  private find = (tenant: string, id: string) => this.kept.find((kept) => kept.tenant === tenant && kept.row.id === id);

  insert: WebhookStore['insert'] = async ({ tenant, id, by, definition, secrets }) => {
    const secretHint = secrets.secret.slice(-4);
    const row = { id, definition, secretHint, createdBy: by, createdAt: AT, updatedAt: AT, delivered: 0, failed: 0, latencyMs: 0 };
    this.kept.unshift({ tenant, row, secrets });
    return Promise.resolve(row);
  };
  get: WebhookStore['get'] = async (tenant, id) => Promise.resolve(this.find(tenant, id)?.row ?? null);
  list: WebhookStore['list'] = async (tenant, page) => {
    const mine = this.kept.filter((kept) => kept.tenant === tenant).map(({ row }) => row);
    return Promise.resolve({ webhooks: pageOf(mine, page), total: mine.length });
  };
  replace: WebhookStore['replace'] = async (tenant, id, definition, secrets, hint) => {
    const kept = this.find(tenant, id);
    if (!kept || (hint !== undefined && kept.row.secretHint !== hint)) return Promise.resolve(null);
    kept.row = { ...kept.row, definition, ...(secrets && { secretHint: secrets.secret.slice(-4) }) };
    kept.secrets = secrets ?? kept.secrets;
    return Promise.resolve(kept.row);
  };
  remove: WebhookStore['remove'] = async (tenant, id) => {
    const kept = this.find(tenant, id);
    if (kept) this.kept.splice(this.kept.indexOf(kept), 1);
    return Promise.resolve(kept !== undefined);
  };
  secrets: WebhookStore['secrets'] = async (tenant, id) => Promise.resolve(this.find(tenant, id)?.secrets ?? null);
}

class FakeDeliveryStore implements DeliveryStore {
  readonly kept: { readonly tenant: string; readonly row: DeliveryRecord }[] = [];

  add: DeliveryStore['add'] = async ({ tenant, id, webhookId, eventId, eventType, body }) => {
    const row = { ...{ id, webhookId, eventId, eventType, executionId: null, status: 'pending' as const, tries: [], tried: 0 }, body };
    this.kept.unshift({ tenant, row: { ...row, createdAt: AT, nextAt: null, completedAt: null } });
    return Promise.resolve();
  };
  get: DeliveryStore['get'] = async (tenant, webhookId, id) =>
    Promise.resolve(this.kept.find((kept) => kept.tenant === tenant && kept.row.webhookId === webhookId && kept.row.id === id)?.row ?? null);
  list: DeliveryStore['list'] = async (tenant, webhookId, { status, ...page }) => {
    const mine = this.kept.filter(({ tenant: owner, row }) => owner === tenant && row.webhookId === webhookId && (status === null || row.status === status));
    return Promise.resolve({ deliveries: pageOf(mine, page).map(({ row }) => row), total: mine.length });
  };
  repeated = 0;
  again: DeliveryStore['again'] = async () => {
    this.repeated += 1;
    return Promise.resolve(true);
  };
  markStarted: DeliveryStore['markStarted'] = async () => Promise.resolve();
}

class FakeTriggerStore implements TriggerStore {
  readonly kept: TriggerRecord[] = [];

  insert: TriggerStore['insert'] = async ({ by, ...given }) => {
    const row = {
      ...given,
      active: true,
      secretHint: given.secrets && given.secrets.secret.slice(-4),
      createdBy: by,
      createdAt: AT,
      updatedAt: AT,
      fired: 0,
      lastFiredAt: null,
    };
    this.kept.unshift(row);
    return Promise.resolve(row);
  };
  get: TriggerStore['get'] = async (tenant, id) => Promise.resolve(this.kept.find((row) => row.tenant === tenant && row.id === id) ?? null);
  byPath: TriggerStore['byPath'] = async (path) => Promise.resolve(this.kept.find((row) => row.path === path) ?? null);
  list: TriggerStore['list'] = async (tenant, { type, active, ...page }) => {
    const mine = this.kept.filter((row) => row.tenant === tenant && (type === null || row.type === type) && (active === null || row.active === active));
    return Promise.resolve({ triggers: pageOf(mine, page), total: mine.length });
  };
  private change(tenant: string, id: string, change: Partial<TriggerRecord>): TriggerRecord | null {
    const at = this.kept.findIndex((row) => row.tenant === tenant && row.id === id);
    const known = this.kept[at];
    return known ? (this.kept[at] = { ...known, ...change }) : null;
  }
  replace: TriggerStore['replace'] = async (tenant, id, definition, secrets, hint) => {
    if (hint !== undefined && (await this.get(tenant, id))?.secretHint !== hint) return null;
    return this.change(tenant, id, { definition, secrets, secretHint: secrets && secrets.secret.slice(-4) });
  };
  setActive: TriggerStore['setActive'] = async (tenant, id, active) => Promise.resolve(this.change(tenant, id, { active }));
  remove: TriggerStore['remove'] = async (tenant, id) => {
    const at = this.kept.findIndex((row) => row.tenant === tenant && row.id === id);
    if (at >= 0) this.kept.splice(at, 1);
    return Promise.resolve(at >= 0);
  };
}

class FakeFiringStore implements FiringStore {
  readonly kept: { readonly triggerId: string; row: FiringRecord }[] = [];

  add: FiringStore['add'] = async ({ triggerId, firingId, source }) => {
    const known = this.kept.find((kept) => kept.triggerId === triggerId && kept.row.source === source);
    if (known) return Promise.resolve({ firing: known.row, first: false });
    const row: FiringRecord = { id: firingId, status: 'pending', source, target: null, error: null, createdAt: AT, completedAt: null };
    this.kept.unshift({ triggerId, row });
    return Promise.resolve({ firing: row, first: true });
  };
  get: FiringStore['get'] = async ({ firingId }) => Promise.resolve(this.kept.find(({ row }) => row.id === firingId)?.row ?? null);
  list: FiringStore['list'] = async (_tenant, triggerId, page) => {
    const mine = this.kept.filter((kept) => kept.triggerId === triggerId).map(({ row }) => row);
    return Promise.resolve({ firings: pageOf(mine, page), total: mine.length });
  };
  markStarted: FiringStore['markStarted'] = async () => Promise.resolve();
  /** As the worker would. */
  start(firingId: string, id: string): void {
    for (const kept of this.kept)
      if (kept.row.id === firingId) kept.row = { ...kept.row, status: 'started', target: { kind: 'managed-thread', id }, completedAt: AT };
  }
}

const once = (): ConstructorParameters<typeof Webhooks>[0]['once'] => {
  const known = new Map<string, { readonly body: string; readonly id: string }>();
  return async ({ tenant, route, key, body }, newId, { find, make }) => {
    if (key === null) return { row: await make(newId), replayed: false };
    const name = JSON.stringify([tenant, route, key]);
    const first = known.get(name);
    if (first && first.body !== JSON.stringify(body)) throw new Fault('conflict', 'idempotency.key_reused', 'This Idempotency-Key was used with another body.');
    known.set(name, first ?? { body: JSON.stringify(body), id: newId });
    const row = first && (await find(first.id));
    return row ? { row, replayed: true } : { row: await make(first?.id ?? newId), replayed: false };
  };
};

export function fakeSubscriptions() {
  const [deliveries, firings, triggers, hooks] = [new FakeDeliveryStore(), new FakeFiringStore(), new FakeTriggerStore(), new FakeWebhookStore()];
  const webhooks = new Webhooks({
    ...{ webhooks: hooks, deliveries, once: once(), delaysMs: [] },
    deliverNow: () => Promise.resolve(),
    urlProblem: (url) => urlProblem(url, { allowPrivate: false }),
  });
  const gateway = new Triggers({
    ...{ triggers, firings, once: once(), answerMs: 1_000 },
    check: (_tenant, { kind }) =>
      isServed(kind)
        ? Promise.resolve()
        : Promise.reject(new Fault('unsupported', 'target.unsupported', `A target of the kind ${kind} is not served yet.`, { kind })),
    fire: ({ firingId }) => {
      firings.start(firingId, 'thr_1');
      return Promise.resolve();
    },
    spend: () => Promise.resolve(),
  });
  const ports: TriggerPorts = {
    triggers: gateway,
    async receive(path, incoming) {
      const identified = await gateway.identify(path, incoming);
      return { triggerId: identified.trigger.id, ...(await gateway.fire(identified)) };
    },
  };
  return { webhooks, triggers: ports, stores: { triggers, firings, webhooks: hooks, deliveries } };
}
