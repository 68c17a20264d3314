import { Code, type ConnectError } from '@connectrpc/connect';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConflictError, EverthreadClient, InvalidError, NotFoundError } from '../../src/client/client';
import { freePort } from '../../src/embedded/ports';
import { ErrorInfoSchema } from '../../src/surfaces/scriptum/generated/google/rpc/error_details_pb';
import { Thread_Status } from '../../src/surfaces/scriptum/generated/dodil/scriptum/v1/threads_pb';
import { printed } from '../support/command-line';
import { eventually } from '../support/eventually';
import { grpcClient } from '../support/grpc-client';
import { startWorld, type World } from '../support/world';
import { INVOICE } from '../unit/script/invoice';

let world: World;
let port: number;
let client: EverthreadClient;
beforeAll(async () => {
  port = await freePort(0, 'none');
  world = await startWorld({ roles: ['api', 'worker'], env: { EVERTHREAD_GRPC_PORT: String(port) } });
  client = new EverthreadClient({ baseUrl: world.apiUrl });
  const { api } = client.scripts;
  for (const [name, content] of [
    ['invoice-parser', INVOICE],
    ['quick', INVOICE.replace('timeout = "24h"', 'timeout = "2s"')],
  ] as const) {
    const params = { path: { name } };
    await api.POST('/v1/scriptum/scripts', { body: { name } });
    await api.POST('/v1/scriptum/scripts/{name}/draft', { params, body: { content } });
    await api.POST('/v1/scriptum/scripts/{name}/draft/publish', { params, body: {} });
  }
}, 120_000);
afterAll(() => world.stop(), 60_000);

const grpc = () => grpcClient(`http://127.0.0.1:${port}`);
const started = async (scriptName = 'invoice-parser'): Promise<string> => {
  const { client: calls, abort } = grpc();
  const { threadId } = await calls.createThread({ scriptName, inputJson: '{"invoice_id":"INV-42"}' });
  for await (const { event } of calls.watchThread({ threadId })) if (event.case === 'threadPaused') break;
  abort();
  return threadId;
};

it('a script that asks is killed while it waits, answered over gRPC, and finishes', async () => {
  const threadId = await started();
  await Promise.all([world.kill('worker'), world.kill('api')]);
  await Promise.all([world.start('worker'), world.start('api')]);
  const { client: calls, abort } = grpc();
  const paused = await calls.getThread({ threadId });
  expect([paused.status, paused.pauses[0]?.prompt]).toEqual([Thread_Status.PAUSED, 'Invoice INV-42: approve?']);

  await calls.resumeThread({ threadId, stepInputOverrideJson: '{"value":"approve"}' });

  const seen: (string | undefined)[] = [];
  for await (const { event } of calls.watchThread({ threadId })) seen.push(event.case);
  expect([seen[0], seen.at(-1)]).toEqual(['threadStarted', 'threadCompleted']);
  expect(await client.scripts.output(threadId)).toEqual({ invoice_id: 'INV-42', approved: true });
  abort();
}, 120_000);

/** Status, reason, what was wrong and the retries that are left; null: it was taken. */
async function refusalOf(call: Promise<unknown>): Promise<readonly unknown[] | null> {
  const problem = await call.then(
    () => null,
    (thrown: unknown) => thrown as ConnectError,
  );
  if (!problem) return null;
  const [info] = problem.findDetails(ErrorInfoSchema);
  return [Code[problem.code], info?.reason, info?.metadata['detail'] ?? null, info?.metadata['retries_left'] ?? null];
}

it('a wrong type and a wrong option are refused with the retries that are left, a repetition uses none, and used-up retries fail the thread', async () => {
  const threadId = await started();
  const { client: calls, abort } = grpc();
  const answer = (value: unknown, key: string) =>
    refusalOf(calls.resumeThread({ threadId, stepInputOverrideJson: JSON.stringify({ value }) }, { headers: { 'idempotency-key': key } }));

  expect(await answer(12, 'first')).toEqual(['InvalidArgument', 'THREAD_ANSWER', 'ask.type', '1']);
  expect(await answer(12, 'first')).toEqual(['InvalidArgument', 'THREAD_ANSWER', 'ask.type', '1']);
  expect(await answer('perhaps', 'second')).toEqual(['InvalidArgument', 'THREAD_ANSWER', 'ask.option', '0']);
  expect(await answer('later', 'third')).toEqual(['InvalidArgument', 'THREAD_ANSWER', 'ask.retries_used_up', '0']);
  await eventually('the thread has failed', async () => (await calls.getThread({ threadId })).status === Thread_Status.FAILED);
  expect((await calls.getThread({ threadId })).errorCode).toBe('ask.retries_used_up');
  abort();
}, 120_000);

it('an answer after its time is refused as expired over gRPC and over HTTP', async () => {
  const threadId = await started('quick');
  const { client: calls, abort } = grpc();
  await eventually('the thread has failed', async () => (await calls.getThread({ threadId })).status === Thread_Status.FAILED);
  const stepInputOverrideJson = '{"value":"approve"}';

  expect(await refusalOf(calls.resumeThread({ threadId, stepInputOverrideJson }))).toEqual(['FailedPrecondition', 'ASK_EXPIRED', null, null]);
  const told = await fetch(`${world.apiUrl}/v1/scriptum/threads/${threadId}/resume`, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
    body: JSON.stringify({ step_input_override_json: stepInputOverrideJson }),
  });
  expect([told.status, await told.json()]).toMatchObject([400, { status: 'FAILED_PRECONDITION', details: [{ reason: 'ASK_EXPIRED' }, {}] }]);
  abort();
}, 120_000);

it('the command line publishes, runs, answers, lists and shows', async () => {
  const everthread = (...args: string[]): Promise<string> => printed(['script', '--url', world.apiUrl, ...args]);
  const file = join(await mkdtemp(join(world.dataDir, 'scripts-')), 'invoice.scriptum');
  await writeFile(file, INVOICE.replace('invoice-parser', 'by-hand'));
  expect(await everthread('publish', 'by-hand', file, '--notes', 'first')).toBe('by-hand v1');
  expect(await everthread('list')).toMatch(/by-hand +ACTIVE +v1/);
  expect(await everthread('code', 'by-hand')).toContain('script "by-hand"');
  const told = await everthread('run', 'by-hand', '--input', '{"invoice_id":"INV-7"}');
  const [threadId = ''] = told.split('\n');
  expect(told).toContain(`everthread script resume ${threadId} '{"value": …}' --step`);
  expect(await everthread('threads', '--status', 'PAUSED', '--script', 'by-hand')).toContain(threadId);

  expect(await everthread('resume', threadId, '{"value":"reject"}')).toContain(threadId);

  expect(await everthread('watch', threadId)).toMatch(/thread_completed/);
  expect(JSON.parse(await everthread('result', threadId))).toEqual({ invoice_id: 'INV-7', approved: false });
}, 120_000);

it('the client throws what the server says, by kind and code', async () => {
  const { scripts } = client;
  await expect(scripts.get('thr_none')).rejects.toMatchObject({ constructor: NotFoundError, code: 'script_thread.not_found', requestId: expect.any(String) });
  await expect(scripts.start({ scriptName: 'invoice-parser', inputJson: '{"invoice_id":5}' })).rejects.toMatchObject({
    constructor: InvalidError,
    status: 400,
  });
  await expect(scripts.api.POST('/v1/scriptum/scripts', { body: { name: 'invoice-parser' } })).rejects.toMatchObject({
    constructor: ConflictError,
    code: 'script.exists',
  });
}, 60_000);
