/** Seed 000 "Prepare Without Spawning": what a spawn with this body would apply, and nothing left behind. */
import { route } from '../http/route';
import { assertAgentType } from './agent-types';
import { PrepareBody } from './bodies';
import { SEED_PREPARED, SEED_SPAWN } from './examples';
import type { ManagedThreadPorts } from './ports';
import { Prepared } from './wire';

const unlessEmpty = <T extends object>(value: T): T | undefined => (Object.keys(value).length === 0 ? undefined : value);

export const prepareThread = route({
  operationId: 'prepareThread',
  method: 'post',
  path: '/api/managed-threads/prepare',
  summary: 'Show the preparation that a spawn would apply, without spawning',
  scope: 'threads:write',
  body: PrepareBody,
  reply: { status: 200, description: 'The preparation.', body: Prepared },
  examples: { bodies: { seed: SEED_SPAWN }, reply: SEED_PREPARED },
  handle: async ({ body, principal }, ports: ManagedThreadPorts) => {
    if (body.agentType !== undefined) await assertAgentType(body.agentType, ports);
    const prepared = await ports.relay.prepare(principal, body);
    return {
      body: {
        executionId: body.executionId,
        name: body.name,
        objective: body.objective,
        role: body.role,
        preparation: {
          workspace: prepared.workspace ?? undefined,
          env: unlessEmpty(prepared.env),
          contextFiles: unlessEmpty(prepared.contextFiles),
          approvalPreset: prepared.approvalPreset,
        },
        metadata: { ...body.metadata, ...(prepared.memoryContext ? { memoryContext: { ...prepared.memoryContext } } : {}) },
      },
    };
  },
});
