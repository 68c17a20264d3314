/** The WebSocket of a thread (digest §1.3): the address of its events, upgraded. */
import { socketRoute } from '../http/route';
import { streamInto } from '../http/socket-stream';
import { SocketQuery, ThreadParams } from './bodies';
import { frameText, openWatch, watched } from './live';
import type { ThreadPorts } from './ports';
import { isOwner } from './views';

export const watchThread = socketRoute({
  operationId: 'watchThread',
  path: '/v1/threads/:id/events',
  summary: 'Watch a thread (WebSocket): a snapshot, then durable events and live frames, a JSON text in each message',
  resource: 'thread',
  scope: 'agent:read',
  queryCredential: true,
  params: ThreadParams,
  query: SocketQuery,
  open: async ({ params, query, principal }, ports: ThreadPorts) => {
    const opened = await openWatch(ports, principal, params.id, { after: query.after ?? null, limit: query.limit });
    const own = isOwner(principal, opened.thread);
    return (socket) =>
      streamInto(socket, {
        async *messages(signal) {
          for await (const frame of watched(ports, opened, own, signal)) yield frameText(frame);
        },
      });
  },
});
