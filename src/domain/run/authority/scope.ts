/** What a writ lets a run touch: names of tools, and classes of effects. Pure. */
import { EFFECT_CLASSES, type EffectCeiling, type EffectClass, type WritBody } from '../../../contracts/run/protocol';
import type { z } from 'zod';

export type Ceiling = z.output<typeof EffectCeiling>;
type Scopes = WritBody['tool_scopes'];

const prefixOf = (scope: string): string | null => (scope.endsWith('*') ? scope.slice(0, -1) : null);

/** Whether everything that `narrow` allows is allowed by `wide`; a tool's name is a scope that allows one tool. */
export function covers(wide: string, narrow: string): boolean {
  const prefix = prefixOf(wide);
  if (prefix === null) return wide === narrow;
  return (prefixOf(narrow) ?? narrow).startsWith(prefix);
}

export const coveredBy = (scopes: readonly string[], narrow: string): boolean => scopes.some((wide) => covers(wide, narrow));

export const scopeNames = (scopes: Scopes): readonly string[] => scopes.map(({ tool }) => tool);

/** What both allow, each scope once, in the order of `narrowing`. */
export function intersection(base: readonly string[], narrowing: readonly string[]): readonly string[] {
  const both = narrowing.flatMap((scope) => (coveredBy(base, scope) ? [scope] : base.filter((wide) => covers(scope, wide))));
  return [...new Set(both)];
}

const GRANTED: Readonly<Record<EffectClass, keyof Ceiling | null>> = {
  pure: null,
  read: 'read',
  write: 'write',
  external: 'external',
  irreversible: 'irreversible',
};
export const CEILING_BITS = EFFECT_CLASSES.filter((name): name is keyof Ceiling => name !== 'pure');

/** A pure tool needs no grant. */
export const grants = (ceiling: Ceiling, effect: EffectClass): boolean => {
  const bit = GRANTED[effect];
  return bit === null || ceiling[bit];
};

export const bothCeilings = (one: Ceiling, other: Ceiling): Ceiling => ({
  read: one.read && other.read,
  write: one.write && other.write,
  external: one.external && other.external,
  irreversible: one.irreversible && other.irreversible,
});
