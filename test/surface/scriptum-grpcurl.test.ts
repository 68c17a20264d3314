import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Principal } from '../../src/contracts/principal';
import { Fault } from '../../src/errors/fault';
import { argumentsOf, BUILD_TIMEOUT_MS, grpcurlProgram, hasGo, runProgram, type Ran } from '../support/grpcurl';
import { grpcOver, type ServedGrpc } from '../support/grpc-client';
import { serve, type Served } from './serve';

const found = hasGo();
const withGo = found ? it : it.skip; // skipped because grpcurl is built with Go, which hasGo() says loudly

const TOKEN = 'pk_test_0123456789abcdef';
const ALICE: Principal = { tenant: 'acme', subject: 'alice', scopes: ['scripts:*'], keyId: null, operator: false };

let served: Served;
let grpc: ServedGrpc;
let program = '';
beforeAll(async () => {
  if (found) program = await grpcurlProgram();
}, BUILD_TIMEOUT_MS);
beforeEach(async () => {
  served = await serve();
  grpc = await grpcOver(served.scriptumPorts, {
    open: null,
    authenticate: ({ headers }) => {
      if (headers.authorization !== `Bearer ${TOKEN}`) throw new Fault('unauthenticated', 'access.no_credentials', 'Send a key.');
      if ((headers['x-organization-id'] ?? 'acme') !== 'acme') throw new Fault('forbidden', 'access.tenant', 'The credential is not for this tenant.');
      return ALICE;
    },
  });
  await served.scripts.publishOne(ALICE, 'invoice-parser');
});
afterEach(async () => {
  await grpc.close();
  await served.server.close(100);
});

/** A line as people have it, with this server and this credential. */
const run = (line: string): Promise<Ran> => {
  const [, ...args] = argumentsOf(
    line
      .replaceAll(/rpc\.dev\.dodil\.io:443|localhost:50051/g, grpc.server.address)
      .replaceAll(/\$(?:DODIL_TOKEN|EVERTHREAD_API_KEY)/g, TOKEN)
      .replaceAll('$SCRIPTUM_ORG_ID', 'acme'),
  );
  return runProgram(program, args[0] === '-plaintext' ? args : ['-plaintext', ...args]);
};

/** As the documentation of the service prints them. */
const HEADERS = '-H "authorization: Bearer $DODIL_TOKEN" -H "x-organization-id: $SCRIPTUM_ORG_ID"';
const SEED = {
  create: `grpcurl ${HEADERS} -d '{ "script_name":"invoice-parser", "version":0, "input_json":"{\\"invoice_id\\":\\"INV-42\\"}", "load_env":true, "metadata":{"source":"scheduler","ticket":"INC-1402"} }' rpc.dev.dodil.io:443 dodil.scriptum.v1.ScriptumService/CreateThread`,
  get: `grpcurl ${HEADERS} -d '{"thread_id":"thr_1"}' rpc.dev.dodil.io:443 dodil.scriptum.v1.ScriptumService/GetThread`,
  watch: `grpcurl ${HEADERS} -d '{"thread_id":"thr_1"}' rpc.dev.dodil.io:443 dodil.scriptum.v1.ScriptumService/WatchThread`,
};

describe('grpcurl', () => {
  withGo('runs the lines that create, inspect and watch a thread', async () => {
    const made = await run(SEED.create);
    expect([made.exitCode, made.stderr]).toEqual([0, '']);
    expect(JSON.parse(made.stdout)).toMatchObject({ threadId: 'thr_1', status: 'RUNNING', metadata: { source: 'scheduler', ticket: 'INC-1402' } });
    expect(served.scripts.threads.of(ALICE, 'thr_1').request).toMatchObject({ inputJson: '{"invoice_id":"INV-42"}', loadEnv: true });

    expect(JSON.parse((await run(SEED.get)).stdout)).toMatchObject({ threadId: 'thr_1', scriptName: 'invoice-parser' });

    served.scripts.threads.complete('thr_1', { value: { approved: true } });
    const watched = await run(SEED.watch);
    expect([watched.exitCode, watched.stdout]).toEqual([0, expect.stringMatching(/"threadStarted"[^]*"threadCompleted"/)]);
  });

  withGo('is told why it is refused', async () => {
    const unknown = await run(SEED.get);
    expect([unknown.exitCode, unknown.stderr]).toEqual([64 + 5, expect.stringMatching(/Code: NotFound[^]*google.rpc.ErrorInfo[^]*THREAD_NOT_FOUND/)]);
    const stranger = await run(SEED.get.replace('$SCRIPTUM_ORG_ID', 'other'));
    expect(stranger.stderr).toContain('Code: PermissionDenied');
    const nobody = await run(SEED.get.replace('$DODIL_TOKEN', 'nothing'));
    expect(nobody.stderr).toContain('Code: Unauthenticated');
  });

  const page = readFileSync(join(__dirname, '..', '..', 'docs', 'scriptum-api.md'), 'utf8');
  const lines = [...page.matchAll(/```bash\n([^]*?)```/g)].flatMap(([, block]) =>
    (block as string).split(/\n(?=grpcurl)/).filter((line) => line.startsWith('grpcurl')),
  );

  withGo('runs every line of docs/scriptum-api.md as it stands there', async () => {
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) {
      if (line.includes('ResumeThread')) served.scripts.threads.pause('thr_1');
      const { exitCode, stderr } = await run(line);
      expect([line, exitCode, stderr]).toEqual([line, 0, '']);
    }
  });

  withGo('finds the services, their messages and the annotations by both versions of reflection', async () => {
    const { stdout } = await run('grpcurl localhost:50051 list');
    expect(stdout.trim().split('\n')).toEqual([
      'dodil.scriptum.v1.ScriptumService',
      'grpc.health.v1.Health',
      'grpc.reflection.v1.ServerReflection',
      'grpc.reflection.v1alpha.ServerReflection',
    ]);
    const described = (await run('grpcurl localhost:50051 describe dodil.scriptum.v1.ScriptumService.GetThread')).stdout;
    expect(described).toContain('option (.google.api.http) = { get: "/v1/scriptum/threads/{thread_id}" };');
    expect((await run('grpcurl localhost:50051 describe dodil.scriptum.v1.Nothing')).exitCode).not.toBe(0);
  });
});
