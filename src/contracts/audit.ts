/** An entry of the audit log: who tried to change what, and what came of it. One shape for the shell that writes, the store and the surface that reads. */
export const AUDIT_OUTCOMES = ['unknown', 'succeeded', 'refused', 'failed'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/** What is known before anything is done. */
export interface AuditAttempt {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly tenant: string;
  readonly subject: string;
  readonly keyId: string | null;
  /** `managed-threads.spawnThread`: the surface, and the name of the operation. */
  readonly action: string;
  readonly resourceType: string;
  readonly resourceId: string | null;
  readonly requestId: string;
  readonly address: string | null;
}

export interface AuditRecord extends AuditAttempt {
  readonly outcome: AuditOutcome;
  readonly status: number | null;
  readonly code: string | null;
  readonly settledAt: string | null;
  /** Requests that it stands for: more than one only for failed credentials, which are counted. */
  readonly count: number;
}

/** What came of it. */
export interface AuditSettlement {
  readonly outcome: Exclude<AuditOutcome, 'unknown'>;
  readonly status: number;
  readonly code: string | null;
  /** The id of what was made, where the attempt could not name it. */
  readonly resourceId: string | null;
}

export interface AuditFilter {
  readonly subject?: string | undefined;
  readonly action?: string | undefined;
  readonly resourceType?: string | undefined;
  readonly resourceId?: string | undefined;
  readonly outcome?: AuditOutcome | undefined;
  /** At or after. */
  readonly since?: string | undefined;
  /** Before. */
  readonly until?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}
