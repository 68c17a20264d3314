/** A managed thread's row: what it was made from, and the projection of its events. */
import type { ApprovalPreset, ThreadPolicy, ThreadSpec, WorkspaceSpec } from '../contracts/managed-thread/spawn';
import type { ThreadProjection } from '../contracts/managed-thread/projection';
import { canonicalJson, storableText } from '../domain/canonical-json';
import type { Queryable } from './database';
import type { Redact } from './secrets';
import type { StoredSpec } from './thread-specs';

/** What reads return. Secrets are redacted; contents of context files stay behind `specRef`. */
export interface ThreadRow extends ThreadProjection, Omit<ThreadSpec, 'workspace' | 'contextFiles'> {
  readonly address: string;
  /** The workspace that was asked for; `workspace` is what preparation made of it. */
  readonly requestedWorkspace: WorkspaceSpec | null;
  /** Paths only. */
  readonly contextFiles: readonly string[];
  /** The last event that the row knows of; 0 before the first commit. */
  readonly lastSeq: number;
}

export interface StoredThread {
  tenant: string;
  id: string;
  address: string;
  spec_ref: string;
  execution_id: string;
  name: string;
  agent_type: string;
  role: string | null;
  objective: string;
  requested_workspace: WorkspaceSpec | null;
  context_files: string[];
  approval_preset: ApprovalPreset;
  policy: ThreadPolicy;
  metadata: Record<string, unknown>;
  env_names: string[];
  created_at: Date;
  status: ThreadProjection['status'];
  status_reason: string | null;
  workspace: ThreadProjection['workspace'];
  memory_context: ThreadProjection['memoryContext'];
  host_id: string | null;
  session_id: string | null;
  conversation_id: string | null;
  ask: ThreadProjection['ask'];
  queued: number;
  turns: number;
  summary: string | null;
  completion: ThreadProjection['completion'];
  updated_at: Date;
  last_activity_at: Date | null;
  last_seq: string;
}

export const threadOf = (row: StoredThread): ThreadRow => ({
  id: row.id,
  tenant: row.tenant,
  address: row.address,
  specRef: row.spec_ref,
  executionId: row.execution_id,
  name: row.name,
  agentType: row.agent_type,
  role: row.role,
  objective: row.objective,
  requestedWorkspace: row.requested_workspace,
  contextFiles: row.context_files,
  approvalPreset: row.approval_preset,
  policy: row.policy,
  metadata: row.metadata,
  envNames: row.env_names,
  createdAt: row.created_at.toISOString(),
  status: row.status,
  statusReason: row.status_reason,
  workspace: row.workspace,
  memoryContext: row.memory_context,
  hostId: row.host_id,
  sessionId: row.session_id,
  conversationId: row.conversation_id,
  ask: row.ask,
  queued: row.queued,
  turns: row.turns,
  summary: row.summary,
  completion: row.completion,
  updatedAt: row.updated_at.toISOString(),
  lastActivityAt: row.last_activity_at?.toISOString() ?? null,
  lastSeq: Number(row.last_seq),
});

const text = (value: string | null): string | null => (value === null ? null : storableText(value));
const json = (value: unknown): string | null => (value === null || value === undefined ? null : canonicalJson(value));

/** The changing columns, in the order of {@link changingValues}. */
const CHANGING = [
  'status',
  'status_reason',
  'workspace',
  'memory_context',
  'host_id',
  'session_id',
  'conversation_id',
  'ask',
  'queued',
  'turns',
  'summary',
  'completion',
  'updated_at',
  'last_activity_at',
  'last_seq',
] as const;

/** Words of people and programs are redacted; ids and status words are ours and stay as they are. */
function changingValues(projection: ThreadProjection, lastSeq: number, redact: Redact): readonly unknown[] {
  return [
    projection.status,
    text(redact(projection.statusReason)),
    json(redact(projection.workspace)),
    json(redact(projection.memoryContext)),
    projection.hostId,
    projection.sessionId,
    text(projection.conversationId),
    json(redact(projection.ask)),
    projection.queued,
    projection.turns,
    text(redact(projection.summary)),
    json(redact(projection.completion)),
    projection.updatedAt,
    projection.lastActivityAt,
    lastSeq,
  ];
}

const UPDATE = `update threads set ${CHANGING.map((column, index) => `${column} = $${index + 3}`).join(', ')} where tenant = $1 and id = $2`;

/** False when there is no row yet. */
export async function updateThread(
  db: Queryable,
  key: { tenant: string; id: string },
  projection: ThreadProjection,
  lastSeq: number,
  redact: Redact,
): Promise<boolean> {
  const { rowCount } = await db.query({ name: 'thread-update', text: UPDATE, values: [key.tenant, key.id, ...changingValues(projection, lastSeq, redact)] });
  return rowCount === 1;
}

const FIXED = [
  'tenant',
  'id',
  'address',
  'spec_ref',
  'execution_id',
  'name',
  'agent_type',
  'role',
  'objective',
  'requested_workspace',
  'context_files',
  'approval_preset',
  'policy',
  'metadata',
  'env_names',
  'created_at',
] as const;
const COLUMNS = [...FIXED, ...CHANGING];
const INSERT = `insert into threads (${COLUMNS.join(', ')}) values (${COLUMNS.map((_, index) => `$${index + 1}`).join(', ')}) on conflict (tenant, id) do nothing`;

/** False when the row is there already; it is left as it is. */
export async function insertThread(
  db: Queryable,
  address: string,
  spec: StoredSpec,
  projection: ThreadProjection,
  lastSeq: number,
  redact: Redact,
): Promise<boolean> {
  const fixed = [
    spec.tenant,
    spec.id,
    address,
    projection.specRef,
    spec.executionId,
    text(redact(spec.name)),
    spec.agentType,
    text(spec.role),
    text(redact(spec.objective)),
    json(redact(spec.workspace)),
    canonicalJson(spec.contextFiles.map((file) => file.path)),
    spec.approvalPreset,
    canonicalJson(spec.policy),
    canonicalJson(redact(spec.metadata)),
    spec.envNames,
    spec.createdAt,
  ];
  const { rowCount } = await db.query({ name: 'thread-insert', text: INSERT, values: [...fixed, ...changingValues(projection, lastSeq, redact)] });
  return rowCount === 1;
}

/** What a thread looks like before any worker has taken it up. */
export const pendingProjection = (specRef: string, createdAt: string): ThreadProjection => ({
  specRef,
  status: 'pending',
  statusReason: null,
  workspace: null,
  memoryContext: null,
  hostId: null,
  sessionId: null,
  conversationId: null,
  ask: null,
  queued: 0,
  turns: 0,
  summary: null,
  completion: null,
  updatedAt: createdAt,
  lastActivityAt: null,
});
