/** Schemathesis tries every operation on a whole real system, as ./schemathesis.test.ts does over fakes. */
import { EverthreadClient, UnauthenticatedError, type ConversationAgent, type StartRun } from '../../src/client/client';
import { eventually } from '../support/eventually';
import { pythonTests } from '../support/python';
import { TRIAL_MS, trySurface } from '../support/schemathesis';
import * as trials from '../support/schemathesis-trials';
import { startWorld, type World } from '../support/world';

const { onPython, python } = pythonTests('Schemathesis', 'schemathesis');

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

  const OF_THREADS = { ...trials.STREAMS, prepareThread: 'asks a host, and there is none: 503 is the right answer and looks like a failure' };
  const OF_CONTROL = {
    ...trials.CONTROL_STREAMS,
    rotateAuthKey: 'may end the key that it is tried with; tried over fakes',
    deleteAuthKey: 'the same',
    executePattern: 'asks agents, and there are none: 503 is the right answer and looks like a failure',
  };

  const OF_CONVERSATIONS = { ...trials.CONVERSATION_STREAMS, deleteThread: 'ends the thread that the others are tried with; tried over fakes' };
  const OF_PROTOCOL = { ...trials.PROTOCOL_STREAMS, deleteProtocolThread: 'ends the thread that the others are tried with; tried over fakes' };
  /** One whose run has ended. */
  const conversation = async () => {
    await mine.threads.agent({ slug: 'tried', name: 'tried', model: 'mock' } as ConversationAgent);
    return (await mine.threads.run({ agent: 'tried', prompt: 'be tried' })).threadId;
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
    ['runs', trials.RUN_STREAMS, run, 0],
    ['threads', OF_CONVERSATIONS, conversation, 0],
    ['agent-protocol', OF_PROTOCOL, conversation, 0],
    ['ag-ui', {}, conversation, 0],
  ] as const)(
    'finds no server error and no undocumented answer of %s',
    async (surface, without, make, maxExamples) => {
      const parameters: Record<string, string> = make === null ? {} : { 'path.id': await make(), 'path.slug': 'tried' };

      const tried = await trySurface({
        python: python(),
        baseUrl: world.apiUrl,
        surface,
        without,
        maxExamples,
        parameters,
        headers,
        streams: surface === trials.STREAMED,
      });

      trials.expectClean(tried);
      expect(tried.operations).toHaveLength(await trials.operationsOf(world.apiUrl, surface, without));
    },
    TRIAL_MS,
  );
});
