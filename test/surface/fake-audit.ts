/** The audit log in memory. */
import type { AuditAttempt, AuditRecord, AuditSettlement } from '../../src/contracts/audit';
import type { AuditReads } from '../../src/surfaces/control-plane/audit-log';
import type { AuditLog } from '../../src/surfaces/http/audit';
import type { CountedLog } from '../../src/surfaces/http/failed-credentials';

export class FakeAudit implements AuditLog, AuditReads, CountedLog {
  readonly entries: AuditRecord[] = [];
  /** Set: nothing can be written. */
  broken: Error | null = null;

  async begin(entry: AuditAttempt): Promise<void> {
    if (this.broken) throw this.broken;
    this.entries.push({ ...entry, outcome: 'unknown', status: null, code: null, settledAt: null, count: 1 });
  }

  async settle(id: string, { resourceId, ...settled }: AuditSettlement): Promise<void> {
    if (this.broken) throw this.broken;
    const index = this.entries.findIndex((entry) => entry.id === id);
    const before = this.entries[index] as AuditRecord;
    this.entries[index] = { ...before, ...settled, resourceId: before.resourceId ?? resourceId, settledAt: new Date().toISOString() };
  }

  async record(entry: AuditAttempt, { resourceId, ...settled }: AuditSettlement, count: number): Promise<void> {
    if (this.broken) throw this.broken;
    this.entries.push({ ...entry, ...settled, resourceId: entry.resourceId ?? resourceId, settledAt: new Date().toISOString(), count });
  }

  list: AuditReads['list'] = (tenant, { subject, action, outcome, limit, offset }) => {
    const rows = this.entries.filter(
      (row) => row.tenant === tenant && (!subject || row.subject === subject) && (!action || row.action === action) && (!outcome || row.outcome === outcome),
    );
    return Promise.resolve({ rows: [...rows].reverse().slice(offset, offset + limit), total: rows.length });
  };
}
