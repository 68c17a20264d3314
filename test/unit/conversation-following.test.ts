/** What clients of other dialects are shown of a thread at most, however large its events are. */
import type { ConversationReads, EventsPage, Thread } from '../../src/contracts/conversation/ports';
import type { ThreadEvent } from '../../src/contracts/conversation/events';
import type { Principal } from '../../src/contracts/principal';
import { EVENTS_SHOWN, threadNow } from '../../src/gateway/conversation-following';

const AT = '2026-01-01T00:00:00.000Z';
const ada: Principal = { tenant: 'default', subject: 'ada', scopes: ['*'], keyId: null, operator: false };
const LAST = 5_000;
const thread: Thread = {
  ...{
    id: 'thr_1',
    tenant: 'default',
    ownerUserId: 'ada',
    agentId: 'agt_1',
    title: '',
    executionMode: 'in_sandbox',
    archived: false,
    activeRolloutId: 'rol_1',
  },
  ...{ status: 'idle', holder: null, queued: 0, lastSequence: LAST, metadata: {}, createdAt: AT, updatedAt: AT },
};

/** A thread whose every event is a message of so many characters; with the pages that were asked for. */
function reading(chars: number) {
  const asked: EventsPage[] = [];
  const events = (page: EventsPage): readonly ThreadEvent[] => {
    const before = Math.min(page.before ?? 0, LAST + 1);
    return Array.from({ length: Math.min(page.limit, before - 1) }, (_, at) => {
      const sequence = before - Math.min(page.limit, before - 1) + at;
      return { sequence, rolloutId: 'rol_1', threadId: 'thr_1', runId: null, type: 'user_message', payload: { text: 'x'.repeat(chars) }, createdAt: AT };
    });
  };
  const reads = {
    get: () => Promise.resolve(thread),
    events: (_principal: Principal, _id: string, page: EventsPage) => {
      asked.push(page);
      return Promise.resolve({ thread, events: events(page), more: true });
    },
  } as unknown as ConversationReads;
  return { reads, asked };
}

it('is the newest events, as many as are shown', async () => {
  const { reads } = reading(10);
  const { messages } = await threadNow({ reads }, ada, 'thr_1');

  expect([messages.length, messages[0]?.sequence, messages.at(-1)?.sequence]).toEqual([EVENTS_SHOWN, LAST - EVENTS_SHOWN + 1, LAST]);
});

it('is fewer of them where they are large: their payloads together have a bound', async () => {
  const { reads, asked } = reading(200_000);
  const { messages } = await threadNow({ reads }, ada, 'thr_1');

  expect(messages.at(-1)?.sequence).toBe(LAST);
  expect(messages.length).toBeLessThanOrEqual(100);
  expect(asked.length).toBe(1);
});
