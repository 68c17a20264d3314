/** One row of every resource in the hands of one tenant, for the walk of a stranger over all routes that name one. */
import { controlPlane } from '../../src/surfaces/control-plane/surface';
import { runSurface } from '../../src/surfaces/runs/surface';
import { threadSurface } from '../../src/surfaces/threads/surface';
import { bareId } from '../../src/domain/run/ledger/ids';
import { commitDraft, newHash, payloadOf } from '../support/ledger';
import { RUN_AT, type KeptRun } from './fake-runs';
import { stepRecord } from '../support/fake-script-threads';
import type { Served } from './serve';

/** Routes with a parameter that names no row of anybody, and why. */
export const NOBODYS: Readonly<Record<string, string>> = {
  'GET /api/managed-threads/executions/:executionId': 'a list by the word under which threads were grouped',
  'GET /api/managed-threads/executions/:executionId/shared-decisions': 'a list by the same word',
  'GET /api/executions/:id/threads/stream': 'a stream by the same word, open before the first thread is',
  'POST /api/triggers/webhook/:path': 'public: the signature says who calls',
  'GET /v1/scriptum/templates/:name': 'public: templates are the same for everybody',
  'GET /v1/scriptum/downloads/:token': 'public: the address is signed, and says whose it is',
};

type Ids = Readonly<Record<string, string>>;

/** What must stand in the query of a route, or it says so before it looks for the row. */
export const QUERIES: Readonly<Record<string, string>> = { '/runs/:id/world/at': '?seq=0' };

/** The example of what creates a resource, as its description shows it. */
function exampleOf(path: string): unknown {
  const found = [...controlPlane.routes, ...runSurface.routes, ...threadSurface.routes].find((route) => route.method === 'post' && route.path === path);
  return Object.values(found?.examples?.bodies ?? {})[0];
}

/** Makes the rows anew and says, for a route, the ids by the names of its parameters. Fails for a route of a resource that has no row here. */
export async function seedRows(served: Served, tenant: string, headers: Readonly<Record<string, string>>) {
  const make = async (path: string, body: unknown): Promise<any> => {
    const made = await served.call('POST', path.replace('/api', ''), body, headers);
    expect([path, made.body, Math.floor(made.status / 100)]).toEqual([path, expect.any(Object), 2]);
    return made.body;
  };
  const made = async (path: string): Promise<string> => String((await make(path, exampleOf(path))).id);
  const threads = ['living', 'ended'].map((id) => served.threads.add({ id, status: id === 'living' ? 'ready' : 'stopped' }, tenant).id);
  const execution = served.executions.add({ status: 'running' }, { tenant });
  execution.journal.record('started');
  const principal = { tenant, subject: 'owner', scopes: ['*'], keyId: null, operator: false };
  const pattern = await make('/api/patterns', exampleOf('/api/patterns'));
  served.executions.knows = (asking, name) => asking === tenant && name === pattern.name;
  const { living, ended } = seedRuns(served, tenant);
  const skill = exampleOf('/skills') as { readonly name: string };
  await served.runs.skills.put(principal, skill as never, null);
  const { name, version } = exampleOf('/marketplace/packages') as { readonly name: string; readonly version: string };
  await served.runs.marketplace.publish(principal, exampleOf('/marketplace/packages') as never, null);
  await served.runs.marketplace.install(principal, name, null);
  const conversation = seedConversation(served, tenant);
  const request = { pattern: pattern.name, version: null, inputs: [1], concurrency: 1, stopOnError: false, timeoutMs: null } as const;
  const { batch } = await served.batches.start(principal, { ...request, priority: 'normal', metadata: {} }, { idempotencyKey: null, requestId: 'req_1' });
  const webhook = await made('/api/webhooks');
  const delivery = await make(`/api/webhooks/${webhook}/test`, {});
  const script = await seedScript(served, tenant);
  const rows: Readonly<Record<string, Ids>> = {
    '/api/managed-threads/:id': { id: threads[0]! },
    '/api/executions/:id': { id: execution.row.id },
    '/api/batch/:id': { id: batch.id },
    '/api/agents/:id': { id: served.agents.add(tenant, { id: 'agent_mine' }).id },
    '/api/auth/keys/:id': { id: (await make('/api/auth/keys', { name: 'mine', scopes: ['*'] })).id },
    '/api/patterns/:name': { name: pattern.name },
    '/api/schedules/:id': { id: await made('/api/schedules') },
    '/api/triggers/:id': { id: await made('/api/triggers/webhook') },
    '/api/webhooks/:id': { id: webhook },
    '/api/webhooks/:id/deliveries/:deliveryId': { id: webhook, deliveryId: delivery.id },
    '/runs/:id': { id: living.row.runId },
    '/runs/:id/approvals/:channel': { id: living.row.runId, channel: 'high-risk' },
    '/runs/:id/effects/:proposal': { id: living.row.runId, proposal: newHash() },
    '/skills/:id': { id: skill.name },
    '/v1/threads/:id': { id: conversation.threadId },
    '/v1/threads/:id/rollouts/:rolloutId.jsonl': { id: conversation.threadId, rolloutId: conversation.rolloutId },
    '/v1/run/:id': { id: conversation.runId },
    '/v1/agents/:slug': { slug: conversation.slug },
    '/agent-protocol/threads/:id': { id: conversation.restingId },
    '/agent-protocol/threads/:id/runs/:run': { id: conversation.restingId, run: conversation.endedRunId },
    '/agent-protocol/assistants/:id': { id: conversation.slug },
    '/ag-ui/agents/:slug': { slug: conversation.slug },
    '/v1/scriptum/scripts/:name': { name: script.name },
    '/v1/scriptum/scripts/:name/versions/:version': { name: script.name, version: '1' },
    '/v1/scriptum/scripts/:name/code/versions/:version': { name: script.name, version: '1' },
    '/v1/scriptum/threads/:threadId': { threadId: script.threadId },
    '/v1/scriptum/threads/:threadId/steps/:stepPath': { threadId: script.threadId, stepPath: '0' },
    '/v1/scriptum/env/:key': { key: script.key },
    '/writs/:id': { id: living.row.writId },
    '/marketplace/packages/:name': { name },
    '/marketplace/packages/:name/:version': { name, version },
  };
  return ({ method, path }: { readonly method: string; readonly path: string }): Ids => {
    // Stopping a living thread waits for its end, which fakes never tell.
    if (method === 'DELETE' && path === '/api/managed-threads/:id') return { id: threads[1]! };
    // What a run holds is not compacted.
    if (path === '/v1/threads/:id/compact') return { id: conversation.restingId };
    // Only what has failed is resumed.
    if (path === '/runs/:id/resume') return { id: ended.row.runId };
    const names = path.match(/:[A-Za-z]+/g) ?? [];
    const prefix = Object.keys(rows).find((known) => (path === known || path.startsWith(`${known}/`)) && (known.match(/:/g) ?? []).length === names.length);
    if (prefix === undefined) throw new Error(`No row is seeded for ${method} ${path}: add one here.`);
    return rows[prefix]!;
  };
}

/** One that waits for an approval, with the commit that the example of a branch names; and one that has failed. */
function seedRuns({ runs }: Served, tenant: string): { readonly living: KeptRun; readonly ended: KeptRun } {
  const [living, ended] = [runs.add({ tenant }), runs.add({ tenant })];
  const [head] = living.entries;
  const commit = payloadOf(commitDraft(living.row.trajectoryId, head!));
  const branch = exampleOf('/runs/:id/branch') as { readonly commit_id: string };
  if (commit.type === 'commit') runs.append(living, { ...commit, id: bareId('commit', branch.commit_id)! });
  const waiting = {
    channel: 'high-risk',
    proposalId: newHash(),
    tool: 'shell',
    reason: 'it may',
    requestedAt: RUN_AT,
    needed: 1,
    approvedBy: [],
    deadlineAt: null,
  };
  living.approvals.push(waiting);
  const { writId } = living.row;
  runs.writRows.set(`${tenant} ${writId}`, { writ: { id: writId, body: {}, signature: '' } as never, revokedAt: null, revokedBy: null });
  runs.end(ended, 'failed', null);
  return { living, ended };
}

/** An agent, and the one of the examples; a thread that a run holds which waits for an approval; and one that nothing holds, with a run that has ended. */
function seedConversation({ conversations }: Served, tenant: string) {
  const agent = conversations.addAgent({ slug: `writer-${conversations.agentRows.length}` }, tenant);
  if (!conversations.agentRows.some((one) => one.tenant === tenant && one.definition.slug === 'helper')) conversations.addAgent({ slug: 'helper' }, tenant);
  const of = { tenant, ownerUserId: 'owner', agentId: agent.id };
  const [held, resting] = [conversations.add(of), conversations.add(of)];
  const run = conversations.addRun(held);
  conversations.waitFor(run.runId, { channel: 'high-risk', proposalId: newHash(), tool: 'shell', reason: 'it may', since: RUN_AT });
  const { runId: endedRunId } = conversations.addRun(resting);
  conversations.end(endedRunId, 'completed', 'Done.');
  const { id: threadId, activeRolloutId: rolloutId } = held.thread;
  return { threadId, rolloutId, runId: run.runId, slug: agent.definition.slug, restingId: resting.thread.id, endedRunId };
}

/** A script with a draft and a version, a thread of it that asks, and a variable. */
async function seedScript({ scripts }: Served, tenant: string): Promise<{ readonly name: string; readonly threadId: string; readonly key: string }> {
  const owner = { tenant, subject: 'owner', scopes: ['*'], keyId: null, operator: false };
  const name = `script-${scripts.threads.kept.size + 1}`;
  await scripts.publishOne(owner, name);
  const request = {
    scriptName: name,
    version: 1,
    inputJson: '{}',
    executionMode: 'CLOUD',
    timeout: '',
    metadata: {},
    callbackUrl: '',
    loadEnv: false,
    hostId: null,
  } as const;
  const { id: threadId } = await scripts.threads.threads.create(owner, request, { idempotencyKey: null, requestId: 'req_1' });
  scripts.threads.of(owner, threadId).steps.push(stepRecord('0'));
  scripts.threads.pause(threadId);
  await scripts.environment.set(owner, { key: 'SEEDED', value: 'v', secret: true, description: '' });
  return { name, threadId, key: 'SEEDED' };
}

/** All rows of a tenant, in one text that changes when one of them does. */
export async function everythingOf(served: Served, tenant: string): Promise<string> {
  const { threads, keys, schedules, patterns, agents, executions, batches, subscriptions, runs, conversations, scripts } = served;
  const mine = <T extends { readonly tenant: string }>(rows: readonly T[]): readonly T[] => rows.filter((row) => row.tenant === tenant);
  const named = <T>(rows: ReadonlyMap<string, T>): readonly T[] => [...rows].filter(([key]) => key.startsWith(`${tenant}/`)).map(([, row]) => row);
  const { stores } = subscriptions;
  return JSON.stringify([
    scripts.rowsOf(tenant),
    ...[named(threads.rows), mine(threads.decisionRows), mine(keys.rows), mine(schedules.kept), named(agents.rows)],
    ...[mine(executions.kept), mine(batches.kept), mine(stores.webhooks.kept), mine(stores.deliveries.kept), mine(stores.triggers.kept)],
    [
      mine(runs.kept.map(({ row, approvals, entries }) => ({ tenant: row.tenant, row, approvals, entries }))),
      [...runs.writRows].filter(([key]) => key.startsWith(`${tenant} `)),
    ],
    [
      conversations.kept.filter(({ thread }) => thread.tenant === tenant).map(({ thread, events, deleted }) => ({ thread, events, deleted })),
      conversations.agentRows.filter((agent) => agent.tenant === tenant),
    ],
    await patterns.list(tenant, { search: null, limit: 100, offset: 0 }),
  ]);
}
