/** Watching threads by WebSocket and by SSE, over fakes: real sockets, real HTTP. */
import { once } from 'node:events';
import { WebSocket, type RawData } from 'ws';
import type { Principal } from '../../src/contracts/principal';
import { Fault } from '../../src/errors/fault';
import { transient, type KeptThread } from '../support/fake-conversations';
import { openStream, serve, until, type Served } from './serve';

const person = (subject: string, scopes: readonly string[], tenant = 'default'): Principal => ({ tenant, subject, scopes, keyId: null, operator: false });
const people: Record<string, Principal> = {
  ada: person('ada', ['agent:read']),
  bob: person('bob', ['agent:*']),
  admin: person('admin', ['admin']),
  stranger: person('ada', ['*'], 'other'),
  nobody: person('ada', ['runs:read']),
};

let served: Served;
let ended = new AbortController();
beforeEach(async () => {
  ended = new AbortController();
  served = await serve({
    open: null,
    authenticate: ({ headers }) => {
      const credential = headers['x-api-key'] ?? String(headers.authorization ?? '').replace('Bearer ', '');
      const who = people[String(credential)];
      if (!who) throw new Fault('unauthenticated', 'access.no_credentials', 'Send a key.');
      return { ...who, valid: ended.signal };
    },
  });
});
const sockets: WebSocket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await served.server.close(100);
});

interface Watcher {
  readonly socket: WebSocket;
  readonly frames: any[];
  closed: { readonly code: number; readonly reason: string } | null;
}

const addressOf = (id: string, query: string): string => `${served.url.replace('http', 'ws')}/v1/threads/${id}/events${query}`;

async function watch(id: string, query = '?api_key=ada', headers: Record<string, string> = {}): Promise<Watcher> {
  const socket = new WebSocket(addressOf(id, query), { headers });
  sockets.push(socket);
  const watcher: Watcher = { socket, frames: [], closed: null };
  socket.on('message', (data: RawData) => watcher.frames.push(JSON.parse(String(data))));
  socket.on('close', (code, reason) => (watcher.closed = { code, reason: String(reason) }));
  await once(socket, 'open');
  return watcher;
}

async function refusal(id: string, query = '', headers: Record<string, string> = {}): Promise<{ status: number | undefined; error: any }> {
  const socket = new WebSocket(addressOf(id, query), { headers });
  sockets.push(socket);
  socket.on('error', () => undefined);
  const [, response] = await once(socket, 'unexpected-response');
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode, error: JSON.parse(text).error };
}

const thread = (count = 0, more: Partial<KeptThread['thread']> = {}): KeptThread => {
  const kept = served.conversations.add({ ownerUserId: 'ada', ...more });
  for (let at = 0; at < count; at += 1) served.conversations.tell(kept, 'user_message', { text: `m${at + 1}` });
  return kept;
};
const durable = ({ frames }: Watcher): number[] =>
  frames.filter(({ type, sequence }) => type !== 'snapshot' && sequence !== undefined).map(({ sequence }) => sequence);
const watched = (kept: KeptThread, count: number): Promise<unknown> => until(() => served.conversations.watchers(kept) === count, `${count} watch`);

describe('who may watch', () => {
  it.each(['?api_key=ada', '?token=ada'])('whoever has a credential in the query: %s', async (query) => {
    expect((await watch(thread().thread.id, query)).socket.readyState).toBe(WebSocket.OPEN);
  });

  it('whoever has one in a header', async () => {
    expect((await watch(thread().thread.id, '', { Authorization: 'Bearer ada' })).socket.readyState).toBe(WebSocket.OPEN);
  });

  it.each([
    ['none', '', {}, 401, 'access.no_credentials'],
    ['two', '?api_key=ada&token=ada', {}, 401, 'access.credentials_ambiguous'],
    ['two of a kind', '?api_key=ada&api_key=ada', {}, 401, 'access.credentials_ambiguous'],
    ['one there and one in a header', '?api_key=ada', { Authorization: 'Bearer ada' }, 401, 'access.credentials_ambiguous'],
    ['an empty one', '?api_key=', {}, 401, 'access.credentials_malformed'],
    ['a wrong one', '?token=eve', {}, 401, 'access.no_credentials'],
    ['one without the scope', '?token=nobody', {}, 403, 'access.scope_missing'],
    ['one of somebody else', '?token=bob', {}, 404, 'conversation.not_found'],
    ['one of another tenant', '?token=stranger', {}, 404, 'conversation.not_found'],
  ])('not whoever has %s', async (_what, query, headers, status, code) => {
    const answer = await refusal(thread().thread.id, query, headers as Record<string, string>);

    expect([answer.status, answer.error]).toMatchObject([status, { code: expect.any(String), requestId: expect.any(String), details: { code } }]);
  });

  it('nobody by a credential in the query of what is neither a WebSocket nor the stream in its place', async () => {
    const { id } = thread().thread;

    expect((await fetch(`${served.url}/v1/threads/${id}/events?api_key=ada`)).status).toBe(401);
    expect((await fetch(`${served.url}/v1/threads/${id}?api_key=ada`, { headers: { Accept: 'text/event-stream' } })).status).toBe(401);
  });

  it('nobody whose credential has ended', async () => {
    const watcher = await watch(thread().thread.id);
    ended.abort();
    await until(() => watcher.closed !== null, 'the socket is closed');

    expect(watcher.closed?.code).toBe(1008);
  });

  it('leaves no credential in the log', async () => {
    await watch(thread().thread.id);
    await until(() => served.lines.some(({ msg }) => msg === 'socket opened'), 'the line');

    expect(JSON.stringify(served.lines)).not.toContain('api_key');
  });
});

describe('what is told', () => {
  it('is a snapshot first, then what comes, each durable event once and in order', async () => {
    const kept = thread(3);
    const watcher = await watch(kept.thread.id);
    await watched(kept, 1);
    served.conversations.say(kept, transient(kept, 'assistant_message_delta', 1, { text: 'Hel' }));
    served.conversations.tell(kept, 'assistant_message', { text: 'Hello' }, 'run_1');
    await until(() => watcher.frames.length === 3, 'all frames');

    const [snapshot, ...live] = watcher.frames;
    expect(snapshot).toMatchObject({
      type: 'snapshot',
      protocol_version: 1,
      threadId: kept.thread.id,
      sequence: 3,
      thread: { id: kept.thread.id, metadataOnly: false },
    });
    expect(snapshot.events.map(({ sequence }: { sequence: number }) => sequence)).toEqual([1, 2, 3]);
    expect(live).toEqual(
      expect.arrayContaining([
        {
          type: 'assistant_message_delta',
          threadId: kept.thread.id,
          runId: 'run_1',
          rolloutId: kept.thread.activeRolloutId,
          sequenceNumber: 1,
          payload: { text: 'Hel' },
        },
        { ...kept.events[3] },
      ]),
    );
  });

  it('goes on after the sequence that was seen, with everything since, whatever the rollout', async () => {
    const kept = thread(4);
    served.conversations.compacted(kept, 'the sum');
    const watcher = await watch(kept.thread.id, '?token=ada&after=2');
    await until(() => durable(watcher).length === 3, 'what was missed');
    served.conversations.tell(kept, 'user_message', { text: 'next' });
    await until(() => durable(watcher).length === 4, 'what comes');

    expect(watcher.frames[0]).toMatchObject({ type: 'snapshot', sequence: 2, events: [] });
    expect(durable(watcher)).toEqual([3, 4, 5, 6]);
  });

  it('begins at the end for whoever claims to have seen more than there is', async () => {
    const kept = thread(2);
    const watcher = await watch(kept.thread.id, '?token=ada&after=100');
    served.conversations.tell(kept, 'user_message', {});
    await until(() => durable(watcher).length === 1, 'what comes');

    expect(durable(watcher)).toEqual([3]);
  });

  it('is the same sequence for two clients while a third publishes', async () => {
    const kept = thread(0, { executionMode: 'local-mac' });
    const { runId, rolloutId } = served.conversations.addRun(kept, { executionMode: 'local-mac' });
    people['writer'] = person('ada', ['agent:run']);
    const [one, two] = [await watch(kept.thread.id), await watch(kept.thread.id, '?token=ada&after=0')];
    for (let at = 0; at < 40; at += 1) {
      const type = at % 4 === 0 ? { type: 'assistant_message' } : { type: 'assistant_message_delta', sequenceNumber: at + 1 };
      const body = { threadId: kept.thread.id, runId, rolloutId, payload: { text: String(at) }, ...type };
      expect((await served.call('POST', '/v1/thread-events', body, { Authorization: 'Bearer writer' }, '')).status).toBe(200);
    }
    await until(() => durable(one).length === 10 && durable(two).length === 11, 'all of it');

    expect(durable(one)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(durable(two)).toEqual([1, ...durable(one)]);
    const deltas = ({ frames }: Watcher) => frames.filter(({ type }) => type === 'assistant_message_delta').map(({ sequenceNumber }) => sequenceNumber);
    expect(deltas(one)).toEqual([...deltas(one)].sort((a, b) => a - b));
  });

  it('is metadata only for an administrator who looks at somebody else’s', async () => {
    const kept = thread(2, { metadata: { plan: 'secret' } });
    const watcher = await watch(kept.thread.id, '?token=admin');
    await watched(kept, 1);
    served.conversations.say(kept, transient(kept, 'assistant_message_delta', 1, { text: 'secret' }));
    served.conversations.tell(kept, 'assistant_message', { text: 'secret' });
    served.conversations.say(kept, { type: 'thread_renamed', threadId: kept.thread.id, payload: { title: 'New' } });
    await until(() => watcher.frames.length === 3, 'all frames');

    expect(watcher.frames[0]).toMatchObject({ type: 'snapshot', protocol_version: 1, events: [], thread: { metadataOnly: true, metadata: {} } });
    expect(watcher.frames.slice(1)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'assistant_message', sequence: 3, payload: null }),
        expect.objectContaining({ type: 'thread_renamed' }),
      ]),
    );
    expect(JSON.stringify(watcher.frames)).not.toContain('secret');
  });

  it('ends with the thread', async () => {
    const kept = thread(1);
    const watcher = await watch(kept.thread.id);
    await watched(kept, 1);
    await served.conversations.conversations.delete(people['ada'] as Principal, kept.thread.id, { idempotencyKey: null, requestId: 'r' });
    await until(() => watcher.closed !== null, 'the socket is closed');

    expect([watcher.frames.at(-1)?.type, watcher.closed?.code]).toEqual(['thread_deleted', 1000]);
  });

  it('tells of a failure of the source by its code, and of nothing else', async () => {
    const kept = thread(1);
    served.conversations.feed.watch = async function* () {
      throw new Error('secret detail');
      yield undefined as never;
    };
    const watcher = await watch(kept.thread.id);
    await until(() => watcher.closed !== null, 'the socket is closed');

    expect(watcher.closed).toEqual({ code: 1011, reason: 'internal' });
    await until(() => JSON.stringify(served.lines).includes('secret detail'), 'the log');
  });

  it('is watched by nobody any more once the client has left', async () => {
    const kept = thread(1);
    const watcher = await watch(kept.thread.id);
    await watched(kept, 1);
    watcher.socket.close();

    await watched(kept, 0);
  });
});

it('loses no durable event for a client that is slow, and holds up nobody', async () => {
  const kept = thread();
  const slow = await watch(kept.thread.id);
  const quick = await watch(kept.thread.id);
  await watched(kept, 2);
  slow.socket.pause();
  const payload = { text: 'x'.repeat(64 * 1024) };
  for (let at = 0; at < 200; at += 1) served.conversations.tell(kept, 'assistant_message', payload);
  await until(() => durable(quick).length === 200, 'the quick one has all');
  const seen = durable(slow).length;
  slow.socket.resume();
  await until(() => durable(slow).length === 200, 'the slow one has all');

  expect(seen).toBeLessThan(200);
  expect(durable(slow)).toEqual(Array.from({ length: 200 }, (_one, at) => at + 1));
});

describe('the stream of server-sent events', () => {
  const ada = { Authorization: 'Bearer ada' };

  it('serves the same, with the sequence of durable events as id', async () => {
    const kept = thread(2);
    const { response, message, close } = await openStream(`${served.url}/v1/threads/${kept.thread.id}/events`, ada);
    const snapshot = await message();
    served.conversations.tell(kept, 'user_message', { text: 'm3' });
    const event = await message();
    await watched(kept, 1);
    served.conversations.say(kept, transient(kept, 'tool_call_started', 4, { tool: 'shell' }));
    const frame = await message();
    close();

    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(snapshot).toMatchObject({ id: '2', event: 'snapshot', data: { protocol_version: 1, sequence: 2 } });
    expect(event).toMatchObject({ id: '3', event: 'user_message', data: { type: 'user_message', sequence: 3, payload: { text: 'm3' } } });
    expect([frame?.id, frame?.event, frame?.data.sequenceNumber]).toEqual([undefined, 'tool_call_started', 4]);
  });

  it('resumes after Last-Event-ID, which outranks ?after=', async () => {
    const kept = thread(4);
    const url = `${served.url}/v1/threads/${kept.thread.id}/events`;
    const [byHeader, byQuery] = [await openStream(`${url}?after=0`, { ...ada, 'Last-Event-ID': '2' }), await openStream(`${url}?after=1`, ada)];

    expect([(await byHeader.message())?.data.sequence, (await byHeader.message())?.id]).toEqual([2, '3']);
    expect([(await byQuery.message())?.data.sequence, (await byQuery.message())?.id]).toEqual([1, '2']);
    byHeader.close();
    byQuery.close();
  });

  it('is refused as every other request is', async () => {
    const { thread: row } = thread(1);
    const status = async (headers: Record<string, string>) =>
      (await fetch(`${served.url}/v1/threads/${row.id}/events`, { headers: { Accept: 'text/event-stream', ...headers } })).status;

    expect([await status({}), await status({ Authorization: 'Bearer bob' }), await status({ Authorization: 'Bearer nobody' })]).toEqual([401, 404, 403]);
  });

  it.each(['?api_key=ada', '?token=ada'])('takes its credential from the query, as browsers open it: %s', async (query) => {
    const kept = thread(2);
    const { response, message, close } = await openStream(`${served.url}/v1/threads/${kept.thread.id}/events${query}`);

    expect([response.status, (await message())?.event]).toEqual([200, 'snapshot']);
    close();
    expect(JSON.stringify(served.lines)).not.toMatch(/api_key|token=/);
  });

  it.each([
    ['two', '?api_key=ada&token=ada', {}, 401, 'access.credentials_ambiguous'],
    ['one there and one in a header', '?api_key=ada', ada, 401, 'access.credentials_ambiguous'],
    ['an empty one', '?token=', {}, 401, 'access.credentials_malformed'],
    ['one of somebody else', '?token=bob', {}, 404, 'conversation.not_found'],
    ['one of another tenant', '?token=stranger', {}, 404, 'conversation.not_found'],
    ['one without the scope', '?token=nobody', {}, 403, 'access.scope_missing'],
  ])('is not for whoever has %s', async (_what, query, headers, status, code) => {
    const { id } = thread(1).thread;
    const answer = await fetch(`${served.url}/v1/threads/${id}/events${query}`, { headers: { Accept: 'text/event-stream', ...headers } });

    expect([answer.status, await answer.json()]).toMatchObject([status, { error: { details: { code } } }]);
  });
});
