/** One trace from an HTTP request through its workflow to its activities on worker and host, seen by a collector on loopback. */
import { Worker, type InjectedSinks } from '@temporalio/worker';
import { threadAddress } from '../../src/contracts/managed-thread/commands';
import type { TraceSinks } from '../../src/contracts/tracing';
import { builtWorkflows } from '../support/built';
import { until } from '../support/eventually';
import { Http } from '../support/http';
import { completed, TestThread } from '../support/threads';
import { traceCollector, type SeenSpan, type TraceCollector } from '../support/trace-collector';
import { startWorld, type World } from '../support/world';

const CALLER = { trace: '0af7651916cd43dd8448eb211c80319c', span: 'b7ad6b7169203331' };

let collector: TraceCollector;
let world: World;
let http: Http;
beforeAll(async () => {
  collector = await traceCollector();
  world = await startWorld({ env: { EVERTHREAD_OTLP_URL: collector.url } });
  http = new Http(world);
}, 120_000);
afterAll(async () => {
  await world.stop();
  await collector.close();
}, 60_000);

const ofTrace = (traceId: string): readonly SeenSpan[] => collector.spans.filter((span) => span.traceId === traceId);

/** The names of the spans above this one, nearest first; ends with the parent that no process here made. */
function above(span: SeenSpan): readonly string[] {
  const parent = collector.spans.find(({ spanId }) => spanId === span.parentSpanId);
  return parent ? [parent.name, ...above(parent)] : [span.parentSpanId ?? 'none'];
}

async function spawned(id: string): Promise<void> {
  const body = { id, name: id, agentType: 'scripted', executionId: 'exec-traces', objective: 'say hello' };
  const answer = await http.post('/managed-threads', body, { traceparent: `00-${CALLER.trace}-${CALLER.span}-01`, 'x-request-id': `req-${id}` });
  expect([answer.status, answer.body.code]).toEqual([201, undefined]);
}

it('joins the caller, the request, the workflow and the activities of worker and host', async () => {
  await spawned('traced');
  const thread = new TestThread(world, 'traced', '');
  await thread.has('the objective was worked through', completed(1));

  const [commit, prepare] = await until('the activities were told', () => {
    const found = ['RunActivity:commitJournal', 'RunActivity:prepareThread'].map((name) => ofTrace(CALLER.trace).find((span) => span.name === name));
    return found.every((span) => span && above(span).at(-1) === CALLER.span) ? (found as SeenSpan[]) : null;
  });

  const way = ['RunWorkflow:managedThread', 'StartWorkflow:managedThread', 'POST /api/managed-threads', CALLER.span];
  expect([commit?.service, above(commit as SeenSpan)]).toEqual(['everthread-worker', way]);
  expect([prepare?.service, above(prepare as SeenSpan)]).toEqual(['everthread-host', way]);
  const request = ofTrace(CALLER.trace).find(({ name }) => name === 'POST /api/managed-threads');
  expect(request?.attributes).toMatchObject({
    'http.route': '/api/managed-threads',
    'everthread.request_id': 'req-traced',
    'everthread.surface': 'managed-threads',
  });
  expect(collector.strange).toEqual([]);
});

it('puts what follows from a later message into the trace of that message', async () => {
  await spawned('later');
  const thread = new TestThread(world, 'later', '');
  await thread.has('the objective was worked through', completed(1));

  await http.post('/managed-threads/later/send', { message: 'say again' });
  await thread.has('the message was worked through', completed(2));

  const typed = await until('its typing was told', () =>
    collector.spans.find((span) => span.name === 'RunActivity:typeInput' && above(span).includes('POST /api/managed-threads/:id/send')),
  );
  expect(above(typed).slice(0, 3)).toEqual(['HandleUpdate:send', 'StartWorkflowUpdate:send', 'POST /api/managed-threads/:id/send']);
  expect(typed.traceId).not.toBe(CALLER.trace);
});

it('leaves histories that replay, with traces on or off', async () => {
  await spawned('replayed');
  const thread = new TestThread(world, 'replayed', '');
  await thread.has('the objective was worked through', completed(1));

  const history = await world.temporal.workflow.getHandle(threadAddress('default', 'replayed')).fetchHistory();

  expect(JSON.stringify(history)).toContain('_tracer-data');
  const sinks: InjectedSinks<TraceSinks> = { everthreadTraces: { taken: { fn: () => undefined } } };
  await Worker.runReplayHistory({ workflowBundle: await builtWorkflows(), sinks }, history);
});

it('records nothing for a caller that said not to, and carries that on', async () => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  await http.post(
    '/managed-threads',
    { id: 'quiet', name: 'quiet', agentType: 'scripted', executionId: 'exec-traces', objective: 'say hello' },
    { traceparent: `00-${trace}-${CALLER.span}-00` },
  );
  const thread = new TestThread(world, 'quiet', '');
  await thread.has('the objective was worked through', completed(1));
  await spawned('after');
  await until('a later request was told', () => collector.spans.some(({ attributes }) => attributes['everthread.request_id'] === 'req-after'));

  expect(ofTrace(trace)).toEqual([]);
});
