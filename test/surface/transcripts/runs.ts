/** What a peer answers about runs (digest §2; transcripts 01, 02, 03, 12): requests with status and body, facts only. */
import { HASH, id, MILLISECONDS, NUMBER, TEXT, UUID, type Exchange } from './exchange';

const tool = (name: string, effect_class: string, risk_class: string) => ({ name, version: '0.0.1', effect_class, risk_class });

/** 01: before any run. */
export const SERVER: readonly Exchange[] = [
  {
    id: 'health',
    request: ['GET', '/health'],
    peer: {
      status: 200,
      body: { status: 'ok', version: TEXT, mode: 'reference', default_provider: 'mock', cognition_live: false, ledger: 'sqlite', shutdown: false },
    },
  },
  {
    id: 'ready',
    request: ['GET', '/ready'],
    peer: {
      status: 200,
      body: { status: 'ready', mode: 'reference', default_provider: 'mock', shutdown: false, checks: { run_store: true, marketplace: true } },
    },
  },
  {
    id: 'tools',
    request: ['GET', '/tools'],
    peer: {
      status: 200,
      body: {
        count: 13,
        tools: [
          ...[tool('delegate', 'write', 'medium'), tool('fs_patch', 'write', 'medium'), tool('fs_read', 'read', 'low'), tool('grep', 'read', 'low')],
          ...[tool('http', 'external', 'medium'), tool('kv_get', 'read', 'low'), tool('kv_set', 'write', 'low'), tool('list_files', 'read', 'low')],
          ...[tool('memory_recall', 'read', 'low'), tool('memory_store', 'write', 'low'), tool('repo_map', 'read', 'low')],
          ...[tool('shell', 'external', 'high'), tool('test_run', 'external', 'medium')],
        ],
      },
    },
  },
  { id: 'usage', request: ['GET', '/usage'], peer: { status: 200, body: { message: 'API gateway not configured', stats: [] } } },
  { id: 'unknown path', request: ['GET', '/nope'], peer: { status: 404 } },
  { id: 'wrong method of runs', request: ['DELETE', '/runs'], peer: { status: 405 } },
  { id: 'wrong method of health', request: ['PUT', '/health'], peer: { status: 405 } },
];

const TASK = 'Inspect the repo and explain how the runtime works';
const SUMMARY = {
  ...{ steps_executed: 1, intents_submitted: 0, commits: 0, rejections: 0, failures: 0 },
  ...{ final_answer: 'mock cognition', terminated_by: 'CognitionDone' },
};
const COUNTERS = {
  ...{ steps_started: 1, intents_declared: 0, proposals_staged: 0, commits: 0, rejections: 0 },
  ...{ failures: 0, recoveries: 0, retries: 0, approvals_pending: 0 },
};
const EMPTY_WORLD = 'f4cfe8821990755fea8de29b9ce6d107875717dea5f2886aa59f779d651544a8';
const replayed = {
  ...{ run_id: UUID, trajectory_id: id('traj'), entries_seen: 1, commits_replayed: 0, head_commit: null, head_seq: 0, compiler_versions_seen: [] },
  ...{ final_world_hash: EMPTY_WORLD, resources: 0, rejected_proposals: 0, pending_approvals: 0, delegations: 0, branches: 0, tool_calls: [] },
};

/** 01 and 02: a run of the mock. */
export const MOCK_RUN: readonly Exchange[] = [
  {
    id: 'create',
    request: [
      ...(['POST', '/runs'] as const),
      { task: TASK, max_steps: 24, tool_scopes: ['repo_map', 'fs_read', 'grep', 'test_run'], cognition: { provider: 'mock' } },
    ],
    peer: { status: 202, body: { run_id: UUID, task: TASK, status: 'running' } },
  },
  {
    id: 'record',
    request: ['GET', '/runs/{run}'],
    whenEnded: true,
    peer: { status: 200, body: { trajectory_id: HASH, task: TASK, status: 'completed', summary: SUMMARY, tenant_id: '' } },
  },
  {
    id: 'session',
    request: ['GET', '/runs/{run}/execution'],
    peer: {
      status: 200,
      body: {
        ...{ run_id: UUID, task: TASK, trajectory_id: id('traj'), status: 'completed', phase: 'result' },
        ...{ operator_state: 'Task resolved and verified by runtime', current_step: 1, max_steps: 24, final_answer: 'mock cognition' },
        ...{ tokens_in: 0, tokens_out: 0, counters: COUNTERS, updated_at_ms: MILLISECONDS },
        log: [
          { idx: 1, timestamp_ms: MILLISECONDS, phase: 'system', level: 'info', title: 'Runtime accepted task', detail: TEXT },
          {
            ...{ idx: 2, timestamp_ms: MILLISECONDS, phase: 'intent', level: 'info', title: 'Step 1 entered intent phase' },
            ...{ detail: 'Loaded 0 fresh runtime observations into the planning loop.', step_index: 0 },
          },
        ],
      },
    },
  },
  { id: 'world', request: ['GET', '/runs/{run}/world'], peer: { status: 200, body: { resources: [] } } },
  {
    id: 'world at',
    request: ['GET', '/runs/{run}/world/at?seq=0'],
    peer: { status: 200, body: { seq: 0, commits_replayed: 0, head_commit: null, resources: [] } },
  },
  { id: 'replay', request: ['GET', '/runs/{run}/replay'], peer: { status: 200, body: replayed } },
  { id: 'replay pinned', request: ['GET', '/runs/{run}/replay?require_compiler=nope'], peer: { status: 200, body: replayed } },
  { id: 'delegations', request: ['GET', '/runs/{run}/delegations'], peer: { status: 200, body: { delegations: [] } } },
  { id: 'outcomes', request: ['GET', '/runs/{run}/routing-outcomes'], peer: { status: 200, body: { outcomes: [] } } },
  {
    id: 'audit',
    request: ['GET', '/audit/entries?run_id={run}'],
    peer: {
      status: 200,
      body: {
        entries: [{ id: HASH, trajectory_id: HASH, seq: 0, kind: 'root', payload: { type: 'root', trajectory_id: HASH, note: TASK }, created_at: NUMBER }],
        count: 1,
      },
    },
  },
  { id: 'audit count', request: ['GET', '/audit/entries/count?run_id={run}'], peer: { status: 200, body: { count: 1 } } },
  {
    id: 'list',
    request: ['GET', '/runs?limit=2'],
    peer: {
      status: 200,
      body: { runs: [{ run_id: UUID, task: TASK, status: 'completed', trajectory_id: HASH, tenant_id: '' }], total: 1, limit: 2, offset: 0 },
    },
  },
  { id: 'list failed', request: ['GET', '/runs?status=failed'], peer: { status: 200, body: { runs: [], total: 0, limit: 50, offset: 0 } } },
  { id: 'list capped', request: ['GET', '/runs?limit=9999&offset=5'], peer: { status: 200, body: { runs: [], total: 1, limit: 200, offset: 5 } } },
  { id: 'list misread', request: ['GET', '/runs?limit=abc'], peer: { status: 400 } },
  { id: 'cancel over', request: ['POST', '/runs/{run}/cancel'], peer: { status: 409, body: { error: 'run is not in running state' } } },
  { id: 'resume over', request: ['POST', '/runs/{run}/resume', { task: 'again' }], peer: { status: 409, body: { error: 'run already completed' } } },
  {
    id: 'branch misread',
    request: ['POST', '/runs/{run}/branch', { commit_id: 'zz' }],
    peer: { status: 400, body: { error: 'commit_id must be 64 hex chars' } },
  },
  { id: 'branch of nothing', request: ['POST', '/runs/{run}/branch', {}], peer: { status: 422 } },
  {
    id: 'branch from no commit',
    request: ['POST', '/runs/{run}/branch', { commit_id: '0'.repeat(64) }],
    peer: { status: 201, body: { branch_trajectory_id: id('traj'), source_trajectory_id: id('traj'), source_commit_id: id('commit'), note: 'shadow branch' } },
  },
];

const NOBODY = '00000000-0000-0000-0000-000000000000';
const JSON_TYPE = { 'content-type': 'application/json' };
const refused = (name: string, request: Exchange['request'], status: number, error?: string): Exchange => ({
  ...{ id: name, request },
  peer: { status, ...(error !== undefined && { body: { error } }) },
});
const GONE = 'run not found';
const NOT_STARTED = 'run not found or not started';
const NO_TRAJECTORY = 'run not found or has no trajectory';

/** 03: what is refused. */
export const REFUSALS: readonly Exchange[] = [
  refused('no task', ['POST', '/runs', { task: '' }], 400, 'task is required'),
  refused('no field', ['POST', '/runs', {}], 422),
  refused('no JSON', ['POST', '/runs', '{bad json', JSON_TYPE], 400),
  refused('too many steps', ['POST', '/runs', { task: 'x', max_steps: 257 }], 400, 'max_steps cannot exceed 256'),
  refused('fewer than no steps', ['POST', '/runs', { task: 'x', max_steps: -1 }], 422),
  refused('too long', ['POST', '/runs', { task: 'x'.repeat(10_001) }], 400, 'task exceeds max length of 10000 characters'),
  refused('wrong type', ['POST', '/runs', '{"task":"x"}', { 'content-type': 'text/plain' }], 415),
  refused('unknown scope', ['POST', '/runs', { task: 'x', tool_scopes: ['not_a_tool'] }], 202),
  refused('unknown provider', ['POST', '/runs', { task: 'x', cognition: { provider: 'zzz' } }], 202),
  refused('no key', ['POST', '/runs', { task: 'x', cognition: { provider: 'anthropic' } }], 202),
  refused('unknown field', ['POST', '/runs', { task: 'x', bogus: 1 }], 202),
  refused('unknown skill', ['POST', '/runs', { task: 'x', skill: 'nope' }], 400, "unknown skill 'nope'"),
  ...['', '/execution', '/execution/stream', '/events', '/stream', '/replay'].map((path) =>
    refused(`nobody${path}`, ['GET', `/runs/${NOBODY}${path}`], 404, GONE),
  ),
  ...['/world', '/world/at?seq=1', '/delegations'].map((path) => refused(`nobody${path}`, ['GET', `/runs/${NOBODY}${path}`], 404, NOT_STARTED)),
  refused('at nothing', ['GET', `/runs/${NOBODY}/world/at`], 400),
  refused('at a word', ['GET', `/runs/${NOBODY}/world/at?seq=x`], 400),
  refused('outcomes of nobody', ['GET', `/runs/${NOBODY}/routing-outcomes`], 400, 'invalid trajectory id'),
  refused('cancel nobody', ['POST', `/runs/${NOBODY}/cancel`], 404, GONE),
  refused('resume nobody', ['POST', `/runs/${NOBODY}/resume`, { task: 'x' }], 404, GONE),
  refused('branch nobody', ['POST', `/runs/${NOBODY}/branch`, { commit_id: '00' }], 404, NOT_STARTED),
  {
    id: 'approve nobody',
    request: ['POST', `/runs/${NOBODY}/approvals/high-risk`, { approve: true }],
    peer: { status: 404, body: { error: 'no pending approval for this run/channel', run_id: NOBODY, channel: 'high-risk' } },
  },
  refused(
    'no verdict',
    ['POST', `/runs/${NOBODY}/approvals/high-risk`, {}],
    400,
    'missing verdict: send {"approve": true|false} (or {"decision": "approve"|"deny"})',
  ),
  refused('resume without a body', ['POST', `/runs/${NOBODY}/resume`], 415),
  refused('audit of nobody', ['GET', `/audit/entries?run_id=${NOBODY}`], 404, NO_TRAJECTORY),
  refused('count of nobody', ['GET', `/audit/entries/count?run_id=${NOBODY}`], 404, NO_TRAJECTORY),
];

export const SKILL = {
  ...{ name: 'triage', version: 1, title: 'Triage', instructions: 'Be careful and {strictness}.', tools: [{ tool: 'kv_*' }] },
  ceiling: { read: true, write: false, external: false, irreversible: false },
  budget_cap: { tokens: 1000, tool_calls: 1, wall_clock_ms: 1000, usd_millicents: 0 },
};
const STRICTNESS = { key: 'strictness', default: 'thorough', values: ['thorough', 'fast'] };
const KEPT = { ...SKILL, params: [{ ...STRICTNESS, description: '' }], model_hint: { provider: null, model: null } };
const SKILL_ID = 'skill:b5fb24285a1702ffb95d68f022549c2636a8497ab2ffc14c42bdff892e4d1b6c';
const EVIDENCE = {
  ...{ decision_hash: 'abc123', selected: 'anthropic:claude', alternatives: ['openai:gpt'], confidence_bps: 9500, reason_codes: ['cost_optimal'] },
  ...{ latency_estimate_ms: 800, cost_estimate_millicents: 4200 },
};
const ZEROS = '0'.repeat(64);

/** 12: skills, search, routed actions, writs. */
export const SKILLS_AND_ACTIONS: readonly Exchange[] = [
  { id: 'no skills', request: ['GET', '/skills'], peer: { status: 200, body: { skills: [] } } },
  { id: 'keep a skill', request: ['POST', '/skills', { ...SKILL, params: [STRICTNESS] }], peer: { status: 201, body: { id: SKILL_ID, skill: KEPT } } },
  {
    id: 'skills',
    request: ['GET', '/skills'],
    peer: { status: 200, body: { skills: [{ id: SKILL_ID, name: 'triage', version: 1, title: 'Triage', tools: ['kv_*'] }] } },
  },
  { id: 'a skill', request: ['GET', '/skills/triage'], peer: { status: 200, body: { id: SKILL_ID, skill: KEPT } } },
  refused('no such skill', ['GET', '/skills/nope'], 404, "unknown skill 'nope'"),
  refused('half a skill', ['POST', '/skills', { name: '' }], 422),
  refused('nameless skill', ['POST', '/skills', { name: '', version: 1, instructions: 'x', ceiling: SKILL.ceiling }], 400, 'skill name is required'),
  refused(
    'odd parameter',
    ['POST', '/runs', { task: 't', skill: 'triage', skill_params: [['strictness', 'nope']] }],
    400,
    "invalid value 'nope' for skill param 'strictness'",
  ),
  {
    id: 'a run with a skill',
    request: ['POST', '/runs', { task: 'skilled', max_steps: 5, skill: 'triage', skill_params: [['strictness', 'fast']] }],
    peer: { status: 202, body: { run_id: UUID, task: 'Be careful and fast.\n\n---\nTask: skilled', status: 'running' } },
  },
  { id: 'search', request: ['GET', '/search?q=greeting&limit=3'], peer: { status: 200, body: { query: 'greeting', count: 0, hits: [] } } },
  refused('short search', ['GET', '/search?q=x'], 400, 'query must be at least 2 characters'),
  refused('search for nothing', ['GET', '/search'], 400),
  {
    id: 'routed',
    request: ['POST', '/routed-submit', { tool: 'kv_set', args: { key: 'k', value: 'v' }, rationale: 'route', routing_evidence: EVIDENCE }],
    peer: { status: 200, body: { status: 'committed', trajectory_id: id('traj'), commit_id: id('commit'), routing_evidence_recorded: true } },
  },
  {
    id: 'routed outcomes',
    request: ['GET', '/runs/{trajectory}/routing-outcomes'],
    peer: { status: 200, body: { outcomes: [{ decision_hash: 'abc123', selected: 'anthropic:claude', status: 'committed', latency_ms: NUMBER }] } },
  },
  {
    id: 'routed shell',
    request: ['POST', '/routed-submit', { tool: 'shell', args: { command: 'ls' } }],
    peer: {
      status: 200,
      body: {
        ...{ status: 'rejected', trajectory_id: id('traj') },
        reason: "authority void: writ effect ceiling does not grant External effect required by tool 'shell'",
      },
    },
  },
  {
    id: 'routed ghost',
    request: ['POST', '/routed-submit', { tool: 'ghost', args: {} }],
    peer: { status: 200, body: { status: 'rejected', trajectory_id: id('traj'), reason: 'unknown tool: ghost' } },
  },
  refused('routed failure', ['POST', '/routed-submit', { tool: 'fs_read', args: { path: '../x' } }], 500),
  {
    id: 'routed delegate',
    request: ['POST', '/routed-submit', { tool: 'delegate', args: { task: 't' } }],
    peer: { status: 200, body: { status: 'delegated', trajectory_id: id('traj'), child_trajectory_id: id('traj') } },
  },
  refused('routed nothing', ['POST', '/routed-submit', {}], 422),
  { id: 'revoke', request: ['POST', `/writs/${ZEROS}/revoke`], peer: { status: 200, body: { revoked: true, writ_id: ZEROS } } },
  { id: 'restore', request: ['POST', `/writs/${ZEROS}/restore`], peer: { status: 200, body: { restored: true, writ_id: ZEROS } } },
  refused('revoke a word', ['POST', '/writs/nothex/revoke'], 400, 'invalid writ id'),
  refused('revoke with a prefix', ['POST', `/writs/writ:${ZEROS}/revoke`], 400, 'invalid writ id'),
];
