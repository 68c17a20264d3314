/** Conversations over the gateways and the store: what callers are given, and the activities of their workflows. */
import type { Client } from '@temporalio/client';
import { conversationActivities } from '../../activities/conversation/activities';
import type { ConversationActivities } from '../contracts/conversation/activities';
import { conversationRef } from '../contracts/conversation/commands';
import type { Config } from '../config/config';
import { runHasEnded } from '../contracts/run/status';
import { conversationAgents } from '../gateway/conversation-agents';
import type { ConversationPorts } from '../gateway/conversation-following';
import { ConversationGateway } from '../gateway/conversations';
import type { DoorOptions } from '../gateway/doors';
import type { Runs } from '../gateway/runs';
import { makeOnce } from '../store/idempotent-row';
import type { RunRow } from '../store/run-row';
import type { Store } from '../store/store';
import { conversationFeed, conversationReads } from './conversation-reads';
import type { RunCallers, RunWork } from './runs';

type ConversationConfig = Pick<Config, 'runAuthority' | 'runLimits'>;

export function conversationPorts(
  client: Client,
  store: Store,
  config: ConversationConfig,
  { models, catalogue, stopping, runs, doors }: RunCallers & { readonly runs: Runs<RunRow>; readonly doors?: DoorOptions },
): ConversationPorts {
  const checks = { cognition: models.cognition, tools: catalogue, grants: config.runAuthority.grants };
  const { threads, publishing, agents } = store.conversations;
  const gateway = new ConversationGateway({
    ...{ client, agents, checks, runs, stopping, ...(doors && { doors }) },
    sendFrame: (tenant, threadId, frame) => store.frames.send(conversationRef(tenant, threadId), { ...frame }),
    store: {
      find: (tenant, id) => threads.find(tenant, id),
      insert: (made) => threads.insert(made),
      annotate: (tenant, id, metadata, maxBytes) => threads.annotate(tenant, id, metadata, maxBytes),
      run: (tenant, runId) => threads.run(tenant, runId),
      import: (made, imported, options) => publishing.import(made, imported, options),
      append: (tenant, publish) => publishing.append(tenant, publish),
      mayPublish: (tenant, publish) => publishing.mayPublish(tenant, publish),
      unheardEnd: (tenant, id) => publishing.unheardEnd(tenant, id),
      putBlob: (tenant, value) => store.blobs.put(tenant, value),
      redact: models.redact,
      once: (request, id, making) => makeOnce(store.idempotency, request, id, making),
      waitForSeq: (address, seq, timeoutMs) => store.feed.waitForSeq(address, seq, timeoutMs),
    },
  });
  return { conversations: gateway, reads: conversationReads(store), feed: conversationFeed(store), agents: conversationAgents(agents, checks) };
}

/** For the worker. */
export const conversationWork = (store: Store, config: ConversationConfig, { models, tools }: Pick<RunWork, 'models' | 'tools'>): ConversationActivities => {
  const { threads, agents, events, erase } = store.conversations;
  const { global, tenant: perTenant, approvalTimeoutMs } = config.runLimits;
  return conversationActivities({
    ...{ ledger: store.ledger, writs: store.writs, blobs: store.blobs, effects: store.effects, cognition: models.cognition, redact: models.redact },
    ...{ tools, grants: config.runAuthority.grants, approvalTimeoutMs, agents },
    content: { events, erase, chars: (tenant, threadId, rolloutId) => threads.chars(tenant, threadId, rolloutId) },
    runs: {
      assertRoom: (tenant) => store.runs.assertRoom(tenant, { global, tenant: perTenant }),
      async endOf(tenant, runId) {
        const status = (await store.runs.get(tenant, runId))?.status;
        return status && runHasEnded(status) ? (status as 'completed' | 'failed' | 'cancelled') : null;
      },
    },
  });
};
