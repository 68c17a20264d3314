/**
 * Where ours answers otherwise than the peer, by the id of the exchange: each with its reason. `body` is what must be in ours in place of the peer's. What is not here is the same;
 * members that only ours has are no difference.
 */
interface Difference {
  readonly why: string;
  readonly status?: number;
  readonly body?: unknown;
}

const TENANT = 'Whoever names no tenant is in the tenant `default`, here as on every surface.';
const ENTRIES = 'The end of a run and what it used are entries of the ledger too.';

export const DIFFERENCES: Readonly<Record<string, Difference>> = {
  health: { why: 'The ledger is in Postgres.', body: { status: 'ok', mode: 'reference', default_provider: 'mock', cognition_live: false, ledger: 'postgres' } },
  record: { why: TENANT, body: { status: 'completed', tenant_id: 'default' } },
  list: { why: TENANT, body: { runs: [{ status: 'completed', tenant_id: 'default' }], total: 1, limit: 2, offset: 0 } },
  replay: { why: ENTRIES, body: { entries_seen: 3, commits_replayed: 0, head_commit: null, head_seq: 2, verdict: { status: 'ok' } } },
  'replay pinned': { why: ENTRIES, body: { entries_seen: 3, commits_replayed: 0, head_seq: 2, verdict: { status: 'ok' } } },
  audit: {
    why: ENTRIES,
    body: {
      entries: [
        { seq: 0, kind: 'root' },
        { seq: 1, kind: 'final_answer' },
        { seq: 2, kind: 'usage' },
      ],
      count: 3,
    },
  },
  'audit count': { why: ENTRIES, body: { count: 3 } },
  'branch from no commit': { why: 'A commit that the run does not have is refused.', status: 404, body: { code: 'run.commit_not_found' } },
  'unknown scope': { why: 'A scope that fits no tool is refused.', status: 400, body: { code: 'run.scope' } },
  'unknown provider': { why: 'A run that nobody can think for does not begin.', status: 400, body: { error: expect.stringContaining('zzz') } },
  'no key': { why: 'The same.', status: 400, body: { error: expect.any(String) } },
  'routed ghost': { why: 'The scope of the writ would fit no tool.', status: 400, body: { code: 'run.scope' } },
  'routed shell': {
    why: 'The kind of a reason is told beside its text.',
    body: { status: 'rejected', reason: expect.stringContaining("effect ceiling does not grant External effect required by tool 'shell'") },
  },
  'routed failure': { why: 'A tool that fails is no failure of the server.', status: 422, body: { code: 'run.tool_failed' } },
  revoke: { why: 'A writ that is not there cannot be revoked: whoever mistypes an id must hear of it.', status: 404, body: { error: 'writ not found' } },
  restore: { why: 'The same.', status: 404, body: { error: 'writ not found' } },
  'revoke with a prefix': { why: 'Ids are taken with their prefix too.', status: 404, body: { error: 'writ not found' } },
};
