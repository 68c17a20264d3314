import { Code, type CallOptions, type ConnectError } from '@connectrpc/connect';
import type { Principal } from '../../src/contracts/principal';
import { SCOPES } from '../../src/surfaces/http/scope';
import { ErrorInfoSchema } from '../../src/surfaces/scriptum/generated/google/rpc/error_details_pb';
import { METHODS } from '../../src/surfaces/scriptum/method-table';
import { accessWorld, type AccessWorld } from '../support/access';
import { TEMPLATE } from '../support/fake-scripts';
import { stepRecord } from '../support/fake-script-threads';
import { grpcOver, type ServedGrpc } from '../support/grpc-client';
import { serve, type Served } from './serve';
import { everythingOf } from './tenant-rows';

/** Every method of the service over gRPC; test/surface/access.test.ts walks their routes. A new method is walked without being added here. */
const ALL = METHODS.map((method) => [method.descriptor.name, method] as const);
const guarded = ALL.filter(([, { scope }]) => scope !== 'public');

interface Answer {
  readonly code: Code | null;
  readonly precise: string | undefined;
  readonly messages: readonly any[];
}

let served: Served;
let grpc: ServedGrpc;
let access: AccessWorld;
let seeded: { readonly name: string; readonly threadId: string };
beforeAll(async () => {
  access = await accessWorld();
  served = await serve();
  grpc = await grpcOver(served.scriptumPorts, { open: null, authenticate: (request) => access.authenticator.authenticate(request), audit: served.audit });
  const owner: Principal = { tenant: 'default', subject: 'owner', scopes: ['*'], keyId: null, operator: false };
  const { scriptName } = await served.scripts.publishOne(owner, 'mine');
  const request = {
    scriptName,
    version: 1,
    inputJson: '{}',
    executionMode: 'CLOUD',
    timeout: '',
    metadata: {},
    callbackUrl: '',
    loadEnv: false,
    hostId: null,
  } as const;
  const { id } = await served.scripts.threads.threads.create(owner, request, { idempotencyKey: null, requestId: 'req_1' });
  served.scripts.threads.of(owner, id).steps.push(stepRecord('0'));
  served.scripts.threads.pause(id);
  await served.scripts.environment.set(owner, { key: 'MINE', value: 'v', secret: true, description: '' });
  seeded = { name: scriptName, threadId: id };
});
afterAll(async () => {
  await grpc.close();
  await served.server.close(100);
  await access.close();
});

/** One message of a stream is enough of an answer; of one that says nothing, its beginning is. */
async function ask({ descriptor }: (typeof METHODS)[number], headers: Record<string, string>): Promise<Answer> {
  const input = {
    scriptName: seeded.name,
    name: descriptor.name.includes('Template') ? TEMPLATE.name : seeded.name,
    threadId: seeded.threadId,
    stepPath: '0',
    key: 'MINE',
    content: 'script "x"\n',
  };
  const known = Object.fromEntries(Object.entries(input).filter(([field]) => descriptor.input.fields.some(({ jsonName }) => jsonName === field)));
  const call = (grpc.client as unknown as Record<string, (input: object, options: CallOptions) => Promise<unknown> | AsyncIterable<unknown>>)[
    descriptor.localName
  ]!;
  try {
    const answer = call(known, { headers });
    if (!(Symbol.asyncIterator in answer)) return { code: null, precise: undefined, messages: [await answer] };
    for await (const message of answer) return { code: null, precise: undefined, messages: [message] };
    return { code: null, precise: undefined, messages: [] };
  } catch (problem) {
    const refusal = problem as ConnectError;
    return { code: refusal.code, precise: refusal.findDetails(ErrorInfoSchema)[0]?.metadata['code'], messages: [] };
  }
}
const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` });

it('walks every method', () => expect(ALL).toHaveLength(35));

it('asks nobody about templates and the health', () => {
  expect(ALL.filter(([, { scope }]) => scope === 'public').map(([name]) => name)).toEqual(['ListTemplates', 'GetTemplate', 'HealthCheck']);
});

it.each(guarded)('%s lets nobody in without a good credential', async (_name, method) => {
  const { key, id } = await access.key('default', ['*']);
  await access.store.store.keys.revoke('default', id);
  const before = await everythingOf(served, 'default');
  const bad: [Record<string, string>, string][] = [
    [{}, 'access.no_credentials'],
    [{ 'x-organization-id': 'default' }, 'access.no_credentials'],
    [bearer(`pk_live_${'0'.repeat(43)}`), 'access.key_unknown'],
    [bearer('let-me-in'), 'access.credentials_unknown'],
    [bearer(key), 'access.key_revoked'],
    [{ ...bearer(key), 'x-api-key': 'other' }, 'access.credentials_ambiguous'],
  ];
  for (const [headers, code] of bad) expect([code, await ask(method, headers)]).toEqual([code, { code: Code.Unauthenticated, precise: code, messages: [] }]);
  expect(await everythingOf(served, 'default')).toBe(before);
});

it.each(guarded)('%s needs its scope and no other', async (_name, method) => {
  const others = Object.keys(SCOPES).filter((scope) => ![method.scope, 'public', 'admin'].includes(scope));
  const { key } = await access.key('default', others);

  expect(await ask(method, bearer(key))).toMatchObject({ code: Code.PermissionDenied, precise: 'access.scope_missing' });
});

it.each(guarded)('%s refuses a credential that is for another tenant than the header names', async (_name, method) => {
  const { key } = await access.key('default', ['*']);

  expect(await ask(method, { ...bearer(key), 'x-organization-id': 'other' })).toMatchObject({ code: Code.PermissionDenied, precise: 'access.tenant' });
});

/** Those that name something of somebody. */
const ofOne = guarded
  .filter(
    ([, { descriptor }]) =>
      descriptor.input.fields.some(({ name }) => ['name', 'thread_id', 'script_name'].includes(name)) || /^(Get|Delete)EnvVar$/.test(descriptor.name),
  )
  .filter(([name]) => name !== 'CreateScript');

it.each(ofOne)('%s knows nothing of what belongs to another tenant', async (name, method) => {
  const { key } = await access.key('other', ['*']);
  const before = await everythingOf(served, 'default');

  const strange = await ask(method, bearer(key));

  // Whoever starts threads of a script that is not there is told so by the gateway, which the fake is not.
  if (name !== 'CreateThread') expect([name, strange.code]).toEqual([name, Code.NotFound]);
  expect(await everythingOf(served, 'default')).toBe(before);
});

it.each(ALL.filter(([name]) => /^List(Scripts|Threads|EnvVars)$/.test(name)))('%s shows another tenant nothing', async (_name, method) => {
  const { key } = await access.key('other-yet', ['*']);

  const [list] = (await ask(method, bearer(key))).messages;

  expect(list.scripts ?? list.threads ?? list.variables).toEqual([]);
});

it.each(ALL)('%s lets its scope in, by key and by token', async (name, { scope, ...method }) => {
  const { key } = await access.key('default', [scope === 'public' ? 'scripts:read' : scope]);
  const token = await access.token({ sub: 'ada', tenant: 'default', scope: scope === 'public' ? 'scripts:read' : scope });
  for (const credential of [key, token]) {
    const { code } = await ask({ ...method, scope }, bearer(credential));
    expect([name, code === Code.Unauthenticated || code === Code.PermissionDenied]).toEqual([name, false]);
  }
});

it('a watch ends when the key that opened it is revoked', async () => {
  const { key, id } = await access.key('default', ['scripts:read']);
  const owner: Principal = { tenant: 'default', subject: 'owner', scopes: ['*'], keyId: null, operator: false };
  const request = {
    scriptName: 'kept',
    version: 1,
    inputJson: '{}',
    executionMode: 'CLOUD',
    timeout: '',
    metadata: {},
    callbackUrl: '',
    loadEnv: false,
    hostId: null,
  } as const;
  const { id: threadId } = await served.scripts.threads.threads.create(owner, request, { idempotencyKey: null, requestId: 'req_2' });
  const watch = grpc.client.watchThread({ threadId }, { headers: bearer(key) })[Symbol.asyncIterator]();
  await watch.next();

  await access.store.store.keys.revoke('default', id);

  await expect(watch.next()).rejects.toMatchObject({ code: Code.Unauthenticated });
});
