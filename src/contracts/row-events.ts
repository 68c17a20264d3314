/** Events of things that are rows and no actors: patterns and agents. They stand in the journal as those of actors do, so that webhooks and triggers hear of them. */
import { z } from 'zod';
import type { ActorRef } from './actor';

export const PATTERN_KIND = 'pattern';
export const AGENT_KIND = 'agent';

const version = z.string();
/** `actor.id` is the pattern's name. */
export const PATTERN_EVENTS = {
  /** The first version of a name. */
  created: z.object({ name: z.string(), version }),
  /** A version came, was replaced by an upload, or was deleted while others stay. */
  updated: z.object({ name: z.string(), version, change: z.enum(['version_added', 'version_replaced', 'version_deleted']) }),
  /** With its last version. */
  deleted: z.object({ name: z.string(), versionsRemoved: z.int().min(1) }),
} as const;

const presence = { name: z.string(), kind: z.string(), capabilities: z.array(z.string()), region: z.string().nullable() };
/** `actor.id` is the agent's id. Agents of the configuration, which all tenants share, have no events. */
export const AGENT_EVENTS = {
  /** It may be given tasks from now on. One that comes back before it was missed has never been away. */
  connected: z.object(presence),
  /** `closed`: its socket was; `lost`: it gave no sign of life in time; the others were said by a person. */
  disconnected: z.object({ ...presence, reason: z.enum(['closed', 'lost', 'disconnected', 'deleted']) }),
} as const;

export type PatternEvent = {
  [T in keyof typeof PATTERN_EVENTS]: { readonly type: T; readonly data: z.output<(typeof PATTERN_EVENTS)[T]> };
}[keyof typeof PATTERN_EVENTS];
export type AgentEvent = {
  [T in keyof typeof AGENT_EVENTS]: { readonly type: T; readonly data: z.output<(typeof AGENT_EVENTS)[T]> };
}[keyof typeof AGENT_EVENTS];

/** The address holds the tenant always: names of patterns may hold slashes, names of tenants none. */
const refOf =
  (kind: string) =>
  (tenant: string, id: string): ActorRef => ({ address: `${kind}/${tenant}/${id}`, kind, tenant, id });
export const patternRef = refOf(PATTERN_KIND);
export const agentRef = refOf(AGENT_KIND);
