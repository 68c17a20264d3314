/** What a run that goes on may do: what it might before, or less. Pure. */
import { canonicalJson } from '../../canonical-json';
import { Fault } from '../../../errors/fault';
import type { Budget, EffectCeiling, TimeWindow } from '../../../contracts/run/protocol';
import type { z } from 'zod';
import { BUDGET_FIELDS } from './budget';
import { narrowed, type Grant, type Narrowing } from './grant';
import { CEILING_BITS, coveredBy, scopeNames } from './scope';

export interface Narrower {
  readonly toolScopes: readonly string[];
  readonly effectCeiling: Partial<EffectCeiling> | null;
  readonly budget: Partial<Budget> | null;
  readonly timeWindow: Partial<z.output<typeof TimeWindow>> | null;
  readonly maxDelegationDepth: number | null;
}

/** Null: nothing is asked that is less. Fault `run.grant` (invalid) with `field` and `reason` for what is more. */
export function narrowedTo(grant: Grant, asked: Narrower, skills: readonly Narrowing[]): Grant | null {
  const next = narrowed(
    {
      tool_scopes: scopes(grant, asked),
      effect_ceiling: ceiling(grant, asked),
      budget: budget(grant, asked),
      time_window: window(grant, asked),
      delegation: depth(grant, asked),
    },
    skills,
  );
  return canonicalJson(next) === canonicalJson(grant) ? null : next;
}

function refused(field: string, reason: string): Fault {
  return new Fault('invalid', 'run.grant', `${field}: ${reason}`, { field, reason });
}

function scopes({ tool_scopes }: Grant, { toolScopes }: Narrower): Grant['tool_scopes'] {
  if (toolScopes.length === 0) return tool_scopes;
  const names = scopeNames(tool_scopes);
  for (const [at, scope] of toolScopes.entries()) if (!coveredBy(names, scope)) throw refused(`tool_scopes.${at}`, `the run's writ does not cover ${scope}`);
  return [...new Set(toolScopes)].map((tool) => ({ tool }));
}

function ceiling({ effect_ceiling }: Grant, { effectCeiling }: Narrower): Grant['effect_ceiling'] {
  const next = { ...effect_ceiling };
  for (const bit of CEILING_BITS) {
    next[bit] = effectCeiling?.[bit] ?? effect_ceiling[bit];
    if (next[bit] && !effect_ceiling[bit]) throw refused(`effect_ceiling.${bit}`, `the run's writ does not allow ${bit} effects`);
  }
  return next;
}

function budget({ budget: limit }: Grant, { budget: asked }: Narrower): Grant['budget'] {
  const next = { ...limit };
  for (const field of BUDGET_FIELDS) {
    next[field] = asked?.[field] ?? limit[field];
    if (next[field] > limit[field]) throw refused(`budget.${field}`, `expected at most ${limit[field]}, what the run's writ has`);
  }
  return next;
}

function window({ time_window }: Grant, { timeWindow }: Narrower): Grant['time_window'] {
  const next = { not_before: timeWindow?.not_before ?? time_window.not_before, expires_at: timeWindow?.expires_at ?? time_window.expires_at };
  if (next.not_before < time_window.not_before) throw refused('time_window.not_before', `expected at least ${time_window.not_before}`);
  if (next.expires_at > time_window.expires_at) throw refused('time_window.expires_at', `expected at most ${time_window.expires_at}`);
  return next;
}

function depth({ delegation }: Grant, { maxDelegationDepth }: Narrower): Grant['delegation'] {
  const max_depth = maxDelegationDepth ?? delegation.max_depth;
  if (max_depth > delegation.max_depth) throw refused('max_delegation_depth', `expected at most ${delegation.max_depth}`);
  return { max_depth, may_subdivide: delegation.may_subdivide && max_depth > 0 };
}
