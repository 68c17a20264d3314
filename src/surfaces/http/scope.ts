/**
 * The scopes that routes ask for: one table for all surfaces. A route without a scope does not compile, and `public` is a scope that
 * somebody wrote down on purpose.
 */
import type { Principal } from '../../contracts/principal';
import { Fault } from '../../errors/fault';

export const SCOPES = {
  public: 'Nobody is asked who they are: health and API descriptions.',
  'threads:read': 'Read managed threads: state, events, screens, decisions, experiences.',
  'threads:write': 'Start managed threads, talk to them, answer them, stop them, and type into their terminals.',
} as const;

export type Scope = keyof typeof SCOPES;

/** Throws `access.scope_missing` (forbidden) unless the principal holds the scope, its whole area (`threads:*`) or everything (`*`). */
export function assertScope(principal: Principal, scope: Scope): void {
  if (scope === 'public') return;
  const area = `${scope.slice(0, scope.indexOf(':'))}:*`;
  if (principal.scopes.some((held) => held === '*' || held === area || held === scope)) return;
  throw new Fault('forbidden', 'access.scope_missing', `This needs the scope ${scope}.`, { scope });
}
