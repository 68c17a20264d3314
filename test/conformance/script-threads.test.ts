/** Threads of scripts over a real Temporal server and a real Postgres: admitted, run, answered, watched, ended from outside, forgotten. */
import type { StoredValue } from '../../src/contracts/execution/value';
import { scriptAddress, scriptRef } from '../../src/contracts/script/commands';
import type { ScriptThread, Watched } from '../../src/contracts/script/ports';
import { projectScriptThread } from '../../src/domain/script/thread/project';
import { openScriptThread } from '../../src/domain/script/thread/state';
import { tellEndedActors } from '../../src/gateway/ended-actors';
import { startOverdueScriptThreads } from '../../src/gateway/script-launch';
import { until } from '../support/eventually';
import { payloadsOf } from '../support/history-text';
import { ADA, as, keyed } from '../support/run-world';
import { dealWithAll } from '../support/subscriptions';
import { INVOICE, startScriptWorld, threadOf, type ScriptWorld } from '../support/script-world';

let world: ScriptWorld;
beforeAll(async () => {
  world = await startScriptWorld({ EVERTHREAD_ALLOW_PRIVATE_NETWORKS: 'true', EVERTHREAD_MAX_CONCURRENT_SCRIPT_THREADS_PER_TENANT: '2' });
  await world.published(ADA, 'invoice', INVOICE);
});
beforeEach(async () => void (await world.work()));
afterEach(() => world.actors.rest());
afterAll(() => world.stop());

let names = 0;
const published = async (content: string, principal = ADA): Promise<string> => {
  const name = `script-${++names}`;
  await world.published(principal, name, content);
  return name;
};
const invoice = (more: Parameters<typeof threadOf>[1] = {}, key: string | null = null) =>
  world.threads.create(ADA, threadOf('invoice', { inputJson: '{"invoice_id": "INV-42"}', ...more }), keyed(key));
const answer = (id: string, override: unknown, stepPath = '') =>
  world.threads.resume(ADA, id, { stepPath, overrideJson: override === undefined ? '' : JSON.stringify(override) }, keyed());
const output = async (thread: ScriptThread): Promise<unknown> =>
  thread.output && JSON.parse(Buffer.from(await world.threads.valueBytes(ADA, thread.output, thread.id)).toString());
async function watched(id: string, after = 0): Promise<readonly Watched[]> {
  const seen: Watched[] = [];
  for await (const event of world.threads.watch(ADA, id, after, AbortSignal.timeout(30_000))) seen.push(event);
  return seen;
}
async function stepOf(id: string, path: string): Promise<readonly unknown[]> {
  const seen: unknown[] = [];
  for await (const one of world.threads.watchStep(ADA, id, path, AbortSignal.timeout(30_000)))
    seen.push('snapshot' in one ? ['snapshot', one.snapshot.status] : [one.type, (one.data as { readonly path?: unknown }).path]);
  return seen;
}

describe('the invoice example', () => {
  it('pauses, takes an answer, and ends with what it emits', async () => {
    const { id, status } = await invoice();
    expect(['PENDING', 'RUNNING', 'PAUSED']).toContain(status);
    const paused = await world.paused(ADA, id);
    expect(paused.pauses).toMatchObject([{ kind: 'ask', path: '1', prompt: 'Invoice INV-42: approve?', options: ['approve', 'reject'], retriesLeft: 2 }]);

    await answer(id, { value: 'approve' });
    const ended = await world.ended(ADA, id);

    expect(ended).toMatchObject({ status: 'COMPLETED', error: null, stepsCompleted: 3, totalSteps: 3 });
    expect(await output(ended)).toEqual({ invoice_id: 'INV-42', approved: true });
    expect(
      (await world.threads.steps(ADA, id, '', { pageSize: 0, pageToken: '' })).items.map(({ path, primitive, status: of }) => [path, primitive, of]),
    ).toEqual([
      ['0', 'let', 'COMPLETED'],
      ['1', 'ask', 'COMPLETED'],
      ['2', 'emit', 'COMPLETED'],
    ]);
  });

  it('refuses a wrong answer with what was wrong, waits on, and fails when the retries are used up', async () => {
    const { id } = await invoice();
    await world.paused(ADA, id);

    await expect(answer(id, { value: 12 })).rejects.toMatchObject({
      kind: 'invalid',
      code: 'script_thread.answer',
      facts: { retries_left: 1, step_path: '1' },
    });
    await expect(answer(id, { value: 'perhaps' })).rejects.toMatchObject({ code: 'script_thread.answer', facts: { retries_left: 0 } });
    expect(await world.threads.get(ADA, id)).toMatchObject({ status: 'PAUSED' });
    await expect(answer(id, { value: 'maybe' })).rejects.toMatchObject({ code: 'script_thread.answer' });

    expect(await world.ended(ADA, id)).toMatchObject({ status: 'FAILED', error: { code: 'ask.retries_used_up' } });
    await expect(answer(id, { value: 'approve' })).rejects.toMatchObject({ kind: 'conflict', code: 'script_thread.has_ended' });
  });

  it('takes an answer that comes twice under one key for one, also a wrong one', async () => {
    const { id } = await invoice();
    await world.paused(ADA, id);
    const under = (key: string, value: string) =>
      world.threads.resume(ADA, id, { stepPath: '', overrideJson: JSON.stringify({ value }) }, { ...keyed(), idempotencyKey: key });
    for (let time = 0; time < 3; time++)
      await expect(under('wrong', 'perhaps')).rejects.toMatchObject({ code: 'script_thread.answer', facts: { code: 'ask.option', retries_left: 1 } });
    expect(await world.threads.get(ADA, id)).toMatchObject({ status: 'PAUSED', pauses: [{ attempt: 2, retriesLeft: 1 }] });
    const first = await under('right', 'approve');
    expect(await output(await world.ended(ADA, id))).toMatchObject({ approved: true });
    // Also when the thread has gone on to its end, and the first reply was lost.
    expect(await under('right', 'approve')).toMatchObject({ id: first.id });
    await expect(under('another', 'approve')).rejects.toMatchObject({ code: 'script_thread.has_ended' });
  });

  it('goes on after its workers were away', async () => {
    const { id } = await invoice();
    await world.paused(ADA, id);
    await world.actors.rest();
    await world.work();
    await answer(id, { value: 'reject' });
    expect(await output(await world.ended(ADA, id))).toEqual({ invoice_id: 'INV-42', approved: false });
  });

  it('is that of the version when it was made', async () => {
    const name = await published(INVOICE);
    const { id } = await world.threads.create(ADA, threadOf(name, { inputJson: '{"invoice_id":"1"}' }), keyed());
    await world.paused(ADA, id);
    await world.scripts.saveDraft(ADA, name, 'script "other"\n\nemit 1\n');
    await world.scripts.publish(ADA, name, '', keyed());
    await answer(id, { value: 'approve' });
    expect(await world.ended(ADA, id)).toMatchObject({ status: 'COMPLETED', start: { version: 1 } });
    const { id: next } = await world.threads.create(ADA, threadOf(name), keyed());
    expect(await world.ended(ADA, next)).toMatchObject({ start: { version: 2 } });
  });
});

describe('a creation', () => {
  it('is done once for each key', async () => {
    const told: string[] = [];
    const once = (time: string) =>
      world.threads.create(ADA, threadOf('invoice', { inputJson: '{"invoice_id": "INV-42"}', metadata: { a: 'b' } }), {
        ...keyed('thread-once'),
        replayed: () => told.push(time),
      });
    const first = await once('first');
    expect((await once('second')).id).toBe(first.id);
    expect(told).toEqual(['second']);
    await expect(invoice({ metadata: { a: 'c' } }, 'thread-once')).rejects.toMatchObject({ code: 'idempotency.key_reused' });
    await world.threads.cancel(ADA, first.id, null, keyed());
  });

  it.each([
    [{ inputJson: '{"invoice_id": 7}' }, 'script_thread.input', 'input.invoice_id'],
    [{ inputJson: '{}' }, 'script_thread.input', 'input.invoice_id'],
    [{ inputJson: '{"invoice_id": "1", "other": 1}' }, 'script_thread.input', 'input.other'],
    [{ inputJson: '[]' }, 'script_thread.input', 'input'],
    [{ inputJson: '{' }, 'script_thread.input', 'input_json'],
    [{ inputJson: `"${'x'.repeat(600_000)}"` }, 'script_thread.input', 'input_json'],
    [{ timeout: 'soon' }, 'script_thread.timeout', 'timeout'],
    [{ timeout: '9999d' }, 'script_thread.timeout', 'timeout'],
    [{ metadata: { a: 'x'.repeat(1_025) } }, 'script_thread.metadata', 'metadata.a'],
    [{ metadata: Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`k${at}`, ''])) }, 'script_thread.metadata', 'metadata'],
    [{ callbackUrl: 'ftp://example.com' }, 'script_thread.callback_url', 'callback_url'],
  ])('of %j is refused as %s of %s', async (more, code, field) => {
    await expect(invoice(more)).rejects.toMatchObject({ kind: 'invalid', code, facts: { field } });
  });

  it('of a script or version that is not there is refused', async () => {
    await expect(world.threads.create(ADA, threadOf('nobody'), keyed())).rejects.toMatchObject({ code: 'script.version_not_found' });
    await expect(invoice({ version: 9 })).rejects.toMatchObject({ code: 'script.version_not_found' });
    await expect(world.threads.create(as('eve', 'acme'), threadOf('invoice'), keyed())).rejects.toMatchObject({ kind: 'not_found' });
    await expect(invoice({ executionMode: 'LOCAL' })).rejects.toMatchObject({ kind: 'conflict', code: 'script_thread.no_host' });
    await expect(invoice({ executionMode: 'LOCAL', hostId: 'gone' })).rejects.toMatchObject({ code: 'script_thread.no_host', facts: { hostId: 'gone' } });
  });

  it('counts against what a tenant may have at work, not those that wait for people', async () => {
    const acme = as('eve', 'busy');
    await world.published(acme, 'asks', INVOICE);
    await world.published(acme, 'waits', 'script "waits"\n\nwait "1h"\n');
    const start = (name: string) => world.threads.create(acme, threadOf(name, name === 'asks' ? { inputJson: '{"invoice_id":"1"}' } : {}), keyed());
    const asking = await start('asks');
    await world.paused(acme, asking.id);
    const [one, two] = [await start('waits'), await start('waits')];

    await expect(start('waits')).rejects.toMatchObject({ kind: 'exhausted', code: 'script_thread.tenant_capacity' });
    for (const { id } of [one, two, asking]) await world.threads.cancel(acme, id, 'over', keyed());
    await world.ended(acme, two.id);
  });

  it('whose workflow was never started is made up for by upkeep', async () => {
    await world.actors.rest();
    const { id } = await invoice();
    await world.client.workflow.getHandle(scriptAddress('default', id)).terminate('lost');
    const { start } = await world.threads.get(ADA, id);
    const { ir } = await world.scripts.version(ADA, 'invoice', 0);
    const lost = { ...start, ir, id: `${id.slice(0, -1)}_` };
    await world.database.store.scriptThreads.admit(lost, { ...(await world.threads.get(ADA, id)), start: lost }, { global: 100, tenant: 100 });
    await world.work();

    const started = await startOverdueScriptThreads(world.client, { overdue: () => world.database.store.scriptThreads.overdue(0) });

    expect(started).toContain(scriptAddress('default', lost.id));
    expect(await world.paused(ADA, lost.id)).toMatchObject({ status: 'PAUSED' });
    await world.threads.cancel(ADA, lost.id, null, keyed());
  });

  it('can be tried with a draft, which lists tell only where asked for version 0', async () => {
    const name = `draft-${++names}`;
    await world.scripts.create(ADA, { name, description: '', tags: [], fromTemplate: '', labels: {}, env: {} }, keyed());
    await world.scripts.saveDraft(ADA, name, 'script "d"\n\nemit 5\n');
    const { id } = await world.scripts.testDraft(ADA, name, { inputJson: '', timeout: '', loadEnv: false, metadata: {} }, keyed());
    expect(await output(await world.ended(ADA, id))).toBe(5);

    const list = async (version: number | null) =>
      (await world.threads.list(ADA, { status: null, scriptName: name, metadata: {}, version }, { pageSize: 0, pageToken: '' })).items.map(
        (thread) => thread.id,
      );
    expect(await list(null)).toEqual([]);
    expect(await list(0)).toEqual([id]);
  });
});

describe('lists', () => {
  it('are found by status, script and metadata, page by page', async () => {
    const tenant = as('ada', 'listing');
    await world.published(tenant, 'one', 'script "one"\n\nemit 1\n');
    const made: string[] = [];
    for (const run of ['a', 'a', 'b']) {
      const { id } = await world.threads.create(tenant, threadOf('one', { metadata: { run, by: 'test' } }), keyed());
      made.push((await world.ended(tenant, id)).id);
    }
    const list = (filter: object, pageSize = 0, pageToken = '') =>
      world.threads.list(tenant, { status: null, scriptName: '', metadata: {}, version: null, ...filter }, { pageSize, pageToken });
    const found = async (filter: object) => (await list(filter)).items.map(({ id }) => id);

    expect(await found({ metadata: { run: 'a', by: 'test' } })).toEqual([made[1], made[0]]);
    expect(await found({ status: 'FAILED' })).toEqual([]);
    expect(await found({ scriptName: 'two' })).toEqual([]);
    const first = await list({ status: 'COMPLETED' }, 2);
    const second = await list({ status: 'COMPLETED' }, 2, first.nextPageToken);
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual([...made].reverse());
    expect(second.nextPageToken).toBe('');
    await expect(list({ status: 'FAILED' }, 2, first.nextPageToken)).rejects.toMatchObject({ code: 'script.page_token' });
    expect(
      (await world.threads.list(as('eve', 'acme'), { status: null, scriptName: '', metadata: {}, version: null }, { pageSize: 0, pageToken: '' })).items,
    ).toEqual([]);
  });
});

describe('watching', () => {
  const LOOP = `script "loop"

stream
  n: integer

each n in [1, 2] as "Numbers"
  yield
    n = n

decide "Which?" with rules
  when 1 == 1 -> "yes"
  otherwise -> "no"
  "yes":
    let a = 1
  "no":
    let a = 2

emit a
`;

  it('tells everything once and in order, from any place on, and ends with the thread', async () => {
    const { id } = await world.threads.create(ADA, threadOf(await published(LOOP)), keyed());
    const all = await watched(id);

    expect(all.map(({ seq }) => seq)).toEqual(all.map((_, at) => at + 1));
    expect(all[0]).toMatchObject({ type: 'thread_started' });
    expect(all.at(-1)).toMatchObject({ type: 'thread_completed' });
    expect(all.filter(({ type }) => type === 'value_yielded')).toHaveLength(2);
    expect(await watched(id, 3)).toEqual(all.slice(3));
    expect(await watched(id, all.length)).toEqual([]);
    expect(await watched(id, 10_000)).toEqual([]);
    expect(await world.threads.yields(ADA, id, 1, 10)).toEqual({ values: [{ value: { n: 2 } }], total: 2 });
  });

  it('of one step tells it as it is, and what concludes it', async () => {
    const { id } = await world.threads.create(ADA, threadOf(await published(LOOP)), keyed());
    await world.ended(ADA, id);

    expect(await stepOf(id, '0.1.0')).toEqual([
      ['snapshot', 'COMPLETED'],
      ['step_completed', '0.1.0'],
    ]);
    expect(await stepOf(id, '1')).toEqual([
      ['snapshot', 'COMPLETED'],
      ['decision_made', '1'],
      ['step_completed', '1'],
    ]);
    await expect(stepOf(id, '9')).rejects.toMatchObject({ kind: 'not_found', code: 'script_thread.no_such_step' });
    await expect(stepOf(id, "0' or 1=1")).rejects.toMatchObject({ code: 'script_thread.no_such_step' });
  });

  it('of a step that waits follows it to its end', async () => {
    const { id } = await invoice();
    await world.paused(ADA, id);
    const seen = stepOf(id, '1');
    await answer(id, { value: 'approve' });
    expect(await seen).toEqual([
      ['snapshot', 'PAUSED'],
      ['thread_resumed', '1'],
      ['step_completed', '1'],
    ]);
  });

  it('of another tenant finds nothing', async () => {
    const { id } = await invoice();
    const eve = as('eve', 'acme');
    const asked = [
      () => world.threads.get(eve, id),
      () => world.threads.cancel(eve, id, null, keyed()),
      () => world.threads.resume(eve, id, { stepPath: '', overrideJson: '' }, keyed()),
      () => world.threads.watch(eve, id, 0, AbortSignal.timeout(1_000))[Symbol.asyncIterator]().next(),
      () => world.threads.watchStep(eve, id, '0', AbortSignal.timeout(1_000))[Symbol.asyncIterator]().next(),
      () => world.threads.steps(eve, id, '', { pageSize: 0, pageToken: '' }),
      () => world.threads.step(eve, id, '0'),
      () => world.threads.yields(eve, id, 0, 1),
      () => world.threads.artifacts(eve, id, { pageSize: 0, pageToken: '' }),
      () => world.threads.artifactBytes(eve, id, 'a'),
    ];
    for (const ask of asked) await expect(ask()).rejects.toMatchObject({ kind: 'not_found', code: 'script_thread.not_found' });
    await world.threads.cancel(ADA, id, null, keyed());
  });
});

const endedParts = () => {
  const { store } = world.database;
  return {
    isOver: (one: string) => store.scriptThreads.isOver(one),
    lastSeq: (one: string) => store.lastSeq(one),
    commit: store.journal.commit.bind(store.journal),
    ledger: store.ledger,
    findEffect: store.findEffect.bind(store),
    admittedScript: (one: string) => store.scriptThreads.admitted(one),
  };
};

describe('an end', () => {
  it('by cancellation comes soon, says who and why, and a second one is a no-op', async () => {
    const { id } = await world.threads.create(ADA, threadOf(await published('script "w"\n\nwait "1h"\n')), keyed());
    await until('it waits', async () => (await world.threads.get(ADA, id)).current !== null);
    await world.threads.cancel(ADA, id, 'enough', keyed());
    expect(await world.ended(ADA, id)).toMatchObject({ status: 'CANCELLED', cancel: { by: 'ada', reason: 'enough' } });
    expect(await world.threads.cancel(ADA, id, 'again', keyed())).toMatchObject({ status: 'CANCELLED', cancel: { reason: 'enough' } });
    expect(await world.threads.step(ADA, id, '0')).toMatchObject({ status: 'CANCELLED' });
  });

  it('of one that has ended otherwise cannot be cancelled', async () => {
    const { id } = await world.threads.create(ADA, threadOf(await published('script "e"\n\nemit 1\n')), keyed());
    await world.ended(ADA, id);
    await expect(world.threads.cancel(ADA, id, null, keyed())).rejects.toMatchObject({ kind: 'conflict', code: 'script_thread.has_ended' });
  });

  it('by its timeout is a failure', async () => {
    const { id } = await invoice({ timeout: '1s' });
    expect(await world.ended(ADA, id)).toMatchObject({ status: 'FAILED', error: { code: 'thread.timeout' } });
  });

  it('of an ask whose time is over is told to who answers late', async () => {
    const name = await published(INVOICE.replace('"24h"', '"1s"'));
    const { id } = await world.threads.create(ADA, threadOf(name, { inputJson: '{"invoice_id":"1"}' }), keyed());
    expect(await world.ended(ADA, id)).toMatchObject({ status: 'FAILED', error: { code: 'ask.expired' } });
    await expect(answer(id, { value: 'approve' })).rejects.toMatchObject({ kind: 'conflict', code: 'script_thread.ask_expired' });
    await expect(world.threads.cancel(ADA, id, null, keyed())).rejects.toMatchObject({ kind: 'conflict', code: 'script_thread.has_ended' });
  });

  it('from outside is told in its journal', async () => {
    const { id } = await invoice();
    await world.paused(ADA, id);
    const address = scriptAddress('default', id);
    await world.client.workflow.getHandle(address).terminate('by hand');
    await until('it is told', async () => (await tellEndedActors(world.client, endedParts(), 60_000, () => new Date())).includes(address));

    expect(await world.threads.get(ADA, id)).toMatchObject({ status: 'FAILED', error: { code: 'workflow.ended' }, pauses: [] });
    expect((await watched(id)).at(-1)).toMatchObject({ type: 'thread_failed' });
    expect(await world.database.store.verifyChain(address)).toMatchObject({ intact: true });
  });

  it('from outside before any worker had taken it up is told as well', async () => {
    await world.actors.rest();
    const { id } = await invoice();
    const address = scriptAddress('default', id);
    await world.client.workflow.getHandle(address).terminate('by hand');
    await world.work();
    await until('it is told', async () => (await tellEndedActors(world.client, endedParts(), 60_000, () => new Date())).includes(address));
    expect(await world.threads.get(ADA, id)).toMatchObject({ status: 'FAILED', error: { code: 'workflow.ended' } });
  });

  it('of one that never started what it was to run leaves no row of that', async () => {
    const { id } = await world.threads.create(ADA, threadOf(await published('script "p"\n\nwait "1h"\n')), keyed());
    const { start } = await world.threads.get(ADA, id);
    const { ir } = await world.scripts.version(ADA, 'invoice', 0);
    const { scriptThreads } = world.database.store;
    const child = { ...start, ir, id: `${id.slice(0, -1)}_`, parent: { threadId: id, path: '0' } };
    await scriptThreads.admit(child, projectScriptThread(openScriptThread(child)), { global: 100, tenant: 100 });

    expect(await scriptThreads.dismissOrphans(0)).toEqual([]);
    await world.threads.cancel(ADA, id, null, keyed());
    await world.ended(ADA, id);
    expect(await scriptThreads.dismissOrphans(60_000)).toEqual([]);
    expect(await scriptThreads.dismissOrphans(0)).toEqual([scriptAddress('default', child.id)]);
    await expect(world.threads.get(ADA, child.id)).rejects.toMatchObject({ code: 'script_thread.not_found' });
  });

  it('is told once to the address that the creation gave, as an event with its output', async () => {
    const name = await published('script "told"\n\nemit { total: 3 }\n');
    const { id } = await world.threads.create(ADA, threadOf(name, { callbackUrl: 'http://127.0.0.1:9/hook', metadata: { order: '7' } }), keyed());
    await world.ended(ADA, id);
    const { store } = world.database;
    const deliveries = async () => (await store.deliveries.list('default', `wh_${id}`, { status: null, limit: 10, offset: 0 })).deliveries;
    await dealWithAll(world.database);

    const [delivery, ...others] = await deliveries();
    expect(others).toEqual([]);
    expect(JSON.parse(delivery?.body ?? '')).toMatchObject({
      ...{ type: 'script.thread_completed', actor: { kind: 'script', id }, data: { output: { total: 3 } } },
      subject: { scriptName: name, version: 1, metadata: { order: '7' } },
    });
  });

  it('is forgotten when its time is over, and nothing of it stays but that it was', async () => {
    const { id } = await world.threads.create(ADA, threadOf(await published('script "f"\n\nyield 1\n\nemit 2\n')), keyed());
    await world.ended(ADA, id);
    const { store, pool } = world.database;
    for (let left = 1; left > 0; left = await store.scriptThreads.forget(0));

    await expect(world.threads.get(ADA, id)).rejects.toMatchObject({ code: 'script_thread.not_found' });
    const counts = await pool.query(
      `select (select count(*)::int from script_steps where thread_id = $1) + (select count(*)::int from script_yields where thread_id = $1)
         + (select count(*)::int from journal where entity_id = $1) as rows`,
      [id],
    );
    expect(counts.rows).toEqual([{ rows: 0 }]);
  });

  it('keeps a script from being deleted until it has come', async () => {
    const name = await published(INVOICE);
    const { id } = await world.threads.create(ADA, threadOf(name, { inputJson: '{"invoice_id":"1"}' }), keyed());
    await expect(world.scripts.delete(ADA, name)).rejects.toMatchObject({ kind: 'conflict', code: 'script.in_use' });
    await world.threads.cancel(ADA, id, null, keyed());
    await world.ended(ADA, id);
    await world.scripts.delete(ADA, name);
    expect(await world.threads.get(ADA, id)).toMatchObject({ status: 'CANCELLED' });
  });
});

describe('the environment of a thread', () => {
  const READS = `script "reads"

env
  GREETING: text = "hello"
  TIMES: integer
  TOKEN: text

output
  greeting: text
  times: integer
  said: text

emit
  greeting = env.GREETING
  times = env.TIMES + 1
  said = "t:{env.TOKEN}"
`;

  it('has the types that the script declares, is no part of any history, and its secrets are not shown', async () => {
    const tenant = as('ada', 'secretive');
    await world.published(tenant, 'reads', READS);
    await world.environment.updateScript(tenant, 'reads', { set: { TIMES: '41', TOKEN: 'geheimnis' }, delete: [] });
    const { id } = await world.threads.create(tenant, threadOf('reads', { loadEnv: true }), keyed());
    const ended = await world.ended(tenant, id);

    expect(ended).toMatchObject({ status: 'COMPLETED' });
    const text = Buffer.from(await world.threads.valueBytes(tenant, ended.output as NonNullable<typeof ended.output>, id)).toString();
    expect(JSON.parse(text)).toEqual({ greeting: 'hello', times: 42, said: 't:[redacted]' });
    const history = await world.client.workflow.getHandle(scriptAddress('secretive', id)).fetchHistory();
    expect(Buffer.from(JSON.stringify(history)).includes(Buffer.from('geheimnis').toString('base64').slice(0, 8))).toBe(false);
    expect(JSON.stringify(history)).not.toContain('geheimnis');
    const { rows } = await world.database.pool.query('select t.state::text as state, t.start::text as start from script_threads t where t.id = $1', [id]);
    expect(JSON.stringify(rows)).not.toContain('geheimnis');
  });

  it('goes some time after the end, or where the thread was not made after all', async () => {
    const tenant = as('ada', 'forgetful');
    await world.published(tenant, 'reads', READS);
    await world.environment.updateScript(tenant, 'reads', { set: { TIMES: '1', TOKEN: 'vergessen' }, delete: [] });
    const { id } = await world.threads.create(tenant, threadOf('reads', { loadEnv: true }), keyed());
    const ended = await world.ended(tenant, id);
    const { scriptThreads, secrets } = world.database.store;
    const unmade = scriptRef('forgetful', `${id.slice(0, -1)}_`);
    await secrets.sealValues(unmade, { values: { TOKEN: 'vergessen' }, publicNames: [] });
    const known = async () => [(await secrets.named(scriptRef('forgetful', id))).known, (await secrets.named(unmade)).known];

    await scriptThreads.forgetEnvironments(3_600_000);
    expect(await known()).toEqual([true, true]);
    await scriptThreads.forgetEnvironments(0);
    expect(await known()).toEqual([false, false]);
    expect(Buffer.from(await world.threads.valueBytes(tenant, ended.output as StoredValue, id)).toString()).toBe('"[redacted]"');
  });

  it('whose secret goes to a script that it runs is no part of the history and the rows of that one either', async () => {
    const tenant = as('ada', 'passing-on');
    const inner = 'script "inner"\n\ninput\n  token: text\n\nimport tools\n  hash from native\n\ndo "Hash" with hash\n  text = token\n\nemit "got {token}"\n';
    await world.published(tenant, 'inner', inner);
    await world.published(tenant, 'outer', 'script "outer"\n\nenv\n  TOKEN: text\n\nrun script "inner" -> r\n  token = env.TOKEN\n\nemit r\n');
    await world.environment.updateScript(tenant, 'outer', { set: { TOKEN: 'weitergegeben' }, delete: [] });
    const { id } = await world.threads.create(tenant, threadOf('outer', { loadEnv: true }), keyed());
    expect(await world.ended(tenant, id)).toMatchObject({ status: 'COMPLETED' });
    const { rows } = await world.database.pool.query<{ id: string }>('select id from script_threads where parent_id = $1', [id]);
    const child = await world.threads.get(tenant, rows[0]?.id as string);

    for (const thread of [child, await world.threads.get(tenant, id)])
      expect(Buffer.from(await world.threads.valueBytes(tenant, thread.output as StoredValue, thread.id)).toString()).toBe('"got [redacted]"');
    const kept = await world.database.pool.query(
      `select (select json_agg(t) from script_threads t where t.id = $1) as row, (select json_agg(s) from script_steps s where s.thread_id = $1) as steps,
         (select json_agg(j.data) from journal j where j.entity_id = $1) as events`,
      [child.id],
    );
    const history = await world.client.workflow.getHandle(scriptAddress('passing-on', child.id)).fetchHistory();
    expect([JSON.stringify(kept.rows), payloadsOf(history)].filter((text) => text.includes('weitergegeben'))).toEqual([]);
  });

  it.each([
    [{ TOKEN: 'x' }, 'env.TIMES'],
    [{ TOKEN: 'x', TIMES: 'many' }, 'env.TIMES'],
  ])('of %j refuses the creation by the variable, and tells no value', async (set, field) => {
    const tenant = as('ada', `env-${++names}`);
    await world.published(tenant, 'reads', READS);
    await world.environment.updateScript(tenant, 'reads', { set, delete: [] });
    const refused = await world.threads.create(tenant, threadOf('reads', { loadEnv: true }), keyed()).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(refused).toMatchObject({ kind: 'invalid', code: 'script_thread.env', facts: { field } });
    expect(JSON.stringify(refused)).not.toContain('many');
  });
});
