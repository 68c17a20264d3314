/**
 * A run of ten steps (files, approvals, a denial, a delegation, a branch) while its worker is killed with SIGKILL at random moments: its ledger ends as that of an undisturbed run. Ids hold
 * nonces and signatures, so they are compared by their places.
 */
import { randomInt, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../support/eventually';
import { startWorld, type World } from '../support/world';

interface Entry {
  readonly kind: string;
  readonly trajectory_id: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

const folder = mkdtempSync(join(process.env['EVERTHREAD_TEST_RUN'] ?? tmpdir(), 'f-'));
const [policies, workspace] = [join(folder, 'policies'), join(folder, 'workspace')];
let world: World;
beforeAll(async () => {
  mkdirSync(policies);
  mkdirSync(workspace);
  const asks = (key: string) => ({
    all: [
      { field: 'intent.target', op: 'eq', value: 'kv_set' },
      { field: 'intent.args.key', op: 'eq', value: key },
    ],
  });
  const rule = (key: string) => ({ name: key, when: asks(key), decision: { require_approval: { channel: key, reason: `${key} asks` } } });
  writeFileSync(join(policies, 'asks.json'), JSON.stringify({ name: 'asks', version: '1', rules: [rule('approved'), rule('denied')] }));
  world = await startWorld({ roles: ['api', 'worker'], env: { EVERTHREAD_POLICY_DIRS: policies, EVERTHREAD_WORKSPACE: workspace } });
}, 180_000);
afterAll(() => world.stop(), 60_000);

async function ask<T>(path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST'): Promise<T> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
  const answer = await fetch(`${world.apiUrl}${path}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

const does = (tool: string, args: object) => ({ intents: [{ tool, args, rationale: `for ${tool}` }] });
const script = (name: string) => [
  does('kv_set', { key: 'plan', value: ['look', 'write'] }),
  does('fs_patch', { path: `${name}.txt`, mode: 'write', content: 'one\n' }),
  does('fs_read', { path: `${name}.txt` }),
  does('kv_set', { key: 'approved', value: 1 }),
  does('kv_set', { key: 'denied', value: 2 }),
  does('memory_store', { key: 'fact', content: 'the sky is blue' }),
  does('delegate', { task: 'a part of it' }),
  does('kv_set', { key: 'plan', value: ['done'] }),
  does('kv_get', { key: 'plan' }),
  { final_answer: 'all is done' },
];
const delegated = [does('kv_set', { key: 'part', value: true }), { final_answer: 'the part is done' }];
const cognition = (steps: readonly object[]) => ({ provider: 'scripted', script: steps, delegated_script: delegated });

const entriesOf = async (id: string): Promise<readonly Entry[]> => (await ask<{ entries: readonly Entry[] }>(`/audit/entries?run_id=${id}&limit=1000`)).entries;
const statusOf = async (path: string): Promise<string> => (await ask<{ status: string }>(path)).status;

/** Answers what waits, as it should be answered, until the run has ended. */
async function seeThrough(id: string): Promise<void> {
  await until(
    `run ${id} ends`,
    async () => {
      const { status, pending_channel: channel } = await ask<{ status: string; pending_channel?: string }>(`/runs/${id}/execution`);
      if (status === 'waiting_approval' && channel) await ask(`/runs/${id}/approvals/${channel}`, { approve: channel === 'approved' }).catch(() => undefined);
      return ['completed', 'failed', 'cancelled'].includes(status);
    },
    180_000,
  );
}

/** The run, and a branch of it from its second commit. */
async function journey(name: string): Promise<readonly (readonly unknown[])[]> {
  const { run_id: id } = await ask<{ run_id: string }>('/runs', { task: 'ten steps', max_steps: 16, cognition: cognition(script(name)) });
  await seeThrough(id);
  expect(await statusOf(`/runs/${id}`)).toBe('completed');
  const entries = await entriesOf(id);
  const commit = entries.filter(({ kind }) => kind === 'commit')[1]?.payload['id'];
  const again = cognition([does('kv_set', { key: 'branched', value: true }), { final_answer: 'the other way' }]);
  const { run_id: branch } = await ask<{ run_id: string }>(`/runs/${id}/branch`, { commit_id: commit, task: 'otherwise', cognition: again });
  await seeThrough(branch);
  const child = String(entries.find(({ kind }) => kind === 'delegation')?.payload['child_trajectory_id']);
  for (const one of [id, branch, child]) expect(await ask(`/runs/${one}/replay`)).toMatchObject({ verdict: { status: 'ok' } });
  return [entries, await entriesOf(branch), await entriesOf(child)].map((list) => content(list, name));
}

/** What counts: without ids, signatures, times and durations, and the name by which the file differs. */
function content(entries: readonly Entry[], name: string): readonly unknown[] {
  const dropped = new Set(['id', 'signature', 'parent', 'latency_ms', 'wall_clock_ms', 'at', 'path']);
  const text = JSON.stringify(
    entries.map(({ kind, payload }) => ({ kind, payload })),
    (key, value: unknown) => (dropped.has(key) && typeof value !== 'object' ? undefined : value),
  );
  return JSON.parse(
    text
      .replaceAll(name, 'NAME')
      .replace(/[0-9a-f]{64}/g, 'HASH')
      .replace(/"parent":\["HASH"\],?/g, ''),
  ) as unknown[];
}

/** Kills the worker at random moments, five times at most, until it is told to stop. */
function killing() {
  const state = { going: true, kills: 0 };
  const done = (async () => {
    while (state.going && state.kills < 5) {
      await delay(randomInt(300, 2_500));
      if (!state.going) return;
      await world.kill('worker');
      state.kills += 1;
      await world.start('worker');
    }
  })();
  return {
    async stop(): Promise<number> {
      state.going = false;
      await done;
      return state.kills;
    },
  };
}

/** Tools whose effect nobody could prove. */
const unproven = (content: readonly (readonly unknown[])[]): readonly string[] =>
  content.flat().flatMap((entry) => {
    const { payload } = entry as Entry;
    return payload['outcome'] === 'unknown' ? [String(payload['tool'])] : [];
  });

it('a run whose worker is killed again and again ends with the ledger of one that nothing happened to', async () => {
  const calm = await journey('calm');
  expect(calm.map((entries) => entries.length)).toEqual([16, 4, 4]);

  // A kill in the very moment of a write to a file leaves an effect that nobody can prove, and the ledger says so; then the run takes another way, and it is done again.
  for (let round = 1; ; round++) {
    const name = `shaken${round}`;
    const killer = killing();
    const shaken = await journey(name);
    expect(await killer.stop()).toBeGreaterThan(0);
    expect(readFileSync(join(workspace, `${name}.txt`), 'utf8')).toBe('one\n');
    const unknown = unproven(shaken);
    expect(unknown.filter((tool) => tool !== 'fs_patch')).toEqual([]);
    if (unknown.length > 0 && round < 3) continue;
    expect(shaken).toEqual(calm);
    return;
  }
}, 500_000);
