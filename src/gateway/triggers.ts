/** Triggers, as a caller may use them, and the door for the requests that fire them. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Principal } from '../contracts/principal';
import type { Target } from '../contracts/target';
import { TRIGGERS_MAX, type Firing, type FiringRecord, type TriggerDefinition, type TriggerRecord, type TriggerType } from '../contracts/trigger';
import type { RotatingSecret } from '../contracts/webhook';
import { mappedInput } from '../domain/trigger/input-mapping';
import { countingSecrets } from '../domain/webhook/rotating-secret';
import { isSignedBy } from '../domain/webhook/signature';
import { Fault } from '../errors/fault';
import { rotateSecret } from './secret-rotation';

interface Page {
  readonly limit: number;
  readonly offset: number;
}

export interface TriggerFilter extends Page {
  readonly type: TriggerType | null;
  readonly active: boolean | null;
}

export interface TriggerStore {
  insert(
    trigger: {
      readonly tenant: string;
      readonly id: string;
      readonly type: TriggerType;
      readonly by: string;
      readonly path: string | null;
      readonly definition: TriggerDefinition;
      readonly secrets: RotatingSecret | null;
    },
    max: number,
  ): Promise<TriggerRecord | null>;
  get(tenant: string, id: string): Promise<TriggerRecord | null>;
  byPath(path: string): Promise<TriggerRecord | null>;
  list(tenant: string, filter: TriggerFilter): Promise<{ readonly triggers: readonly TriggerRecord[]; readonly total: number }>;
  /** `hint`: only while the secret ends so. */
  replace(tenant: string, id: string, definition: TriggerDefinition, secrets: RotatingSecret | null, hint?: string): Promise<TriggerRecord | null>;
  setActive(tenant: string, id: string, active: boolean): Promise<TriggerRecord | null>;
  remove(tenant: string, id: string): Promise<boolean>;
}

export interface FiringStore {
  add(firing: Firing & { readonly source: string; readonly target: Target }): Promise<{ readonly firing: FiringRecord; readonly first: boolean }>;
  get(firing: Firing): Promise<FiringRecord | null>;
  list(tenant: string, triggerId: string, page: Page): Promise<{ readonly firings: readonly FiringRecord[]; readonly total: number }>;
  markStarted(firing: Firing): Promise<void>;
}

export interface TriggerDependencies {
  readonly triggers: TriggerStore;
  readonly firings: FiringStore;
  /** Throws what a start would be refused with for ever. */
  check(tenant: string, target: Target): Promise<void>;
  once<T>(
    request: { readonly tenant: string; readonly route: string; readonly key: string | null; readonly body: unknown },
    newId: string,
    row: { readonly find: (id: string) => Promise<T | null>; readonly make: (id: string) => Promise<T> },
  ): Promise<{ readonly row: T; readonly replayed: boolean }>;
  fire(firing: Firing, summary: string): Promise<void>;
  /** Throws `request.rate_limited` (exhausted) when this trigger has fired too often within the minute. */
  spend(triggerId: string): Promise<void>;
  /** How long the door waits for the start. */
  readonly answerMs: number;
}

/** What comes in at the door. */
export interface Incoming {
  readonly body: unknown;
  readonly raw: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  /** Those that may be mapped: no credentials among them. */
  readonly mappable: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

/** A request that was made by somebody who has the trigger's secret. */
export interface Identified {
  readonly trigger: TriggerRecord;
  /** The same for the same signed request. */
  readonly source: string;
  readonly incoming: Incoming;
}

const SIGNATURES = ['x-everthread-signature', 'x-parallax-signature', 'x-hub-signature-256'] as const;
const TIMESTAMPS = ['x-everthread-timestamp', 'x-parallax-timestamp'] as const;
const LOOK_EVERY_MS = 50;

const newSecret = (): string => `trsec_${randomBytes(24).toString('base64url')}`;

export class Triggers {
  constructor(private readonly deps: TriggerDependencies) {}

  /** For an inbound webhook the secret is in this answer only; null in the answer to a repeated request. Fault `trigger.too_many` (conflict). */
  async create(
    { tenant, subject }: Principal,
    type: TriggerType,
    definition: TriggerDefinition,
    { secret: given, idempotencyKey }: { readonly secret: string | null; readonly idempotencyKey: string | null },
  ): Promise<{ readonly trigger: TriggerRecord; readonly secret: string | null }> {
    await this.check(tenant, definition);
    const secrets = type === 'webhook' ? { secret: given ?? newSecret(), previous: null } : null;
    const path = type === 'webhook' ? randomBytes(24).toString('base64url') : null;
    const request = { tenant, route: `POST /api/triggers/${type}`, key: idempotencyKey, body: { definition, given } };
    const { row, replayed } = await this.deps.once(request, `trg_${randomUUID().replaceAll('-', '').slice(0, 20)}`, {
      find: (id) => this.deps.triggers.get(tenant, id),
      make: async (id) => {
        const made = await this.deps.triggers.insert({ tenant, id, type, by: subject, path, definition, secrets }, TRIGGERS_MAX);
        if (!made) throw new Fault('conflict', 'trigger.too_many', `There are ${TRIGGERS_MAX} triggers already; delete one first.`, { max: TRIGGERS_MAX });
        return made;
      },
    });
    return { trigger: row, secret: replayed ? null : (secrets?.secret ?? null) };
  }

  /** What only the mapping fills in cannot be checked before something comes in. */
  private async check(tenant: string, { target, inputMapping }: TriggerDefinition): Promise<void> {
    if (Object.keys(inputMapping).length === 0) await this.deps.check(tenant, target);
  }

  async get(tenant: string, id: string): Promise<TriggerRecord> {
    return (await this.deps.triggers.get(tenant, id)) ?? absent(id);
  }

  list(tenant: string, filter: TriggerFilter): Promise<{ readonly triggers: readonly TriggerRecord[]; readonly total: number }> {
    return this.deps.triggers.list(tenant, filter);
  }

  async replace({ tenant }: Principal, id: string, definition: (known: TriggerRecord) => TriggerDefinition): Promise<TriggerRecord> {
    const known = await this.get(tenant, id);
    const next = definition(known);
    await this.check(tenant, next);
    return (await this.deps.triggers.replace(tenant, id, next, known.secrets)) ?? absent(id);
  }

  /** Twice is a no-op. What happens while it is paused is not made up for. */
  async setActive({ tenant }: Principal, id: string, active: boolean): Promise<TriggerRecord> {
    return (await this.deps.triggers.setActive(tenant, id, active)) ?? absent(id);
  }

  /** Its firings go with it; what it started lives on. */
  async remove({ tenant }: Principal, id: string): Promise<void> {
    if (!(await this.deps.triggers.remove(tenant, id))) absent(id);
  }

  /**
   * For `graceSeconds` both secrets are taken. The new one is in this answer only; null in the answer to a repeated request. Faults: `trigger.no_secret` (conflict) for event
   * triggers, `trigger.secret_changed` (conflict).
   */
  async rotate(
    { tenant }: Principal,
    id: string,
    graceSeconds: number,
    { idempotencyKey }: { readonly idempotencyKey: string | null },
  ): Promise<{ readonly trigger: TriggerRecord; readonly secret: string | null }> {
    const { secretHint } = await this.get(tenant, id);
    const secrets = async (): Promise<RotatingSecret> => {
      const known = await this.get(tenant, id);
      if (!known.secrets || secretHint === null) throw new Fault('conflict', 'trigger.no_secret', 'Only inbound webhooks have a secret.', { id });
      return known.secrets;
    };
    const request = { tenant, route: 'POST /api/triggers/:id/rotate-secret', key: idempotencyKey, body: { id, graceSeconds } };
    const { row, secret } = await rotateSecret<TriggerRecord>(this.deps, request, {
      ...{ secrets, newSecret, graceSeconds, get: () => this.get(tenant, id), changed: () => changed(id) },
      replace: async (next) => this.deps.triggers.replace(tenant, id, (await this.get(tenant, id)).definition, next, secretHint ?? undefined),
    });
    return { trigger: row, secret };
  }

  async firings(tenant: string, id: string, page: Page): Promise<{ readonly firings: readonly FiringRecord[]; readonly total: number }> {
    await this.get(tenant, id);
    return this.deps.firings.list(tenant, id, page);
  }

  /**
   * A request at the address of an inbound webhook: only whoever has the secret comes further. Faults: `trigger.not_found`, `trigger.signature_missing`, `trigger.signature_invalid` and
   * `trigger.timestamp_outside` (unauthenticated).
   */
  async identify(path: string, incoming: Incoming): Promise<Identified> {
    const trigger = await this.deps.triggers.byPath(path);
    if (!trigger?.secrets) throw new Fault('not_found', 'trigger.not_found', 'There is no such trigger.', {});
    return { trigger, source: `request_${authentic(trigger.definition, trigger.secrets, incoming)}`, incoming };
  }

  /**
   * Fires once for each signed request: a repetition answers with what the first one did. Faults: `trigger.paused` (conflict), `trigger.field_missing` (invalid), `request.rate_limited` (exhausted).
   */
  async fire({ trigger, source, incoming: { body, mappable, query } }: Identified): Promise<{ readonly firing: FiringRecord; readonly first: boolean }> {
    if (!trigger.active) throw new Fault('conflict', 'trigger.paused', 'The trigger is paused.', { id: trigger.id });
    await this.deps.spend(trigger.id);
    const { target, inputMapping } = trigger.definition;
    const input = mappedInput(target.input, inputMapping, { body, headers: mappable, query });
    const ids: Firing = { tenant: trigger.tenant, triggerId: trigger.id, firingId: `fir_${randomUUID().replaceAll('-', '')}` };
    const { firing, first } = await this.deps.firings.add({ ...ids, source, target: { kind: target.kind, input } });
    return { firing: await this.started({ ...ids, firingId: firing.id }, firing, trigger), first };
  }

  /** Asks for the start and waits a little for it. When Temporal is away the worker asks later: the firing is kept. */
  private async started(ids: Firing, firing: FiringRecord, { definition }: TriggerRecord): Promise<FiringRecord> {
    if (firing.status !== 'pending') return firing;
    try {
      await this.deps.fire(ids, definition.name);
      await this.deps.firings.markStarted(ids);
    } catch (thrown) {
      if (thrown instanceof Fault && thrown.kind === 'unavailable') return firing;
      throw thrown;
    }
    for (const until = Date.now() + this.deps.answerMs; Date.now() < until;) {
      const now = await this.deps.firings.get(ids);
      if (!now || now.status !== 'pending') return now ?? firing;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    return firing;
  }
}

/** The signature that makes the request unmistakable, when it was made with the trigger's secret. */
function authentic({ signatureScheme, replayWindowMs }: TriggerDefinition, secrets: RotatingSecret, { headers, raw }: Incoming): string {
  const given = SIGNATURES.map((name) => headers[name]).find((value) => value !== undefined);
  if (given === undefined)
    throw new Fault('unauthenticated', 'trigger.signature_missing', `The request is not signed: expected the header ${SIGNATURES[0]}.`, {
      header: SIGNATURES[0],
    });
  const timestamp = TIMESTAMPS.map((name) => headers[name]).find((value) => value !== undefined) ?? '';
  if (signatureScheme === 'timestamped' && !/^\d{1,12}$/.test(timestamp))
    throw new Fault('unauthenticated', 'trigger.signature_missing', `expected the header ${TIMESTAMPS[0]} with seconds since 1970.`, { header: TIMESTAMPS[0] });
  if (!isSignedBy(countingSecrets(secrets, Date.now()), signatureScheme, timestamp, raw, given))
    throw new Fault('unauthenticated', 'trigger.signature_invalid', 'The signature was not made with the secret of this trigger, or over another body.', {});
  if (signatureScheme === 'timestamped' && Math.abs(Date.now() - Number(timestamp) * 1_000) > replayWindowMs)
    throw new Fault('unauthenticated', 'trigger.timestamp_outside', `The signed time is more than ${replayWindowMs} ms away.`, { replayWindowMs });
  // What was signed, not how the header is spelled: letters and further signatures beside it make no other request.
  return createHash('sha256')
    .update(signatureScheme === 'timestamped' ? `${timestamp}.` : '')
    .update(raw)
    .digest('hex');
}

function changed(id: string): never {
  throw new Fault('conflict', 'trigger.secret_changed', 'Another request replaced the secret at the same time.', { id });
}

function absent(id: string): never {
  throw new Fault('not_found', 'trigger.not_found', 'There is no such trigger.', { id });
}
