/** Runs over a real Temporal server and a real Postgres: what is asked of the gateway, what stands in ledger, row and journal, and what is left when a worker dies. */
import type { PolicyBundle } from '../../src/domain/run/authority/policy-bundle';
import { runAddress } from '../../src/contracts/run/commands';
import type { LedgerEntry } from '../../src/contracts/run/protocol';
import { runHasEnded } from '../../src/contracts/run/status';
import { runReads } from '../../src/main/run-reads';
import { tellEndedActors } from '../../src/gateway/ended-actors';
import { startOverdueRuns } from '../../src/gateway/run-launch';
import { until } from '../support/eventually';
import { ADA, as, does, keyed, scripted, startRunWorld, type RunWorld } from '../support/run-world';

let world: RunWorld;
beforeAll(async () => void (world = await startRunWorld({ EVERTHREAD_MAX_CONCURRENT_RUNS_PER_TENANT: '1' })));
beforeEach(async () => {
  world.policies = [];
  world.mark.before = world.mark.after = () => Promise.resolve();
  world.again.before = world.again.after = () => Promise.resolve();
  await world.work();
});
afterEach(() => world.actors.rest());
afterAll(() => world.stop());

const begin = async (...[request, key]: [Parameters<RunWorld['runs']['create']>[1], (string | null)?]) =>
  (await world.runs.create(ADA, request, keyed(key ?? null))).run;
const kinds = (entries: readonly LedgerEntry[]): readonly string[] => entries.map(({ kind }) => kind);
/** A mark of this text waits until it is let go; `reached` says that it waits. Marks of runs that other tests left at work pass. */
function gate(text: string) {
  let open = (): void => undefined;
  let reached = false;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return {
    open: () => open(),
    wait: async (signal: AbortSignal, marked: string) => {
      if (marked !== text) return;
      reached = true;
      await Promise.race([opened, new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }))]);
    },
    reached: () => until('the tool is at work', () => reached),
  };
}
/** With payloads as texts. */
const plain = (event: unknown): unknown =>
  JSON.parse(
    JSON.stringify(event, (_key, value: unknown) => {
      const bytes =
        value instanceof Uint8Array
          ? value
          : (value as { type?: unknown; data?: number[] } | null)?.type === 'Buffer'
            ? (value as { data: number[] }).data
            : null;
      return bytes === null ? value : Buffer.from(bytes).toString('utf8');
    }),
  );
const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));
const asks: PolicyBundle = {
  name: 'ask',
  version: '1',
  rules: [
    {
      name: 'marks',
      when: { field: 'intent.target', op: 'eq', value: 'mark' },
      decision: { kind: 'require_approval', channel: 'ops', reason: 'it marks', approvals: 1 },
    },
  ],
};

describe('a run', () => {
  it('has its entries in the order and under the numbers of the peer, and its end after them', async () => {
    const { id } = await begin(scripted([does('kv_set', { key: 'a', value: 'x' }), does('mark', { text: 'one' }), { final_answer: 'done' }]));
    const row = await world.ended(id);
    const entries = await world.entries(id);

    expect(row).toMatchObject({ status: 'completed', answer: 'done' });
    expect(entries.map(({ seq, kind }) => [seq, kind])).toEqual([
      [0, 'root'],
      [1, 'commit'],
      [2, 'commit'],
      [3, 'final_answer'],
      [4, 'usage'],
    ]);
    expect(entries[2]?.payload).toMatchObject({ body: { parent: [entries[1]?.id], observations: [{ tool: 'mark', output: { marked: 'one' } }] } });
    expect(
      await world.database.store.ledgerReads.replay(
        { tenant: 'default', runId: id, trajectoryId: row.state.start.trajectoryId },
        { compiler: null, policySet: null, signature: true },
      ),
    ).toMatchObject({ verdict: { status: 'ok' }, commits_replayed: 2, resources: 1 });
  });

  it('is there for whoever reads right after its creation, with its trajectory', async () => {
    await world.actors.rest();
    const { id } = await begin(scripted([{ final_answer: 'later' }]));

    expect(await runReads(world.database.store).find('default', id)).toMatchObject({ status: 'running', summary: null, task: 'a task' });
    expect(kinds(await world.entries(id))).toEqual(['root']);
    expect(await runReads(world.database.store).session('default', id)).toMatchObject({ status: 'running', operator_state: 'Booting runtime', log: [] });
    await world.work();
    await world.ended(id);
  });

  it('is created once for each key, whatever is asked under it again', async () => {
    const first = await world.runs.create(ADA, scripted([{}]), keyed('k-1'));
    const again = await world.runs.create(ADA, scripted([{}]), keyed('k-1'));

    expect(again).toMatchObject({ replayed: true, run: { id: first.run.id } });
    expect(again.run.state.start.trajectoryId).toBe(first.run.state.start.trajectoryId);
    await expect(world.runs.create(ADA, scripted([{}], { task: 'other' }), keyed('k-1'))).rejects.toMatchObject({ code: 'idempotency.key_reused' });
    await world.ended(first.run.id);
  });

  it('of another tenant is not there', async () => {
    const { id } = await begin(scripted([{}]));
    await world.ended(id);
    for (const ask of [
      () => world.runs.cancel(as('eve', 'acme'), id, { reason: null }, keyed()),
      () => world.continuations.resume(as('eve', 'acme'), id, scripted([{}]), keyed()),
    ])
      await expect(ask()).rejects.toMatchObject({ code: 'run.not_found' });
  });

  it('that was admitted and never started is started by upkeep, once', async () => {
    const { id, state } = await begin(scripted([{ final_answer: 'after all' }]));
    await world.ended(id);
    const lost = { ...state.start, id: '0d9a6b36-57a2-4cf1-8f1e-0a40a7a3d3a1', trajectoryId: 'a'.repeat(64) };
    await world.database.store.ledger.append({
      tenant: 'default',
      trajectoryId: lost.trajectoryId,
      runId: lost.id,
      requestId: 'root',
      build: () => ({ type: 'root', trajectory_id: lost.trajectoryId, note: 'lost' }),
    });
    await world.database.store.runs.admit(lost, { ...state, start: lost }, { task: 'lost', limits: { global: 10, tenant: 10 } });
    const store = { overdue: () => world.database.store.runs.overdue(0) };

    expect(await startOverdueRuns(world.client, store)).toEqual([runAddress('default', lost.id)]);
    expect(await world.ended(lost.id)).toMatchObject({ status: 'completed', answer: 'after all' });
    expect(await startOverdueRuns(world.client, store)).toEqual([]);
  });
});

describe('limits', () => {
  it('count runs of a tenant that are at work, over all processes at once', async () => {
    const at = gate('slow');
    world.mark.before = at.wait;
    const acme = as('eve', 'acme');
    const asked = await Promise.allSettled(Array.from({ length: 3 }, () => world.runs.create(acme, scripted([does('mark', { text: 'slow' }), {}]), keyed())));
    const refused = asked.filter(({ status }) => status === 'rejected');

    expect(refused).toHaveLength(2);
    expect(refused[0]).toMatchObject({ reason: { code: 'run.tenant_capacity', message: 'tenant has reached max concurrent runs (1)' } });
    at.open();
    const admitted = asked.find((one) => one.status === 'fulfilled');
    await until('the admitted run ends', async () => {
      const row = await world.database.store.runs.get('acme', admitted?.value.run.id ?? '');
      return row !== null && runHasEnded(row.status);
    });
  });

  it('refuse runs of a process that stops', async () => {
    world.stopping = true;
    await expect(begin(scripted([{}]))).rejects.toMatchObject({ code: 'run.shutting_down', kind: 'unavailable' });
    world.stopping = false;
  });

  it('name the field of a request that asks for too much, and nothing is made', async () => {
    await expect(begin(scripted([{}], { budget: { tokens: 99_999_999_999 } }))).rejects.toMatchObject({ kind: 'invalid', facts: { field: 'budget.tokens' } });
    await expect(begin(scripted([{}], { toolScopes: ['no_such_tool'] }))).rejects.toMatchObject({ kind: 'invalid', facts: { field: 'tool_scopes.0' } });
  });
});

describe('people', () => {
  it('are asked before the tool runs, and every verdict is in the ledger before the commit', async () => {
    world.policies = [asks];
    const { id } = await begin(scripted([does('mark', { text: 'approved' }), { final_answer: 'done' }]));
    await world.waiting(id);
    expect(await runReads(world.database.store).approvals('default', id)).toMatchObject([{ channel: 'ops', tool: 'mark', reason: 'it marks', needed: 1 }]);
    await world.runs.approve(as('bob'), id, { channel: 'ops', proposalId: null, approve: true, comment: 'fine' }, keyed('once'));
    await world.ended(id);

    const entries = await world.entries(id);
    expect(kinds(entries)).toEqual(['root', 'pending_approval', 'approval', 'commit', 'final_answer', 'usage']);
    expect(entries[2]?.payload).toMatchObject({ approver: 'bob', approved: true, comment: 'fine', channel: 'ops' });
    expect(await world.mark.lines()).toContain('approved');
    // Whoever did not get the answer asks again, and hears what it was.
    const again = (requestId: string) =>
      world.runs.approve(as('bob'), id, { channel: 'ops', proposalId: null, approve: true, comment: 'fine' }, { idempotencyKey: requestId, requestId });
    expect(await again('once')).toEqual({ status: 'done' });
    await expect(again('another')).rejects.toMatchObject({ code: 'run.approvals_over' });
  });

  it('may say secrets: neither ledger, journal nor rows keep them, nor does Temporal', async () => {
    const secret = 'sk-live-abcdefghijklmnop1234';
    world.policies = [asks];
    const { id, address } = await begin(scripted([does('mark', { text: 'said' }), { delay_ms: 600_000 }], { task: `use ${secret}` }));
    await world.waiting(id);
    await world.runs.approve(ADA, id, { channel: 'ops', proposalId: null, approve: true, comment: `with ${secret}` }, keyed());
    await until('the model is asked again', async () => (await world.runs.known('default', id)).state.currentStep === 2);
    await world.runs.cancel(ADA, id, { reason: `because of ${secret}` }, keyed());
    const row = await world.ended(id);
    const { store } = world.database;
    const said = JSON.stringify([
      row,
      await world.entries(id),
      await store.readEvents(address),
      (await world.client.workflow.getHandle(address).fetchHistory()).events?.map(plain),
    ]);

    expect(said).not.toContain(secret);
    expect(said).toContain('with ***REDACTED***');
    expect(said).toContain('because of ***REDACTED***');
  });

  it('are obeyed as things are when they answer: what was revoked meanwhile is not executed', async () => {
    world.policies = [asks];
    const { id, state } = await begin(scripted([does('mark', { text: 'revoked' }), {}]));
    await world.waiting(id);
    await world.database.store.writs.revoke('default', state.start.writId, 'admin');
    await world.runs.approve(ADA, id, { channel: 'ops', proposalId: null, approve: true, comment: null }, keyed());
    await world.ended(id);

    expect((await world.entries(id)).find(({ kind }) => kind === 'rejection')?.payload).toMatchObject({ reason: { kind: 'authority_void' } });
    expect(await world.mark.lines()).not.toContain('revoked');
  });

  it('are obeyed as the rules are when they answer', async () => {
    world.policies = [asks];
    const { id } = await begin(scripted([does('mark', { text: 'forbidden by now' }), {}]));
    await world.waiting(id);
    world.policies = [{ ...asks, rules: [{ ...asks.rules[0]!, decision: { kind: 'deny', reason: 'no more marks' } } as (typeof asks.rules)[number]] }];
    await world.runs.approve(ADA, id, { channel: 'ops', proposalId: null, approve: true, comment: null }, keyed());
    await world.ended(id);

    expect((await world.entries(id)).find(({ kind }) => kind === 'rejection')?.payload).toMatchObject({
      reason: { kind: 'policy_denied', detail: 'no more marks' },
    });
    expect(await world.mark.lines()).not.toContain('forbidden by now');
  });

  it('settle an effect that nobody could prove, in the ledger and once', async () => {
    world.mark.after = untilAborted;
    const { id } = await begin(scripted([does('mark', { text: 'cut off' }), {}]));
    await until('the tool is at work', async () => (await world.mark.lines()).includes('cut off'));
    await world.runs.cancel(ADA, id, { reason: 'stop' }, keyed());
    const { state } = await world.ended(id);
    const [proposalId] = state.unknownEffects as [string];
    const settle = (outcome: 'done' | 'not_done') => world.continuations.resolveEffect(ADA, id, { proposalId, outcome, output: { seen: true } }, keyed());
    await settle('done');
    await settle('not_done');

    const entries = await world.entries(id);
    expect(kinds(entries)).toEqual(['root', 'execution_failed', 'cancel', 'final_answer', 'usage', 'effect_resolved']);
    expect(entries.at(-1)?.payload).toMatchObject({ outcome: 'done', resolved_by: 'ada', output: { seen: true } });
    await expect(world.continuations.resolveEffect(ADA, id, { proposalId: 'b'.repeat(64), outcome: 'done', output: null }, keyed())).rejects.toMatchObject({
      code: 'run.effect_not_found',
    });
  });
});

describe('a worker that dies', () => {
  it('in a tool leaves an effect that is not done again, and the model is told that nobody knows', async () => {
    const at = gate('once');
    world.mark.after = at.wait;
    const { id } = await begin(scripted([does('mark', { text: 'once' }), { final_answer: 'gone on' }]));
    await at.reached();
    // The claim stands and no receipt: what a killed worker leaves behind.
    world.mark.after = () => Promise.resolve();
    await world.actors.rest();
    await world.work();
    const row = await world.ended(id);

    expect(row).toMatchObject({ status: 'completed', answer: 'gone on' });
    expect((await world.entries(id))[1]?.payload).toMatchObject({ type: 'execution_failed', outcome: 'unknown', tool: 'mark' });
    expect((await world.mark.lines()).filter((line) => line === 'once')).toHaveLength(1);
  });

  it('in a tool that may be called twice has it called again', async () => {
    const at = gate('twice');
    world.again.after = at.wait;
    const { id } = await begin(scripted([does('mark_again', { text: 'twice' }), { final_answer: 'done' }]));
    await at.reached();
    world.again.after = () => Promise.resolve();
    await world.actors.rest();
    await world.work();
    await world.ended(id);

    expect(kinds(await world.entries(id))).toEqual(['root', 'commit', 'final_answer', 'usage']);
    expect((await world.again.lines()).filter((line) => line === 'twice')).toHaveLength(2);
  });
});

describe('a run whose workflow is ended from outside', () => {
  const tell = () => {
    const { store } = world.database;
    const parts = {
      ...{ ledger: store.ledger, findEffect: store.findEffect.bind(store), commit: store.journal.commit.bind(store.journal) },
      admittedScript: () => Promise.resolve(null),
      ...{ isOver: (address: string) => store.runs.isOver(address), lastSeq: (address: string) => store.lastSeq(address) },
    };
    return tellEndedActors(world.client, parts, 3_600_000, () => new Date());
  };
  const terminate = (id: string) => world.client.workflow.getHandle(runAddress('default', id)).terminate('by hand');
  const listed = (id: string) =>
    until('Temporal lists it', async () => {
      const query = `WorkflowId = '${runAddress('default', id)}' AND ExecutionStatus = 'Terminated'`;
      for await (const _found of world.client.workflow.list({ query })) return true;
      return false;
    });

  it('has its end in ledger, row and journal, once', async () => {
    world.policies = [asks];
    const { id } = await begin(scripted([does('kv_set', { key: 'a', value: 'x' }), does('mark', { text: 'never' }), {}]));
    await world.waiting(id);
    await terminate(id);
    await listed(id);

    expect(await tell()).toEqual([runAddress('default', id)]);
    expect(await tell()).toEqual([]);
    const row = await world.ended(id);
    expect(row).toMatchObject({ status: 'failed', answer: expect.stringContaining('terminated'), state: { pending: null, counters: { commits: 1 } } });
    const entries = await world.entries(id);
    expect(kinds(entries)).toEqual(['root', 'commit', 'pending_approval', 'final_answer', 'usage']);
    expect(entries[3]?.payload).toMatchObject({ terminated_by: 'Error', text: row.answer });
    expect(entries[4]?.payload).toMatchObject({ tool_calls: 1 });
  });

  it('is not told the end of again while it goes on', async () => {
    world.policies = [asks];
    const { id } = await begin(scripted([does('mark', { text: 'never' }), {}]));
    await world.waiting(id);
    await terminate(id);
    await listed(id);
    await tell();
    await world.continuations.resume(ADA, id, scripted([does('mark', { text: 'again' }), { final_answer: 'after all' }]), keyed());
    await world.waiting(id);

    expect(await tell()).toEqual([]);
    await world.runs.approve(ADA, id, { channel: 'ops', proposalId: null, approve: true, comment: null }, keyed());
    expect(await world.ended(id)).toMatchObject({ status: 'completed', answer: 'after all' });
    expect(kinds(await world.entries(id)).filter((kind) => kind === 'final_answer')).toHaveLength(2);
  });

  it('was cancelled where somebody had said so, and has what its tool left', async () => {
    const held = { open: (): void => undefined };
    const opened = new Promise<void>((resolve) => (held.open = resolve));
    world.mark.after = () => opened;
    const { id } = await begin(scripted([does('mark', { text: 'at last' }), {}]));
    await until('the tool is at work', async () => (await world.mark.lines()).includes('at last'));
    await world.runs.cancel(ADA, id, { reason: 'enough' }, keyed());
    await terminate(id);
    await listed(id);
    expect(await tell()).toEqual([]);
    held.open();
    await until('its receipt is there', async () => kinds(await world.entries(id)).includes('commit'));
    await tell();

    expect(await world.ended(id)).toMatchObject({ status: 'cancelled', state: { cancel: { by: 'ada', reason: 'enough' }, counters: { commits: 1 } } });
    expect(kinds(await world.entries(id))).toEqual(['root', 'commit', 'cancel', 'final_answer', 'usage']);
  });
});

describe('what comes of a run', () => {
  it('goes on in the same trajectory under the same writ, from the row and the ledger alone', async () => {
    const { id } = await begin(scripted([does('kv_set', { key: 'a', value: '1' }), does('kv_set', { key: 'b', value: '2' }), {}], { maxSteps: 1 }));
    const before = await world.ended(id);
    expect(before).toMatchObject({ status: 'failed', state: { terminatedBy: 'MaxStepsReached' } });
    await world.continuations.resume(ADA, id, scripted([does('kv_set', { key: 'a', value: '3' }), { final_answer: 'now' }]), keyed());
    const after = await world.ended(id);

    expect(after).toMatchObject({ status: 'completed', answer: 'now', task: 'a task', state: { start: { writId: before.state.start.writId, attempt: 1 } } });
    expect(kinds(await world.entries(id))).toEqual(['root', 'commit', 'final_answer', 'usage', 'resume', 'commit', 'final_answer', 'usage']);
    expect(await world.database.store.ledgerReads.world('default', before.state.start.trajectoryId, null)).toMatchObject({
      resources: [{ id: 'a', version: 2 }],
    });
    await expect(world.continuations.resume(ADA, id, scripted([{}]), keyed())).rejects.toMatchObject({ code: 'run.completed', kind: 'conflict' });
  });

  it('may do less when it goes on, and never more', async () => {
    const { id } = await begin(scripted([{ intents: [{ tool: 'kv_set', args: { key: 'k', value: 'v' } }] }], { toolScopes: ['kv_*'], maxSteps: 1 }));
    const before = await world.ended(id);
    const go = (toolScopes: readonly string[]) =>
      world.continuations.resume(ADA, id, scripted([does('kv_set', { key: 'x', value: 'y' }), {}], { toolScopes }), keyed());
    await expect(go(['mark'])).rejects.toMatchObject({ code: 'run.grant', facts: { field: 'tool_scopes.0' } });
    await go(['kv_get']);
    const after = await world.ended(id);

    expect(after.state.start.writId).not.toBe(before.state.start.writId);
    expect((await world.database.store.writs.find('default', after.state.start.writId))?.writ.body).toMatchObject({
      parent: before.state.start.writId,
      tool_scopes: [{ tool: 'kv_get' }],
    });
    expect((await world.entries(id)).at(-3)?.payload).toMatchObject({ type: 'rejection', reason: { kind: 'authority_void' } });
  });

  it('waits for the workflow of the attempt before to close, whose end is told a moment earlier', async () => {
    const { id } = await begin(scripted([does('kv_get', { key: 'a' })], { maxSteps: 1 }));
    await world.ended(id);
    const workflowId = runAddress('default', id);
    await world.client.workflow.getHandle(workflowId).result();
    // Stands for the workflow that has not closed yet: nobody works for its queue.
    const closing = await world.client.workflow.start('run', { workflowId, taskQueue: `closing-${id}`, args: [], memo: { attempt: 0 } });
    let resumed = false;
    const going = world.continuations.resume(ADA, id, scripted([{ final_answer: 'at last' }]), keyed()).then(() => (resumed = true));
    await until('the resumption is admitted', async () => (await world.database.store.runs.get('default', id))?.status === 'running');
    expect(resumed).toBe(false);
    await closing.terminate('closed');

    await going;
    expect((await world.ended(id)).state.finalAnswer).toEqual({ value: 'at last' });
  });

  it('goes on once, however many ask at the same moment', async () => {
    const { id } = await begin(scripted([does('kv_get', { key: 'a' })], { maxSteps: 1 }));
    await world.ended(id);
    const asked = await Promise.allSettled([1, 2, 3].map(() => world.continuations.resume(ADA, id, scripted([{ final_answer: 'once' }]), keyed())));

    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await world.ended(id);
    expect(kinds(await world.entries(id)).filter((kind) => kind === 'resume')).toHaveLength(1);
  });

  it('branches from a commit into a run of its own, again and again', async () => {
    const { id } = await begin(scripted([does('kv_set', { key: 'a', value: '1' }), does('kv_set', { key: 'a', value: '2' }), {}]));
    const source = await world.ended(id);
    const [, first] = await world.entries(id);
    const commitId = first?.payload.type === 'commit' ? first.payload.id : '';
    const grow = (run: ReturnType<typeof scripted> | null) => world.continuations.branch(ADA, id, { commitId, note: 'shadow branch', run }, keyed());
    const still = await grow(null);
    const running = await grow(scripted([does('kv_set', { key: 'a', value: '3' }), { final_answer: 'other' }]));

    expect(await world.database.store.runs.get('default', still.runId)).toMatchObject({ status: 'created', state: { start: { branchOf: { commitId } } } });
    expect(await world.database.store.ledgerReads.world('default', still.trajectoryId, null)).toMatchObject({
      resources: [{ id: 'a', version: 1, value: '1' }],
    });
    expect(await world.ended(running.runId)).toMatchObject({ answer: 'other' });
    expect(await world.database.store.ledgerReads.world('default', running.trajectoryId, null)).toMatchObject({
      resources: [{ id: 'a', version: 2, value: '3' }],
    });
    await world.continuations.resume(ADA, still.runId, scripted([{ final_answer: 'begun' }]), keyed());
    expect(await world.ended(still.runId)).toMatchObject({ status: 'completed', answer: 'begun' });
    expect(kinds(await world.entries(still.runId))).toEqual(['branch', 'final_answer', 'usage']);
    await expect(world.continuations.branch(ADA, id, { commitId: 'c'.repeat(64), note: '', run: null }, keyed())).rejects.toMatchObject({
      code: 'run.commit_not_found',
    });
    expect(source.state.start.trajectoryId).not.toBe(still.trajectoryId);
  });

  it('may be a run that is told a secret, which no ledger and no row shows', async () => {
    const secret = 'sk-live-qrstuvwxyzabcdef5678';
    const { id } = await begin(scripted([does('delegate', { task: `use ${secret}` }), {}], { delegated: [{ final_answer: 'used' }] }));
    const parent = await world.ended(id);
    const payload = (await world.entries(id)).find(({ kind }) => kind === 'delegation')?.payload;
    const child = payload?.type === 'delegation' ? await world.database.store.runs.get('default', payload.child_trajectory_id) : null;

    expect(payload).toMatchObject({ task: 'use ***REDACTED***', final_answer: 'used' });
    expect(child?.state.start.trajectoryId).toBe((payload as { child_trajectory_id: string }).child_trajectory_id);
    expect((await world.entries(child?.id ?? ''))[0]?.payload).toMatchObject({ type: 'root', note: 'use ***REDACTED***' });
    expect(JSON.stringify([parent, child, await world.entries(id), await world.entries(child?.id ?? '')])).not.toContain(secret);
  });

  it('may be a run under a strict part of its writ, whose answer it gets', async () => {
    const { id, state } = await begin(
      scripted([does('delegate', { task: 'a part' }), { final_answer: 'whole' }], {
        delegated: [does('kv_set', { key: 'c', value: 'd' }), { final_answer: 'part done' }],
      }),
    );
    const row = await world.ended(id);
    const [, delegation] = await world.entries(id);
    const payload = delegation?.payload;
    const child = payload?.type === 'delegation' ? await world.database.store.runs.get('default', payload.child_trajectory_id) : null;

    expect(row).toMatchObject({ status: 'completed', state: { used: { tool_calls: 1 } } });
    expect(payload).toMatchObject({ type: 'delegation', task: 'a part', final_answer: 'part done' });
    expect(child).toMatchObject({ status: 'completed', task: 'a part', state: { start: { parent: { runId: id } } } });
    const writ = (await world.database.store.writs.find('default', child?.state.start.writId ?? ''))?.writ;
    expect(writ?.body).toMatchObject({ parent: state.start.writId, delegation: { max_depth: 2 } });
  });

  it('is cancelled where it was delegated, without the run that delegated it, which is told so', async () => {
    const at = gate('in part');
    world.mark.after = at.wait;
    const { id } = await begin(
      scripted([does('delegate', { task: 'a part' }), { final_answer: 'without it' }], { delegated: [does('mark', { text: 'in part' }), {}] }),
    );
    await at.reached();
    const child = await until('it is listed', async () => {
      const page = await runReads(world.database.store).list(ADA, { statuses: [], limit: 5, offset: 0, cursor: null, parentRunId: id });
      return page.runs[0];
    });
    await world.runs.cancel(ADA, child.runId, { reason: 'not this one' }, keyed());

    expect(await world.ended(id)).toMatchObject({ status: 'completed', answer: 'without it' });
    expect(await world.ended(child.runId)).toMatchObject({ status: 'cancelled', state: { cancel: { by: 'ada' } } });
    expect((await world.entries(id))[1]?.payload).toMatchObject({ type: 'delegation', final_answer: 'Run cancelled.' });
  });

  it('delegates no deeper than its writ says', async () => {
    const delegates = does('delegate', { task: 'deeper' });
    const { id } = await begin(scripted([delegates, { final_answer: 'top' }], { maxDelegationDepth: 1, delegated: [delegates, { final_answer: 'bottom' }] }));
    await world.ended(id);
    const [, delegation] = await world.entries(id);
    const child = delegation?.payload.type === 'delegation' ? await world.database.store.runs.get('default', delegation.payload.child_trajectory_id) : null;

    expect(delegation?.payload).toMatchObject({ final_answer: 'bottom' });
    expect(kinds(await world.entries(child?.id ?? ''))).toEqual(['root', 'rejection', 'final_answer', 'usage']);
    expect((await world.entries(child?.id ?? ''))[1]?.payload).toMatchObject({ reason: { kind: 'authority_void' } });
  });

  it('goes on when Temporal has forgotten it', async () => {
    const { id } = await begin(scripted([does('kv_set', { key: 'a', value: '1' })], { maxSteps: 1 }));
    const before = await world.ended(id);
    const workflowExecution = { workflowId: runAddress('default', id) };
    const { connection, options, workflow } = world.client;
    const handle = workflow.getHandle(workflowExecution.workflowId);
    // One that has not closed yet would be terminated first, which takes a while.
    await handle.result();
    await connection.workflowService.deleteWorkflowExecution({ namespace: options.namespace, workflowExecution });
    const isForgotten = () =>
      handle.describe().then(
        () => false,
        () => true,
      );
    await until('it is forgotten', isForgotten, 60_000);
    await world.continuations.resume(ADA, id, scripted([does('kv_get', { key: 'a' }), { final_answer: 'it was 1' }]), keyed());

    expect(await world.ended(id)).toMatchObject({ status: 'completed', answer: 'it was 1', state: { counters: { commits: 2 } } });
    expect((await world.entries(id))[5]?.payload).toMatchObject({ body: { writ_id: before.state.start.writId, observations: [{ output: { value: '1' } }] } });
  }, 120_000);

  it('performs one action that somebody else chose, with the evidence of the choice', async () => {
    const evidence = {
      decision_hash: 'd',
      selected: 'mark',
      alternatives: [],
      confidence_bps: 9000,
      reason_codes: [],
      latency_estimate_ms: 1,
      cost_estimate_millicents: 0,
    };
    const outcome = await world.routing.submit(ADA, { tool: 'mark', args: { text: 'routed' }, rationale: 'best', evidence }, keyed());

    expect(outcome).toMatchObject({ status: 'committed' });
    expect((await world.entries(outcome.runId))[1]?.payload).toMatchObject({ body: { routing_evidence: { decision_hash: 'd' } } });
    world.policies = [asks];
    const waiting = await world.routing.submit(ADA, { tool: 'mark', args: { text: 'asked' }, rationale: '', evidence: null }, keyed());
    expect(waiting).toMatchObject({ status: 'suspended', channel: 'ops' });
    await world.runs.approve(ADA, waiting.runId, { channel: 'ops', proposalId: null, approve: true, comment: null }, keyed());
    await world.ended(waiting.runId);
    expect(await world.mark.lines()).toEqual(expect.arrayContaining(['routed', 'asked']));
  });
});

describe('reads', () => {
  it('list newest first, by status and by page, and those that a run delegated to under it', async () => {
    const reads = runReads(world.database.store);
    const page = await reads.list(ADA, { statuses: ['completed'], limit: 2, offset: 0, cursor: null, parentRunId: null });
    const next = await reads.list(ADA, { statuses: ['completed'], limit: 2, offset: 0, cursor: page.nextCursor, parentRunId: null });

    expect(page.runs).toHaveLength(2);
    expect(page.total).toBeGreaterThan(3);
    const times = [...page.runs, ...next.runs].map(({ createdAt }) => createdAt);
    expect(times).toEqual([...times].sort().reverse());
    expect(new Set([...page.runs, ...next.runs].map(({ runId }) => runId)).size).toBe(4);
    await expect(reads.list(ADA, { statuses: [], limit: 2, offset: 0, cursor: 'x', parentRunId: null })).rejects.toMatchObject({ code: 'run.cursor' });
  });

  it('find texts in tasks, answers and lines of the log, of this tenant alone', async () => {
    const { id } = await begin(scripted([does('kv_get', { key: 'needle' }), { final_answer: 'the Haystack answer' }], { task: 'seek the haystack' }));
    await world.ended(id);
    const hits = await runReads(world.database.store).search(ADA, 'HAYSTACK', 10);

    expect(hits.filter(({ runId }) => runId === id).map(({ field }) => field)).toEqual(['task', 'answer']);
    expect(await runReads(world.database.store).search(as('ada', 'acme'), 'haystack', 10)).toEqual([]);
    expect(await runReads(world.database.store).search(ADA, '%', 10)).toEqual([]);
  });
});
