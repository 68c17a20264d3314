/**
 * Reads the whole journal in its order, once, and makes of each event what webhooks and triggers want of it. The cursor's row is locked meanwhile, and everything that is made is written
 * with the cursor in one transaction: any number of processes may do this, and every event is dealt with once.
 */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { TriggerRecord } from '../contracts/trigger';
import type { BodyFormat } from '../contracts/webhook';
import { envelopeOf, executionEnd, fromOutside, type EventEnvelope } from '../domain/events/envelope';
import { eventName, isMeant } from '../domain/events/event-names';
import { fits } from '../domain/events/filters';
import { mappedInput } from '../domain/trigger/input-mapping';
import { faultFrom } from '../errors/fault';
import { inTransaction, type Queryable } from './database';
import { ownersOf, plainData, subjectsOf } from './event-subjects';
import { ROW_COLUMNS, ROW_SOURCE, rowOf, type JournalRow, type StoredRow } from './journal-reads';
import type { FiringsStore } from './trigger-firings';
import type { TriggersStore } from './triggers';
import { addDelivery } from './webhook-deliveries';
import { listeningWebhooks, type Listener } from './webhooks';

/** Events of one transaction. */
export const EVENTS_AT_ONCE = 200;
/** Bytes of a body; the data of a larger event is left out, and the body says so. */
const BODY_MAX = 512 * 1024;
/** Firings of one trigger within a minute; more are recorded as failed. It is the end of a circle of triggers. */
export const FIRINGS_PER_MINUTE = 120;

interface Read {
  readonly row: JournalRow;
  readonly tx: bigint;
}

interface Interest {
  readonly webhooks: readonly Listener[];
  readonly triggers: readonly { readonly trigger: TriggerRecord; readonly sinceTx: bigint }[];
}

export class Subscriptions {
  constructor(
    private readonly pool: Pool,
    private readonly triggers: TriggersStore,
    private readonly firings: FiringsStore,
  ) {}

  /** Deals with the next events. Returns how many they were; null when another process is at it. */
  next(): Promise<number | null> {
    return inTransaction(this.pool, async (db) => {
      const cursor = await db.query<{ tx: string; position: string }>(
        `select tx::text as tx, position::text as position from journal_cursors where name = 'subscriptions' for update skip locked`,
      );
      const at = cursor.rows[0];
      if (!at) return null;
      const { rows } = await db.query<StoredRow & { tx: string; position: string }>(
        `select ${ROW_COLUMNS}, j.tx::text as tx, j.position::text as position from ${ROW_SOURCE}
         where (j.tx, j.position) > ($1::xid8, $2::bigint) and j.tx < pg_snapshot_xmin(pg_current_snapshot()) order by j.tx, j.position limit $3`,
        [at.tx, at.position, EVENTS_AT_ONCE],
      );
      const last = rows.at(-1);
      if (!last) return 0;
      await this.deal(
        db,
        rows.map((row) => ({ row: rowOf(row), tx: BigInt(row.tx) })),
      );
      await db.query(`update journal_cursors set tx = $1, position = $2 where name = 'subscriptions'`, [last.tx, last.position]);
      return rows.length;
    });
  }

  private async deal(db: Queryable, read: readonly Read[]): Promise<void> {
    const tenants = [...new Set(read.map(({ row }) => row.tenant))];
    const interest: Interest = {
      webhooks: await listeningWebhooks(db, tenants, [...new Set(read.map(({ row }) => row.address))]),
      triggers: await this.triggers.listening(db, tenants),
    };
    if (interest.webhooks.length === 0 && interest.triggers.length === 0) return;
    const all = read.map(({ row }) => row);
    const [subjects, owners] = [await subjectsOf(db, all), await ownersOf(db, all)];
    for (const { row, tx } of read) {
      if (!isNamed(row, interest)) continue;
      const event = envelopeOf({ ...row, data: await plainData(db, row) }, subjects.get(row.address) ?? {});
      if (!event) continue;
      const owner = owners.get(row.address);
      const seenBy = ({ createdBy }: { readonly createdBy: string }): EventEnvelope =>
        owner === undefined || owner === createdBy ? event : fromOutside(event);
      for (const webhook of interest.webhooks)
        if (webhook.tenant === row.tenant && webhook.sinceTx <= tx && (webhook.forActor ?? row.address) === row.address)
          await this.tell(db, row, seenBy(webhook), webhook);
      for (const { trigger, sinceTx } of interest.triggers)
        if (trigger.tenant === row.tenant && sinceTx <= tx) await this.fire(db, row, seenBy(trigger), trigger);
    }
  }

  private async tell(db: Queryable, row: JournalRow, event: EventEnvelope, { id, definition }: Listener): Promise<void> {
    if (!isMeant(definition.events, event.type) || !fits(definition.filters, event)) return;
    await addDelivery(db, {
      ...{ tenant: row.tenant, id: `dlv_${randomUUID().replaceAll('-', '')}`, webhookId: id, eventId: event.id, eventType: event.type },
      ...{ actor: row.address, executionId: row.executionId, body: bodyOf(event, definition.format), ordered: definition.ordered },
    });
  }

  /** What the trigger itself started does not fire it: that would be a circle. */
  private async fire(db: Queryable, row: JournalRow, event: EventEnvelope, trigger: TriggerRecord): Promise<void> {
    const { tenant, id, definition } = trigger;
    if (!isMeant(definition.events, event.type) || !fits(definition.filters, event) || (await startedBy(db, row, id))) return;
    const firing = { tenant, triggerId: id, firingId: `fir_${randomUUID().replaceAll('-', '')}`, source: event.id, target: definition.target };
    if ((await this.firings.lastMinute(db, tenant, id)) >= FIRINGS_PER_MINUTE) {
      const message = `The trigger fired ${FIRINGS_PER_MINUTE} times within a minute.`;
      await this.firings.addIn(db, { ...firing, refused: { code: 'trigger.too_many_firings', message } });
      return;
    }
    try {
      const input = mappedInput(definition.target.input, definition.inputMapping, event);
      await this.firings.addIn(db, { ...firing, target: { kind: definition.target.kind, input } });
    } catch (thrown) {
      const { kind, code, message } = faultFrom(thrown);
      if (kind !== 'invalid') throw thrown;
      await this.firings.addIn(db, { ...firing, refused: { code, message } });
    }
  }
}

/** Whether anybody means events of this name at all: what nobody means is not looked at closer. */
function isNamed({ tenant, kind, type }: JournalRow, { webhooks, triggers }: Interest): boolean {
  const name = eventName(kind, type);
  if (name === null) return false;
  const meant = [...webhooks, ...triggers.map(({ trigger }) => trigger)].filter((one) => one.tenant === tenant);
  return meant.some(({ definition }) => isMeant(definition.events, name));
}

function bodyOf(event: EventEnvelope, format: BodyFormat): string {
  const told = (of: EventEnvelope): string => JSON.stringify(format === 'execution' ? executionEnd(of) : of);
  const whole = told(event);
  return Buffer.byteLength(whole) <= BODY_MAX ? whole : JSON.stringify({ ...(JSON.parse(told({ ...event, data: null })) as object), dataOmitted: true });
}

/** Also while the firing does not know yet what it started: the id was taken for its key before anything was made. */
async function startedBy(db: Queryable, { tenant, id }: JournalRow, triggerId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `select 1 from trigger_firings f where f.tenant = $1 and f.trigger_id = $2 and (f.target_id = $3 or (f.status = 'pending' and exists (
       select 1 from idempotency i where i.tenant = f.tenant and i.route in ('POST /api/managed-threads', 'POST /api/patterns/:name/execute') and i.key = 'trigger:' || f.id and i.result_id = $3))) limit 1`,
    [tenant, triggerId, id],
  );
  return rowCount === 1;
}
