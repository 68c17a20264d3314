/** From a request to the arguments of the workflow of an execution. Pure. */
import { createHash, randomBytes } from 'node:crypto';
import { TypedSearchAttributes, defineSearchAttributeKey } from '@temporalio/common';
import { EXECUTION_KIND } from '../contracts/execution/commands';
import type { ExecutionProjection, ExecutionStart } from '../contracts/execution/start';

/** A prefix and 20 characters; from a key, always the same for the same tenant and route. */
export function newId(prefix: string, of: { readonly tenant: string; readonly route: string; readonly key: string | null }): string {
  const bytes =
    of.key === null
      ? randomBytes(13)
      : createHash('sha256')
          .update(JSON.stringify([of.route, of.tenant, of.key]))
          .digest()
          .subarray(0, 13);
  return `${prefix}${BigInt(`0x${bytes.toString('hex')}`)
    .toString(36)
    .padStart(20, '0')
    .slice(-20)}`;
}

export const keyword = (name: string, value: string) => ({ key: defineSearchAttributeKey(name, 'KEYWORD'), value });

export const attributesOf = (start: ExecutionStart): TypedSearchAttributes =>
  new TypedSearchAttributes([
    keyword('EverthreadKind', EXECUTION_KIND),
    keyword('EverthreadTenant', start.tenant),
    // As its first workflow task has it: a write of the attributes less for every execution.
    keyword('EverthreadStatus', 'running'),
    keyword('EverthreadExecution', start.id),
    keyword('EverthreadPattern', start.patternName),
  ]);

/** What an execution looks like before any worker has taken it up. */
export function pendingExecution({ plan, selected, ...start }: ExecutionStart): ExecutionProjection {
  return {
    start,
    status: 'pending',
    ...{ startedAt: null, completedAt: null, durationMs: null, result: null, confidence: null, error: null },
    ...{ warnings: [], cancel: null, agentCount: 0, approvals: [], updatedAt: start.createdAt },
  };
}
