/** What must never be written anywhere: values given in `preparation.env`. And what must be found by a person: the thread in Temporal's own UI. */
import { Client } from 'pg';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/eventually';
import { Http } from '../support/http';
import { makeRepository } from '../support/repositories';
import { TestThread, completed, spawnThread } from '../support/threads';
import { startWorld, type World } from '../support/world';
import { openStream } from './serve';

let world: World;
let http: Http;
beforeAll(async () => {
  world = await startWorld({ env: { EVERTHREAD_LOG_LEVEL: 'debug' } });
  http = new Http(world);
}, 120_000);
afterAll(() => world.stop(), 60_000);

/** All texts in a protocol message, also those in payloads. */
function textsIn(value: unknown, found: string[] = []): readonly string[] {
  if (typeof value === 'string') found.push(value);
  else if (value instanceof Uint8Array) found.push(Buffer.from(value).toString());
  else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) textsIn(each, found);
  return found;
}

async function historyOf(thread: TestThread): Promise<string> {
  const history = await world.temporal.workflow.getHandle(`managed-thread/${thread.id}`).fetchHistory();
  return textsIn(history.events).join('\n');
}

/** Every row of every table, but for blobs (what is yet to be typed is there) and the sealed values. */
async function rows(): Promise<string> {
  const client = new Client({ connectionString: world.databaseUrl });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      'select table_name as name from information_schema.tables where table_schema = current_schema()',
    );
    const texts: string[] = [];
    for (const { name } of tables) {
      if (name === 'blobs' || name === 'secrets') continue;
      const found = await client.query<{ text: string }>(`select t::text as text from "${name}" t`);
      texts.push(...found.rows.map(({ text }) => text));
    }
    return texts.join('\n');
  } finally {
    await client.end();
  }
}

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((file) => statSync(file).isFile());

it('a secret of preparation.env is in no event, row, frame, screen, history or log, whoever prints or sends it', async () => {
  const secret = `s3cret-${randomBytes(18).toString('hex')}`;
  const quiet = `Quiet ${randomBytes(18).toString('base64')}`;
  const env = { API_KEY: secret, HARMLESS_NAME: quiet };
  const repo = await makeRepository(join(world.dataDir, 'repos', 'secrets'), { 'a.txt': 'a\n' });
  const spawn = (name: string, extra: object) =>
    spawnThread(world, { env, extra: { executionId: 'exec-secrets', name, role: 'keeper', metadata: { note: `uses ${secret}` }, ...extra } });
  const shell = await http.post('/managed-threads', {
    executionId: 'exec-secrets',
    name: `knows ${secret}`,
    agentType: 'shell',
    role: 'keeper',
    objective: `echo "objective ${secret}"`,
    preparation: { env, workspace: { repo } },
    metadata: { note: quiet },
  });
  expect(shell.status).toBe(201);
  const thread = new TestThread(world, shell.body.id, '');
  const frames = await openStream(http.url(`/managed-threads/${thread.id}/events?frames=true`));
  const streamed: string[] = [];
  const reading = (async () => {
    for (let seen = await frames.message(); seen; seen = await frames.message()) {
      streamed.push(JSON.stringify(seen));
      if (seen.event === 'frame' && seen.data.data) streamed.push(Buffer.from(seen.data.data, 'base64').toString());
    }
  })();
  const answers: unknown[] = [shell.body];
  const say = async (message: string) => {
    const before = (await thread.events()).filter(({ type }) => type === 'thread_turn_complete').length;
    answers.push((await http.post(`/managed-threads/${thread.id}/send`, { message })).body);
    await thread.has(`done: ${message}`, completed(before + 1));
    return (await thread.events()).findLast(({ type }) => type === 'thread_turn_complete')?.data['output'];
  };
  await thread.has('the objective is done', completed(1));

  expect(await say('echo "$API_KEY and $HARMLESS_NAME"')).toBe('[redacted] and [redacted]');
  expect(await say(`echo "sent ${secret}"`)).toBe('sent [redacted]');
  expect(await say('printf "%110s%s\\n" "" "$API_KEY"')).toMatch(/^\s*\[redacted\]$/);
  expect(await say('echo "${API_KEY:0:20}"; echo "${API_KEY:20}"')).toBe('[redacted]');
  answers.push((await http.post(`/managed-threads/${thread.id}/send`, { raw: `printf %s ${secret} | wc -c\r` })).body);
  await eventually('the raw input was typed as it was given', async () =>
    (await http.get(`/managed-threads/${thread.id}/screen`)).body.lines.includes(String(secret.length)),
  );
  answers.push((await http.get(`/managed-threads/${thread.id}/screen`)).body);
  expect(JSON.stringify(answers.at(-1))).toContain('[redacted]');

  const asking = await spawn('asking', { objective: 'question Which key?; login' });
  await asking.reaches('blocked');
  answers.push((await http.post(`/managed-threads/${asking.id}/approvals`, { text: `use ${secret}` })).body);
  await asking.has('the login is asked', (events) => events.some(({ type }) => type === 'thread_auth_required'));
  expect(asking.inputs().find(({ kind }) => kind === 'answer')?.text).toBe(`use ${secret}`);
  answers.push((await http.post(`/managed-threads/${asking.id}/cancel`, { reason: `because of ${secret}` })).body);
  await asking.has('it is done', completed(1));
  answers.push(
    (
      await http.post(
        `/managed-threads/${asking.id}/shared-decisions`,
        { category: 'keys', summary: `It is ${secret}`, details: { value: quiet } },
        { 'idempotency-key': 'd' },
      )
    ).body,
  );
  const heir = await spawn('heir', { objective: `say ${secret}` });
  await heir.has('it is done', completed(1));
  expect(heir.lines()).toEqual([`say ${secret}`]);
  expect(await heir.get()).toMatchObject({ objective: 'say [redacted]', metadata: { memoryContext: { objective: 'say [redacted]' } } });
  const crashing = await spawn('crashing', { objective: `say ${secret}; crash 2` });
  await crashing.reaches('failed');

  const threads = [thread, asking, heir, crashing];
  await Promise.all(threads.map((each) => http.delete(`/managed-threads/${each.id}`)));
  await reading;
  const reads = ['', '/events', '/shared-decisions'].flatMap((rest) => threads.map((each) => `/managed-threads/${each.id}${rest}`));
  for (const path of [...reads, '/managed-threads/experiences?role=keeper', '/managed-threads/executions/exec-secrets/shared-decisions'])
    answers.push((await http.get(path)).body);
  const places: Record<string, string> = {
    answers: JSON.stringify(answers),
    stream: streamed.join('\n'),
    history: (await Promise.all(threads.map(historyOf))).join('\n'),
    rows: await rows(),
  };
  for (const folder of ['logs', 'temporal']) for (const file of filesBelow(join(world.dataDir, folder))) places[file] = readFileSync(file, 'latin1');

  const leaks = Object.entries(places).flatMap(([place, text]) =>
    [secret, quiet].flatMap((value) => {
      const at = text.indexOf(value);
      return at < 0 ? [] : [`${place}: …${text.slice(Math.max(0, at - 200), at + 20)}`];
    }),
  );
  expect(leaks).toEqual([]);
  for (const place of ['answers', 'stream', 'history', 'rows']) expect(places[place]).toContain('[redacted]');
  // What is no secret is there: the search looks into the right places.
  expect(places['history']).toContain('and $HARMLESS_NAME');
  expect(Object.entries(places).some(([place, text]) => place.includes('/temporal/') && text.includes('and $HARMLESS_NAME'))).toBe(true);
  expect(Object.entries(places).some(([place, text]) => place.endsWith('/api.log') && text.includes(thread.id))).toBe(true);
}, 90_000);

it('in Temporal a thread is found by its search attributes, and says what it does, what it waits for, and how to answer', async () => {
  const executionId = `exec-${randomBytes(4).toString('hex')}`;
  const thread = await spawnThread(world, { objective: 'ask shell make install', extra: { executionId, name: 'findable', role: 'engineer' } });
  await thread.reaches('blocked');
  const found = async (query: string): Promise<readonly string[]> => {
    const ids: string[] = [];
    for await (const { workflowId } of world.temporal.workflow.list({ query })) ids.push(workflowId);
    return ids;
  };
  const own = `managed-thread/${thread.id}`;
  const blocked = `EverthreadStatus = "blocked" and EverthreadExecution = "${executionId}" and EverthreadRole = "engineer"`;

  await eventually('it is listed', async () => (await found(blocked)).includes(own));
  expect(await found(`${blocked} and EverthreadKind = "managed-thread" and EverthreadTenant = "default"`)).toEqual([own]);
  const handle = world.temporal.workflow.getHandle(own);
  const described = await handle.describe();
  expect([await described.staticSummary(), await described.staticDetails()]).toEqual(['findable (scripted)', 'ask shell make install']);
  const metadata = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
  expect(metadata.currentDetails).toContain('**findable** is **blocked**');
  expect(metadata.currentDetails).toContain('**Waits for an answer** (permission');
  expect(metadata.currentDetails).toContain(`temporal workflow signal -w ${own} --name approve`);
  expect(await handle.query('state')).toMatchObject({ status: 'blocked' });

  await thread.approve({ approve: true });
  await thread.has('it is done', completed(1));
  await eventually('the attribute follows', async () => (await found(`EverthreadStatus = "ready" and EverthreadExecution = "${executionId}"`)).includes(own));
  await thread.stop();
  await eventually('also to its end', async () => (await found(`EverthreadStatus = "stopped" and EverthreadExecution = "${executionId}"`)).includes(own));
}, 60_000);
