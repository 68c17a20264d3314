/**
 * Schemathesis tries every operation of every surface that is served: bodies, parameters and methods that fit the description and such that do not. Nothing
 * may be a server error, and no answer may be undocumented. Twice: over the fakes, where every operation can be tried, and on a whole real system.
 */
import type { IncomingMessage } from 'node:http';
import { OPEN_PRINCIPAL, type Principal } from '../../src/contracts/principal';
import { Fault } from '../../src/errors/fault';
import { trySurface, type Tried } from '../support/schemathesis';
import { EverthreadClient, UnauthenticatedError, type StartRun } from '../../src/client/client';
import { eventually } from '../support/eventually';
import { hasPython, INSTALL_TIMEOUT_MS, pythonOf } from '../support/python';
import { startWorld, type World } from '../support/world';
import { serve, type Served } from './serve';

/** What is not a request with one answer. */
const STREAMS = {
  streamExecution: 'an endless stream of events',
  attachTerminal: 'a WebSocket',
};

const CONTROL_STREAMS = {
  streamPattern: 'a stream of events until an execution ends',
  streamExecutionEvents: 'the same',
  connectAgent: 'a WebSocket',
};

const RUN_STREAMS = {
  streamRunExecution: 'a stream of sessions until a run ends',
  streamRunCognition: 'the same, of what its model says',
  streamRunEvents: 'the same, of entries of its ledger',
};

const CONVERSATION_STREAMS = {
  startThreadRun: 'a stream of what a run says unless it is told otherwise',
};

const PROTOCOL_STREAMS = {
  streamProtocolRun: 'a stream of what a run says until it ends',
  streamProtocolOwnRun: 'the same',
  joinProtocolRunStream: 'the same',
  searchProtocolThreads: 'by other methods its address is that of a thread, which is not there: 404 is right and looks like a failure',
  countProtocolThreads: 'the same',
};

const SCRIPT_STREAMS = {
  watchThread: 'a stream of what happens until a thread ends',
  watchStep: 'the same, of a step',
  streamThreadResult: 'a stream of parts: described as text, and Schemathesis wants each event to be a text',
  streamStepResult: 'the same',
};

const found = hasPython('Schemathesis');
const onPython = found ? it : it.skip; // skipped because Schemathesis needs Python 3.11, which hasPython() says loudly

let python = '';
beforeAll(async () => {
  if (found) python = await pythonOf('schemathesis');
}, INSTALL_TIMEOUT_MS);

const KEY = 'pk_test_0123456789abcdef';
const byKey = (request: IncomingMessage): Principal => {
  if (request.headers.authorization === `Bearer ${KEY}` || request.headers['x-api-key'] === KEY) return OPEN_PRINCIPAL;
  throw new Fault('unauthenticated', 'access.no_credentials', 'Send a key.');
};
const headers = { Authorization: `Bearer ${KEY}` };

const expectClean = ({ exitCode, output }: Tried): void => expect(exitCode === 0 ? '' : output).toBe('');

/** Every operation of the description but those that are left out, so that a description which cannot be read is no success. */
async function operationsOf(baseUrl: string, surface: string, without: object): Promise<number> {
  const { paths } = (await (await fetch(`${baseUrl}/openapi/${surface}.json`)).json()) as { paths: Record<string, object> };
  return Object.values(paths).flatMap((path) => Object.keys(path)).length - Object.keys(without).length;
}

describe('over fakes', () => {
  let served: Served;
  beforeAll(async () => {
    served = await serve({ open: null, authenticate: byKey });
    const { threads } = served;
    const { stop } = threads.gateway;
    // A thread that was told to stop has stopped, so that nobody waits for it.
    threads.gateway.stop = async (principal, id, input, request) => {
      const stopped = await stop(principal, id, input, request);
      threads.emit(id, 'thread_stopped', {}, principal.tenant);
      return stopped;
    };
    threads.add({ id: 'thr_1', hostId: 'host-1', sessionId: 'thr_1.1' });
  });
  afterAll(() => served.server.close(100));

  onPython.each([
    ['managed-threads', STREAMS],
    ['control-plane', CONTROL_STREAMS],
    ['runs', RUN_STREAMS],
    ['threads', CONVERSATION_STREAMS],
    ['agent-protocol', PROTOCOL_STREAMS],
    ['scriptum', SCRIPT_STREAMS],
  ])(
    'finds no server error and no undocumented answer of %s',
    async (surface, without) => {
      const tried = await trySurface({ python, baseUrl: served.url, surface, without, maxExamples: 10, headers });

      expectClean(tried);
      expect(tried.operations).toHaveLength(await operationsOf(served.url, surface, without));
    },
    300_000,
  );
});

describe('on a whole real system without a host', () => {
  /** Without a host threads are accepted and wait: nothing is run, however many are made. */
  let world: World;
  let mine: EverthreadClient;
  let headers: Record<string, string>;
  beforeAll(async () => {
    // As many requests as are tried: a refusal of the limit says nothing about the route.
    const env = {
      EVERTHREAD_RATE_LIMIT_READ: '0',
      EVERTHREAD_RATE_LIMIT_WRITE: '0',
      EVERTHREAD_RATE_LIMIT_EXECUTE: '0',
      EVERTHREAD_RATE_LIMIT_CREDENTIALS: '0',
      // So that a run can be had that waits.
      EVERTHREAD_APPROVE_RISK: 'medium',
      EVERTHREAD_MAX_CONCURRENT_RUNS_GLOBAL: '10000',
    };
    world = await startWorld({ roles: ['api', 'worker'], env });
    const open = new EverthreadClient({ baseUrl: world.apiUrl });
    const { data } = await open.controlPlane.api.POST('/api/auth/keys', { body: { name: 'tried', scopes: ['*'] } });
    const key = data?.key ?? '';
    mine = new EverthreadClient({ baseUrl: world.apiUrl, apiKey: key });
    headers = { Authorization: `Bearer ${key}` };
    // The key closes the door to those without one.
    await eventually('the door is closed', () =>
      open.managedThreads.list().then(
        () => false,
        (problem: unknown) => problem instanceof UnauthenticatedError,
      ),
    );
  }, 120_000);
  afterAll(() => world.stop(), 60_000);

  const OF_THREADS = { ...STREAMS, prepareThread: 'asks a host, and there is none: 503 is the right answer and looks like a failure' };
  const OF_CONTROL = {
    ...CONTROL_STREAMS,
    rotateAuthKey: 'may end the key that it is tried with; tried over fakes',
    deleteAuthKey: 'the same',
    executePattern: 'asks agents, and there are none: 503 is the right answer and looks like a failure',
  };

  const thread = async () => (await mine.managedThreads.spawn({ executionId: 'exec_tried', agentType: 'shell', name: 'tried', objective: 'echo hello' })).id;
  /** One that waits for an approval, until something of what is tried ends it. */
  const run = async () => {
    const intents = [{ tool: 'fs_patch', args: { path: 'tried.txt', mode: 'write', content: 'tried' } }];
    return (await mine.runs.start({ task: 'be tried', cognition: { provider: 'scripted', script: [{ intents }] } } as StartRun)).run_id;
  };

  onPython.each([
    ['managed-threads', OF_THREADS, thread, 5],
    ['control-plane', OF_CONTROL, null, 5],
    // Every run is a workflow: requests that are made up are tried over fakes.
    ['runs', RUN_STREAMS, run, 0],
  ] as const)(
    'finds no server error and no undocumented answer of %s',
    async (surface, without, make, maxExamples) => {
      const parameters: Record<string, string> = make === null ? {} : { 'path.id': await make() };

      const tried = await trySurface({ python, baseUrl: world.apiUrl, surface, without, maxExamples, parameters, headers });

      expectClean(tried);
      expect(tried.operations).toHaveLength(await operationsOf(world.apiUrl, surface, without));
    },
    300_000,
  );
});
