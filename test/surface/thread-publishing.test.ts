/** Publishing into threads, and rollouts as lines, over fakes. */
import { serve, type Served } from './serve';

let served: Served;
beforeEach(async () => {
  served = await serve();
});
afterEach(() => served.server.close(100));

const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => served.call(method, path, body, headers, '');

/** A thread that a local run holds. */
function held() {
  const kept = served.conversations.add({ executionMode: 'local-mac' });
  const run = served.conversations.addRun(kept, { executionMode: 'local-mac' });
  const of = { threadId: kept.thread.id, runId: run.runId, rolloutId: run.rolloutId };
  return { kept, of };
}

describe('publishing one event', () => {
  it('keeps a durable one and says its sequence', async () => {
    const { kept, of } = held();
    const answer = await call('POST', '/v1/thread-events', { ...of, type: 'assistant_message', payload: { text: 'Done.' } });

    expect([answer.status, answer.body.data]).toEqual([200, { threadId: of.threadId, rolloutId: of.rolloutId, sequence: 2, appended: 1, durable: true }]);
    expect(kept.events.at(-1)).toMatchObject({ sequence: 2, type: 'assistant_message', payload: { text: 'Done.' }, runId: of.runId });
  });

  it('tells a transient one once, and changes nothing of the thread by it', async () => {
    const { kept, of } = held();
    const before = { ...kept.thread };
    const tell = (sequenceNumber: number) =>
      call('POST', '/v1/thread-events', { ...of, type: 'assistant_message_delta', sequenceNumber, payload: { text: 'Do' } });
    const delivered = [await tell(1), await tell(2), await tell(2), await tell(1)].map(({ body }) => body.data.delivered);

    expect(delivered).toEqual([true, true, false, false]);
    expect(kept.thread).toEqual(before);
    expect(kept.events).toHaveLength(1);
  });

  it.each([
    ['no number', {}, 'sequenceNumber'],
    ['the number 0', { sequenceNumber: 0 }, 'sequenceNumber'],
    ['a number below 0', { sequenceNumber: -1 }, 'sequenceNumber'],
    ['a number that is not whole', { sequenceNumber: 1.5 }, 'sequenceNumber'],
    ['no thread', { threadId: undefined, sequenceNumber: 1 }, 'threadId'],
    ['no run', { runId: undefined, sequenceNumber: 1 }, 'runId'],
    ['no rollout', { rolloutId: undefined, sequenceNumber: 1 }, 'rolloutId'],
    ['a type that is unknown', { type: 'thinking', sequenceNumber: 1 }, 'type'],
    ['a type that only the server tells: a snapshot', { type: 'snapshot', sequenceNumber: 1 }, 'type'],
    ['a type that only the server tells: a deletion', { type: 'thread_deleted', sequenceNumber: 1 }, 'type'],
    ['a type that only the server tells: a compaction', { type: 'compaction_completed' }, 'type'],
  ])('refuses a transient one with %s, naming the field', async (_what, more, field) => {
    const { of } = held();
    const answer = await call('POST', '/v1/thread-events', { ...of, type: 'assistant_message_delta', ...more });

    expect([answer.status, answer.body.error]).toMatchObject([400, { code: 'invalid_request', details: { field } }]);
  });

  it('refuses a number with a durable one: the server counts those', async () => {
    const { of } = held();

    expect((await call('POST', '/v1/thread-events', { ...of, type: 'user_message', sequenceNumber: 7 })).body.error.details.field).toBe('sequenceNumber');
  });

  it.each(['x-internal-service', 'X-Service-Token', 'x-internal'])('refuses who speaks as a service inside: %s', async (header) => {
    const { kept, of } = held();
    const one = await call('POST', '/v1/thread-events', { ...of, type: 'user_message' }, { [header]: 'orchestrator' });
    const batch = await call(
      'POST',
      `/v1/threads/${of.threadId}/events`,
      { ...of, threadId: undefined, events: [{ type: 'user_message' }] },
      { [header]: 'x' },
    );

    for (const { status, body } of [one, batch])
      expect([status, body.error.code, body.error.details.code]).toEqual([403, 'forbidden', 'access.internal_header']);
    expect(kept.events).toHaveLength(1);
  });

  it.each([
    ['another rollout', { rolloutId: 'rol_other' }, 'conflict', 'conversation.rollout_inactive'],
    ['another run', { runId: 'run_other' }, 'conflict', 'conversation.run_not_active'],
  ])('answers 409 for %s', async (_what, more, word, code) => {
    const { of } = held();
    for (const event of [{ type: 'user_message' }, { type: 'assistant_message_delta', sequenceNumber: 1 }]) {
      const answer = await call('POST', '/v1/thread-events', { ...of, ...more, ...event });
      expect([answer.status, answer.body.error.code, answer.body.error.details.code]).toEqual([409, word, code]);
    }
  });

  it('answers THREAD_BUSY while a compaction holds the thread', async () => {
    const { kept, of } = held();
    served.conversations.hold(kept, { kind: 'compaction', id: 'cmp_1', since: kept.thread.createdAt });
    const answer = await call('POST', '/v1/thread-events', { ...of, type: 'user_message' });

    expect([answer.status, answer.body.error.code]).toEqual([409, 'THREAD_BUSY']);
  });
});

describe('publishing many', () => {
  it('keeps them in order and says the last sequence', async () => {
    const { kept, of } = held();
    const events = [
      { type: 'user_message', payload: { text: 'a' } },
      { type: 'assistant_message', payload: { text: 'b' } },
      { type: 'run_completed', payload: { status: 'completed' } },
    ];
    const answer = await call('POST', `/v1/threads/${of.threadId}/events`, { runId: of.runId, rolloutId: of.rolloutId, events });

    expect([answer.status, answer.body.data]).toEqual([200, { threadId: of.threadId, rolloutId: of.rolloutId, sequence: 4, appended: 3 }]);
    expect(kept.thread.holder).toBeNull();
    expect((await call('POST', `/v1/threads/${of.threadId}/events`, { runId: of.runId, rolloutId: of.rolloutId, events })).status).toBe(409);
  });

  it('appends once for a key, also when the first answer was lost at the end of the run', async () => {
    const { kept, of } = held();
    const body = {
      runId: of.runId,
      rolloutId: of.rolloutId,
      events: [{ type: 'assistant_message' }, { type: 'run_completed', payload: { status: 'completed' } }],
    };
    const append = () => call('POST', `/v1/threads/${of.threadId}/events`, body, { 'Idempotency-Key': 'batch-1' });
    const [first, second] = [await append(), await append()];

    expect([first.status, second.status, second.body.data]).toEqual([200, 200, first.body.data]);
    expect(kept.events).toHaveLength(3);
  });

  it.each([
    ['none', [], 'events'],
    ['more than a hundred', Array.from({ length: 101 }, () => ({ type: 'user_message' })), 'events'],
    ['a transient one', [{ type: 'user_message' }, { type: 'assistant_message_delta' }], 'events.1.type'],
    ['one with a field that nobody knows', [{ type: 'user_message', text: 'x' }], 'events.0.text'],
    ['one with text that cannot be kept', [{ type: 'user_message', payload: { text: 'a\0' } }], '(body)'],
  ])('refuses %s, and keeps none', async (_what, events, field) => {
    const { kept, of } = held();
    const answer = await call('POST', `/v1/threads/${of.threadId}/events`, { runId: of.runId, rolloutId: of.rolloutId, events });

    expect([answer.status, answer.body.error.details.field]).toEqual([400, field]);
    expect(kept.events).toHaveLength(1);
  });
});

describe('rollouts as lines', () => {
  const lines = (text: string) => text.trimEnd().split('\n');

  it('are exactly what the events say, over many pages', async () => {
    const kept = served.conversations.add();
    for (let at = 0; at < 250; at += 1) served.conversations.tell(kept, 'user_message', { text: `line ${at}\nnext` });
    const { id, activeRolloutId } = kept.thread;
    const response = await fetch(`${served.url}/v1/threads/${id}/rollouts/${activeRolloutId}.jsonl`);
    const found = lines(await response.text()).map((line) => JSON.parse(line) as object);

    expect(response.headers.get('content-type')).toBe('application/jsonl; charset=utf-8');
    const read = (await call('GET', `/v1/threads/${id}/events?limit=500`)).body.data.events;
    expect(found).toEqual(read);
    expect(found).toHaveLength(250);
  });

  it('knows no rollout that is not there', async () => {
    const { id } = served.conversations.add().thread;
    const answer = await call('GET', `/v1/threads/${id}/rollouts/rol_nothing.jsonl`);

    expect([answer.status, answer.body.error.details.code]).toEqual([404, 'conversation.rollout_not_found']);
  });

  it('are read back to the same lines', async () => {
    served.conversations.addAgent({ slug: 'writer' });
    const kept = served.conversations.add();
    served.conversations.tell(kept, 'user_message', { text: 'hi' });
    served.conversations.tell(kept, 'assistant_message', { text: 'hello' });
    const { id, activeRolloutId } = kept.thread;
    const text = await (await fetch(`${served.url}/v1/threads/${id}/rollouts/${activeRolloutId}.jsonl`)).text();
    await call('DELETE', `/v1/threads/${id}`);
    served.conversations.kept.length = 0;

    const made = await fetch(`${served.url}/v1/thread-imports?agent=writer&title=Back`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/jsonl' },
      body: text,
    });
    const { data } = (await made.json()) as any;

    expect([made.status, data]).toMatchObject([201, { thread: { id, title: 'Back', activeRolloutId, lastSequence: 2 }, events: 2 }]);
    expect(await (await fetch(`${served.url}/v1/threads/${id}/rollouts/${activeRolloutId}.jsonl`)).text()).toBe(text);
  });

  const line = (more: object = {}) =>
    JSON.stringify({
      sequence: 1,
      rolloutId: 'rol_1',
      threadId: 'thr_1',
      runId: null,
      type: 'user_message',
      payload: {},
      createdAt: '2026-05-01T08:00:00.000Z',
      ...more,
    });

  it.each([
    ['only empty lines', '\n\n', 1, '(line)'],
    ['what is no JSON', `${line()}\n{"sequence": `, 2, '(line)'],
    ['an event of a type that is unknown', `${line()}\n\n${line({ type: 'thought' })}`, 3, 'type'],
    ['a sequence that is none', line({ sequence: 'one' }), 1, 'sequence'],
    ['a field too many', line({ extra: 1 }), 1, '(line)'],
    ['a line that is too long', line({ payload: { text: 'x'.repeat(600_000) } }), 1, '(line)'],
  ])('refuses %s, naming line and field', async (_what, body, at, field) => {
    served.conversations.addAgent({ slug: 'writer' });
    const response = await fetch(`${served.url}/v1/thread-imports?agent=writer`, { method: 'POST', headers: { 'Content-Type': 'application/jsonl' }, body });
    const { error } = (await response.json()) as any;

    expect([response.status, error]).toMatchObject([400, { code: 'invalid_request', details: { code: 'conversation.import', line: at, field } }]);
    expect(served.conversations.kept).toEqual([]);
  });

  it('takes more than other bodies may have', async () => {
    served.conversations.addAgent({ slug: 'writer' });
    const body = Array.from({ length: 6_000 }, (_one, at) => line({ sequence: at + 1, payload: { text: 'x'.repeat(400) } })).join('\n');
    const response = await fetch(`${served.url}/v1/thread-imports?agent=writer`, { method: 'POST', headers: { 'Content-Type': 'application/jsonl' }, body });

    expect([response.status, body.length > 3_000_000]).toEqual([201, true]);
  });
});
