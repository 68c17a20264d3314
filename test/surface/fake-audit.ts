/** The audit log in memory. */
import type { AuditReads } from '../../src/surfaces/control-plane/audit-log';
import type { AuditEntry, AuditLog, Settled } from '../../src/surfaces/http/audit';

type Kept = AuditEntry & { outcome: 'unknown' | Settled['outcome']; status: number | null; code: string | null; settledAt: string | null };

export class FakeAudit implements AuditLog, AuditReads {
  readonly entries: Kept[] = [];
  /** Set: nothing can be written. */
  broken: Error | null = null;

  async begin(entry: AuditEntry): Promise<void> {
    if (this.broken) throw this.broken;
    this.entries.push({ ...entry, outcome: 'unknown', status: null, code: null, settledAt: null });
  }

  async settle(id: string, { resourceId, ...settled }: Settled): Promise<void> {
    if (this.broken) throw this.broken;
    const index = this.entries.findIndex((entry) => entry.id === id);
    const before = this.entries[index] as Kept;
    this.entries[index] = { ...before, ...settled, resourceId: before.resourceId ?? resourceId, settledAt: new Date().toISOString() };
  }

  list: AuditReads['list'] = (tenant, { subject, action, outcome, limit, offset }) => {
    const rows = this.entries.filter(
      (row) => row.tenant === tenant && (!subject || row.subject === subject) && (!action || row.action === action) && (!outcome || row.outcome === outcome),
    );
    return Promise.resolve({ rows: [...rows].reverse().slice(offset, offset + limit), total: rows.length });
  };
}
