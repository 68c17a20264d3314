/** Bodies of seed 000 and of docs/managed-threads.md, as examples in the description. */

const OBJECTIVE = 'Refactor the auth controller and keep callbacks working';
const WORKSPACE = { repo: 'acme/auth-service', branch: 'feature/auth-refactor' };

export const SEED_SPAWN = {
  executionId: 'exec_auth_refactor',
  name: 'auth-controller-thread',
  agentType: 'codex',
  role: 'engineer',
  objective: OBJECTIVE,
  preparation: { workspace: WORKSPACE, approvalPreset: 'standard', env: { PARALLAX_EXECUTION_ID: 'exec_auth_refactor' } },
  policy: { idleTimeoutMs: 300_000, summarizeAfterTurns: 2 },
  metadata: { source: 'manual' },
} as const;

export const SEED_PREPARED = {
  executionId: 'exec_auth_refactor',
  name: 'auth-controller-thread',
  objective: OBJECTIVE,
  role: 'engineer',
  preparation: {
    workspace: { workspaceId: 'ws_123', path: '/var/parallax/workspaces/ws_123', ...WORKSPACE },
    contextFiles: [{ path: '.parallax/thread-memory.md', content: '# Parallax Thread Memory\n...' }],
    approvalPreset: 'standard',
  },
  metadata: {
    memoryContext: { sharedDecisionCount: 3, episodicExperienceCount: 2, repo: 'acme/auth-service', role: 'engineer', objective: OBJECTIVE },
  },
} as const;

export const SEED_INPUTS = {
  message: { message: 'Continue with the callback extraction and summarize blockers.' },
  raw: { raw: '\u0003' },
  keys: { keys: ['ENTER'] },
} as const;

export const ANSWERS = { approve: { approve: true }, option: { option: 2 }, text: { text: 'Use the staging database.' } } as const;

export const DECISION = { category: 'design', summary: 'Callbacks live in src/callbacks.ts now.', details: { files: 3 } } as const;
