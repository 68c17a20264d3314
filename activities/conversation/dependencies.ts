/** What the activities of conversations need of the world. */
import type { AgentDefinition } from '../../src/contracts/conversation/agent';
import type { ThreadEvent, ThreadEventType } from '../../src/contracts/conversation/events';
import type { EventsPage } from '../../src/contracts/conversation/ports';
import type { Cognition, Ledger, ToolCatalogue } from '../../src/contracts/run/ports';
import type { GrantLimits } from '../../src/domain/run/authority/grant';
import type { Blobs, Effects } from '../ports';
import type { Writs } from '../run/dependencies';

export interface ThreadContent {
  /** A page of the thread's events, of these types. */
  events(
    tenant: string,
    threadId: string,
    page: EventsPage & { readonly types: readonly ThreadEventType[] },
  ): Promise<{ readonly events: readonly ThreadEvent[]; readonly more: boolean }>;
  /** Characters of what was said in the rollout. */
  chars(tenant: string, threadId: string, rolloutId: string): Promise<number>;
  erase(tenant: string, threadId: string): Promise<void>;
}

export interface ConversationDependencies {
  readonly ledger: Pick<Ledger, 'append'>;
  readonly writs: Pick<Writs, 'mint' | 'keep'>;
  readonly blobs: Blobs;
  readonly effects: Effects;
  readonly cognition: Pick<Cognition, 'check' | 'think' | 'defaultProvider'>;
  readonly tools: ToolCatalogue;
  readonly grants: GrantLimits;
  readonly approvalTimeoutMs: number | null;
  readonly agents: { version(tenant: string, id: string, version: number): Promise<AgentDefinition | null> };
  readonly content: ThreadContent;
  readonly runs: {
    /** Fault `run.capacity`, `run.tenant_capacity` (exhausted) while there is no room for another run. */
    assertRoom(tenant: string): Promise<void>;
    /** How the run ended; null while it goes on, or before its first word. */
    endOf(tenant: string, runId: string): Promise<'completed' | 'failed' | 'cancelled' | null>;
  };
  /** Takes secrets out of what goes into the ledger and to people. Pure. */
  readonly redact: <T>(value: T) => T;
}
