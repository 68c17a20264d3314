/** Runs by the client and the command line on a whole real system: an approval and a denial, a branch, a cancellation that is resumed, a tenant of one's own. */
import { EverthreadClient, type StartRun } from '../../src/client/client';
import { merkleRoot } from '../../src/domain/run/ledger/anchor';
import { checkExport, readExport } from '../../src/domain/run/ledger/exported';
import { printed } from '../support/command-line';
import { until } from '../support/eventually';
import { processesWith } from '../support/processes';
import { startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => void (world = await startWorld({ roles: ['api', 'worker'], env: { EVERTHREAD_APPROVE_RISK: 'medium' } })), 180_000);
afterAll(() => world.stop());

const runs = () => new EverthreadClient({ baseUrl: world.apiUrl }).runs;
const at = (id: string) => ({ params: { path: { id } } });
const everthread = (...args: string[]): Promise<string> => printed(['runs', '--url', world.apiUrl, ...args]);

const put = (key: string, value: number) => ({ tool: 'kv_set', args: { key, value } });
const patch = (path: string) => ({ tool: 'fs_patch', args: { path, mode: 'write', content: 'hello\n' } });
const scripted = (task: string, ...steps: readonly unknown[]): StartRun => ({ task, cognition: { provider: 'scripted', script: steps } }) as StartRun;

async function ended(id: string) {
  let last;
  for await (const session of runs().followSession(id, { signal: AbortSignal.timeout(30_000) })) last = session;
  return last!;
}
const pending = (id: string) => until('something waits', async () => (await runs().api.GET('/runs/{id}/approvals', at(id))).data?.approvals[0], 20_000);

it('asks before a risky tool, acts once it is approved, and does not when it is denied; from a shell too', async () => {
  const { run_id: id } = await runs().start(scripted('write files', { intents: [patch('yes.txt')] }, { intents: [patch('no.txt')] }, { final_answer: 'done' }));
  const first = await pending(id);
  expect(first).toMatchObject({ channel: 'high-risk', tool: 'fs_patch', needed: 1, approved_by: [] });
  expect(await everthread('approvals', id)).toContain(first.proposal_id);
  expect(await everthread('approve', id, 'high-risk', '--proposal', first.proposal_id)).toBe('high-risk: approved');
  const second = await until('the other one waits', async () => {
    const found = await pending(id);
    return found.proposal_id === first.proposal_id ? null : found;
  });
  expect(second.tool).toBe('fs_patch');
  expect(await everthread('deny', id, 'high-risk')).toBe('high-risk: denied');

  expect(await ended(id)).toMatchObject({ status: 'completed', final_answer: 'done', counters: { commits: 1, rejections: 1, approvals_pending: 0 } });
  const { data } = await runs().api.GET('/audit/entries', { params: { query: { run_id: id } } });
  expect(data?.entries.map(({ kind }) => kind)).toEqual([
    ...['root', 'pending_approval', 'approval', 'commit', 'pending_approval', 'approval', 'rejection', 'final_answer', 'usage'],
  ]);
  expect(data?.entries[2]?.payload).toMatchObject({ approved: true, approver: 'local' });
  const entries: string[] = [];
  for await (const { kind } of runs().followEntries(id, { after: 3 })) entries.push(kind);
  expect(entries).toEqual(['pending_approval', 'approval', 'rejection', 'final_answer', 'usage']);
}, 90_000);

it('branches from a commit into a run that begins with its world, by the command line', async () => {
  const { cognition } = scripted('', { intents: [put('a', 1)] }, { intents: [put('b', 2)] }, {});
  const id = (await everthread('start', 'keep two', '--with', JSON.stringify({ cognition }), '--follow')).split('\n')[0]!;
  expect((await ended(id)).status).toBe('completed');
  const { data } = await runs().api.GET('/audit/entries', { params: { query: { run_id: id, kind: 'commit' } } });
  const first = data!.entries[0]!.payload as { id: string };
  const branch = await everthread('branch', id, `commit:${first.id}`, '--note', 'what if');

  expect((await runs().api.GET('/runs/{id}', at(branch))).data).toMatchObject({ status: 'created', branched_from: { run_id: id } });
  expect(JSON.parse(await everthread('world', branch)).resources.map((one: { id: string }) => one.id)).toEqual(['a']);
  await runs().api.POST('/runs/{id}/resume', { ...at(branch), body: scripted('go on', { intents: [put('c', 3)] }, { final_answer: 'branched' }) });
  expect(await ended(branch)).toMatchObject({ status: 'completed', final_answer: 'branched' });
  expect(JSON.parse(await everthread('world', branch)).resources.map((one: { id: string }) => one.id)).toEqual(['a', 'c']);
  expect(JSON.parse(await everthread('replay', branch, '--require-signature'))).toMatchObject({
    verdict: { status: 'ok' },
    branches: 1,
    signatures: { unsigned: 0 },
  });
}, 90_000);

it('goes on in the same trajectory after it was cancelled', async () => {
  const { run_id: id, trajectory_id } = await runs().start(scripted('wait', { intents: [put('a', 1)] }, { intents: [patch('late.txt')] }, {}));
  await pending(id);
  expect(await everthread('cancel', id, '--reason', 'enough')).toBe(`${id} is cancelled`);
  expect((await ended(id)).status).toBe('cancelled');
  await runs().api.POST('/runs/{id}/resume', { ...at(id), body: scripted('again', { intents: [put('b', 2)] }, { final_answer: 'resumed' }) });

  await until('it has completed', async () => (await runs().api.GET('/runs/{id}', at(id))).data?.status === 'completed', 20_000);
  const { data } = await runs().api.GET('/runs/{id}', at(id));
  expect([data?.run_id, `traj:${data?.trajectory_id}`]).toEqual([id, trajectory_id]);
  const audit = await everthread('audit', '--run', id);
  for (const kind of ['pending_approval', 'cancel', 'resume', 'final_answer']) expect(audit).toContain(kind);
  expect((await runs().api.GET('/runs/{id}/world', at(id))).data?.resources).toHaveLength(2);
}, 90_000);

it('ends a program with all that it started at a cancellation, and says that nobody knows how far it came', async () => {
  const mark = `1000.${Math.floor(Math.random() * 1e9)}`;
  const sleeps = { tool: 'shell', args: { command: `sleep ${mark} | cat`, timeout_secs: 60 } };
  const { run_id: id } = await runs().start({
    ...scripted('sleep', { intents: [put('a', 1)] }, { intents: [sleeps] }, {}),
    effect_ceiling: { external: true },
  });
  await pending(id);
  await everthread('approve', id, 'high-risk');
  await until('it runs', () => processesWith(mark).length > 0, 20_000);
  const cancelled = Date.now();
  await runs().api.POST('/runs/{id}/cancel', { ...at(id), body: { reason: 'enough' } });
  const gone = await until('it is gone', () => (processesWith(mark).length === 0 ? Date.now() : null));

  // Within a second where nothing else is at work; a busy machine takes its time.
  expect(gone - cancelled).toBeLessThan(4_000);
  expect(await ended(id)).toMatchObject({ status: 'cancelled', counters: { commits: 1, failures: 1 } });
  const { data } = await runs().api.GET('/audit/entries', { params: { query: { run_id: id } } });
  expect(data?.entries.map(({ kind }) => kind)).toEqual([
    ...['root', 'commit', 'pending_approval', 'approval', 'execution_failed', 'cancel', 'final_answer', 'usage'],
  ]);
  expect(data?.entries[4]?.payload).toMatchObject({ tool: 'shell', outcome: 'unknown' });
}, 90_000);

it('can be checked by whoever has the keys, the entries and an anchor', async () => {
  const { run_id: id } = await runs().start(scripted('two', { intents: [put('a', 1)] }, { final_answer: 'done' }));
  await ended(id);
  const [keys, audit, anchor] = await Promise.all([
    runs().api.GET('/ledger/keys'),
    runs().api.GET('/audit/entries', { params: { query: { run_id: id } } }),
    runs().api.GET('/runs/{id}/anchor', at(id)),
  ]);
  const publicKeys = keys.data!.keys.map(({ public_key }) => public_key);
  const entries = readExport(JSON.stringify(audit.data));

  expect(checkExport(entries, { publicKeys, requireSignature: true })).toMatchObject([{ entries: 4, commits: 1, verdict: { status: 'ok' } }]);
  expect(checkExport(entries, { publicKeys: ['00'.repeat(32)], requireSignature: true })).toMatchObject([
    { verdict: { status: 'tampered', what: 'signature' } },
  ]);
  expect(anchor.data).toMatchObject({ entries: 4, head_seq: 3, head_id: entries.at(-1)?.id, root: merkleRoot(entries.map((entry) => entry.id)) });
});
