/** Runs of threads, and agents, over fakes. */
import { openStream, serve, type Served } from './serve';

let served: Served;
beforeEach(async () => {
  served = await serve();
  served.conversations.addAgent({ slug: 'writer' });
});
afterEach(() => served.server.close(100));

const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => served.call(method, path, body, headers, '');
const run = (body: object = {}, headers: Record<string, string> = {}) =>
  call('POST', '/v1/run', { agent: 'writer', prompt: 'Say hello', stream: false, ...body }, headers);

describe('a run for one answer', () => {
  it('opens a thread, waits for the end and tells how it ended', async () => {
    const { status, headers, body } = await run();

    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      ...{ runId: expect.any(String), threadId: expect.stringMatching(/^thr_/), sandboxId: null, executionMode: 'in_sandbox', targetDeviceId: null },
      ...{ status: 'completed', result: 'Hello.', iterations: 1, error: null },
      usage: { inputTokens: 3, promptTokens: 3, outputTokens: 2, completionTokens: 2, totalTokens: 5 },
    });
    expect([headers.get('x-run-id'), headers.get('x-thread-id')]).toEqual([body.data.runId, body.data.threadId]);
  });

  it('goes on in a thread, with its agent', async () => {
    const { body } = await run();
    const next = await call('POST', '/v1/run', { threadId: body.data.threadId, prompt: 'And again', stream: false });

    expect(next.body.data).toMatchObject({ threadId: body.data.threadId, status: 'completed' });
    expect(served.conversations.asked.at(-1)).toMatchObject({ request: { agent: null, messages: [{ role: 'user', text: 'And again' }], whenBusy: 'refuse' } });
  });

  it('takes messages, whose text may come in parts', async () => {
    const messages = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
      {
        role: 'user',
        parts: [
          { type: 'text', text: 'c' },
          { type: 'text', text: 'd' },
        ],
      },
    ];
    await run({ prompt: undefined, messages, config: { maxTurns: 3, temperature: 0.5 }, metadata: { ticket: 7 }, whenBusy: 'queue' });

    expect(served.conversations.asked[0]).toMatchObject({
      request: {
        messages: [
          { role: 'user', text: 'a' },
          { role: 'assistant', text: 'b' },
          { role: 'user', text: 'cd' },
        ],
        ...{ config: { maxTurns: 3, temperature: 0.5 }, metadata: { ticket: 7 }, whenBusy: 'queue', threadId: null, agent: 'writer' },
      },
    });
  });

  it.each([
    ['nothing to say', { prompt: undefined }, 'prompt'],
    ['a prompt and messages', { messages: [{ role: 'user', content: 'a' }] }, 'prompt'],
    ['an empty prompt', { prompt: '' }, 'prompt'],
    ['a message without text', { prompt: undefined, messages: [{ role: 'user' }] }, 'messages.0.content'],
    ['a message with two texts', { prompt: undefined, messages: [{ role: 'user', content: 'a', parts: [{ type: 'text', text: 'b' }] }] }, 'messages.0.content'],
    ['a last message that is not the user’s', { prompt: undefined, messages: [{ role: 'assistant', content: 'a' }] }, 'messages.0.role'],
    ['more than can be said', { prompt: undefined, messages: Array.from({ length: 3 }, () => ({ role: 'user', content: 'x'.repeat(100_000) })) }, 'messages'],
    ['a role that nobody has', { prompt: undefined, messages: [{ role: 'system', content: 'a' }] }, 'messages.0.role'],
    ['neither agent nor thread', { agent: undefined }, 'agent'],
    ['a config that is out of bounds', { config: { maxTurns: 0 } }, 'config.maxTurns'],
    ['metadata without end', { metadata: { a: 'x'.repeat(17_000) } }, 'metadata'],
    ['a field that nobody knows', { sandbox: 'x' }, 'sandbox'],
    ['a way of waiting that nobody knows', { whenBusy: 'push' }, 'whenBusy'],
  ])('refuses %s, naming the field', async (_what, more, field) => {
    const answer = await run(more);

    expect([answer.status, answer.body.error]).toMatchObject([400, { code: 'invalid_request', details: { field } }]);
    expect(served.conversations.kept).toEqual([]);
  });

  it('knows no agent and no thread that is not there', async () => {
    expect((await run({ agent: 'nobody' })).body.error).toMatchObject({ code: 'not_found', details: { code: 'conversation.agent_not_found' } });
    expect((await run({ threadId: 'thr_nothing' })).body.error).toMatchObject({ code: 'not_found', details: { code: 'conversation.not_found' } });
  });

  it('is THREAD_BUSY while another holds the thread, with what and since when', async () => {
    const kept = served.conversations.add();
    const since = kept.thread.createdAt;
    served.conversations.hold(kept, { kind: 'run', id: 'run_1', since });
    const busy = await run({ threadId: kept.thread.id });

    expect([busy.status, busy.body.error]).toMatchObject([409, { code: 'THREAD_BUSY', details: { holder: { kind: 'run', id: 'run_1', since } } }]);
  });

  it('happens once for a key', async () => {
    const [first, second] = [await run({}, { 'Idempotency-Key': 'k-1' }), await run({}, { 'Idempotency-Key': 'k-1' })];

    expect(second.body.data).toEqual(first.body.data);
    expect([first.headers.get('idempotency-replayed'), second.headers.get('idempotency-replayed')]).toEqual([null, 'true']);
    expect(served.conversations.kept).toHaveLength(1);
  });

  it('answers 202 with how it stands when it does not end in time', async () => {
    served.conversations.onRun = () => undefined;
    const answer = await run();

    expect([answer.status, answer.body.data]).toMatchObject([202, { status: 'running', result: null, usage: null }]);
  });

  it('is registered, and answered at once, where the owner runs it', async () => {
    served.conversations.addAgent({ slug: 'mac', executionMode: 'local-mac', targetDeviceId: 'mac-1' });
    for (const stream of [true, false]) {
      const answer = await run({ agent: 'mac', stream });
      expect([answer.status, answer.body.data]).toMatchObject([200, { status: 'registered', executionMode: 'local-mac', targetDeviceId: 'mac-1' }]);
      expect(answer.headers.get('x-run-id')).toBe(answer.body.data.runId);
    }
  });
});

describe('a run as a stream', () => {
  const streamed = async (body: object, more: Record<string, string> = {}) => {
    const headers = { 'Content-Type': 'application/json', ...more };
    const response = await fetch(`${served.url}/v1/run`, { method: 'POST', headers, body: JSON.stringify(body) });
    return { response, text: response.text() };
  };
  const eventsIn = (text: string) => [...text.matchAll(/^event: (.+)$/gm)].map(([, name]) => name);

  it('tells the run from its beginning to its end, and ends', async () => {
    const { response, text } = await streamed({ agent: 'writer', prompt: 'Say hello' });

    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect([response.headers.get('x-run-id'), response.headers.get('x-thread-id')]).toEqual([expect.any(String), expect.stringMatching(/^thr_/)]);
    const said = await text;
    expect(eventsIn(said)).toEqual(['run', 'run_started', 'user_message', 'assistant_message', 'run_completed']);
    expect(said).toContain(`"runId":"${response.headers.get('x-run-id')}"`);
    expect([...said.matchAll(/^id: (\d+)$/gm)].map(([, id]) => id)).toEqual(['1', '2', '3', '4']);
  });

  it('leaves out what other runs of the thread say', async () => {
    const kept = served.conversations.add({ agentId: served.conversations.agentRows[0]?.id as string });
    served.conversations.onRun = (mine) => {
      served.conversations.tell(kept, 'assistant_message', { text: 'of another' }, 'run_other');
      served.conversations.tell(kept, 'run_completed', { status: 'completed' }, 'run_other');
      served.conversations.end(mine.runId, 'failed', null);
    };
    const { text } = await streamed({ threadId: kept.thread.id, prompt: 'x' });

    expect(await text).not.toContain('of another');
    expect(eventsIn(await text).at(-1)).toBe('run_completed');
  });

  it('of a run that waits for its turn ends when it is taken out of the queue', async () => {
    const kept = served.conversations.add({ agentId: served.conversations.agentRows[0]?.id as string });
    served.conversations.hold(kept, { kind: 'run', id: 'run_other', since: kept.thread.createdAt });
    const { response, text } = await streamed({ threadId: kept.thread.id, prompt: 'x', whenBusy: 'queue' });
    await call('POST', `/v1/run/${response.headers.get('x-run-id')}/cancel`);

    expect(eventsIn(await text)).toEqual(['run', 'run_completed']);
    expect(await text).toContain('"status":"cancelled"');
  });

  it('of a run that was taken out of the queue ends also for whoever asks again with the same key', async () => {
    const kept = served.conversations.add({ agentId: served.conversations.agentRows[0]?.id as string });
    served.conversations.hold(kept, { kind: 'run', id: 'run_other', since: kept.thread.createdAt });
    const body = { threadId: kept.thread.id, prompt: 'x', whenBusy: 'queue' };
    const first = await streamed(body, { 'Idempotency-Key': 'again' });
    await call('POST', `/v1/run/${first.response.headers.get('x-run-id')}/cancel`);
    await first.text;
    const second = await streamed(body, { 'Idempotency-Key': 'again' });

    expect(second.response.headers.get('x-run-id')).toBe(first.response.headers.get('x-run-id'));
    expect(eventsIn(await second.text)).toEqual(['run', 'run_completed']);
  });

  it('is refused before it begins', async () => {
    const { response } = await streamed({ agent: 'nobody', prompt: 'x' });

    expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/json; charset=utf-8']);
  });
});

describe('runs', () => {
  it('are listed newest first, by agent, thread and status', async () => {
    served.conversations.addAgent({ slug: 'other' });
    const [first, second] = [(await run()).body.data, (await run({ agent: 'other' })).body.data];
    const ids = async (query: string) => (await call('GET', `/v1/run${query}`)).body.data.runs.map(({ id }: { id: string }) => id);

    expect(await ids('')).toEqual([second.runId, first.runId]);
    expect(await ids('?agent=writer')).toEqual([first.runId]);
    expect(await ids(`?thread=${second.threadId}`)).toEqual([second.runId]);
    expect(await ids('?status=failed')).toEqual([]);
    const page = await call('GET', '/v1/run?limit=1');
    expect(await ids(`?limit=1&cursor=${encodeURIComponent(page.body.nextCursor)}`)).toEqual([first.runId]);
    expect(page.body.data.runs[0]).toMatchObject({
      id: second.runId,
      sandboxId: null,
      userId: 'local',
      status: 'completed',
      agent: 'other',
      threadId: second.threadId,
    });
    expect((await call('GET', '/v1/run?status=thinking')).status).toBe(400);
  });

  it('are cancelled, with the reason', async () => {
    served.conversations.onRun = () => undefined;
    const { runId, threadId } = (await run()).body.data;
    const answer = await call('POST', `/v1/run/${runId}/cancel`, { reason: 'no longer needed' });

    expect([answer.status, answer.body.data]).toEqual([200, { runId, threadId, accepted: false }]);
    expect(served.conversations.asked.at(-1)).toMatchObject({ what: 'cancelRun', request: { runId, reason: 'no longer needed' } });
    expect((await call('GET', `/v1/run/${runId}`)).body.data.status).toBe('cancelled');
    expect((await call('POST', '/v1/run/run_nothing/cancel')).status).toBe(404);
  });
});

describe('agents', () => {
  const definition = {
    slug: 'coder',
    name: 'Coder',
    model: 'anthropic/claude-sonnet-5',
    systemPrompt: 'Write code.',
    tools: ['fs_*'],
    maxIterations: 8,
    autoCompactTokens: 50_000,
  };

  it('are made once, changed by version, and the same definition changes nothing', async () => {
    const actions = [];
    for (const body of [definition, definition, { ...definition, name: 'Better coder' }]) {
      const answer = await call('POST', '/v1/agents', body);
      expect(answer.status).toBe(200);
      actions.push([answer.body.data.action, answer.body.data.version, answer.body.data.id]);
    }
    const id = actions[0]?.[2];

    expect(actions).toEqual([
      ['created', 1, id],
      ['unchanged', 1, id],
      ['updated', 2, id],
    ]);
    expect((await call('GET', '/v1/agents/coder')).body.data).toMatchObject({
      id,
      slug: 'coder',
      version: 2,
      name: 'Better coder',
      model: 'anthropic/claude-sonnet-5',
    });
    expect((await call('GET', `/v1/agents/${id}`)).body.data.slug).toBe('coder');
    expect((await call('GET', '/v1/agents/nobody')).body.error.details.code).toBe('conversation.agent_not_found');
  });

  it.each([
    ['a slug with capitals', { slug: 'Coder' }, 'slug'],
    ['no name', { name: undefined }, 'name'],
    ['a model without a form', { model: 'two words' }, 'model'],
    ['too many iterations', { maxIterations: 101 }, 'maxIterations'],
    ['too many tokens', { maxTokens: 128_001 }, 'maxTokens'],
    ['a temperature beyond 2', { temperature: 2.5 }, 'temperature'],
    ['a field that nobody knows', { sandbox: {} }, 'sandbox'],
  ])('are refused with %s, naming the field', async (_what, more, field) => {
    const answer = await call('POST', '/v1/agents', { ...definition, ...more });

    expect([answer.status, answer.body.error.details.field]).toEqual([400, field]);
  });

  it('are listed by slug, page by page', async () => {
    for (const slug of ['b', 'a', 'c']) await call('POST', '/v1/agents', { ...definition, slug });
    const first = await call('GET', '/v1/agents?limit=3');
    const second = await call('GET', `/v1/agents?limit=3&cursor=${encodeURIComponent(first.body.nextCursor)}`);

    expect([first, second].map(({ body }) => body.data.agents.map(({ slug }: { slug: string }) => slug))).toEqual([['a', 'b', 'c'], ['writer']]);
    expect(second.body).toMatchObject({ hasMore: false, nextCursor: null });
  });
});

it('ends the stream of a run when its client leaves, and the run goes on', async () => {
  served.conversations.onRun = () => undefined;
  const kept = served.conversations.add({ agentId: served.conversations.agentRows[0]?.id as string });
  const controller = new AbortController();
  const response = await fetch(`${served.url}/v1/run`, {
    ...{ method: 'POST', headers: { 'Content-Type': 'application/json' }, signal: controller.signal },
    body: JSON.stringify({ threadId: kept.thread.id, prompt: 'x' }),
  });
  controller.abort();
  const watch = await openStream(`${served.url}/v1/threads/${kept.thread.id}/events?after=0`);
  await watch.message();
  const started = await watch.message();
  watch.close();

  expect([response.status, started?.event, kept.thread.status]).toEqual([200, 'run_started', 'running']);
});
