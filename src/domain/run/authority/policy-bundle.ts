/**
 * Policies as JSON (digest §4.6): a bundle of rules, each a condition and a decision, bare or in a signed wrapper. One schema says what is right, and every error names the path of
 * what is wrong. Pure; reading files is for src/main/run-policies.ts.
 */
import { z } from 'zod';
import { Fault } from '../../../errors/fault';

export const POLICY_OPS = ['eq', 'ne', 'gt', 'lt', 'gte', 'lte', 'contains', 'starts_with', 'in'] as const;
export type PolicyOp = (typeof POLICY_OPS)[number];

/** Bounds of one bundle. `depth` of all nested lists and objects. */
export const BUNDLE_MAX = { rules: 200, depth: 32, members: 20_000, bytes: 262_144 } as const;
/** People whose approval one decision may ask for. */
export const APPROVALS_MAX = 20;

export type Json = z.core.util.JSONType;
export interface Comparison {
  readonly field: string;
  readonly op: PolicyOp;
  readonly value: Json;
}
export type When = { readonly all: readonly When[] } | { readonly any: readonly When[] } | { readonly not: When } | Comparison;
export type RuleDecision =
  | { readonly kind: 'permit' }
  | { readonly kind: 'deny'; readonly reason: string }
  | { readonly kind: 'require_approval'; readonly channel: string; readonly reason: string; readonly approvals?: number | undefined };

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
const Name = z.string().regex(NAME, 'expected 1 to 64 letters, digits, dots, dashes and underscores');
const Text = z.string().min(1, 'expected a text').max(1_000, 'expected at most 1000 characters');
const Version = z.union([z.int(), z.string().regex(/^[A-Za-z0-9._-]{1,32}$/, 'expected a version')], 'expected a version').transform(String);

const FIELD = /^(?:intent\.(?:target|author|kind)|intent\.args(?:\.[^.]+)+|writ\.(?:tenant_id|subject|issuer)|world\.[^.]+\..+)$/;
const Field = z
  .string('expected a field')
  .max(512)
  .regex(
    FIELD,
    'expected intent.target, intent.author, intent.kind, intent.args.<name>, writ.tenant_id, writ.subject, writ.issuer or world.<kind>.<id>[.version]',
  );

const ORDERED: readonly PolicyOp[] = ['gt', 'lt', 'gte', 'lte'];
const ComparisonForm = z.strictObject({ field: Field, op: z.enum(POLICY_OPS, `expected one of ${POLICY_OPS.join(', ')}`), value: z.json() }).check((ctx) => {
  const { op, value } = ctx.value;
  const wrong = (expected: string): void => void ctx.issues.push({ code: 'custom', message: `expected ${expected} with ${op}`, path: ['value'], input: value });
  if (ORDERED.includes(op) && typeof value !== 'number' && typeof value !== 'string') wrong('a number or a text');
  if (op === 'starts_with' && typeof value !== 'string') wrong('a text');
  if (op === 'in' && !Array.isArray(value)) wrong('a list');
});

/** One of several forms, told by a member: errors then speak of the form that was meant, where a union would speak of all. */
const byMember = <T>(expected: string, forms: () => readonly (readonly [member: string, schema: z.ZodType<T>])[]): z.ZodType<T> =>
  z.unknown().transform((value, ctx): T => {
    const [, schema] = forms().find(([member]) => typeof value === 'object' && value !== null && Object.hasOwn(value, member)) ?? [];
    const parsed = schema?.safeParse(value);
    if (parsed?.success) return parsed.data;
    for (const { message, path } of parsed?.error.issues ?? [{ message: `expected ${expected}`, path: [] }])
      ctx.issues.push({ code: 'custom', message, path: [...path], input: value });
    return z.NEVER;
  });

const When: z.ZodType<When> = byMember<When>('{all: […]}, {any: […]}, {not: …} or {field, op, value}', () => {
  const several = z.array(When).max(BUNDLE_MAX.rules);
  return [
    ['all', z.strictObject({ all: several })],
    ['any', z.strictObject({ any: several })],
    ['not', z.strictObject({ not: When })],
    ['field', ComparisonForm],
  ];
});

const Asked = z.strictObject({
  channel: Name,
  reason: Text,
  /** Distinct people who must approve; one where it is not said. */
  approvals: z.int().min(1).max(APPROVALS_MAX).optional(),
});
const Deny = z.strictObject({ reason: Text });
const kind = (value: unknown): unknown => (value === 'permit' ? { permit: {} } : value);
/** `"permit"`, `{"deny": {"reason"}}`, `{"require_approval": {"channel", "reason"}}`; or the same with the word as `kind`. */
const Decision = z.preprocess(
  kind,
  byMember<RuleDecision>('"permit", {"deny": {"reason"}} or {"require_approval": {"channel", "reason", "approvals"?}}', () => [
    ['permit', z.strictObject({ permit: z.strictObject({}) }).transform(() => ({ kind: 'permit' as const }))],
    ['deny', z.strictObject({ deny: Deny }).transform(({ deny }) => ({ kind: 'deny' as const, ...deny }))],
    [
      'require_approval',
      z.strictObject({ require_approval: Asked }).transform(({ require_approval }) => ({ kind: 'require_approval' as const, ...require_approval })),
    ],
    [
      'kind',
      z.discriminatedUnion(
        'kind',
        [z.strictObject({ kind: z.literal('permit') }), Deny.extend({ kind: z.literal('deny') }), Asked.extend({ kind: z.literal('require_approval') })],
        'expected permit, deny or require_approval',
      ),
    ],
  ]),
);

/** Digest §4.6: more than `max` in a whole-number argument of a tool asks. A rule of this form says it without conditions. */
const Threshold = z.strictObject({ tool: Name, field: Name, max: z.int(), ...Asked.pick({ channel: true, approvals: true }).shape });
export type Threshold = z.output<typeof Threshold>;

export type PolicyRule =
  { readonly name: string; readonly when: When; readonly decision: RuleDecision } | { readonly name: string; readonly threshold_approval: Threshold };
const Rule = byMember<PolicyRule>('{name, when, decision} or {name, threshold_approval}', () => [
  ['threshold_approval', z.strictObject({ name: Name, threshold_approval: Threshold })],
  ['name', z.strictObject({ name: Name, when: When, decision: Decision })],
]);

const Bundle = z.strictObject({
  name: Name,
  version: Version.default('1'),
  rules: z
    .array(Rule)
    .max(BUNDLE_MAX.rules, `expected at most ${BUNDLE_MAX.rules} rules`)
    .refine((rules) => new Set(rules.map(({ name }) => name)).size === rules.length, 'expected rules of different names'),
});
export type PolicyBundle = z.output<typeof Bundle>;

const Hex = (digits: number): z.ZodString => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`), `expected ${digits} hex digits`);
const Wrapper = z.strictObject({ policy: z.json(), issuer_pubkey: Hex(64), signature: Hex(128) });

/** Who signed: `verify` says whether `signature` is by `publicKey` over the canonical JSON of the policy (hex, ed25519). */
export interface PolicyTrust {
  /** Hex. None: unsigned bundles are taken, and a signed one must be signed by whom it names. Some: only what one of these signed is taken. */
  readonly keys: readonly string[];
  readonly verify: (signed: { readonly policy: Json; readonly publicKey: string; readonly signature: string }) => boolean;
}

/**
 * The bundle in a file's text. Fault `policy.invalid` (invalid) with `{field, reason, issues}`, `policy.untrusted` (forbidden) for one that nobody trusted has signed or whose
 * signature does not hold.
 */
export function readBundle(text: string, trust: PolicyTrust): PolicyBundle {
  const value = jsonOf(text);
  const signed = typeof value === 'object' && value !== null && Object.hasOwn(value, 'policy');
  if (!signed && trust.keys.length > 0) throw untrusted('The policy is not signed, and only signed ones are taken.');
  if (!signed) return checked(Bundle, value);
  const { policy, issuer_pubkey: publicKey, signature } = checked(Wrapper, value);
  if (trust.keys.length > 0 && !trust.keys.includes(publicKey)) throw untrusted(`Nobody trusts the key ${publicKey} that signed the policy.`);
  if (!trust.verify({ policy, publicKey, signature })) throw untrusted('The signature of the policy does not hold.');
  return checked(Bundle, policy);
}

function jsonOf(text: string): unknown {
  if (text.length > BUNDLE_MAX.bytes) throw invalid('(file)', `expected at most ${BUNDLE_MAX.bytes} characters`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (problem) {
    throw invalid('(file)', `expected JSON; ${problem instanceof Error ? problem.message : String(problem)}`);
  }
  const left: { readonly at: unknown; readonly depth: number }[] = [{ at: value, depth: 1 }];
  for (let seen = 0, next = left.pop(); next; next = left.pop(), seen++) {
    if (next.depth > BUNDLE_MAX.depth) throw invalid('(file)', `expected lists and objects nested at most ${BUNDLE_MAX.depth} deep`);
    if (seen > BUNDLE_MAX.members) throw invalid('(file)', `expected at most ${BUNDLE_MAX.members} values`);
    if (typeof next.at !== 'object' || next.at === null) continue;
    for (const member of Object.values(next.at)) left.push({ at: member, depth: next.depth + 1 });
  }
  return value;
}

function checked<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, 8).map(({ path, message }) => ({ field: path.join('.') || '(file)', reason: message }));
  const first = issues[0] ?? { field: '(file)', reason: 'is not valid' };
  throw new Fault('invalid', 'policy.invalid', `${first.field}: ${first.reason}`, { ...first, issues });
}

const invalid = (field: string, reason: string): Fault =>
  new Fault('invalid', 'policy.invalid', `${field}: ${reason}`, { field, reason, issues: [{ field, reason }] });
const untrusted = (reason: string): Fault => new Fault('forbidden', 'policy.untrusted', reason, { reason });
