/**
 * The audit of what changes something: an entry before the handler runs, its outcome afterwards. A process that is killed in between leaves `unknown`, which is the truth.
 * Bodies and secrets are never part of it. What actors did is in their journals, with its cause; this says who asked, also when nothing came of it.
 */
import { randomUUID } from 'node:crypto';
import type { AuditAttempt, AuditSettlement } from '../../contracts/audit';
import type { Principal } from '../../contracts/principal';
import { shownFault, statusOf } from './fault-status';
import type { Log } from './log';
import { operationIdOf } from './operation-id';
import type { Method } from './route';
import type { SurfaceDefinition } from './surface';

/** Where entries are kept. */
export interface AuditLog {
  begin(entry: AuditAttempt): Promise<void>;
  settle(id: string, settled: AuditSettlement): Promise<void>;
}

/** What is tried, before anybody knows how it ends. */
export interface Attempt {
  readonly action: string;
  readonly resourceType: string;
  readonly params: unknown;
  readonly principal: Principal;
  readonly requestId: string;
  readonly address: string | null;
}

const idIn = (value: unknown): string | null => {
  const { id, executionId, run_id, thread_id, threadId, name, key } = (typeof value === 'object' && value !== null ? value : {}) as Readonly<
    Record<string, unknown>
  >;
  const found = [id, executionId, run_id, thread_id, threadId, name, key].find((value) => typeof value === 'string' && value !== '');
  return typeof found === 'string' ? found.slice(0, 256) : null;
};

/**
 * Runs `work` between the two entries; `told` says what an answer means. When the first entry cannot be written the work is not done: what changes something is audited or
 * refused. When the second cannot, the entry stays `unknown`, the log says so, and the answer stands.
 */
export async function audited<T>(
  { audit, log, faultStatus }: { readonly audit: AuditLog; readonly log: Log; readonly faultStatus?: SurfaceDefinition<never>['faultStatus'] | undefined },
  attempt: Attempt,
  work: () => Promise<T>,
  told: (answer: T) => { readonly status: number; readonly body?: unknown },
): Promise<T> {
  const { principal, params, ...rest } = attempt;
  const id = `aud_${randomUUID()}`;
  const resourceId = idIn(params);
  const { tenant, subject, keyId } = principal;
  await audit.begin({ ...rest, id, tenant, subject, keyId, resourceId, at: new Date().toISOString() });
  const settle = (settled: AuditSettlement): Promise<void> =>
    audit.settle(id, settled).catch((problem: unknown) => log.error({ err: problem, audit: id }, 'an audit entry could not be settled; it stays unknown'));
  try {
    const answer = await work();
    const { status, body } = told(answer);
    await settle({ outcome: 'succeeded', status, code: null, resourceId: resourceId ?? idIn(body) });
    return answer;
  } catch (thrown) {
    const fault = shownFault(thrown);
    const status = statusOf(fault, faultStatus);
    await settle({ outcome: status >= 500 ? 'failed' : 'refused', status, code: fault.code, resourceId });
    throw thrown;
  }
}

/** `managed-threads.sendToThread`: the surface, and what its description calls the operation. */
export const actionOf = (
  surface: string,
  { operationId, method, path }: { readonly operationId?: string; readonly method: Method; readonly path: string },
): string => `${surface}.${operationId ?? operationIdOf(method, path)}`;
