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
  'patterns:read': 'Read patterns and their versions.',
  'patterns:write': 'Create, change and delete patterns.',
  'executions:read': 'Read executions and batches, and watch them.',
  'executions:write': 'Start, cancel and retry executions and batches.',
  'agents:read': 'Read the registry of connected agents.',
  'agents:write': 'Connect as an agent, and disconnect agents.',
  'agent:read': 'Read conversations, their rollouts and events, and agents.',
  'agent:run': 'Run agents in conversations, publish to them, and change them.',
  'runs:read': 'Read runs, their ledgers, worlds and audit entries.',
  'runs:write': 'Start, approve, resume, branch and cancel runs.',
  'scripts:read': 'Read scripts, their versions and executions.',
  'scripts:write': 'Change, publish and run scripts, and answer them.',
  'schedules:read': 'Read schedules, triggers and what they started.',
  'schedules:write': 'Create, change, pause, fire and delete schedules and triggers.',
  'webhooks:read': 'Read webhooks and their deliveries.',
  'webhooks:write': 'Create, change, test and delete webhooks, and deliver again.',
  'metrics:read': 'Read metrics and the detailed health.',
  admin: 'Everything in its tenant; alone allows to manage API keys and to read the audit log.',
} as const;

export type Scope = keyof typeof SCOPES;

/** Everything that a key or token may hold: the scopes, each area as a whole, and everything. */
export const GRANTABLE_SCOPES: readonly string[] = [
  ...Object.keys(SCOPES).filter((scope) => scope !== 'public'),
  ...new Set(
    Object.keys(SCOPES)
      .filter((scope) => scope.includes(':'))
      .map((scope) => `${scope.slice(0, scope.indexOf(':'))}:*`),
  ),
  '*',
];

/** Throws `access.scope_missing` (forbidden) unless the principal holds the scope, its whole area (`threads:*`), `admin` or everything (`*`). */
export function assertScope(principal: Principal, scope: Scope): void {
  if (scope === 'public') return;
  const area = `${scope.slice(0, scope.indexOf(':'))}:*`;
  if (principal.scopes.some((held) => held === '*' || held === 'admin' || held === scope || (scope.includes(':') && held === area))) return;
  throw new Fault('forbidden', 'access.scope_missing', `This needs the scope ${scope}.`, { scope });
}

/** For docs/authentication.md; a test holds the page to it. */
export const scopeTable = (): string =>
  ['| scope | allows |', '| --- | --- |', ...Object.entries(SCOPES).map(([scope, what]) => `| \`${scope}\` | ${what} |`)].join('\n');
