/** Triggers and firings on the wire (digest of seed 001, 2.11). */
import { z } from 'zod';
import { isServed, Target, TARGET_INPUTS, TARGET_KINDS } from '../../contracts/target';
import { FIRING_STATUSES, TRIGGER_TYPES, type FiringRecord, type TriggerDefinition, type TriggerRecord, type TriggerType } from '../../contracts/trigger';
import { SIGNATURE_SCHEMES } from '../../contracts/webhook';
import { shownInput } from '../../domain/schedule/shown-input';
import { pathProblem, sourceProblem } from '../../domain/trigger/input-mapping';
import { Fault } from '../../errors/fault';
import { PAGE_FIELDS, pageShape } from '../http/paging';
import { EventPattern, FiltersBody } from './event-fields';
import { metadata, text } from './fields';
import { targetOf } from './targets';
import { Secret } from './webhook-bodies';

const refined = (problemOf: (value: string) => string | null) =>
  z
    .string()
    .max(10_000)
    .superRefine((value, context) => {
      const problem = problemOf(value);
      if (problem !== null) context.addIssue({ code: 'custom', path: [], message: problem });
    });

const Mapping = z
  .record(refined(pathProblem), refined(sourceProblem))
  .refine((mapping) => Object.keys(mapping).length <= 50, 'expected at most 50 fields')
  .describe(
    'Fields of the input of the target by dotted path, and where they come from: the path of a field (`body.issue.title`, `data.summary`), or a text with paths in `{{ }}`.',
  );

const Common = {
  name: text(200).min(1),
  description: text(2_000).nullable().default(null),
  target: Target.optional().describe('What is started; fields that `inputMapping` fills in may be left away.'),
  patternName: text(200)
    .min(1)
    .optional()
    .describe('Another way to write a target of the kind `pattern`; `inputMapping` then fills in fields of the input of the pattern.'),
  input: z.record(z.string(), z.unknown()).optional(),
  inputMapping: Mapping.default({}),
  metadata: metadata.default({}),
};
const OfWebhooks = {
  signatureScheme: z.enum(SIGNATURE_SCHEMES).default('timestamped').describe('`body`: the body alone is signed, as GitHub does it.'),
  replayWindowMs: z.int().min(1_000).max(86_400_000).default(300_000).describe('How far away a signed time may be.'),
};
const OfEvents = {
  eventType: EventPattern.optional(),
  eventTypes: z.array(EventPattern).min(1).max(50).optional(),
  eventFilter: FiltersBody.default({}),
};

interface Written {
  readonly target?: z.output<typeof Target> | undefined;
  readonly patternName?: string | undefined;
  readonly input?: Readonly<Record<string, unknown>> | undefined;
  readonly inputMapping: Readonly<Record<string, string>>;
}

/** What the mapping fills in need not be there yet. */
function checkTarget({ target, patternName, input, inputMapping }: Written, context: z.RefinementCtx): void {
  const refuse = (field: string, message: string): void => context.addIssue({ code: 'custom', path: [field], message });
  if (target === undefined && patternName === undefined) refuse('target', 'expected a target, or a patternName');
  if (target !== undefined && patternName !== undefined) refuse('patternName', 'expected a target or a patternName, not both');
  if (target !== undefined && input !== undefined) refuse('input', 'belongs into target.input');
  if (target === undefined || !isServed(target.kind)) return;
  const mapped = Object.keys(inputMapping);
  const isMapped = (path: string): boolean => mapped.some((field) => path === field || path.startsWith(`${field}.`) || field.startsWith(`${path}.`));
  for (const issue of (TARGET_INPUTS[target.kind] as z.ZodType).safeParse(target.input).error?.issues ?? [])
    if (!isMapped(issue.path.join('.'))) context.addIssue({ ...issue, path: ['target', 'input', ...issue.path] } as Parameters<typeof context.addIssue>[0]);
}

function checkEvents({ eventType, eventTypes }: { readonly eventType?: unknown; readonly eventTypes?: unknown }, context: z.RefinementCtx): void {
  if ((eventType === undefined) === (eventTypes === undefined))
    context.addIssue({ code: 'custom', path: ['eventType'], message: 'expected eventType or eventTypes, one of the two' });
}

export const WebhookTriggerBody = z
  .strictObject({ ...Common, ...OfWebhooks, secret: Secret.optional().describe('Left away, one is made.') })
  .superRefine(checkTarget)
  .meta({ id: 'WebhookTriggerInput' });
export const EventTriggerBody = z
  .strictObject({ ...Common, ...OfEvents })
  .superRefine(checkTarget)
  .superRefine(checkEvents)
  .meta({ id: 'EventTriggerInput' });
/** Which fields belong to it is known once the trigger's type is. */
export const TriggerChange = z
  .strictObject({
    ...Common,
    signatureScheme: z.enum(SIGNATURE_SCHEMES).optional(),
    replayWindowMs: OfWebhooks.replayWindowMs.unwrap().optional(),
    ...OfEvents,
    eventFilter: FiltersBody.optional(),
  })
  .superRefine(checkTarget)
  .meta({ id: 'TriggerChange' });

type Body = Written & {
  readonly name: string;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly eventType?: string | undefined;
  readonly eventTypes?: readonly string[] | undefined;
  readonly eventFilter?: TriggerDefinition['filters'] | undefined;
  readonly signatureScheme?: TriggerDefinition['signatureScheme'] | undefined;
  readonly replayWindowMs?: number | undefined;
};

const below = (mapping: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(mapping).map(([field, source]) => [`input.${field}`, source]));

/** Fault `request.invalid` for fields that belong to the other type of trigger. */
export function definitionOf(type: TriggerType, body: Body): TriggerDefinition {
  const strange = (type === 'webhook' ? (['eventType', 'eventTypes', 'eventFilter'] as const) : (['signatureScheme', 'replayWindowMs'] as const)).find(
    (field) => body[field] !== undefined,
  );
  if (strange !== undefined) throw invalid(strange, `is not a field of ${type} triggers`);
  const events = body.eventTypes ?? (body.eventType === undefined ? [] : [body.eventType]);
  if (type === 'event' && events.length === 0) throw invalid('eventType', 'is required');
  return {
    ...{ name: body.name, description: body.description, metadata: body.metadata, target: targetOf(body), events, filters: body.eventFilter ?? {} },
    inputMapping: body.patternName === undefined ? body.inputMapping : below(body.inputMapping),
    ...{ signatureScheme: body.signatureScheme ?? 'timestamped', replayWindowMs: body.replayWindowMs ?? 300_000 },
  };
}

const invalid = (field: string, reason: string): Fault => new Fault('invalid', 'request.invalid', `${field} ${reason}`, { field, reason, in: 'body' });

export const TriggerParams = z.object({ id: z.string().min(1).max(128) });
export const PathParams = z.object({ path: z.string().min(1).max(128) });
export const TriggerQuery = z.object({ type: z.enum(TRIGGER_TYPES).optional(), status: z.enum(['active', 'paused']).optional(), ...pageShape() });

const time = z.iso.datetime();
const Shown = {
  id: z.string(),
  type: z.enum(TRIGGER_TYPES),
  name: z.string(),
  description: z.string().nullable(),
  status: z.enum(['active', 'paused']),
  target: z.object({ kind: z.enum(TARGET_KINDS), input: z.record(z.string(), z.unknown()) }).describe('Values of environment variables are never shown.'),
  patternName: z.string().nullable(),
  inputMapping: z.record(z.string(), z.string()),
  eventTypes: z.array(z.string()),
  eventFilter: z.record(z.string(), z.unknown()),
  webhookUrl: z.string().nullable().describe('Where an inbound webhook is sent to, below the address of this server.'),
  signatureScheme: z.enum(SIGNATURE_SCHEMES).nullable(),
  replayWindowMs: z.int().nullable(),
  metadata: z.record(z.string(), z.unknown()),
  firedCount: z.int(),
  lastFiredAt: time.nullable(),
  createdBy: z.string(),
  createdAt: time,
  updatedAt: time,
};
export const Trigger = z.object({ ...Shown, secret: z.string().nullable().describe('Its end only; null for event triggers.') }).meta({ id: 'Trigger' });
export const NewTrigger = z
  .object({ ...Shown, secret: z.string().nullable().describe('The secret of an inbound webhook, this once; null in the answer to a repeated request.') })
  .meta({ id: 'NewTrigger' });
export const TriggerList = z.object({ triggers: z.array(Trigger), count: z.int(), ...PAGE_FIELDS }).meta({ id: 'TriggerList' });

export const Firing = z
  .object({
    id: z.string(),
    triggerId: z.string(),
    status: z.enum(FIRING_STATUSES),
    source: z.string().describe('The id of the event, or of the request: the same source fires once.'),
    target: z.object({ kind: z.enum(TARGET_KINDS), id: z.string() }).nullable(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    createdAt: time,
    completedAt: time.nullable(),
  })
  .meta({ id: 'TriggerFiring' });
export const FiringList = z.object({ firings: z.array(Firing), count: z.int(), ...PAGE_FIELDS }).meta({ id: 'TriggerFiringList' });

export const Received = z
  .object({
    triggered: z.literal(true),
    repeated: z.boolean(),
    firingId: z.string(),
    executionId: z.string().nullable(),
    ...Firing.pick({ target: true, error: true }).shape,
  })
  .meta({ id: 'TriggerReceived', description: '`executionId` is the id of what was started; null while it is being started, and when it could not be.' });

export function triggerView({ definition, ...row }: TriggerRecord) {
  const { target, events, filters, inputMapping, metadata: given, signatureScheme, replayWindowMs, ...rest } = definition;
  const inbound = row.type === 'webhook';
  return {
    ...{ id: row.id, type: row.type, ...rest, status: row.active ? ('active' as const) : ('paused' as const) },
    target: { kind: target.kind, input: { ...shownInput(target) } },
    patternName: target.kind === 'pattern' && typeof target.input['patternName'] === 'string' ? target.input['patternName'] : null,
    ...{ inputMapping: { ...inputMapping }, eventTypes: [...events], eventFilter: { ...filters }, metadata: { ...given } },
    webhookUrl: row.path === null ? null : `/api/triggers/webhook/${row.path}`,
    ...{ signatureScheme: inbound ? signatureScheme : null, replayWindowMs: inbound ? replayWindowMs : null },
    ...{ firedCount: row.fired, lastFiredAt: row.lastFiredAt, createdBy: row.createdBy, createdAt: row.createdAt, updatedAt: row.updatedAt },
    secret: row.secretHint === null ? null : `…${row.secretHint}`,
  };
}

export const firingView = (triggerId: string, { source, ...firing }: FiringRecord) => ({
  ...{ id: firing.id, triggerId, status: firing.status, source, createdAt: firing.createdAt, completedAt: firing.completedAt },
  target: firing.target && { ...firing.target },
  error: firing.error && { ...firing.error },
});
