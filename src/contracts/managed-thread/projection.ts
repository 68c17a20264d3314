/** What a managed thread's row holds: the part that changes. The part that never changes comes from the spawn. */
import type { Cause } from '../actor';
import type { Ask } from './ask';
import type { Completion } from './events';
import type { ThreadStatus } from './status';
import type { PreparedWorkspace, MemoryContext } from './terminal';

export interface ThreadProjection {
  readonly specRef: string;
  readonly status: ThreadStatus;
  /** Why the status is what it is, in words, where there is something to say. */
  readonly statusReason: string | null;
  readonly workspace: PreparedWorkspace | null;
  readonly memoryContext: MemoryContext | null;
  readonly hostId: string | null;
  readonly sessionId: string | null;
  readonly conversationId: string | null;
  readonly ask: Ask | null;
  readonly queued: number;
  readonly turns: number;
  readonly summary: string | null;
  readonly completion: Completion | null;
  readonly updatedAt: string;
  readonly lastActivityAt: string | null;
}

/** Arguments of the `managedThread` workflow: small; the rest is behind `specRef`. */
export interface ThreadStart {
  readonly id: string;
  readonly tenant: string;
  readonly executionId: string;
  readonly name: string;
  readonly agentType: string;
  readonly role: string | null;
  /** First characters of the objective, for people in the Temporal UI. */
  readonly objectivePreview: string;
  readonly approvalPreset: 'readonly' | 'standard' | 'permissive' | 'autonomous';
  readonly policy: {
    readonly idleTimeoutMs: number;
    readonly maxIdleChecks: number;
    readonly autoInterruptOnToolRunning: boolean;
    readonly maxAutoResponses: number;
    readonly requireWorkspaceBoundary: boolean;
    readonly summarizeAfterTurns: number | null;
  };
  readonly specRef: string;
  readonly spawnedBy: Cause;
  readonly spawnedAt: string;
}
