/** The routes of executions and batches against the examples of seed 001, over fakes. */
import { serve, type Served } from './serve';

let served: Served;
beforeEach(async () => {
  served = await serve();
});
afterEach(() => served.server.close(100));

const BODY = { input: { content: 'Document to classify' }, options: { timeout: 30_000, priority: 'high', metadata: { requestId: 'req_123' } } };
const ANSWER = { category: 'technology', confidence: 0.92 };

const complete = (): void => {
  served.executions.onStart = (kept) => {
    for (const [n, confidence] of [0.95, 0.88, 0.93].entries()) {
      const task = { taskId: `t${n}`, agentId: `agent_${n + 1}`, agentName: `agent ${n + 1}`, step: 'main', attempt: 1, status: 'completed' as const };
      kept.tasks.push({ ...task, result: { value: { category: 'technology', confidence } }, confidence, reasoning: null, error: null, durationMs: 10 });
      kept.journal.record('agent_result', { agentId: `agent_${n + 1}`, result: { value: { category: 'technology' } } });
    }
    served.executions.end(kept, { status: 'completed', result: { value: ANSWER }, confidence: 0.92 });
  };
};

/** The events of a stream that ends by itself, as `event: data` pairs. */
async function streamed(response: Response): Promise<{ id: string; event: string; data: any }[]> {
  const blocks = (await response.text()).split('\n\n').filter((block) => block.includes('data: '));
  return blocks.map((block) => {
    const field = (name: string) =>
      block
        .split('\n')
        .find((line) => line.startsWith(`${name}: `))
        ?.slice(name.length + 2) ?? '';
    return { id: field('id'), event: field('event'), data: JSON.parse(field('data')) };
  });
}

it('executes a pattern and answers with its result and its agents, as the seed shows it', async () => {
  complete();
  const { status, body } = await served.call('POST', '/patterns/content-classifier/execute?version=1.x', BODY);

  expect(status).toBe(200);
  expect(body).toMatchObject({ executionId: 'exec_1', status: 'completed', result: ANSWER, duration: 2340 });
  expect(body.agents).toMatchObject([{ id: 'agent_1', result: { category: 'technology', confidence: 0.95 } }, { id: 'agent_2' }, { id: 'agent_3' }]);
  expect(served.executions.asked).toEqual([
    { pattern: 'content-classifier', version: '1.x', input: BODY.input, timeoutMs: 30_000, priority: 'high', metadata: { requestId: 'req_123' } },
  ]);
});

it('answers at once when it is asked not to wait', async () => {
  const { status, body, headers } = await served.call('POST', '/patterns/content-classifier/execute?async=true', BODY);

  expect([status, body]).toEqual([202, { executionId: 'exec_1', status: 'pending', statusUrl: '/api/executions/exec_1' }]);
  expect(headers.get('location')).toBe('/api/executions/exec_1');
});

it('answers TIMEOUT with the id when the execution takes longer than a call may wait, and lets it go on', async () => {
  const { status, body } = await served.call('POST', '/patterns/content-classifier/execute', BODY);

  expect(status).toBe(408);
  expect(body.error).toMatchObject({
    code: 'TIMEOUT',
    details: { code: 'execution.still_running', executionId: 'exec_1', statusUrl: '/api/executions/exec_1' },
  });
  expect(served.executions.kept[0]?.row.status).toBe('pending');
});

it('answers NO_AGENTS when there were none, and TIMEOUT when the execution’s own time was up', async () => {
  const answers = [];
  for (const code of ['agents.none', 'execution.timeout']) {
    served.executions.onStart = (kept) => served.executions.end(kept, { status: 'failed', error: { code, message: 'No.', details: {} } });
    answers.push(await served.call('POST', '/patterns/content-classifier/execute', BODY));
  }
  expect(answers.map(({ status, body }) => [status, body.error.code, body.error.details.status])).toEqual([
    [503, 'NO_AGENTS', 'failed'],
    [408, 'TIMEOUT', 'failed'],
  ]);
});

it('answers another failure as an execution that has failed', async () => {
  served.executions.onStart = (kept) =>
    served.executions.end(kept, { status: 'failed', error: { code: 'execution.validation_failed', message: 'Too unsure.', details: { confidence: 0.5 } } });
  const { status, body } = await served.call('POST', '/patterns/content-classifier/execute', BODY);

  expect([status, body.status, body.error.code]).toEqual([200, 'failed', 'execution.validation_failed']);
});

it('starts once for each Idempotency-Key', async () => {
  complete();
  const first = await served.call('POST', '/patterns/content-classifier/execute', BODY, { 'Idempotency-Key': 'k' });
  const second = await served.call('POST', '/patterns/content-classifier/execute', BODY, { 'Idempotency-Key': 'k' });

  expect(second.body).toEqual(first.body);
  expect(second.headers.get('idempotency-replayed')).toBe('true');
  expect(served.executions.kept).toHaveLength(1);
});

it.each([
  [{ input: 'x' }, 'input'],
  [{ input: {}, options: { timeout: 1 } }, 'options.timeout'],
  [{ input: {}, options: { priority: 'urgent' } }, 'options.priority'],
  [{ input: {}, option: {} }, 'option'],
])('names the field that is wrong in %j', async (body, field) => {
  const answer = await served.call('POST', '/patterns/content-classifier/execute', body);

  expect([answer.status, answer.body.error.code, answer.body.error.details.field]).toEqual([400, 'VALIDATION_ERROR', field]);
});

it('streams started, each agent’s result and the end, in the words of the seed', async () => {
  complete();
  const response = await fetch(`${served.url}/api/patterns/content-classifier/execute/stream`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(BODY),
  });
  const events = await streamed(response);

  expect(events.map(({ event }) => event)).toEqual(['started', 'agent_result', 'agent_result', 'agent_result', 'completed']);
  expect(events[0]?.data).toMatchObject({ executionId: 'exec_1', status: 'running' });
  expect(events[1]?.data).toMatchObject({ agentId: 'agent_1', result: { category: 'technology' } });
  expect(events.at(-1)?.data).toMatchObject({ status: 'completed', result: ANSWER });
});

it('takes an execution as the peer’s server does', async () => {
  const { status, body } = await served.call('POST', '/executions', { patternName: 'content-classifier', input: { content: 'x' }, options: { stream: true } });

  expect(status).toBe(202);
  expect(body).toMatchObject({ id: 'exec_1', status: 'accepted', streamUrl: '/api/executions/exec_1/events/stream', webhookConfigured: false });
  const told = await served.call('POST', '/executions', { patternName: 'x', webhook: { url: 'https://example.com/hook', events: ['failed'] } });
  expect([told.status, told.body.webhookConfigured]).toEqual([202, true]);
  const refused = await served.call('POST', '/executions', { patternName: 'x', webhook: { url: 'http://10.0.0.1/hook' } });
  expect([refused.status, refused.body.error.details.field]).toEqual([400, 'webhook.url']);
});

it('reads, lists and pages executions with a true total', async () => {
  for (let n = 0; n < 3; n++) served.executions.add({ status: n === 0 ? 'failed' : 'pending' });
  const list = await served.call('GET', '/executions?status=pending&limit=1');

  expect(list.body).toMatchObject({ total: 2, limit: 1, offset: 0, hasMore: true });
  expect(list.body.executions).toEqual([
    { executionId: 'exec_3', pattern: 'content-classifier', version: '1.0.0', status: 'pending', createdAt: '2026-03-01T08:00:00.000Z' },
  ]);
  expect((await served.call('GET', '/executions/exec_1')).body).toMatchObject({
    ...{ executionId: 'exec_1', pattern: { name: 'content-classifier', version: '1.0.0' }, input: { content: 'x' }, agents: [] },
  });
  expect((await served.call('GET', '/executions/exec_none')).body.error.code).toBe('NOT_FOUND');
});

it('pages events, and follows them from where a client was', async () => {
  complete();
  await served.call('POST', '/patterns/content-classifier/execute', BODY);
  const page = await served.call('GET', '/executions/exec_1/events?limit=2&after=1');

  expect(page.body).toMatchObject({ count: 2, hasMore: true, nextAfter: 3 });
  expect(page.body.events[0]).toMatchObject({ id: 'exec_1/2', seq: 2, type: 'agent_result', agentId: 'agent_1', data: { result: { category: 'technology' } } });
  const follow = (headers: Record<string, string>) =>
    fetch(`${served.url}/api/executions/exec_1/events`, { headers: { Accept: 'text/event-stream', ...headers } });
  expect((await streamed(await follow({ 'Last-Event-ID': '3' }))).map(({ id, event }) => [id, event])).toEqual([
    ['4', 'agent_result'],
    ['5', 'completed'],
  ]);
  expect((await follow({ 'Last-Event-ID': '5' })).status).toBe(204);
});

it('cancels once, and shows the first cancellation again', async () => {
  served.executions.add({ status: 'running' });
  const first = await served.call('POST', '/executions/exec_1/cancel', { reason: 'enough' });

  expect([first.status, first.body]).toEqual([200, { executionId: 'exec_1', status: 'cancelled', cancelledAt: '2026-03-01T08:00:00.000Z', reason: 'enough' }]);
  expect((await served.call('POST', '/executions/exec_1/cancel', { reason: 'again' })).body).toEqual(first.body);
  served.executions.add({ status: 'completed' });
  expect((await served.call('POST', '/executions/exec_2/cancel')).status).toBe(409);
});

it('answers what an execution asks a person', async () => {
  const approvals = [{ approvalId: 'exec_1/ask/1', step: 'ask', to: 'Which?', message: 'asks', deadlineAt: null }];
  served.executions.add({ status: 'running', approvals });
  expect((await served.call('GET', '/executions/exec_1')).body.approvals).toEqual(approvals);
  expect((await served.call('POST', '/executions/exec_1/approve', { approve: true })).body).toMatchObject({ approvalId: 'exec_1/ask/1', approve: true });
  served.executions.add();
  expect((await served.call('POST', '/executions/exec_2/approve', { approve: true })).status).toBe(409);
});

it('tries an execution again as a new one', async () => {
  served.executions.add({ status: 'failed' });
  const { status, body } = await served.call('POST', '/executions/exec_1/retry', {});

  expect([status, body]).toEqual([201, { originalExecutionId: 'exec_1', newExecutionId: 'exec_2', status: 'pending', statusUrl: '/api/executions/exec_2' }]);
  expect((await served.call('POST', '/executions/exec_2/retry', {})).status).toBe(409);
});

it('counts executions by all, hour and day', async () => {
  await served.call('POST', '/patterns', { definition: 'name: counted\nversion: 1.0.0\nagents: {capabilities: [a], min: 1}\n' });
  expect((await served.call('GET', '/patterns/counted/metrics')).body).toMatchObject({ pattern: 'counted', total_executions: 1, avg_duration_ms: 12.5 });
  expect((await served.call('GET', '/patterns/nobody/metrics')).status).toBe(404);
  expect((await served.call('GET', '/executions/stats/summary')).body).toMatchObject({ total_executions: 4, in_progress: 1, avg_duration_ms: 12.5 });
  expect((await served.call('GET', '/executions/stats/hourly?hours=3')).body.stats).toHaveLength(3);
  expect((await served.call('GET', '/executions/stats/daily')).body.stats).toHaveLength(7);
});

it('takes a batch, shows its results by index and in pages, and cancels it', async () => {
  const inputs = [{ content: 'Document 1' }, { content: 'Document 2' }, { content: 'Document 3' }];
  const started = await served.call('POST', '/batch/execute', { pattern: 'content-classifier', inputs, options: { concurrency: 5, stopOnError: false } });

  expect(started.status).toBe(202);
  expect(started.body).toMatchObject({ batchId: 'batch_1', status: 'running', total: 3, completed: 0, failed: 0, statusUrl: '/api/batch/batch_1' });
  const page = await served.call('GET', '/batch/batch_1?limit=2&offset=1');
  expect(page.body).toMatchObject({ status: 'running', total: 3, limit: 2, offset: 1, hasMore: false });
  expect(page.body.results).toMatchObject([{ index: 1, executionId: 'exec_1_1', status: 'completed', result: { at: 1 } }, { index: 2 }]);
  expect((await served.call('POST', '/batch/batch_1/cancel', {})).body).toMatchObject({ batchId: 'batch_1', status: 'cancelled' });
  const events = await streamed(await fetch(`${served.url}/api/batch/batch_1/events`, { headers: { Accept: 'text/event-stream' } }));
  expect(events.map(({ event }) => event)).toEqual(['started', 'cancelled']);
});

it('tells who resumes after the end of a batch or an execution what was recorded since, and closes', async () => {
  await served.call('POST', '/batch/execute', { pattern: 'content-classifier', inputs: [{}, {}] });
  await served.call('POST', '/batch/batch_1/cancel', {});
  const [batch] = served.batches.kept;
  for (const index of [0, 1]) served.batches.record(batch!, 'item_ended', { index, status: 'cancelled' });
  const execution = served.executions.add({ status: 'cancelled', lastSeq: 2 });
  for (const type of ['cancelled', 'threads_stopped']) execution.journal.record(type);
  const resume = (path: string, id: number) =>
    fetch(`${served.url}/api${path}/events`, { headers: { Accept: 'text/event-stream', 'Last-Event-ID': String(id) }, signal: AbortSignal.timeout(3_000) });
  const seen = async (path: string, id: number) => (await streamed(await resume(path, id))).map((event) => [event.id, event.event]);

  expect(await seen('/batch/batch_1', 2)).toEqual([
    ['3', 'item_ended'],
    ['4', 'item_ended'],
  ]);
  expect(await seen('/batch/batch_1', 3)).toEqual([['4', 'item_ended']]);
  expect((await resume('/batch/batch_1', 4)).status).toBe(204);
  expect(await seen('/executions/exec_1', 1)).toEqual([['2', 'threads_stopped']]);
  // From the beginning it closes at the end itself.
  expect((await seen('/batch/batch_1', 0)).map(([, type]) => type)).toEqual(['started', 'cancelled']);
});

it('refuses a batch without inputs and one with too many at once', async () => {
  const none = await served.call('POST', '/batch/execute', { pattern: 'x', inputs: [] });
  const fast = await served.call('POST', '/batch/execute', { pattern: 'x', inputs: [{}], options: { concurrency: 1_000 } });

  expect([none.body.error.details.field, fast.body.error.details.field]).toEqual(['inputs', 'options.concurrency']);
});

describe('an execution that is followed by its own request', () => {
  const follow = (headers: Record<string, string>) =>
    fetch(`${served.url}/api/patterns/content-classifier/execute/stream`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'k', ...headers },
      body: JSON.stringify(BODY),
    });

  it('repeats nothing to who comes again with the same key and the last id', async () => {
    complete();
    const first = await streamed(await follow({}));
    const second = await streamed(await follow({ 'Last-Event-ID': first[1]!.id }));
    const over = await follow({ 'Last-Event-ID': first.at(-1)!.id });

    expect(second).toEqual(first.slice(2));
    expect([over.status, await over.text()]).toEqual([204, '']);
    expect(served.executions.kept).toHaveLength(1);
  });

  it('is told from its beginning to who comes first, whatever was seen of another', async () => {
    complete();
    const events = await streamed(await follow({ 'Last-Event-ID': '4' }));

    expect(events.map(({ event }) => event)).toEqual(['started', 'agent_result', 'agent_result', 'agent_result', 'completed']);
  });

  it('is not begun by a request with an id that is none', async () => {
    const answer = await follow({ 'Last-Event-ID': 'x' });

    expect([answer.status, ((await answer.json()) as any).error.details.field]).toEqual([400, 'Last-Event-ID']);
    expect(served.executions.kept).toEqual([]);
  });
});
