/** What a peer answers about runs whose model is a server on loopback (digest §2, §3.4; transcripts 04, 06, 11): facts only. `{url}` is the address of that server. */
import type { Models } from '../../support/scripted-chat-server';
import { HASH, id, TEXT, UUID, type Exchange } from './exchange';

const say = (turn: number): string => `turn ${turn} rationale`;
const GREETING = { text: 'hi', password: 's3cret' };
const FACT = { key: 'fact', stratum: 'episodic' };
const MEMORY = { content: 'sky is blue', source_commits: ['abc'], stratum: 'episodic' };

const KV_TURNS = [
  [{ tool: 'kv_set', args: { key: 'greeting', value: 'hello' } }],
  [
    { tool: 'kv_set', args: { key: 'greeting', value: GREETING } },
    { tool: 'kv_set', args: { key: 'counter', value: 1 } },
  ],
  [{ tool: 'kv_get', args: { key: 'greeting' } }],
  [
    { tool: 'memory_store', args: { ...FACT, content: MEMORY.content, source_commits: MEMORY.source_commits } },
    { tool: 'memory_recall', args: FACT },
  ],
];

/** As the peer's model answered. */
export const MODELS: Models = {
  kv: (turn) => (KV_TURNS[turn] ? { say: say(turn), calls: KV_TURNS[turn] } : { say: 'kv script done' }),
  slow: (turn) => {
    if (turn > 1) return { say: 'slow done', afterMs: 2_000 };
    return { say: say(turn), calls: [{ tool: 'kv_set', args: { key: `k${turn}`, value: turn } }], afterMs: turn === 0 ? 0 : 2_000 };
  },
  stuck: (turn) => (turn === 0 ? { say: say(turn), calls: [{ tool: 'kv_set', args: { key: 'k', value: 1 } }] } : { say: 'never', afterMs: 120_000 }),
  fail401: () => ({ refuse: { status: 401, message: 'invalid api key' } }),
  rate: () => ({ refuse: { status: 429, message: 'Rate limit reached on tokens per day (TPD). Please try again in 12m30s.' } }),
  fail500: () => ({ refuse: { status: 500, message: 'internal' } }),
};

export const asking = (model: string, task: string, more: object = {}) => ({
  ...{ task, cognition: { provider: 'lmstudio', base_url: '{url}', model } },
  ...more,
});

/** Titles of the log of one tool's way to its commit. */
const way = (tool: string): string[] => [
  ...[`Intent issued for ${tool}`, `Proposal staged for ${tool}`, `Execution started for ${tool}`],
  ...[`Execution observed for ${tool}`, `Result committed for ${tool}`],
];
export const KV_TITLES: readonly string[] = [
  'Runtime accepted task',
  ...['Step 1 entered intent phase', ...way('kv_set')],
  ...['Step 2 entered intent phase', ...way('kv_set'), ...way('kv_set')],
  ...['Step 3 entered intent phase', ...way('kv_get')],
  ...['Step 4 entered intent phase', ...way('memory_store'), ...way('memory_recall')],
  'Step 5 entered intent phase',
];

const SUMMARY = {
  steps_executed: 5,
  intents_submitted: 6,
  commits: 6,
  rejections: 0,
  failures: 0,
  final_answer: 'kv script done',
  terminated_by: 'CognitionDone',
};
const COUNTERS = {
  ...{ steps_started: 5, intents_declared: 6, proposals_staged: 6, commits: 6, rejections: 0 },
  ...{ failures: 0, recoveries: 0, retries: 0, approvals_pending: 0 },
};
const counter = { kind: 'kv', id: 'counter', version: 1, value: 1 };
const greeting = { kind: 'kv', id: 'greeting', version: 2, value: GREETING };
const fact = { kind: 'memory', id: 'episodic:fact', version: 1, value: MEMORY };
const at = (seq: number, commits: number, resources: unknown): Exchange => ({
  ...{ id: `kv at ${seq}`, request: ['GET', `/runs/{run}/world/at?seq=${seq}`] },
  peer: { status: 200, body: { seq: commits, commits_replayed: commits, head_commit: commits === 0 ? null : id('commit'), resources } },
});

/** 04: a run of six commits. */
export const KV_RUN: readonly Exchange[] = [
  {
    id: 'kv create',
    request: ['POST', '/runs', asking('kv', 'kv demo', { max_steps: 8, tool_scopes: ['kv_*', 'memory_*'] })],
    peer: { status: 202, body: { run_id: UUID, task: 'kv demo', status: 'running' } },
  },
  {
    id: 'kv record',
    request: ['GET', '/runs/{run}'],
    whenEnded: true,
    peer: { status: 200, body: { trajectory_id: HASH, task: 'kv demo', status: 'completed', summary: SUMMARY } },
  },
  {
    id: 'kv session',
    request: ['GET', '/runs/{run}/execution'],
    peer: {
      status: 200,
      body: {
        ...{ run_id: UUID, task: 'kv demo', trajectory_id: id('traj'), status: 'completed', phase: 'result' },
        ...{ operator_state: 'Task resolved and verified by runtime', current_step: 5, max_steps: 8, final_answer: 'kv script done' },
        ...{ tokens_in: 500, tokens_out: 100, counters: COUNTERS },
      },
    },
  },
  { id: 'kv world', request: ['GET', '/runs/{run}/world'], peer: { status: 200, body: { resources: [counter, greeting, fact] } } },
  at(0, 0, []),
  at(1, 1, [{ kind: 'kv', id: 'greeting', version: 1, value: 'hello' }]),
  at(2, 2, [greeting]),
  at(3, 3, [counter, greeting]),
  at(9, 6, [counter, greeting, fact]),
  { id: 'kv replay', request: ['GET', '/runs/{run}/replay'], peer: { status: 500, body: { error: 'serialization failure: key must be a string' } } },
  { id: 'kv drift', request: ['GET', '/runs/{run}/replay?require_compiler=thymos-compiler/9.9'], peer: { status: 500, body: { error: TEXT } } },
  { id: 'kv commits', request: ['GET', '/audit/entries/count?run_id={run}&kind=commit'], peer: { status: 200, body: { count: 6 } } },
  {
    id: 'kv root',
    request: ['GET', '/audit/entries?run_id={run}&kind=root'],
    peer: { status: 200, body: { entries: [{ id: HASH, seq: 0, kind: 'root', payload: { type: 'root', trajectory_id: HASH, note: 'kv demo' } }], count: 1 } },
  },
  { id: 'kv no kind', request: ['GET', '/audit/entries?run_id={run}&kind=zzz'], peer: { status: 200, body: { entries: [], count: 0 } } },
  { id: 'kv long ago', request: ['GET', '/audit/entries/count?from=1&to=2'], peer: { status: 200, body: { count: 0 } } },
  {
    id: 'kv branch',
    request: ['POST', '/runs/{run}/branch', { commit_id: '{commit}', note: 'what if' }],
    peer: { status: 201, body: { branch_trajectory_id: id('traj'), source_trajectory_id: id('traj'), source_commit_id: id('commit'), note: 'what if' } },
  },
  { id: 'kv branch again', request: ['POST', '/runs/{run}/branch', { commit_id: '{commit}', note: 'what if' }], peer: { status: 500 } },
  { id: 'kv branch with prefix', request: ['POST', '/runs/{run}/branch', { commit_id: 'commit:{commit}' }], peer: { status: 400 } },
];

const failure = (name: string, final_answer: string): Exchange => ({
  ...{ id: `${name} record`, request: ['GET', '/runs/{run}'], whenEnded: true },
  peer: {
    status: 200,
    body: {
      ...{ trajectory_id: '', status: 'failed' },
      summary: { steps_executed: 0, intents_submitted: 0, commits: 0, rejections: 0, failures: 1, final_answer, terminated_by: 'Error' },
    },
  },
});

/** Where no model is. */
export const NOWHERE = 'http://127.0.0.1:9/v1';

/** 11: providers that fail, by the model that fails so. */
export const FAILURES: readonly { readonly model: string; readonly retries: number; readonly record: Exchange; readonly cognition?: object }[] = [
  { model: 'fail401', retries: 0, record: failure('fail401', 'The provider rejected the API key. Check it in Settings.') },
  { model: 'rate', retries: 0, record: failure('rate', 'The provider is rate-limiting requests right now (token budget).') },
  { model: 'fail500', retries: 3, record: failure('fail500', 'The provider had a server error.') },
  {
    ...{ model: 'unreach', retries: 3, cognition: { provider: 'local', base_url: NOWHERE, model: 'x' } },
    record: failure('unreach', 'Could not reach the provider.'),
  },
];

const rejected = (kind: string, detail: string) => ({ kind: 'rejection', payload: { type: 'rejection', intent_id: HASH, reason: { kind, detail } } });
const NO_WRITE = rejected('authority_void', "writ effect ceiling does not grant Write effect required by tool 'kv_set'");
const NO_TOOL = (tool: string) => rejected('authority_void', `writ does not authorize tool '${tool}'`);
const SKILLED_TASK = 'Be careful and fast.\n\n---\nTask: skilled';
/** What a skill that only reads left of the six proposals. */
export const SKILLED_ENTRIES = [
  { seq: 0, kind: 'root', payload: { type: 'root', trajectory_id: HASH, note: SKILLED_TASK } },
  { seq: 1, kind: 'skill_bound', payload: { type: 'skill_bound', skill_id: HASH, skill: { name: 'triage' }, params: [['strictness', 'fast']] } },
  ...[NO_WRITE, NO_WRITE, NO_WRITE],
  {
    ...{ seq: 5, kind: 'commit' },
    payload: {
      ...{ type: 'commit', id: HASH },
      body: {
        ...{ seq: 5, delta: [], observations: [{ tool: 'kv_get', output: { key: 'greeting', value: null } }], compiler_version: TEXT },
        policy_trace: { rules_evaluated: ['writ.authority'], decision: { kind: 'permit' } },
        policy_set_hash: '4ab6efcf6c86f83488e18570bc16bb050ac37de307a5b27deb45655b42c84d50',
        budget_cost: { tokens: 0, tool_calls: 1, usd_millicents: 0 },
      },
    },
  },
  ...[NO_TOOL('memory_store'), NO_TOOL('memory_recall')],
];

/** 12: a run under the skill `triage`, and one that goes on with a conversation. */
export const SKILLED_RUN: readonly Exchange[] = [
  {
    id: 'skilled create',
    request: ['POST', '/runs', asking('kv', 'skilled', { max_steps: 5, skill: 'triage', skill_params: [['strictness', 'fast']] })],
    peer: { status: 202, body: { run_id: UUID, task: SKILLED_TASK, status: 'running' } },
  },
  {
    id: 'skilled record',
    request: ['GET', '/runs/{run}'],
    whenEnded: true,
    peer: { status: 200, body: { trajectory_id: HASH, task: SKILLED_TASK, status: 'completed', summary: { ...SUMMARY, commits: 1, rejections: 5 } } },
  },
  { id: 'skilled audit', request: ['GET', '/audit/entries?run_id={run}'], peer: { status: 200, body: { entries: SKILLED_ENTRIES, count: 8 } } },
  {
    id: 'follow up',
    request: [
      ...(['POST', '/runs'] as const),
      {
        task: 'follow up',
        history: [
          { role: 'user', text: 'hello' },
          { role: 'assistant', text: 'hi there' },
        ],
      },
    ],
    peer: { status: 202, body: { run_id: UUID, task: 'follow up', status: 'running' } },
  },
  {
    id: 'follow up record',
    request: ['GET', '/runs/{run}'],
    whenEnded: true,
    peer: {
      status: 200,
      body: {
        ...{ trajectory_id: HASH, task: 'follow up', status: 'completed' },
        summary: { ...SUMMARY, steps_executed: 1, intents_submitted: 0, commits: 0, final_answer: 'mock cognition' },
      },
    },
  },
  {
    id: 'follow up root',
    request: ['GET', '/audit/entries?run_id={run}&kind=root'],
    peer: {
      status: 200,
      body: {
        entries: [
          {
            ...{ seq: 0, kind: 'root' },
            payload: {
              ...{ type: 'root', trajectory_id: HASH },
              note: '## Conversation so far (context only — answer the current message)\nuser: hello\nassistant: hi there\n\n## Current message\nfollow up',
            },
          },
        ],
        count: 1,
      },
    },
  },
];
