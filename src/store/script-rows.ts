/** Rows of scripts, drafts and versions (migration 0021) as callers see them. */
import type { ScriptDiagnostic, ScriptDraft, ScriptRecord, ScriptVersion } from '../contracts/script/ports';

export interface StoredScript {
  name: string;
  description: string;
  tags: readonly string[];
  labels: ScriptRecord['labels'];
  active_version: number;
  previous_version: number;
  latest_version: number;
  has_draft: boolean;
  created_by: string;
  created_at: Date;
  updated_at: Date;
}

/** Selects what {@link recordOf} needs. */
export const SCRIPT_COLUMNS = `s.*, exists (select 1 from script_drafts d where d.tenant = s.tenant and d.name = s.name) as has_draft`;

export const recordOf = (row: StoredScript): ScriptRecord => ({
  ...{ name: row.name, description: row.description, tags: row.tags, labels: row.labels, hasDraft: row.has_draft },
  status: row.active_version > 0 ? 'ACTIVE' : row.has_draft ? 'DRAFT' : 'CREATED',
  ...{ activeVersion: row.active_version, latestVersion: row.latest_version, createdBy: row.created_by },
  ...{ createdAt: row.created_at.toISOString(), updatedAt: row.updated_at.toISOString() },
});

export interface StoredDraft {
  name: string;
  content: string;
  format: ScriptDraft['format'];
  status: ScriptDraft['status'];
  diagnostics: readonly ScriptDiagnostic[];
  hash: string;
  saved_by: string;
  saved_at: Date;
}

export const draftOf = (row: StoredDraft): ScriptDraft => ({
  ...{ scriptName: row.name, content: row.content, format: row.format, status: row.status, diagnostics: row.diagnostics, hash: row.hash },
  ...{ savedBy: row.saved_by, savedAt: row.saved_at.toISOString() },
});

export interface StoredVersion {
  name: string;
  version: number;
  active_version: number;
  content: string;
  format: ScriptDraft['format'];
  ir: ScriptVersion['ir'];
  contract: ScriptVersion['contract'];
  tools: ScriptVersion['toolsRequired'];
  hash: string;
  notes: string;
  published_by: string;
  published_at: Date;
}

/** Selects what {@link versionOf} needs. */
export const VERSIONS = 'select v.*, s.active_version from script_versions v join scripts s on s.tenant = v.tenant and s.name = v.name';

export const versionOf = (row: StoredVersion): ScriptVersion => ({
  ...{ scriptName: row.name, version: row.version, status: row.version === row.active_version ? 'ACTIVE' : 'SUPERSEDED' },
  ...{ content: row.content, format: row.format, ir: row.ir, contract: row.contract, toolsRequired: row.tools, hash: row.hash, notes: row.notes },
  ...{ publishedBy: row.published_by, publishedAt: row.published_at.toISOString() },
});
