/**
 * What a run may do, as a caller asks for it and as it is granted: within the maxima of the server and within what bound skills leave (`POST /runs`;
 * digest §2.23, §4.4, §4.8). Every refusal names the field. Pure.
 */
import { nearest } from '../../nearest';
import { Fault } from '../../../errors/fault';
import { SCOPE_EXPECTED, SCOPE_FORM, SCOPES_MAX, type GrantRequest } from '../../../contracts/run/grant';
import type { Budget, WritBody } from '../../../contracts/run/protocol';
import { BUDGET_FIELDS, lesser, NOTHING } from './budget';
import { bothCeilings, CEILING_BITS, coveredBy, covers, intersection, scopeNames, type Ceiling } from './scope';

/** The part of a writ that says what it allows. */
export type Grant = Pick<WritBody, 'tool_scopes' | 'budget' | 'effect_ceiling' | 'time_window' | 'delegation'>;

/** What callers may be granted, and what they get when they do not say. */
export interface GrantLimits {
  readonly budget: { readonly default: Budget; readonly max: Budget };
  readonly ceiling: { readonly default: Ceiling; readonly max: Ceiling };
  readonly depth: { readonly default: number; readonly max: number };
}

/** What a bound skill leaves of it. */
export interface Narrowing {
  /** None: all of the scopes stay. */
  readonly tools: readonly { readonly tool: string }[];
  readonly ceiling: Ceiling;
  readonly budget_cap?: Budget | null | undefined;
}

/** The peer has the largest number of 64 bits here; this one every JSON keeps exactly. */
export const NO_END = Number.MAX_SAFE_INTEGER;

export interface GrantContext {
  readonly limits: GrantLimits;
  /** Names of the tenant's tools; null where nobody knows them: then only the form of scopes is checked. */
  readonly tools: readonly string[] | null;
  readonly skills: readonly Narrowing[];
  /** Seconds since 1970. */
  readonly now: number;
}

/** Faults, each with the `field` and the `reason`: `run.scope` for a scope that is none or that no tool has, `run.grant` for more than a caller may grant. */
export function runGrantOf(request: GrantRequest, { limits, tools, skills, now }: GrantContext): Grant {
  const base: Grant = {
    tool_scopes: scopesOf(request.tool_scopes ?? [], tools).map((tool) => ({ tool })),
    budget: budgetOf(request.budget ?? {}, limits.budget),
    effect_ceiling: ceilingOf(request.effect_ceiling ?? {}, limits.ceiling),
    time_window: windowOf(request.time_window ?? {}, now),
    delegation: delegationOf(depthOf(request.max_delegation_depth, limits.depth)),
  };
  return narrowed(base, skills);
}

function refused(field: string, reason: string, code: 'run.grant' | 'run.scope' = 'run.grant'): Fault {
  return new Fault('invalid', code, `${field}: ${reason}`, { field, reason });
}

function scopesOf(asked: readonly string[], tools: readonly string[] | null): readonly string[] {
  if (asked.length > SCOPES_MAX) throw refused('tool_scopes', `expected at most ${SCOPES_MAX}`, 'run.scope');
  for (const [at, scope] of asked.entries()) {
    const field = `tool_scopes.${at}`;
    if (!SCOPE_FORM.test(scope)) throw refused(field, SCOPE_EXPECTED, 'run.scope');
    if (tools === null || scope === '*' || tools.some((tool) => covers(scope, tool))) continue;
    throw refused(field, `no tool is called ${scope}.${nearest(scope, tools)}`, 'run.scope');
  }
  return asked.length === 0 ? ['*'] : [...new Set(asked)];
}

function budgetOf(asked: NonNullable<GrantRequest['budget']>, { default: fallback, max }: GrantLimits['budget']): Budget {
  const budget = { ...NOTHING };
  for (const field of BUDGET_FIELDS) {
    budget[field] = asked[field] ?? Math.min(fallback[field], max[field]);
    if (budget[field] > max[field]) throw refused(`budget.${field}`, `expected at most ${max[field]}`);
  }
  return budget;
}

function ceilingOf(asked: NonNullable<GrantRequest['effect_ceiling']>, { default: fallback, max }: GrantLimits['ceiling']): Ceiling {
  const ceiling = { ...fallback };
  for (const bit of CEILING_BITS) {
    ceiling[bit] = asked[bit] ?? (fallback[bit] && max[bit]);
    if (ceiling[bit] && !max[bit]) throw refused(`effect_ceiling.${bit}`, `${bit} effects cannot be granted here`);
  }
  return ceiling;
}

function windowOf({ not_before = 0, expires_at = NO_END }: NonNullable<GrantRequest['time_window']>, now: number): Grant['time_window'] {
  if (expires_at <= now) throw refused('time_window.expires_at', 'expected a time to come, in seconds since 1970');
  if (not_before >= expires_at) throw refused('time_window.not_before', 'expected a time before expires_at');
  return { not_before, expires_at };
}

function depthOf(asked: number | undefined, { default: fallback, max }: GrantLimits['depth']): number {
  if (asked !== undefined && asked > max) throw refused('max_delegation_depth', `expected at most ${max}`);
  return asked ?? Math.min(fallback, max);
}

const delegationOf = (max_depth: number): Grant['delegation'] => ({ max_depth, may_subdivide: max_depth > 0 });

/** What skills leave: the tools that at least one of them names, the effects that all of them allow, the least of their budgets. */
export function narrowed(grant: Grant, skills: readonly Narrowing[]): Grant {
  const named = skills.flatMap(({ tools }) => tools.map(({ tool }) => tool));
  const base = scopeNames(grant.tool_scopes);
  const scopes = named.length === 0 ? base : intersection(base, named);
  return {
    ...grant,
    tool_scopes: scopes.map((tool) => ({ tool })),
    effect_ceiling: skills.reduce((ceiling, skill) => bothCeilings(ceiling, skill.ceiling), grant.effect_ceiling),
    budget: skills.reduce((budget, { budget_cap }) => (budget_cap ? lesser(budget, budget_cap) : budget), grant.budget),
  };
}

/**
 * What a delegated run gets: a strict part, one step less deep, of the budget what is left of it. Scopes as asked; without any, those of the writ. Fault `run.delegation` (forbidden)
 * where the writ allows no delegation or not these scopes; the compiler has said so before, at its stage.
 */
export function delegated(writ: Grant, asked: { readonly tool_scopes?: readonly string[] | undefined }, left: Budget): Grant {
  const { max_depth, may_subdivide } = writ.delegation;
  if (max_depth < 1 || !may_subdivide) throw new Fault('forbidden', 'run.delegation', 'The writ does not allow to delegate any deeper.', { max_depth });
  const base = scopeNames(writ.tool_scopes);
  const scopes = asked.tool_scopes?.length ? [...new Set(asked.tool_scopes)] : base;
  const beyond = scopes.find((scope) => !coveredBy(base, scope));
  if (beyond !== undefined) throw new Fault('forbidden', 'run.delegation', `The writ does not allow to delegate ${beyond}.`, { scope: beyond });
  return {
    tool_scopes: scopes.map((tool) => ({ tool })),
    budget: lesser(writ.budget, left),
    effect_ceiling: writ.effect_ceiling,
    time_window: writ.time_window,
    delegation: delegationOf(max_depth - 1),
  };
}
