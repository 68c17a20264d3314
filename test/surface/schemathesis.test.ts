/**
 * Schemathesis tries every operation of every surface over the fakes: bodies, parameters and methods that fit the description and such that do not. Nothing may be a server error, and no
 * answer may be undocumented. ./live-schemathesis.test.ts does it on a whole real system.
 */
import type { IncomingMessage } from 'node:http';
import { OPEN_PRINCIPAL, type Principal } from '../../src/contracts/principal';
import { Fault } from '../../src/errors/fault';
import { pythonTests } from '../support/python';
import { TRIAL_MS, trySurface } from '../support/schemathesis';
import * as trials from '../support/schemathesis-trials';
import { serve, type Served } from './serve';

const { onPython, python } = pythonTests('Schemathesis', 'schemathesis');

const KEY = 'pk_test_0123456789abcdef';
const byKey = (request: IncomingMessage): Principal => {
  if (request.headers.authorization === `Bearer ${KEY}` || request.headers['x-api-key'] === KEY) return OPEN_PRINCIPAL;
  throw new Fault('unauthenticated', 'access.no_credentials', 'Send a key.');
};
const headers = { Authorization: `Bearer ${KEY}` };

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
    ['managed-threads', trials.STREAMS],
    ['control-plane', trials.CONTROL_STREAMS],
    ['runs', trials.RUN_STREAMS],
    ['threads', trials.CONVERSATION_STREAMS],
    ['agent-protocol', trials.PROTOCOL_STREAMS],
    ['scriptum', trials.SCRIPT_STREAMS],
    ['ag-ui', {}],
  ])(
    'finds no server error and no undocumented answer of %s',
    async (surface, without) => {
      const tried = await trySurface({
        python: python(),
        baseUrl: served.url,
        surface,
        without,
        maxExamples: 10,
        headers,
        streams: surface === trials.STREAMED,
      });

      trials.expectClean(tried);
      expect(tried.operations).toHaveLength(await trials.operationsOf(served.url, surface, without));
    },
    TRIAL_MS,
  );
});
