/** Arguments of a thread's workflow, for tests that need no store. */
import { randomUUID } from 'node:crypto';
import { threadRef } from '../../src/contracts/managed-thread/commands';
import type { ThreadStart } from '../../src/contracts/managed-thread/projection';

export function threadStart(changes: Partial<ThreadStart> = {}): ThreadStart {
  return {
    id: `thr-${randomUUID().slice(0, 13)}`,
    tenant: 'default',
    executionId: 'exec-1',
    name: 'test-thread',
    agentType: 'fake',
    role: null,
    objectivePreview: 'do the work',
    approvalPreset: 'standard',
    policy: {
      idleTimeoutMs: 600_000,
      maxIdleChecks: 1,
      autoInterruptOnToolRunning: false,
      maxAutoResponses: 5,
      requireWorkspaceBoundary: false,
      summarizeAfterTurns: null,
    },
    specRef: 'none',
    spawnedBy: { subject: 'tester', via: 'api' },
    spawnedAt: '2026-01-01T00:00:00.000Z',
    ...changes,
  };
}

export const refOf = (start: ThreadStart) => threadRef(start.tenant, start.id);
