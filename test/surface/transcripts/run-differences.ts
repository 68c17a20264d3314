/**
 * Where ours answers otherwise than the peer, by the id of the exchange: each with its reason. `body` is what must be in ours in place of the peer's. What is not here is the same;
 * members that only ours has are no difference.
 */
import { SKILLED_ENTRIES } from './model-runs';

interface Difference {
  readonly why: string;
  readonly status?: number;
  readonly body?: unknown;
}

const TENANT = 'Whoever names no tenant is in the tenant `default`, here as on every surface.';
const ENTRIES = 'The end of a run and what it used are entries of the ledger too.';

const HIDDEN = { text: 'hi', password: '***REDACTED***' };
const greeting = { kind: 'kv', id: 'greeting', version: 2, value: HIDDEN };
const REDACTED = 'Secrets stay out of the ledger, and so out of worlds.';
const SUMMED = 'Counters are true for runs that failed, and the trajectory is known from the start. The sentence is ours.';
const failed = {
  status: 'failed',
  trajectory_id: expect.stringMatching(/^[0-9a-f]{64}$/),
  summary: { steps_executed: 1, failures: 1, terminated_by: 'Error' },
};

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
  'outcomes of nobody': {
    why: 'An id that has the form of one and is nobody’s, or another tenant’s, is not found, as everywhere.',
    status: 404,
    body: { code: 'run.not_found' },
  },
  'branch from no commit': { why: 'A commit that the run does not have is refused.', status: 404, body: { code: 'run.commit_not_found' } },
  'unknown scope': { why: 'A scope that fits no tool is refused.', status: 400, body: { code: 'run.scope' } },
  'unknown provider': { why: 'A run that nobody can think for does not begin.', status: 400, body: { error: expect.stringContaining('cognition.provider') } },
  'no key': { why: 'The same.', status: 400, body: { error: expect.any(String) } },
  'routed ghost': { why: 'The scope of the writ would fit no tool.', status: 400, body: { code: 'run.scope' } },
  'routed shell': {
    why: 'The kind of a reason is told beside its text.',
    body: { status: 'rejected', reason: expect.stringContaining("effect ceiling does not grant External effect required by tool 'shell'") },
  },
  'routed failure': { why: 'A tool that fails is no failure of the server.', status: 422, body: { code: 'run.tool_failed' } },
  'kv world': { why: REDACTED, body: { resources: [{ id: 'counter' }, greeting, { id: 'episodic:fact' }] } },
  'kv at 2': { why: REDACTED, body: { seq: 2, resources: [greeting] } },
  'kv at 3': { why: REDACTED, body: { seq: 3, resources: [{ id: 'counter' }, greeting] } },
  'kv at 9': { why: `${REDACTED} ${ENTRIES}`, body: { seq: 8, commits_replayed: 6, resources: [{ id: 'counter' }, greeting, { id: 'episodic:fact' }] } },
  'kv replay': { why: 'Worlds that are not empty are replayed.', status: 200, body: { commits_replayed: 6, resources: 3, verdict: { status: 'ok' } } },
  'kv drift': { why: 'Drift is no failure of the server.', status: 409, body: { code: 'run.replay_drift', verdict: { status: 'drift', seq: 1 } } },
  'kv branch again': { why: 'A commit may be branched again.', status: 201, body: { note: 'what if' } },
  'kv branch with prefix': { why: 'Ids are taken as they are shown.', status: 201, body: { note: 'shadow branch' } },
  'fail401 record': { why: SUMMED, body: failed },
  'rate record': { why: SUMMED, body: failed },
  'fail500 record': { why: SUMMED, body: failed },
  'unreach record': { why: SUMMED, body: failed },
  'skilled audit': { why: ENTRIES, body: { entries: [...SKILLED_ENTRIES, { kind: 'final_answer' }, { kind: 'usage' }], count: 10 } },
  'follow up root': {
    why: 'The root notes the conversation too, under headings of its own.',
    body: {
      entries: [{ seq: 0, payload: { note: '## Conversation so far\n\nuser: hello\n\nassistant: hi there\n\n## Current message\n\nfollow up' } }],
      count: 1,
    },
  },
  revoke: { why: 'A writ that is not there cannot be revoked: whoever mistypes an id must hear of it.', status: 404, body: { error: 'writ not found' } },
  restore: { why: 'The same.', status: 404, body: { error: 'writ not found' } },
  'revoke with a prefix': { why: 'Ids are taken with their prefix too.', status: 404, body: { error: 'writ not found' } },
};
