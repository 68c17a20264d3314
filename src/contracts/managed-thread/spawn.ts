/** What a managed thread is made from (seed 000 "Spawn a Thread"; bounds are ours). */
import { z } from 'zod';

const text = (max: number) => z.string().min(1).max(max);
const id = (max = 128) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[A-Za-z0-9][A-Za-z0-9._:@-]*$/, 'expected letters, digits and . _ : @ - , starting with a letter or digit');

export const ApprovalPreset = z.enum(['readonly', 'standard', 'permissive', 'autonomous']);
export type ApprovalPreset = z.output<typeof ApprovalPreset>;

/**
 * Where the work on a repository goes: to a branch of the thread's own, to the branch it starts from itself (`direct`), or to another repository (`fork`).
 * Words of seed 001's org charts (digest §2.4).
 */
export const BRANCH_STRATEGIES = ['feature_branch', 'direct', 'fork'] as const;
export type BranchStrategy = (typeof BRANCH_STRATEGIES)[number];

/** Where the agent works: a directory that exists on the host (`path`), or a git repository at a branch, cloned for it. */
export const WorkspaceSpec = z.strictObject({
  workspaceId: id().optional(),
  /** Absolute path of an existing directory on the host. */
  path: text(4_096)
    .refine((path) => path.startsWith('/'), 'expected an absolute path')
    .optional(),
  /** `owner/name`, a URL, or an absolute path of a repository. */
  repo: text(2_048)
    .refine((repo) => !repo.startsWith('-'), 'must not start with a dash')
    .optional(),
  /** The branch (or tag) that the thread's own branch starts from. */
  branch: text(255)
    .refine((branch) => !branch.startsWith('-'), 'must not start with a dash')
    .optional(),
  /** The name of the thread's own branch; made up from execution, role and name when it is not given. */
  worktreeId: text(255)
    .refine((branch) => !branch.startsWith('-'), 'must not start with a dash')
    .optional(),
  /** Where `git push` of the thread's branch goes; `feature_branch` when it is not given. */
  branchStrategy: z.enum(BRANCH_STRATEGIES).optional(),
  /** For the strategy `fork`: the repository that the thread's branch is pushed to, named as `repo` is. */
  fork: text(2_048)
    .refine((repo) => !repo.startsWith('-'), 'must not start with a dash')
    .optional(),
});
export type WorkspaceSpec = z.output<typeof WorkspaceSpec>;

/** A file written into the workspace before the agent starts. `path` is relative to the workspace and may not leave it. */
export const ContextFile = z.strictObject({ path: text(1_024), content: z.string().max(512 * 1024) });
export type ContextFile = z.output<typeof ContextFile>;

export const Environment = z
  .record(
    z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of an environment variable')
      .max(256),
    z.string().max(32 * 1024),
  )
  .refine((env) => Object.keys(env).length <= 100, 'expected at most 100 variables');

export const Preparation = z.strictObject({
  workspace: WorkspaceSpec.optional(),
  env: Environment.optional(),
  contextFiles: z.array(ContextFile).max(100).optional(),
  approvalPreset: ApprovalPreset.optional(),
});
export type Preparation = z.output<typeof Preparation>;

export const ThreadPolicy = z.strictObject({
  /** Release the session after this long without activity (each idle check is this far from the last). 1 s to 7 days. */
  idleTimeoutMs: z
    .int()
    .min(1_000)
    .max(7 * 86_400_000)
    .optional(),
  /** Consecutive idle checks that must find the thread quiet before its session is released. */
  maxIdleChecks: z.int().min(1).max(100).optional(),
  /** Send the CLI's interrupt once for every tool run that is seen. */
  autoInterruptOnToolRunning: z.boolean().optional(),
  /** Automatic answers in one session; after that every prompt asks a person. */
  maxAutoResponses: z.int().min(0).max(1_000).optional(),
  /** Refuse a thread without a workspace, and never answer automatically what names a path outside it. */
  requireWorkspaceBoundary: z.boolean().optional(),
  /** Update the thread's summary, and record it as a shared decision, after this many turns. */
  summarizeAfterTurns: z.int().min(1).max(1_000).optional(),
});
export type ThreadPolicy = z.output<typeof ThreadPolicy>;

export const Metadata = z.record(z.string().max(128), z.json()).refine((value) => JSON.stringify(value).length <= 16 * 1024, 'expected at most 16 KiB of JSON');

export const ThreadId = id(96);

/** The body of `POST /api/managed-threads`. The four legacy twins at top level yield to `preparation` (digest §1.2). */
export const SpawnThread = z.strictObject({
  id: ThreadId.optional(),
  executionId: id(),
  name: text(200),
  agentType: text(64),
  role: text(128).optional(),
  objective: text(100_000),
  preparation: Preparation.optional(),
  policy: ThreadPolicy.optional(),
  metadata: Metadata.optional(),
  workspace: WorkspaceSpec.optional(),
  env: Environment.optional(),
  contextFiles: z.array(ContextFile).max(100).optional(),
  approvalPreset: ApprovalPreset.optional(),
});
export type SpawnThread = z.output<typeof SpawnThread>;

/**
 * A spawn after its twins were folded together: what is stored (content-addressed, environment values sealed apart) and what
 * activities read by `specRef`. Never part of a workflow's history.
 */
export interface ThreadSpec {
  readonly id: string;
  readonly tenant: string;
  readonly executionId: string;
  readonly name: string;
  readonly agentType: string;
  readonly role: string | null;
  readonly objective: string;
  readonly workspace: WorkspaceSpec | null;
  readonly contextFiles: readonly ContextFile[];
  readonly approvalPreset: ApprovalPreset;
  readonly policy: ThreadPolicy;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Names of the variables that were given; the values are in the sealed store under the thread's address. */
  readonly envNames: readonly string[];
  readonly createdAt: string;
}
