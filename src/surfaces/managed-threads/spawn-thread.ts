/** Seed 000 "Spawn a Thread". The thread is accepted when this answers; the rest is told by its events. */
import { replayedHeader } from '../http/keyed';
import { route } from '../http/route';
import { assertAgentType } from './agent-types';
import { SpawnBody } from './bodies';
import { SEED_SPAWN } from './examples';
import type { ManagedThreadPorts } from './ports';
import { threadView } from './view';
import { Thread } from './wire';

export const spawnThread = route({
  operationId: 'spawnThread',
  method: 'post',
  path: '/api/managed-threads',
  summary: 'Spawn a thread',
  scope: 'threads:write',
  limit: 'execute',
  idempotent: true,
  body: SpawnBody,
  reply: {
    status: 201,
    description: 'The thread. With `Idempotency-Replayed: true` it is the one that an earlier request with the same key made.',
    body: Thread,
  },
  examples: { bodies: { seed: SEED_SPAWN } },
  handle: async ({ body, principal, idempotencyKey, requestId }, ports: ManagedThreadPorts) => {
    await assertAgentType(body.agentType, ports);
    const { thread, replayed } = await ports.gateway.spawn(principal, body, { idempotencyKey, requestId });
    return {
      body: threadView(thread),
      headers: { Location: `/api/managed-threads/${encodeURIComponent(thread.id)}`, ...replayedHeader(replayed) },
    };
  },
});
