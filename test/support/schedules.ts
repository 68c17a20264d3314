/** Calls about schedules to the API of a world, through the typed client. */
import { randomUUID } from 'node:crypto';
import { EverthreadClient } from '../../src/client/client';
import type { World } from './world';

type Api = EverthreadClient['controlPlane']['api'];

/** Path parameters of one schedule. */
export const at = (id: string) => ({ params: { path: { id } } });

/** Without a host the threads wait; that they are there is what counts. */
export const scheduledThread = (executionId: string) => ({
  kind: 'managed-thread' as const,
  input: { executionId, name: 'scheduled', agentType: 'shell', objective: 'echo hello', env: { API_TOKEN: 'very-secret-value-1' } },
});

export const someExecution = (): string => `exec-${randomUUID().slice(0, 8)}`;

/** `world` is asked for with each call: tests make it after they are read. */
export const scheduleCalls = (world: () => World) => {
  const api = (): Api => new EverthreadClient({ baseUrl: world().apiUrl }).controlPlane.api;
  return {
    api,
    async create(body: Readonly<Record<string, unknown>>) {
      const header = { 'Idempotency-Key': randomUUID() };
      const { data } = await api().POST('/api/schedules', { body: { name: 'test', ...body } as never, params: { header } });
      return data!;
    },
    get: async (id: string) => (await api().GET('/api/schedules/{id}', at(id))).data!,
    runs: async (id: string) => (await api().GET('/api/schedules/{id}/runs', { params: { path: { id }, query: { limit: 100 } } })).data!.runs,
    pause: (id: string) => api().POST('/api/schedules/{id}/pause', { ...at(id), body: {} }),
    remove: (id: string) => api().DELETE('/api/schedules/{id}', at(id)),
  };
};
