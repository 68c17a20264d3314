/** An event as the world is told of it: by webhooks as a body, to triggers as what they map from. */
import { EXECUTION_KIND } from '../../contracts/execution/commands';
import { RUN_KIND } from '../../contracts/run/commands';
import { SCRIPT_KIND } from '../../contracts/script/commands';
import { AGENT_KIND, PATTERN_KIND } from '../../contracts/row-events';
import { StoredValue } from '../../contracts/execution/value';
import { eventName } from './event-names';

/** A row of the journal, as far as this needs it. */
export interface JournalFacts {
  readonly address: string;
  readonly kind: string;
  readonly tenant: string;
  readonly id: string;
  readonly executionId: string | null;
  readonly seq: number;
  readonly type: string;
  readonly data: unknown;
  readonly at: string;
  readonly by: { readonly subject: string; readonly via: string };
}

export interface EventEnvelope {
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  readonly actor: { readonly kind: string; readonly id: string };
  readonly executionId: string | null;
  readonly sequence: number;
  readonly by: { readonly subject: string; readonly via: string };
  readonly data: unknown;
  /** What is known of the actor itself (`name`, `role`, `metadata`, …). */
  readonly subject: Readonly<Record<string, unknown>>;
  /** The data is not told: it is too large, or another person's. */
  readonly dataOmitted?: true;
}

/** Results, inputs and contexts of executions, and what steps of scripts take and give, stand as themselves where they travelled with the event. */
const withValues = (data: unknown): unknown =>
  typeof data !== 'object' || data === null
    ? data
    : Object.fromEntries(
        Object.entries(data).map(([name, value]) => {
          const stored = VALUES.includes(name) ? StoredValue.safeParse(value) : undefined;
          return [name, stored?.success && 'value' in stored.data ? stored.data.value : (value as unknown)];
        }),
      );
const VALUES: readonly string[] = ['result', 'input', 'context', 'finalAnswer', 'output', 'value', 'override'];
const HOLD_VALUES: readonly string[] = [EXECUTION_KIND, RUN_KIND, SCRIPT_KIND];

/** Kinds whose ids people choose, so that two of them may be equal. */
const NAMED: ReadonlySet<string> = new Set([PATTERN_KIND, AGENT_KIND]);

const eventIdOf = ({ kind, id, seq }: JournalFacts): string => `evt_${NAMED.has(kind) ? `${kind}_` : ''}${id}_${seq}`;

/** Null for an event that has no public name. The id is the same however often it is told: `evt_<actor's id>_<sequence>`, with the kind before the id where people choose ids. */
export function envelopeOf(row: JournalFacts, subject: Readonly<Record<string, unknown>>): EventEnvelope | null {
  const type = eventName(row.kind, row.type);
  if (type === null) return null;
  return {
    ...{ id: eventIdOf(row), type, timestamp: row.at, actor: { kind: row.kind, id: row.id }, executionId: row.executionId, sequence: row.seq },
    ...{ by: row.by, data: HOLD_VALUES.includes(row.kind) ? withValues(row.data) : row.data, subject },
  };
}

/** What whoever does not own the actor is told of the event: that it happened. */
export const fromOutside = (event: EventEnvelope): EventEnvelope => ({ ...event, data: null, subject: {}, dataOmitted: true });

/** How an execution ended, as the peer's code tells it (digest 2.11 [C]). */
export function executionEnd({ type, timestamp, actor, data, subject }: EventEnvelope): Readonly<Record<string, unknown>> {
  const { result, error, confidence, durationMs } = (data ?? {}) as Readonly<Record<string, unknown>>;
  return {
    ...{ executionId: actor.id, patternName: subject['pattern'], status: type.slice(type.indexOf('.') + 1) },
    ...(result !== undefined && { result }),
    ...(error !== undefined && { error }),
    ...(typeof confidence === 'number' && { confidence }),
    ...{ duration: durationMs, completedAt: timestamp },
  };
}
