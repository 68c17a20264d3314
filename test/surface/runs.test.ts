/** The routes of runs over fakes: what they take, answer and refuse, in the peer's words and statuses. */
import { hashOfHex, hashOfText } from '../../src/domain/run/ledger/hash';
import { newHash, commitDraft, payloadOf } from '../support/ledger';
import { RUN_AT } from './fake-runs';
import { openStream, serve, type Served } from './serve';

let served: Served;
beforeEach(async () => {
  served = await serve();
});
afterEach(() => served.server.close(100));

const call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => served.call(method, path, body, headers, '');
const start = async (body: object = {}) => (await call('POST', '/runs', { task: 'look', ...body })).body as { run_id: string; trajectory_id: string };

const NOBODY = '00000000-0000-4000-8000-000000000000';

describe('starting a run', () => {
  it('answers with the ids of the run, which is there at once', async () => {
    const answer = await call('POST', '/runs', { task: 'look', bogus: 1 });

    expect([answer.status, answer.body]).toMatchObject([202, { task: 'look', status: 'running', run_id: expect.any(String) }]);
    expect(answer.headers.get('location')).toBe(`/runs/${answer.body.run_id}`);
    expect(served.runs.asked[0]).toMatchObject({ task: 'look', maxSteps: 16, toolScopes: [], cognition: null, skills: [], budget: null });
    expect((await call('GET', `/runs/${answer.body.run_id}`)).body).toMatchObject({ task: 'look', status: 'completed', tenant_id: 'default' });
  });

  it('starts it once for a key', async () => {
    const first = await call('POST', '/runs', { task: 'look' }, { 'Idempotency-Key': 'k-1' });
    const second = await call('POST', '/runs', { task: 'look' }, { 'Idempotency-Key': 'k-1' });

    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
  });

  it('hands on what a run may say about itself', async () => {
    await start({
      ...{ max_steps: 3, tool_scopes: ['kv_*'], skill: 'a', skills: ['b', 'a'], skill_params: [['k', 'v']], history: [{ role: 'user', text: 'hi' }] },
      cognition: { provider: 'scripted', script: [{ intents: [{ tool: 'kv_get', args: { key: 'x' } }] }, { final_answer: 'done' }] },
      ...{ effect_ceiling: { external: true }, budget: { tool_calls: 2 }, time_window: { expires_at: 5 }, max_delegation_depth: 1 },
    });

    expect(served.runs.asked[0]).toMatchObject({
      ...{ maxSteps: 3, toolScopes: ['kv_*'], skills: ['a', 'b'], skillParams: [['k', 'v']] },
      cognition: { provider: 'scripted', model: null, cache_prefix: true, script: [{ intents: [{ tool: 'kv_get' }] }, { final_answer: 'done' }] },
      ...{ effectCeiling: { external: true }, budget: { tool_calls: 2 }, timeWindow: { expires_at: 5 }, maxDelegationDepth: 1 },
    });
  });

  it.each([
    ['an empty task', { task: '' }, 400, 'task is required'],
    ['a task that is too long', { task: 'é'.repeat(5_001) }, 400, 'task exceeds max length of 10000 characters'],
    ['too many steps', { task: 'x', max_steps: 257 }, 400, 'max_steps cannot exceed 256'],
    ['no task', {}, 422, 'task is required'],
    ['fewer steps than none', { task: 'x', max_steps: -1 }, 422, expect.stringContaining('max_steps')],
    ['a task that is no text', { task: 7 }, 422, expect.stringContaining('task')],
    ['text that cannot be kept', { task: 'a\0b' }, 422, expect.stringContaining('NUL')],
  ])('refuses %s', async (_what, body, status, error) => {
    const answer = await call('POST', '/runs', body);

    expect([answer.status, answer.body]).toMatchObject([status, { error, code: expect.any(String), requestId: expect.any(String) }]);
  });

  it.each([
    ['what is no JSON', '{bad json', { 'Content-Type': 'application/json' }, 400],
    ['another type', '{"task":"x"}', { 'Content-Type': 'text/plain' }, 415],
    ['no body and no type', undefined, {}, 415],
    ['no body', undefined, { 'Content-Type': 'application/json' }, 400],
  ])('refuses %s, in JSON', async (_what, body, headers, status) => {
    const response = await fetch(`${served.url}/runs`, { method: 'POST', headers: headers as Record<string, string>, ...(body !== undefined && { body }) });

    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: expect.any(String), code: expect.stringMatching(/^request\./) });
  });
});

describe('reading runs', () => {
  it('lists newest first, with limits that are capped', async () => {
    const [first, second] = [await start(), await start()];
    const answer = await call('GET', '/runs?limit=9999');

    expect(answer.body).toMatchObject({ total: 2, limit: 200, offset: 0, next_cursor: null });
    expect(answer.body.runs.map(({ run_id }: { run_id: string }) => run_id)).toEqual([second.run_id, first.run_id]);
    expect((await call('GET', '/runs?status=failed')).body).toMatchObject({ runs: [], total: 0, limit: 50 });
    expect((await call('GET', '/runs?limit=abc')).status).toBe(400);
  });

  it('counts a run that waits for an approval among those that run', async () => {
    served.runs.add({ status: 'waiting_approval' });

    expect((await call('GET', '/runs?status=running')).body).toMatchObject({ total: 1, runs: [{ status: 'running' }] });
    expect((await call('GET', '/runs?status=waiting_approval')).body.total).toBe(1);
    expect((await call('GET', '/runs?status=completed')).body.total).toBe(0);
  });

  it('takes the id of a trajectory in place of that of the run, with or without its prefix', async () => {
    const { run_id, trajectory_id } = await start();
    for (const id of [run_id, trajectory_id, trajectory_id.slice('traj:'.length)]) expect((await call('GET', `/runs/${id}`)).body.run_id).toBe(run_id);
  });

  it.each(['', '/execution', '/execution/stream', '/events', '/stream', '/replay', '/approvals'])('knows no run that is not there: %s', async (path) => {
    const answer = await call('GET', `/runs/${NOBODY}${path}`);
    expect([answer.status, answer.body]).toMatchObject([404, { error: 'run not found', code: 'run.not_found' }]);
  });

  it.each(['/world', '/world/at?seq=1', '/delegations'])('says so in the words of the peer: %s', async (path) => {
    const answer = await call('GET', `/runs/${NOBODY}${path}`);
    expect([answer.status, answer.body.error]).toEqual([404, 'run not found or not started']);
  });

  it('shows the world at a seq and at the end, in order, and what was taken back', async () => {
    const kept = served.runs.add();
    const add = (delta: Parameters<typeof commitDraft>[2]) =>
      served.runs.append(kept, payloadOf(commitDraft(kept.row.trajectoryId, kept.entries.at(-1)!, delta)));
    add([
      { op: 'create', kind: 'kv', id: 'b', value: 1 },
      { op: 'create', kind: 'kv', id: 'a', value: { x: [1] } },
    ]);
    add([{ op: 'retract', kind: 'kv', id: 'b', expected_version: 1, reason: 'done' }]);
    const at = (seq: number) => call('GET', `/runs/${kept.row.runId}/world/at?seq=${seq}`);

    expect((await call('GET', `/runs/${kept.row.runId}/world`)).body).toEqual({
      resources: [
        { kind: 'kv', id: 'a', version: 1, value: { x: [1] } },
        { kind: 'kv', id: 'b', version: 2, value: 1, retracted: true },
      ],
    });
    expect((await at(0)).body).toEqual({ seq: 0, commits_replayed: 0, head_commit: null, resources: [] });
    expect((await at(1)).body).toMatchObject({ seq: 1, commits_replayed: 1, head_commit: expect.stringMatching(/^commit:[0-9a-f]{64}$/) });
    expect((await at(99)).body).toMatchObject({ seq: 2, commits_replayed: 2 });
    expect((await call('GET', `/runs/${kept.row.runId}/world/at`)).status).toBe(400);
  });

  it('replays a world that is not empty, and says what differs of one that was changed', async () => {
    const kept = served.runs.add();
    const entry = served.runs.append(
      kept,
      payloadOf(commitDraft(kept.row.trajectoryId, kept.entries.at(-1)!, [{ op: 'create', kind: 'kv', id: 'a', value: 1 }])),
    );
    const replay = (query = '') => call('GET', `/runs/${kept.row.runId}/replay${query}`);

    expect([(await replay()).status, (await replay()).body]).toMatchObject([200, { commits_replayed: 1, resources: 1, verdict: { status: 'ok' } }]);
    const drift = await replay('?require_compiler=nope');
    expect([drift.status, drift.body]).toMatchObject([409, { code: 'run.replay_drift', verdict: { status: 'drift', seq: 1 }, report: { entries_seen: 2 } }]);

    kept.entries[1] = { ...entry, id: newHash() };
    const broken = await replay();
    expect([broken.status, broken.body]).toMatchObject([422, { code: 'run.replay_broken', verdict: { status: 'tampered', seq: 1, what: 'id' } }]);

    kept.entries.length = 0;
    expect([(await replay()).status, (await replay()).body]).toMatchObject([422, { verdict: { status: 'missing' } }]);
  });

  it('anchors the entries of a run, all or up to one', async () => {
    const kept = served.runs.add();
    const first = kept.entries[0]!;
    const second = served.runs.append(kept, payloadOf(commitDraft(kept.row.trajectoryId, first)));
    const anchor = (query = '') => call('GET', `/runs/${kept.row.runId}/anchor${query}`);
    const trajectory_id = `traj:${kept.row.trajectoryId}`;

    const all = { trajectory_id, entries: 2, head_seq: 1, head_id: second.id, root: hashOfHex(first.id, second.id) };
    expect((await anchor()).body).toEqual(all);
    expect((await anchor('?seq=9')).body).toEqual(all);
    expect((await anchor('?seq=0')).body).toEqual({ trajectory_id, entries: 1, head_seq: 0, head_id: first.id, root: first.id });
    expect((await anchor('?seq=x')).status).toBe(400);
  });

  it('lists what has been delegated, with the run of each child', async () => {
    const kept = served.runs.add();
    const child = served.runs.add({ parentRunId: kept.row.runId });
    served.runs.append(kept, { type: 'delegation', child_trajectory_id: child.row.trajectoryId, task: 'a part', final_answer: '42' });

    expect((await call('GET', `/runs/${kept.row.runId}/delegations`)).body).toEqual({
      delegations: [{ child_trajectory_id: `traj:${child.row.trajectoryId}`, task: 'a part', final_answer: '42', seq: 1, run_id: child.row.runId }],
    });
    expect((await call('GET', `/runs?parent=${kept.row.runId}`)).body).toMatchObject({ total: 1, runs: [{ run_id: child.row.runId }] });
  });
});

describe('approvals', () => {
  it('are listed, and answered by channel and proposal in either form', async () => {
    const kept = served.runs.add();
    const proposalId = newHash();
    const pending = { channel: 'high-risk', proposalId, tool: 'shell', reason: 'risky', requestedAt: RUN_AT, needed: 1, approvedBy: [], deadlineAt: null };
    kept.approvals.push(pending);
    const path = `/runs/${kept.row.runId}/approvals`;
    const other = await call('POST', `${path}/high-risk`, { approve: true, proposal_id: newHash() });

    expect((await call('GET', path)).body.approvals).toMatchObject([{ channel: 'high-risk', proposal_id: `proposal:${proposalId}`, needed: 1 }]);
    expect([other.status, other.body]).toMatchObject([
      404,
      { error: 'no pending approval for this run/channel', run_id: kept.row.runId, channel: 'high-risk' },
    ]);
    expect((await call('POST', `${path}/high-risk`, { decision: 'deny', proposal_id: `proposal:${proposalId}` })).body).toEqual({
      ...{ run_id: kept.row.runId, channel: 'high-risk', approved: false },
    });
  });

  it('need a verdict, whatever they are for', async () => {
    const answer = await call('POST', `/runs/${NOBODY}/approvals/high-risk`, {});
    expect([answer.status, answer.body.error]).toEqual([400, expect.stringContaining('missing verdict')]);
    const unknown = await call('POST', `/runs/${NOBODY}/approvals/high-risk`, { approve: true });
    expect([unknown.status, unknown.body]).toMatchObject([404, { run_id: NOBODY, channel: 'high-risk' }]);
  });
});

describe('commands', () => {
  it('cancels a run, which is refused once it has ended', async () => {
    const kept = served.runs.add();
    expect((await call('POST', `/runs/${kept.row.runId}/cancel`)).body).toEqual({ run_id: kept.row.runId, status: 'cancelling' });
    expect((await call('GET', `/runs/${kept.row.runId}`)).body.status).toBe('cancelled');
    const again = await call('POST', `/runs/${kept.row.runId}/cancel`);
    expect([again.status, again.body.error]).toEqual([409, 'run is not in running state']);
  });

  it('resumes what has not been completed', async () => {
    const kept = served.runs.add();
    served.runs.end(kept, 'failed', null);
    const answer = await call('POST', `/runs/${kept.row.runId}/resume`, { task: 'go on' });

    expect([answer.status, answer.body]).toEqual([202, { run_id: kept.row.runId, status: 'resuming' }]);
    const { run_id } = await start();
    expect((await call('POST', `/runs/${run_id}/resume`, { task: 'again' })).status).toBe(409);
    expect((await call('POST', `/runs/${NOBODY}/resume`)).status).toBe(415);
  });

  it('branches from a commit that is there, named either way', async () => {
    const kept = served.runs.add();
    const entry = served.runs.append(kept, payloadOf(commitDraft(kept.row.trajectoryId, kept.entries[0]!)));
    const commit = entry.payload.type === 'commit' ? entry.payload.id : '';
    const branch = (commit_id: string) => call('POST', `/runs/${kept.row.runId}/branch`, { commit_id, note: 'what if' });

    for (const id of [commit, `commit:${commit}`]) {
      const answer = await branch(id);
      expect([answer.status, answer.body]).toMatchObject([201, { source_commit_id: `commit:${commit}`, note: 'what if', run_id: expect.any(String) }]);
      expect((await call('GET', `/runs/${answer.body.branch_trajectory_id}`)).body.branched_from).toEqual({
        run_id: kept.row.runId,
        commit_id: `commit:${commit}`,
      });
    }
    expect([(await branch('zz')).status, (await branch('zz')).body.error]).toEqual([400, 'commit_id must be 64 hex chars']);
    expect((await branch('0'.repeat(64))).status).toBe(404);
  });

  it('settles an effect that nobody could prove', async () => {
    const kept = served.runs.add();
    const proposal = newHash();
    const answer = await call('POST', `/runs/${kept.row.runId}/effects/proposal:${proposal}/resolve`, { outcome: 'done', output: { seen: true } });

    expect([answer.status, answer.body]).toEqual([200, { run_id: kept.row.runId, proposal_id: `proposal:${proposal}`, outcome: 'done' }]);
    expect(served.runs.resolved).toEqual([{ proposalId: proposal, outcome: 'done', output: { seen: true } }]);
  });

  it('performs one action, and says why not', async () => {
    const submit = (body: object) => call('POST', '/routed-submit', body);
    expect((await submit({ tool: 'kv_set', args: { key: 'k' } })).body).toMatchObject({ status: 'committed', routing_evidence_recorded: false });
    expect((await submit({ tool: 'ghost' })).body).toMatchObject({ status: 'rejected', reason: 'unknown tool: ghost' });
    expect((await submit({ tool: 'fs_read', args: { path: '../x' } })).status).toBe(422);
    expect((await submit({})).status).toBe(422);
  });
});

describe('streams', () => {
  it('send the session after every change and end with it', async () => {
    const kept = served.runs.add();
    const stream = await openStream(`${served.url}/runs/${kept.row.runId}/execution/stream`);
    expect(await stream.message()).toMatchObject({ event: 'snapshot', data: { status: 'running', current_step: 1 } });
    served.runs.change(kept, { current_step: 2 });
    expect(await stream.message()).toMatchObject({ data: { current_step: 2 } });
    served.runs.end(kept, 'completed', 'done');
    const last = await stream.message();

    expect(last).toMatchObject({ data: { status: 'completed', final_answer: 'done' } });
    expect(await stream.message()).toBeUndefined();
    const again = await fetch(`${served.url}/runs/${kept.row.runId}/execution/stream`, { headers: { 'Last-Event-ID': last!.id! } });
    expect(again.status).toBe(204);
  });

  it('send one session for many changes that nobody waited for', async () => {
    const kept = served.runs.add();
    const stream = await openStream(`${served.url}/runs/${kept.row.runId}/execution/stream`);
    await stream.message();
    for (let step = 2; step <= 200; step += 1) served.runs.change(kept, { current_step: step });
    served.runs.end(kept, 'completed', null);
    const seen: unknown[] = [];
    for (let next = await stream.message(); next; next = await stream.message()) seen.push(next.data.status);

    expect(seen.length).toBeLessThan(10);
    expect(seen.at(-1)).toBe('completed');
  });

  it('send the entries of the ledger from the first on, as they are appended, and end with the run', async () => {
    const kept = served.runs.add();
    const stream = await openStream(`${served.url}/runs/${kept.row.runId}/events`);
    expect(await stream.message()).toMatchObject({ id: '0', data: { seq: 0, kind: 'root', detail: { note: 'look around' } } });
    const entry = served.runs.append(kept, payloadOf(commitDraft(kept.row.trajectoryId, kept.entries[0]!)));
    expect(await stream.message()).toMatchObject({ id: '1', data: { kind: 'commit', id: entry.id.slice(0, 8), commit_id: expect.stringMatching(/^commit:/) } });
    served.runs.end(kept, 'completed', 'done');

    expect(await stream.message()).toMatchObject({ id: '2', data: { kind: 'final_answer', detail: { text: 'done', terminated_by: 'CognitionDone' } } });
    expect(await stream.message()).toBeUndefined();
  });

  it('go on after what was seen, and say when that was all', async () => {
    const kept = served.runs.add();
    served.runs.end(kept, 'failed', null);
    const url = `${served.url}/runs/${kept.row.runId}/events`;
    const stream = await openStream(url, { 'Last-Event-ID': '0' });

    expect(await stream.message()).toMatchObject({ id: '1', data: { kind: 'final_answer' } });
    expect(await stream.message()).toBeUndefined();
    expect((await fetch(url, { headers: { 'Last-Event-ID': '1' } })).status).toBe(204);
  });

  it('send what the model says, what it has said before first, and end with the run', async () => {
    const kept = served.runs.add();
    served.runs.say(kept, { type: 'token', text: 'Hel' });
    const stream = await openStream(`${served.url}/runs/${kept.row.runId}/stream`);
    expect(await stream.message()).toEqual({ event: 'token', data: { type: 'token', text: 'Hel' } });
    served.runs.say(kept, { type: 'turn_complete', intents_count: 0, final_answer: 'Hello' });
    expect(await stream.message()).toMatchObject({ event: 'turn_complete', data: { final_answer: 'Hello' } });
    served.runs.end(kept, 'completed', 'Hello');

    expect(await stream.message()).toBeUndefined();
  });
});

describe('the rest of the surface', () => {
  it('says how runs are set up, to anybody', async () => {
    expect((await call('GET', '/health')).body).toEqual({
      ...{ status: 'ok', version: '0.0.0', mode: 'reference', default_provider: 'mock', cognition_live: false, ledger: 'postgres', shutdown: false },
    });
    expect((await call('GET', '/ready')).body).toMatchObject({ status: 'ready', checks: { run_store: true, marketplace: true, temporal: true } });
    expect((await call('GET', '/tools')).body).toMatchObject({ count: 1, tools: [{ name: 'kv_set', effect_class: 'write', risk_class: 'low' }] });
    expect((await call('GET', '/usage')).body).toMatchObject({
      message: 'API gateway not configured',
      stats: [],
      tenant: { usd_millicents: 0, cost_known: true },
    });
  });

  it('tells what keys have used, and whether that is all that it cost', async () => {
    const spent = { tenant: 'default', runs: 2, tokensIn: 10, tokensOut: 3, toolCalls: 1, usdMillicents: 4, costKnown: false };
    const minute = { requestsThisWindow: 7, rateLimitRpm: 1_300, windowStartedSecsAgo: 12 };
    jest.spyOn(served.runs.reads, 'usage').mockResolvedValue({ keys: [{ keyName: 'ci', ...minute, ...spent }], total: spent });

    expect((await call('GET', '/usage')).body).toEqual([
      {
        ...{ key_name: 'ci', tenant_id: 'default', requests_this_window: 7, rate_limit_rpm: 1_300, window_started_secs_ago: 12 },
        ...{ runs: 2, tokens_in: 10, tokens_out: 3, tool_calls: 1, usd_millicents: 4, cost_known: false },
      },
    ]);
  });

  it('tells which policies are in force, in the words of traces, and what is refused', async () => {
    const { status, body } = await call('GET', '/policies');

    expect(status).toBe(200);
    expect(body).toEqual({
      count: 1,
      sets: [
        {
          ...{ workers: 2, live: true, seen_at: RUN_AT, policy_set_hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
          rules: ['writ.authority', 'guard/no-system-files@2'],
          policies: [{ name: 'guard', version: '2', content_hash: '0'.repeat(64) }],
          refused: [{ file: 'broken.json', policy: null, code: 'policy.invalid', reason: 'name: expected a name' }],
        },
      ],
    });
  });

  it('reads ledgers by kind, counted, and as a table', async () => {
    const { run_id, trajectory_id } = await start({ task: 'say "hi"' });
    const of = `run_id=${run_id}`;

    expect((await call('GET', `/audit/entries?${of}`)).body).toMatchObject({
      count: 2,
      entries: [
        { seq: 0, kind: 'root' },
        { seq: 1, kind: 'final_answer' },
      ],
    });
    expect((await call('GET', `/audit/entries/count?run_id=${trajectory_id}&kind=root`)).body).toEqual({ count: 1 });
    expect((await call('GET', `/audit/entries?kind=zzz`)).body).toEqual({ entries: [], count: 0 });
    expect((await call('GET', `/audit/entries?run_id=${NOBODY}`)).body.error).toBe('run not found or has no trajectory');
    const table = await call('GET', `/audit/entries?${of}&format=csv&limit=1`);
    expect([table.headers.get('content-type'), table.headers.get('content-disposition')]).toEqual([
      'text/csv; charset=utf-8',
      'attachment; filename="audit-log.csv"',
    ]);
    const [header, row] = (table.body as string).split('\n');
    expect(header).toBe('id,trajectory_id,seq,kind,created_at,payload');
    expect(row).toContain(',0,root,1700000000,"{""note"":""say ');
    expect(row).toContain('say \\""hi\\""');
    // The very text that was hashed.
    expect(hashOfText(row!.slice(row!.indexOf('"') + 1, -1).replaceAll('""', '"'))).toBe(row!.slice(0, 64));
  });

  it('searches, from two characters on', async () => {
    await start({ task: 'greeting everybody' });
    expect((await call('GET', '/search?q=greeting&limit=3')).body).toMatchObject({
      query: 'greeting',
      count: 1,
      hits: [{ field: 'task', snippet: 'greeting everybody' }],
    });
    expect([(await call('GET', '/search?q=x')).status, (await call('GET', '/search?q=x')).body.error]).toEqual([400, 'query must be at least 2 characters']);
    expect((await call('GET', '/search')).status).toBe(400);
  });

  it('keeps skills', async () => {
    const ceiling = { read: true, write: false, external: false, irreversible: false };
    const skill = { name: 'triage', version: 1, title: 'Triage', instructions: 'Be careful.', tools: [{ tool: 'kv_*' }], ceiling };
    const made = await call('POST', '/skills', skill);

    expect([made.status, made.body]).toMatchObject([
      201,
      { id: expect.stringMatching(/^skill:/), skill: { ...skill, params: [], model_hint: { provider: null, model: null } } },
    ]);
    expect((await call('GET', '/skills')).body).toEqual({ skills: [{ id: made.body.id, name: 'triage', version: 1, title: 'Triage', tools: ['kv_*'] }] });
    for (const id of ['triage', made.body.id]) expect((await call('GET', `/skills/${id}`)).body).toEqual(made.body);
    expect([(await call('GET', '/skills/nope')).status, (await call('GET', '/skills/nope')).body.error]).toEqual([404, "unknown skill 'nope'"]);
    expect((await call('POST', '/skills', { name: '' })).status).toBe(422);
    expect([(await call('POST', '/skills', { ...skill, name: '' })).status]).toEqual([400]);
  });

  it('revokes and restores writs that are there', async () => {
    const id = newHash();
    const body = {
      ...{ issuer: 'server', issuer_pubkey: 'k', subject: 'run-1', subject_pubkey: 'k', nonce: new Array<number>(16).fill(0), parent: null, tenant_id: '' },
      tool_scopes: [{ tool: '*' }],
      budget: { tokens: 1, tool_calls: 1, wall_clock_ms: 1, usd_millicents: 0 },
      effect_ceiling: { read: true, write: true, external: false, irreversible: false },
      ...{ time_window: { not_before: 0, expires_at: 1 }, delegation: { max_depth: 3, may_subdivide: true } },
    };
    served.runs.writRows.set(`default ${id}`, { writ: { id, body, signature: 's' }, revokedAt: null, revokedBy: null });

    expect((await call('POST', `/writs/${id}/revoke`)).body).toEqual({ revoked: true, writ_id: id });
    expect((await call('GET', `/writs/writ:${id}`)).body).toMatchObject({ writ_id: `writ:${id}`, revoked: true, revoked_by: 'local' });
    expect((await call('POST', `/writs/writ:${id}/restore`)).body).toEqual({ restored: true, writ_id: id });
    expect([(await call('POST', '/writs/nothex/revoke')).status, (await call('POST', '/writs/nothex/revoke')).body.error]).toEqual([400, 'invalid writ id']);
    expect((await call('POST', `/writs/${'0'.repeat(64)}/revoke`)).status).toBe(404);
  });

  it('writes down who tried what, with the status that was answered', async () => {
    await call('POST', '/runs', { task: 7 });
    const { run_id } = await start();

    expect(served.audit.entries.map(({ action, status, resourceType, resourceId }: any) => ({ action, status, resourceType, resourceId }))).toEqual([
      { action: 'runs.createRun', status: 422, resourceType: 'run', resourceId: null },
      { action: 'runs.createRun', status: 202, resourceType: 'run', resourceId: run_id },
    ]);
  });
});
