/** A thread from exported lines. */
import { randomUUID } from 'node:crypto';
import type { AgentRecord } from '../contracts/conversation/agent';
import { TITLE_MAX } from '../contracts/conversation/commands';
import type { ExportedEvent } from '../contracts/conversation/events';
import type { KeyedCall } from '../contracts/conversation/ports';
import type { Principal } from '../contracts/principal';
import { importedThread, type ImportedThread } from '../domain/conversation/imported';
import { openConversation } from '../domain/conversation/state';
import { Fault } from '../errors/fault';
import { madeId } from './conversation-agents';
import type { ConversationGatewayStore, NewConversation } from './conversations';
import { causeOf } from './executions';

interface Import {
  readonly principal: Principal;
  readonly agent: AgentRecord;
  readonly request: { readonly agent: string; readonly title: string; readonly events: readonly ExportedEvent[] };
  readonly call: KeyedCall;
}
type Store = Pick<ConversationGatewayStore, 'once' | 'find' | 'import' | 'redact'>;

/** The id of the lines is kept where it is free. A thread that was deleted keeps its id taken. */
export async function importThread(store: Store, { principal, agent, request, call }: Import): Promise<{ readonly id: string; readonly replayed: boolean }> {
  const { tenant } = principal;
  const imported = importedThread(request.events);
  const keyed = { tenant, route: 'POST /v1/threads/import', key: call.idempotencyKey, body: request };
  const own = (await store.find(tenant, imported.threadId)) === null ? imported.threadId : madeId('thr_');
  const { row, replayed } = await store.once<{ readonly id: string }>(keyed, own, {
    find: async (id) => ((await store.find(tenant, id)) ? { id } : null),
    make: async (id) => {
      const options = { agent, newId: () => randomUUID() };
      if (await store.import(madeOf({ principal, agent, request, call }, store, { id, imported }), imported, options)) return { id };
      const other = madeId('thr_');
      if (await store.import(madeOf({ principal, agent, request, call }, store, { id: other, imported }), imported, options)) return { id: other };
      throw new Fault('conflict', 'conversation.exists', 'A thread of this id exists already, or did.', { field: 'id', id });
    },
  });
  return { id: row.id, replayed };
}

function madeOf(
  { principal, agent, request }: Import,
  { redact }: Pick<Store, 'redact'>,
  { id, imported }: { readonly id: string; readonly imported: ImportedThread },
): NewConversation {
  const rolloutId = imported.rollouts.at(-1)?.rolloutId ?? '';
  const state = openConversation({
    ...{ id, tenant: principal.tenant, agentId: agent.id, title: redact(request.title).slice(0, TITLE_MAX), rolloutId },
    ...{ by: causeOf(principal), createdAt: new Date().toISOString() },
  });
  return { state: { ...state, runsInRollout: 1 }, owner: principal.subject, executionMode: agent.definition.executionMode, metadata: {} };
}
