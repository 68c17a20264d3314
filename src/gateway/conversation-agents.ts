/** Agents that converse, as a caller may use them: checked before they are kept, so that no run of theirs is refused for what they ask. */
import { createHash, randomBytes } from 'node:crypto';
import { isLocal, type AgentDefinition, type AgentRecord } from '../contracts/conversation/agent';
import type { ConversationAgents } from '../contracts/conversation/ports';
import type { RunConfig } from '../contracts/conversation/start';
import type { Principal } from '../contracts/principal';
import type { Cognition, ToolCatalogue } from '../contracts/run/ports';
import { choiceOfAgent, grantOfAgent } from '../domain/conversation/agent-run';
import type { GrantLimits } from '../domain/run/authority/grant';
import { Fault } from '../errors/fault';

export interface AgentChecks {
  readonly cognition: Pick<Cognition, 'check' | 'defaultProvider'>;
  readonly tools: ToolCatalogue;
  readonly grants: GrantLimits;
}

/** Faults of models and authority (invalid), which name the field; `conversation.agent` (invalid) for a local agent without a device. */
export async function checkAgent(
  { cognition, tools, grants }: AgentChecks,
  tenant: string,
  definition: AgentDefinition,
  config: RunConfig = {},
): Promise<void> {
  if (isLocal(definition.executionMode)) {
    if (definition.targetDeviceId !== null) return;
    const reason = 'expected with the execution mode local-mac';
    throw new Fault('invalid', 'conversation.agent', `targetDeviceId: ${reason}`, { field: 'targetDeviceId', reason });
  }
  cognition.check(choiceOfAgent(definition, config, cognition.defaultProvider));
  const names = (await tools.list(tenant)).map(({ name }) => name);
  grantOfAgent(definition, { limits: grants, tools: names.length === 0 ? null : names, now: Math.floor(Date.now() / 1_000) });
}

export interface AgentStore {
  upsert(tenant: string, by: string, made: { readonly newId: string; readonly definition: AgentDefinition }): ReturnType<ConversationAgents['upsert']>;
  list(tenant: string, page: { readonly limit: number; readonly afterSlug: string | null }): ReturnType<ConversationAgents['list']>;
  find(tenant: string, slugOrId: string): Promise<AgentRecord | null>;
}

const base36 = (bytes: Buffer): string =>
  BigInt(`0x${bytes.toString('hex')}`)
    .toString(36)
    .padStart(20, '0')
    .slice(-20);
/** `thr_` or the like, and 20 characters. */
export const madeId = (prefix: string): string => `${prefix}${base36(randomBytes(13))}`;
/** Always the same for the same text. */
export const derivedId = (prefix: string, text: string): string => `${prefix}${base36(createHash('sha256').update(text).digest().subarray(0, 13))}`;

export async function existingAgent(store: Pick<AgentStore, 'find'>, tenant: string, slugOrId: string): Promise<AgentRecord> {
  const agent = await store.find(tenant, slugOrId);
  if (!agent) throw new Fault('not_found', 'conversation.agent_not_found', 'There is no such agent.', { agent: slugOrId.slice(0, 200) });
  return agent;
}

export const conversationAgents = (store: AgentStore, checks: AgentChecks): ConversationAgents => ({
  async upsert({ tenant, subject }: Principal, definition) {
    await checkAgent(checks, tenant, definition);
    return store.upsert(tenant, subject, { newId: madeId('agt_'), definition });
  },
  list: ({ tenant }, page) => store.list(tenant, page),
  get: ({ tenant }, slugOrId) => existingAgent(store, tenant, slugOrId),
});
