/**
 * The rules that every proposal passes (digest §4.6): what is built in first, then those of the bundles in the order of their files; the first that does not permit decides. Pure.
 */
import { canonicalJson } from '../../canonical-json';
import type { World } from '../../../contracts/run/ports';
import type { Decision, Intent, PolicyTrace, WritBody } from '../../../contracts/run/protocol';
import type { ToldPolicy } from '../../../contracts/run/told-policies';
import { DEFAULT_TENANT } from '../../../contracts/tenant';
import { contentHash } from '../ledger/hash';
import { AUTHORITY_POLICY, policySetHash } from '../ledger/ids';
import type { Comparison, Json, PolicyBundle, PolicyRule, RuleDecision, Threshold, When } from './policy-bundle';

/** What a rule may look at. */
export interface PolicyFacts {
  readonly intent: Intent['body'];
  readonly writ: Pick<WritBody, 'tenant_id' | 'subject' | 'issuer'>;
  readonly world: World;
}

/** The bundles in force, in the order of their files. */
export type PolicySet = readonly PolicyBundle[];

/** The compiler's own rule: its stages up to the policies have let the proposal through. Named as the peer names it. */
const AUTHORITY = 'writ.authority';
const ISOLATION = 'tenant.isolation';

/** Keys that name a tenant belong to it: `tenant/<name>/…`. */
const TENANT_KEY = /^tenant\/([^/]*)/;
const KEYS_LOOKED_AT = 10_000;

/** Not of the tenant `default` (in writs also empty): it is all that a system without tenants has, and its trace is the peer's. */
const isolates = (tenant: string): boolean => tenant !== DEFAULT_TENANT && tenant !== '';

/** The `policy_set_hash` of commits. A bundle stands in it with what it says, so that no change of it goes unseen. Without bundles, that of the tenant `default` is the peer's. */
export const policyHash = (policies: PolicySet, tenant: string): string => toldPolicyHash(policies.map(toldPolicy), tenant);

/** The same of policies of which only this is known. */
export const toldPolicyHash = (policies: readonly Omit<ToldPolicy, 'rules'>[], tenant: string): string =>
  policySetHash([
    AUTHORITY_POLICY,
    ...(isolates(tenant) ? [`${ISOLATION}@1`] : []),
    ...policies.map(({ name, version, content_hash }) => `${name}@${version}#${content_hash}`),
  ]);

/** What people are told of a bundle. */
export const toldPolicy = (bundle: PolicyBundle): ToldPolicy => ({
  ...{ name: bundle.name, version: bundle.version, content_hash: contentHash(bundle) },
  rules: bundle.rules.map((rule) => ruleId(bundle, rule)),
});

/** Looked at before those of the bundles. */
export const builtInRules = (tenant: string): readonly string[] => [AUTHORITY, ...(isolates(tenant) ? [ISOLATION] : [])];

const ruleId = ({ name, version }: PolicyBundle, rule: PolicyRule): string => `${name}/${rule.name}@${version}`;

export interface Judgement {
  readonly trace: PolicyTrace;
  /** How many distinct people must approve; 0 where nobody has to. */
  readonly approvals: number;
}

/** `approved`: channels on which the proposal was approved. A rule that asks on one of them is satisfied, and the next is looked at. */
export function judge(policies: PolicySet, facts: PolicyFacts, approved: readonly string[]): Judgement {
  const rules_evaluated: string[] = [];
  for (const { id, decide } of rulesOf(policies, facts.writ.tenant_id)) {
    rules_evaluated.push(id);
    const decision = decide(facts);
    if (decision.kind === 'deny') return { trace: { rules_evaluated, decision: { kind: 'deny', detail: decision.reason } }, approvals: 0 };
    if (decision.kind === 'require_approval' && !approved.includes(decision.channel)) return asked(rules_evaluated, decision);
  }
  return { trace: { rules_evaluated, decision: { kind: 'permit' } }, approvals: 0 };
}

function asked(rules_evaluated: string[], { channel, reason, approvals = 1 }: Extract<RuleDecision, { kind: 'require_approval' }>): Judgement {
  const detail = { channel, reason, ...(approvals > 1 && { approvals }) };
  const decision: Decision = { kind: 'require_approval', detail };
  return { trace: { rules_evaluated, decision }, approvals };
}

interface NamedRule {
  readonly id: string;
  readonly decide: (facts: PolicyFacts) => RuleDecision;
}
const PERMIT: RuleDecision = { kind: 'permit' };

const rulesOf = (policies: PolicySet, tenant: string): readonly NamedRule[] => [
  { id: AUTHORITY, decide: () => PERMIT },
  ...(isolates(tenant) ? [{ id: ISOLATION, decide: isolation }] : []),
  ...policies.flatMap((bundle) => bundle.rules.map((rule) => ({ id: ruleId(bundle, rule), decide: (facts: PolicyFacts) => decisionOf(rule, facts) }))),
];

function decisionOf(rule: PolicyRule, facts: PolicyFacts): RuleDecision {
  if ('threshold_approval' in rule) return thresholdDecision(rule.threshold_approval, facts);
  return holds(rule.when, facts) ? rule.decision : PERMIT;
}

function thresholdDecision({ tool, field, max, channel, approvals }: Threshold, { intent }: PolicyFacts): RuleDecision {
  const value = member(intent.args, [field]);
  if (intent.target !== tool || typeof value !== 'number' || value <= max) return PERMIT;
  return { kind: 'require_approval', channel, reason: `${field} ${value} of tool '${tool}' is above ${max}`, approvals };
}

/** Texts anywhere in the arguments that are keys of a tenant must be keys of the writ's. What is too large to be looked through is not let through. */
function isolation({ intent, writ }: PolicyFacts): RuleDecision {
  const left: unknown[] = [intent.args];
  for (let seen = 0; left.length > 0; seen++) {
    if (seen > KEYS_LOOKED_AT) return { kind: 'deny', reason: `the arguments have more than ${KEYS_LOOKED_AT} values` };
    const at = left.pop();
    const [, owner] = (typeof at === 'string' && TENANT_KEY.exec(at)) || [];
    if (owner !== undefined && owner !== writ.tenant_id) return { kind: 'deny', reason: `a key of tenant '${owner}' is outside of tenant '${writ.tenant_id}'` };
    if (typeof at === 'object' && at !== null) for (const [key, value] of Object.entries(at)) left.push(key, value);
  }
  return PERMIT;
}

export function holds(when: When, facts: PolicyFacts): boolean {
  if ('all' in when) return when.all.every((one) => holds(one, facts));
  if ('any' in when) return when.any.some((one) => holds(one, facts));
  if ('not' in when) return !holds(when.not, facts);
  return compare(when, valueOf(when.field, facts));
}

/** What is not there is null. */
function valueOf(field: string, { intent, writ, world }: PolicyFacts): Json {
  const [root, name = '', ...rest] = field.split('.');
  if (root === 'writ') return writ[name as 'tenant_id' | 'subject' | 'issuer'];
  if (root === 'intent') return name === 'args' ? member(intent.args, rest) : intent[name as 'target' | 'author' | 'kind'];
  const version = rest.at(-1) === 'version' && rest.length > 1;
  const resource = world.get(name, (version ? rest.slice(0, -1) : rest).join('.'));
  if (!resource || resource.retracted) return null;
  return version ? resource.version : resource.value;
}

function member(value: Json, path: readonly string[]): Json {
  let at: Json = value;
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return null;
    at = (at as Readonly<Record<string, Json>>)[name] ?? null;
  }
  return at;
}

const equal = (one: Json, other: Json): boolean => canonicalJson(one) === canonicalJson(other);

function compare({ op, value }: Comparison, found: Json): boolean {
  if (op === 'eq') return equal(found, value);
  if (op === 'ne') return !equal(found, value);
  if (op === 'in') return Array.isArray(value) && value.some((one) => equal(found, one));
  if (op === 'starts_with') return typeof found === 'string' && typeof value === 'string' && found.startsWith(value);
  if (op === 'contains') return contains(found, value);
  return ordered(op, found, value);
}

function contains(found: Json, value: Json): boolean {
  if (typeof found === 'string') return typeof value === 'string' && found.includes(value);
  if (Array.isArray(found)) return found.some((one) => equal(one, value));
  return typeof found === 'object' && found !== null && typeof value === 'string' && Object.hasOwn(found, value);
}

/** Numbers with numbers, texts with texts; nothing else has an order. */
function ordered(op: 'gt' | 'lt' | 'gte' | 'lte', found: Json, value: Json): boolean {
  const pair = typeof found === 'number' && typeof value === 'number' ? Math.sign(found - value) : textOrder(found, value);
  if (pair === null) return false;
  return { gt: pair > 0, lt: pair < 0, gte: pair >= 0, lte: pair <= 0 }[op];
}

function textOrder(found: Json, value: Json): number | null {
  if (typeof found !== 'string' || typeof value !== 'string') return null;
  return found < value ? -1 : found > value ? 1 : 0;
}
